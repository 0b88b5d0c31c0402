"""The keys that a CDN is told: short, of one length, and those of what an answer was made of."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import site
from feedservice import __version__
from feedservice.domain import surrogate_keys as keys
from feedservice.domain.routes import parse
from feedservice.feeds.formats import FORMATS

SITE_ID = site().id


def of(path: str, query: str = "") -> tuple[str, ...]:
    return keys.of(parse(path, query, site(), FORMATS))


@given(st.text(), st.sampled_from(["category", "tag", "author", "article", "site", "all"]))
def test_every_key_is_ascii_and_of_one_length(slug: str, kind: str) -> None:
    assert re.fullmatch("[a-z][0-9a-f]{16}", keys.key(SITE_ID, kind, slug), re.ASCII)


def test_sites_kinds_and_labels_have_keys_of_their_own() -> None:
    found = {
        keys.key(id_, kind, slug)
        for id_ in (SITE_ID, "tag:other.example,2025")
        for kind in ("category", "tag", "author", "article", "site", "all", "icons")
        for slug in ("field", "economy")
    }
    assert len(found) == 28


def test_all_spellings_of_a_label_have_one_key() -> None:
    assert of("/tags/أحمد.rss") == of("/tags/احمد.atom") != of("/tags/حسن.rss")


@pytest.mark.parametrize(
    ("path", "query", "kind", "slug"),
    [
        ("/", "", "site", ""), ("/feed.atom", "limit=5", "site", ""), ("/archive/2025-12.atom", "", "site", ""),
        ("/categories/field.rss", "", "category", "field"), ("/categories/field/archive/2025-12.atom", "", "category", "field"),
        ("/tags/ماء", "", "tag", "ماء"), ("/authors/desk.json", "", "author", "desk"),
        ("/categories/field.rss", "tag=ماء", "site", ""), ("/search.rss", "q=ماء", "site", ""), ("/search", "", "site", ""),
        ("/articles/a", "", "article", "a"), ("/pages/about", "", "article", "pages/about"),
        ("/feeds", "", "site", ""), ("/feeds.opml", "", "site", ""), ("/tags", "", "site", ""), ("/sitemap.xml", "", "site", ""),
        ("/robots.txt", "", "site", ""), ("/favicon.ico", "", "icons", ""),
    ],
)  # fmt: skip
def test_an_answer_has_the_key_of_what_it_is_made_of(
    path: str, query: str, kind: str, slug: str
) -> None:
    assert of(path, query) == (
        keys.key(SITE_ID, "all"),
        keys.key(SITE_ID, "release", __version__),
        keys.key(SITE_ID, kind, slug),
    )


@pytest.mark.parametrize("path", ["/media/a.jpg", "/healthz", "/metrics", "/nothing-is-here"])
def test_what_no_change_is_told_of_has_none(path: str) -> None:
    assert of(path) == ()
