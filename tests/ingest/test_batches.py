"""Reading in several processes: the same as in one, whatever happens to them."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

import factories
from factories import NOW, FixedClock, snapshot, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task
from feedservice.domain.selections import Selection
from feedservice.index.packed import Packed
from feedservice.index.writer import IndexWriter
from feedservice.ingest import batches
from feedservice.ingest import indexer as indexer_module
from feedservice.ingest.batches import Chunk
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import Due, plan
from waiting import comes_true


@pytest.fixture
def task(content: Path) -> Task:
    for n in range(12):
        write_article(content, f"field/{n:02d}.md", title="" if n == 5 else f"مقال {n}")
    return Task(files=ContentFiles(content), site=factories.site(), key="k")


def chunks_of(task: Task) -> list[tuple[Due, ...]]:
    due = plan({}, task.files.walk(), task.key, NOW).due
    return [due[start : start + 2] for start in range(0, len(due), 2)]


def read(task: Task, chunks: Iterable[Chunk], clock: FixedClock, workers: int) -> list[Packed]:
    done = batches.read_chunks(task, chunks, clock, workers)
    return [packed for each in done for packed in each.packed]


def test_two_processes_read_what_one_reads_in_the_same_order(task: Task, clock: FixedClock) -> None:
    chunks = chunks_of(task)
    assert read(task, chunks, clock, 2) == read(task, chunks, clock, 1)


def test_where_the_workers_die_this_process_reads_the_rest(
    task: Task, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    def chunks() -> Iterator[Chunk]:
        for n, chunk in enumerate(chunks_of(task)):
            if n == 2:
                for child in multiprocessing.active_children():
                    child.kill()
            yield chunk

    assert read(task, chunks(), clock, 2) == read(task, chunks_of(task), clock, 1)
    assert "a process beside the writer died" in caplog.text


def test_a_large_batch_is_read_by_several_processes_and_a_small_one_is_not(
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    real = batches.read_chunks

    def counting(
        task: Task, chunks: Iterator[Chunk], clock: FixedClock, workers: int
    ) -> Iterator[batches.Done]:
        asked.append(workers)
        return real(task, chunks, clock, workers)

    monkeypatch.setattr(indexer_module, "read_chunks", counting)
    monkeypatch.setattr(indexer_module, "MANY", 5)
    index = new_index()
    indexer = Indexer(ContentFiles(content), index, clock, pause=lambda seconds: None, workers=2)
    for n in range(5):
        write_article(content, f"field/{n}.md")
    indexer.scan()
    write_article(content, "field/0.md", title="عنوان آخر")
    indexer.scan()
    assert asked == [2, 1]
    assert {article.slug for article in snapshot(index).select(Selection(), 9)} == set("01234")


PARENT = """
import sys, time
from pathlib import Path
from feedservice import clock
from feedservice.ingest import batches
from feedservice.content.files import ContentFiles
from feedservice.content.site import read
from feedservice.content.reader import Task
from feedservice.ingest.plan import plan

def main():
    files = ContentFiles(Path(sys.argv[1]))
    site, _ = read(files.read("site.yaml").decode())
    due = plan({}, files.walk(), "", clock.utc_now()).due
    def chunks():
        for n in range(3):
            yield due
        print("begun", flush=True)
        time.sleep(60)
    for _ in batches.read_chunks(Task(files=files, site=site, key=""), chunks(), clock.utc_now, 2):
        pass

if __name__ == "__main__":
    main()
"""


def test_workers_end_with_a_parent_that_is_killed(task: Task, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script), str(task.files.root)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout
    with parent, parent.stdout:
        assert parent.stdout.readline() == "begun\n"
        group = os.getpgid(parent.pid)
        parent.kill()
        parent.wait()
        assert comes_true(lambda: not is_alive(group))


def is_alive(group: int) -> bool:
    """Whether any process of a group runs; one that has ended and that nobody has reaped does
    not."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            return True
    return False
