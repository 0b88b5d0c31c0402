"""Which spelling of a tag or author is shown: of the article that was published first. Reads only.

Those that expired or were withdrawn since are asked too, so that neither renames a list, and those
are not that are still to come: time alone changes no spelling that anybody saw.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Text, bindparam, select

from feedservice.domain.headline import Status
from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article, Author, Site, Tag
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import functions
from feedservice.index.changes import Label, unix_seconds
from feedservice.index.schema import articles, labels
from feedservice.index.statements import Statement
from feedservice.index.states import MOMENT, is_live

KINDS = (Taxonomy.TAG, Taxonomy.AUTHOR)
"""What has several spellings."""

_Key = TypeVar("_Key", int, str)


class Spelling(NamedTuple):
    """A label as an article has it."""

    slug: str
    label: str


def first(
    connection: Connection, kind: str, slugs: Iterable[str], now: datetime
) -> dict[str, Spelling]:
    """Return the first spelling of each tag or author, by the slug that was asked for."""
    keys = {slug: label_key(kind, slug) for slug in slugs}
    shown = _ask(connection, "key", kind, set(keys.values()), now)
    return {slug: shown[key] for slug, key in keys.items() if key in shown}


def _former(
    connection: Connection, kind: str, slugs: Collection[str], now: datetime
) -> dict[str, Spelling]:
    """Return the first spelling of each label that had one of these slugs once."""
    known = _ask(connection, "former", kind, slugs, now)
    shown = first(connection, kind, {each.slug for each in known.values()}, now)
    return {slug: shown[each.slug] for slug, each in known.items()}


def as_shown(connection: Connection, lists: Collection[Label], now: datetime) -> set[Label]:
    """Return lists by the slugs that show; one that no article is in stays as it is."""
    names: dict[str, dict[str, Spelling]] = {
        kind: first(connection, kind, [slug for its_kind, slug in lists if its_kind == kind], now)
        for kind in KINDS
    }
    found: set[Label] = set()
    for kind, slug in lists:
        spelling = names.get(kind, {}).get(slug)
        found.add((kind, spelling.slug if spelling else slug))
    return found


class Spellings:
    """Those of one state of the index, each asked for once.

    Args:
        connection: within a read transaction.
        now: the moment.
        site: whose authors are called what it says.

    Attributes:
        named: those authors.
    """

    def __init__(self, connection: Connection, now: datetime, site: Site | None) -> None:
        self._connection = connection
        self._now = now
        self.named = frozenset(author.slug for author in (site.authors if site else ()))
        self._known: dict[str, dict[str, Spelling | None]] = {}

    def first(self, kind: str, slugs: Collection[str]) -> dict[str, Spelling]:
        """Return the first spelling of each tag or author, by the slug that was asked for."""
        known = self._known.setdefault(kind, {})
        asked = [slug for slug in slugs if slug not in known]
        if asked:
            known.update(dict.fromkeys(asked))
            known.update(first(self._connection, kind, asked, self._now))
        return {slug: spelling for slug in slugs if (spelling := known[slug])}

    def shown(self, wanted: Collection[Label]) -> dict[Label, Spelling]:
        """Return the first spelling of each label, asked for by any slug that it has or had."""
        found: dict[Label, Spelling] = {}
        for kind in KINDS:
            slugs = {slug for its_kind, slug in wanted if its_kind == kind}
            spelt = self.first(kind, slugs)
            spelt |= _former(self._connection, kind, slugs - spelt.keys(), self._now)
            found |= {(kind, slug): spelling for slug, spelling in spelt.items()}
        return found

    def of(self, used: Collection[Label]) -> dict[Label, Spelling]:
        """Return how tags and guest authors are shown, by the slugs that articles have."""
        found: dict[Label, Spelling] = {}
        for kind in KINDS:
            slugs = {slug for its_kind, slug in used if its_kind == kind}
            if kind is Taxonomy.AUTHOR:
                slugs -= self.named
            found |= {(str(kind), slug): each for slug, each in self.first(kind, slugs).items()}
        return found

    def respelt(self, read: dict[_Key, Article]) -> dict[_Key, Article]:
        """Return articles with their tags and guest authors as they are shown."""
        if not read:
            return read
        guests = {author.slug for each in read.values() for author in each.authors} - self.named
        used = {tag.slug for each in read.values() for tag in each.tags}
        tags, authors = self.first(Taxonomy.TAG, used), self.first(Taxonomy.AUTHOR, guests)
        return {key: _respelt(each, tags, authors) for key, each in read.items()}


def _respelt(
    article: Article, tags: Mapping[str, Spelling], authors: Mapping[str, Spelling]
) -> Article:
    its_tags = tuple(
        Tag(slug=shown.slug, label=shown.label)
        if (shown := tags.get(tag.slug)) and shown != (tag.slug, tag.label)
        else tag
        for tag in article.tags
    )
    its_authors = tuple(
        Author(slug=shown.slug, name=shown.label)
        if (shown := authors.get(author.slug)) and shown != (author.slug, author.name)
        else author
        for author in article.authors
    )
    if its_tags == article.tags and its_authors == article.authors:
        return article
    return replace(article, tags=its_tags, authors=its_authors)


def _ask(
    connection: Connection, column: str, kind: str, values: Collection[str], now: datetime
) -> dict[str, Spelling]:
    if not values:
        return {}
    wanted = json.dumps(list(values))
    moment = unix_seconds(now)
    rows = _FIRST[column].rows(connection, its_kind=str(kind), wanted=wanted, moment=moment)
    return {value: Spelling(*json.loads(first)) for value, first in rows if first}


def _statement(column: Column[Any], kind: ColumnElement[Any]) -> Statement:
    """Read the first row of each value: one seek each, however long its list."""
    wanted = functions.wanted()
    found = (
        select(functions.pair_of(labels.c.slug, labels.c.label))
        .join(articles, articles.c.number == labels.c.number)
        .where(
            kind == bindparam("its_kind", type_=Text),
            column == wanted.c.value,
            is_live(),
            articles.c.status != Status.DRAFT.value,
            articles.c.published <= MOMENT,
        )
        .order_by(labels.c.age.desc(), labels.c.article)
        .limit(1)
    )
    return Statement(select(wanted.c.value, found.correlate(wanted).scalar_subquery()))


_FIRST = MappingProxyType(
    {
        "key": _statement(labels.c.key, labels.c.kind),
        # An expression, so that SQLite walks the few labels that had another slug.
        "former": _statement(labels.c.former, labels.c.kind.concat("")),
    }
)
