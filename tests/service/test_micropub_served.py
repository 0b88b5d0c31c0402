"""A program writes to a service that runs: what it sends is in the feed, and on the disk."""

import json
import select
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from factories import NOW, SITE_YAML, write_article
from feedservice.micropub import tokens
from feedservice.micropub.token_file import TokenFile
from feedservice.web.intake import AT_ONCE, WAITING
from micropub_desk import picture
from service_process import Site, serving
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("served")
    content = root / "content"
    write_article(content, "field/old.md", title="قديم")
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    with serving(content, root / "state", "granian") as running:
        yield running


def ask(
    site: Site, secret: str, data: bytes | None, kind: str = "application/json", path: str = ""
) -> tuple[int, str, Any]:
    """Status, Location and JSON."""
    headers = {"Authorization": f"Bearer {secret}"} | ({"Content-Type": kind} if data else {})
    request = urllib.request.Request(f"{site.url}/micropub{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers["Location"] or "", json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "", json.load(error)


def test_what_a_program_sends_is_in_the_feed_until_it_withdraws_it(site: Site) -> None:
    file = TokenFile(site.state)
    token, secret = tokens.new("phone", tokens.SCOPES, "desk", NOW)
    file.add(token)
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = part + picture(40, 30) + b"\r\n--b--\r\n"
    status, address, _told = ask(site, secret, body, "multipart/form-data; boundary=b", "/media")
    assert status == 201
    photo = {"value": address, "alt": "صورة"}
    made = {"name": ["خبر من هاتف"], "content": ["نص"], "photo": [photo], "category": ["field"]}
    status, address, _told = ask(site, secret, json.dumps({"properties": made}).encode())
    assert status == 201
    path = urllib.request.url2pathname(address.removeprefix("https://news.example"))
    assert site.until(lambda: site.shows("خبر من هاتف"))
    assert site.get(urllib.request.pathname2url(path))[0] == 200
    asked = {"action": "update", "url": address, "replace": {"name": ["عنوان آخر"]}}
    with ThreadPoolExecutor(4) as editors:
        answers = [*editors.map(lambda _n: ask(site, secret, json.dumps(asked).encode()), range(4))]
    assert {status for status, *_rest in answers} <= {200, 412, 503}
    assert site.until(lambda: site.shows("عنوان آخر"))
    gone = {"action": "delete", "url": address}
    assert ask(site, secret, json.dumps(gone).encode())[0] == 200
    assert comes_true(lambda: site.get(urllib.request.pathname2url(path))[0] == 410)
    file.revoke("phone")
    status, _address, told = ask(site, secret, json.dumps({"properties": made}).encode())
    assert status in (401, 404)  # by whether it was the last
    assert "feedservice token new" in told["error_description"]


def test_bodies_that_never_come_hold_back_nothing_that_is_kept(site: Site) -> None:
    file = TokenFile(site.state)
    token, secret = tokens.new("slow", ("create",), "desk", NOW)
    file.add(token)
    port = int(site.url.rpartition(":")[2])
    head = (
        f"POST /micropub HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    assert site.get("/feed.rss")[0] == 200
    with ExitStack() as stack:
        senders = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            for _ in range(2 * (AT_ONCE + WAITING))
        ]
        for sender in senders:
            sender.sendall(head.encode())
        refused, *_ = select.select(senders, [], [], PATIENCE)[0]
        assert refused.recv(12) == b"HTTP/1.1 503"  # so as many as may are being taken
        assert [site.get("/feed.rss")[0] for _ in range(20)] == [200] * 20


def test_of_two_programs_that_wish_for_one_address_both_get_one(site: Site) -> None:
    file = TokenFile(site.state)
    secrets = []
    for name in ("desk", "other desk"):
        token, secret = tokens.new(name, ("create",), "desk", NOW)
        file.add(token)
        secrets.append(secret)
    wish = json.dumps({"properties": {"name": ["معًا"], "mp-slug": ["together"]}}).encode()
    with ThreadPoolExecutor(2) as editors:
        answers = [*editors.map(lambda secret: ask(site, secret, wish), secrets)]
    assert [status for status, *_rest in answers] == [201, 201]
    assert len({address for _status, address, _told in answers}) == 2
    assert [ask(site, secret, wish) for secret in secrets] == answers  # their answers were lost
    assert len([*Path(site.content).glob("*/together*.md")]) == 2
