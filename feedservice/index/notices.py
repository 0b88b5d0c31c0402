"""What is wrong, and what people are still to be told of it. Survives rebuilds.

An incident is told once, whatever happens between: a restart, a rebuild, a file that is saved
again. A notice waits for its receiver, and what waits is told together. What was sent once stays
one message, under one id, until it arrives: who is sent it twice can drop it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.incidents import FILE, Incident, News, Notice
from feedservice.index.changes import unix_seconds
from feedservice.index.engine import write_transaction
from feedservice.index.outbox import MAX_WAIT
from feedservice.index.payload import notice_from_json, notice_to_json
from feedservice.index.schema import incidents, notices

LISTED = 50
"""Notices of one message that are told in full; further ones are counted."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one receiver.

    Attributes:
        id: stays the same however often it is sent.
        moment: when its first notice began to wait, in Unix seconds.
        notices: the first `LISTED`.
        files: how many files there are, by the news of them.
        tries: how many have failed.
        failing_since: when the first of them failed, in Unix seconds; 0 where none has.
    """

    id: str
    moment: int
    notices: tuple[Notice, ...]
    files: Mapping[News, int]
    tries: int = 0
    failing_since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A receiver who may be told something now.

    Attributes:
        key: of the receiver.
        since: when the oldest of it began to wait, in Unix seconds.
        is_begun: whether a message was sent that did not arrive.
    """

    key: str
    since: int
    is_begun: bool


class Notices:
    """Incidents and notices of an index that is writable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def incidents(self) -> dict[str, Incident]:
        """Return what is known, by subject."""

        def read(connection: Connection) -> dict[str, Incident]:
            return {
                subject: Incident(
                    since=since, is_wrong=bool(is_wrong), is_told=bool(is_told), times=times
                )
                for subject, since, is_wrong, is_told, times in connection.execute(
                    select(incidents)
                )
            }

        return self._do(read)

    def record(
        self,
        changes: Mapping[str, Incident | None],
        told: Sequence[Notice],
        receivers: Collection[str],
        now: datetime,
    ) -> None:
        """Write what is known now, and put what is to be told into the outbox, together.

        What waits and was not sent yet is replaced; where it is over by now, nobody need know.
        """
        known = [
            {"subject": subject} | {name: int(value) for name, value in asdict(incident).items()}
            for subject, incident in changes.items()
            if incident
        ]
        its = incidents.c.subject == bindparam("its_subject")

        def write(connection: Connection) -> None:
            if changes:
                named = [{"its_subject": subject} for subject in changes]
                connection.execute(delete(incidents).where(its), named)
            if known:
                connection.execute(insert(incidents), known)
            for key in receivers if told else ():
                _put(connection, key, told, unix_seconds(now))

        self._do(write)

    def clear(self) -> None:
        """Forget everything: nobody is to be told."""

        def empty(connection: Connection) -> None:
            connection.execute(delete(incidents))
            connection.execute(delete(notices))

        self._do(empty)

    def waiting(self, now: datetime) -> tuple[Waiting, ...]:
        """Return the receivers who may be told something now.

        What is due later than anything can be is of a clock that was ahead.
        """
        due, begun = func.max(notices.c.due), func.max(notices.c.message)
        statement = select(notices.c.receiver, func.min(notices.c.queued), due, begun)
        statement = statement.group_by(notices.c.receiver)
        moment, latest = unix_seconds(now), unix_seconds(now + MAX_WAIT)
        rows = self._do(lambda connection: connection.execute(statement).all())
        return tuple(
            Waiting(key=key, since=min(since, moment), is_begun=bool(message))
            for key, since, its_due, message in rows
            if not moment < its_due <= latest
        )

    def seal(self, key: str) -> Letter | None:
        """Return the message that is sent next: the one that did not arrive, else all that waits.

        What is put in from then on is for the next one.
        """
        ours = notices.c.receiver == key
        sent = select(func.max(notices.c.message)).where(ours)
        is_file = notices.c.subject.startswith(FILE)

        def read(connection: Connection) -> Letter | None:
            name = connection.execute(sent).scalar()
            if name is None:
                return None
            if not name:
                name = uuid4().hex
                connection.execute(update(notices).where(ours).values(message=name))
            its = and_(ours, notices.c.message == name)
            listed = select(notices.c.notice).where(its).where(notices.c.notice != "")
            listed = listed.order_by(is_file, notices.c.subject).limit(LISTED)
            sums = select(notices.c.news, func.count()).where(its, is_file)
            facts = select(
                func.min(notices.c.queued),
                func.max(notices.c.tries),
                func.max(notices.c.failing_since),
            )
            moment, tries, failing = connection.execute(facts.where(its)).one()
            files = connection.execute(sums.group_by(notices.c.news))
            return Letter(
                id=name,
                moment=moment,
                notices=tuple(_readable(connection.execute(listed).scalars())),
                files={News(news): count for news, count in files},
                tries=tries,
                failing_since=failing,
            )

        return self._do(read)

    def done(self, key: str, letter: Letter) -> None:
        """Forget a message: it arrived, or was given up."""
        self._do(lambda connection: connection.execute(delete(notices).where(_of(key, letter))))

    def postpone(self, key: str, letter: Letter, now: datetime, due: datetime) -> None:
        """Note that a message did not arrive, and leave its receiver alone until ``due``."""
        failed = {
            "tries": letter.tries + 1,
            "failing_since": letter.failing_since or unix_seconds(now),
            "due": unix_seconds(due),
        }
        statement = update(notices).where(_of(key, letter)).values(**failed)
        self._do(lambda connection: connection.execute(statement))

    def forget_others(self, receivers: Collection[str]) -> None:
        """Forget what waits for all receivers but these."""
        statement = delete(notices).where(notices.c.receiver.not_in(receivers))
        self._do(lambda connection: connection.execute(statement))

    def _do(self, work: Callable[[Connection], _Result]) -> _Result:
        with write_transaction(self._engine) as connection:
            return work(connection)


def _put(connection: Connection, key: str, told: Sequence[Notice], moment: int) -> None:
    unsent = and_(notices.c.receiver == key, notices.c.message == "")
    stated = select(notices.c.subject, notices.c.news).where(unsent)
    waits = {subject: news for subject, news in connection.execute(stated)}  # noqa: C416 - rows
    is_its = notices.c.subject == bindparam("its_subject")
    replaced = [{"its_subject": each.subject} for each in told if each.subject in waits]
    if replaced:
        connection.execute(delete(notices).where(unsent, is_its), replaced)
    facts = {"receiver": key, "message": "", "queued": moment, "due": moment}
    facts |= {"tries": 0, "failing_since": 0}
    rows = [
        {**facts, "subject": each.subject, "news": each.news.value, "notice": text}
        for text, each in zip(_texts(told), told, strict=True)
        if {waits.get(each.subject), each.news} != {News.WRONG, News.OVER}
    ]
    if rows:
        connection.execute(insert(notices), rows)


def _readable(texts: Iterable[str]) -> Iterator[Notice]:
    for text in texts:
        with suppress(IndexUnavailable):  # of another release: it is counted all the same
            yield notice_from_json(text)


def _texts(told: Sequence[Notice]) -> list[str]:
    return [notice_to_json(each) if n < LISTED else "" for n, each in enumerate(told)]


def _of(key: str, letter: Letter) -> ColumnElement[bool]:
    return and_(notices.c.receiver == key, notices.c.message == letter.id)
