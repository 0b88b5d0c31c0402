"""What processes over one state folder tell each other: who writes, and that removals are meant."""

from pathlib import Path

from filelock import FileLock, Timeout


class WriterLock:
    """An exclusive lock in the state folder; the system frees it when its holder dies."""

    def __init__(self, state: Path) -> None:
        self._path = state / "writer.lock"
        self._held: FileLock | None = None

    def acquire(self) -> bool:
        """Take the lock; False where another process holds it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self._path, thread_local=False)  # made here: one is of no use after a fork
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        self._held = lock
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._held:
            self._held.release()
            self._held = None

    def is_free(self) -> bool:
        """Whether nobody holds it now."""
        if not self.acquire():
            return False
        self.release()
        return True


class RemovalGuard:
    """Lets ``feedservice index --accept-removals`` reach the writer that runs, through a file."""

    def __init__(self, state: Path) -> None:
        self._path = state / "accept-removals"

    def lift(self) -> None:
        """Ask the writer to accept the removals of its next scan."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.touch()

    def pop_lifted(self) -> bool:
        """Whether the guard was lifted; asking puts it back."""
        try:
            self._path.unlink()
        except OSError:  # nothing there, or a disk that can only be read
            return False
        return True
