"""The app around a fake publisher."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedservice.domain.errors import IndexUnavailable
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from web_fakes import NOW, FakePublisher, Shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class Stage:
    """One app for the whole session, since routes and templates take a while to make; what it
    serves is set back."""

    publisher: FakePublisher
    shelf: Shelf
    app: Flask
    plain: "WSGIApplication"


@pytest.fixture(scope="session")
def stage() -> Stage:
    publisher, shelf = FakePublisher(), Shelf()
    app = create_app(publisher, shelf)
    return Stage(publisher, shelf, app, app.wsgi_app)


@pytest.fixture(params=[0, 1_000_000], ids=["cache off", "cache on"])
def budget(request: pytest.FixtureRequest) -> int:
    """Bytes of answers that are kept: whatever is asked through the app is asked without and with
    them."""
    return request.param


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


def stand(app: Flask, publisher: FakePublisher, budget: int) -> Flask:
    return around(app, publisher.known, lambda: NOW, budget=budget, revision_ttl=timedelta(0))


@pytest.fixture
def app(stage: Stage, publisher: FakePublisher, shelf: Shelf, budget: int) -> Flask:
    stage.app.wsgi_app = stage.plain  # type: ignore[method-assign]
    return stand(stage.app, publisher, budget)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_of(shelf: Shelf, budget: int) -> Callable[..., FlaskClient]:
    """Make a client of another publisher."""

    def make(publisher: FakePublisher, **settings: object) -> FlaskClient:
        app = create_app(publisher, shelf, **settings)  # type: ignore[arg-type]
        return stand(app, publisher, budget).test_client()

    return make


@pytest.fixture
def down() -> FakePublisher:
    """A publisher whose index cannot be read."""
    return FakePublisher(broken=IndexUnavailable("no such file"))
