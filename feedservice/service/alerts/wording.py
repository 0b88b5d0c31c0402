"""A message in words, in Arabic and English, for programs that each read marks of their own. Pure.

Names of files, values and authors are strangers' text: each program is told all of it as text.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from feedservice.content import messages
from feedservice.domain.incidents import FILE, HUB, QUIET, SOURCE, News, Notice, kind_of
from feedservice.domain.model import Problem, Site
from feedservice.domain.text import one_line, truncate, visible
from feedservice.i18n import LANGUAGES, Message, _, ngettext, render, supported
from feedservice.index.notices import Letter

MAX_TITLE, MAX_PLACE, MAX_SAID, MAX_ROWS = 100, 200, 400, 600
"""Characters of a title, of a file's name, of what is wrong, of a remedy with its rows."""

_RESERVE = 400
"""Characters for the title, headings and what is left out, which always fit."""

Escape = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a program is told.

    Attributes:
        limit: characters that it takes.
        escape: makes text of text, whatever it says.
        code: makes a place in a file of text that is not escaped.
    """

    limit: int
    escape: Escape = str
    code: Escape = str


def languages(site: Site) -> tuple[str, ...]:
    """Return the languages in which people are told, the site's first."""
    first = supported(site.language)
    return (first, *(each for each in LANGUAGES if each != first))


def text(letter: Letter, site: Site, style: Style) -> str:
    """Return all of a message, in one language after the other."""
    room = style.limit // len(LANGUAGES) - 1
    return "\n\n".join(
        _section(letter, site, language, style, room) for language in languages(site)
    )


def summary(letter: Letter, language: str) -> str:
    """Return the first that a message says, in one line."""
    sentences = chain(
        (sentence(each) for each in letter.notices if kind_of(each.subject) != FILE),
        (heading(news, count) for news, count in sorted(letter.files.items(), reverse=True)),
    )
    return one_line(render(next(sentences, _("something is wrong")), language))


def heading(news: News, count: int) -> Message:
    """Return what files have in common."""
    if news is News.OVER:
        return ngettext("{n} file is held back no more", "{n} files are held back no more", count)
    return ngettext(
        "{n} file is held back; what was published before stays",
        "{n} files are held back; what was published before stays",
        count,
    )


def sentence(notice: Notice) -> Message:
    """Return what is told of a hub or a source."""
    kind, name = kind_of(notice.subject), notice.subject.partition(":")[2]
    facts = {"name": _bounded(name), "reason": _bounded(notice.reason), "n": QUIET[kind] // 60}
    texts = {
        (HUB, News.WRONG): _("the hub {name} has failed for {n} minutes; it is tried again"),
        (HUB, News.OVER): _("the hub {name} is told of changes again"),
        (HUB, News.GIVEN_UP): _("the hub {name} was given up: {reason}"),
        (SOURCE, News.WRONG): _(
            "the source {name} has failed for {n} minutes: {reason}. What is published stays"
        ),
    }
    usual = _("the source {name} can be read again")
    return Message(texts.get((kind, notice.news), usual).text, facts)


def described(problem: Problem, language: str, *, isolated: bool) -> tuple[str, str]:
    """Return what is wrong with a file and the remedy, bounded."""
    facts = {name: visible(value) for name, value in problem.facts.items()}
    told = replace(problem, facts=facts)
    try:
        wrong, remedy = messages.describe(told, language, isolated=isolated)
    except KeyError:  # a notice that another release put in
        return problem.code, ""
    return wrong[:MAX_SAID], remedy[:MAX_ROWS]


def path_of(notice: Notice) -> str:
    """Return the file that a notice is about."""
    return notice.subject.removeprefix(FILE)


def _section(letter: Letter, site: Site, language: str, style: Style, room: int) -> str:
    def said(message: Message) -> str:
        return style.escape(render(message, language, isolated=True))

    rows = [style.escape(truncate(site.title, MAX_TITLE))]
    left, more = room - _RESERVE, 0

    def add(*blocks: str) -> int:
        """Add the first that fits; how many are left out."""
        nonlocal left
        block = next((each for each in blocks if len(each) < left), None)
        if block is None:
            return 1
        rows.append(block)
        left -= len(block) + 1
        return 0

    for notice in letter.notices:
        if kind_of(notice.subject) != FILE:
            more += add(said(sentence(notice)))
    for news, count in sorted(letter.files.items(), reverse=True):
        rows += ["", said(heading(news, count))]
        listed = [
            each for each in letter.notices if (kind_of(each.subject), each.news) == (FILE, news)
        ]
        more += count - len(listed)
        for notice in listed:
            more += add(*_blocks(notice, language, style))
    if more:
        rows += ["", said(_("… and {n} more: feedservice status", n=more))]
    return "\n".join(rows)


def _blocks(notice: Notice, language: str, style: Style) -> Iterator[str]:
    """Yield what is told of a file, and the same without what to do."""
    problem, path = notice.problem, visible(path_of(notice))[:MAX_PLACE]
    place = f"{path}:{problem.line}:{problem.column}" if problem else path
    row = f"• {style.code(place)}"
    if problem:
        wrong, remedy = described(problem, language, isolated=True)
        by = _("last changed by {author}", author=_bounded(notice.author))
        authors = [render(by, language, isolated=True)] if notice.author else []
        said = [*authors, wrong, *(f"← {remedy}".split("\n") if remedy else ())]
        yield "\n".join([row, *(f"  {style.escape(each)}" for each in said)])
    yield row


def _bounded(text: str) -> str:
    return truncate(visible(text), MAX_PLACE)
