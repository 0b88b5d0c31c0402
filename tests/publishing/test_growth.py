"""What a request costs does not grow with the index: counted in steps of SQLite."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import pytest

from asked import asked
from factories import NOW, FixedClock, article, at, fill, site
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.index import engines, guesses, snapshot
from feedservice.index.search_coverage import words_of
from feedservice.index.writer import IndexWriter
from feedservice.publishing import search_page
from feedservice.publishing.directory import directory
from feedservice.publishing.publisher import Publisher
from feedservice.publishing.suggestions import suggestions

pytestmark = pytest.mark.sqlite

ASK: Mapping[str, Callable[[Publisher], object]] = MappingProxyType(
    {
        "feed": lambda publisher: publisher.feed(at("/", (), "atom")),
        "category's feed": lambda publisher: publisher.feed(at("/categories/field", (), "rss")),
        "page": lambda publisher: publisher.listing(at("/")),
        "next page": lambda publisher: publisher.listing(
            at("/", [("before", "2026-01-01T00:00:00Z,a")])
        ),
        "tag's page": lambda publisher: publisher.listing(at("/tags/ماء")),
        "narrowed to a rare tag": lambda publisher: publisher.listing(
            at("/categories/field", [("tag", "نادر")])
        ),
        "best found": lambda publisher: publisher.listing(at("/search", [("q", "نص")])),
        "best of two words": lambda publisher: publisher.listing(
            at("/search", [("q", "نص ماء"), ("page", "2")])
        ),
        "newest found": lambda publisher: publisher.listing(
            at("/search", [("q", "نص"), ("order", "newest"), ("category", "field")])
        ),
        "feed of two words": lambda publisher: publisher.feed(
            at("/search", [("q", "نص ماء")], "atom")
        ),
        "article": lambda publisher: publisher.article("a20"),
        "feeds": lambda publisher: publisher.ask(partial(directory, at("/feeds"))),
        "news": lambda publisher: publisher.sitemap("news"),
        "robots": lambda publisher: publisher.sitemaps(),
        "suggestions": lambda publisher: publisher.ask(partial(suggestions, "/old/ماء-field-a2")),
        "nothing": lambda publisher: publisher.redirect("/nothing"),
    }
)
FEW, MANY = 120, 900
TOLD = 40
"""Steps that a month more is told in."""


@pytest.fixture
def indexes(new_index: Callable[[], IndexWriter]) -> list[IndexWriter]:
    """One a day: few articles, and ten times as many."""
    made = []
    for size in (FEW, MANY):
        index = new_index()
        index.put_site(site(), (), NOW)
        states = [*[Status.PUBLISHED] * 8, Status.DRAFT, Status.WITHDRAWN]
        fill(
            index,
            *(
                article(
                    f"a{n}",
                    published=NOW - timedelta(days=n, hours=1),
                    status=states[n % 10] if n < FEW else Status.PUBLISHED,
                    categories=(("field", "economy")[n % 2],),
                    tags=("ماء", "نادر") if n in (4, 14, 44) else ("ماء",) if n % 3 else (),
                    authors=(Author(slug="desk", name="هيئة التحرير"),),
                )
                for n in range(size)
            ),
            article("left", published=NOW - timedelta(hours=2), expires=NOW - timedelta(minutes=5)),
        )
        index.mark_filled()
        index.fill_search(words_of(index.rows_after(0, size + 1)))
        index.fill_search([])
        made.append(index)
    return made


def test_a_request_takes_as_many_steps_in_a_large_index(
    indexes: list[IndexWriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both have more of a label than are walked for what left it.
    monkeypatch.setattr(snapshot, "SHORT", 10)
    monkeypatch.setattr(guesses, "_LOOKED_AT", 10)
    monkeypatch.setattr(search_page, "MAX_COUNT", 20)
    few, many = (steps(index) for index in indexes)
    many["feeds"] -= TOLD * (MANY - FEW) // 30  # names each month
    grown = {name: (few[name], many[name]) for name in ASK if many[name] > 1.25 * few[name]}
    assert grown == {}


@contextmanager
def counted(index: IndexWriter) -> Iterator[Callable[[], int]]:
    """Tells how many steps were taken within."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    with index.connection() as connection:
        driver = connection.connection.driver_connection
    assert driver is not None
    driver.set_progress_handler(step, 1)
    yield lambda: count
    driver.set_progress_handler(None, 0)


def steps(index: IndexWriter) -> dict[str, int]:
    found = {}
    for name, ask in ASK.items():
        with counted(index) as count:
            ask(Publisher(index, FixedClock()))
        found[name] = count()
    return found


def test_the_archive_counts_no_article(new_index: Callable[[], IndexWriter]) -> None:
    found = []
    for a_day in (2, 20):
        index = new_index()
        index.put_site(site(timezone="UTC"), (), NOW)  # elsewhere the ends of months are walked
        index.mark_filled()
        moments = [NOW - timedelta(days=n / a_day) for n in range(1, 40 * a_day)]
        fill(index, *(article(f"a{n}", published=each) for n, each in enumerate(moments)))
        publisher = Publisher(index, FixedClock())
        publisher.ask(partial(directory, at("/archive")))
        with counted(index) as steps:
            publisher.ask(partial(directory, at("/archive")))
        found.append(steps())
    few, many = found
    assert many < 1.25 * few


@pytest.mark.parametrize(
    ("address", "spelling"), [("/", 0), ("/categories/field", 0), ("/tags/ماء", 1)]
)
def test_a_feed_asks_sixteen_questions_after_a_new_article_and_fourteen_after_an_edit(
    new_index: Callable[[], IndexWriter],
    address: str,
    spelling: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is a round trip where the index is in a database of another region.

    How a tag is spelt is asked first.
    """
    index = new_index()
    monkeypatch.setattr(type(engines.of(index._engine)), "is_far", True)
    index.put_site(site(), (), NOW)
    index.mark_filled()
    tags = ["ماء", "نار", "هواء", "تراب"]

    def saved(number: int) -> Article:
        named = [*tags, f"t{number}"] if number else [*tags, *map(str, range(8))]
        return article(f"a{number}", published=NOW - timedelta(hours=number), tags=named)

    fill(index, *(saved(number) for number in range(1, 60)))
    publisher = Publisher(index, FixedClock())
    publisher.feed(at(address, (), "atom"))
    for change, most in ((saved(0), 16), (replace(saved(30), title="آخر"), 14)):
        fill(index, change)
        with asked(index._engine) as questions:
            publisher.feed(at(address, (), "atom"))
        assert 5 < len(questions) <= most + spelling, [each.text for each in questions]


def test_a_search_that_finds_nothing_asks_twelve_questions(
    new_index: Callable[[], IndexWriter],
) -> None:
    index = new_index()
    index.put_site(site(), (), NOW)
    index.mark_filled()
    fill(index, article("a", title="مدرسة"))
    publisher = Publisher(index, FixedClock())
    with asked(index._engine) as questions:
        found = publisher.listing(at("/search", [("q", "ليسهنا")]))
    assert not found.results  # type: ignore[union-attr]
    assert len(questions) <= 12


def test_what_left_before_it_was_indexed_is_not_looked_at(
    new_index: Callable[[], IndexWriter],
) -> None:
    found = []
    for size in (10, 200):
        index = new_index()
        index.put_site(site(), (), NOW)
        index.mark_filled()
        over = NOW - timedelta(days=1)
        begun = NOW - timedelta(days=9)
        gone = (article(f"a{n}", published=begun, expires=over) for n in range(size))
        fill(index, *(article(f"b{n}", published=NOW) for n in range(60)), *gone)
        with counted(index) as steps:
            Publisher(index, FixedClock()).listing(at("/"))
        found.append(steps())
    few, many = found
    assert many < 1.25 * few
