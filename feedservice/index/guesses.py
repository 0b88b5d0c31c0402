"""Which public articles an address that nothing is at may have meant.

Each question is bounded, whatever is asked for: strangers choose the words, as fast as they like.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, Integer, bindparam, literal_column, select

from feedservice.domain.model import Article
from feedservice.index import search
from feedservice.index.changes import unix_seconds
from feedservice.index.payload import article_from_json
from feedservice.index.schema import articles, bodies, claims
from feedservice.index.snapshot import Snapshot
from feedservice.index.statements import Statement, several
from feedservice.index.states import is_public

_LOOKED_AT = 200
"""The newest articles with a word that are looked at."""
_TRIED = 16
"""The best ones of which it is asked whether readers may see them."""

_WITH_WORDS = Statement(
    search.in_turns(search.NUMBER, end=literal_column(str(search.LAST)))
    .where(search.MATCHES)
    .order_by(search.ROW.desc())
    .limit(bindparam("most", type_=Integer))
)
_PUBLIC = Statement(
    select(articles.c.number, bodies.c.teaser)
    .join(bodies, bodies.c.number == articles.c.number)
    .where(articles.c.number.in_(several("numbers")), is_public())
)
_CALLED = Statement(
    select(bodies.c.teaser)
    .select_from(claims)
    .join(articles, articles.c.path == claims.c.path)
    .join(bodies, bodies.c.number == articles.c.number)
    .where(
        claims.c.space == "name",
        claims.c.value >= bindparam("its_name"),
        claims.c.value < bindparam("its_end"),
        is_public(),
    )
    .limit(bindparam("most", type_=Integer))
)


def find(view: Snapshot, name: str, words: Sequence[str], limit: int) -> list[Article]:
    """Return as teasers what an address may have meant, best first.

    Args:
        view: what is asked.
        name: how a slug or alias may begin, or empty.
        words: that the article may have.
        limit: how many at most.
    """
    moment = unix_seconds(view.now)
    found = _called(view.connection, name, moment, limit) if name else []
    if len(found) < limit and words:
        found += _with_words(view.connection, words, moment, limit)
    return list({article.slug: article for article in found}.values())[:limit]


def _called(connection: Connection, name: str, moment: int, limit: int) -> list[Article]:
    """Articles whose slug or alias begins with a name."""
    asked = {"its_name": name, "its_end": name + "\U0010ffff", "moment": moment, "most": limit}
    return [article_from_json(teaser) for (teaser,) in _CALLED.rows(connection, **asked)]


def _with_words(
    connection: Connection, words: Sequence[str], moment: int, limit: int
) -> list[Article]:
    """Articles in which words are found, best first.

    A word counts the more the fewer articles have it, and all words at once as one word more. What
    counts less than half of the best is left out.
    """
    weights: defaultdict[int, float] = defaultdict(float)
    for wanted in (" ".join(words), *words):
        found = _WITH_WORDS.rows(connection, phrase=search.phrase(wanted), most=_LOOKED_AT)
        for (number,) in found:
            weights[number] += 1 / len(found)
    best = sorted(weights, key=lambda number: (-weights[number], -number))[:_TRIED]
    near = [number for number in best if 2 * weights[number] >= weights[best[0]]]
    if not near:
        return []
    public = dict(_PUBLIC.rows(connection, numbers=near, moment=moment))
    shown = [public[number] for number in near if number in public]
    return [article_from_json(teaser) for teaser in shown[:limit]]
