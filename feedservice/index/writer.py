"""The writing side of the index: one process at a time, each write one transaction."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.identity import Claim
from feedservice.domain.model import Problem, Site
from feedservice.index import (
    conflicts,
    difference,
    engines,
    file_states,
    former_slugs,
    icons,
    passed,
    rows,
    search_coverage,
    stamps,
)
from feedservice.index.changes import ALL_LISTS, SITE, Label, unix_seconds
from feedservice.index.engines import Tell
from feedservice.index.known_site import remember
from feedservice.index.outbox import enqueue
from feedservice.index.packed import Packed, pack
from feedservice.index.payload import (
    decompress,
    problems_from_json,
    problems_to_json,
    site_from_json,
    site_to_json,
)
from feedservice.index.purges import EVERYTHING, NO_CDN, Purging
from feedservice.index.reader import IndexReader
from feedservice.index.schema import HAS_PROBLEMS, claims, files, last_good_sources
from feedservice.index.words import Body, Words, words_of

log = logging.getLogger(__name__)


class IndexWriter(IndexReader):
    """The index, writable. Call `prepare` first; ``committed`` is told after each commit.

    ``writing`` is told of paths before what lies there is written.

    Last-Modified is late, never early, although HTTP knows whole seconds only: each visible change
    is stamped with the next whole second, or one second after the stamp before, whichever is later,
    so that no two changes share one.
    """

    def __init__(
        self,
        engine: Engine,
        base_url: str = "",
        committed: Tell = lambda: None,
        purging: Purging = NO_CDN,
        writing: Callable[[Collection[str]], None] = lambda _paths: None,
    ) -> None:
        super().__init__(engine, base_url)
        self._keeper = engines.of(engine).keeper(engine, committed)
        self._purging = purging
        self._writing = writing

    def prepare(self) -> None:
        """Make the tables, in a new file where SQLite's cannot be used."""
        self._keeper.prepare()

    def heal(self) -> bool:
        """Replace an index that was damaged or removed since; whether a full scan is due then."""
        return self._keeper.heal()

    def close(self) -> None:
        """Let go of the index; SQLite's is all in its file then."""
        self._keeper.close()

    def states(self, folder: str = "") -> Iterator[FileState]:
        """Return every file that was read, or each in a folder, by path, some at a time.

        What is written meanwhile is among them or not.
        """
        return file_states.by_page(self.connection, folder)

    def known_at(self, paths: Collection[str]) -> dict[str, FileState]:
        """Return the files that were read at ``paths``."""
        with self.connection() as connection:
            return file_states.known_at(connection, paths)

    def known_below(self, paths: Collection[str]) -> dict[str, FileState]:
        """Return the files that were read at ``paths``, or below one that was a folder."""
        with self.connection() as connection:
            return file_states.known_below(connection, paths)

    def count(self) -> int:
        """Return how many files were read."""
        with self.connection() as connection:
            return connection.execute(select(func.count()).select_from(files)).scalar_one()

    def moved_from(self, paths: Collection[str]) -> set[str]:
        """Return those of ``paths`` whose entry id a file at another path claims."""
        with self.connection() as connection:
            return conflicts.moved_from(connection, paths)

    def claimants_of(self, ids: Collection[str]) -> set[str]:
        """Return the files that claim any of these entry ids."""
        with self.connection() as connection:
            return conflicts.claimants_of(connection, ids)

    def paths_with(self, codes: Collection[str]) -> set[str]:
        """Return the files in which reading found a `Problem` with any of these codes."""
        told = select(files.c.problems).where(HAS_PROBLEMS).execution_options(yield_per=1000)
        with self.connection() as connection:
            rows = connection.execute(told).scalars()
            problems = (problem for row in rows for problem in problems_from_json(row))
            return {problem.path for problem in problems if problem.code in codes}

    def last_good_source(self, path: str) -> str | None:
        """Return the last good text of a file."""
        statement = select(last_good_sources.c.text).where(last_good_sources.c.path == path)
        with self.connection() as connection:
            data = connection.execute(statement).scalar()
        return decompress(data) if data else None

    def last_good_sources_of(self, entry_id: str) -> dict[str, str]:
        """Return the last good texts of the files that claim an entry id, by their paths."""
        statement = (
            select(claims.c.path, last_good_sources.c.text)
            .join(last_good_sources, last_good_sources.c.path == claims.c.path)
            .where(claims.c.space == "id", claims.c.value == entry_id)
        )
        with self.connection() as connection:
            found = connection.execute(statement).all()
        return {path: decompress(data) for path, data in found}

    def site(self) -> Site:
        """Return the last good site, whether the index is filled or not.

        Raises:
            IndexUnavailable: there is none yet.
        """
        with self.connection() as connection:
            payload = rows.get_meta(connection, "site")
        if payload is None:
            raise IndexUnavailable("no site is indexed yet")
        return site_from_json(payload)

    def mark_filled(self) -> None:
        """Say that the first full scan is done; see `search_waits` for where articles are many."""
        with self._keeper.transaction() as connection:
            if search_coverage.count(connection) <= search_coverage.FEW:
                few = search_coverage.waiting(connection, 0, search_coverage.FEW)
                search_coverage.fill(connection, words_of(few))
            rows.put_meta(connection, "filled", "1")

    def search_waits(self) -> int:
        """Return how many articles the search does not have yet, while `is_searchable` is false."""
        with self.connection() as connection:
            return search_coverage.count(connection)

    def searched(self) -> int | None:
        """Return the number of the last row that the search has; None where it has all."""
        with self.connection() as connection:
            return search_coverage.reached(connection)

    def rows_after(self, number: int, most: int) -> list[Body]:
        """Return the rows that follow on one, for `words_of`."""
        with self.connection() as connection:
            return search_coverage.waiting(connection, number, most)

    def fill_search(self, words: Sequence[Words]) -> None:
        """Take up what `rows_after` returned, in that order; the last call is with what is last."""
        with self._keeper.transaction() as connection:
            if search_coverage.fill(connection, words):
                stamps.bump(connection)  # what was found before need not be all

    def put_site(self, site: Site, problems: Sequence[Problem], now: datetime) -> None:
        """Write the site; one that differs changes every list, and what it drops is remembered."""
        payload = site_to_json(site)
        self._writing(["site.yaml"])
        with self._keeper.transaction() as connection:
            before = rows.get_meta(connection, "site")
            changed = payload != before
            rows.put_meta(connection, "site_problems", problems_to_json(problems))
            if changed:
                rows.put_meta(connection, "site", payload)
                remember(connection, before, site, now)
                ids = {site.id, site_from_json(before).id if before else site.id}
                self._purging.note(connection, ids, EVERYTHING, now)
                stamps.put(connection, {SITE, ALL_LISTS}, now)

    def icons_made_of(self) -> str:
        """Return what the site's icons were made of, or an empty text."""
        with self.connection() as connection:
            return icons.made_of(connection)

    def put_icons(self, made: Mapping[str, bytes], key: str) -> None:
        """Write the site's icons, and what they were made of."""
        with self._keeper.transaction() as connection:
            icons.put(connection, made, key)
            stamps.bump(connection)

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
            The lists that changed. The revision also grows where only drafts and embargoed
            articles changed: nobody is shown those, but the next moment at which time changes a
            list may be another.
        """
        self._writing({each.path for each in packed}.union(removed))
        with self._keeper.transaction() as connection:
            clock, now = now, passed.no_earlier(connection, now)
            found = difference.compare(connection, packed, removed)
            # Asked of the rows as they were.
            has_lapsed = rows.has_lapsed(connection, found.paths, now)
            contested = conflicts.values_of(connection, found.paths)
            contested |= {claim for new in found.fresh.values() for claim in new.claims}
            is_filling = rows.get_meta(connection, "filled") is None
            held = None if is_filling else conflicts.holders_of(connection, contested, now)
            shown = [] if is_filling else difference.versions(found, now)
            was_spelt = difference.spelt(connection, shown, now)
            difference.write(connection, packed, removed, found, now)
            flipped = conflicts.decide_anew(connection, contested, now, held)
            moved: list[str] = []
            if held is not None:
                holds = conflicts.holders_of(connection, contested, now)
                left = former_slugs.note(connection, found.before, held, holds)
                moved = former_slugs.told(connection, left, now)
            touched = difference.touched(connection, shown, was_spelt, now)
            lists = set(touched.lists)
            if is_filling and found.paths:  # nobody is shown anything yet
                lists = {SITE, ALL_LISTS}
            if flipped or (lists and has_lapsed):
                lists |= {SITE, ALL_LISTS} | flipped
            came = max(passed.noted(connection), passed.of_saved(packed, clock))
            passed.note(connection, came if is_filling else passed.latest(connection, came))
            # Time has moved them since, and the moment of that goes with the row.
            members = lists if flipped or has_lapsed else touched.members
            if found.paths or flipped:
                stamps.put(
                    connection,
                    lists,
                    now,
                    others=touched.others,
                    members=members,
                    is_shown=not is_filling,
                )
            if lists and not is_filling:
                for site in self._site(connection):
                    enqueue(connection, lists, site.hubs, clock)
                    told = replace(touched, lists=frozenset(lists))
                    self._purging.note(connection, (site.id,), told, clock)
        for line in moved:
            log.warning("%s", line)
        return frozenset(lists)

    def note_holders(self, held: Mapping[Claim, str]) -> None:
        """Note who keeps what an edit that waits claims, for an index that is filled anew."""
        with self._keeper.transaction() as connection:
            conflicts.note(connection, held)

    def note_time(self, now: datetime) -> None:
        """Note what time published or took until ``now``, by a clock that has proved right."""
        with self.connection() as connection:
            came, before = passed.latest(connection, unix_seconds(now)), passed.noted(connection)
        if came > before:
            with self._keeper.transaction() as connection:
                passed.note(connection, came)

    def put_times(self, states: Sequence[FileState]) -> None:
        """Note the times of files whose bytes are as they were read."""
        if not states:
            return
        statement = update(files).where(files.c.path == bindparam("its_path"))
        times = [
            {"its_path": s.path, "mtime_ns": s.mtime_ns, "ctime_ns": s.ctime_ns, "inode": s.inode}
            for s in states
        ]
        with self._keeper.transaction() as connection:
            connection.execute(statement, times)

    def _site(self, connection: Connection) -> list[Site]:
        """The site, if there is one yet."""
        payload = rows.get_meta(connection, "site")
        return [site_from_json(payload)] if payload else []
