"""What addresses are called as files."""

import re

import pytest

from feedservice.exporting.names import file_of, in_order, kind_of, pattern_of


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", "page"),
        ("/feeds", "feeds.html", "page"),
        ("/articles/2025-01-01-a", "articles/2025-01-01-a.html", "page"),
        ("/tags/ماء", "tags/ماء.html", "page"),
        ("/tags/archive.rss", "tags/archive.rss", "feed.rss"),
        ("/feed.json", "feed.json", "feed.json"),
        ("/archive/2025-12.atom", "archive/2025-12.atom", "archive.atom"),
        ("/tags/archive/archive/2025-12.atom", "tags/archive/archive/2025-12.atom", "archive.atom"),
        ("/feeds.opml", "feeds.opml", "opml"),
        ("/sitemap-2025-12.xml", "sitemap-2025-12.xml", "sitemap"),
        ("/static/old/style.css", "static/old/style.css", "style-old"),
        ("/static/00ff/style.css", "static/00ff/style.css", "style"),
        ("/media/صور/A.PNG", "media/صور/A.PNG", "media.png"),
    ],
)
def test_an_address_has_one_file_of_one_kind(path: str, file: str, kind: str) -> None:
    assert (file_of(path), kind_of(file)) == (file, kind)
    assert re.fullmatch(pattern_of(kind), f"/{file}")


def test_the_first_pattern_that_fits_is_that_of_the_kind() -> None:
    kinds = in_order(
        ["page", "style", "feed.rss", "404.html", "archive.rss", "style-old", "media.png"]
    )
    files = [
        "404.html",
        "static/old/style.css",
        "static/x/style.css",
        "archive/2025-01.rss",
        "a/archive/2025-01.rss",
        "a/b.rss",
        "x.html",
        "media/a.png",
    ]
    for file in files:
        assert next(
            kind for kind in kinds if re.fullmatch(pattern_of(kind), f"/{file}")
        ) == kind_of(file)


def test_a_next_page_is_named_by_its_cursor_and_stays_short() -> None:
    assert file_of("/", "before=2025-12-01T10:00:00Z,b-c") == "before/20251201T100000Z-b-c.html"
    name = file_of("/tags/a", "before=2025-12-01T10:00:00Z," + "%D9%85" * 90)
    assert len(name.rpartition("/")[2]) < 130
