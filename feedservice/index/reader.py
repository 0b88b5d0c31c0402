"""The reading side of the index; every fault of the database is `IndexUnavailable`."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Engine,
    Text,
    bindparam,
    cast,
    func,
    literal,
    select,
    union_all,
)

from feedservice.domain.derived_pictures import SPACE
from feedservice.domain.errors import IndexFilling
from feedservice.domain.headline import Status
from feedservice.domain.identity import Claim
from feedservice.domain.known_site import KnownSite
from feedservice.domain.model import Article, PageLink, Site
from feedservice.domain.urls import article_path
from feedservice.index import icons, passed
from feedservice.index.conflicts import holders_of, remembered, values_of
from feedservice.index.engine import read_transaction
from feedservice.index.known_site import known_site
from feedservice.index.payload import article_from_json, site_from_json
from feedservice.index.schema import SCHEMA_VERSION, articles, bodies, mentions, meta
from feedservice.index.schema import passed as passed_table
from feedservice.index.search_coverage import SEARCHED
from feedservice.index.snapshot import Snapshot
from feedservice.index.statements import Statement
from feedservice.index.states import is_live
from feedservice.index.surroundings import Kept

_STATES = ["schema", "revision", "filled", SEARCHED]
_STATE = Statement(
    union_all(
        select(meta.c.key, meta.c.value).where(meta.c.key.in_(_STATES)),
        select(literal("passed"), cast(func.max(passed_table.c.moment), Text)),
    )
)
_HIGHEST = Statement(select(func.max(articles.c.number)))
_PICTURES = Statement(
    select(articles.c.published, mentions.c.value)
    .select_from(mentions.join(articles, articles.c.number == mentions.c.number))
    .where(mentions.c.space == SPACE, mentions.c.number > bindparam("after"))
)
_SITE = Statement(
    union_all(
        select(literal("site"), meta.c.value).where(meta.c.key == "site"),
        select(literal("page"), bodies.c.teaser)
        .join(articles, articles.c.number == bodies.c.number)
        .where(articles.c.status == Status.PAGE.value, is_live()),
    )
)


class _State(NamedTuple):
    """The revision, the site where the index is filled, and whether its search is.

    Attributes:
        passed: the latest moment that came, Unix seconds; see `passed`.
    """

    revision: int
    site: Site | None
    is_searchable: bool
    passed: int


class IndexReader:
    """The reading side of the index. Safe to share among threads.

    Args:
        engine: from `engine.open_engine`.
        base_url: goes before the one of site.yaml where it is given.
        media_url: see `Site`.
    """

    def __init__(self, engine: Engine, base_url: str = "", media_url: str = "") -> None:
        self._engine = engine
        self._base_url = base_url
        self._media_url = media_url
        self._current: tuple[int, Site] | None = None
        self._told: tuple[list[tuple[Any, ...]], Site] | None = None
        self._kept = Kept()

    @contextmanager
    def snapshot(self, now: datetime) -> Iterator[Snapshot]:
        """Open one state of the index, as it is at ``now``: what answers a request asks it alone.

        What came for readers before stays so, though the clock was set back since; see `passed`.

        Raises:
            IndexUnavailable: the database failed, within the block too.
        """
        with self.connection() as connection:
            revision, site, is_searchable, came = self._state(connection)
            if site:
                now = max(now, datetime.fromtimestamp(came, UTC))
            yield Snapshot(connection, now, revision, site, self._kept, is_searchable)

    def current(self) -> tuple[int, Site]:
        """Return the revision, and the site as it was then.

        Raises:
            IndexUnavailable: the index cannot be read, or is not filled yet (`IndexFilling`).
        """
        with self.connection() as connection:
            revision, site, *_ = self._state(connection)
        if site is None:
            raise IndexFilling
        return revision, site

    def revision(self) -> int:
        """Return the number that grows with each change that a reader can see."""
        with self.connection() as connection:
            return self._state(connection).revision

    def is_filled(self) -> bool:
        """Whether the first full scan was done."""
        with self.connection() as connection:
            return self._state(connection).site is not None

    def is_searchable(self) -> bool:
        """Whether the search has all articles."""
        with self.connection() as connection:
            return self._state(connection).is_searchable

    def pictures(self, after: int) -> tuple[int, list[tuple[str, str]]]:
        """Return the highest number of a row, and of which pictures smaller ones are made.

        Args:
            after: the number of a row; those of later rows are told.

        Returns:
            The number; digest and ``media/…`` of each picture, of the latest publication first.
        """
        with self.connection() as connection:
            highest = _HIGHEST.run(connection).scalar() or 0
            rows = _PICTURES.rows(connection, after=after) if highest > after else []
        latest = sorted(rows, reverse=True)
        found = dict.fromkeys(tuple(value.split(" ", 1)) for _, value in latest)
        return highest, list(found)

    def holders(self, wanted: Collection[Claim], now: datetime) -> Mapping[Claim, str]:
        """Return the path of the public article that has each id, slug or alias, if one has."""
        with self.connection() as connection:
            return holders_of(connection, wanted, passed.no_earlier(connection, now))

    def remembered_holders(self, wanted: Collection[Claim]) -> Mapping[Claim, str]:
        """Return who kept each id, slug or alias that was contested in an index before this one."""
        with self.connection() as connection:
            return remembered(connection, wanted)

    def public_among(self, paths: Collection[str], now: datetime) -> set[str]:
        """Return those of ``paths`` whose articles readers are shown."""
        with self.connection() as connection:
            values = values_of(connection, list(paths))
            holders = holders_of(connection, values, passed.no_earlier(connection, now))
            return set(holders.values()) & set(paths)

    def icon(self, name: str) -> bytes:
        """Return an icon of the site's own, or nothing."""
        with self.connection() as connection:
            return icons.get(connection, name)

    def known_site(self, now: datetime) -> KnownSite | None:
        """Return what readers know of the site; None where no site is indexed yet."""
        return known_site(self.connection, now)

    def connection(self) -> AbstractContextManager[Connection]:
        """Open a read transaction for this package's own statements."""
        return read_transaction(self._engine)

    def _state(self, connection: Connection) -> _State:
        """The site is read once a revision."""
        found: dict[str, str | None] = dict(_STATE.rows(connection))
        rest = SEARCHED not in found, int(found["passed"] or 0)
        revision = int(found.get("revision") or 0)
        if found.get("schema") != str(SCHEMA_VERSION) or found.get("filled") != "1":
            return _State(revision, None, *rest)
        current = self._current
        if current is None or current[0] != revision:
            site = self._site_of(_SITE.rows(connection))
            if site is None:
                return _State(revision, None, *rest)
            self._current = current = revision, site
        return _State(*current, *rest)

    def _site_of(self, told: list[tuple[Any, ...]]) -> Site | None:
        """The site of rows: the same object while they are the same, as most changes leave them."""
        if self._told and self._told[0] == told:
            return self._told[1]
        payload = next((value for what, value in told if what == "site"), None)
        if payload is None:
            return None
        pages = _pages(article_from_json(value) for what, value in told if what == "page")
        site = replace(site_from_json(payload), pages=pages, media_url=self._media_url)
        if self._base_url:
            site = replace(site, base_url=self._base_url)
        self._told = told, site
        return site


def _pages(found: Iterable[Article]) -> tuple[PageLink, ...]:
    return tuple(
        PageLink(slug=page.slug, title=page.title, path=article_path(page.slug))
        for page in sorted(found, key=lambda page: (page.order, page.title, page.slug))
    )
