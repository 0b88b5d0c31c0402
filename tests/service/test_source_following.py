"""When a source is looked at, and what is told of it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from feedservice.domain.errors import IndexUnavailable, SourceUnavailable
from feedservice.i18n import Message
from feedservice.index.engine import database_at
from feedservice.ingest.sources.mirror import Mirror
from feedservice.ingest.sources.source import Item, Listing
from feedservice.service import source_following
from feedservice.service.lock import SoleWriter
from feedservice.service.source_following import Following
from feedservice.service.source_standing import StandingFile
from postgresql_cluster import Cluster
from waiting import comes_true

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


@dataclass
class Steps:
    """A source that does what a test says at each look, and ends the last one's following."""

    acts: list[Callable[[], str]]
    stop: Event = field(default_factory=Event)
    looks: int = 0

    def look(self) -> Listing:
        self.looks += 1
        act = self.acts.pop(0)
        if not self.acts:
            self.stop.set()
        return Listing(generation=act(), files={"site.yaml": "1"})

    def read(self, wanted: Mapping[str, str]) -> Iterator[Item]:
        for path in wanted:
            yield Item(path, (b"title: x",))

    def tidy(self) -> None:
        """Nothing is held."""

    def contains(self, generation: str, earlier: str) -> bool | None:
        return earlier < generation

    def look_back(self, earlier: str) -> None:
        """Know all of the past."""


def followed(source: Steps, folder: Path) -> tuple[Following, StandingFile]:
    standing = StandingFile(folder / "standing.json")
    return Following(source, Mirror(folder), standing, lambda: NOW, "the source"), standing


def fail() -> str:
    raise SourceUnavailable(Message("no answer"))


@pytest.mark.parametrize("act", [lambda: "1", fail], ids=["answered", "failed"])
def test_a_hook_that_comes_during_a_look_asks_for_another(
    act: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_following, "PAUSE", 0.0)
    hooks: list[int] = []

    def during() -> str:
        hooks.append(1)
        return act()

    source = Steps([during, lambda: "2"])
    following, standing = followed(source, tmp_path)
    following.run(source.stop, lambda: len(hooks), 86_400)
    assert source.looks == 2
    assert standing.read().generation == "2"


def test_a_source_that_fails_is_tried_again_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(source_following, "FIRST_RETRY", 0.01)
    caplog.set_level("INFO")
    source = Steps([fail, fail, fail, lambda: "1"])
    following, standing = followed(source, tmp_path)
    following.run(source.stop, lambda: 0, 86_400)
    assert caplog.text.count("no answer") == 1
    assert "answers again" in caplog.text
    assert standing.read().failing_since is None
    with pytest.raises(IndexError):
        following.once()


@pytest.mark.parametrize("every", [5, 300])
def test_a_source_that_is_away_for_ten_minutes_is_asked_ever_more_rarely_and_then_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    class Passing(Event):
        """Waits for nobody: it is later at once."""

        now = 0.0

        def wait(self, timeout: float | None = None) -> bool:
            self.now += timeout or 0
            return self.is_set()

    stop, looks = Passing(), list[float]()
    monkeypatch.setattr(source_following, "monotonic", lambda: stop.now)

    def away() -> str:
        looks.append(stop.now)
        if stop.now < 600:
            raise SourceUnavailable(Message("no answer"))
        source.acts.clear()
        return "2"

    source = Steps([lambda: "1", *[away] * 1000])
    source.stop = stop
    following, standing = followed(source, tmp_path)
    following.once()
    steps = source.look

    def look() -> Listing:
        found = steps()
        stop.set()
        return found

    monkeypatch.setattr(source, "look", look)
    following.run(stop, lambda: 0, every)
    assert 600 <= looks[-1] < 600 + every + 1
    gaps = [round(after - before) for before, after in pairwise(looks)]
    assert gaps == [min(5 * 2**number, every) for number in range(len(gaps))]
    assert standing.read().generation == "2"
    assert (tmp_path / "content" / "site.yaml").read_text() == "title: x"


def test_since_when_it_fails_and_why_outlives_the_process(tmp_path: Path) -> None:
    source = Steps([lambda: "1", fail, fail])
    following, standing = followed(source, tmp_path)
    following.once()
    for _ in range(2):
        with pytest.raises(SourceUnavailable):
            following.once()
        found = standing.read()
        assert (found.generation, found.failing_since, found.reason) == ("1", NOW, "no answer")
    assert StandingFile(tmp_path / "none").read().reason == ""


def test_a_history_that_was_rewritten_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = Steps([lambda: "2", lambda: "1", lambda: "3"])
    following, _ = followed(source, tmp_path)
    following.once()
    following.once()
    assert caplog.text.count("history was rewritten") == 1


def test_a_mirror_that_is_older_than_what_is_published_is_not_taken_and_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_following, "PAUSE", 0.0)
    noted: list[str] = []
    source = Steps([lambda: "1", lambda: "3"])
    following, _ = followed(source, tmp_path)
    following.once()
    assert not following.take("2", noted.append)
    assert noted == []
    following.run(source.stop, lambda: 0, 86_400)
    assert following.take("2", noted.append)
    assert noted == ["3"]


@dataclass
class Forgetful(Steps):
    """A source that knows its past once it is asked for it."""

    past: set[str] = field(default_factory=set)

    def contains(self, generation: str, earlier: str) -> bool | None:
        return earlier in self.past or None

    def look_back(self, earlier: str) -> None:
        if earlier < "4":
            self.past.add(earlier)


@pytest.mark.system
def test_who_does_not_stand_by_asks_for_the_past_before_content_is_held_to_be_older(
    cluster: Cluster, tmp_path: Path
) -> None:
    address = cluster.url(cluster.new())
    writer = SoleWriter(tmp_path, database_at(address).leadership(address))
    with ExitStack() as ends:
        ends.callback(writer.release)
        following, _ = followed(Forgetful([lambda: "1"]), tmp_path)
        following.once()
        assert writer.lead_now(following)
        writer.release()
        following, _ = followed(Forgetful([lambda: "2", lambda: "3", lambda: "3", fail]), tmp_path)
        following.once()
        # The database keeps the lock until it notices that the session ended.
        assert comes_true(lambda: writer.lead(following) or writer.is_older)
        assert writer.is_older
        assert comes_true(lambda: writer.lead_now(following))
        writer._leadership.note("9")
        writer.release()
        for _ in range(2):  # the source knows nothing of it, or is away
            assert comes_true(lambda: writer.lead_now(following) or writer.is_older)
            assert writer.is_older


def test_who_leads_notes_a_generation_before_a_file_of_it_is_there(tmp_path: Path) -> None:
    noted: list[tuple[str, bool]] = []
    file = tmp_path / "content" / "site.yaml"
    following, _ = followed(Steps([lambda: "1", lambda: "2"]), tmp_path)
    assert following.take("", lambda told: noted.append((told, file.exists())))
    following.once()
    following.once()
    assert noted == [("", False), ("1", False), ("2", True)]


def test_a_generation_that_cannot_be_noted_changes_nothing(tmp_path: Path) -> None:
    def refuse(told: str) -> None:
        if told:
            raise IndexUnavailable("another machine writes now")

    following, _ = followed(Steps([lambda: "1"]), tmp_path)
    assert following.take("", refuse)
    with pytest.raises(IndexUnavailable):
        following.once()
    assert not (tmp_path / "content").exists()
