"""What addresses are called as files."""

import pytest

from feedservice.exporting.names import file_of, kind_of


@pytest.mark.parametrize(
    ("path", "file", "kind"),
    [
        ("/", "index.html", ".html"),
        ("/feeds", "feeds.html", ".html"),
        ("/articles/2025-01-01-a", "articles/2025-01-01-a.html", ".html"),
        ("/tags/ماء", "tags/ماء.html", ".html"),
        ("/tags/archive.rss", "tags/archive.rss", ".rss"),
        ("/feed.json", "feed.json", ".json"),
        ("/tags/archive/archive/2025-12.atom", "tags/archive/archive/2025-12.atom", "archive.atom"),
        ("/feeds.opml", "feeds.opml", ".opml"),
        ("/sitemap-2025-12.xml", "sitemap-2025-12.xml", ".xml"),
        ("/static/old/style.css", "static/old/style.css", "old.css"),
        ("/static/00ff/style.css", "static/00ff/style.css", ".css"),
        ("/media/صور/A.PNG", "media/صور/A.PNG", "media.png"),
    ],
)
def test_an_address_has_one_file_of_one_kind(path: str, file: str, kind: str) -> None:
    assert (file_of(path), kind_of(path)) == (file, kind)


def test_a_next_page_is_named_by_its_cursor_and_stays_short() -> None:
    query = "before=2025-12-01T10:00:00Z,"
    assert file_of("/", query + "b-c") == "index/before/20251201T100000Z-b-c.html"
    name = file_of("/tags/a", query + "%D9%85" * 90)
    assert len(name.rpartition("/")[2]) < 130
