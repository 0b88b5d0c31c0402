"""Which archive documents a list has, and which are neighbours (RFC 5005 §4). Asks the index;
renders nothing.
"""

from dataclasses import replace
from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.periods import MAX_MONTH, Period, Place
from feedservice.domain.selections import Selection
from feedservice.index.reader import IndexReader


class Archives:
    """The past of lists, at one moment.

    Args:
        index: read only.
        zone: of the site: its months and days are those of its readers.
        now: decides what is public.
    """

    def __init__(self, index: IndexReader, zone: str, now: datetime) -> None:
        self._index = index
        self._zone = zone
        self._now = now

    def period_of(self, moment: datetime, selection: Selection) -> Period:
        """Return the period of a list in which a moment lies: its month, or its day where the month
        is large.
        """
        month = Period.month_of(moment, self._zone)
        if (
            self._index.count(replace(selection, since=month.start, until=month.end), self._now)
            <= MAX_MONTH
        ):
            return month
        return Period.day_of(moment, self._zone)

    def right_period(self, named: Period, selection: Selection) -> Period:
        """Return the period that a list is cut into where ``named`` says, which may be ``named``
        itself.
        """
        within = replace(selection, since=named.start, until=named.end)
        newest = self._index.edge(within, self._now, oldest=False)
        return self.period_of(newest, selection) if newest else named

    def before(self, page: str, selection: Selection, oldest_entry: datetime) -> Place:
        """Return the place of a subscription document: before it lies the period of its oldest
        entry, open or not.

        So a reader who follows the links sees each entry at least once.
        """
        return Place(previous=urls.archive_path(page, self.period_of(oldest_entry, selection).name))

    def place(self, page: str, selection: Selection, period: Period) -> Place:
        """Return the place of an archive document."""
        return Place(
            archive=urls.archive_path(page, period.name),
            previous=self._nearest(
                page, selection, replace(selection, until=period.start), oldest=False
            ),
            next=self._nearest(page, selection, replace(selection, since=period.end), oldest=True),
        )

    def _nearest(self, page: str, selection: Selection, beyond: Selection, *, oldest: bool) -> str:
        moment = self._index.edge(beyond, self._now, oldest=oldest)
        return urls.archive_path(page, self.period_of(moment, selection).name) if moment else ""
