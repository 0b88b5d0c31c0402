"""Reading in several processes: the same as in one, whatever happens to them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import factories
from factories import NOW, FixedClock, snapshot, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task
from feedservice.domain.selections import Selection
from feedservice.index.packed import Packed
from feedservice.index.writer import IndexWriter
from feedservice.ingest import ahead, batches
from feedservice.ingest import indexer as indexer_module
from feedservice.ingest.batches import Chunk, Done, Readers
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import Due, Rule, plan
from feedservice.service import wiring_reading
from feedservice.settings import Settings
from feedservice.system.worker import Worker
from poison import poisonable
from waiting import comes_true


@pytest.fixture
def task(content: Path) -> Task:
    for n in range(12):
        write_article(content, f"field/{n:02d}.md", title="" if n == 5 else f"مقال {n}")
    return Task(files=ContentFiles(content), site=factories.site(), key="k")


def chunks_of(task: Task) -> list[tuple[Due, ...]]:
    due = plan({}, task.files.walk().articles, Rule(task.key, NOW, task.files.stat)).due
    return [due[start : start + 2] for start in range(0, len(due), 2)]


def read(
    readers: Readers, task: Task, chunks: Iterable[Chunk], clock: FixedClock, *, is_large: bool
) -> list[Packed]:
    done = readers.read_chunks(task, chunks, clock, is_large=is_large)
    return [packed for each in done for packed in each.packed]


@pytest.mark.parametrize(
    ("most", "is_large", "count"), [(2, False, 6), (1, True, 6), (2, True, 6), (3, True, 2)]
)
def test_processes_read_what_this_one_reads_in_the_same_order(
    task: Task, clock: FixedClock, most: int, is_large: bool, count: int
) -> None:
    chunks = chunks_of(task)[:count]
    expected = read(Readers(), task, chunks, clock, is_large=False)
    assert len(expected) == 2 * count
    assert read(Readers(most), task, chunks, clock, is_large=is_large) == expected


def test_what_is_written_together_is_all_that_was_done_in_its_order(
    task: Task, clock: FixedClock
) -> None:
    chunks = chunks_of(task)[:5]
    done = list(Readers().read_chunks(task, chunks, clock, is_large=False))
    joined = list(batches.together(iter(done), 2))
    assert [len(each.chunk) for each in joined] == [4, 4, 2]
    for field in range(3):
        assert [x for each in joined for x in each[field]] == [
            x for each in done for x in each[field]
        ]


@pytest.mark.usefixtures(poisonable.__name__)
@pytest.mark.parametrize("is_large", [True, False])
def test_a_file_that_ends_a_process_is_held_back_and_the_others_are_read(
    task: Task, clock: FixedClock, is_large: bool
) -> None:
    write_article(task.files.root, "field/04.md", body="POISON-CRASH")
    found = read(Readers(2), task, chunks_of(task), clock, is_large=is_large)
    assert [packed.path for packed in found] == [f"field/{n:02d}.md" for n in range(12)]
    broken = {packed.path: packed.told[0].code for packed in found if not packed.article}
    assert broken == {"field/04.md": "reading-died", "field/05.md": "title-missing"}


def test_processes_that_are_killed_are_replaced(task: Task, clock: FixedClock) -> None:
    readers = Readers(2)

    def chunks() -> Iterator[Chunk]:
        for n, chunk in enumerate(chunks_of(task)):
            if n >= 2:
                for pid in children(os.getpid()):
                    os.kill(pid, signal.SIGKILL)
            yield chunk

    expected = read(Readers(), task, chunks_of(task), clock, is_large=False)
    assert read(readers, task, chunks(), clock, is_large=True) == expected
    assert read(readers, task, chunks(), clock, is_large=False) == expected


def children(parent: int) -> list[int]:
    """Reading processes of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and b"worker.serve" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_a_large_batch_is_read_by_several_processes_and_a_small_one_is_not(
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    class Counting(Readers):
        def read_chunks(self, *given: Any, is_large: bool) -> Iterator[Done]:
            asked.append(is_large)
            return super().read_chunks(*given, is_large=is_large)

    monkeypatch.setattr(batches, "MANY", 5)
    index = new_index()
    readers = Counting(2)
    indexer = Indexer(
        ContentFiles(content), index, clock, pause=lambda seconds: None, readers=readers
    )
    for n in range(5):
        write_article(content, f"field/{n}.md")
    indexer.scan()
    write_article(content, "field/0.md", title="عنوان آخر")
    indexer.scan()
    readers.close()
    assert asked == [True, False]
    assert {article.slug for article in snapshot(index).select(Selection(), 9)} == set("01234")


@pytest.mark.usefixtures(poisonable.__name__)
def test_a_save_of_which_the_process_dies_leaves_its_last_version_up_and_is_told(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    index, readers = new_index(), Readers(2)
    indexer = Indexer(
        ContentFiles(content), index, clock, pause=lambda seconds: None, readers=readers
    )
    write_article(content, "field/a.md", title="السابق")
    indexer.scan()
    write_article(content, "field/a.md", title="لا يُقرأ", body="POISON-SLOW")
    write_article(content, "field/b.md", title="التالي")
    indexer.update({"field/a.md", "field/b.md"})
    titles = {article.title for article in snapshot(index).select(Selection(), 9)}
    assert titles == {"السابق", "التالي"}
    assert [problem.code for problem in snapshot(index).problems()] == ["reading-slow"]
    assert indexer.scan().read == 0  # it is held back until it changes
    write_article(content, "field/a.md", title="المصحح")
    indexer.update({"field/a.md"})
    readers.close()
    assert snapshot(index).problems() == ()


@pytest.mark.usefixtures(poisonable.__name__)
def test_a_first_index_is_read_by_copies_of_its_process_which_may_die_as_others_may(
    content: Path, tmp_path: Path
) -> None:
    for n in range(batches.MANY_FOR_COPIES):
        write_article(content, f"field/{n}.md")
    write_article(content, "field/once.md", body="POISON-COPY")  # of which a copy alone dies
    state = {"FEEDSERVICE_STATE": str(tmp_path / "state"), "FEEDSERVICE_LANG": "en"}
    command = [sys.executable, "-m", "feedservice", "index", "--content", str(content)]
    done = subprocess.run(
        command, env=os.environ | state, capture_output=True, text=True, check=True
    )
    died = re.findall(r"the process that read field/(\w+)\.md ended: SIGSEGV", done.stderr)
    assert died == ["once"]
    many = batches.MANY_FOR_COPIES + 1
    assert f"articles {many}, read {many}, removed 0, errors 0" in done.stdout


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Readers, list[int]]]:
    """Copies that read, and how many files they were given at each call."""
    given: list[int] = []

    def begin(worker: Worker, function: Any, *what: Any, real: Any = Worker.begin) -> None:
        given.append(len(what[1]) if len(what) > 1 else 0)
        real(worker, function, *what)

    monkeypatch.setattr(Worker, "begin", begin)
    monkeypatch.setattr(batches, "MANY_FOR_COPIES", 2)
    readers = Readers(2)
    readers.copy()
    yield readers, given
    readers.close()


def test_what_is_begun_before_there_is_an_index_is_read_once(
    content: Path,
    copies: tuple[Readers, list[int]],
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readers, given = copies
    monkeypatch.setattr(ahead, "BATCH", 2)
    monkeypatch.setattr(indexer_module, "BATCH", 2)
    for n in range(7):
        os.utime(write_article(content, f"field/{n}.md", title=f"مقال {n}"), (n, n))
    files = ContentFiles(content)
    seen = ahead.begin_ahead(files, readers, NOW)
    assert given == [2, 2]
    write_article(content, "field/4.md", title="حُفظ للتو")
    indexer = Indexer(files, new_index(), clock, pause=lambda _seconds: None, readers=readers)
    assert indexer.scan(ahead=seen).read == 7
    assert given == [2, 2, 2, 2, 1], "but those of which one was saved meanwhile"
    found = snapshot(indexer._index).select(Selection(), 9)
    assert {each.slug: each.title for each in found} == {
        str(n): "حُفظ للتو" if n == 4 else f"مقال {n}" for n in range(7)
    }


def test_nothing_is_begun_where_there_may_be_an_index(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md")
    own = {"FEEDSERVICE_CONTENT": str(content), "FEEDSERVICE_STATE": str(tmp_path / "state")}

    def seen(**more: str) -> int | None:
        found = wiring_reading.ahead(Settings.from_env(own | more), Readers())
        return found.seen if found else None

    file = tmp_path / "other" / "index.sqlite3"
    assert (seen(), seen(FEEDSERVICE_DATABASE=f"sqlite:///{file}")) == (1, 1)
    file.parent.mkdir()
    file.touch()
    assert seen(FEEDSERVICE_DATABASE=f"sqlite:///{file}") is None
    assert seen(FEEDSERVICE_DATABASE="postgresql+psycopg://a@host/b") is None
    assert seen(FEEDSERVICE_SOURCE="git+https://git.example/site.git") is None
    (content / "site.yaml").unlink()
    assert seen() is None


def test_what_was_begun_for_nothing_is_no_answer_to_anything_else(
    task: Task, copies: tuple[Readers, list[int]], clock: FixedClock
) -> None:
    readers, _given = copies
    first, second, *_rest = chunks_of(task)
    readers.begin_ahead(task, [first, second], NOW)
    assert list(readers.words([[], []])) == [[], []]
    readers.begin_ahead(task, [first, second], NOW)
    other = replace(task, key="other")
    expected = read(Readers(), other, [second, first], clock, is_large=False)
    assert read(readers, other, [second, first], clock, is_large=True) == expected


PARENT = """
import sys, time
from pathlib import Path
from feedservice import clock
from feedservice.service.lock import WriterLock
from feedservice.ingest.batches import Readers
from feedservice.content.files import ContentFiles
from feedservice.content.site import read
from feedservice.content.reader import Task
from feedservice.ingest.plan import Rule, plan

def main():
    files = ContentFiles(Path(sys.argv[1]))
    site, _ = read(files.read("site.yaml").decode())
    due = plan({}, files.walk().articles, Rule("", clock.utc_now(), files.stat)).due
    def chunks():
        for n in range(3):
            yield due
        print("begun", flush=True)
        time.sleep(60)
    task = Task(files=files, site=site, key="")
    lock = WriterLock(Path(sys.argv[2]))
    lock.acquire()
    readers = Readers(2)
    if sys.argv[3] == "copied":
        readers.copy()
    for _ in readers.read_chunks(task, chunks(), clock.utc_now, is_large=True):
        pass

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("way", ["copied", "started"])
def test_workers_end_with_a_parent_that_is_killed(task: Task, tmp_path: Path, way: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script), str(task.files.root), str(tmp_path), way],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout
    with parent, parent.stdout:
        assert parent.stdout.readline() == "begun\n"
        group = os.getpgid(parent.pid)
        count = {"copied": 3, "started": 2}[way]

        def holders() -> list[int]:
            """Who holds its file may hold the lock longer than the writer; a copy begins so."""
            return [pid for pid in members(group) if "writer.lock" in " ".join(open_files(pid))]

        assert comes_true(lambda: len([*members(group)]) == 1 + count)
        assert comes_true(lambda: holders() == [parent.pid])
        parent.kill()
        parent.wait()
        assert comes_true(lambda: not list(members(group)))


def open_files(pid: int) -> list[str]:
    """What a process has open."""
    found = []
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.append(os.readlink(each))
    return found


def members(group: int) -> Iterator[int]:
    """The processes of a group that run; one that has ended and that nobody has reaped does
    not."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            yield int(status.parent.name)
