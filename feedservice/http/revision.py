"""The revision of what is answered: asked after each change, and now and then."""

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread
from types import MappingProxyType
from typing import Any

from feedservice.http.at_once import AT_ONCE, Later, take_time

TTL = timedelta(milliseconds=100)
"""How long a revision is taken for granted while nothing tells of a change."""
LOOK = timedelta(milliseconds=1)
"""How long the count of changes is taken for granted: asking the system at each request would hand
the interpreter from thread to thread each time."""
LATE = timedelta(seconds=0.5)
"""How long who tells it may take before it is taken to be away: one that hangs says nothing."""

_NOBODY: Mapping[str, Any] = MappingProxyType({})
_NEVER = datetime.min.replace(tzinfo=UTC)


class Revision:
    """Safe to share among threads; while one asks, the others take what is known.

    Args:
        ask: returns the revision; raises where nobody knows it.
        ttl: how often it is asked where nothing tells of a change.
        changes: returns another value after each change, at no cost; None where nothing tells.
        lost: told the fault when it can be asked no more; it stays as it was.
        patience: seconds for which an answer is waited for at most, in a thread beside; None where
            it comes at once.
    """

    def __init__(
        self,
        ask: Callable[[], Hashable],
        ttl: timedelta,
        changes: Callable[[], object] | None,
        lost: Callable[[Exception], None],
        patience: float | None = None,
    ) -> None:
        self.known: Hashable | None = None
        self.lost_since: datetime | None = None
        self._ask = ask
        self._ttl = ttl
        self._look = LOOK if changes else ttl
        self._changes = changes or (lambda: None)
        self._tell_lost = lost
        self._seen: object = None
        self._asked = self._looked = self._look_again = _NEVER
        self._waits_since: datetime | None = None
        self._asking = Lock()
        self._patience = patience

    def is_away(self, now: datetime) -> bool:
        """Whether nobody tells it: it is lost, or was asked for `LATE` ago and not told yet."""
        since = self._waits_since
        return self.lost_since is not None or (since is not None and now - since > LATE)

    def just_seen(self, now: datetime) -> Hashable | None:
        """Return it where it need not be asked, and is not away; else None."""
        is_sure = self._looked <= now < self._look_again and self.lost_since is None
        return self.known if is_sure else None

    def at(self, now: datetime, environ: Mapping[str, Any] = _NOBODY) -> Hashable | None:
        """Return it as it is now; the last known one where nobody can tell.

        Args:
            now: the present moment.
            environ: of whoever wants to know.

        Raises:
            Later: it was wanted `AT_ONCE`, and is to be asked.
        """
        if self._looked <= now < self._look_again:
            return self.known
        is_first = self._looked is _NEVER
        if is_first:
            take_time(environ)
        patience = -1 if self._patience is None or not is_first else self._patience
        if not self._asking.acquire(is_first, patience):
            return self.known
        seen = self._changes()  # before it is asked: what comes in between is seen next time
        if seen == self._seen and self._asked <= now < self._asked + self._ttl:
            self._let_others_ask(now)
            return self.known
        if AT_ONCE in environ:
            self._asking.release()
            raise Later
        self._asked, self._seen, self._waits_since = now, seen, now
        if self._patience is None:
            self._find_out(now)
        else:
            self._find_out_beside(now)
        return self.known

    def _find_out_beside(self, now: datetime) -> None:
        asking = Thread(target=self._find_out, args=(now,), name="revision", daemon=True)
        try:
            asking.start()
        except RuntimeError as error:  # the system gives no more of them
            self._lose(error, now)
            self._let_others_ask(now)
        else:
            asking.join(self._patience)

    def _find_out(self, now: datetime) -> None:
        try:
            self.known = self._ask()
            self.lost_since = None
        # Whatever keeps the revision from us, what is kept can be given.
        except Exception as error:  # noqa: BLE001
            self._lose(error, now)
        finally:
            self._let_others_ask(now)

    def _lose(self, error: Exception, now: datetime) -> None:
        if self.lost_since is None:
            self._tell_lost(error)
            self.lost_since = now

    def _let_others_ask(self, now: datetime) -> None:
        self._looked, self._look_again = now, now + self._look
        self._waits_since = None
        self._asking.release()
