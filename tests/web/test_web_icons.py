"""The icons and the manifest: what browsers ask for before anybody tells them."""

import io
import json
from collections.abc import Callable

from flask.testing import FlaskClient
from lxml import html
from PIL import Image

from feedservice.domain.site_icons import FAVICON, SIZES
from feedservice.index.writer import IndexWriter


def test_a_site_without_a_picture_has_the_icons_of_feedservice(client: FlaskClient) -> None:
    for name, side in SIZES.items():
        answer = client.get(f"/{name}", headers={"Accept-Encoding": "br, gzip"})
        assert "Content-Encoding" not in answer.headers
        with Image.open(io.BytesIO(answer.data)) as icon:
            assert icon.size == (side, side)
            assert answer.headers["Content-Type"] == Image.MIME[icon.format or ""]
        assert "max-age" in answer.headers["Cache-Control"]
        again = client.get(f"/{name}", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_a_site_has_its_own(client_of: Callable[..., FlaskClient], written: IndexWriter) -> None:
    client = client_of(written)
    assert client.get(f"/{FAVICON}").data != b"its own"
    written.put_icons({FAVICON: b"its own"}, "a key")
    assert client.get(f"/{FAVICON}").data == b"its own"
    written.put_icons({}, "")
    assert client.get(f"/{FAVICON}").data not in (b"its own", b"")


def test_pages_name_the_icons_and_the_manifest_which_names_them(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    client = client_of(site_of(base_url="https://news.example/ar"))
    head = html.document_fromstring(client.get("/").text).xpath("//head")[0]
    named = head.xpath("./link[contains(@rel, 'icon') or @rel='manifest']/@href")
    assert "/ar/favicon.ico" in named
    assert "/media/icon.png" not in named
    (manifest,) = head.xpath("./link[@rel='manifest']/@href")
    answer = client.get(manifest)
    assert answer.headers["Content-Type"].startswith("application/manifest+json")
    told = json.loads(answer.text)
    assert (told["name"], told["lang"], told["dir"]) == ("موقع الأخبار", "ar", "rtl")
    assert told["start_url"] == "/ar/"
    for address in (*named, *(each["src"] for each in told["icons"])):
        assert client.get(address).status_code == 200, address
    assert {each["purpose"] for each in told["icons"]} == {"any", "maskable"}
    assert len(head.xpath("./meta[@name='theme-color']/@content")) == 2
    policy = client.get("/").headers["Content-Security-Policy"]
    assert {"manifest-src 'self'", "connect-src 'self'"} <= set(policy.split("; "))


def test_a_drawing_is_named_as_it_is(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    for icon in ("media/icon.svg", "https://other.example/icon.png"):
        head = html.document_fromstring(client_of(site_of(icon=icon)).get("/").text)
        assert any(each.endswith(icon) for each in head.xpath("//link[@rel='icon']/@href"))
