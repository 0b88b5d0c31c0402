"""Slugs by which readers knew articles: they lead to these still, until another article has them.

Noted by entry id, whoever has that now: a file that is renamed, or has another ``slug``, goes and
comes back later or elsewhere, or is left as the copy whose original goes. Where nobody has the id
the slug leads nowhere. Functions over an open transaction.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from feedservice.domain import former_slugs as rule
from feedservice.domain.identity import Claim, Claims
from feedservice.domain.model import Article, Problem
from feedservice.domain.references import Reference
from feedservice.index.changes import unix_seconds
from feedservice.index.conflicts import holders_of
from feedservice.index.payload import article_from_json
from feedservice.index.schema import articles, bodies, claims, files, former_slugs
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import is_live, is_public

_THESE = former_slugs.c.slug.in_(several("values"))
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
) -> dict[str, Article]:
    """Note the slugs that articles leave by a write, and forget those that are in use.

    Args:
        connection: of the transaction that wrote.
        before: the rows that it changed, as they were, by path.
        held: who had each name before, and was public.
        holds: the names that somebody has now who is public.

    Returns:
        By each slug that is noted now, the article to which it leads.
    """
    left: dict[str, str] = {}
    for claim, path in held.items():
        if claim.space == "name" and claim not in holds and path in before:
            article = article_from_json(before[path][0])
            if article.slug == claim.value:
                left[article.slug] = article.id
    used = {claim.value for claim in (*held, *holds) if claim.space == "name"}
    for part in parts(sorted(used)):
        _FORGET.run(connection, values=part)
    _NOTE.run_each(connection, [*left.items()])
    return at(connection, left)


def at(connection: Connection, slugs: Collection[str]) -> dict[str, Article]:
    """Return teasers of articles of any status by those of ``slugs`` that were theirs."""
    found: dict[str, Article] = {}
    for part in parts(sorted(slugs)):
        rows = _AT.rows(connection, values=part)
        found.update((slug, article_from_json(teaser)) for slug, teaser in rows)
    return found


def leading(connection: Connection, now: datetime) -> dict[str, list[str]]:
    """Return the slugs that lead to public articles, by the slugs that these have now."""
    rows = _PUBLIC.rows(connection, moment=unix_seconds(now))
    names = holders_of(connection, {("name", slug) for slug, *_ in rows}, now)
    found: dict[str, list[str]] = {}
    for slug, teaser, _names in rows:
        if Claim("name", slug) not in names:
            found.setdefault(article_from_json(teaser).slug, []).append(slug)
    return found


def problems(connection: Connection, now: datetime) -> Iterator[Problem]:
    """Yield a warning for each good file that does not say where readers knew its article."""
    rows = _PUBLIC.rows(connection, moment=unix_seconds(now))
    told = {article.path: (article, names) for article, names in _good(rows)}
    former: dict[str, list[str]] = {}
    for slug, teaser, _names in rows:
        former.setdefault(article_from_json(teaser).id, []).append(slug)
    claimed: set[str] = set()
    for part in parts([slug for slug, *_ in rows]):
        claimed.update(value for (value,) in _CLAIMED.rows(connection, values=part))
    claimants = ((Claims.of(article, now), _references(names)) for article, names in told.values())
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


def _good(rows: Iterable[tuple[str, str, str | None]]) -> Iterator[tuple[Article, str]]:
    for _slug, teaser, names in rows:
        if names is not None:
            yield article_from_json(teaser), names


def _references(names: str) -> list[Reference]:
    return [Reference(*each) for each in json.loads(names)]
