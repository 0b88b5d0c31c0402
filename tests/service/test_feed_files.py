"""Feeds lie as files where nginx sends them from for as long as they are of now, and no longer."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from factories import FixedClock, article, fill
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from feedservice.service.feed_files import FeedFiles
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from wsgi import Got, ask

CODINGS = ("gzip", "br", "identity")


class Worker:
    """A worker that looks when it is told to."""

    def __init__(self, reader: IndexReader, clock: FixedClock, folder: Path, shaping: str) -> None:
        self.root = folder / "files"
        self.files = FeedFiles(self.root, folder / "state" / "note", shaping, clock)
        self.clock = clock
        publisher = Publisher(reader, clock)
        self.app = around(
            create_app(publisher, lambda _name: None),
            publisher.known,
            clock,
            budget=32 * 1024 * 1024,
            revision_ttl=timedelta(0),
            feed_files=self.files,
        )

    def ask(self, path: str = "/feed.atom", coding: str = "gzip", query: str = "") -> Got:
        wire = path.encode().decode("latin-1")
        return ask(self.app.wsgi_app, wire, query=query, Accept_Encoding=coding)

    def look(self, seconds: float = 3.0) -> dict[str, bytes]:
        """What lies there after some seconds."""
        self.files.look()
        self.clock.now += timedelta(seconds=seconds)
        self.files.look()
        return self.there()

    def there(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def new_worker(
    index: IndexWriter, reader: IndexReader, clock: FixedClock, tmp_path: Path
) -> Callable[..., Worker]:
    fill(index, article("a", tags=("داريا",)), article("b"))

    def make(shaping: str = "release") -> Worker:
        made = Worker(reader, clock, tmp_path, shaping)
        made.ask("/")
        made.look()
        return made

    return make


@pytest.fixture
def worker(new_worker: Callable[..., Worker]) -> Worker:
    return new_worker()


def test_a_feed_is_a_file_in_each_coding_that_it_is_asked_for_in(worker: Worker) -> None:
    paths = ("/feed.atom", "/categories/field.json", "/tags/داريا.rss")
    asked = {f"{coding}{path}": worker.ask(path, coding) for coding in CODINGS for path in paths}
    worker.ask("/categories/field.rss", "br")
    assert {got.status for got in asked.values()} == {200}
    worker.look()
    found = worker.look()
    assert found.keys() - asked.keys() == {"br/categories/field.rss"}
    assert {name: found[name] for name in asked} == {n: got.body for n, got in asked.items()}


def test_all_go_as_soon_as_anything_changes(worker: Worker, index: IndexWriter) -> None:
    before = worker.ask().body
    worker.look()
    assert worker.look() == {"gzip/feed.atom": before}
    fill(index, article("c", categories=("economy",)), now=worker.clock())
    worker.files.look()
    assert worker.there() == {}
    after = worker.ask().body
    assert after != before
    assert worker.look(1) == {}
    worker.look()
    assert worker.look() == {"gzip/feed.atom": after}
