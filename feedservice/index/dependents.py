"""Which other articles can show one: those alone are touched when it changes. Reads only.

An entry shows articles that it mentions, and some that are like it: of the newest before it in each
of its lists. The page of an article shows what stands beside it in its category, too.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    select,
    tuple_,
)

from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import label_parts
from feedservice.index.changes import Label, answers_to, labels_of, unix_seconds
from feedservice.index.schema import articles, labels, mentions
from feedservice.index.statements import Statement, parts, several
from feedservice.index.states import is_public, is_published

MOST = 1000
"""Articles: of more that can show some, it is not said which."""

_STANDS = tuple_(labels.c.age, labels.c.article)
_HERE = tuple_(bindparam("its_age", type_=BigInteger), bindparam("its_slug"))


def _in_list(where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(labels.c.number, labels.c.age)
        .join(articles, labels.c.number == articles.c.number)
        .where(
            labels.c.kind == bindparam("its_kind"),
            labels.c.key == bindparam("its_key"),
            where,
            is_public(),
        )
        .limit(bindparam("most", type_=Integer))
    )


_AGE = bindparam("its_age", type_=BigInteger)
_NEXT = Statement(
    _in_list(labels.c.age < _AGE).order_by(labels.c.age.desc(), labels.c.article.desc())
)
_OF_THAT_TIME = Statement(_in_list(labels.c.age == _AGE))
_BESIDE = (
    Statement(_in_list(_STANDS > _HERE).order_by(labels.c.age, labels.c.article)),
    Statement(_in_list(_STANDS < _HERE).order_by(labels.c.age.desc(), labels.c.article.desc())),
)
_MENTIONING = Statement(
    select(mentions.c.number)
    .where(mentions.c.space == bindparam("space"), mentions.c.value.in_(several("values")))
    .limit(bindparam("most", type_=Integer))
)
_LISTS = Statement(
    select(labels.c.kind, labels.c.slug).where(labels.c.number.in_(several("numbers")))
)
_SLUGS = Statement(select(articles.c.slug).where(articles.c.number.in_(several("numbers"))))
_AS_NEW = Statement(
    select(labels.c.number)
    .join(articles, labels.c.number == articles.c.number)
    .where(
        labels.c.kind == bindparam("its_kind"),
        labels.c.key == bindparam("its_key"),
        labels.c.age <= _AGE,
        labels.c.article != bindparam("its_slug"),
        is_published(),
    )
    .limit(1)
)


def is_newest(connection: Connection, article: Article, label: Label) -> bool:
    """Whether nothing in a list of an article is, or will be by time alone, as new as it is.

    What comes on top of a list follows on others, and none follows on it.
    """
    kind, slug = label
    asked = {"its_kind": str(kind), "its_key": label_key(kind, slug), "its_slug": article.slug}
    return not _AS_NEW.rows(connection, **asked, its_age=-unix_seconds(article.published))


def showing(
    connection: Connection, changed: Iterable[Article], moment: int
) -> frozenset[int] | None:
    """Return the numbers of articles whose entries can show one of ``changed``; None for many.

    Args:
        connection: within a transaction that has written what changed.
        changed: each as it was shown before, and as it is now.
        moment: decides what is public, Unix seconds.
    """
    found: set[int] = set()
    for article in changed:
        for values in _mentioned_as(article):
            found.update(each for (each,) in _MENTIONING.run(connection, **values, most=MOST + 1))
        for kind, slug in labels_of(article):
            asked = {"its_kind": str(kind), "its_key": label_key(kind, slug), "moment": moment}
            found.update(_next(connection, asked, -unix_seconds(article.published)))
        if len(found) > MOST:
            return None
    return frozenset(found)


def _mentioned_as(article: Article) -> Iterator[dict[str, Any]]:
    names = sorted(answers_to(article))
    for space in sorted({space for space, _ in names}):
        yield {"space": space, "values": [value for its, value in names if its == space]}


def _next(connection: Connection, asked: dict[str, Any], age: int) -> Iterator[int]:
    """The rows of a list that have less than `label_parts.CANDIDATES` rows between them and one.

    Who is of one time counts as one: none of them stands before another.
    """
    most = label_parts.CANDIDATES
    rows = _NEXT.rows(connection, **asked, its_age=age, most=most)
    yield from (number for number, _ in rows)
    if len(rows) == most:
        same = _OF_THAT_TIME.rows(connection, **asked, its_age=rows[-1][1], most=MOST + 1)
        yield from (number for number, _ in same)


def beside(connection: Connection, changed: Iterable[Article], moment: int) -> set[int]:
    """Return the numbers of articles right before and right after each, in its categories."""
    found: set[int] = set()
    for article in changed:
        here = {"its_age": -unix_seconds(article.published), "its_slug": article.slug}
        for slug in article.categories:
            key = label_key(Taxonomy.CATEGORY, slug)
            asked = {"its_kind": str(Taxonomy.CATEGORY), "its_key": key, **here, "moment": moment}
            for side in _BESIDE:
                found.update(number for number, _ in side.rows(connection, **asked, most=1))
    return found


def lists_of(connection: Connection, numbers: Collection[int]) -> set[Label]:
    """Return the lists of articles, as these spell them."""
    found: set[Label] = set()
    for part in parts(sorted(numbers)):
        found.update((kind, slug) for kind, slug in _LISTS.rows(connection, numbers=part))
    return found


def slugs_of(connection: Connection, numbers: Collection[int]) -> set[str]:
    """Return the slugs of articles."""
    found: set[str] = set()
    for part in parts(sorted(numbers)):
        found.update(slug for (slug,) in _SLUGS.rows(connection, numbers=part))
    return found
