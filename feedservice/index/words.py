"""The words of articles that a search finds them by. Pure.

It matches tokens that `text.tokens` makes, and no more: which article is the better match is
written into the index, as tokens with a mark. So any engine that finds words gives the same
results, and none has to weigh all that a common word finds.

Processes that find words import no database.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from feedservice.domain.model import Article
from feedservice.domain.text import unlike_tokens
from feedservice.index.changes import unix_seconds
from feedservice.index.payload import article_from_json, plain_text_of

TITLE, SUBJECT = "§", "¶"
"""The marks of a word of the title, and of one of what an article is about. No token has one."""
_TITLE, _SUBJECT = TITLE.encode(), SUBJECT.encode()
OFTEN = 3
"""How often a text says what it is about."""
BITS = 26
"""A row of the search is a publication and, in so many bits, the number of the article: in the
order of rows is the order of time. Nobody writes 67 million articles before the index is remade."""


class Body(NamedTuple):
    """What the article of a row says; see `schema.bodies`."""

    number: int
    teaser: str
    texts: bytes


class Words(NamedTuple):
    """The number of an article, the row of its words, and these, as UTF-8."""

    number: int
    row: int
    tokens: bytes


def words_of(found: Iterable[Body]) -> list[Words]:
    """Return what a search finds articles by."""
    return list(map(_words_of, found))


def _words_of(said: Body) -> Words:
    article = article_from_json(said.teaser)
    row = (unix_seconds(article.published) << BITS) + said.number
    return Words(said.number, row, searchable(article, plain_text_of(said.texts)))


def searchable(article: Article, said: bytes) -> bytes:
    """Return the words that a search finds an article by, as `text.tokens` makes them.

    Each once, and once more with each mark that it has: the index knows which articles have a word,
    and not where. Half of a text is words that it had before.

    Args:
        article: without its texts.
        said: its plain text, one line of UTF-8 in which no white space is but spaces.
    """
    labels = (*(tag.label for tag in article.tags), *(author.name for author in article.authors))
    times_said = Counter(said.split())
    often = [word for word, times in times_said.items() if times >= OFTEN]
    title = unlike_tokens(_chunks(article.title))
    subject = title | unlike_tokens((*_chunks(article.summary, *labels), *often))
    found = subject | unlike_tokens(times_said)
    return b" ".join(chain(found, map(_TITLE.__add__, title), map(_SUBJECT.__add__, subject)))


def _chunks(*texts: str) -> Iterator[bytes]:
    return map(str.encode, " ".join(texts).split())
