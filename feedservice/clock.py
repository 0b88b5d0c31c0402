"""The only place that asks the time; everybody else is handed ``now`` or a `Clock`."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
"""A callable that returns the present moment as an aware UTC datetime."""

JUMP = 60.0
"""Seconds by which a clock is set at once; what is more is a jump."""
STANDS = 60.0
"""Seconds for which a jump has to stand until it is believed."""


def utc_now() -> datetime:
    """Return the present moment by the wall clock, aware, in UTC."""
    return datetime.now(UTC)


uptime = partial(time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
"""Returns seconds that no change of the wall clock touches; a suspended machine's count too."""


class SteadyClock:
    """The wall clock of a process that decides what is public: it believes no jump at once.

    A jump of the wall clock against the uptime is believed once it has stood for `STANDS`; until
    then time goes on as before, so that a clock that is ahead for a moment publishes nothing. Time
    never goes back, so that nothing that was published vanishes: after a wall clock that was
    believed was set back it goes at half its speed, until both are the same again. A new process
    begins with the wall clock, and in its first `STANDS` follows it back.

    Args:
        wall: tells Unix seconds.
        uptime: tells seconds that no change of the wall clock touches.
    """

    def __init__(
        self, wall: Callable[[], float] = time.time, uptime: Callable[[], float] = uptime
    ) -> None:
        self._wall = wall
        self._uptime = uptime
        moment, up = wall(), uptime()
        # What was told last, the uptime then, and how far ahead of it the believed wall clock is.
        self._last = (moment, up, moment - up)
        self._young_until = up + STANDS
        self._jump: tuple[float, float] | None = None

    def __call__(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        moment, up = self._wall(), self._uptime()
        told, told_at, believed = self._last  # one value: other threads ask too
        offset = moment - up
        if self._jump is not None or not -JUMP <= offset - believed <= JUMP:
            is_believed, told = self._judge(offset, up, told, believed)
            offset = offset if is_believed else believed
            moment = up + offset
        if moment < told:
            moment = told + max(up - told_at, 0.0) / 2
        self._last = (moment, up, offset)
        return datetime.fromtimestamp(moment, UTC)

    @property
    def is_proven(self) -> bool:
        """Whether this process is so old that it would not follow a clock back any more."""
        return self._uptime() >= self._young_until

    def _judge(self, offset: float, up: float, told: float, believed: float) -> tuple[bool, float]:
        """Whether the wall clock is believed, and the moment before which time does not go back."""
        jump, before = offset - believed, self._jump
        self._jump = None
        if abs(jump) <= JUMP:
            log.warning("the clock is right again")
            return True, told
        if jump < 0 and up < self._young_until:
            log.warning("the clock was set back by %.0f s just after the start: followed", -jump)
            return True, up + offset
        if before is None or abs(offset - before[1]) > JUMP:
            log.warning("the clock jumped by %.0f s: not believed until it has stood", jump)
            before = (up, offset)
        if up - before[0] >= STANDS:
            log.warning("the clock has stood at its jump of %.0f s: believed", jump)
            return True, told
        self._jump = before
        return False, told


steady_now = SteadyClock()
"""The present moment for this process: decides what is public, and when hubs are told."""
