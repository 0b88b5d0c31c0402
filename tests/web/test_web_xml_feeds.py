"""Feeds of a site that wants them to be shown by browsers, and of one that does not."""

from collections.abc import Callable

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from feedservice.index.writer import IndexWriter
from web_site import NOW, site

FEEDS = (
    "/feed.rss",
    "/feed.atom",
    "/categories/field.rss",
    "/search.atom?q=نص",
    "/archive/2025-12.rss",
)


@pytest.mark.parametrize("address", FEEDS)
@pytest.mark.parametrize("base_url", ["https://news.example", "https://host.example/a%26b"])
def test_a_feed_of_xml_names_a_stylesheet_of_ours_and_reads_as_before(
    client_of: Callable[..., FlaskClient],
    site_of: Callable[..., IndexWriter],
    address: str,
    base_url: str,
) -> None:
    plain = client_of(site_of(base_url=base_url)).get(address)
    kind = "rss" if ".rss" in address else "atom"
    assert plain.headers["Content-Type"] == f"application/{kind}+xml; charset=utf-8"
    assert b"xml-stylesheet" not in plain.data
    client = client_of(site_of(base_url=base_url, has_xml_feeds=True))
    shown = client.get(address)
    assert shown.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert shown.headers["ETag"] != plain.headers["ETag"]
    (named,) = etree.fromstring(shown.data).getroottree().xpath("/processing-instruction()")
    assert named.target == "xml-stylesheet"
    assert named.get("type") == "text/css"
    style = client.get(named.get("href"))
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    instruction = etree.tostring(named).split(b"?>")[0] + b"?>\n"
    assert shown.data.replace(instruction, b"") == plain.data
    one, other = (feedparser.parse(each.data, response_headers={"content-type": each.headers["Content-Type"]}) for each in (plain, shown))  # fmt: skip
    assert (other.bozo, other.version, other.entries) == (False, one.version, one.entries)
    assert other.entries


def test_json_is_no_xml(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    answer = client_of(site_of(has_xml_feeds=True)).get("/feed.json")
    assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert answer.get_json()["items"]


def test_who_holds_a_feed_is_told_that_it_is_another_now(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    client = client_of(written)
    held = client.get("/feed.atom").headers["ETag"]
    assert client.get("/feed.atom", headers={"If-None-Match": held}).status_code == 304
    written.put_site(site(limit=2, has_xml_feeds=True), (), NOW)
    answer = client.get("/feed.atom", headers={"If-None-Match": held})
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "application/xml; charset=utf-8",
    )


def test_pages_link_to_no_feed_but_on_the_page_of_a_subscription(client: FlaskClient) -> None:
    """Browsers download one."""
    seen, waiting = set(), ["/", "/search", "/search?q=نص", "/feeds", "/nowhere"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answer = client.get(address)
        if not answer.headers["Content-Type"].startswith("text/html"):
            assert address.endswith((".opml", "tags=1")) or address.startswith("/media/")
            continue
        found = html.fromstring(answer.text)
        hrefs = {each.partition("#")[0] for each in found.xpath("//body//a/@href")}
        ours = {each for each in hrefs if each.startswith("/")} - {""}
        assert not [each for each in ours if each.partition("?")[0].endswith((".rss", ".atom", ".json"))], address  # fmt: skip
        waiting += ours - seen - set(waiting)
    assert len(seen) > 20
