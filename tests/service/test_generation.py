"""Processes of one kind agree on since when there are they alone."""

import logging
from datetime import timedelta
from math import ceil
from pathlib import Path

import pytest

from factories import FixedClock
from feedservice.service.generation import LEFT, Generation


@pytest.fixture
def note(tmp_path: Path) -> Path:
    return tmp_path / "state" / "note"


def test_all_of_a_kind_say_when_the_first_came(note: Path, clock: FixedClock) -> None:
    clock.now += timedelta(seconds=0.5)
    since = Generation(note, "a").since(clock())
    assert since == ceil(clock().timestamp())
    clock.now += timedelta(hours=1)
    other = Generation(note, "a")
    assert [other.since(clock()), other.since(clock())] == [since, since]


def test_who_comes_last_goes_on_alone(note: Path, clock: FixedClock) -> None:
    old, new = Generation(note, "a"), Generation(note, "b")
    first = old.since(clock())
    clock.now += timedelta(seconds=9)
    since = new.since(clock())
    assert first is not None
    assert since == first + 9
    assert old.since(clock()) is None
    assert new.since(clock()) == since


def test_those_before_go_on_once_the_others_are_gone(note: Path, clock: FixedClock) -> None:
    old, new = Generation(note, "a"), Generation(note, "b")
    old.since(clock())
    new.since(clock())
    clock.now += timedelta(seconds=LEFT / 2)
    new.use(clock())
    clock.now += timedelta(seconds=LEFT - 1)
    assert old.since(clock()) is None
    clock.now += timedelta(seconds=1)
    assert old.since(clock()) == clock().timestamp()
    assert new.since(clock()) is None


@pytest.mark.parametrize("kind", ["a", "b"])
def test_a_clock_that_was_set_back_does_not_make_anything_earlier(
    kind: str, note: Path, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    before = Generation(note, "a")
    before.since(clock())
    clock.now += timedelta(hours=1)
    before.use(clock())
    used = clock().timestamp()
    clock.now -= timedelta(minutes=30)
    with caplog.at_level(logging.WARNING):
        late = Generation(note, kind)
        assert [late.since(clock()), late.since(clock())] == [used, used]
    assert "set back" in caplog.text
    clock.now += timedelta(hours=1)
    assert Generation(note, kind).since(clock()) == used


@pytest.mark.parametrize("harm", ["", "a", "a b", "\x00\xff" * 50])
def test_what_cannot_be_read_is_noted_anew(harm: str, note: Path, clock: FixedClock) -> None:
    one = Generation(note, "a")
    one.since(clock())
    note.write_text(harm, encoding="latin-1")
    clock.now += timedelta(seconds=5)
    assert one.since(clock()) == Generation(note, "a").since(clock()) is not None


def test_nor_do_those_of_another_kind_who_come_after_that_was_noted(
    note: Path, clock: FixedClock
) -> None:
    before = Generation(note, "a")
    before.since(clock())
    clock.now += timedelta(hours=1)
    before.use(clock())
    used = clock().timestamp()
    clock.now -= timedelta(minutes=30)
    back = Generation(note, "a")
    assert back.since(clock()) == used
    back.use(clock())
    clock.now += timedelta(seconds=LEFT)
    assert Generation(note, "b").since(clock()) == used
