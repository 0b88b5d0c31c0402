"""Files that are renamed while readers know their articles, from the folder to the answer."""

import logging
from pathlib import Path

import pytest

from factories import NOW, FixedClock, Seconds, snapshot, write_article
from feedservice.authoring.check import check, fix_files
from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.model import Problem, Severity
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import GRACE
from feedservice.publishing.preview import Preview
from feedservice.publishing.publisher import Publisher

ID = "tag:news.example,2025:story"


@pytest.fixture
def file(content: Path, indexer: Indexer) -> Path:
    """An article that readers know, among others."""
    for name in "bcdefg":
        write_article(content, f"field/{name}.md")
    file = write_article(content, "field/old.md", id=ID, aliases="[older]")
    indexer.scan()
    return file


def leads(index: IndexWriter, slug: str = "old") -> str:
    try:
        Publisher(index, FixedClock()).article(slug)
    except Moved as moved:
        return moved.location
    except NotFound:
        return ""
    return f"/articles/{slug}"


def checked(content: Path, index: IndexWriter) -> tuple[Problem, ...]:
    return check([content], NOW, known=index.known_site(NOW))[0]


def test_check_tells_it_before_the_service_has_seen_it_and_all_agree_after(
    content: Path,
    file: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert checked(content, its_index) == ()
    file.rename(content / "field/new.md")
    (problem,) = checked(content, its_index)
    assert (problem.path, problem.code, problem.severity) == (
        "field/new.md",
        "slug-changed",
        Severity.WARNING,
    )
    assert problem.facts == {"value": "/articles/old", "paste": "aliases: [older, old]"}
    assert check([content], NOW)[0] == (), "without an index nobody knows"
    with caplog.at_level(logging.WARNING):
        indexer.scan()
    assert (
        "field/new.md: readers knew it as /articles/old; it lacks the line aliases: [older, old]"
        in caplog.text
    )
    assert snapshot(its_index).problems() == checked(content, its_index) == (problem,)
    assert leads(its_index) == "/articles/new"
    preview = Preview(its_index, clock)
    told = {row.path: row.problems for row in preview.listing().rows}
    assert told["field/new.md"] == (problem,)


def test_it_is_told_at_the_slug_that_was_edited(
    content: Path, file: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/old.md", id=ID, slug="new")
    (before,) = checked(content, its_index)
    indexer.update({"field/old.md"}, {"field/old.md"})
    assert snapshot(its_index).problems() == checked(content, its_index) == (before,)
    assert (before.line, before.column) == (6, 7)
    assert (leads(its_index), leads(its_index, "older")) == ("/articles/new", "")


@pytest.mark.parametrize("is_seen", [True, False])
def test_fix_writes_it_and_then_nothing_is_told(
    content: Path, file: Path, indexer: Indexer, its_index: IndexWriter, is_seen: bool
) -> None:
    file.rename(content / "field/new.md")
    if is_seen:
        indexer.scan()
    fixed = dict(fix_files([content], NOW, known=its_index.known_site(NOW), write=True))
    assert fixed.keys() == {"field/new.md"}
    assert "+aliases: [older, old]" in fixed["field/new.md"]
    assert checked(content, its_index) == ()
    indexer.scan()
    assert snapshot(its_index).problems() == ()
    assert leads(its_index) == leads(its_index, "older") == "/articles/new"


@pytest.mark.parametrize("way", ["saved anew", "moved", "copied", "of another id"])
def test_what_is_no_rename_is_told_of_none(
    content: Path,
    file: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monotonic: Seconds,
    way: str,
) -> None:
    text = file.read_text(encoding="utf-8")
    if way == "saved anew":
        file.unlink()
        indexer.update({"field/old.md"})
        monotonic.now += GRACE
        indexer.remove_vanished()
        file.write_text(text, encoding="utf-8")
    elif way == "moved":
        (content / "economy").mkdir()
        file.rename(content / "economy/old.md")
    else:
        other = text if way == "copied" else text.replace(ID, f"{ID}-2").replace("[older]", "[]")
        (content / "field/copy.md").write_text(other, encoding="utf-8")
    codes = [each.code for each in checked(content, its_index)]
    assert codes == (["id-duplicate"] if way == "copied" else [])
    indexer.scan()
    assert [each.code for each in snapshot(its_index).problems()] == codes
    assert leads(its_index) == "/articles/old"


def test_a_draft_that_nobody_saw_has_no_address_to_lose(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    draft = write_article(content, "field/old.md", id=ID, status="draft")
    indexer.scan()
    draft.rename(content / "field/new.md")
    assert checked(content, its_index) == ()
    indexer.scan()
    assert (snapshot(its_index).problems(), leads(its_index)) == ((), "")


def test_two_files_that_swap_their_names_are_told_of_nothing(
    content: Path, file: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    other, aside = content / "field/b.md", content / "aside"
    other.rename(aside)
    file.rename(other)
    aside.rename(file)
    assert checked(content, its_index) == ()
    for _ in range(2):
        indexer.scan()
    assert snapshot(its_index).problems() == ()
    assert (leads(its_index), leads(its_index, "b")) == ("/articles/old", "/articles/b")


def test_one_that_goes_and_comes_back_under_another_name_after_a_while_is_found(
    content: Path, file: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    file.rename(content / "aside")
    indexer.scan()
    assert leads(its_index) == ""
    monotonic.now += 100
    (content / "aside").rename(content / "field/new.md")
    indexer.scan()
    assert leads(its_index) == "/articles/new"
