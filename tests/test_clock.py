"""The clock that decides what is public: it believes no jump at once, and never goes back."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.clock import JUMP, STANDS, SteadyClock, steady_now, utc_now

START = 1_700_000_000.0
HOURS = 3 * 3600.0


@dataclass
class Machine:
    """A wall clock and an uptime, as a test sets them."""

    wall: float = START
    uptime: float = 5000.0

    def go(self, seconds: float) -> None:
        self.wall += seconds
        self.uptime += seconds

    def clock(self, age: float = STANDS) -> SteadyClock:
        """A clock that was made so many seconds ago."""
        made = SteadyClock(lambda: self.wall, lambda: self.uptime)
        self.go(age)
        return made


@pytest.fixture
def machine() -> Machine:
    return Machine()


def seconds(clock: SteadyClock) -> float:
    return clock().timestamp()


def test_it_is_the_wall_clock(machine: Machine) -> None:
    clock = machine.clock()
    for step in (0.5, JUMP, -0.0, 1.0):  # a step that is no jump is followed at once
        machine.go(1)
        machine.wall += step
        assert clock() == datetime.fromtimestamp(machine.wall, UTC)
    assert abs(steady_now() - utc_now()) < timedelta(seconds=JUMP)


def test_a_machine_that_was_suspended_is_believed_at_once(machine: Machine) -> None:
    clock = machine.clock()
    machine.go(8 * 3600)
    assert seconds(clock) == machine.wall


def test_a_jump_ahead_is_not_believed_until_it_has_stood_and_is_told_once(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    clock = machine.clock()
    machine.wall += HOURS
    for _ in range(int(STANDS)):
        assert seconds(clock) == machine.wall - HOURS
        machine.go(1)
    assert len(caplog.records) == 1
    assert seconds(clock) == machine.wall
    machine.go(1)
    assert seconds(clock) == machine.wall
    assert [each.levelno for each in caplog.records] == [logging.WARNING] * 2


@pytest.mark.parametrize("jump", [HOURS, -HOURS])
def test_a_jump_that_is_over_soon_is_never_seen(machine: Machine, jump: float) -> None:
    clock = machine.clock()
    truth = machine.wall
    machine.wall += jump
    assert seconds(clock) == truth
    machine.go(30)
    assert seconds(clock) == truth + 30
    machine.wall -= jump
    machine.go(40)
    assert seconds(clock) == truth + 70 == machine.wall
    machine.wall += jump
    machine.go(40)
    assert seconds(clock) == truth + 110, "each jump has to stand for itself"


def test_a_clock_that_jumps_again_has_to_stand_again(machine: Machine) -> None:
    clock = machine.clock()
    for _ in range(10):
        machine.wall += HOURS
        assert seconds(clock) == machine.uptime - 5000 + START
        machine.go(STANDS / 2)


def test_after_a_clock_was_set_back_for_good_time_goes_on_at_half_its_speed_until_both_are_one(
    machine: Machine,
) -> None:
    clock = machine.clock()
    machine.wall -= HOURS
    seconds(clock)
    machine.go(STANDS)
    last = begin = seconds(clock)
    for _ in range(int(HOURS) // 60):
        machine.go(60)
        assert last < seconds(clock) <= last + 31
        last = seconds(clock)
    assert last - begin == pytest.approx(HOURS / 2)
    machine.go(HOURS)
    assert seconds(clock) == machine.wall


def test_a_new_process_follows_a_clock_that_was_ahead_at_its_start(machine: Machine) -> None:
    machine.wall += HOURS
    clock = machine.clock(age=5)
    machine.wall -= HOURS
    assert seconds(clock) == machine.wall


@given(
    steps=st.lists(
        st.tuples(st.floats(0, 500), st.sampled_from([0, 0, 0, 1, -1, 30, -30, 7200, -7200, 1e8]))
    )
)
def test_time_never_goes_back_and_finds_to_the_wall_clock(
    steps: list[tuple[float, float]],
) -> None:
    machine = Machine()
    clock = machine.clock()
    last = seconds(clock)
    for passed, step in steps:
        machine.go(passed)
        machine.wall += step
        assert seconds(clock) >= last
        last = seconds(clock)
    machine.go(STANDS)
    seconds(clock)
    machine.go(1 + 2 * max(last - machine.wall, 0) + STANDS)
    seconds(clock)
    machine.go(STANDS)
    assert seconds(clock) == pytest.approx(machine.wall)
