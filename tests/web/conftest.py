"""The app around a real publisher, over a small index that is made once and copied by who writes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web_site
from databases import Databases
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from web_site import NOW, Shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Stage:
    """One app for the whole session, since templates take a while to make."""

    publisher: Publisher
    shelf: Shelf
    app: Flask
    plain: "WSGIApplication"


@pytest.fixture(scope="session")
def databases_of_stage(
    tmp_path_factory: pytest.TempPathFactory, databases_in: Callable[[Path], Databases]
) -> Databases:
    return databases_in(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="session")
def original(databases_of_stage: Databases) -> str:
    """The address of the index of the site, which nobody has open: it is copied."""
    address = databases_of_stage.new()
    writer = IndexWriter(open_engine(address, readonly=False))
    web_site.build(writer)
    writer.close()
    return address


@pytest.fixture(scope="session")
def stage(original: str, databases_of_stage: Databases) -> Iterator[Stage]:
    engine = open_engine(databases_of_stage.copy(original), readonly=True)
    publisher, shelf = Publisher(IndexReader(engine), lambda: NOW), Shelf()
    app = create_app(publisher, shelf)
    yield Stage(publisher, shelf, app, app.wsgi_app)
    engine.dispose()


BUDGETS = {"cache off": 0, "cache on": 1_000_000}
"""Bytes of answers that are kept: whatever is asked through the app is asked without and with them,
and without of another database, which what is kept knows nothing of."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "budget" in metafunc.fixturenames:
        most = None if metafunc.config.getoption("--engine") == "sqlite" else 1
        metafunc.parametrize("budget", [*BUDGETS.values()][:most], ids=[*BUDGETS][:most])


@pytest.fixture
def publisher(stage: Stage) -> Publisher:
    return stage.publisher


@pytest.fixture
def shelf(stage: Stage) -> Shelf:
    stage.shelf.opened.clear()
    return stage.shelf


def stand(app: Flask, publisher: Publisher, budget: int) -> Flask:
    return around(app, publisher.known, lambda: NOW, budget=budget, revision_ttl=timedelta(0))


@pytest.fixture
def app(stage: Stage, publisher: Publisher, shelf: Shelf, budget: int) -> Flask:
    stage.app.wsgi_app = stage.plain  # type: ignore[method-assign]
    return stand(stage.app, publisher, budget)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_of(shelf: Shelf, budget: int) -> Callable[..., FlaskClient]:
    """Make a client of an index, or of a publisher."""

    def make(source: IndexReader | Publisher, **settings: object) -> FlaskClient:
        publisher = Publisher(source, lambda: NOW) if isinstance(source, IndexReader) else source
        app = create_app(publisher, shelf, **settings)  # type: ignore[arg-type]
        return stand(app, publisher, budget).test_client()

    return make


@pytest.fixture
def written(original: str, its_databases: Databases) -> Iterator[IndexWriter]:
    """An index of the same site, for a test that writes."""
    engine = open_engine(its_databases.copy(original), readonly=False)
    yield IndexWriter(engine)
    engine.dispose()


@pytest.fixture
def site_of(written: IndexWriter) -> Callable[..., IndexWriter]:
    """Make an index of the same articles whose site differs."""

    def make(**overrides: object) -> IndexWriter:
        written.put_site(web_site.site(limit=2, **overrides), (), NOW)
        return written

    return make


@pytest.fixture
def down(its_databases: Databases) -> Iterator[IndexReader]:
    """An index that cannot be read."""
    engine = open_engine(its_databases.nowhere(), readonly=True)
    yield IndexReader(engine)
    engine.dispose()
