"""An answer shows one state of the index, whatever is written while it is made."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import Connection, Engine, event

from factories import NOW, FixedClock, article, at, fill, moment, site
from feedservice.domain.errors import Gone, IndexUnavailable
from feedservice.domain.model import Article, Related
from feedservice.domain.selections import Selection
from feedservice.index import statements
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing.directory import directory, subscription_list
from feedservice.publishing.publisher import Publisher

WRITES = 40
READS = 60

Answer = Callable[[Publisher], object]
ANSWERS: dict[str, Answer] = {
    "feed": lambda publisher: publisher.feed(at("/", (), "json")),
    "archive": lambda publisher: publisher.archive(at("/", (), "rss", "2026-01")),
    "list": lambda publisher: publisher.listing(at("/tags/ماء")),
    "article": lambda publisher: publisher.article("a"),
    "directory": lambda publisher: publisher.ask(partial(directory, at("/feeds"))),
    "OPML": lambda publisher: publisher.ask(partial(subscription_list, at("/feeds.opml"))),
    "sitemap": lambda publisher: publisher.sitemap(),
    "news": lambda publisher: publisher.sitemap("news"),
}


def generation(number: int) -> list[Article]:
    """Two articles of one generation, which their titles and the site's name tell."""
    return [
        article(
            slug,
            title=f"gen-{number}",
            published=moment("2026-01-14"),
            tags=["ماء"],
            related=(Related(slug=other),),
        )
        for slug, other in (("a", "b"), ("b", "a"))
    ]


def write(index: IndexWriter, number: int) -> None:
    fill(index, *generation(number))


@contextmanager
def after_each_statement(engine: Engine, act: Callable[[], None]) -> Iterator[None]:
    def heard(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement != "BEGIN":  # the first question settles which state is seen
            act()

    hand = statements.handed

    def hear(connection: Connection, text: str, parameters: object) -> list[tuple[object, ...]]:
        found = hand(connection, text, parameters)
        if connection.engine is engine:
            act()
        return found

    event.listen(engine, "after_cursor_execute", heard)
    statements.handed = hear
    yield
    statements.handed = hand
    event.remove(engine, "after_cursor_execute", heard)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_write_between_two_questions_of_an_answer_shows_in_the_next_answer(
    index: IndexWriter, reader: IndexReader, clock: FixedClock, name: str
) -> None:
    answer = ANSWERS[name]
    write(index, 0)
    before = answer(Publisher(reader, clock))
    numbers = iter(range(1, 1000))

    def change() -> None:
        number = next(numbers)
        write(index, number)
        index.put_site(site(title=f"موقع {number}"), (), NOW)

    with after_each_statement(reader._engine, change):
        assert answer(Publisher(reader, clock)) == before
    assert next(numbers) > 2
    assert answer(Publisher(reader, clock)) != before


def test_a_snapshot_stays_as_it_was_when_it_was_opened(
    index: IndexWriter, reader: IndexReader
) -> None:
    write(index, 0)
    with reader.snapshot(NOW) as view:
        before = view.revision, view.site, view.select(Selection(), 9)
        index.write([], ["field/a.md"], NOW)
        index.put_site(site(title="آخر"), (), NOW)
        assert (view.revision, view.site, view.select(Selection(), 9)) == before
        assert view.article("a") is not None
        assert set(view.related(generation(0), 5)) == {"a", "b"}
    with reader.snapshot(NOW) as view:
        assert view.revision > before[0]
        assert view.site.title == "آخر"
        assert view.article("a") is None


def test_a_fault_of_the_database_within_a_snapshot_is_an_unavailable_index(
    index: IndexWriter, reader: IndexReader
) -> None:
    write(index, 0)
    with pytest.raises(IndexUnavailable), reader.snapshot(NOW) as view:  # noqa: PT012
        view.connection.close()
        view.count(Selection())


def test_a_refusal_passes_through_a_snapshot(reader: IndexReader) -> None:
    with pytest.raises(Gone), reader.snapshot(NOW):
        raise Gone


def test_readers_beside_a_writer_fail_never_and_see_whole_states(
    index: IndexWriter, reader: IndexReader, clock: FixedClock
) -> None:
    write(index, 0)
    publisher = Publisher(reader, clock)

    def read(number: int) -> set[str]:
        kind = list(ANSWERS)[number % 3]
        return set(re.findall(r"gen-\d+", str(ANSWERS[kind](publisher))))

    def keep_writing() -> None:
        for number in range(1, WRITES):
            index.write([], ["field/a.md"], NOW)
            write(index, number)

    with ThreadPoolExecutor(5) as pool:
        written = pool.submit(keep_writing)
        seen = list(pool.map(read, range(READS)))
        written.result()
    assert all(len(generations) == 1 for generations in seen)
