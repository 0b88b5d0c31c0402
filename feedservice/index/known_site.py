"""What the index tells of the site that readers know, and remembers of those before."""

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, or_, select

from feedservice.domain.headline import State
from feedservice.domain.known_site import PAGE, Former, KnownSite, dropped, is_kept
from feedservice.domain.label_slugs import label_key, label_slug
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import slugify
from feedservice.index import former_slugs
from feedservice.index.changes import unix_seconds
from feedservice.index.payload import problems_from_json, site_from_json, texts_from_row
from feedservice.index.rows import get_meta, put_meta
from feedservice.index.schema import SCHEMA_VERSION, articles, bodies, files, labels
from feedservice.index.states import is_in

_UNKNOWN = frozenset({"category-unknown", "folder-unknown"})
_BODIES = select(bodies.c.teaser, bodies.c.texts)
_Open = Callable[[], AbstractContextManager[Connection]]


def known_site(open_: _Open, now: datetime) -> KnownSite | None:
    """Return what readers know of the site; None where none is indexed, or by another release.

    Args:
        open_: begins a read transaction; what is asked later begins another.
        now: the moment: what is withdrawn or has expired uses nothing.
    """
    with open_() as connection:
        schema, site, former = (get_meta(connection, key) for key in ("schema", "site", "former"))
    if site is None or schema != str(SCHEMA_VERSION):
        return None
    return KnownSite(
        site=site_from_json(site),
        former=_former(former),
        users=partial(_users, open_, now),
        is_said=partial(_is_said, open_),
        slugs=partial(_slugs, open_, now),
    )


def remember(connection: Connection, before: str | None, site: Site, now: datetime) -> None:
    """Keep what a site that is written drops of the one before, in the transaction that writes."""
    former = _former(get_meta(connection, "former"))
    for each in dropped(site_from_json(before), site) if before else ():
        if each.kind != PAGE or users(connection, now, Taxonomy(each.slug), each.name):
            former += (each,)
    kept = [each for each in dict.fromkeys(former) if not is_kept(each, site)]
    put_meta(connection, "former", json.dumps(kept))


def _former(text: str | None) -> tuple[Former, ...]:
    return tuple(Former(*each) for each in json.loads(text or "[]"))


def _users(open_: _Open, now: datetime, taxonomy: Taxonomy, slug: str) -> Sequence[str]:
    with open_() as connection:
        return users(connection, now, taxonomy, slug)


def users(connection: Connection, now: datetime, taxonomy: Taxonomy, slug: str) -> Sequence[str]:
    """Return the files of articles, public or to come, of a category or author."""
    statement = (
        select(articles.c.path)
        .join(labels, labels.c.number == articles.c.number)
        .where(labels.c.kind == taxonomy, labels.c.key == label_key(taxonomy, slug))
        .where(or_(is_in(State.PUBLIC), is_in(State.SCHEDULED)))
        .order_by(articles.c.published.desc(), articles.c.path)
    )
    return connection.execute(statement, {"moment": unix_seconds(now)}).scalars().all()


def _slugs(open_: _Open, now: datetime, ids: Collection[str]) -> dict[str, set[str]]:
    with open_() as connection:
        return former_slugs.known(connection, ids, now)


def _is_said(open_: _Open, former: Former) -> bool:
    if former.kind == PAGE:
        return True
    if former.kind == Taxonomy.CATEGORY:
        return _is_told(open_, slugify(former.name))
    if former.kind == Taxonomy.AUTHOR:
        key = label_key(former.kind, label_slug(Taxonomy.AUTHOR, former.name))
        its = (labels.c.kind == former.kind) & (labels.c.key == key)
        statement = select(labels.c.number).where(its)
    else:
        return _is_written(open_, former.name.partition(":")[2])
    with open_() as connection:
        return connection.execute(statement.limit(1)).first() is not None


def _is_written(open_: _Open, address: str) -> bool:
    """Whether an article has an address in it, whatever its capitals."""
    wanted = address.encode().lower()
    with (
        open_() as connection,
        connection.execution_options(yield_per=1000).execute(_BODIES) as rows,
    ):
        return any(
            wanted in part.lower()
            for teaser, texts in rows
            for part in (teaser.encode(), texts_from_row(texts))
        )


def _is_told(open_: _Open, category: str) -> bool:
    """Whether a file is told to be in an unknown category of that name."""
    with open_() as connection:
        told = connection.execute(select(files.c.problems).where(files.c.problems != "[]"))
        return any(
            problem.code in _UNKNOWN and slugify(problem.facts.get("value", "")) == category
            for (row,) in told
            for problem in problems_from_json(row)
        )
