"""A site's own look: its stylesheet, its fonts, its logo."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import html

import feedservice
import web_site
from feedservice.domain.model import MenuItem
from feedservice.domain.theme import Font, Theme
from feedservice.index.writer import IndexWriter
from web_site import NOW

FONTS = Path(feedservice.__file__).parent / "web" / "static" / "fonts"
ClientOf = Callable[..., FlaskClient]


def dressed(client_of: ClientOf, written: IndexWriter, **theme: object) -> FlaskClient:
    site = web_site.site(base_url="https://news.example/below", theme=Theme(**theme))  # type: ignore[arg-type]
    written.put_site(site, (), NOW)
    return client_of(written)


def linked(client: FlaskClient, query: str) -> list[str]:
    found = html.document_fromstring(client.get("/").text).xpath(query)
    return [str(each).removeprefix("/below") for each in found]


def style_of(client: FlaskClient) -> tuple[str, str]:
    (path,) = linked(client, "//link[@rel='stylesheet']/@href")
    answer = client.get(path)
    assert "immutable" in answer.headers["Cache-Control"]
    return path, answer.text


def test_a_site_without_a_theme_fetches_no_font(client: FlaskClient) -> None:
    assert not linked(client, "//link[@rel='preload']")
    assert "@font-face" not in style_of(client)[1]


def test_an_accent_has_a_shade_for_light_and_one_for_dark(
    client_of: ClientOf, written: IndexWriter, client: FlaskClient
) -> None:
    plain, ours = style_of(client)
    path, style = style_of(dressed(client_of, written, accent="#ffcc00"))
    assert path != plain
    assert style.startswith(ours)
    assert re.findall("--accent: (.*?);", style[len(ours) :]) == ["#8c7000", "#ffcc00"]


@pytest.mark.parametrize("font", Font)
def test_a_font_is_a_file_of_ours_that_is_kept_for_ever(
    font: Font, client_of: ClientOf, written: IndexWriter
) -> None:
    client = dressed(client_of, written, font=font)
    style = style_of(client)[1]
    assert style.count("@font-face") == style.count("font-display: swap") > 0
    assert "font-src 'self'" in client.get("/").headers["Content-Security-Policy"]
    named = re.findall(r'url\("\.\./([^"]+)"\)', style)
    assert "http" not in style
    assert len(re.findall(r"url\(", style)) == len(named)
    for each in named:
        answer = client.get(f"/static/{each}", headers={"Accept-Encoding": "br, gzip"})
        assert answer.data[:4] == b"wOF2"
        assert answer.headers["Content-Type"] == "font/woff2"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Content-Encoding" not in answer.headers
    (first,) = linked(client, "//link[@rel='preload'][@as='font'][@crossorigin]/@href")
    assert first == f"/static/{named[0]}"


@pytest.mark.parametrize("name", ["other.woff2", "copy.woff2", "..%2fcopy.js.woff2"])
def test_there_are_no_other_fonts(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code == 404


def test_a_logo_for_dark_paper_is_shown_there(client_of: ClientOf, written: IndexWriter) -> None:
    client = dressed(client_of, written, logo_dark="media/night.png")
    query = "//picture/source[@media='(prefers-color-scheme: dark)']/@srcset"
    assert linked(client, query) == ["/media/night.png"]
    assert linked(client, "//picture//img/@src") == ["/media/logo.png"]


def test_each_font_is_the_file_that_was_taken_and_has_its_licence_beside_it() -> None:
    sums = dict(line.split()[::-1] for line in (FONTS / "SHA256SUMS").read_text().splitlines())
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FONTS.glob("*2")}
    assert files == sums
    for name in files:
        licence = next(
            each for each in FONTS.glob("*.LICENSE.txt") if name.startswith(each.name.split(".")[0])
        )
        assert "SIL Open Font License, Version 1.1" in licence.read_text()
    assert sum(file.stat().st_size for file in FONTS.glob("*")) < 300_000, "they are in the wheel"


def test_a_menu_takes_the_place_of_the_sections(client_of: ClientOf, written: IndexWriter) -> None:
    menu = (
        MenuItem(label="<مال>", path="/categories/economy", category="economy"),
        MenuItem(label="عنا", path="/pages/about"),
        MenuItem(label="إذاعة", path="https://radio.example/"),
    )
    written.put_site(web_site.site(base_url="https://news.example/below", menu=menu), (), NOW)
    client = client_of(written)
    links = "//header/nav//a"
    assert linked(client, f"{links}/text()") == ["<مال>", "عنا", "إذاعة"]
    paths = ["/categories/economy", "/pages/about", "https://radio.example/"]
    assert linked(client, f"{links}/@href") == paths
    page = html.document_fromstring(client.get("/categories/economy").text)
    assert page.xpath("//header/nav//a[@aria-current='page']/text()") == ["<مال>"]
