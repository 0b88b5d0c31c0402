"""Slugs by which readers knew articles: they lead to these still, until another article has them.

Noted by entry id, whoever has that now: a file that is renamed, or has another ``slug``, goes and
comes back later or elsewhere, or is left as the copy whose original goes. Where nobody has the id
the slug leads nowhere. Functions over an open transaction.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from feedservice.domain import former_slugs as rule
from feedservice.domain.identity import Claim, Claims
from feedservice.domain.model import Article, Problem
from feedservice.domain.references import Reference
from feedservice.domain.text import visible
from feedservice.index.changes import unix_seconds
from feedservice.index.conflicts import holders_of
from feedservice.index.payload import article_from_json
from feedservice.index.readings import called
from feedservice.index.schema import articles, bodies, claims, files, former_slugs
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import is_live, is_public

_THESE = former_slugs.c.slug.in_(several("names"))
_HAS_ITS_ID = (claims.c.space == "id") & (claims.c.value == former_slugs.c.entry_id)
_FORGET = Statement(delete(former_slugs).where(_THESE))
_NOTE = Statement(insert(former_slugs))
_AT = Statement(
    select(former_slugs.c.slug, bodies.c.teaser)
    .join(claims, _HAS_ITS_ID)
    .join(articles, articles.c.path == claims.c.path)
    .join(bodies, bodies.c.number == articles.c.number)
    .where(_THESE, is_live())
)
_PUBLIC = Statement(
    select(former_slugs.c.slug, bodies.c.teaser, files.c.names)
    .join(claims, _HAS_ITS_ID)
    .join(articles, articles.c.path == claims.c.path)
    .join(bodies, bodies.c.number == articles.c.number)
    .join(files, files.c.path == articles.c.path)
    .where(is_public())
)
_CLAIMED = Statement(
    select(claims.c.value).where(claims.c.space == "name", claims.c.value.in_(several("values")))
)
_NOTED = Statement(
    select(former_slugs.c.entry_id, former_slugs.c.slug).where(
        former_slugs.c.entry_id.in_(several("values"))
    )
)
_PRESENT = Statement(
    select(claims.c.value, articles.c.slug)
    .join(articles, articles.c.path == claims.c.path)
    .where(claims.c.space == "id", claims.c.value.in_(several("values")), is_public())
)


def note(
    connection: Connection,
    before: Mapping[str, tuple[str, bytes]],
    held: Mapping[Claim, str],
    holds: Collection[Claim],
) -> Collection[str]:
    """Note the slugs that articles leave by a write, and forget those that are in use.

    Args:
        connection: of the transaction that wrote.
        before: the rows that it changed, as they were, by path.
        held: who had each name before, and was public.
        holds: the names that somebody has now who is public.

    Returns:
        The slugs that articles left.
    """
    left: dict[str, str] = {}
    for claim, path in held.items():
        if claim.space == "name" and claim not in holds and path in before:
            article = article_from_json(before[path][0])
            if article.slug == claim.value:
                left[article.slug] = article.id
    used = {claim.value for claim in (*held, *holds) if claim.space == "name"}
    for part in parts(sorted(used)):
        _FORGET.run(connection, names=part)
    _NOTE.run_each(connection, [*left.items()])
    return left.keys()


def at(connection: Connection, slugs: Collection[str]) -> dict[str, Article]:
    """Return teasers of articles of any status by those of ``slugs`` that were theirs."""
    return called(connection, _AT, slugs)


def leading(connection: Connection, now: datetime) -> dict[str, list[str]]:
    """Return the slugs that lead to public articles, by the slugs that these have now."""
    rows = _PUBLIC.rows(connection, moment=unix_seconds(now))
    names = holders_of(connection, {("name", slug) for slug, *_ in rows}, now)
    found: dict[str, list[str]] = {}
    for slug, teaser, _names in rows:
        if Claim("name", slug) not in names:
            found.setdefault(article_from_json(teaser).slug, []).append(slug)
    return found


def told(connection: Connection, slugs: Collection[str], now: datetime) -> list[str]:
    """Return what the log says of slugs that were left by articles which are public elsewhere."""
    return [
        f"{visible(article.path)}: readers knew it as /articles/{slug}; it lacks the line "
        f"aliases: [{', '.join((*article.aliases, slug))}]"
        for slug, article in at(connection, slugs).items()
        if article.slug != slug and article.is_public(now)
    ]


def problems(connection: Connection, now: datetime) -> Iterator[Problem]:
    """Yield a warning for each good file that does not say where readers knew its article."""
    rows = [
        (slug, article_from_json(teaser), names)
        for slug, teaser, names in _PUBLIC.rows(connection, moment=unix_seconds(now))
        if names is not None
    ]
    found = {article.path: (article, names) for _slug, article, names in rows}
    former: dict[str, list[str]] = {}
    for slug, article, _names in rows:
        former.setdefault(article.id, []).append(slug)
    claimed: set[str] = set()
    for part in parts([slug for slug, *_ in rows]):
        claimed.update(value for (value,) in _CLAIMED.rows(connection, values=part))
    claimants = ((Claims.of(article, now), _references(names)) for article, names in found.values())
    yield from rule.problems(claimants, former, claimed)


def known(connection: Connection, ids: Collection[str], now: datetime) -> dict[str, set[str]]:
    """Return the slugs by which readers know or knew the articles of some entry ids."""
    found: dict[str, set[str]] = {}
    for part in parts(sorted(ids)):
        rows = _NOTED.rows(connection, values=part)
        rows += _PRESENT.rows(connection, values=part, moment=unix_seconds(now))
        for entry_id, slug in rows:
            found.setdefault(entry_id, set()).add(slug)
    return found


def _references(names: str) -> list[Reference]:
    return [Reference(*each) for each in json.loads(names)]
