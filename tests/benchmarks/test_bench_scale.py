"""What is said of answers under faults, on made-up ones; nothing is started."""

from collections.abc import Callable
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from benchmarks import scale
from benchmarks.scale import Answer, Fault

FAULT = Fault(name="a fault", began=10, ended=20, told="over")


def answer(asked: float, newest: int = 0, *, took: float = 0.01, status: int = 200) -> Answer:
    return Answer(asked=asked, given=asked + took, status=status, newest=newest)


def cells(answers: list[Answer], saved: dict[int, float]) -> list[str]:
    return [cell.strip() for cell in scale.row(FAULT, answers, saved).split("|")[1:-1]]


def test_a_row_tells_of_the_answers_while_the_fault_lasted() -> None:
    answers = [
        answer(9, status=0),
        answer(11, took=0.1),
        answer(12, took=2),
        answer(21, status=503),
    ]
    name, count, failed, waited, *_rest, told = cells(answers, {})
    assert (name, count, failed, told) == ("a fault", "2", "none", "over")
    assert waited == "2.0 s, 2.0 s, 2.0 s"


def test_what_was_not_answered_well_is_counted_and_stands_out() -> None:
    assert cells([answer(11, status=0), answer(12, status=503), answer(13)], {})[2] == "**2**"


def test_a_save_is_seen_when_the_first_reader_is_given_it_or_a_later_one() -> None:
    answers = [answer(11, 1), answer(12, 3), answer(30, 4)]
    saved = {1: 9, 2: 10.5, 3: 11.5, 4: 19, 5: 25}
    assert cells(answers, saved)[4] == "1.5 s, 11.0 s"


def test_how_old_it_is_what_is_shown_again_counts_from_when_something_newer_was_shown() -> None:
    feeds = [
        answer(10, 5),
        answer(12, 6),
        answer(13, 5),
        answer(15, 6),
        answer(16, 5),
        answer(30, 1),
    ]
    assert round(scale.back(feeds, FAULT), 1) == 4.0
    assert scale.back(feeds[:2], FAULT) == 0


def test_the_page_has_its_marks_and_keeps_what_is_around_them() -> None:
    text = scale.PAGE.read_text(encoding="utf-8")
    made = scale.page(text, "| a table |")
    assert f"{scale.BEGIN}\n| a table |\n{scale.END}" in made
    assert made.startswith(text.partition(scale.BEGIN)[0])
    assert made.endswith(text.partition(scale.END)[2])


class Made:
    """Machines that do as they are told, and readers who see all of it."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.saved: dict[int, float] = {}
        self.replicas = [self.machine("one"), self.machine("two")]
        self.writers = [self.machine("first"), self.machine("second")]
        self.cluster = SimpleNamespace(stop=self.note("stop"), start=self.note("start"))

    def note(self, what: str) -> Callable[[], None]:
        return lambda: self.did.append(what)

    def machine(self, name: str) -> scale.Machine:
        did = self.note

        class Told(scale.Machine):
            def __init__(self) -> None:
                self.name = name

            def kill(self) -> None:
                did(f"kill {name}")()

            def start(self) -> None:
                did(f"start {name}")()

        made = Told()
        lost, back = self.note(f"lose {name}"), self.note(f"find {name}")
        made.network = SimpleNamespace(stop=lost, go_on=back)  # type: ignore[assignment]
        return made

    def leader(self) -> scale.Machine:
        lost = [each for each in self.did if each.endswith("first")]
        return self.writers[len(lost) % 2]

    def newest(self) -> int:
        self.saved[len(self.saved) + 1] = 0.0
        return len(self.saved)


def test_each_fault_is_injected_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "SETTLED", 0)
    made = Made()
    slow = made.note("slow"), made.note("fast")
    monkeypatch.setattr(scale, "slow_disk", lambda _cluster: nullcontext(slow))
    found = list(scale.faults(made, 0))  # type: ignore[arg-type]
    assert len({each.name for each in found}) == len(found) == 8
    assert made.did[0].startswith("kill ")
    assert made.did[1] == made.did[0].replace("kill", "start")
    assert made.did[-8:-4] == ["kill one", "kill two", "start one", "start two"]
    assert made.did[-4:] == ["stop", "start", "slow", "fast"]
    assert all("seen" in each.told for each in found)
    assert all("another leads after" in each.told for each in found[1:3])
