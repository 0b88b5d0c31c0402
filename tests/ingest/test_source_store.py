"""A bucket of a real S3 server as a source: what is listed, read by ETag, and the store away."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.exceptions import GenericError
from obstore.store import S3Store

from factories import NOW
from feedservice.domain.errors import Changed, SourceUnavailable
from feedservice.ingest.sources import object_store
from feedservice.ingest.sources.mirror import Mirror
from feedservice.ingest.sources.object_store import ObjectStore
from s3_server import S3

FILES = {
    "site.yaml": b"title: x\n",
    "field/خبر.md": "نص".encode(),
    "media/x.bin": b"\0\1" * 600_000,
}


pytestmark = pytest.mark.system


@pytest.fixture
def bucket(s3: S3, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    """A bucket of this test's own, and the environment that lets one in."""
    for name, value in s3.settings.items():
        monkeypatch.setenv(name, value)
    name = f"b{abs(hash(request.node.name))}"
    s3.make(name)
    made = S3Store(name)
    for path, data in FILES.items():
        made.put(f"sites/news/{path}", data)
    made.put("sites/news2/stray.md", b"another's")
    return made


def source(bucket: S3Store) -> ObjectStore:
    return ObjectStore(f"s3://{bucket.config['bucket']}/sites/news")


def held(mirror: Mirror) -> dict[str, bytes]:
    return {
        path.relative_to(mirror.content).as_posix(): path.read_bytes()
        for path in mirror.content.rglob("*")
        if path.is_file()
    }


def test_a_prefix_is_followed_from_change_to_change(bucket: S3Store, tmp_path: Path) -> None:
    mirror, found = Mirror(tmp_path), source(bucket)
    mirror.follow(found)
    assert held(mirror) == FILES
    bucket.put("sites/news/field/خبر.md", "نص آخر".encode())
    bucket.put("sites/news/.hidden/a.md", b"x")
    bucket.delete("sites/news/media/x.bin")
    followed = Mirror(tmp_path).follow(found)
    assert held(mirror) == {"site.yaml": FILES["site.yaml"], "field/خبر.md": "نص آخر".encode()}
    assert (followed.written, followed.removed) == (1, 1)
    assert Mirror(tmp_path).follow(found).is_same


def test_an_object_that_changes_after_it_was_listed_waits_for_the_next_listing(
    bucket: S3Store, tmp_path: Path
) -> None:
    mirror, found = Mirror(tmp_path), source(bucket)
    listed = found.look()
    bucket.put("sites/news/field/خبر.md", b"new")
    bucket.delete("sites/news/media/x.bin")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "look", lambda: listed)
        mirror.follow(found)
    assert held(mirror) == {"site.yaml": FILES["site.yaml"]}
    mirror.follow(found)
    assert held(mirror) == {"site.yaml": FILES["site.yaml"], "field/خبر.md": b"new"}


def test_a_store_that_is_away_leaves_what_is_there(
    bucket: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = Mirror(tmp_path)
    mirror.follow(source(bucket))
    monkeypatch.setattr(object_store, "PATIENCE", timedelta(seconds=1))
    monkeypatch.setattr(object_store, "RETRIES", 0)
    with socket.socket() as silent:  # takes connections, and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for port in (silent.getsockname()[1], 9):
            monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{port}")
            with pytest.raises(SourceUnavailable, match="the store") as refused:
                mirror.follow(source(bucket))
            assert "s3cret" not in str(refused.value)
    assert held(mirror) == FILES


def test_a_listing_that_fails_half_way_removes_nothing(
    bucket: S3Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, found = Mirror(tmp_path), source(bucket)
    mirror.follow(found)
    bucket.delete("sites/news/media/x.bin")
    for fault in (GenericError("reset"), OSError(errno.EIO, "I/O error")):

        def half(_store: S3Store, fault: Exception = fault, **_: int) -> Iterator[list[Any]]:
            yield [{"path": "site.yaml", "size": 9, "e_tag": None, "last_modified": NOW}]
            raise fault

        with monkeypatch.context() as patch:
            patch.setattr(S3Store, "list", half)
            with pytest.raises(SourceUnavailable, match="the store"):
                mirror.follow(found)
        assert held(mirror) == FILES
    assert mirror.follow(found).removed == 1


def test_an_empty_prefix_or_no_bucket_changes_nothing(bucket: S3Store, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path)
    mirror.follow(source(bucket))
    obstore.delete(bucket, [each["path"] for page in bucket.list() for each in page])
    with pytest.raises(SourceUnavailable, match=r"site\.yaml"):
        mirror.follow(source(bucket))
    with pytest.raises(SourceUnavailable):
        mirror.follow(ObjectStore("s3://there-is-none/x"))
    assert held(mirror) == FILES


def test_what_programs_write_goes_over_nothing_that_another_wrote(bucket: S3Store) -> None:
    found, place = source(bucket), "sites/news/field/خبر.md"
    old = FILES["field/خبر.md"]
    found.put("field/new.md", b"mine", None, "samira")
    found.put("field/خبر.md", "نص آخر".encode(), old, "samira")
    assert bytes(bucket.get("sites/news/field/new.md").bytes()) == b"mine"
    found.put("field/new.md", b"mine", None, "samira")  # whose answer was lost
    for path, before in (("field/new.md", None), ("field/خبر.md", old), ("field/none.md", b"x")):
        with pytest.raises(Changed):
            found.put(path, b"other", before, "samira")
    found.put("field/خبر.md", b"third", "نص آخر".encode(), "samira")
    assert bytes(bucket.get(place).bytes()) == b"third"

    class Overtaken(ObjectStore):
        def _unchanged(self, path: str, data: bytes) -> "obstore.UpdateVersion":
            version = super()._unchanged(path, data)
            bucket.put(place, b"another's")
            return version

    with pytest.raises(Changed):
        Overtaken(f"s3://{bucket.config['bucket']}/sites/news").put(
            "field/خبر.md", b"mine", b"third", "samira"
        )
    assert bytes(bucket.get(place).bytes()) == b"another's"


def test_a_store_that_cannot_be_written_to_is_told(bucket: S3Store) -> None:
    with pytest.raises(SourceUnavailable, match="the store"):
        ObjectStore("s3://there-is-none/x").put("field/a.md", b"x", None, "samira")


def test_whoever_brings_content_before_it_forks_has_no_threads_of_a_store(
    bucket: S3Store, tmp_path: Path
) -> None:
    told = (
        "import os, sys; from feedservice.settings import Settings;"
        "from feedservice.service.wiring_source import bring;"
        "given = Settings.from_env(os.environ); bring(given);"
        "print('obstore' in sys.modules, (given.content / 'site.yaml').exists())"
    )
    environment = os.environ | {
        "FEEDSERVICE_SOURCE": f"s3://{bucket.config['bucket']}/sites/news",
        "FEEDSERVICE_STATE": str(tmp_path),
    }
    said = subprocess.check_output([sys.executable, "-c", told], env=environment, text=True)
    assert said.split() == ["False", "True"]


def test_a_listing_is_told_from_others_and_comes_after_what_was_published_before_it(
    bucket: S3Store,
) -> None:
    found, other = source(bucket), source(bucket)
    first = found.look().generation
    assert first == other.look().generation != ""
    bucket.put("sites/news/field/b.md", b"b")
    second = found.look().generation
    assert second != first
    assert other.contains(first, second) is None
    assert other.look().generation == second
    assert found.contains(second, first) is None
    found.look_back(first)
    assert found.contains(second, first) is True
