"""The index → the outbox of notices → people, who are told once.

Each receiver is told by a thread of its own, so that none waits for another; one that fails is
tried again ever more rarely, and its message is given up after a day.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from feedservice.clock import Clock
from feedservice.domain.errors import FeedserviceError, IndexUnavailable
from feedservice.domain.incidents import (
    FILE,
    HUB,
    SOURCE,
    News,
    Notice,
    decide,
    is_settling,
    kind_of,
)
from feedservice.domain.model import Problem, Site
from feedservice.domain.receivers import Receiver
from feedservice.index import faults
from feedservice.index.changes import unix_seconds
from feedservice.index.notices import LISTED, Letter, Notices, Waiting
from feedservice.index.reader import IndexReader
from feedservice.service import backoff
from feedservice.service.backoff import Failure

log = logging.getLogger(__name__)

GATHER = 60
"""Seconds for which a message waits for more at most, and from one to the next at least."""
AT_ONCE = 8
"""Receivers that are told."""
MAX_FACT = 2000
"""Characters of a value that a notice keeps."""

Send = Callable[[Receiver, Letter, Site], Failure | None]
AuthorOf = Callable[[str], str]
"""The author of the last change of a file, or an empty text."""
Sources = Callable[[], Mapping[str, str]]
"""Why each source fails, or an empty text; of one that is not there nobody knows."""


def nobody(_path: str) -> str:
    """Know no author."""
    return ""


class Alerts:
    """Tells people what is wrong.

    Args:
        index: knows which files are held back, and which hubs fail.
        notices: what is known, and what is still to be told.
        clock: tells what is due.
        send: sends a message.
        author_of: tells who changed a file last.
        sources: tells of each source of articles why it fails, or an empty text.
    """

    def __init__(
        self,
        index: IndexReader,
        notices: Notices,
        clock: Clock,
        send: Send,
        author_of: AuthorOf = nobody,
        sources: Sources = dict,
    ) -> None:
        self._index = index
        self._notices = notices
        self._clock = clock
        self._send = send
        self._author_of = author_of
        self._sources = sources
        self._telling: dict[str, threading.Thread] = {}
        self._sent: dict[str, int] = {}
        self._is_clear = False

    def gave_up(self, hub: str, reason: str) -> None:
        """Put into the outbox that a hub was given up: it is told of nothing until changes come."""
        subject = f"{HUB}{hub}"
        with suppress(IndexUnavailable):
            keys = [each.key for each in self._index.current()[1].notify]
            notice = Notice(subject=subject, news=News.GIVEN_UP, reason=reason)
            self._notices.record({subject: None}, [notice], keys, self._clock())

    def work(self) -> None:
        """Look at what is wrong, and begin to tell each receiver what is due; wait for none."""
        self._telling = {key: each for key, each in self._telling.items() if each.is_alive()}
        try:
            site = self._index.current()[1]
            receivers = {each.key: each for each in site.notify}
            if receivers:
                self._tell_all(site, receivers, is_settling=self._look(receivers))
            elif not self._is_clear:
                self._notices.clear()
            self._is_clear = not receivers
        except IndexUnavailable:
            return  # it is being filled: nothing is known
        except FeedserviceError as error:
            log.warning("the outbox of notices cannot be read: %s", error)

    def wait(self) -> None:
        """Wait until all that `work` began is done."""
        for thread in self._telling.values():
            thread.join()

    def _look(self, receivers: Collection[str]) -> bool:
        """Note what has changed; whether people may soon be told of another file."""
        now = self._clock()
        with self._index.connection() as connection:
            wrong = faults.subjects(connection)
        reported = {f"{SOURCE}{name}": reason for name, reason in self._sources().items()}
        wrong.update(subject for subject, reason in reported.items() if reason)
        known = self._notices.incidents()
        unsure = {each for each in known if kind_of(each) == SOURCE} - reported.keys()
        decided = list(decide(known, wrong, unix_seconds(now), unsure))
        changes = {subject: incident for subject, incident, _ in decided}
        if decided:
            told = [(subject, news) for subject, _, news in decided if news]
            told.sort(key=lambda each: kind_of(each[0]) == FILE)  # stable: files by their names
            notices = [
                self._notice(subject, news, reported)
                if n < LISTED
                else Notice(subject=subject, news=news)
                for n, (subject, news) in enumerate(told)
            ]
            self._notices.record(changes, notices, receivers, now)
        return any(
            incident and kind_of(subject) == FILE and is_settling(incident)
            for subject, incident in {**known, **changes}.items()
        )

    def _notice(self, subject: str, news: News, reported: Mapping[str, str]) -> Notice:
        notice = Notice(subject=subject, news=news, reason=reported.get(subject, ""))
        if kind_of(subject) != FILE or news is not News.WRONG:
            return notice
        path = subject.removeprefix(FILE)
        with self._index.connection() as connection:
            problem = faults.problem_of(connection, path)
        return replace(notice, problem=problem and _bounded(problem), author=self._author_of(path))

    def _tell_all(
        self, site: Site, receivers: Mapping[str, Receiver], *, is_settling: bool
    ) -> None:
        now = self._clock()
        waiting = self._notices.waiting(now)
        if any(each.key not in receivers for each in waiting):
            self._notices.forget_others(receivers)
        for each in waiting:
            is_free = each.key not in self._telling and len(self._telling) < AT_ONCE
            if each.key not in receivers or not is_free:
                continue
            if each.is_begun or self._is_gathered(each, unix_seconds(now), is_settling=is_settling):
                # A daemon: what was not told yet when the process ends is still in the outbox.
                given = (receivers[each.key], site)
                thread = threading.Thread(target=self._tell, args=given, daemon=True)
                self._telling[each.key] = thread
                thread.start()

    def _is_gathered(self, waiting: Waiting, now: int, *, is_settling: bool) -> bool:
        last = self._sent.get(waiting.key)
        if last is not None and now - last < GATHER:
            return False
        return not is_settling or now - waiting.since >= GATHER

    def _tell(self, receiver: Receiver, site: Site) -> None:
        """Send one message."""
        try:
            letter = self._notices.seal(receiver.key)
            if letter is None:
                return
            failure = self._attempt(receiver, letter, site)
            self._sent[receiver.key] = unix_seconds(self._clock())
            if failure:
                self._put_off(receiver, letter, failure)
                return
            self._notices.done(receiver.key, letter)
            log.info("told %s what is wrong, and what is over (%s)", receiver.label, letter.id)
        except FeedserviceError as error:
            log.warning("the outbox of notices cannot be written: %s", error)

    def _attempt(self, receiver: Receiver, letter: Letter, site: Site) -> Failure | None:
        try:
            return self._send(receiver, letter, site)
        except Exception as error:  # noqa: BLE001 - of which nothing is told: a secret may be in it
            return Failure(reason=type(error).__name__)

    def _put_off(self, receiver: Receiver, letter: Letter, failure: Failure) -> None:
        now = self._clock()
        since = min(letter.failing_since or unix_seconds(now), unix_seconds(now))
        if backoff.is_over(datetime.fromtimestamp(since, UTC), now, failure.status):
            self._notices.done(receiver.key, letter)
            log.error("gave up telling %s of what is wrong: %s", receiver.label, failure.reason)
            return
        due = backoff.next_try(letter.tries, now, failure.retry_after)
        self._notices.postpone(receiver.key, letter, now, due)
        log.warning("%s was not told (%s); next try %s", receiver.label, failure.reason, due)


def _bounded(problem: Problem) -> Problem:
    facts = {name: value[:MAX_FACT] for name, value in problem.facts.items()}
    return replace(problem, facts=facts)
