"""Two replicas over one place for media, the machine that writes it, and a reader who switches."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from factories import SITE_YAML, write_article
from postgresql_cluster import Cluster
from replica_process import Replica, replica, running
from s3_server import S3
from tcp_proxy import between
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system

PICTURE = "/media/%D8%B5%D9%88%D8%B1%D8%A9.jpg"
RECORDING = "/media/sound.mp3"
SOUND = bytes(range(256)) * 8192
VALIDATORS = ("ETag", "Last-Modified", "Content-Length", "Content-Type", "Cache-Control")


@dataclass(frozen=True)
class Machines:
    """A writer over a content folder, a place for media that may be away, and the replicas."""

    content: Path
    away: Callable[[], object]
    back: Callable[[], object]
    replicas: tuple[Replica, Replica]
    log: Path

    def write(self, name: str, data: bytes) -> None:
        """Save a file in one step."""
        beside = self.content / "_new"
        beside.write_bytes(data)
        beside.rename(self.content / "media" / name)


@pytest.fixture(scope="module", params=["folder", "store"])
def machines(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machines]:
    root = tmp_path_factory.mktemp("media")
    content, share, address = root / "content", root / "share", cluster.url(cluster.new())
    (content / "media").mkdir(parents=True)
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    Image.effect_noise((500, 300), 90).save(content / "media/photo.jpg")
    (content / "media/sound.mp3").write_bytes(SOUND)
    write_article(content, "field/first.md", title="أول", image="media/photo.jpg")
    with ExitStack() as stack:
        if request.param == "folder":
            share.mkdir()
            settings = {"FEEDSERVICE_MEDIA": str(share)}
            away = partial(share.rename, root / "away")
            back = partial((root / "away").rename, share)
        else:
            s3: S3 = request.getfixturevalue("s3")
            s3.make("news")
            network = stack.enter_context(between(s3.port))
            settings = {
                **s3.settings,
                "AWS_ENDPOINT": f"http://127.0.0.1:{network.port}",
                "FEEDSERVICE_MEDIA": "s3://news/site",
            }
            away, back = network.stop, network.go_on  # type: ignore[assignment]
        writer = {
            "FEEDSERVICE_CONTENT": str(content),
            "FEEDSERVICE_STATE": str(root / "writer"),
            "FEEDSERVICE_DATABASE": address,
            "FEEDSERVICE_RESCAN": "1",
            **settings,
        }
        log = root / "writer.log"
        stack.enter_context(running(log, writer, "index", "--watch"))
        one, two = (
            stack.enter_context(replica(root / name, address, **settings)) for name in ("1", "2")
        )
        found = Machines(content, away, back, (one, two), log)
        assert comes_true(lambda: all(each.titles() for each in found.replicas)), one.log()
        yield found


def answered(
    one: Replica, path: str, method: str = "GET", **headers: str
) -> tuple[int, bytes, Message]:
    """Ask again where a busy machine made the place look as if it were away."""
    found = [one.ask(path, method, **headers)]

    def is_answered() -> bool:
        if found[0][0] == 503:
            found[0] = one.ask(path, method, **headers)
        return found[0][0] != 503

    assert comes_true(is_answered)
    return found[0]


def test_each_gives_the_same_bytes_ranges_and_validators(machines: Machines) -> None:
    one, two = machines.replicas
    assert comes_true(lambda: one.ask(RECORDING)[0] == 200), machines.log.read_text()
    tag, moment = (answered(one, RECORDING)[2][name] for name in VALIDATORS[:2])
    asked: list[tuple[str, dict[str, str], int, bytes]] = [
        ("GET", {}, 200, SOUND),
        ("HEAD", {}, 200, b""),
        ("GET", {"Range": "bytes=1000000-1000099"}, 206, SOUND[1_000_000:1_000_100]),
        ("GET", {"Range": "bytes=-300", "If_Range": tag}, 206, SOUND[-300:]),
        ("GET", {"Range": "bytes=0-1", "If_Range": '"other"'}, 200, SOUND),
        ("GET", {"Range": "bytes=9999999-"}, 416, None),
        ("GET", {"If_None_Match": tag}, 304, b""),
        ("GET", {"If_Modified_Since": moment}, 304, b""),
    ]  # type: ignore[list-item]
    for method, headers, status, body in asked:
        answers = [answered(each, RECORDING, method, **headers) for each in (one, two)]
        assert [each[0] for each in answers] == [status, status], headers
        assert body is None or [each[1] for each in answers] == [body, body]
        told = [[each[2][name] for name in VALIDATORS] for each in answers]
        assert told[0] == told[1]
    for path in ("/media/none.mp3", "/media/..%2Fsite.yaml", "/media/" + "a" * 3000 + ".jpg"):
        assert all(answered(each, path)[0] in (404, 414) for each in (one, two))


def test_smaller_pictures_come_to_both(machines: Machines) -> None:
    one, two = machines.replicas
    page = one.ask("/articles/first")[1].decode()
    address = "/pictures/" + page.split("/pictures/")[1].split('"')[0].split(" ")[0]

    def is_made() -> bool:
        answers = [each.ask(address) for each in (one, two)]
        is_final = all("immutable" in str(each[2]["Cache-Control"]) for each in answers)
        return is_final and answers[0][1] == answers[1][1]

    assert comes_true(is_made), machines.log.read_text()


def test_who_goes_from_one_to_the_other_never_sees_a_file_go_back_by_more_than_a_second(
    machines: Machines, record_property: Callable[[str, object], None]
) -> None:
    stop = threading.Event()

    def save() -> None:
        for number in itertools.count(1):
            machines.write("صورة.jpg", b"\xff\xd8 %06d" % number * 30_000)
            if stop.wait(0.3):
                return

    saving = threading.Thread(target=save)
    saving.start()
    seen: dict[int, tuple[str, str, float]] = {}
    newest, back = 0, 0.0
    deadline = time.monotonic() + PATIENCE
    try:
        for each in itertools.cycle(machines.replicas):
            if len(seen) >= 4 or time.monotonic() > deadline:
                break
            asked = time.monotonic()
            status, body, headers = answered(each, PICTURE)
            if status == 404 and not seen:
                continue
            assert status == 200
            number = int(body[3:9])
            assert body == b"\xff\xd8 %06d" % number * 30_000
            tag, moment = headers["ETag"], headers["Last-Modified"]
            assert seen.setdefault(number, (tag, moment, time.monotonic()))[:2] == (tag, moment)
            if number < newest:
                back = max(back, asked - seen[newest][2])
            newest = max(newest, number)
    finally:
        stop.set()
        saving.join()
    assert len(seen) >= 4, machines.log.read_text()
    assert len({tag for tag, _, _ in seen.values()}) == len(seen)
    moments = [parsedate_to_datetime(seen[number][1]) for number in sorted(seen)]
    assert moments == sorted(set(moments))
    record_property("a file went back by", f"{back:.3f} s")
    assert back <= 1.0


def test_a_place_that_is_away_is_felt_by_media_alone(machines: Machines) -> None:
    one, two = machines.replicas
    machines.away()
    try:
        for each in (one, two):
            status, _, headers = each.ask(RECORDING)
            assert (status, headers["Retry-After"]) == (503, "5")
            assert "s3cret" not in each.log()
            assert each.ask("/feed.rss")[0] == each.ask("/articles/first")[0] == 200
        write_article(machines.content, "field/second.md", title="ثان")
        assert comes_true(lambda: "ثان" in two.titles())
        machines.write("late.mp3", SOUND)
    finally:
        machines.back()
    assert comes_true(lambda: one.ask("/media/late.mp3")[1] == SOUND), machines.log.read_text()
    assert comes_true(lambda: two.ask(RECORDING)[1] == SOUND)
