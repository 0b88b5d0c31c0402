"""An edit of a published article that claims what another holds: the article stays as it was."""

from pathlib import Path

import pytest

from factories import NOW, FixedClock, write_article
from feedservice.index import tables
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer

ID = "tag:news.example,2025:first"


@pytest.fixture
def published(content: Path, indexer: Indexer, clock: FixedClock) -> None:
    write_article(content, "field/first.md", title="الأول", id=ID, aliases="[old]")
    write_article(content, "field/second.md", title="الثاني", id="tag:news.example,2025:second")
    indexer.scan()


def titles(index: IndexWriter, clock: FixedClock, *slugs: str) -> dict[str, str]:
    with index.snapshot(clock()) as view:
        return {slug: each.title for slug, each in view.by_slug(slugs).items()}


def codes(index: IndexWriter, path: str = "field/second.md") -> set[str]:
    with index.snapshot(NOW) as view:
        return {each.code for each in view.problems() if each.path == path}


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        ({"id": ID}, "id-duplicate"),
        ({"slug": "first"}, "slug-duplicate"),
        ({"aliases": "[first]"}, "alias-duplicate"),
        ({"aliases": "[old]"}, "alias-duplicate"),
    ],
)
@pytest.mark.usefixtures("published")
def test_both_articles_stay_and_the_newcomer_is_told_until_the_holder_lets_go(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    claim: dict[str, str],
    code: str,
) -> None:
    front = {"title": "الثاني بعد تحرير", "id": "tag:news.example,2025:second"} | claim
    write_article(content, "field/second.md", **front)
    report = indexer.scan()
    assert code in {each.code for each in report.problems}
    assert titles(its_index, clock, "first", "second") == {"first": "الأول", "second": "الثاني"}
    assert codes(its_index) == {code}
    (content / "field/first.md").unlink()
    indexer.scan(accept_removals=True)
    indexer.scan()
    assert "الثاني بعد تحرير" in titles(its_index, clock, "first", "second").values()
    # Readers knew what has that id, or that file, by another slug.
    assert codes(its_index) == (set() if "aliases" in claim else {"slug-changed"})


@pytest.mark.usefixtures("published")
def test_names_that_change_places_in_one_batch_are_no_newcomers(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/first.md", title="الأول", id=ID, slug="second")
    write_article(
        content, "field/second.md", title="الثاني", id="tag:news.example,2025:second", slug="first"
    )
    indexer.scan()
    assert titles(its_index, clock, "first", "second") == {"first": "الثاني", "second": "الأول"}


@pytest.mark.parametrize("title", ["الأول", "الأول بعد تحرير"])
@pytest.mark.parametrize("date", ["2025-12-20 14:30", "2020-01-01"])
@pytest.mark.usefixtures("published")
def test_a_holder_that_is_read_in_the_same_batch_keeps_what_it_claims_still(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    title: str,
    date: str,
) -> None:
    write_article(content, "field/first.md", title=title, id=ID, aliases="[old]")
    second = {"id": "tag:news.example,2025:second", "date": date, "slug": "first"}
    write_article(content, "field/second.md", title="الثاني بعد تحرير", **second)
    indexer.scan()
    assert titles(its_index, clock, "first", "second") == {"first": title, "second": "الثاني"}
    assert codes(its_index) == {"slug-duplicate"}


@pytest.mark.usefixtures("published")
def test_who_waits_for_a_name_lets_its_own_go_to_nobody(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    third = {"id": "tag:news.example,2025:third", "date": "2019-01-01"}
    write_article(content, "field/third.md", title="الثالث", **third)
    indexer.scan()
    second = {"id": "tag:news.example,2025:second", "slug": "first"}
    write_article(content, "field/second.md", title="الثاني بعد تحرير", **second)
    write_article(content, "field/third.md", title="الثالث بعد تحرير", slug="second", **third)
    indexer.scan()
    stay = {"first": "الأول", "second": "الثاني", "third": "الثالث"}
    assert titles(its_index, clock, *stay) == stay
    assert codes(its_index) == codes(its_index, "field/third.md") == {"slug-duplicate"}


@pytest.mark.usefixtures("published")
def test_an_edit_that_waits_goes_on_waiting_when_the_index_is_made_anew(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    second = {"id": "tag:news.example,2025:second", "slug": "first", "date": "2019-01-01"}
    write_article(content, "field/second.md", title="الثاني بعد تحرير", **second)
    indexer.scan()
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 999)
    its_index.prepare()
    indexer.scan()
    assert titles(its_index, clock, "first", "second") == {"first": "الأول", "second": "الثاني"}
    assert codes(its_index) == {"slug-duplicate"}
    (content / "field/first.md").unlink()
    indexer.scan(accept_removals=True)
    indexer.scan()
    assert titles(its_index, clock, "first", "second") == {"first": "الثاني بعد تحرير"}


@pytest.mark.usefixtures("published")
def test_a_moved_file_goes_on_as_what_it_was(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    (content / "field/sub").mkdir()
    (content / "field/first.md").rename(content / "field/sub/first.md")
    indexer.update({"field/first.md", "field/sub/first.md"})
    indexer.scan(accept_removals=True)
    assert titles(its_index, clock, "first") == {"first": "الأول"}
    assert codes(its_index, "field/sub/first.md") == set()


@pytest.mark.usefixtures("published")
def test_an_edit_that_waits_is_taken_up_with_the_save_that_lets_go(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/second.md", title="الثاني بعد تحرير", id=ID)
    assert indexer.update({"field/second.md"})
    assert titles(its_index, clock, "second") == {"second": "الثاني"}
    write_article(content, "field/first.md", title="الأول", id=f"{ID}-2")
    assert not indexer.update({"field/first.md"}), "all is looked at"
    for _ in range(2):
        indexer.scan()
    assert titles(its_index, clock, "second") == {"second": "الثاني بعد تحرير"}


@pytest.mark.usefixtures("published")
def test_an_edit_that_waits_is_taken_up_once_the_file_that_holds_is_gone(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "field/second.md", title="الثاني بعد تحرير", id=ID)
    assert indexer.update({"field/second.md"})
    (content / "field/first.md").unlink()
    assert not indexer.update({"field/first.md"}), "all is looked at"
    indexer.scan(is_patient=True)
    assert titles(its_index, clock, "second") == {"second": "الثاني بعد تحرير"}
