"""The writing side of the index: one process at a time, each write one transaction."""

import json
import math
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, inspect, or_, select, text
from sqlalchemy.exc import SQLAlchemyError

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.model import Problem, Site
from feedservice.index import conflicts, rows
from feedservice.index.changes import ALL_LISTS, SITE, Label, shown, touched
from feedservice.index.outbox import enqueue
from feedservice.index.packed import Packed, pack
from feedservice.index.payload import (
    article_from_json,
    problems_from_json,
    problems_to_json,
    site_from_json,
    site_to_json,
)
from feedservice.index.reader import IndexReader
from feedservice.index.schema import (
    SCHEMA_VERSION,
    SEARCH_DDL,
    UPGRADE,
    cache,
    claims,
    durable,
    files,
    last_good_sources,
    list_changes,
)

_STATES = select(
    files.c.path, files.c.size, files.c.mtime_ns, files.c.digest, files.c.key, files.c.assets
)


class IndexWriter(IndexReader):
    """The index, writable. Call `prepare` first.

    Last-Modified is late, never early, although HTTP knows whole seconds only: each visible change
    is stamped with the next whole second, or one second after the stamp before, whichever is later,
    so that no two changes share one.
    """

    def prepare(self) -> None:
        """Make the tables; drop and remake the cache where it has another version."""
        try:
            version = self._meta("schema") if inspect(self._engine).has_table("meta") else None
        except SQLAlchemyError as error:
            raise IndexUnavailable(str(error).splitlines()[0]) from error
        with self._transaction() as connection:
            durable.create_all(connection)
            if version != str(SCHEMA_VERSION):
                for statement in UPGRADE:
                    connection.execute(text(statement))
                cache.drop_all(connection)
            cache.create_all(connection)
            connection.execute(text(SEARCH_DDL))
            rows.put_meta(connection, "schema", str(SCHEMA_VERSION))

    def known(self) -> dict[str, FileState]:
        """Return every file that was read, by path."""
        return self._known(_STATES)

    def known_below(self, paths: Collection[str]) -> dict[str, FileState]:
        """Return the files that were read at ``paths``, or below one that was a folder."""
        found: dict[str, FileState] = {}
        for path in paths:
            below = (files.c.path >= f"{path}/") & (files.c.path < f"{path}0")
            found.update(self._known(_STATES.where(or_(files.c.path == path, below))))
        return found

    def paths_with(self, codes: Collection[str]) -> set[str]:
        """Return the files in which reading found a `Problem` with any of these codes."""
        told = select(files.c.problems).where(files.c.problems != "[]")
        with self.connection() as connection:
            rows = connection.execute(told).scalars().all()
        problems = (problem for row in rows for problem in problems_from_json(row))
        return {problem.path for problem in problems if problem.code in codes}

    def last_good_source(self, path: str) -> str | None:
        """Return the last good text of a file."""
        with self.connection() as connection:
            data = connection.execute(
                select(last_good_sources.c.text).where(last_good_sources.c.path == path)
            ).scalar()
        return zlib.decompress(data).decode() if data else None

    def last_good_sources_by_id(self, paths: Collection[str]) -> dict[str, str]:
        """Return the last good texts of the files at ``paths``, by their entry ids."""
        found: dict[str, str] = {}
        ordered = sorted(paths)
        for start in range(0, len(ordered), rows.CHUNK):
            part = ordered[start : start + rows.CHUNK]
            statement = (
                select(claims.c.value, last_good_sources.c.text)
                .join(last_good_sources, last_good_sources.c.path == claims.c.path)
                .where(claims.c.path.in_(part), claims.c.space == "id")
            )
            with self.connection() as connection:
                found.update(
                    (value, zlib.decompress(data).decode())
                    for value, data in connection.execute(statement)
                )
        return found

    def mark_filled(self) -> None:
        """Say that the first full scan is done."""
        with self._transaction() as connection:
            rows.put_meta(connection, "filled", "1")

    def put_site(self, site: Site, problems: Sequence[Problem], now: datetime) -> None:
        """Write the site; one that differs list_changes every list."""
        payload = site_to_json(site)
        changed = payload != self._meta("site")
        with self._transaction() as connection:
            rows.put_meta(connection, "site_problems", problems_to_json(problems))
            if changed:
                rows.put_meta(connection, "site", payload)
                self._stamp(connection, {SITE, ALL_LISTS}, now)

    def write(
        self, readings: Sequence[Reading], removed: Collection[str], now: datetime
    ) -> frozenset[Label]:
        """Take up what was read and what is gone: `apply` for what is not packed yet."""
        return self.apply([pack(reading) for reading in readings], removed, now)

    def apply(
        self, packed: Sequence[Packed], removed: Collection[str], now: datetime
    ) -> frozenset[Label]:
        """Take up what was read and what is gone.

        Args:
            packed: what reading some files came to.
            removed: paths of files that are no more.
            now: the moment of the change.

        Returns:
            The lists that were touched. The revision also grows where only drafts and embargoed
            articles changed: nobody is shown those, but the next moment at which time changes a
            list may be another.
        """
        paths = [*removed, *(each.path for each in packed)]
        with self._transaction() as connection:
            before = rows.payloads_at(connection, paths)
            gone = [path for path in removed if path in before]
            fresh = {
                p.path: p.article
                for p in packed
                if p.article and before.get(p.path) != p.article.payload
            }
            newest = rows.newest(connection, fresh.keys(), now)
            contested = conflicts.values_of(connection, [*gone, *fresh])
            has_lapsed = rows.has_lapsed(connection, [*gone, *fresh], now)
            rows.forget(connection, removed)
            rows.put_files(connection, packed)
            rows.drop_articles(
                connection, [path for path in before if path in fresh or path in gone]
            )
            rows.add_articles(connection, list(fresh.values()), now)
            contested.update(claim for article in fresh.values() for claim in article.claims)
            flipped = conflicts.decide_anew(connection, contested)
            changed = {*gone, *fresh}
            # Nobody is shown anything before the first filling is done: what it list_changes need not be
            # told apart.
            is_filling = rows.get_meta(connection, "filled") is None
            touched_labels: set[Label] = {SITE, ALL_LISTS} if is_filling and changed else set()
            for path in changed if not is_filling else ():
                old = shown(article_from_json(before[path]), now) if path in before else None
                new = shown(article_from_json(fresh[path].payload), now) if path in fresh else None
                touched_labels |= touched(old, new, newest)
                if (
                    ALL_LISTS not in touched_labels
                    and new
                    and not old
                    and rows.is_mentioned(connection, new)
                ):
                    touched_labels.add(ALL_LISTS)
            if flipped:
                touched_labels |= {SITE, ALL_LISTS}
            if touched_labels and has_lapsed:
                touched_labels.add(ALL_LISTS)
            if changed or flipped:
                self._stamp(connection, touched_labels, now)
            if touched_labels and not is_filling:
                enqueue(connection, touched_labels, self._hubs(connection), now)
        return frozenset(touched_labels)

    def _hubs(self, connection: Connection) -> tuple[str, ...]:
        payload = rows.get_meta(connection, "site")
        return site_from_json(payload).hubs if payload else ()

    def _known(self, statement: Any) -> dict[str, FileState]:
        found: dict[str, FileState] = {}
        keys: dict[str, str] = {}  # of a hundred thousand files nearly all have the same one
        with self.connection() as connection:
            rows = connection.execution_options(yield_per=1000).execute(statement)
            for path, size, mtime_ns, digest, key, assets in rows:
                found[path] = FileState(
                    path=path,
                    size=size,
                    mtime_ns=mtime_ns,
                    digest=digest,
                    key=keys.setdefault(key, key),
                    assets=() if assets == "[]" else tuple(map(tuple, json.loads(assets))),
                )
        return found

    def _stamp(self, connection: Connection, changed: set[Label], now: datetime) -> None:
        rows.put_meta(
            connection, "revision", str(int(rows.get_meta(connection, "revision") or 0) + 1)
        )
        if not changed:
            return
        last = int(rows.get_meta(connection, "stamp") or 0)
        stamp = max(math.ceil(now.timestamp()), last + 1)
        rows.put_meta(connection, "stamp", str(stamp))
        for kind, slug in changed:
            connection.execute(
                delete(list_changes).where(list_changes.c.kind == kind, list_changes.c.slug == slug)
            )
        connection.execute(
            insert(list_changes),
            [{"kind": kind, "slug": slug, "stamp": stamp} for kind, slug in changed],
        )

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise IndexUnavailable(str(error).splitlines()[0]) from error
