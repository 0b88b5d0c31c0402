"""A new index answers lists before searches, and its search comes to what it would be at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from factories import NOW, FixedClock, snapshot, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.reading_process import ReadingProcess
from feedservice.content.watch import Changes
from feedservice.domain.errors import SearchUnavailable
from feedservice.domain.selections import Selection
from feedservice.index import search_coverage
from feedservice.index.writer import IndexWriter
from feedservice.ingest import search_filling
from feedservice.ingest.batches import Readers
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.preview import Preview

NAMES = "abcdefgh"


@pytest.fixture(autouse=True)
def many(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles that are many here, and taken up two at a time."""
    monkeypatch.setattr(search_coverage, "FEW", 0)
    monkeypatch.setattr(search_filling, "BATCH", 2)
    for name in NAMES:
        write_article(content, f"field/{name}.md", title=f"كلمة{name}")


def found(index: IndexWriter) -> set[str]:
    """The articles that a search for their own word finds, and no other."""
    asked = snapshot(index)
    by_word = {name: asked.select(Selection(q=f"كلمة{name}"), 9) for name in NAMES}
    assert all({each.slug for each in articles} <= {name} for name, articles in by_word.items())
    return {name for name, articles in by_word.items() if articles}


def words(index: IndexWriter) -> dict[str, int]:
    """How many rows the search has of each word."""
    with index._engine.begin() as connection:
        connection.execute(text("CREATE VIRTUAL TABLE temp.w USING fts5vocab(main, search, row)"))
        rows = dict(connection.execute(text("SELECT term, doc FROM temp.w")).all())
        connection.execute(text("DROP TABLE temp.w"))
    return rows


@pytest.fixture
def scan(content: Path, clock: FixedClock) -> Callable[..., Indexer]:
    """Scan into an index, and return what did."""

    def make(index: IndexWriter, **how: object) -> Indexer:
        files = ContentFiles(content)
        made = Indexer(files, index, clock, pause=lambda seconds: None, **how)  # type: ignore[arg-type]
        made.scan()
        return made

    return make


def test_lists_are_answered_while_the_search_is_filled_and_saves_go_between(
    content: Path, scan: Callable[..., Indexer], new_index: Callable[[], IndexWriter]
) -> None:
    index, seen = new_index(), []
    preview = Preview(index, lambda: NOW)

    def changes() -> Changes:
        if not index.is_filled():
            return Changes()
        seen.append((index.is_searchable(), len(snapshot(index).select(Selection(), 99))))
        if len(seen) == 1:  # two of eight are taken up: one that is and one that is not go
            with pytest.raises(SearchUnavailable):
                snapshot(index).select(Selection(q="كلمةa"), 9)
            with pytest.raises(SearchUnavailable):
                preview.listing(query="كلمةh")
            assert len(preview.listing().rows) == 8
            changed = {f"field/{name}.md" for name in NAMES}
            (content / "field/a.md").unlink()
            (content / "field/h.md").unlink()
            for name in NAMES[1:-1]:
                write_article(content, f"field/{name}.md", title=f"كلمة{name}", body="أخرى")
            return Changes(frozenset(changed), frozenset(changed))
        return Changes()

    indexer = scan(index, changes=changes)
    assert seen[0] == (False, 8)
    indexer.scan(accept_removals=True)
    assert (index.is_searchable(), found(index)) == (True, set(NAMES[1:-1]))
    anew = new_index()
    scan(anew)
    assert words(index) == words(anew)


def test_what_is_interrupted_goes_on_from_there(
    scan: Callable[..., Indexer], new_index: Callable[[], IndexWriter]
) -> None:
    index = new_index()
    scan(index, stop=lambda: (index.searched() or 0) >= 4)
    assert (index.is_filled(), index.searched(), index.search_waits()) == (True, 4, 4)
    told: list[tuple[int, int]] = []
    files = scan(index, stop=lambda: True)
    assert index.searched() == 4
    files._stop = lambda: False
    files.scan(progress=lambda *done: told.append(done))
    assert (told, found(index)) == ([(2, 4), (4, 4)], set(NAMES))
    anew = new_index()
    scan(anew)
    assert words(index) == words(anew)


def test_answers_that_were_made_before_the_search_has_all_are_made_anew(
    scan: Callable[..., Indexer], new_index: Callable[[], IndexWriter]
) -> None:
    index = new_index()
    before = scan(index, stop=lambda: (index.searched() or 0) >= 6)._index.revision()
    rest = search_coverage.words_of(index.rows_after(6, 1))
    index.fill_search(rest)
    assert (index.is_searchable(), index.revision()) == (False, before)
    index.fill_search(search_coverage.words_of(index.rows_after(7, 9)))
    assert (index.is_searchable(), index.revision()) == (True, before + 1)


def test_what_was_read_and_goes_before_it_is_taken_up_does_not_make_the_search_wait_again(
    content: Path, scan: Callable[..., Indexer], new_index: Callable[[], IndexWriter]
) -> None:
    index = new_index()
    indexer = scan(index, stop=lambda: (index.searched() or 0) >= 4)
    fifth, last = (search_coverage.words_of(index.rows_after(after, 2)) for after in (4, 6))
    going = snapshot(index).articles([each.number for each in last]).values()
    index.apply((), [article.path for article in going], NOW)
    index.fill_search(fifth)
    write_article(content, "field/new.md", title="كلمةnew")
    indexer._stop = lambda: False
    indexer.update({"field/new.md"})
    index.fill_search(last)
    assert index.is_searchable()
    assert len(snapshot(index).select(Selection(q="كلمةnew"), 9)) == 1


@pytest.mark.parametrize("is_killed", [False, True])
def test_processes_find_the_words_or_this_one_does(
    scan: Callable[..., Indexer],
    new_index: Callable[[], IndexWriter],
    monkeypatch: pytest.MonkeyPatch,
    is_killed: bool,
) -> None:
    alone, beside, asked = new_index(), new_index(), []
    scan(alone)
    result = ReadingProcess.other_result

    def other_result(process: ReadingProcess[object]) -> object:
        asked.append(process)
        if is_killed:
            process._worker._child.kill()  # type: ignore[union-attr]
        return result(process)

    monkeypatch.setattr(ReadingProcess, "other_result", other_result)
    readers = Readers(2)
    readers._copies = readers._more()
    try:
        scan(beside, readers=readers)
    finally:
        readers.close()
    assert (len(asked), found(beside), words(beside)) == (4, set(NAMES), words(alone))
