"""The real site, asked through a cache that keeps and one that does not: whatever is asked for, in
whatever order."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from factories import NOW, FixedClock, article, fill, moment
from feedservice.content.files import ContentFiles
from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Related
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from wsgi import ask

NAMES = (
    "field", "Field", "ميداني", "FIELD ", "economy", "desk", "هيئة التحرير", "ضيف", "zzz", "أ", "ماء", "%D8%A3", "a.rss", "A B", "",
)  # fmt: skip
PATHS = (
    "/", "/feed", "/search", "/feeds", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml", "/archive/2026-01", "/.", "//", "/healthz",
    "/tags/ماء/archive/2026-01", "/static/x/style.css", "/preview", "/tags/" + "a" * 300, "/" + "a" * 3000, "//feed", "/media/a.png",
    "/articles/a", "/articles/A", "/articles/old", "/articles/gone", "/articles/draft", "/articles/none", "/category/field/feed",
    "/index.xml", "/search noindex", "/?limit=5", *(f"/{kind}/{name}" for kind in ("categories", "tags", "authors") for name in NAMES),
)  # fmt: skip
SUFFIXES = ("", ".rss", ".json", "/", " noindex")
QUERIES = (
    "", "limit=5", "author=desk", "author=zzz", "utm=1", "category=field&q=%FF", "tag=a&tag=%D8%A3", "tag=%D8%A3&tag=a&x=1",
    "category=field", "limit=30&content=full",
)  # fmt: skip
ADDRESSES = [(path + suffix, query) for path in PATHS for suffix in SUFFIXES for query in QUERIES]


@pytest.fixture
def publisher(index: IndexWriter, clock: FixedClock) -> Publisher:
    fill(
        index,
        article("a", tags=["ماء"], related=(Related(slug="b"),), published=moment("2026-01-02")),
        article(
            "b",
            categories=("economy",),
            authors=(Author(slug="ضيف", name="ضيف"),),
            aliases=("old",),
        ),
        article("gone", status=Status.WITHDRAWN, updated=moment("2026-01-03")),
        article("draft", status=Status.DRAFT),
    )
    clock.now = NOW + timedelta(minutes=1)
    return Publisher(index, clock)


def served(
    publisher: Publisher, index: IndexWriter, clock: FixedClock, files: ContentFiles, budget: int
) -> Flask:
    app = create_app(publisher, files.open_media)
    return around(app, publisher.known, clock, budget=budget)


@pytest.mark.parametrize("seed", [1])
def test_no_address_is_given_the_answer_of_another(
    publisher: Publisher, index: IndexWriter, clock: FixedClock, tmp_path: Path, seed: int
) -> None:
    files = ContentFiles(tmp_path)
    plain, cached = (served(publisher, index, clock, files, budget) for budget in (0, 8_000_000))
    chance = random.Random(seed)
    for path, query in chance.sample(ADDRESSES, 250):
        method = chance.choice(["GET", "GET", "HEAD"])
        wanted, found = (
            ask(
                app.wsgi_app, path.encode().decode("latin-1"), method, query, accept_encoding="gzip"
            )
            for app in (plain, cached)
        )
        assert found == wanted, (path, query)
        assert wanted.status < 500


def test_a_search_is_made_alone_and_nothing_that_is_kept_or_polled_is(
    publisher: Publisher, clock: FixedClock, tmp_path: Path
) -> None:
    taken: list[str] = []

    @contextmanager
    def alone() -> Iterator[None]:
        taken.append("begun")
        yield
        taken.append("over")

    app = create_app(publisher, ContentFiles(tmp_path).open_media)
    app = around(app, publisher.known, clock, budget=8_000_000, alone=alone)

    def takes(path: str, query: str = "") -> list[str]:
        taken.clear()
        assert ask(app.wsgi_app, path, query=query).status == 200
        return list(taken)

    for path in ("/", "/feed.rss", "/articles/a", "/tags/ماء"):
        assert takes(path.encode().decode("latin-1")) == []
    for path, query in (("/search.rss", "q=a"), ("/feed.rss", "since=2026-01-02")):
        assert takes(path, query) == ["begun", "over"]
        assert takes(path, query) == []  # it is kept now


def test_a_list_that_is_narrowed_is_one_answer_whichever_of_its_labels_is_in_the_path(
    publisher: Publisher, index: IndexWriter, clock: FixedClock, tmp_path: Path
) -> None:
    app = served(publisher, index, clock, ContentFiles(tmp_path), 0).wsgi_app
    assert ask(app, "/tags/zzz").status == 404
    for other, query in (("/tags/zzz", "tag=zzz"), ("/search", "tag=zzz")):
        assert ask(app, "/", query="tag=zzz") == ask(app, other, query=query)
    narrowed = ask(app, "/tags/zzz", query="category=field")
    assert narrowed == ask(app, "/categories/field", query="tag=zzz")
