"""The words of articles that a search finds them by. Pure.

It matches tokens that `text.tokens` makes, and no more: which article is the better match is
written into the index, as tokens with a mark. So any engine that finds words gives the same
results, and none has to weigh all that a common word finds.

Processes that find words import no database.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from feedservice.domain.model import Article
from feedservice.domain.text import unlike_tokens
from feedservice.index.changes import unix_seconds
from feedservice.index.payload import whole_article

TITLE, SUBJECT = "§", "¶"
"""The marks of a word of the title, and of one of what an article is about. No token has one."""
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
    """The number of an article, the row of its words, and these."""

    number: int
    row: int
    tokens: str


def words_of(found: Iterable[Body]) -> list[Words]:
    """Return what a search finds articles by."""
    return [_words_of(each.number, whole_article(each.teaser, each.texts)) for each in found]


def _words_of(number: int, article: Article) -> Words:
    row = (unix_seconds(article.published) << BITS) + number
    return Words(number, row, searchable(article))


def searchable(article: Article) -> str:
    """Return the words that a search finds an article by, as `text.tokens` makes them.

    Each once, and once more with each mark that it has: the index knows which articles have a word,
    and not where. Half of a text is words that it had before.
    """
    labels = (*(tag.label for tag in article.tags), *(author.name for author in article.authors))
    said = Counter(article.text.split())
    often = [word for word, times in said.items() if times >= OFTEN]
    title = unlike_tokens(article.title.split())
    subject = title | unlike_tokens((*" ".join((article.summary, *labels)).split(), *often))
    found = subject | unlike_tokens(said)
    return " ".join(chain(found, map(TITLE.__add__, title), map(SUBJECT.__add__, subject)))
