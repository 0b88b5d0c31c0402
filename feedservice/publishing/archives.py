"""Which archive documents a list has, what each holds, and which are neighbours (RFC 5005 §4)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.model import Article
from feedservice.domain.periods import MAX_ENTRIES, Period, Place
from feedservice.domain.selections import Cursor, Selection
from feedservice.index.finding import Listed
from feedservice.index.snapshot import Snapshot


class Archives:
    """The past of one list.

    Args:
        view: what is asked; its site's zone makes the months and days of its readers.
        selection: the list.
    """

    def __init__(self, view: Snapshot, selection: Selection) -> None:
        self._view = view
        self._zone = view.site.timezone
        self._selection = selection
        self._counts: dict[str, int] = {}

    def right_period(self, named: Period) -> Period:
        """Return the period that the list really has where ``named`` says, maybe ``named``."""
        newest = self._view.edge(self._within(named), oldest=False)
        if newest is None:
            return named.whole
        right = self._newest_at(newest)
        return named if named.whole == right.whole and 1 <= named.part <= right.part else right

    def listed(self, period: Period) -> tuple[Listed, ...]:
        """Return what the document of a period holds, newest first."""
        older = (period.part - 1) * MAX_ENTRIES if period.part else 0
        count = min(self._count(period) - older, MAX_ENTRIES)
        newer = self._count(period) - older - count
        return self._view.listed(self._within(period), count, skip=newer)

    def withdrawn(self, period: Period) -> tuple[Article, ...]:
        """Return the withdrawn articles that its document names; the newest part has the day's."""
        if period.part and period.part < self._parts(period):
            return ()
        return self._view.withdrawn(self._within(period))

    def left(self, period: Period) -> datetime | None:
        """Return when an article of a period last left the list; None for never."""
        return self._view.left(self._within(period))

    def before(self, oldest_shown: Listed) -> Place:
        """Return the place of a subscription document: before it is its oldest entry's period.

        Open or not: a reader who follows the links sees each entry at least once.
        """
        period = self._newest_at(oldest_shown.published)
        if period.part:
            cursor = Cursor(published=oldest_shown.published, slug=oldest_shown.slug)
            older = self._view.count(replace(self._within(period), before=cursor))
            period = period.numbered(older // MAX_ENTRIES + 1)
        return Place(previous=self._path(period))

    def place(self, period: Period) -> Place:
        """Return the place of an archive document."""
        previous = self._nearest(replace(self._selection, until=period.start), oldest=False)
        following = self._nearest(replace(self._selection, since=period.end), oldest=True)
        if period.part > 1:
            previous = period.numbered(period.part - 1)
        if period.part and period.part < self._parts(period):
            following = period.numbered(period.part + 1)
        return Place(
            archive=self._path(period), previous=self._path(previous), next=self._path(following)
        )

    def periods(self) -> Iterator[Period]:
        """Yield the period of each archive document, newest first."""
        moment = self._view.edge(self._selection, oldest=False)
        while moment:
            newest = self._newest_at(moment)
            yield newest
            yield from (newest.numbered(part) for part in range(newest.part - 1, 0, -1))
            moment = self._view.edge(replace(self._selection, until=newest.start), oldest=False)

    def _nearest(self, beyond: Selection, *, oldest: bool) -> Period | None:
        moment = self._view.edge(beyond, oldest=oldest)
        if moment is None:
            return None
        newest = self._newest_at(moment)
        return newest.numbered(min(newest.part, 1)) if oldest else newest

    def _newest_at(self, moment: datetime) -> Period:
        """The month around a moment; its day if that is large; the day's newest part if it is."""
        month = Period.month_of(moment, self._zone)
        if not self._is_large(month):
            return month
        day = Period.day_of(moment, self._zone)
        return day.numbered(self._parts(day) if self._is_large(day) else 0)

    def _is_large(self, period: Period) -> bool:
        """Whether it has more than one part: no further than that is counted."""
        if period.span in self._counts:
            return self._count(period) > MAX_ENTRIES
        return bool(self._view.listed(self._within(period), 1, skip=MAX_ENTRIES))

    def _parts(self, period: Period) -> int:
        return -(-self._count(period) // MAX_ENTRIES)

    def _count(self, period: Period) -> int:
        if period.span not in self._counts:
            self._counts[period.span] = self._view.count(self._within(period))
        return self._counts[period.span]

    def _within(self, period: Period) -> Selection:
        return replace(self._selection, since=period.start, until=period.end)

    def _path(self, period: Period | None) -> str:
        return urls.archive_path(urls.identity(self._selection), period.name) if period else ""
