"""People are told once of what is wrong: through an outbox that outlives restarts and rebuilds."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from factories import NOW, FixedClock, article, broken, reading, site
from feedservice.domain.incidents import FILE, HUB, News
from feedservice.domain.model import Problem, Severity, Site
from feedservice.domain.receivers import Kind, Receiver
from feedservice.index.notices import LISTED, Letter, Notices
from feedservice.index.purges import target_of
from feedservice.index.writer import IndexWriter
from feedservice.service.alerts.alerts import GATHER, Alerts
from feedservice.service.backoff import GIVEN_UP_AFTER, Failure, wait_after

DESK = Receiver(kind=Kind.MAIL, address="desk@news.example")
CHAT = Receiver(kind=Kind.SLACK, address="secret:chat")


class People:
    """Remembers what each was sent, and fails as it is set to."""

    def __init__(self) -> None:
        self.letters: list[tuple[Receiver, Letter]] = []
        self.failure: Failure | None = None
        self.asked = 0

    def __call__(self, receiver: Receiver, letter: Letter, _site: Site) -> Failure | None:
        self.asked += 1
        if self.failure is None:
            self.letters.append((receiver, letter))
        return self.failure

    def told(self, receiver: Receiver = DESK) -> list[list[str]]:
        """Each message as what it says."""
        return [
            [f"{each.news} {each.subject.partition(':')[2]}" for each in letter.notices]
            for whom, letter in self.letters
            if whom == receiver
        ]


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def desk(index: IndexWriter) -> IndexWriter:
    """An index of a site whose desk is told."""
    index.put_site(site(notify=(DESK,)), (), NOW)
    return index


@pytest.fixture
def alerts(desk: IndexWriter, people: People, clock: FixedClock) -> Alerts:
    return started(desk, people, clock)


def started(index: IndexWriter, people: People, clock: FixedClock) -> Alerts:
    """As a process that begins now."""
    return Alerts(index, Notices(index._engine), clock, people, lambda path: f"author of {path}")


def pass_seconds(alerts: Alerts, clock: FixedClock, seconds: int, step: int = 5) -> None:
    for _ in range(0, seconds, step):
        clock.now += timedelta(seconds=step)
        alerts.work()
        alerts.wait()


def test_a_file_that_is_held_back_is_told_once_and_so_is_its_end(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 20)
    assert people.told() == [], "a save that is half written tells nobody"
    pass_seconds(alerts, clock, 10)
    assert people.told() == [["wrong field/a.md"]]
    (notice,) = people.letters[0][1].notices
    assert notice.problem
    assert (notice.problem.code, notice.problem.line) == ("date-impossible", 3)
    assert notice.author == "author of field/a.md"

    desk.write([broken("field/a.md")], (), clock.now)  # saved again, and as wrong
    pass_seconds(alerts, clock, 600, 20)
    assert len(people.told()) == 1

    desk.write([reading(article("a"))], (), clock.now)
    pass_seconds(alerts, clock, 100)
    assert people.told() == [["wrong field/a.md"], ["over field/a.md"]]


def test_whoever_is_removed_is_held_back_no_more(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 60)
    desk.write([], ["field/a.md"], clock.now)
    pass_seconds(alerts, clock, 60)
    assert people.told() == [["wrong field/a.md"], ["over field/a.md"]]


@pytest.mark.parametrize("rest", ["site.yaml", "field/b.md"])
def test_a_site_and_an_article_that_lost_its_identity_are_held_back_too(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock, rest: str
) -> None:
    if rest == "site.yaml":
        wrong = Problem(path=rest, line=7, code="zone-unknown", facts={"value": "x"})
        warned = Problem(path=rest, code="base-url-local", severity=Severity.WARNING)
        desk.put_site(desk.site(), [warned, wrong], NOW)
    else:
        both = [reading(article(slug, id="tag:x,2025:same")) for slug in "ab"]
        desk.write(both[:1], (), NOW)
        desk.write(both[1:], (), NOW)
    pass_seconds(alerts, clock, 60)
    assert people.told() == [[f"wrong {rest}"]]
    assert people.letters[0][1].notices[0].problem


def test_a_warning_is_told_to_nobody(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    warned = Problem(path="field/a.md", code="id-missing", severity=Severity.WARNING)
    desk.write([reading(article("a"), (warned,))], (), NOW)
    pass_seconds(alerts, clock, 120)
    assert people.told() == []


@pytest.mark.parametrize("between", ["restart", "rebuild", "new file"])
def test_nothing_is_told_twice_whatever_happens_between(
    alerts: Alerts,
    desk: IndexWriter,
    people: People,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    between: str,
) -> None:
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 60)
    pass_seconds(started(desk, people, clock), clock, 60)
    if between == "rebuild":
        monkeypatch.setattr("feedservice.index.tables.SCHEMA_VERSION", 999)
        monkeypatch.setattr("feedservice.index.reader.SCHEMA_VERSION", 999)
        desk.prepare()
    elif between == "new file":
        assert desk._keeper._file
        desk._keeper._file.path.unlink()
        assert desk.heal()
    alerts = started(desk, people, clock)
    if between != "restart":
        pass_seconds(alerts, clock, 60)  # it is being filled: nothing is known
        desk.put_site(site(notify=(DESK,)), (), NOW)
        desk.write([broken("field/a.md")], (), clock.now)
        desk.mark_filled()
    pass_seconds(alerts, clock, 120)
    assert people.told() == [["wrong field/a.md"]]
    desk.write([reading(article("a"))], (), clock.now)
    pass_seconds(alerts, clock, 120)
    assert people.told() == [["wrong field/a.md"], ["over field/a.md"]]


def test_twenty_files_in_a_minute_are_one_message(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    paths = [f"field/{n:02}.md" for n in range(20)]
    for n, path in enumerate(paths):
        desk.write([broken(path)], (), clock.now)
        if n % 2:
            pass_seconds(alerts, clock, 5)
    pass_seconds(alerts, clock, 60)
    assert people.told() == [[f"wrong {path}" for path in paths]]


def test_a_message_waits_for_more_but_not_for_ever(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    for n in range(20):
        desk.write([broken(f"field/{n}.md")], (), clock.now)
        pass_seconds(alerts, clock, 15)
    sent = [letter.moment for _, letter in people.letters]
    assert 2 <= len(sent) <= 6
    assert all(later - one >= GATHER for one, later in pairwise(sent))


def test_two_hundred_files_are_one_message_that_tells_some_and_counts_all(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    desk.write([broken(f"field/{n}.md") for n in range(200)], (), NOW)
    pass_seconds(alerts, clock, 60)
    ((_, letter),) = people.letters
    assert (len(letter.notices), letter.files) == (LISTED, {News.WRONG: 200})
    assert all(each.problem for each in letter.notices)


def test_what_is_over_before_anybody_was_told_is_told_to_nobody(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    people.failure = Failure(reason="away")
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 40)  # it was tried, and stays a message
    desk.write([broken("field/b.md")], (), clock.now)
    pass_seconds(alerts, clock, 40)
    desk.write([reading(article("b"))], (), clock.now)
    pass_seconds(alerts, clock, 40)
    people.failure = None
    pass_seconds(alerts, clock, 3600, 60)
    assert people.told() == [["wrong field/a.md"]]


def test_who_was_away_is_told_later_and_by_the_id_of_the_first_try(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    ids = set()
    away = Failure(reason="away")

    def send(receiver: Receiver, letter: Letter, where: Site) -> Failure | None:
        ids.add(letter.id)
        return people(receiver, letter, where)

    alerts._send, people.failure = send, away
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 600, 20)
    assert (people.told(), people.asked <= 8) == ([], True)
    people.failure = None
    alerts = started(desk, people, clock)  # another process, even
    alerts._send = send
    pass_seconds(alerts, clock, 700, 20)
    assert people.told() == [["wrong field/a.md"]]
    assert len(ids) == 1


def test_a_message_is_given_up_after_a_day_and_said_so(
    alerts: Alerts,
    desk: IndexWriter,
    people: People,
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    people.failure = Failure(reason="away")
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 30)
    began, tries = clock.now, 1
    while "gave up" not in caplog.text:
        clock.now += wait_after(tries) * 1.2 + timedelta(seconds=1)
        asked = people.asked
        alerts.work()
        alerts.wait()
        assert people.asked == asked + 1
        tries += 1
    assert GIVEN_UP_AFTER <= clock.now - began < GIVEN_UP_AFTER + timedelta(hours=3)
    assert "gave up telling mail desk@news.example of what is wrong: away" in caplog.text
    people.failure = None
    pass_seconds(alerts, clock, 120)
    assert people.told() == []


def test_who_is_slow_delays_no_other(desk: IndexWriter, people: People, clock: FixedClock) -> None:
    desk.put_site(site(notify=(DESK, CHAT)), (), NOW)
    released = threading.Event()

    def send(receiver: Receiver, letter: Letter, where: Site) -> Failure | None:
        if receiver == DESK:
            released.wait(60)
        return people(receiver, letter, where)

    alerts = Alerts(desk, Notices(desk._engine), clock, send)
    for path in ("field/a.md", "field/b.md"):
        desk.write([broken(path)], (), clock.now)
        for _ in range(20):
            clock.now += timedelta(seconds=5)
            alerts.work()
            thread = alerts._telling.get(CHAT.key)
            if thread:
                thread.join(60)
    assert people.told(CHAT) == [["wrong field/a.md"], ["wrong field/b.md"]]
    released.set()
    alerts.wait()
    assert people.told(DESK) == [["wrong field/a.md"]]


def test_who_is_named_no_more_is_told_nothing(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    people.failure = Failure(reason="away")
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 60)
    people.failure = None
    desk.put_site(site(notify=(CHAT,)), (), clock.now)
    pass_seconds(alerts, clock, 7200, 60)
    assert people.letters == []
    desk.put_site(site(), (), clock.now)
    pass_seconds(alerts, clock, 5)
    assert Notices(desk._engine).incidents() == {}
    desk.put_site(site(notify=(DESK,)), (), clock.now)
    pass_seconds(alerts, clock, 60)
    assert people.told() == [["wrong field/a.md"]], "who is named later is told how it stands"


def test_a_source_that_fails_for_long_is_told_and_its_end(
    alerts: Alerts, people: People, clock: FixedClock, desk: IndexWriter
) -> None:
    alerts._sources = lambda: {"git": "the branch is gone"}
    pass_seconds(alerts, clock, 600, 20)
    assert people.told() == []
    pass_seconds(alerts, clock, 400, 20)
    assert people.told() == [["wrong git"]]
    assert people.letters[0][1].notices[0].reason == "the branch is gone"
    alerts = started(desk, people, clock)
    pass_seconds(alerts, clock, 100)
    assert len(people.told()) == 1, "who begins knows nothing of it, and says nothing"
    alerts._sources = lambda: {"git": ""}
    pass_seconds(alerts, clock, 100)
    assert people.told() == [["wrong git"], ["over git"]]


def test_a_cdn_that_fails_is_not_told_as_a_hub(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    with desk._keeper.transaction() as connection:
        values = f"('{target_of('https://cdn.example/')}', 'key', 's0', 1, 1, 3, 1)"
        connection.exec_driver_sql(f"INSERT INTO pings VALUES {values}")
    pass_seconds(alerts, clock, 1000, 20)
    assert people.told() == []


def test_a_hub_that_fails_for_long_is_told_and_that_it_was_given_up(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    hub = "https://hub.example/"
    with desk._keeper.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO pings VALUES ('https://hub.example/', 'site', '', 1, 1, 3, 1)"
        )
    pass_seconds(alerts, clock, 1000, 20)
    assert people.told() == [[f"wrong {hub}"]]
    with desk._keeper.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM pings")
    alerts.gave_up(hub, "status 410")
    pass_seconds(alerts, clock, 200)
    assert people.told() == [[f"wrong {hub}"], [f"given-up {hub}"]]
    assert people.letters[1][1].notices[0].reason == "status 410"


def test_a_fault_while_a_message_is_made_says_nothing_of_it_and_is_a_try_like_any_other(
    alerts: Alerts, desk: IndexWriter, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("hush")

    alerts._send = fail
    desk.write([broken("field/a.md")], (), NOW)
    pass_seconds(alerts, clock, 60)
    assert "RuntimeError" in caplog.text
    assert "hush" not in caplog.text


def test_notices_of_another_release_are_counted(
    alerts: Alerts, desk: IndexWriter, people: People, clock: FixedClock
) -> None:
    notices = Notices(desk._engine)
    desk.write([broken("field/a.md")], (), NOW)
    people.failure = Failure(reason="away")
    pass_seconds(alerts, clock, 30)
    with desk._keeper.transaction() as connection:
        connection.exec_driver_sql("UPDATE notices SET notice = '{\"what\": 1}'")
    letter = notices.seal(DESK.key)
    assert letter
    assert (letter.notices, letter.files) == ((), {News.WRONG: 1})


def test_an_index_that_is_being_filled_is_no_fault(
    new_index: Callable[[], IndexWriter],
    people: People,
    clock: FixedClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    started(new_index(), people, clock).work()
    assert caplog.records == []


def test_subjects_begin_with_what_they_are() -> None:
    assert {FILE, HUB} == {"file:", "hub:"}, "they are kept"
