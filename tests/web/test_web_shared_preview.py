"""Addresses of shared previews: one article each, for whoever knows them, until they end."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from factories import FixedClock, write_article
from feedservice.content.files import ContentFiles
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher
from feedservice.publishing.shared_preview import PreviewLinks, SharedPreview
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from feedservice.web.shared_preview import shared_preview_blueprint

LINKS = PreviewLinks(b"of tests, and of nothing else at all")
WEEK = timedelta(days=7)
Address = Callable[..., str]


@pytest.fixture
def client(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> FlaskClient:
    (content / "media").mkdir()
    (content / "media" / "words.txt").write_text("كلمات", encoding="utf-8")
    write_article(
        content,
        "field/plan.md",
        title="خطة لم تُنشر",
        status="draft",
        body="سرّ [ملف](../media/words.txt).",
    )
    write_article(content, "field/later.md", title="موعده غدًا", date="2027-01-01T08:00:00Z")
    write_article(content, "field/out.md", title="منشور")
    write_article(content, "field/gone.md", status="withdrawn", updated="2026-01-02")
    indexer.scan()
    publisher = Publisher(its_index, clock)
    app = create_app(publisher, ContentFiles(content).open_media)
    app.register_blueprint(shared_preview_blueprint(SharedPreview(its_index, LINKS, clock)))
    return around(app, publisher.known, clock, budget=1_000_000).test_client()


@pytest.fixture
def address(clock: FixedClock) -> Address:
    return lambda slug, lasts=WEEK: LINKS.path(slug, clock() + lasts)


def test_a_draft_is_shown_to_who_knows_its_address_alone(
    client: FlaskClient, address: Address
) -> None:
    assert client.get("/articles/plan").status_code == 404
    answer = client.get(address("plan"))
    assert answer.status_code == 200
    assert "خطة لم تُنشر" in answer.text
    assert "سرّ" in answer.text
    assert "لم يُنشر" in answer.text.split("<h1")[0]
    assert "ينتهي" in answer.text.split("<h1")[0]


def test_nobody_keeps_lists_or_passes_on_such_an_address(
    client: FlaskClient, address: Address
) -> None:
    for path in (address("plan"), address("nothing"), "/preview/x.y"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"
    assert "application/ld+json" not in client.get(address("plan")).text
    assert "canonical" not in client.get(address("plan")).text


def test_what_is_scheduled_says_when_and_leads_to_the_article_once_it_is_out(
    client: FlaskClient, address: Address, clock: FixedClock
) -> None:
    path = address("later", timedelta(days=3650))
    assert "يراه القراء ابتداءً من" in client.get(path).text
    clock.now += timedelta(days=400)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"].rpartition("/articles/")[2]) == (
        301,
        "later",
    )
    assert client.get(address("out")).status_code == 301


def test_an_address_ends(client: FlaskClient, address: Address, clock: FixedClock) -> None:
    path = address("plan", timedelta(hours=1))
    assert client.get(path).status_code == 200
    clock.now += timedelta(hours=1)
    assert client.get(path).status_code == 410
    assert client.get(address("gone")).status_code == 410


def test_nothing_but_our_own_signature_lets_in(
    client: FlaskClient, address: Address, clock: FixedClock
) -> None:
    path = address("plan")
    payload, _dot, signature = path.rpartition(".")
    strangers = PreviewLinks(b"another secret of thirty-two bytes!").path("plan", clock() + WEEK)
    later = address("later").rpartition(".")[0]
    for bad in (
        payload, f"{payload}.", f"{later}.{signature}", f"{path}x", f"{path[:-1]}", strangers,
        "/preview/" + "a" * 1900, "/preview/%FF%FE.x", "/preview/.", "/preview", "/preview/plan",
    ):  # fmt: skip
        assert client.get(bad).status_code == 404, bad
    assert client.post(path).status_code == 405


def test_logs_do_not_tell_the_address(
    client: FlaskClient, address: Address, its_index: IndexWriter, caplog: pytest.LogCaptureFixture
) -> None:
    path = address("plan")
    its_index.close()
    with caplog.at_level(logging.DEBUG):
        client.get(path)
    assert path.removeprefix("/preview/") not in caplog.text
