"""An article's state, as the article says it and as SQL does."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from factories import NOW, article, fill
from feedservice.domain.headline import State, Status
from feedservice.index.schema import articles
from feedservice.index.states import is_in
from feedservice.index.writer import IndexWriter

SECONDS = range(-2, 3)
MADE = [
    article(
        f"a{number}",
        status=status,
        published=NOW + timedelta(seconds=published),
        expires=None if expires is None else NOW + timedelta(seconds=expires),
    )
    for number, (status, published, expires) in enumerate(
        product(Status, SECONDS, (None, *SECONDS))
    )
]


@pytest.fixture
def written(index: IndexWriter) -> IndexWriter:
    fill(index, *MADE)
    return index


@pytest.mark.parametrize("microseconds", [0, 1, 999_999])
def test_an_article_is_in_one_state_and_sql_says_the_same(
    written: IndexWriter, microseconds: int
) -> None:
    for second in SECONDS:
        now = NOW + timedelta(seconds=second, microseconds=microseconds)
        with written.snapshot(now) as view:
            found = [
                (slug, state)
                for state in State
                for (slug,) in view.connection.execute(
                    select(articles.c.slug).where(is_in(state)), {"moment": int(now.timestamp())}
                )
            ]
        assert sorted(found) == sorted((each.slug, each.state(now)) for each in MADE)


def test_only_what_was_published_already_is_gone() -> None:
    for each in MADE:
        is_gone = each.is_gone(NOW)
        assert is_gone <= (each.published <= NOW)
        assert not (is_gone and each.is_public(NOW))
        if each.state(NOW) is State.EXPIRED:
            assert is_gone
