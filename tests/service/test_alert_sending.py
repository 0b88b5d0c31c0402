"""Messages arrive: by mail through a real server, by HTTP; no secret is told on the way."""

import http.server
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from factories import NOW, site
from feedservice.domain.incidents import FILE, News, Notice
from feedservice.domain.receivers import Kind, Receiver
from feedservice.domain.smtp import MailServer
from feedservice.index.notices import Letter
from feedservice.service.alerts.sender import Sender
from service_process import free_port

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
PASSWORD = "hush-hush"
LETTER = Letter(
    id="0123abcd",
    moment=int(NOW.timestamp()),
    notices=(Notice(subject=f"{FILE}field/a.md", news=News.OVER),),
    files={News.OVER: 1},
)
DESK = Receiver(kind=Kind.MAIL, address="desk@news.example")


class Mailbox:
    """A mail server's rules, and what it took."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.refuses = ""

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        self.taken.append(envelope)
        return "250 taken"

    def knows(self, *given: Any) -> AuthResult:
        data = given[-1]
        is_right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=is_right, handled=False)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Mailbox, int]]:
    mailbox, port = Mailbox(), free_port()
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=mailbox.knows,
        auth_require_tls=False,
        auth_exclude_mechanism=["CRAM-MD5"],
    )
    controller.start()
    yield mailbox, port
    controller.stop()


@pytest.fixture
def mailbox(running: tuple[Mailbox, int]) -> Mailbox:
    mailbox = running[0]
    mailbox.taken, mailbox.refuses = [], ""
    return mailbox


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "smtp").write_text(f"{PASSWORD}\n", encoding="ascii")
    return folder


def url(port: int, user: str = "") -> str:
    return f"smtp://{user}127.0.0.1:{port}?from=news@news.example"


def test_a_mail_arrives(running: tuple[Mailbox, int], mailbox: Mailbox) -> None:
    assert Sender(None, url(running[1]))(DESK, LETTER, site()) is None
    (envelope,) = mailbox.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("news@news.example", ["desk@news.example"])
    found = message_from_bytes(envelope.content or b"", policy=default)
    assert found["Message-ID"] == "<0123abcd@news.example>"
    assert "field/a.md" in found.get_content()


def test_who_is_known_by_a_password_sends_it_and_no_log_has_it(
    running: tuple[Mailbox, int],
    mailbox: Mailbox,
    secrets: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        sender = Sender(secrets, url(running[1], "user@"))
        assert sender(DESK, LETTER, site()) is None
        (secrets / "smtp").write_text("wrong", encoding="ascii")
        failure = sender(DESK, LETTER, site())
    assert failure
    assert failure.reason == "the mail server answers 535"
    assert len(mailbox.taken) == 1
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("mail.")]
    assert not [text for text in ours if PASSWORD in text]


@pytest.mark.parametrize("answer", ["451 later", "550 never"])
def test_a_refusal_is_told_by_its_number(
    running: tuple[Mailbox, int], mailbox: Mailbox, answer: str
) -> None:
    mailbox.refuses = answer
    failure = Sender(None, url(running[1]))(DESK, LETTER, site())
    assert failure
    assert failure.reason == f"the mail server answers {answer[:3]}"


def test_nothing_is_said_in_the_clear_to_another_machine(
    running: tuple[Mailbox, int],
    mailbox: Mailbox,
    secrets: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(MailServer, "is_here", False)
    assert Sender(secrets, url(running[1], "user@"))(DESK, LETTER, site())
    assert mailbox.taken == []


@pytest.mark.parametrize("says", [b"", b"220-x\r\n" * 100_000, b"\xff" * 100_000, b"220 hello\r\n"])
def test_a_mail_server_that_drips_or_never_ends_is_left(
    says: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedservice.service.alerts.sender.DEADLINE", 0.5)
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def answer() -> None:
            with suppress(OSError), closing(server.accept()[0]) as connection:
                connection.sendall(says)
                for _ in range(200):
                    connection.sendall(b"2")
                    time.sleep(0.05)

        threading.Thread(target=answer, daemon=True).start()
        assert Sender(None, url(server.getsockname()[1]))(DESK, LETTER, site())


def test_without_a_mail_server_it_is_said_what_lacks() -> None:
    failure = Sender(None, "")(DESK, LETTER, site())
    assert failure
    assert "FEEDSERVICE_SMTP" in failure.reason


class _Chat(http.server.BaseHTTPRequestHandler):
    """A chat's server on loopback."""

    got: ClassVar[list[tuple[str, dict[str, Any]]]] = []
    status: ClassVar[int] = 200

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, json.loads(body)))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def chat() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Chat) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def got() -> list[tuple[str, dict[str, Any]]]:
    _Chat.got.clear()
    _Chat.status = 200
    return _Chat.got


@pytest.mark.parametrize("kind", [Kind.WEBHOOK, Kind.SLACK, Kind.MATTERMOST])
def test_an_address_may_be_a_secret_which_is_read_for_each_message(
    chat: str, got: list[tuple[str, dict[str, Any]]], secrets: Path, kind: Kind
) -> None:
    sender, receiver = Sender(secrets, ""), Receiver(kind=kind, address="secret:chat")
    for path in ("/one", "/two"):
        (secrets / "chat").write_text(f"{chat}{path}\n", encoding="ascii")
        assert sender(receiver, LETTER, site()) is None
    assert [path for path, _ in got] == ["/one", "/two"]
    assert "field/a.md" in got[0][1]["text"].replace("\\", "")


def test_telegram_is_told_and_neither_log_nor_fault_names_its_token(
    chat: str,
    got: list[tuple[str, dict[str, Any]]],
    secrets: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("feedservice.service.alerts.shapes.TELEGRAM", chat)
    (secrets / "bot").write_text(TOKEN, encoding="ascii")
    sender = Sender(secrets, "")
    receiver = Receiver(kind=Kind.TELEGRAM, address="@desk", token="secret:bot")
    with caplog.at_level(logging.INFO):
        assert sender(receiver, LETTER, site()) is None
        assert got[0][0] == f"/bot{TOKEN}/sendMessage"
        monkeypatch.setattr(_Chat, "status", 503)
        failures = [sender(receiver, LETTER, site())]
        monkeypatch.setattr("feedservice.service.alerts.shapes.TELEGRAM", "http://127.0.0.1:1")
        failures.append(sender(receiver, LETTER, site()))
    assert [each and each.reason for each in failures] == ["status 503", "ConnectError"]
    assert "AAHdq" not in caplog.text


@pytest.mark.parametrize(
    ("held", "reason"),
    [
        (None, "the secret chat cannot be read (No such file or directory)"),
        ("", "the secret chat is empty, too long or no ASCII"),
        ("x" * 5000, "the secret chat is empty, too long or no ASCII"),
        ("سر", "the secret chat is empty, too long or no ASCII"),
        ("file:///hush", "its secret is not what it should be"),
        ("https://a.example/hush\nX: y", "its secret is not what it should be"),
    ],
)
def test_a_secret_that_cannot_be_used_is_named_and_not_said(
    secrets: Path, held: str | None, reason: str
) -> None:
    if held is not None:
        (secrets / "chat").write_text(held, encoding="utf-8")
    failure = Sender(secrets, "")(Receiver(kind=Kind.SLACK, address="secret:chat"), LETTER, site())
    assert failure
    assert failure.reason == reason
