"""Who is told of a fault is told once, however often it comes and goes."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from feedservice.domain.incidents import (
    FILE,
    FORGOTTEN,
    HUB,
    LONGEST,
    SOURCE,
    Incident,
    News,
    decide,
)

A = f"{FILE}field/a.md"


class People:
    """What is known, and what was told, as moments pass."""

    def __init__(self) -> None:
        self.known: dict[str, Incident] = {}
        self.told: list[tuple[int, str, News]] = []

    def see(self, now: int, *wrong: str, unsure: Iterable[str] = ()) -> None:
        for subject, incident, news in decide(self.known, wrong, now, tuple(unsure)):
            self.known.pop(subject, None)
            if incident:
                self.known[subject] = incident
            if news:
                self.told.append((now, subject, news))

    def news(self) -> list[News]:
        return [news for _, _, news in self.told]


def test_a_file_is_told_once_it_was_wrong_for_twenty_seconds_and_once_it_was_right_as_long() -> (
    None
):
    people = People()
    for now in range(100):
        people.see(now, *([A] if 10 <= now < 60 else []))
    assert people.told == [(30, A, News.WRONG), (80, A, News.OVER)]


def test_a_half_written_save_is_told_to_nobody() -> None:
    people = People()
    for now in range(100):
        people.see(now, *([A] if now % 20 < 15 else []))
    assert people.told == []
    people.see(200)
    assert people.known == {}, "and nothing is remembered of it"


def test_a_hub_and_a_source_may_fail_for_a_quarter_of_an_hour() -> None:
    people = People()
    wrong = (f"{HUB}https://hub.example/", f"{SOURCE}git")
    for now in range(0, 1000, 5):
        people.see(now, *wrong)
    assert people.told == [(900, each, News.WRONG) for each in wrong]


def test_what_nobody_knows_of_stays_as_it_was() -> None:
    people, git = People(), f"{SOURCE}git"
    people.see(0, git)
    people.see(900, git)
    people.see(2000, unsure=[git])
    people.see(3000, unsure=[git])
    people.see(3500)
    people.see(3520)
    assert people.news() == [News.WRONG, News.OVER]
    assert people.told[-1][0] == 3520


def test_a_file_that_comes_and_goes_is_told_ever_more_rarely() -> None:
    people = People()
    for now in range(0, 86_400, 5):
        people.see(now, *([A] if now % 120 < 60 else []))
    assert len(people.told) <= 6


def test_what_was_right_for_a_day_is_forgotten() -> None:
    people = People()
    for now in (0, 20, 60, 100):
        people.see(now, *([A] if now < 60 else []))
    assert people.known
    people.see(100 + FORGOTTEN)
    assert people.known == {}


def test_a_clock_that_was_ahead_delays_nothing_for_long() -> None:
    people = People()
    people.see(50_000, A)
    people.see(0, A)
    people.see(20, A)
    assert people.told == [(20, A, News.WRONG)]


@given(st.lists(st.tuples(st.integers(1, 3 * LONGEST), st.booleans()), max_size=40))
def test_nobody_is_told_twice_that_something_is_wrong_or_over(
    steps: list[tuple[int, bool]],
) -> None:
    people, now, is_wrong = People(), 0, False
    for seconds, is_wrong in steps:
        now += seconds
        people.see(now, *([A] if is_wrong else []))
    news = people.news()
    assert news[::2] == [News.WRONG] * len(news[::2])
    assert news[1::2] == [News.OVER] * len(news[1::2])
    people.see(now + LONGEST, *([A] if is_wrong else []))
    assert (people.news()[-1:] == [News.WRONG]) == is_wrong, "at last people know how it stands"
