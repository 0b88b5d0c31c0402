"""What of a list, and of all, changes with a change or with time: told by one statement."""

from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Connection, and_, bindparam, func, or_, select

from feedservice.domain.label_slugs import label_key
from feedservice.index.changes import ALL_LISTS, ENTRIES, SITE, entries_in
from feedservice.index.schema import articles, counts, departures, list_changes, meta
from feedservice.index.statements import Statement
from feedservice.index.states import MOMENT, is_live, is_published


class Moments(NamedTuple):
    """Moments in Unix seconds.

    Attributes:
        begun: when the numbers of rows began, which they do with a new index.
        altered: when something last changed every list, or entries anywhere.
        came, left: the last moments that were scheduled and have passed.
        stamped: when the list last changed, or an entry in it, or every list.
        length: how many articles of the list say that they are published; None for none.
        departed: until when the list had changed by what left it; see `departures`.
        next_published, next_leaves: the next moments at which time alone changes what is public.
    """

    begun: str | None
    altered: int | None
    came: int | None
    left: int | None
    stamped: int | None
    length: int | None
    departed: int | None
    next_published: int | None
    next_leaves: int | None

    @property
    def last(self) -> int:
        """When the list's documents last changed: late perhaps, never early; 0 for never."""
        return max(filter(None, (self.stamped, self.came, self.left)), default=0)

    @property
    def next(self) -> int | None:
        """The next moment at which time alone changes what is public."""
        return min(filter(None, (self.next_published, self.next_leaves)), default=None)


def _scalar(value: Any, *conditions: Any) -> Any:
    return select(value).where(*conditions).scalar_subquery()


def _is_list(kind: Any, slug: Any) -> ColumnElement[bool]:
    return and_(list_changes.c.kind == kind, list_changes.c.slug == slug)


_KIND: BindParameter[str] = bindparam("its_kind")
_KEY: BindParameter[str] = bindparam("its_key")
_STAMP = func.max(list_changes.c.stamp)
_MOMENTS = Statement(
    select(
        _scalar(meta.c.value, meta.c.key == "begun"),
        _scalar(_STAMP, or_(_is_list(*ALL_LISTS), _is_list(*ENTRIES))),
        _scalar(func.max(articles.c.scheduled), articles.c.scheduled <= MOMENT, is_live()),
        _scalar(
            func.max(articles.c.leaves),
            and_(articles.c.leaves <= MOMENT, articles.c.leaves > articles.c.indexed_at),
            is_live(),
        ),
        # A list that nothing was ever in changes with the site's name at the latest.
        func.coalesce(
            _scalar(
                _STAMP,
                or_(
                    _is_list(_KIND, _KEY),
                    _is_list(bindparam("its_entries"), _KEY),
                    _is_list(*ALL_LISTS),
                ),
            ),
            _scalar(list_changes.c.stamp, _is_list(*SITE)),
        ),
        _scalar(counts.c.count, counts.c.kind == _KIND, counts.c.key == _KEY),
        _scalar(departures.c.moment, departures.c.kind == _KIND, departures.c.key == _KEY),
        *(
            _scalar(func.min(column), column > MOMENT, is_published(), is_live())
            for column in (articles.c.published, articles.c.leaves)
        ),
    )
)


def of_list(connection: Connection, kind: str, slug: str, moment: int) -> Moments:
    """Return the moments of a list, and those of all, at a moment in Unix seconds."""
    key = label_key(kind, slug)
    asked = {"its_kind": str(kind), "its_entries": entries_in(kind), "its_key": key}
    return Moments(*_MOMENTS.rows(connection, **asked, moment=moment)[0])
