"""Keeps a mirror like its source: at each webhook, and every so often. What is published stays."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Event, Lock
from time import monotonic

from feedservice.clock import Clock
from feedservice.domain.errors import IndexUnavailable, SourceUnavailable
from feedservice.ingest.sources.mirror import Followed, Mirror
from feedservice.ingest.sources.source import Source
from feedservice.service.content_copy import Note
from feedservice.service.source_standing import Standing, StandingFile

log = logging.getLogger(__name__)

LOOK = 0.05
"""Seconds between two looks for a webhook."""
FIRST_PAUSE, PAUSE = 0.2, 1.0
"""Seconds from one look at the source to the next, however many webhooks come: the second of a
moment waits for the first one's, each further one twice as long, and for the last one's at most."""
LEFT_OUT = 20
"""How many of the files that are not taken are named in the log."""
FIRST_RETRY = 5.0
"""Seconds until a source that failed is tried again; twice as many each time."""


class Following:
    """Follows a source; see `Copy` for what it is to who writes.

    Args:
        source: is asked.
        mirror: is kept like it.
        standing: is told how that went.
        clock: tells the time.
        name: of the source, for logs: without any secret.
    """

    def __init__(
        self, source: Source, mirror: Mirror, standing: StandingFile, clock: Clock, name: str
    ) -> None:
        self._source = source
        self._mirror = mirror
        self._standing = standing
        self._clock = clock
        self._name = name
        self._changes = Lock()
        self._note: Note | None = None
        self._missed: tuple[int, str] = (0, "")

    def take(self, published: str, note: Note) -> bool:
        """Publish the mirror, unless it is older, or just being changed; the source is not asked.

        The source is looked at again where it is older.
        """
        if not self._changes.acquire(blocking=False):
            return False
        try:
            held = self._mirror.kept().generation
            is_older = bool(published) and not (held and self._source.contains(held, published))
            if is_older:
                self._missed = (self._missed[0] + 1, published)
            else:
                note(held)
                self._note = note
        finally:
            self._changes.release()
        return not is_older

    def catch_up(self) -> bool:
        """Look at the source, and at what it tells of its past."""
        with suppress(SourceUnavailable):
            self.once(self._missed[1])
            return True
        return False

    def writing(self, paths: Collection[str]) -> None:
        """Take no notice: a generation is noted before its files are in the mirror."""

    @contextmanager
    def _changing(self, generation: str) -> Iterator[None]:
        with self._changes:
            if self._note:
                self._note(generation)
            yield

    def once(self, published: str = "") -> Followed:
        """Make the mirror what the source is now.

        Args:
            published: a generation that was published; `take` knows then whether this comes later.

        Raises:
            SourceUnavailable: the source failed, or there is no room for what it brings.
            IndexUnavailable: the generation could not be noted.
        """
        before = self._standing.read()
        try:
            followed = self._mirror.follow(self._source, self._changing)
            if published and not self._source.contains(followed.generation, published):
                self._source.look_back(published)
        except OSError as error:
            raise self._failed(SourceUnavailable.of(error), before) from error
        except SourceUnavailable as error:
            raise self._failed(error, before) from error.__cause__
        self._standing.write(Standing(generation=followed.generation, since=self._clock()))
        if before.failing_since:
            log.info("%s answers again", self._name)
        self._tell(followed)
        self._source.tidy()
        return followed

    def run(self, stop: Event, told: Callable[[], object], every: float) -> None:
        """Follow until ``stop``.

        Args:
            stop: ends it.
            told: another value after each webhook.
            every: seconds between two looks without one.
        """
        pause, rest = FIRST_RETRY, FIRST_PAUSE
        while not stop.is_set():
            seen, missed, began = told(), self._missed, monotonic()
            try:
                self.once(missed[1])
                wait, pause = every, FIRST_RETRY
            except (SourceUnavailable, IndexUnavailable):
                wait, pause = min(pause, every), pause * 2
            except Exception:
                log.exception("%s: what is published stays", self._name)
                wait = every
            while not stop.wait(LOOK):
                passed = monotonic() - began
                if passed >= wait:
                    break
                is_asked = told() != seen or self._missed != missed
                if passed >= rest and is_asked:
                    rest = FIRST_PAUSE if passed >= PAUSE else min(PAUSE, rest * 2)
                    break

    def _failed(self, error: SourceUnavailable, before: Standing) -> SourceUnavailable:
        since, reason = before.failing_since or self._clock(), str(error)
        self._standing.write(replace(before, failing_since=since, reason=reason))
        if before.reason != reason:
            log.warning("%s: what is published stays: %s", self._name, reason)
        return error

    def _tell(self, followed: Followed) -> None:
        before, now = followed.before, followed.generation
        if before and now and before != now and self._source.contains(now, before) is not True:
            log.warning(
                "%s: its history was rewritten, or much of it is new: from %s to %s",
                self._name, before, now,
            )  # fmt: skip
        if followed.is_same:
            return
        for each in followed.left_out[:LEFT_OUT]:
            log.warning("%s: %s", self._name, each)
        log.info(
            "%s: %s, %d written, %d moved, %d removed",
            self._name, now[:12], followed.written, followed.moved, followed.removed,
        )  # fmt: skip
