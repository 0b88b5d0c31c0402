"""A service of its own process tells a chat and a mailbox what is wrong, once, through a restart."""

import http.server
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from factories import SITE_YAML, write_article
from service_process import free_port, serving
from waiting import comes_true

NOTIFY = """\
notify:
  - {to: slack, address: "secret:chat"}
  - {to: mail, address: desk@news.example}
"""


class _Chat(http.server.BaseHTTPRequestHandler):
    """A chat on loopback."""

    texts: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        document: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.texts.append(document["text"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class _Mailbox:
    """A mailbox on loopback."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content or b"", policy=default)
        body = message.get_body()
        assert body
        self.texts.append(body.get_content())
        return "250 taken"


@pytest.fixture
def chat() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Chat) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/services/T0/SECRET"
        server.shutdown()


@pytest.fixture
def mailbox() -> Iterator[tuple[_Mailbox, int]]:
    mailbox, port = _Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, port
    controller.stop()


def waiting(state: Path) -> int:
    """How much is to be told, or was and is not noted yet."""
    with closing(sqlite3.connect(state / "index.sqlite3")) as index:
        return int(index.execute("SELECT count(*) FROM notices").fetchone()[0])


def test_a_newsroom_is_told_once_what_is_wrong_and_that_it_is_mended(
    tmp_path: Path, chat: str, mailbox: tuple[_Mailbox, int]
) -> None:
    content, secrets, state = tmp_path / "content", tmp_path / "secrets", tmp_path / "state"
    for folder in (content, secrets):
        folder.mkdir()
    (content / "site.yaml").write_text(SITE_YAML + NOTIFY, encoding="utf-8")
    (secrets / "chat").write_text(chat, encoding="ascii")
    write_article(content, "field/a.md", date="05/01/2024")
    told, mails = _Chat.texts, mailbox[0].texts
    settings = {
        "FEEDSERVICE_SECRETS": str(secrets),
        "FEEDSERVICE_SMTP": f"smtp://127.0.0.1:{mailbox[1]}?from=news@news.example",
    }
    with serving(content, state, "granian", **settings) as site:
        assert comes_true(lambda: len(told) == len(mails) == 1), site.log()
        assert comes_true(lambda: not waiting(state)), "else it is told again: it is not noted yet"
        assert "SECRET" not in site.log()
    with serving(content, state, "granian", **settings) as site:
        write_article(content, "field/a.md", date="06/01/2024")  # as wrong
        write_article(content, "field/b.md")
        assert site.until(lambda: site.shows("عنوان b"))
        write_article(content, "field/a.md", date="2024-01-05")
        assert site.until(lambda: site.shows("عنوان a"))
        assert comes_true(lambda: len(told) == len(mails) == 2), site.log()
    for wrong, over in (told, mails):
        assert "field/a.md:3:7" in wrong
        assert "05/01/2024" in wrong
        assert "field/a.md" in over
        assert "held back no more" in over
