"""The sample site and some articles that ask much of a page, served on loopback to Chromium."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from browser_site import ROOT, Visit, write_asking
from factories import FixedClock, moment
from feedservice.content.files import ContentFiles
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
"""It runs as root, and asks nobody but us."""


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site is served, as of a moment that stands."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(ROOT / "content", folder / "content")
    write_asking(folder / "content")
    clock = FixedClock()
    clock.now = moment("2026-11-01 12:00")
    index = IndexWriter(open_engine(f"sqlite:///{folder}/index.sqlite3", readonly=False))
    index.prepare()
    content = ContentFiles(folder / "content")
    Indexer(content, index, clock, pause=lambda seconds: None).scan()
    engine = open_engine(f"sqlite:///{folder}/index.sqlite3", readonly=True)
    publisher = Publisher(IndexReader(engine), clock)
    app = around(create_app(publisher, content.open_media), publisher.known, clock)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Still)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()
    index.close()


class _Still(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Tell nobody of requests."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; ended with its module, since Playwright's loop runs on until then, and other tests
    start theirs."""
    if not CHROMIUM.exists():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail(f"{CHROMIUM} is not there: apt-get install chromium fonts-noto-core")
        pytest.skip(f"needs {CHROMIUM} (Debian's packages chromium and fonts-noto-core)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def _tab(browser: Browser, address: str) -> Page:
    return browser.new_context(base_url=address).new_page()


@pytest.fixture
def visit(_tab: Page) -> Visit:
    """Open a page of the site; ``features`` are those of CSS that `Page.emulate_media` takes."""

    def visited(path: str, *, width: int = 1280, **features: object) -> Page:
        _tab.set_viewport_size({"width": width, "height": 900})
        as_usual = {"color_scheme": "light", "forced_colors": "none"}
        _tab.emulate_media(**{**as_usual, **features})  # type: ignore[arg-type]
        _tab.goto(path)
        return _tab

    return visited
