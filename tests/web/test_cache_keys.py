"""Which address a request asks for: what its answer is kept under."""

from urllib.parse import quote

import pytest

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.http.cache import UNCACHEABLE
from feedservice.web.cache_keys import Keys
from web_fakes import site


@pytest.fixture
def keys() -> Keys:
    keys = Keys(lambda: (1, site()))
    keys.revision()
    return keys


def key(keys: Keys, address: str) -> object:
    path, _, query = address.partition("?")
    return keys.key(
        {"PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": quote(query, safe="=&,%+-")}
    )


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
def test_spellings_of_one_address_share_a_key(keys: Keys, one: str, other: str) -> None:
    assert key(keys, one) == key(keys, other) not in (None, UNCACHEABLE)


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
def test_different_answers_have_different_keys(keys: Keys, one: str, other: str) -> None:
    assert key(keys, one) != key(keys, other)


@pytest.mark.parametrize(
    "address",
    ["/media/a.png", "/healthz", "/readyz", "/metrics", "/preview", "/preview/articles/a"],
)
def test_what_answers_for_itself_has_no_key(keys: Keys, address: str) -> None:
    assert key(keys, address) is None
    assert key(Keys(lambda: (1, site())), address) is None


@pytest.mark.parametrize(
    "address",
    [
        "/feed.rss/", "/categories/", "/feed.rss?limit=1000", "/feed.rss?category=nothing", "/feed.rss?since=soon",
        "/categories/ميدان?limit=5", "/categories/ميدان?utm_source=x", "/categories/nothing?limit=5", "/feed.rss?limit=5&limit=6",
        "/a\0b", "/search?q=%ff", "/authors/zzz?q=a", "/?author=zzz", "/" + "a" * 2000, "/?utm=" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_depends_on_more_than_a_key_is_not_kept(keys: Keys, address: str) -> None:
    assert key(keys, address) is UNCACHEABLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/.rss", "/feed.rss"), ("/authors/هيئة التحرير.rss", "/authors/desk.rss"), ("/authors/هيئة التحرير", "/authors/desk"),
        ("/tags/%D8%A3", "/tags/أ"), ("/?limit=5", "/%3Flimit=5"), ("/search noindex", "/search"), ("/.rss", "/"),
    ],
)  # fmt: skip
def test_an_address_that_looks_like_the_key_of_another_has_one_of_its_own(
    keys: Keys, one: str, other: str
) -> None:
    assert key(keys, one) != key(keys, other)


def test_bytes_that_are_no_text_are_not_kept(keys: Keys) -> None:
    assert keys.key({"PATH_INFO": "/\xff", "QUERY_STRING": ""}) is UNCACHEABLE
    assert keys.key({"PATH_INFO": "/search", "QUERY_STRING": "q=\xff"}) is UNCACHEABLE


def test_a_site_that_changed_has_other_keys() -> None:
    known = [(1, site())]
    keys = Keys(lambda: known[0])
    keys.revision()
    assert key(keys, "/feed.rss?limit=30") == key(keys, "/feed.rss")
    known[0] = (2, site(limit=50))
    keys.revision()
    assert key(keys, "/feed.rss?limit=30") != key(keys, "/feed.rss")
    assert key(keys, "/feed.rss?limit=50") == key(keys, "/feed.rss")


def test_nothing_is_kept_before_the_site_is_known() -> None:
    def unknown() -> tuple[int, Site]:
        raise IndexUnavailable("filling")

    keys = Keys(unknown)
    assert key(keys, "/feed.rss") is UNCACHEABLE
    with pytest.raises(IndexUnavailable):
        keys.site()
