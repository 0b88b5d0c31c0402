"""Which address a request asks for: what its answer is kept under."""

from urllib.parse import quote

import pytest

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.http.cache import UNCACHEABLE
from feedservice.web.routing import Routing
from web_site import site


@pytest.fixture
def routing() -> Routing:
    routing = Routing(lambda: (1, site()))
    routing.revision()
    return routing


def key(routing: Routing, address: str) -> object:
    path, _, query = address.partition("?")
    environ = {
        "PATH_INFO": path.encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": quote(query, safe="=&,%+-"),
    }
    keys: list[object] = []
    list(routing.before(lambda asked, _start: keys.append(routing.key(asked)) or [])(environ, None))  # type: ignore[arg-type,func-returns-value]
    return keys[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/feed.rss", "/feed.rss?utm_source=x&fbclid=1"),
        ("/feed.rss", "/feed.rss?limit=30"),
        ("/feed.rss?limit=5", "/feed.rss?x=1&limit=5"),
        ("/feed.rss?category=field,economy", "/feed.rss?category=اقتصاد,ميدان"),
        ("/feed.rss?tag=ب&tag=أ", "/feed.rss?tag=أ&tag=ب"),
        ("/categories/field.atom?tag=أ", "/tags/أ.atom?category=field"),
        ("/search?q=سد النهضة", "/search?q=سد++النهضة"),
        ("/articles/a", "/articles/a?from=mail"),
        ("/feeds.opml", "/feeds.opml?x"),
        ("/sitemap.xml", "/sitemap.xml?1"),
        ("/nowhere", "/nowhere?random=1"),
    ],
)
def test_spellings_of_one_address_share_a_key(routing: Routing, one: str, other: str) -> None:
    assert key(routing, one) == key(routing, other) not in (None, UNCACHEABLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/feed.rss", "/feed.atom"),
        ("/feed.rss", "/"),
        ("/feed.rss", "/feed.rss?limit=5"),
        ("/feed.rss", "/feed.rss?content=summary"),
        ("/feed.rss", "/search.rss"),  # the one is for search engines, the other is noindex
        ("/categories/field", "/?category=field"),
        ("/feed.rss?category=field", "/feed.rss?category=-field"),
        ("/tags/x.rss", "/tags/x"),
        ("/archive/2025-12.rss", "/archive/2025-11.rss"),
        ("/categories/ميدان", "/categories/field"),
    ],
)
def test_different_answers_have_different_keys(routing: Routing, one: str, other: str) -> None:
    assert key(routing, one) != key(routing, other)


@pytest.mark.parametrize(
    "address",
    ["/media/a.png", "/healthz", "/readyz", "/metrics", "/preview", "/preview/articles/a"],
)
def test_what_answers_for_itself_has_no_key(routing: Routing, address: str) -> None:
    assert key(routing, address) is None
    assert key(Routing(lambda: (1, site())), address) is None


@pytest.mark.parametrize(
    "address",
    [
        "/feed.rss/?limit=5", "/feed.rss?limit=1000", "/feed.rss?category=nothing", "/feed.rss?since=soon",
        "/categories/ميدان?limit=5", "/categories/ميدان?utm_source=x", "/categories/nothing?limit=5", "/feed.rss?limit=5&limit=6",
        "/search?q=%ff", "/authors/zzz?q=a", "/?author=zzz", "/" + "a" * 2000, "/?utm=" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_depends_on_more_than_a_key_is_not_kept(routing: Routing, address: str) -> None:
    assert key(routing, address) is UNCACHEABLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/.rss", "/feed.rss"), ("/authors/هيئة التحرير.rss", "/authors/desk.rss"), ("/authors/هيئة التحرير", "/authors/desk"),
        ("/tags/%D8%A3", "/tags/أ"), ("/?limit=5", "/%3Flimit=5"), ("/search noindex", "/search"), ("/.rss", "/"),
    ],
)  # fmt: skip
def test_an_address_that_looks_like_the_key_of_another_has_one_of_its_own(
    routing: Routing, one: str, other: str
) -> None:
    assert key(routing, one) != key(routing, other)


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
