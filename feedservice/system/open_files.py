"""Who has a file open. Linux tells it to whoever owns the file, or may lease any."""

import fcntl
import signal


def ignore_leases() -> None:
    """Outlive whoever opens a file in the moment for which `is_being_written` leases it.

    Without this, in the main thread, that asks nothing.
    """
    signal.signal(signal.SIGIO, signal.SIG_IGN)


def is_being_written(descriptor: int) -> bool | None:
    """Whether a process has a file open for writing; None where the system does not tell.

    Args:
        descriptor: of the file, opened for reading only.
    """
    if not hasattr(fcntl, "F_SETLEASE") or signal.getsignal(signal.SIGIO) != signal.SIG_IGN:
        return None
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:  # another user's file, or a file system without leases
        return None
    return False
