"""Two replicas that have a database and nothing else, and the machine that writes it."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from effort import rounds
from factories import SITE_YAML, write_article
from feedservice.cli.main import group
from feedservice.service import kept_answers
from postgresql_cluster import Cluster
from replica_process import Replica, replica, running
from tcp_proxy import Proxy, between
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system

ADDRESSES = (
    "/", "/feed.rss", "/feed.atom", "/feed.json", "/categories/field", "/categories/field.rss",
    "/categories/field.atom", "/tags/%D8%AD%D9%84%D8%A8", "/tags/%D8%AD%D9%84%D8%A8.json", "/articles/first",
    "/search?q=%D8%A3%D9%88%D9%84", "/feeds", "/feeds.opml", "/sitemap.xml", "/robots.txt",
    "/opensearch.xml", "/archive", "/archive/2026-01", "/archive/2026-01.atom", "/subscribe",
)  # fmt: skip
MEDIA = "https://media.example/site"


@dataclass(frozen=True)
class Machines:
    """A writer over a content folder, and the replicas of its database."""

    content: Path
    address: str
    replicas: tuple[Replica, Replica]

    def save(self, name: str, title: str) -> None:
        write_article(self.content, f"field/{name}.md", title=title, id=name, tags="[حلب]")


@pytest.fixture(scope="module")
def machines(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    root = tmp_path_factory.mktemp("machines")
    content, address = root / "content", cluster.url(cluster.new())
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    writer = {
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(root / "writer"),
        "FEEDSERVICE_DATABASE": address,
    }
    with ExitStack() as stack:
        stack.enter_context(running(root / "writer.log", writer, "index", "--watch"))
        one, two = (
            stack.enter_context(replica(root / name, address, FEEDSERVICE_MEDIA=MEDIA))
            for name in ("one", "two")
        )
        found = Machines(content, address, (one, two))
        found.save("first", "أول")
        assert comes_true(lambda: all(each.titles() for each in found.replicas)), one.log()
        yield found


def test_a_save_appears_on_every_replica(machines: Machines) -> None:
    machines.save("second", "ثان")
    for each in machines.replicas:
        assert comes_true(lambda each=each: "ثان" in each.titles())  # type: ignore[misc]


def test_replicas_answer_the_same(machines: Machines) -> None:
    """Bytes, validators and what caches are told: who is sent to another is told of no change."""

    def answers() -> list[dict[str, object]]:
        return [
            {
                path: (status, body, *map(headers.get, ("ETag", "Last-Modified", "Cache-Control")))
                for path in ADDRESSES
                for status, body, headers in [each.ask(path)]
            }
            for each in machines.replicas
        ]

    found = answers()

    def is_same() -> bool:
        """Once what was saved before has come to both."""
        found[:] = answers()
        return found[0] == found[1]

    assert comes_true(is_same)
    one, _other = found
    assert {path: found[0] for path, found in one.items()} == dict.fromkeys(ADDRESSES, 200)  # type: ignore[index]
    assert all(found[2] for found in one.values())  # type: ignore[index]


def test_who_goes_from_one_to_the_other_never_sees_time_go_back_by_more_than_a_second(
    machines: Machines, record_property: Callable[[str, object], None]
) -> None:
    numbers = itertools.count(1)

    def save(stop: threading.Event) -> None:
        for number in numbers:
            machines.save(f"news-{number % 10}", f"خبر {number}")
            if stop.wait(0.1):
                return

    def newest_of(titles: list[str]) -> int:
        return max((int(each.split()[1]) for each in titles if each.startswith("خبر ")), default=0)

    def longest() -> float:
        """Seconds for which one still gave what is older than what was seen before."""
        stop = threading.Event()
        saving = threading.Thread(target=save, args=(stop,))
        saving.start()
        worst, seen = 0.0, [(0.0, newest_of(machines.replicas[0].titles()))]
        deadline = time.monotonic() + PATIENCE
        for each in itertools.cycle(machines.replicas):
            if len(seen) > 15 or time.monotonic() > deadline:
                break
            asked, number = time.monotonic(), newest_of(each.titles())
            if number > seen[-1][1]:
                seen.append((time.monotonic(), number))
            else:
                late = [when for when, newer in seen if newer > number]
                worst = max([worst, *(asked - when for when in late[:1])])
        stop.set()
        saving.join()
        assert len(seen) > 15, "saves are not seen"
        record_property("time went back by", f"{worst:.3f} s")
        return worst

    # Again where the machine stood still: what is wrong with the service is so each time.
    assert comes_true(lambda: longest() <= 1.0)


def test_a_replica_has_no_content_and_no_writer(machines: Machines) -> None:
    for each in machines.replicas:
        assert {path.name for path in each.state.parent.iterdir()} == {"state", "state.log"}
        known = {"metrics", kept_answers.NAME, kept_answers.ENTRIES}
        assert {path.name for path in each.state.iterdir() if path.suffix != ".lock"} <= known
        assert "writer" not in each.log()


def test_it_sends_who_wants_a_picture_to_where_pictures_are(machines: Machines) -> None:
    one, _ = machines.replicas
    for path in ("/media/%D8%B5%D9%88%D8%B1%D8%A9.jpg", "/pictures/0123456789abcdef0123/480/a.jpg"):
        status, body, headers = one.ask(path)
        assert (status, body) == (302, b"")
        assert headers["Location"] == MEDIA + path
        assert headers["Cache-Control"] == one.ask("/feed.rss")[2]["Cache-Control"]


def test_it_takes_nothing_that_is_for_the_source(machines: Machines) -> None:
    one, _ = machines.replicas
    assert one.ask("/micropub")[0] == one.ask("/hooks/content")[0] == 404


@pytest.fixture
def lost(cluster: Cluster) -> Iterator[Proxy]:
    """The network between a replica and the database."""
    with between(cluster.port) as proxy:
        yield proxy


def test_one_that_starts_while_the_database_is_away_gives_what_it_kept_and_goes_on_when_it_is_back(
    machines: Machines, lost: Proxy, cluster: Cluster, tmp_path: Path
) -> None:
    address = machines.address.replace(str(cluster.port), str(lost.port))
    with replica(tmp_path / "third", address) as third:
        assert comes_true(lambda: bool(third.titles()))
        kept = third.ask("/feed.rss")[1]
        assert third.ask("/media/a.jpg")[0] == 404  # it is told of no place for them
    lost.stop()
    with replica(tmp_path / "third", address) as third:
        assert comes_true(lambda: third.ask("/healthz")[0] == 200)
        assert third.ask("/feed.rss")[1] == kept
        assert third.ask("/readyz")[1].startswith(b"degraded since ")
        machines.save("fourth", "بعد الانقطاع")
        lost.go_on()
        assert comes_true(lambda: "بعد الانقطاع" in third.titles()), third.log()
        assert comes_true(lambda: third.ask("/readyz")[1] == b"ready")


def test_an_outage_under_load_fails_nobody_who_asks_for_what_was_asked_for_before(
    machines: Machines,
    lost: Proxy,
    cluster: Cluster,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Three outages of thirty seconds under `make outages`."""
    address = machines.address.replace(str(cluster.port), str(lost.port))
    with replica(tmp_path / "outages", address) as third:
        assert comes_true(lambda: {third.ask(path)[0] for path in ADDRESSES} == {200})
        for number in range(rounds(3, 1)):
            answered: list[tuple[int, str]] = []
            stop = threading.Event()
            began = time.monotonic()
            lost.stop()
            asking = [
                threading.Thread(target=ask_on, args=(third, answered, stop)) for _ in range(4)
            ]
            for each in asking:
                each.start()
            assert comes_true(lambda: third.ask("/readyz")[1].startswith(b"degraded since "))
            assert comes_true(lambda: len(answered) >= 100)  # noqa: B023
            stop.wait(max(0.0, began + rounds(30, 0) - time.monotonic()))
            machines.save("outage", f"انقطاع {number}")
            lost.go_on()
            began = time.monotonic()
            assert comes_true(lambda: f"انقطاع {number}" in third.titles())  # noqa: B023
            back = time.monotonic() - began
            stop.set()
            for each in asking:
                each.join()
            assert [each for each in answered if each[0] != 200] == []
            record_property("an outage", f"{len(answered)} answers, a save seen after {back:.2f} s")


def ask_on(one: Replica, answered: list[tuple[int, str]], stop: threading.Event) -> None:
    for path in itertools.cycle(ADDRESSES):
        if stop.is_set():
            return
        answered.append((one.ask(path)[0], path))


@pytest.mark.parametrize("address", ["", "sqlite:////srv/index.sqlite3"])
def test_a_database_that_is_a_file_of_this_machine_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDSERVICE_DATABASE", address)
    done = CliRunner().invoke(group, ["serve", "--replica"])
    assert "a replica reads a database that other machines can reach" in str(done.exception)
