"""Which addresses an export asks for."""

from datetime import timedelta
from itertools import groupby

import pytest

from factories import NOW, article, moment, reading, site
from feedservice.domain.model import Author
from feedservice.exporting.addresses import Addresses
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.publishing import archives


def test_every_part_of_a_large_day_is_a_file_and_the_day_leads_to_the_newest(
    index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 4)
    day = moment("2025-11-03T08:00")
    made = [article(f"d{n}", published=day + timedelta(minutes=n)) for n in range(9)]
    index.write([reading(each) for each in made], (), NOW)
    with index.snapshot(NOW) as view:
        asked = [
            each
            for each in Addresses(view, "/static/x/style.css", ()).requests()
            if each.path.startswith("/archive/") and each.path.endswith(".atom")
        ]
    assert [each.file for each in asked if each.file] == [
        f"public/archive/2025-11-03-{part}.atom" for part in (3, 2, 1)
    ]
    assert [each.path for each in asked if not each.file] == ["/archive/2025-11-03.atom"]


def test_what_shares_entries_is_asked_for_together(index: IndexWriter) -> None:
    made = [
        article(f"m{month}", published=moment(f"2025-{month:02}-03T08:00")) for month in (9, 10, 11)
    ]
    index.write([reading(each) for each in made], (), NOW)
    with index.snapshot(NOW) as view:
        batches = [each.batch for each in Addresses(view, (), ()).requests()]
    found = [batch for batch, _alike in groupby(filter(None, batches))]
    assert found == ["articles 0", "archive 2025-11", "archive 2025-10", "archive 2025-09"]
    assert batches.count("archive 2025-11") == 2 * len(FORMATS)


def test_earlier_addresses_of_lists_and_of_their_feeds_are_asked_for(index: IndexWriter) -> None:
    desk = Author(slug="desk", name="هيئة التحرير", aliases=("old-desk",))
    moved = (("/categories/news", "/categories/field"), ("/old", "/articles/a"))
    index.put_site(site(authors=(desk,), redirects=moved), (), NOW)
    with index.snapshot(NOW) as view:
        asked = {each.path for each in Addresses(view, "/static/x/style.css", ()).requests()}
    for page in ("/authors/old-desk", "/categories/news"):
        assert {page, f"{page}.rss", f"{page}.atom", f"{page}.json"} <= asked
    assert ("/old" in asked, "/old.rss" in asked) == (True, False)


def test_where_readers_knew_an_article_that_is_called_otherwise_now_is_asked_for(
    index: IndexWriter,
) -> None:
    for slug in ("one", "two", "three"):
        index.write([reading(article(slug, path="field/a.md", id="x"))], (), NOW)
    index.write([reading(article("one", path="field/b.md", id="y"))], (), NOW)
    with index.snapshot(NOW) as view:
        asked = [each for each in Addresses(view, (), ()).requests() if "/articles/" in each.path]
    assert sorted((each.path, bool(each.file)) for each in asked) == [
        ("/articles/one", True),
        ("/articles/three", True),
        ("/articles/two", False),
    ]
