"""A place for media that fails or hangs is felt by media alone, and by none of them for long."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from databases import address_of
from factories import FixedClock, Seconds, article, fill
from feedservice.clock import utc_now
from feedservice.content.media_file import MediaFile
from feedservice.domain.errors import MediaUnavailable
from feedservice.domain.model import Media
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.media.folder import FolderPlace
from feedservice.publishing.publisher import Publisher
from feedservice.service import media_opening
from feedservice.service.media_opening import MediaOpening
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from feedservice.web.media import nothing
from waiting import comes_true

MEDIA = "https://cdn.example/site"
DIGEST = "0123456789abcdef0123"
PICTURE = f"/pictures/{DIGEST}/480/a.jpg"


class Place(FolderPlace):
    """A folder that hangs and fails when a test says so."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, utc_now)
        self.goes = threading.Event()
        self.goes.set()
        self.asked = 0

    def open(self, path: str) -> MediaFile | None:
        self.asked += 1
        self.goes.wait()
        return super().open(path)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    share = tmp_path / "share"
    for path, data in {
        "media/a.jpg": b"\xff\xd8 original",
        f"pictures/{DIGEST}/480/a.jpg": b"\xff\xd8 small",
        "media/report.zip": b"PK\x03\x04",
    }.items():
        (share / path).parent.mkdir(parents=True, exist_ok=True)
        (share / path).write_bytes(data)
    place = Place(share)
    yield place
    place.goes.set()


def ask(client: FlaskClient, path: str, method: str = "GET", **headers: str) -> TestResponse:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.open(path, method=method, headers=told) as answer:
        assert answer.data is not None
        return answer


@pytest.fixture
def client(
    index: IndexWriter, publisher: Publisher, clock: FixedClock, monotonic: Seconds, place: Place
) -> FlaskClient:
    fill(index, article("a"))
    opening = MediaOpening(lambda: place, monotonic)
    app = create_app(publisher, opening.media, open_derived=opening.derived)
    return around(app, publisher.known, clock).test_client()


def test_an_address_for_media_is_what_documents_name(
    index: IndexWriter, clock: FixedClock, request: pytest.FixtureRequest
) -> None:
    picture = Media(
        src="media/أ.jpg", media_type="image/jpeg", width=900, height=600, digest=DIGEST, length=9
    )
    sound = Media(src="media/s.mp3", media_type="audio/mpeg", length=3)
    body = f'<p>{"نص " * 50}<img src="media/أ.jpg" alt=""></p>'
    fill(index, article("a", image=picture, media=(sound,), pictures=(picture,), html=body))
    engine = open_engine(address_of(index), readonly=True)
    request.addfinalizer(engine.dispose)
    publisher = Publisher(IndexReader(engine, "", MEDIA), clock)
    client = around(
        create_app(publisher, nothing, media_at=MEDIA), publisher.known, clock
    ).test_client()
    for path in (
        "/feed.rss",
        "/feed.atom",
        "/feed.json",
        "/articles/a",
        "/",
        "/sitemap-2026-01.xml",
    ):
        text = ask(client, path).text
        named = re.findall(r"""[^"'\s<>]*/(?:media|pictures)/[^"'\s<>]*""", text)
        assert named, path
        assert [each for each in named if not each.startswith(f"{MEDIA}/")] == [], path
        assert f"{MEDIA}/articles" not in text
    assert f"{MEDIA}/media/s.mp3" in ask(client, "/feed.rss").text
    assert ask(client, "/media/s.mp3").headers["Location"] == f"{MEDIA}/media/s.mp3"


def test_ranges_and_conditions_are_those_of_media(client: FlaskClient) -> None:
    whole = ask(client, "/media/a.jpg")
    assert (whole.status_code, whole.data) == (200, b"\xff\xd8 original")
    assert whole.headers["Content-Type"] == "image/jpeg"
    tag, moment = whole.headers["ETag"], whole.headers["Last-Modified"]
    assert ask(client, "/media/a.jpg", "HEAD").headers["ETag"] == tag
    part = ask(client, "/media/a.jpg", Range="bytes=3-6", If_Range=tag)
    assert (part.status_code, part.data) == (206, b"orig")
    other = ask(client, "/media/a.jpg", Range="bytes=3-6", If_Range='"x"')
    assert (other.status_code, other.data) == (200, b"\xff\xd8 original")
    for told in ({"If_None_Match": tag}, {"If_Modified_Since": moment}):
        assert ask(client, "/media/a.jpg", **told).status_code == 304
    assert ask(client, "/media/none.jpg").status_code == 404


def test_a_smaller_picture_is_given_once_it_is_there_and_the_original_until_then(
    client: FlaskClient,
) -> None:
    made = ask(client, PICTURE)
    assert (made.data, "immutable" in made.headers["Cache-Control"]) == (b"\xff\xd8 small", True)
    for path in (PICTURE + ".webp", PICTURE.replace("480", "960")):
        original = ask(client, path)
        assert original.data == b"\xff\xd8 original"
        assert original.headers["Cache-Control"] == "no-cache"
    assert ask(client, PICTURE.replace("a.jpg", "b.jpg")).status_code == 404


def test_a_place_that_is_away_is_503_for_media_alone_and_asked_again_after_a_moment(
    client: FlaskClient,
    place: Place,
    tmp_path: Path,
    monotonic: Seconds,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    (tmp_path / "share").rename(tmp_path / "away")
    for _ in range(20):
        answer = ask(client, "/media/a.jpg")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.headers["Cache-Control"] == "no-store"
        assert ask(client, PICTURE).status_code == 503
    assert place.asked == 1
    assert ask(client, "/feed.rss").status_code == ask(client, "/articles/a").status_code == 200
    assert ask(client, "/readyz").data == b"ready"
    (tmp_path / "away").rename(tmp_path / "share")
    monotonic.now += media_opening.REST
    assert ask(client, "/media/a.jpg").status_code == 200
    told = [each.message for each in caplog.records if each.name == media_opening.log.name]
    assert len(told) == 2, told


def test_a_place_that_hangs_holds_few_and_refuses_the_rest_at_once(
    client: FlaskClient, place: Place, monotonic: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = client.application
    answers: list[int] = []

    def get() -> None:
        answers.append(ask(app.test_client(), "/media/a.jpg").status_code)

    place.goes.clear()
    count = media_opening.AT_ONCE + media_opening.WAITING + 10
    asking = [threading.Thread(target=get) for _ in range(count)]
    for each in asking:
        each.start()
    # All but those that hang are refused: first whom no place is left for, then who waited.
    assert comes_true(lambda: len(answers) == count - media_opening.AT_ONCE)
    assert set(answers) == {503}
    assert place.asked == media_opening.AT_ONCE
    assert ask(client, "/media/a.jpg").status_code == 503
    assert ask(client, "/feed.rss").status_code == 200
    place.goes.set()
    for each in asking:
        each.join()
    assert answers.count(200) == media_opening.AT_ONCE
    assert ask(client, "/media/a.jpg").status_code == 503
    monotonic.now += media_opening.REST
    assert ask(client, "/media/a.jpg").status_code == 200


def test_a_burst_refuses_what_is_too_many_and_nobody_after_it(
    place: Place, monotonic: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_opening, "PATIENCE", 60)
    opening = MediaOpening(lambda: place, monotonic)
    had: list[bool] = []

    def get() -> None:
        try:
            file = opening.media("a.jpg")
        except MediaUnavailable:
            had.append(False)
        else:
            assert file
            file.stream.close()
            had.append(True)

    place.goes.clear()
    room = media_opening.AT_ONCE + media_opening.WAITING
    asking = [threading.Thread(target=get) for _ in range(room + 10)]
    for each in asking:
        each.start()
    assert comes_true(lambda: len(had) == 10)
    get()
    assert not any(had)
    place.goes.set()
    for each in asking:
        each.join()
    get()
    assert (had.count(True), had.count(False)) == (room + 1, 11)
