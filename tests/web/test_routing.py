"""A request's route is read once, and its answer is kept under the route's key."""

import tracemalloc
from typing import TYPE_CHECKING

import pytest

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.http.cache import UNCACHEABLE
from feedservice.web.routing import MEMORY, ROUTE, Lane, Routing
from web_site import site
from wsgi import ask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture
def routing() -> Routing:
    routing = Routing(lambda: (1, site()))
    routing.revision()
    return routing


def asked(routing: Routing, address: str) -> "WSGIEnvironment":
    """The environment as whoever comes after the routing sees it."""
    path, _, query = address.partition("?")
    seen: list[WSGIEnvironment] = []

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        seen.append(environ)
        start_response("200 OK", [])
        return []

    ask(routing.before(app), path, query=query)
    return seen[0]


def key(routing: Routing, address: str) -> object:
    return routing.key(asked(routing, address))


@pytest.mark.parametrize(
    "address",
    ["/media/a.png", "/healthz", "/readyz", "/metrics", "/preview", "/preview/articles/a"],
)
def test_what_answers_for_itself_has_no_key(routing: Routing, address: str) -> None:
    assert key(routing, address) is None
    assert key(Routing(lambda: (1, site())), address) is None


def test_what_depends_on_more_than_a_key_is_not_kept(routing: Routing) -> None:
    for address in ("/feed.rss?limit=1000", "/authors/zzz?q=a", "/?utm=" + "a" * 2000):
        assert key(routing, address) is UNCACHEABLE


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("/ar/feed.rss", "/feed.rss"),
        ("/ar", "/"),
        ("/feed.rss", "/feed.rss"),
        ("/arabic", "/arabic"),
    ],
)
def test_the_path_of_base_url_is_taken_off(path: str, below: str) -> None:
    routing = Routing(lambda: (1, site(base_url="https://news.example/ar")))
    assert asked(routing, path)["PATH_INFO"] == below


def test_what_is_remembered_of_long_addresses_is_little(routing: Routing) -> None:
    tracemalloc.start()
    for number in range(300):
        key(routing, f"/tags/{number}-{'x' * 1900}")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 400_000, "a route of such an address takes 13 KB"


def test_what_strangers_ask_for_is_remembered_within_bounds(routing: Routing) -> None:
    first = asked(routing, "/tags/a")[ROUTE]
    assert asked(routing, "/tags/a")[ROUTE] is first
    for number in range(MEMORY):
        key(routing, f"/tags/{number}")
    assert asked(routing, "/tags/a")[ROUTE] is not first
    assert asked(routing, "/?limit=x")[ROUTE] is not asked(routing, "/?limit=x")[ROUTE]


def test_a_site_that_changed_has_other_keys() -> None:
    known = [(1, site())]
    routing = Routing(lambda: known[0])
    routing.revision()
    assert key(routing, "/feed.rss?limit=30") == key(routing, "/feed.rss")
    known[0] = (2, site(limit=50))
    routing.revision()
    assert key(routing, "/feed.rss?limit=30") != key(routing, "/feed.rss")
    assert key(routing, "/feed.rss?limit=50") == key(routing, "/feed.rss")


def test_nothing_is_kept_before_the_site_is_known() -> None:
    def unknown() -> tuple[int, Site]:
        raise IndexUnavailable("filling")

    routing = Routing(unknown)
    assert key(routing, "/feed.rss") is UNCACHEABLE
    with pytest.raises(IndexUnavailable):
        routing.revision()


@pytest.mark.parametrize("target", ["", "*"])
def test_a_target_that_is_no_path_is_refused_at_once(routing: Routing, target: str) -> None:
    def app(_environ: "WSGIEnvironment", _start: "StartResponse") -> list[bytes]:
        raise AssertionError("asked")

    assert ask(routing.before(app), target).status == 400


@pytest.mark.parametrize(
    ("address", "lane"),
    [
        ("/feed.rss", Lane.FRONT),
        ("/", Lane.FRONT),
        ("/archive/2025-12.rss", Lane.USUAL),
        ("/tags/ماء.rss", Lane.USUAL),
        ("/articles/a", Lane.USUAL),
        ("/sitemap.xml", Lane.USUAL),
        ("/nothing", Lane.SEARCH),
        ("/feed.rss?tag=ماء", Lane.SEARCH),
        ("/search", Lane.SEARCH),
        ("/nothing?utm_source=x", Lane.SEARCH),
    ],
)
def test_searches_wait_for_each_other_and_the_front_for_none(
    routing: Routing, address: str, lane: Lane
) -> None:
    assert routing.lane(asked(routing, address)) is lane
