"""Hubs are told of what changed: the outbox and the notifier."""

import itertools
import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest

from factories import NOW, FixedClock, article, broken, reading, site
from feedservice.domain.headline import Status
from feedservice.index.outbox import Outbox
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.service.backoff import GIVEN_UP_AFTER, LONGEST_WAIT, wait_after
from feedservice.service.sending import Answer
from feedservice.service.websub import Notifier

HUB = "https://hub.example/"


class Hub:
    """Remembers what it was told, and answers as it is set to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.asked = 0
        self.status = 204
        self.retry_after = ""

    def __call__(self, url: str, form: dict[str, str]) -> Answer:
        self.asked += 1
        assert (url, form["hub.mode"], form["hub.url"]) == (HUB, "publish", form["hub.topic"])
        if self.status == 0:
            raise httpx.ConnectError("no answer")
        if self.status < 300:
            self.told.append(form["hub.topic"].removeprefix("https://news.example"))
        return Answer(status=self.status, retry_after=self.retry_after)


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def outbox(index: IndexWriter) -> Outbox:
    index.put_site(site(hubs=(HUB,)), (), NOW)
    return Outbox(index._engine)


@pytest.fixture
def notifier(outbox: Outbox, index: IndexWriter, hub: Hub, clock: FixedClock) -> Notifier:
    return Notifier(outbox, index.site, (".rss", ".atom"), clock, hub)


def work(notifier: Notifier) -> None:
    notifier.work()
    notifier.wait()


def pass_seconds(clock: FixedClock, seconds: float) -> None:
    clock.now += timedelta(seconds=seconds)


def test_a_change_is_told_three_seconds_after_it_in_each_format_of_its_lists(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write([reading(article("a", tags=["ماء"]))], (), NOW)
    pass_seconds(clock, 3)
    work(notifier)
    assert hub.told == []
    pass_seconds(clock, 1)
    work(notifier)
    assert set(hub.told) == {
        f"{page}{suffix}"
        for page in ("/feed", "/categories/field", "/tags/%D9%85%D8%A7%D8%A1")
        for suffix in (".rss", ".atom")
    }
    assert len(hub.told) == 6
    assert notifier.waiting() == 0


def test_hubs_are_told_of_a_tag_by_the_address_that_it_has(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    old, new = article("a", tags=["ماءٌ"]), article("b", published=NOW, tags=["ماء", "C#"])
    index.write([reading(old)], (), NOW)
    index.write([reading(new)], (), NOW)
    pass_seconds(clock, 5)
    work(notifier)
    tags = [unquote(each) for each in hub.told if each.startswith("/tags/") and ".rss" in each]
    assert sorted(tags) == ["/tags/c-sharp.rss", "/tags/ماءٌ.rss"]


def test_what_nobody_can_see_is_told_to_nobody(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write([broken("field/a.md")], (), NOW)
    pass_seconds(clock, 10)
    work(notifier)
    assert hub.told == []


def test_an_index_that_is_being_filled_is_no_fault(
    new_index: Callable[[], IndexWriter], clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    index = new_index()
    reader = IndexReader(index._engine)
    work(Notifier(Outbox(index._engine), lambda: reader.current()[1], (".rss",), clock))
    assert caplog.records == []


def test_a_first_filling_tells_nobody(new_index: object, clock: FixedClock) -> None:
    index: IndexWriter = new_index()  # type: ignore[operator]
    index.put_site(site(hubs=(HUB,)), (), NOW)
    index.write([reading(article("a"))], (), NOW)
    assert Outbox(index._engine).waiting() == 0


def test_two_changes_before_the_hub_is_told_are_told_once(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    for title in "أب":
        index.write([reading(article("a", title=title))], (), clock.now)
        pass_seconds(clock, 1)
    pass_seconds(clock, 3)
    work(notifier)
    assert sorted(hub.told) == sorted(set(hub.told))


@pytest.mark.parametrize("status", [0, 303, 404, 500])
def test_a_hub_that_fails_is_asked_ever_more_rarely_and_given_up_after_a_day(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock, status: int
) -> None:
    hub.status = status
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 4)
    began = clock.now
    tries = 0
    while notifier.waiting():
        asked = hub.asked
        work(notifier)
        assert hub.asked == asked + 1, "one try, whatever waits"
        work(notifier)
        assert hub.asked == asked + 1
        clock.now += wait_after(tries) * 1.2 + timedelta(seconds=1)
        tries += 1
    assert GIVEN_UP_AFTER <= clock.now - began < GIVEN_UP_AFTER + 3 * LONGEST_WAIT
    assert tries < 40


def test_saves_go_on_and_the_failing_hub_is_asked_no_more_often_for_it(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    hub.status = 500
    for number in range(60):
        index.write([reading(article("a", title=f"{number}"))], (), clock.now)
        work(notifier)
        pass_seconds(clock, 6)
    assert hub.asked <= 8


def test_an_article_that_is_saved_every_second_is_told_of_within_five_seconds_and_at_the_end(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    told_at: list[int] = []
    for second in range(30):
        index.write([reading(article("a", title=f"{second}", categories=()))], (), clock.now)
        before = len(hub.told)
        work(notifier)
        if len(hub.told) > before:
            told_at.append(second)
        pass_seconds(clock, 1)
    assert told_at[0] <= 5
    assert all(later - earlier <= 5 for earlier, later in itertools.pairwise(told_at))
    hub.told.clear()
    pass_seconds(clock, 4)
    work(notifier)
    assert sorted(hub.told) == ["/feed.atom", "/feed.rss"], "the last change is told too"
    assert notifier.waiting() == 0


def test_the_wait_that_a_hub_asks_for_is_obeyed(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    hub.status, hub.retry_after = 429, "3600"
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 4)
    work(notifier)
    hub.status = 204
    pass_seconds(clock, 3590)
    work(notifier)
    assert hub.told == []
    pass_seconds(clock, 20)
    work(notifier)
    assert sorted(hub.told) == ["/feed.atom", "/feed.rss"]


@pytest.mark.parametrize(
    "absurd", ["soon", "Mon, 01 Jan 2026 99999999999:00:00 GMT", "Mon, 99 Foo", "9" * 5000, ""]
)
def test_a_hub_that_asks_for_no_wait_that_can_be_read_is_put_off_all_the_same(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock, absurd: str
) -> None:
    hub.status, hub.retry_after = 503, absurd
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 4)
    work(notifier)
    work(notifier)
    assert hub.asked == 1


def test_a_hub_that_is_gone_is_not_asked_again(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    hub.status = 410
    index.write([reading(article("a"))], (), NOW)
    pass_seconds(clock, 4)
    work(notifier)
    assert (hub.asked, notifier.waiting()) == (1, 0)


def test_a_hub_that_hangs_delays_no_other(index: IndexWriter, clock: FixedClock) -> None:
    other = "https://other.example/"
    index.put_site(site(hubs=(HUB, other)), (), NOW)
    released = threading.Event()
    told: list[str] = []

    def send(url: str, form: dict[str, str]) -> Answer:
        if url == HUB:
            released.wait(60)
        told.append(url)
        return Answer(status=204)

    notifier = Notifier(Outbox(index._engine), index.site, (".rss",), clock, send)
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 4)
    notifier.work()
    notifier._telling[other].join(60)
    assert told == [other]
    released.set()
    notifier.wait()
    assert notifier.waiting() == 0


def test_a_hub_that_comes_back_is_told(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    hub.status = 503
    index.write([reading(article("a", categories=()))], (), NOW)
    pass_seconds(clock, 3)
    work(notifier)
    hub.status = 202
    pass_seconds(clock, 10)
    work(notifier)
    assert sorted(hub.told) == ["/feed.atom", "/feed.rss"]


def test_an_embargo_that_lifts_and_an_expiry_are_told(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write(
        [
            reading(
                article("a", published=NOW + timedelta(hours=1), expires=NOW + timedelta(hours=2))
            )
        ],
        (),
        NOW,
    )
    pass_seconds(clock, 5)
    work(notifier)
    for _ in range(2):
        hub.told.clear()
        pass_seconds(clock, 3600)
        work(notifier)
        pass_seconds(clock, 5)
        work(notifier)
        assert sorted(hub.told) == [
            "/categories/field.atom",
            "/categories/field.rss",
            "/feed.atom",
            "/feed.rss",
        ]


@pytest.mark.parametrize("status", [204, 503])
def test_a_clock_that_was_ahead_delays_no_notice(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock, status: int
) -> None:
    clock.now = NOW + timedelta(hours=3)
    index.write([reading(article("a", categories=()))], (), clock.now)
    pass_seconds(clock, 4 if status == 503 else 1)
    hub.status = status
    work(notifier)
    hub.status = 204
    clock.now = NOW  # as a process that starts now sees it
    work(notifier)
    assert sorted(hub.told) == ["/feed.atom", "/feed.rss"]
    pass_seconds(clock, 5)
    work(notifier)
    assert notifier.waiting() == 0
    assert len(hub.told) <= 4, "told again at most once, and not for ever"


def test_what_changed_before_and_after_the_clock_was_set_back_is_told_by_the_new_clock(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    for title, moment in (("قبل", NOW + timedelta(hours=3)), ("بعد", NOW)):
        index.write([reading(article("a", title=title, categories=()))], (), moment)
    clock.now = NOW  # nobody asked the outbox in between
    work(notifier)
    pass_seconds(clock, 5)
    work(notifier)
    assert sorted(hub.told) == ["/feed.atom", "/feed.rss"]
    assert notifier.waiting() == 0


def test_an_embargo_that_lifts_is_told_though_the_clock_was_ahead_of_it_before(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write([reading(article("a", published=NOW + timedelta(hours=1)))], (), NOW)
    work(notifier)
    for moment in (timedelta(hours=3), timedelta(0), timedelta(hours=1)):
        clock.now = NOW + moment
        work(notifier)
        hub.told.clear()
    pass_seconds(clock, 5)
    work(notifier)
    assert "/feed.rss" in hub.told


def test_the_date_of_a_draft_is_told_to_nobody(
    index: IndexWriter, notifier: Notifier, hub: Hub, clock: FixedClock
) -> None:
    index.write(
        [reading(article("a", published=NOW + timedelta(hours=1), status=Status.DRAFT))], (), NOW
    )
    work(notifier)
    pass_seconds(clock, 3700)
    work(notifier)
    assert notifier.waiting() == 0


def test_the_outbox_survives_a_rebuild_and_a_hub_that_was_removed_is_forgotten(
    index: IndexWriter,
    outbox: Outbox,
    notifier: Notifier,
    hub: Hub,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index.write([reading(article("a"))], (), NOW)
    monkeypatch.setattr("feedservice.index.tables.SCHEMA_VERSION", 999)
    index.prepare()
    assert outbox.waiting() == 2
    index.put_site(site(), (), NOW)
    pass_seconds(clock, 10)
    work(notifier)
    assert (hub.told, outbox.waiting()) == ([], 0)
