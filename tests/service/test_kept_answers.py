"""A worker that starts while the index cannot answer gives what workers before it kept."""

import logging
import os
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from factories import FixedClock, article, fill
from feedservice import __version__
from feedservice.domain.errors import IndexUnavailable
from feedservice.http import kept_file
from feedservice.http.revision import TTL
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from feedservice.service import kept_answers
from feedservice.service.kept_answers import EVERY, SHARING, KeptAnswers
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from wsgi import Got, ask

PATHS = ("/feed.rss", "/feed.atom", "/categories/field.json", "/articles/a", "/")


class Worker:
    """A worker: an app over an index that may fail, and a file of what is kept."""

    def __init__(self, reader: IndexReader, clock: FixedClock, file: Path) -> None:
        self.is_out = False
        self._reader = reader
        self.publisher = publisher = Publisher(self, clock)  # type: ignore[arg-type]
        self.app: Flask = around(
            create_app(publisher, lambda _name: None),
            publisher.known,
            clock,
            budget=32 * 1024 * 1024,
            file=file,
            entries=publisher.entries,
        )

    def __getattr__(self, name: str) -> object:
        if self.is_out:
            raise IndexUnavailable("out")
        return getattr(self._reader, name)

    def ask(self, path: str) -> Got:
        def from_here(environ: Any, start_response: Any) -> Any:
            return self.app.wsgi_app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)

        return ask(from_here, path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "kept"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[KeptAnswers]:
    """Every `KeptAnswers` of a test, which writes only when it is told to."""
    found: list[KeptAnswers] = []
    monkeypatch.setattr(kept_answers.child_process, "on_end", lambda *_: None)
    hand_on = KeptAnswers.hand_on

    def note(self: KeptAnswers, *given: object) -> None:
        found.append(self)
        hand_on(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(KeptAnswers, "hand_on", note)
    return found


@pytest.fixture
def worker(
    index: IndexWriter,
    reader: IndexReader,
    clock: FixedClock,
    file: Path,
    made: list[KeptAnswers],
) -> Callable[[], Worker]:
    fill(index, article("a"), article("b"))
    return lambda: Worker(reader, clock, file)


@pytest.fixture
def kept(worker: Callable[[], Worker], made: list[KeptAnswers]) -> Iterator[dict[str, Got]]:
    """What a worker answered, and left behind when it ended."""
    first = worker()
    answers = {path: first.ask(path) for path in PATHS}
    assert {got.status for got in answers.values()} == {200}
    made[0].write()
    return answers


def test_a_worker_that_starts_during_an_outage_gives_what_was_kept_and_says_so(
    worker: Callable[[], Worker], kept: dict[str, Got]
) -> None:
    late = worker()
    late.is_out = True
    assert {path: late.ask(path) for path in PATHS} == kept
    assert late.ask("/readyz").body.startswith(b"degraded since ")
    assert late.ask("/articles/b").status == 503
    late.is_out = False
    assert late.ask("/articles/b").status == 200


def test_a_worker_that_ends_during_an_outage_leaves_what_it_answered_before(
    worker: Callable[[], Worker], made: list[KeptAnswers], clock: FixedClock
) -> None:
    first = worker()
    answers = {path: first.ask(path) for path in PATHS}
    first.is_out = True
    clock.now += TTL
    assert first.ask("/readyz").body.startswith(b"degraded since ")
    made[0].write()
    late = worker()
    late.is_out = True
    assert {path: late.ask(path) for path in PATHS} == answers


def test_what_was_kept_gives_way_when_the_index_answers(
    worker: Callable[[], Worker], kept: dict[str, Got], index: IndexWriter, clock: FixedClock
) -> None:
    late = worker()
    late.is_out = True
    assert late.ask("/feed.rss") == kept["/feed.rss"]
    fill(index, article("c", title="الجديد"))
    late.is_out = False
    clock.now += TTL
    assert "الجديد".encode() in late.ask("/feed.rss").body
    assert late.ask("/readyz").body == b"ready"


def test_a_worker_that_starts_without_an_outage_answers_from_the_index(
    worker: Callable[[], Worker], kept: dict[str, Got], index: IndexWriter
) -> None:
    fill(index, article("c", title="الجديد"))
    late = worker()
    assert "الجديد".encode() in late.ask("/feed.rss").body
    assert late.ask("/readyz").body == b"ready"


def signed(rest: bytes) -> bytes:
    return blake2b(rest, digest_size=32).digest() + rest


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: os.urandom(len(data)),
        lambda data: kept_file.pack({}, [], 9, FixedClock()()),
        lambda data: kept_file.pack({"site": "{}"}, [], 9, FixedClock()()),
        lambda data: b"x" * (3 * kept_answers.LIMIT),
        lambda data: signed(b'{"format": 1, "facts": {}, "answers": []}\n'),
        lambda data: signed(b"[" * 100_000),
    ],
    ids=["empty", "half", "noise", "no site", "no site of ours", "too much", "a list", "nested"],
)
def test_a_file_that_is_damaged_is_told_once_and_stops_nobody(
    worker: Callable[[], Worker],
    kept: dict[str, Got],
    file: Path,
    harm: Callable[[bytes], bytes],
    caplog: pytest.LogCaptureFixture,
) -> None:
    file.write_bytes(harm(file.read_bytes()))
    late = worker()
    late.is_out = True
    with caplog.at_level(logging.WARNING, "feedservice.service.kept_answers"):
        assert late.ask("/feed.rss").status == 503
        late.is_out = False
        assert late.ask("/feed.rss").status == 200
    told = [each for each in caplog.records if each.name == "feedservice.service.kept_answers"]
    assert len(told) == 1


def test_a_full_disk_stops_the_file_only_and_is_told_once(
    worker: Callable[[], Worker],
    made: list[KeptAnswers],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "state").write_text("no folder", encoding="utf-8")
    first = worker()
    assert first.ask("/feed.rss").status == 200
    made[0].write()
    made[0].write()
    assert first.ask("/feed.rss").status == 200
    assert caplog.text.count("answers are kept in memory only") == 1


def test_the_file_is_for_its_owner_and_says_which_release_wrote_it(
    kept: dict[str, Got], file: Path, clock: FixedClock
) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    facts, _answers = kept_file.unpack(file.read_bytes(), clock())
    assert facts["release"] == __version__
    assert facts["site"]


def test_what_has_not_changed_is_not_written_again(
    worker: Callable[[], Worker], made: list[KeptAnswers], file: Path
) -> None:
    first = worker()
    first.ask("/feed.rss")
    made[0].write()
    before = file.stat().st_ino
    first.ask("/feed.rss")
    made[0].write()
    assert file.stat().st_ino == before
    first.ask("/feed.atom")
    made[0].write()
    assert file.stat().st_ino != before


def test_of_workers_that_end_together_each_leaves_what_it_answered(
    worker: Callable[[], Worker], made: list[KeptAnswers], file: Path, clock: FixedClock
) -> None:
    busy, idle = worker(), worker()
    before = {path: busy.ask(path) for path in PATHS}
    assert idle.ask("/articles/b").status == 200
    made[0].end()
    os.utime(file, (clock().timestamp() - 1,) * 2)
    made[1].end()
    late = worker()
    late.is_out = True
    assert {path: late.ask(path) for path in PATHS} == before
    assert late.ask("/articles/b").status == 200


def test_who_ends_later_leaves_nothing_that_only_others_answered(
    worker: Callable[[], Worker], made: list[KeptAnswers], file: Path, clock: FixedClock
) -> None:
    gone, last = worker(), worker()
    assert gone.ask("/articles/a").status == last.ask("/articles/b").status == 200
    made[0].end()
    os.utime(file, (clock().timestamp() - EVERY,) * 2)
    made[1].end()
    late = worker()
    late.is_out = True
    assert [late.ask(f"/articles/{slug}").status for slug in "ab"] == [503, 200]


def test_in_an_outage_each_worker_gives_what_any_of_them_keeps(
    worker: Callable[[], Worker], index: IndexWriter, clock: FixedClock
) -> None:
    one, other = worker(), worker()
    assert one.ask("/feed.rss").status == other.ask("/feed.atom").status == 200
    assert one.ask("/feed.json").status == 200
    clock.now += TTL
    fill(index, article("c", title="الجديد"))
    answers = {"/feed.rss": one.ask("/feed.rss"), "/feed.json": other.ask("/feed.json")}
    answers["/feed.atom"] = other.ask("/feed.atom")
    one.is_out = other.is_out = True
    for _ in range(2):  # the first one looks before the other has put down anything
        clock.now += SHARING
        for each in (one, other):
            assert each.ask("/feed.rss").status in {200, 503}
    for each in (one, other):
        assert {path: each.ask(path) for path in answers} == answers
        assert each.ask("/articles/b").status == 503
    one.is_out = other.is_out = False
    clock.now += TTL
    assert other.ask("/feed.rss").headers == answers["/feed.rss"].headers
    assert other.ask("/readyz").body == b"ready"


def test_the_entries_of_feeds_outlive_a_worker_beside_its_answers(
    worker: Callable[[], Worker], made: list[KeptAnswers], file: Path
) -> None:
    first = worker()
    before = first.ask("/feed.atom").body
    made[-1].write()
    beside = file.with_name(kept_answers.ENTRIES)
    assert beside.stat().st_mode & 0o777 == 0o600
    second = worker()
    second.publisher.known()
    assert second.ask("/feed.atom").body == before
    assert [e.body for _, e in second.publisher.entries.items()] == [
        e.body for _, e in first.publisher.entries.items()
    ]


@pytest.mark.parametrize("harmed", [b"", b"\0" * 100, b"{}"])
def test_damaged_entries_are_told_and_made_anew(
    worker: Callable[[], Worker],
    made: list[KeptAnswers],
    file: Path,
    caplog: pytest.LogCaptureFixture,
    harmed: bytes,
) -> None:
    before = worker().ask("/feed.atom").body
    beside = file.with_name(kept_answers.ENTRIES)
    beside.parent.mkdir(exist_ok=True)
    beside.write_bytes(harmed)
    assert worker().ask("/feed.atom").body == before
    assert "kept entries are not used" in caplog.text
    made[-1].write()
    assert len(beside.read_bytes()) > 1000
