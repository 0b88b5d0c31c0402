"""When to tell somebody again who could not be told: ever more rarely, and for a day. Pure."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedservice.index.outbox import MAX_WAIT

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=1)
GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a receiver was not told; the status and ``Retry-After`` of its answer, if it gave one."""

    reason: str
    status: int = 0
    retry_after: str = ""


def wait_after(tries: int) -> timedelta:
    """Return how long to wait at least after so many failures before this one."""
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


def next_try(tries: int, now: datetime, retry_after: str = "") -> datetime:
    """Return when to try again, a little later each time for each receiver of many.

    Args:
        tries: how many have failed before this one.
        now: the moment.
        retry_after: what the receiver asks for; at most `MAX_WAIT` is granted.
    """
    # This hides nothing.
    wait = wait_after(tries) * random.uniform(1.0, 1.2)  # noqa: S311 # nosec B311
    return now + max(wait, asked_for(retry_after, now))


def is_over(failing_since: datetime, now: datetime, status: int = 0) -> bool:
    """Whether to give up a receiver that fails: for a day, or it says that it is gone."""
    return status == GONE or now - failing_since >= GIVEN_UP_AFTER


def asked_for(retry_after: str, now: datetime) -> timedelta:
    """Return the wait that a receiver asks for, at most a day; none where it cannot be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(timedelta(seconds=int(retry_after[:9])), MAX_WAIT)
    # It brings werkzeug, which a writer has no other use for.
    from feedservice.http.negotiation import read_date  # noqa: PLC0415

    moment = read_date(retry_after)
    return min(moment - now, MAX_WAIT) if moment else timedelta()
