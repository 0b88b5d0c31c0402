"""The app around a fake publisher."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_fakes import NOW, FakePublisher, FakeSitemaps, Shelf

from feedservice.errors import IndexUnavailable
from feedservice.web.app import create_app


@dataclass(frozen=True)
class Stage:
    """One app for the whole session, since routes and templates take a while to make; what it serves is set back."""

    publisher: FakePublisher
    shelf: Shelf
    app: Flask


@pytest.fixture(scope="session")
def stage() -> Stage:
    publisher, shelf = FakePublisher(), Shelf()
    return Stage(publisher, shelf, create_app(publisher, FakeSitemaps(), shelf, lambda: NOW))


def set_back(thing: FakePublisher | Shelf) -> None:
    fresh = type(thing)()
    for each in fields(thing):
        setattr(thing, each.name, getattr(fresh, each.name))


@pytest.fixture
def publisher(stage: Stage) -> FakePublisher:
    set_back(stage.publisher)
    return stage.publisher


@pytest.fixture
def shelf(stage: Stage) -> Shelf:
    set_back(stage.shelf)
    return stage.shelf


@pytest.fixture
def app(stage: Stage, publisher: FakePublisher, shelf: Shelf) -> Flask:
    return stage.app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_of(shelf: Shelf) -> Callable[..., FlaskClient]:
    """Make a client of another publisher."""

    def make(publisher: FakePublisher, **settings: object) -> FlaskClient:
        return create_app(publisher, FakeSitemaps(), shelf, lambda: NOW, **settings).test_client()  # type: ignore[arg-type]

    return make


@pytest.fixture
def down() -> FakePublisher:
    """A publisher whose index cannot be read."""
    return FakePublisher(broken=IndexUnavailable("no such file"))
