"""The words of articles, and how they are asked for. Pure.

It matches tokens that `text.tokens` makes, and no more: which article is the better match is
written into the index, as tokens with a mark. So any engine that finds words gives the same
results, and none has to weigh all that a common word finds.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
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

from feedservice.domain.model import Article
from feedservice.domain.text import tokens, unlike_tokens
from feedservice.index.changes import unix_seconds
from feedservice.index.functions import InTurns, Matches, wanted
from feedservice.index.schema import articles
from feedservice.index.statements import Statement
from feedservice.index.states import MOMENT

TITLE, SUBJECT = "§", "¶"
"""The marks of a word of the title, and of one of what an article is about. No token has one."""
OFTEN = 3
"""How often a text says what it is about."""
BITS = 26
"""A row of the search is a publication and, in so many bits, the number of the article: in the
order of rows is the order of time. Nobody writes 67 million articles before the index is remade."""
LAST = 1 << 36
"""A second behind all that are published; a stranger may ask for one whose rows no number has."""

FEW = 50
"""Articles that are looked up one by one."""
_LONGEST = 500
"""Characters of a token, of which each database takes so many in any letters."""

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


def row(number: int, published: int) -> int:
    """Return the row of an article's words; ``published`` in Unix seconds."""
    return (published << BITS) + number


def row_of(number: int, article: Article) -> tuple[int, str]:
    """Return the row of an article's words, and these."""
    return row(number, unix_seconds(article.published)), searchable(article)


def searchable(article: Article) -> str:
    """Return the words that a search finds an article by, as `text.tokens` makes them.

    Each once, and once more with each mark that it has: the index knows which articles have a word,
    and not where. Half of a text is words that it had before.
    """
    labels = (*(tag.label for tag in article.tags), *(author.name for author in article.authors))
    said = Counter(article.text.split())
    often = [word for word, times in said.items() if times >= OFTEN]
    title = _words(article.title.split())
    subject = title | _words((*" ".join((article.summary, *labels)).split(), *often))
    found = subject | _words(said)
    return " ".join(chain(found, map(TITLE.__add__, title), map(SUBJECT.__add__, subject)))


def _words(chunks: Iterable[str]) -> dict[str, None]:
    found = unlike_tokens(chunks)
    if max(map(len, found), default=0) > _LONGEST:
        found = dict.fromkeys(token[:_LONGEST] for token in found)
    return found


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
    return f'"{token[:_LONGEST]}"'


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
