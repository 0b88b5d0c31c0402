"""Smaller pictures: what is there for good once they are made, and the original until then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from feedservice.content.derived_files import DerivedFiles
from feedservice.publishing.publisher import Publisher
from web_site import Shelf, Shelved

DIGEST = "0123456789abcdef0123"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def kept(tmp_path: Path) -> DerivedFiles:
    return DerivedFiles(tmp_path / "pictures")


@pytest.fixture
def client(
    client_of: Callable[..., FlaskClient], publisher: Publisher, kept: DerivedFiles
) -> FlaskClient:
    return client_of(publisher, open_derived=kept.open)


@pytest.mark.parametrize("name", ["صورة.png", "صورة.png.webp"])
def test_until_it_is_made_the_original_is_shown(
    client: FlaskClient, kept: DerivedFiles, shelf: Shelf, name: str
) -> None:
    path = f"/pictures/{DIGEST}/480/{name}"
    with client.get(path) as before:
        assert before.status_code == 200
        assert before.data == shelf.files["صورة.png"][0]
        assert before.headers["Cache-Control"] == "no-cache"
        assert before.headers["Content-Type"] == "image/png"
    kept.put(DIGEST, {"480": PNG + b"small", "480.webp": b"RIFFxxxxWEBP"})
    again = {"If-None-Match": before.headers["ETag"]}
    with client.get(path, headers=again) as after:
        assert after.status_code == 200
        is_webp = name.endswith("webp")
        assert after.headers["Content-Type"] == ("image/webp" if is_webp else "image/png")
        assert after.data.startswith(b"RIFF" if is_webp else PNG)
        assert after.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert after.headers["X-Content-Type-Options"] == "nosniff"
    with client.get(path, headers={"If-None-Match": after.headers["ETag"]}) as same:
        assert same.status_code == 304
    with client.get(path.replace("/480/", "/481/")) as other:
        assert other.headers["Cache-Control"] == "no-cache"
    assert all(each.stream.closed for each in shelf.opened)


def test_a_name_that_is_not_there_is_not_looked_for_first(
    client: FlaskClient, kept: DerivedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find that an Arabic name is absent, all of its folder is read."""
    kept.put(DIGEST, {"480.webp": b"RIFFxxxxWEBP"})
    asked, opened = [], Shelf.__call__

    def noted(self: Shelf, name: str) -> Shelved | None:
        asked.append(name)
        return opened(self, name)

    monkeypatch.setattr(Shelf, "__call__", noted)
    with client.get(f"/pictures/{DIGEST}/480/صورة.png.webp") as answer:
        assert answer.data == b"RIFFxxxxWEBP"
    assert asked == ["صورة.png"]


def test_what_is_kept_as_webp_alone_is_that(client: FlaskClient, kept: DerivedFiles) -> None:
    kept.put(DIGEST, {"480.webp": b"RIFFxxxxWEBP"})
    with client.get(f"/pictures/{DIGEST}/480/صورة.png") as answer:
        assert answer.headers["Content-Type"] == "image/webp"


def test_with_its_original_it_goes(client: FlaskClient, kept: DerivedFiles) -> None:
    kept.put(DIGEST, {"480": PNG})
    with client.get(f"/pictures/{DIGEST}/480/gone.png") as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/pictures",
        "/pictures/صورة.png",
        f"/pictures/{DIGEST}/480",
        f"/pictures/{DIGEST}/480/",
        f"/pictures/{DIGEST}/0/صورة.png",
        f"/pictures/{DIGEST}/48000/صورة.png",
        f"/pictures/{DIGEST[1:]}/480/صورة.png",
        f"/pictures/{DIGEST.upper()}/480/صورة.png",
        f"/pictures/..%2f..%2f{DIGEST}/480/صورة.png",
        f"/pictures/{DIGEST}/480/../../index.sqlite3",
    ],
)
def test_no_other_address_is_one(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.status_code == 404
