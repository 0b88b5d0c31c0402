"""``feedservice`` and ``python -m feedservice``: the commands."""

import signal

from feedservice.system.importing import importing


def run() -> None:
    """Load the commands and run one; while they load, Ctrl-C ends the process and says nothing."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with importing():
        from feedservice.cli.main import main  # noqa: PLC0415 - after Ctrl-C was seen to

    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()


if __name__ == "__main__":
    run()
