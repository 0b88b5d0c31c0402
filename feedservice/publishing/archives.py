"""Which archive documents a list has, and which are neighbours (RFC 5005 §4)."""

from dataclasses import replace
from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.periods import MAX_MONTH, Period, Place
from feedservice.domain.selections import Selection
from feedservice.index.snapshot import Snapshot


class Archives:
    """The past of lists.

    Args:
        view: what is asked; its site's zone makes the months and days of its readers.
    """

    def __init__(self, view: Snapshot) -> None:
        self._view = view
        self._zone = view.site.timezone

    def period_of(self, moment: datetime, selection: Selection) -> Period:
        """Return the period of a list around a moment: its month; its day if that is large."""
        month = Period.month_of(moment, self._zone)
        if self._view.count(replace(selection, since=month.start, until=month.end)) <= MAX_MONTH:
            return month
        return Period.day_of(moment, self._zone)

    def right_period(self, named: Period, selection: Selection) -> Period:
        """Return the period that a list really has where ``named`` says, maybe ``named``."""
        within = replace(selection, since=named.start, until=named.end)
        newest = self._view.edge(within, oldest=False)
        return self.period_of(newest, selection) if newest else named

    def before(self, page: str, selection: Selection, oldest_entry: datetime) -> Place:
        """Return the place of a subscription document, before which its oldest entry's period is.

        Open or not: a reader who follows the links sees each entry at least once.
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
        moment = self._view.edge(beyond, oldest=oldest)
        return urls.archive_path(page, self.period_of(moment, selection).name) if moment else ""
