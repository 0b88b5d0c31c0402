"""A prefix of a bucket for media: put once, on a condition, and opened alike wherever."""

import socket
import threading
from datetime import UTC, datetime
from io import BytesIO

import obstore
import pytest
from obstore.store import S3Store

from feedservice.content.media_file import MediaFile
from feedservice.domain.errors import MediaUnavailable, SourceUnavailable
from feedservice.ingest.media import store as media_store
from feedservice.ingest.media.store import WRITING, StorePlace
from s3_server import S3

pytestmark = pytest.mark.system

PICTURE = "media/a/صورة %.jpg"
JPEG = b"\xff\xd8 one"


@pytest.fixture
def bucket(s3: S3, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    for name, value in s3.settings.items():
        monkeypatch.setenv(name, value)
    name = f"b{abs(hash(request.node.name))}"
    s3.make(name)
    return S3Store(name)


@pytest.fixture
def place(bucket: S3Store) -> StorePlace:
    return at(bucket)


def at(bucket: S3Store) -> StorePlace:
    return StorePlace(f"s3://{bucket.config['bucket']}/site", WRITING)


def file(data: bytes) -> MediaFile:
    return MediaFile(
        stream=BytesIO(data),
        length=len(data),
        media_type="image/jpeg",
        etag="",
        last_modified=datetime.now(UTC),
    )


def test_the_same_bytes_are_put_once_with_their_type_and_digest(
    bucket: S3Store, place: StorePlace
) -> None:
    tag = place.put(PICTURE, file(JPEG))
    first = obstore.head(bucket, f"site/{PICTURE}")
    assert at(bucket).put(PICTURE, file(JPEG)) == tag
    assert obstore.head(bucket, f"site/{PICTURE}") == first
    assert bucket.get(f"site/{PICTURE}").attributes == {
        "Content-Type": "image/jpeg",
        "sha256": "0f4ec55866ea979606231ee7250eb526116f9ff3d3e0bf9c45938df0f182c35f",
    }
    assert dict(place.tags()) == {PICTURE: tag}
    assert place.put(PICTURE, file(b"\xff\xd8 two")) != tag


def test_what_another_put_meanwhile_is_not_written_over(
    bucket: S3Store, place: StorePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put(PICTURE, file(JPEG))
    held = StorePlace._held

    def overtaken(self: StorePlace, path: str) -> object:
        found = held(self, path)
        bucket.put(f"site/{path}", b"another's")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(StorePlace, "_held", overtaken)
        for path in (PICTURE, "media/new.jpg"):
            with pytest.raises(SourceUnavailable):
                place.put(path, file(b"\xff\xd8 two"))
            assert bytes(bucket.get(f"site/{path}").bytes()) == b"another's"
    place.put(PICTURE, file(b"\xff\xd8 two"))
    assert bytes(bucket.get(f"site/{PICTURE}").bytes()) == b"\xff\xd8 two"


def test_a_large_file_goes_and_comes_in_parts(
    bucket: S3Store, place: StorePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_store, "WHOLE", 5 * 2**20)
    monkeypatch.setattr(media_store, "BLOCK", 2**20)
    data = b"\xff\xd8" + bytes(range(256)) * 24_000
    place.put("media/a.jpg", file(data))
    opened = at(bucket).open("media/a.jpg")
    assert opened
    assert opened.length == len(data)
    stream = opened.stream
    assert b"".join(iter(lambda: stream.read(65_536), b"")) == data
    stream.seek(4_000_000)
    assert stream.read(1000) == data[4_000_000:4_001_000]
    place.put("media/a.jpg", file(data[::-1]))
    stream.seek(0)
    with pytest.raises(SourceUnavailable):  # no bytes of two versions in one answer
        stream.read()


def test_two_that_open_it_give_the_same_validators(bucket: S3Store, place: StorePlace) -> None:
    place.put(PICTURE, file(JPEG))
    one, other = at(bucket).open(PICTURE), at(bucket).open(PICTURE)
    assert one
    assert other
    assert (one.etag, one.last_modified) == (other.etag, other.last_modified)
    assert (one.media_type, one.length, one.stream.read()) == ("image/jpeg", len(JPEG), JPEG)
    assert '"' not in one.etag


def test_only_what_was_put_by_us_is_removed(bucket: S3Store, place: StorePlace) -> None:
    place.put("media/a.jpg", file(JPEG))
    bucket.put("site/media/b.jpg", b"another's")
    for path in ("media/a.jpg", "media/b.jpg", "media/none.jpg"):
        place.remove(path)
    assert dict(place.tags()).keys() == {"media/b.jpg"}


@pytest.mark.parametrize(
    "path",
    ["media/none.jpg", "media/empty.jpg", "media/../x.jpg", "media//x.jpg", "media/a\0.jpg", "media/a\x01.jpg", "media/\udcff.jpg", "/media/x.jpg", "media/" + "a" * 2000 + ".jpg", "media/" + "a/" * 506 + "a.jpg", "media/.x.jpg", "media/page.html"],
)  # fmt: skip
def test_no_name_looks_like_a_store_that_is_away(
    bucket: S3Store, place: StorePlace, path: str
) -> None:
    bucket.put("site/media/empty.jpg", b"")
    assert place.open(path) is None


def test_a_store_that_is_away_or_refuses_is_told_without_secrets(
    bucket: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_store, "RETRIES", 0)
    told = b"<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>desk</AWSAccessKeyId></Error>"
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(told)
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(SourceUnavailable, match="the store"):
        at(bucket).open(PICTURE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")

        def refuse() -> None:
            asked, _ = server.accept()
            with asked:
                asked.recv(65_536)
                asked.sendall(head + told)

        refusing = threading.Thread(target=refuse)
        refusing.start()
        with pytest.raises(MediaUnavailable) as refused:
            at(bucket).open(PICTURE)
        refusing.join()
    assert str(refused.value).endswith(": SignatureDoesNotMatch")
    assert "desk" not in str(refused.value)
