"""The page on which people subscribe to a list: every way there is, and nothing that a stranger put
into its address."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from factories import site as a_site
from feedservice.domain.errors import Refusal
from feedservice.domain.routes import parse
from feedservice.domain.spelling import resolve
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.web import subscribing

BASE = "https://news.example"


def page(client: FlaskClient, query: str = "") -> html.HtmlElement:
    answer = client.get(f"/subscribe{query}")
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def fields(found: html.HtmlElement) -> list[str]:
    return list(found.xpath("//main//input/@value"))


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("", "/feed{}"),
        ("?category=ميدان", "/categories/field{}"),
        ("?tag=داريا", f"/tags/{quote('داريا')}{{}}"),
        ("?author=desk&limit=5", "/authors/desk{}?limit=5"),
        ("?category=field&q=a+b", "/categories/field{}?q=a%20b"),
        ("?utm_source=evil", "/feed{}"),
    ],
)
def test_the_addresses_of_the_list_are_there_to_copy(
    client: FlaskClient, query: str, path: str
) -> None:
    found = page(client, query)
    assert fields(found) == [BASE + path.format(each) for each in (".atom", ".rss", ".json")]
    assert found.xpath("//head/link[@rel='alternate']/@href") == [
        path.format(form.suffix) for form in FORMATS.values()
    ]
    assert found.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_every_reader_of_the_table_is_one_click_away(client: FlaskClient) -> None:
    hrefs = page(client, "?tag=داريا").xpath("//main//a/@href")
    feed = f"{BASE}/tags/{quote('داريا')}.atom"
    for readers in (subscribing.PROGRAMS, subscribing.SERVICES, subscribing.MAILERS):
        for _name, address in subscribing.links(readers, feed):
            assert address in hrefs
            assert feed in unquote(address).replace("%D8", "%D8") or feed in address
    assert "/feeds.opml" in hrefs
    shown = page(client).text_content()
    assert all(name in shown for name, _ in subscribing.OWN_SERVERS)


def test_podcast_apps_are_named_where_the_list_has_a_recording(client: FlaskClient) -> None:
    heard, silent = (str(page(client, each).text_content()) for each in ("", "?category=economy"))
    assert "AntennaPod" in heard
    assert "AntennaPod" not in silent
    (app,) = page(client).xpath("//a[contains(@href, 'podcast://')]/@href")
    assert app == "podcast://news.example/feed.rss"


def test_the_code_is_one_to_scan_and_long_addresses_have_none(client: FlaskClient) -> None:
    (code,) = page(client, "?tag=داريا").xpath("//*[local-name()='svg']")
    assert not code.xpath(".//@style")
    assert subscribing.qr_code("https://a.example/" + "a" * 400, "x") is None
    hostile = subscribing.qr_code("https://a.example/", "</svg><script>1</script>")
    assert "<script" not in str(hostile)


def test_the_script_is_ours_and_no_other_may_run(client: FlaskClient) -> None:
    answer = client.get("/subscribe")
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    (source,) = html.fromstring(answer.text).xpath("//script/@src")
    script = client.get(source)
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in script.headers["Cache-Control"]
    for address in ("/", "/feeds", "/nowhere", "/media/a.png"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert [each for each in policy.split("; ") if "script" in each] == ["script-src 'self'"]


def test_without_the_script_no_button_shows_that_does_nothing(client: FlaskClient) -> None:
    buttons = page(client).xpath("//main//button")
    assert len(buttons) == len(FORMATS)
    assert all(each.get("hidden") is not None for each in buttons)


@pytest.mark.parametrize("query", ["?category=nowhere", "?author=nobody", "?limit=0", "?q=%ff"])
def test_a_list_that_is_not_there_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/subscribe{query}").status_code == 400


def test_links_of_ours_go_below_the_path_of_base_url(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    found = page(client_of(site_of(base_url="https://host.example/news")), "?category=field")
    assert fields(found)[0] == "https://host.example/news/categories/field.atom"
    ours = [each for each in found.xpath("//@href | //@src") if each.startswith("/")]
    assert all(each.startswith("/news/") for each in ours)


SITE = a_site()
hostile = st.sampled_from(
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", '"><script>1</script>', "\r\nX: 1", "{url}", "{0.__class__}", "../..", "&amp;", "'", "%", "%2F", "field", "داريا"]
) | st.text(max_size=30)  # fmt: skip
names = st.sampled_from(
    ["category", "tag", "author", "q", "since", "limit", "content", "url", "list", "next"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(names, hostile), max_size=3))
def test_nothing_foreign_becomes_an_address(pairs: list[tuple[str, str]]) -> None:
    """Whatever is asked, each link leads to a host of the table, and the feed that it takes along
    is one of this site."""
    query = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in pairs)
    route = parse("/subscribe", query, SITE, FORMATS)
    try:
        resolve(route, SITE, lambda wanted: dict.fromkeys(wanted, "desk"))
    except Refusal:
        return
    feed = SITE.base_url + route.address.replace("/subscribe", "/feed.atom")
    assert re.fullmatch(r"[-A-Za-z0-9._~:/?&=,%]+", feed)
    for table in (
        subscribing.PROGRAMS,
        subscribing.SERVICES,
        subscribing.PODCASTS,
        subscribing.MAILERS,
    ):
        for (_, form), (_, address) in zip(table, subscribing.links(table, feed), strict=True):
            form_host = urlsplit(form.partition("{")[0]).netloc
            assert urlsplit(address).scheme == urlsplit(form.partition("{")[0]).scheme
            assert not form_host or urlsplit(address).netloc == form_host
