"""How the `words` of articles are asked for. Pure."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    bindparam,
    case,
    column,
    exists,
    literal_column,
    select,
    table,
)

from feedservice.domain.text import LONGEST_TOKEN, tokens
from feedservice.index.functions import InTurns, Matches, wanted
from feedservice.index.schema import articles
from feedservice.index.statements import Statement
from feedservice.index.states import MOMENT
from feedservice.index.words import BITS, SUBJECT, TITLE

LAST = 1 << 36
"""A second behind all that are published; a stranger may ask for one whose rows no number has."""

FEW = 50
"""Articles that are looked up one by one."""

_search = table("search", column("rowid", BigInteger))
ROW = _search.c.rowid
MATCHES = Matches()
NUMBER = ROW.op("&")(literal_column(str((1 << BITS) - 1)))
JOINED = _search.join(articles, articles.c.number == NUMBER)

_WANTED = wanted()
HAVE = Statement(
    select(_WANTED.c.value).where(exists().select_from(_search).where(Matches(_WANTED.c.value)))
)
"""Which of the phrases in the JSON list ``wanted`` an article of any state has."""


def first_row(second: "ColumnElement[int] | BindParameter[int]") -> ColumnElement[int]:
    """Return the least row of a publication in a second."""
    last: ColumnElement[int] = literal_column(str(LAST))
    return case((second < last, second), else_=last).op("<<")(literal_column(str(BITS)))


def in_turns(
    *columns: ColumnElement[Any],
    since: ColumnElement[int] | None = None,
    end: ColumnElement[int],
    is_newest_first: bool = True,
) -> InTurns:
    """Return a selection from the search, in the order of time; arguments as in `InTurns`."""
    made = InTurns(*columns)
    made.since, made.end, made.is_newest_first = since, end, is_newest_first
    return made


def phrase(query: str) -> str:
    """Return a query as `MATCHES` is run with it; one without tokens finds nothing.

    Tokens in quotation marks, ``AND``, ``OR`` and parentheses.
    """
    return _all_of(_asked(query)) or quoted(TITLE)  # which no article has alone


def phrases(query: str) -> tuple[str, ...]:
    """Return what finds the best matches of a query, what finds the next ones too, and so on.

    All words in the title; all in what the article is about; one in the title; all anywhere.
    """
    asked = list(_asked(query))
    anywhere = _all_of(asked)
    found = (
        _all_of(asked, TITLE),
        _all_of(asked, SUBJECT),
        f"({' OR '.join(_any_of(word, TITLE) for word in asked)}) AND {anywhere}",
        anywhere,
    )
    return (
        tuple(dict.fromkeys(found[:2] + found[3:] if len(asked) == 1 else found)) if asked else ()
    )


def _asked(query: str) -> Iterable[str]:
    """Each word of a query; one of several spellings has spaces between them."""
    return dict.fromkeys(tokens(query))


def _all_of(words: Iterable[str], mark: str = "") -> str:
    return " AND ".join(f"({_any_of(word, mark)})" for word in words)


def _any_of(word: str, mark: str = "") -> str:
    return " OR ".join(quoted(mark + token) for token in word.split())


def quoted(token: str) -> str:
    """Return a token as `MATCHES` is run with it: none is an operator."""
    return f'"{token[:LONGEST_TOKEN]}"'


def matches() -> ColumnElement[bool]:
    """Every token of the `phrase` that it is run with is found."""
    # An expression, so that SQLite walks what else is asked for and stops when it has enough.
    number = articles.c.number + 0
    return number.in_(select(NUMBER).where(MATCHES))


def matches_left() -> ColumnElement[bool]:
    """`matches`, of what left after ``after``, a value too.

    Of few each is looked up: to find all that have a common word takes longer, and grows.
    """
    left = articles.alias()
    is_of_them = left.c.leaves > bindparam("after", type_=BigInteger), left.c.leaves <= MOMENT
    one = select(left.c.leaves).where(*is_of_them).order_by(left.c.leaves).limit(1)
    one_too_many = one.offset(bindparam("few", FEW, type_=Integer)).scalar_subquery()
    its_row = articles.c.published.op("<<")(literal_column(str(BITS))) + articles.c.number
    its_own = select(ROW).where(MATCHES, its_row == ROW).correlate(articles).scalar_subquery()
    return case((one_too_many.is_(None), its_own.is_not(None)), else_=matches())
