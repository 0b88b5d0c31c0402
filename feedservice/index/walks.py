"""What of the index a list walks: one label's articles, those that have its words, or all. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql import FromClause

from feedservice.domain.label_slugs import label_key
from feedservice.domain.selections import Filter, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import search
from feedservice.index.changes import unix_seconds
from feedservice.index.schema import articles, labels
from feedservice.index.statements import several
from feedservice.index.states import MOMENT, is_public


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a selection decides the text of its statements; the rest are values.

    Attributes:
        has_label: whether one label's walk is the list's.
        has_words: whether the walk of what has its words is the list's.
        filters: each of the other conditions on labels, whose values are called by its position.
        has_since, has_until, has_before, has_phrase: whether there is such a condition.
    """

    has_label: bool
    has_words: bool
    filters: tuple[Callable[[int], ColumnElement[bool]], ...]
    has_since: bool
    has_until: bool
    has_before: bool
    has_phrase: bool


class Walk(NamedTuple):
    """The table to walk, its order, the conditions on it, and that of what readers are shown.

    Attributes:
        since: the second that what has words is asked for from on; None where there is none.
        ends: seconds, from each of which on it is not.
    """

    table: FromClause
    published: Any
    name: Any
    newest_first: tuple[Any, ...]
    oldest_first: Any
    conditions: list[ColumnElement[bool]]
    shown: ColumnElement[bool]
    since: ColumnElement[int] | None = None
    ends: tuple[ColumnElement[int], ...] = ()

    def select(self, *columns: ColumnElement[Any], is_newest_first: bool = True) -> Select[Any]:
        """Return a selection from it, without conditions and order."""
        if self.table is not search.JOINED:
            return select(*columns).select_from(self.table)
        found = search.in_turns(
            *columns,
            since=self.since,
            end=func.least(*self.ends),
            is_newest_first=is_newest_first,
        )
        return found.select_from(self.table)


def driver_of(selection: Selection) -> Filter | None:
    """Return the condition whose label's walk is the list's; None where there is none such."""
    if selection.q:
        return None
    return next((each for each in selection.filters if len(each.any_of) == 1), None)


def label_of(driver: Filter) -> tuple[str, str]:
    """Return kind and key of its label."""
    return driver.taxonomy.value, label_key(driver.taxonomy, driver.any_of[0])


def taken_apart(selection: Selection, *, is_driven: bool) -> tuple[Shape, dict[str, Any]]:
    """Return the shape of a selection, and its values.

    Args:
        selection: a list.
        is_driven: whether a label or words may be walked, and not all that the site has.
    """
    values: dict[str, Any] = {}
    driver = driver_of(selection) if is_driven else None
    if driver:
        values["its_kind"], values["its_key"] = label_of(driver)
    filters: list[tuple[Callable[[int], ColumnElement[bool]], Taxonomy, tuple[str, ...]]] = []
    needed: dict[Taxonomy, tuple[str, ...]] = {}
    for each in selection.filters:
        if each.none_of:
            filters.append((has_none, each.taxonomy, each.none_of))
        elif len(each.any_of) > 1:
            filters.append((has_any, each.taxonomy, each.any_of))
        elif each is not driver:
            needed[each.taxonomy] = needed.get(each.taxonomy, ()) + each.any_of
    for kind, slugs in needed.items():
        filters.append((has_all if len(slugs) > 1 else has_any, kind, slugs))
    for n, (_, kind, slugs) in enumerate(filters):
        keys = tuple(dict.fromkeys(label_key(kind, slug) for slug in slugs))
        values |= {f"kind{n}": kind.value, f"keys{n}": keys, f"count{n}": len(keys)}
    for name, at in (("since", selection.since), ("until", selection.until)):
        if at:
            values[name] = unix_seconds(at)
    if selection.before:
        values["before"] = unix_seconds(selection.before.published)
        values["before_name"] = selection.before.slug
    if selection.q:
        values["phrase"] = search.phrase(selection.q)
    shape = Shape(
        has_label=driver is not None,
        has_words=bool(selection.q) and is_driven,
        filters=tuple(condition for condition, _, _ in filters),
        has_since="since" in values,
        has_until="until" in values,
        has_before="before" in values,
        has_phrase="phrase" in values,
    )
    return shape, values


def walk_of(shape: Shape) -> Walk:
    """Return what is walked for selections of a shape."""
    conditions = [condition(n) for n, condition in enumerate(shape.filters)]
    since, until, before = map(moment, ("since", "until", "before"))
    before_name: BindParameter[str] = bindparam("before_name")
    is_before: ColumnElement[bool]
    if shape.has_words:
        row = search.ROW
        published, name = articles.c.published, articles.c.slug
        conditions += [search.MATCHES]
        is_since, is_until = row >= search.first_row(since), row < search.first_row(until)
        is_tie = and_(published == before, name > before_name)
        is_before = and_(row < search.first_row(before + 1), or_(published < before, is_tie))
        is_open = not (shape.has_until or shape.has_before)
        conditions += [row < search.first_row(MOMENT + 1)] * is_open
        shown = is_public(published + 0)
        made = Walk(search.JOINED, published, name, (row.desc(),), row.asc(), conditions, shown)
        ends = MOMENT + 1, *(until,) * shape.has_until, *(before + 1,) * shape.has_before
        made = made._replace(since=since if shape.has_since else None, ends=ends)
    elif shape.has_label:
        age, name = labels.c.age, labels.c.article
        is_its_kind = labels.c.kind == bindparam("its_kind")
        conditions += [is_its_kind, labels.c.key == bindparam("its_key")]
        is_since, is_until = age <= -since, age > -until
        is_before = tuple_(age, name) > tuple_(-before, before_name)
        table = labels.join(articles, labels.c.number == articles.c.number)
        made = Walk(table, -age, name, (age.asc(), name), age.desc(), conditions, is_public())
    else:
        published, name = articles.c.published, articles.c.slug
        is_since, is_until = published >= since, published < until
        is_tie = and_(published == before, name > before_name)
        is_before = and_(published <= before, or_(published < before, is_tie))
        shown = is_public(published + 0 if shape.has_until or shape.has_before else published)
        orders = (published.desc(), name), published.asc()
        made = Walk(articles, published, name, *orders, conditions, shown)
    conditions += [is_since] * shape.has_since + [is_until] * shape.has_until
    has_filter = shape.has_phrase and not shape.has_words
    conditions += [is_before] * shape.has_before + [search.matches_left()] * has_filter
    return made


def moment(name: str) -> BindParameter[int]:
    """Return what stands for a second."""
    return bindparam(name, type_=BigInteger)


def has_any(n: int) -> ColumnElement[bool]:
    """An article has one of the labels of the condition at a position."""
    return exists().where(*_are(n, labels.alias()))


def has_none(n: int) -> ColumnElement[bool]:
    """It has none of them."""
    return ~has_any(n)


def has_all(n: int) -> ColumnElement[bool]:
    """It has all: one look at its labels, however many are asked for."""
    inner = labels.alias()
    found = select(func.count()).select_from(inner).where(*_are(n, inner))
    return found.scalar_subquery() == bindparam(f"count{n}", type_=Integer)


def _are(n: int, inner: FromClause) -> tuple[ColumnElement[bool], ...]:
    # An expression, so that SQLite looks at the few labels of the article and never walks all
    # articles of the label.
    its_kind = inner.c.kind.concat("")
    its_key = inner.c.key.in_(several(f"keys{n}"))
    return inner.c.number == articles.c.number, its_kind == bindparam(f"kind{n}"), its_key
