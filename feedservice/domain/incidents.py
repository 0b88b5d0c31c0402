"""What is wrong for long enough that people are told, and what they are told once. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from feedservice.domain.model import Problem


class News(StrEnum):
    """What people are told of a subject."""

    WRONG = "wrong"
    OVER = "over"
    GIVEN_UP = "given-up"


FILE, HUB, SOURCE = "file:", "hub:", "source:"
"""What subjects begin with: a file that is held back, a hub, a source of articles that fails."""

QUIET = MappingProxyType({FILE: 20, HUB: 900, SOURCE: 900})
"""Seconds for which something has to be wrong: a text that is half written tells nobody."""
OVER_FOR = 20
"""Seconds for which it has to be right again."""
LONGEST = 3600
"""Seconds to which each further time within `FORGOTTEN` doubles both."""
FORGOTTEN = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What is known of a subject.

    Attributes:
        since: when it last went wrong, or was right again, in Unix seconds.
        is_wrong: whether it is wrong.
        is_told: whether people were told so, and not yet that it is over.
        times: how often it was over lately: who is told again and again stops reading.
    """

    since: int
    is_wrong: bool = False
    is_told: bool = False
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told of one subject.

    Attributes:
        problem: what holds a file back.
        author: who changed it last, where that is known.
        reason: why a hub or source fails.
    """

    subject: str
    news: News
    problem: Problem | None = None
    author: str = ""
    reason: str = ""


def kind_of(subject: str) -> str:
    """Return what a subject begins with."""
    return f"{subject.partition(':')[0]}:"


def decide(
    known: Mapping[str, Incident], wrong: Collection[str], now: int, unsure: Collection[str] = ()
) -> Iterator[tuple[str, Incident | None, News | None]]:
    """Yield what changes: the subject, what is known of it now (None: no more), what to tell.

    Args:
        known: by subject.
        wrong: subjects that are wrong at this moment.
        now: Unix seconds.
        unsure: subjects of which nobody knows at this moment: they stay as they were.
    """
    for subject in sorted({*known, *wrong}):
        before = known.get(subject, Incident(since=now))
        is_wrong = before.is_wrong if subject in unsure else subject in wrong
        after = before
        if before.since > now or is_wrong != before.is_wrong:  # ahead: the clock was set back
            after = replace(before, since=now, is_wrong=is_wrong)
        for_long = now - after.since >= _wait(subject, after)
        if is_wrong != after.is_told and for_long:
            news = News.WRONG if is_wrong else News.OVER
            times = after.times + (not is_wrong)
            yield subject, replace(after, is_told=is_wrong, times=times), news
        elif not (is_wrong or after.is_told) and now - after.since >= FORGOTTEN * bool(after.times):
            if subject in known:
                yield subject, None, None
        elif subject not in known or after != before:
            yield subject, after, None


def is_settling(incident: Incident) -> bool:
    """Whether people may soon be told of it."""
    return incident.is_wrong and not incident.is_told


def _wait(subject: str, incident: Incident) -> int:
    usual = QUIET[kind_of(subject)] if incident.is_wrong else OVER_FOR
    return max(usual, min(usual << min(incident.times, 20), LONGEST))
