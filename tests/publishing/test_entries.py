"""Entries are kept by rows: what did not change is neither read nor made anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from asked import asked
from factories import NOW, FixedClock, article, at, fill, moment
from feedservice.domain.model import Related
from feedservice.domain.selections import Selection
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher


def feed(publisher: Publisher, format_: str = "atom") -> bytes:
    return publisher.feed(at("/", (), format_)).body  # type: ignore[union-attr]


def bodies_read(index: IndexWriter, publisher: Publisher) -> int:
    with asked(index._engine) as questions:
        feed(publisher)
    (whole,) = [q for q in questions if "SELECT bodies.number, bodies.payload" in q.text] or [None]
    return len(set(whole.parameters)) if whole else 0


def test_a_new_article_costs_one_entry(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    fill(index, *(article(f"a{n}", published=NOW - timedelta(hours=n + 1)) for n in range(30)))
    assert bodies_read(index, publisher) == 30
    assert bodies_read(index, publisher) == 0
    fill(index, article("new", published=NOW))
    assert bodies_read(index, publisher) == 1
    assert feed(publisher) == feed(Publisher(index, clock))


@pytest.mark.parametrize("format_", FORMATS)
def test_an_edit_of_the_newest_is_seen_each_time(
    index: IndexWriter, publisher: Publisher, format_: str
) -> None:
    """No row takes the number of one that is no more."""
    for n in range(3):
        fill(index, article("a", html=f"<p>نص {n}</p>", published=NOW))
        assert f"نص {n}".encode() in feed(publisher, format_)


def test_a_row_takes_no_number_that_another_had(index: IndexWriter) -> None:
    numbers = []
    for n in range(4):
        fill(index, article("a", title=f"عنوان {n}"))
        with index.snapshot(NOW) as view:
            numbers += [row.number for row in view.listed(Selection(), 9)]
        index.write([], ["field/a.md"], NOW)
    assert numbers == sorted(set(numbers))


def test_a_neighbours_change_alters_the_entry(index: IndexWriter, publisher: Publisher) -> None:
    other = article("b", published=moment("2025-12-01"))
    fill(index, article("a", related=(Related(slug="b"),)), other)
    assert "عنوان b".encode() in feed(publisher)
    fill(index, replace(other, title="مصحّح"))
    assert "عنوان b".encode() not in feed(publisher)


def test_time_alone_alters_the_entries_that_name_what_it_ends(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    ends = article("b", published=moment("2025-12-01"), expires=NOW + timedelta(hours=1))
    fill(index, article("a", related=(Related(slug="b"),)), ends)
    assert b"/articles/b" in feed(publisher)
    clock.now += timedelta(hours=1)
    assert b"/articles/b" not in feed(publisher)


def test_another_index_has_other_rows(index: IndexWriter, publisher: Publisher) -> None:
    """Its numbers begin again, and its stamps may be those of the index before."""
    fill(index, article("a", published=NOW))
    with index.snapshot(NOW) as view:
        before = view.surroundings()
    index._healer._renew(index._healer._file, "is damaged")
    with index.snapshot(NOW) as view:
        assert view.surroundings()[0] != before[0]  # type: ignore[index]
