"""granian as `serve` runs it: outlives its workers, runs nothing from where it was started."""

import time

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

BACKLOG = 1024
THREADS = 4
"""Of each worker."""
RESPAWN_PAUSE = 1.0
"""Seconds between two starts of a worker that dies again and again."""


class _Respawns(dict[int, float]):
    """When each worker was started again.

    granian ends, with all workers, when one of them dies within seconds of such a start: two kills
    would end the healthy ones too. Nobody finds a moment here; a start that follows another soon
    waits instead.
    """

    def get(self, key: int, default: float | None = None) -> float:  # type: ignore[override]  # noqa: ARG002
        return 0.0

    def __setitem__(self, key: int, moment: float) -> None:
        if moment - super().get(key, 0.0) < RESPAWN_PAUSE:
            time.sleep(RESPAWN_PAUSE)
        super().__setitem__(key, moment)

    def clear(self) -> None:
        """Keep the moments, which granian forgets at each death."""


def load_worker() -> object:
    """Return the application of a worker.

    granian's own loader would put the working directory in front of `sys.path`, so that a
    ``yaml.py`` in a content folder were run.
    """
    from feedservice.service.wiring_web import worker  # noqa: PLC0415 - the master need not wait for it

    return worker()


def serve(host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    server = Server(
        "feedservice",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    )
    server.respawned_wrks = _Respawns()
    server.serve(target_loader=load_worker, wrap_loader=False)  # type: ignore[arg-type]
