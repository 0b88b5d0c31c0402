"""A worker that puts down feeds as files when it is told to look."""

from datetime import timedelta
from pathlib import Path

from werkzeug.test import create_environ

from factories import FixedClock
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.index.reader import IndexReader
from feedservice.publishing.publisher import Publisher
from feedservice.service.feed_files import FeedFiles
from feedservice.service.generation import Generation
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from wsgi import Got, ask


class Worker:
    """A worker that looks when it is told to."""

    def __init__(self, reader: IndexReader, clock: FixedClock, folder: Path, shaping: str) -> None:
        self.root = folder / "files"
        self.files = FeedFiles(self.root, Generation(folder / "state" / "note", shaping), clock)
        self.clock = clock
        self.is_lost = False
        self.publisher = Publisher(reader, clock)
        self.app = around(
            create_app(self.publisher, lambda _name: None),
            self.known,
            clock,
            budget=32 * 1024 * 1024,
            revision_ttl=timedelta(0),
            feed_files=self.files,
        )

    def known(self) -> tuple[int, Site]:
        if self.is_lost:
            raise IndexUnavailable("gone")
        return self.publisher.known()

    def make_ahead(self, path: str = "/feed.atom", coding: str = "gzip") -> None:
        cache, routing = self.files._cache, self.files._routing
        assert cache is not None
        assert routing is not None
        renewing = routing.before(lambda environ, _start: cache._renew(path, environ) or [])
        renewing(create_environ(path, headers={"Accept-Encoding": coding}), lambda *_: len)

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
