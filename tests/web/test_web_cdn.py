"""What a CDN is told with answers, where a setting names one."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from feedservice.domain import surrogate_keys
from feedservice.domain.routes import parse
from feedservice.feeds.formats import FORMATS
from feedservice.http.negotiation import cut_lifetimes, reach
from feedservice.index.reader import IndexReader
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.settings import CDNS
from feedservice.web.app import create_app
from feedservice.web.cdn import FIELDS, Cdn
from web_site import NOW, Shelf, site

NAMES = ("Surrogate-Key", "Surrogate-Control", "Cache-Tag", "CDN-Cache-Control")
FEED = "/categories/field.rss"
CACHING = "max-age=300, stale-while-revalidate=60, stale-if-error=86400"

Behind = Callable[[str], FlaskClient]


@pytest.fixture
def behind(reader: IndexReader) -> Behind:
    """Returns what asks the site, told that such a CDN is in front."""

    def make(name: str) -> FlaskClient:
        publisher = Publisher(reader, lambda: NOW)
        cdn = Cdn(name=name, max_age=86_400) if name else None
        app = create_app(publisher, Shelf(), cdn=cdn)
        return around(app, publisher.known, lambda: NOW, budget=1_000_000).test_client()

    return make


def test_every_cdn_that_settings_name_is_told_something() -> None:
    assert set(CDNS) == {"plain", *FIELDS}


def test_nobody_is_told_anything_unless_a_setting_asks(behind: Behind) -> None:
    answer = behind("").get(FEED)
    assert not set(NAMES) & {*answer.headers.keys()}
    assert answer.headers["Cache-Control"] == CACHING


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("varnish", ("Surrogate-Key", "Surrogate-Control")),
        ("fastly", ("Surrogate-Key", "Surrogate-Control")),
        ("cloudflare", ("Cache-Tag", "CDN-Cache-Control")),
        ("webhook", NAMES),
    ],
)
def test_each_is_told_in_its_own_fields_and_clients_what_they_were(
    behind: Behind, name: str, told: tuple[str, ...]
) -> None:
    client = behind(name)
    for address, caching in (
        (FEED, CACHING),
        ("/", "no-cache"),
        ("/feeds", "no-cache"),
    ):
        answer = client.get(address)
        again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
        for each in (answer, again):
            found = {key: each.headers[key] for key in NAMES if key in each.headers}
            assert tuple(found) == told
            assert each.headers["Cache-Control"] == caching
            for field, value in found.items():
                if "Control" in field:
                    assert value == "max-age=86400, stale-if-error=86400"
                else:
                    assert len(value) == 53


def test_the_key_of_everything_is_found_as_the_docs_say(behind: Behind) -> None:
    page = (Path(__file__).parents[2] / "docs" / "cdn.md").read_text(encoding="utf-8")
    (pattern,) = re.findall("grep -oE '(.+?)'", page)
    for name in FIELDS:
        headers = behind(name).head(FEED).headers
        assert re.findall(pattern, str(headers))[0] == surrogate_keys.key(
            site().id, surrogate_keys.ALL
        )


def test_what_is_no_answer_of_the_index_is_not_kept_for_long(behind: Behind) -> None:
    client = behind("webhook")
    for address in ("/nothing", "/articles/nothing", "/tags/x?limit=x", "/healthz", "/readyz"):
        headers = client.get(address).headers
        found = {name: headers[name] for name in NAMES if name in headers}
        assert found == {"Surrogate-Control": "max-age=0", "CDN-Cache-Control": "max-age=0"}, (
            address
        )
    media = parse("/media/a.mp3", "", site(), FORMATS)
    told = Cdn(name="fastly", max_age=86_400).headers(media, 200, "max-age=300")
    assert list(told) == []  # its own Cache-Control says it
    assert client.get("/robots.txt").headers["Surrogate-Control"].startswith("max-age=60,")


def test_a_cache_that_is_told_nothing_keeps_feeds_for_as_long_as_the_setting_says(
    behind: Behind,
) -> None:
    client = behind("plain")
    assert client.get(FEED).headers["Cache-Control"] == f"{CACHING}, s-maxage=86400"
    assert client.get("/").headers["Cache-Control"] == "no-cache"
    assert not set(NAMES) & {*client.get(FEED).headers.keys()}


def test_no_shared_cache_keeps_an_answer_past_the_moment_that_changes_it() -> None:
    caching = "max-age=300, stale-if-error=86400, s-maxage=3600"
    assert reach(caching) == 90_000
    assert cut_lifetimes(caching, 400) == "max-age=300, stale-if-error=0, s-maxage=400"
    assert cut_lifetimes(caching, 4000) == "max-age=300, stale-if-error=400, s-maxage=3600"
    assert cut_lifetimes(caching, 0) == "max-age=0, stale-if-error=0, s-maxage=0"
    assert timedelta(seconds=reach("no-cache")) == timedelta()
