"""Webhooks, and the door for what is sent: who may, how much, and what is said to the others."""

import base64
import hmac
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import RequestTimeout

from feedservice.domain.route import Kind
from feedservice.http import timed_body
from feedservice.http.admission import Busy
from feedservice.http.timed_body import TimedBody
from feedservice.index.reader import IndexReader
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import intakes
from feedservice.settings import Settings
from feedservice.web import hook, intake
from waiting import PATIENCE

SECRET = b"correct horse battery staple pass"
KEY = b"k" * 32
SIGNING = b"whsec_" + base64.b64encode(KEY)
BODY = json.dumps({"ref": "refs/heads/main", "commits": ["خبر"]}).encode()
HOOK = "/hooks/content"


def signed(body: bytes = BODY, secret: bytes = SECRET) -> str:
    return hmac.new(secret, body, "sha256").hexdigest()


def standard(body: bytes = BODY) -> dict[str, str]:
    mac = hmac.new(KEY, b"id.17." + body, "sha256").digest()
    return {
        "webhook-id": "id",
        "webhook-timestamp": "17",
        "webhook-signature": f"v1,AAAA v1,{base64.b64encode(mac).decode()}",
    }


@pytest.fixture
def told() -> list[str]:
    """One entry for each hook that was taken."""
    return []


@pytest.fixture
def hooked(
    client_of: Callable[..., FlaskClient], publisher: Publisher, told: list[str]
) -> Callable[[bytes], FlaskClient]:
    def make(secret: bytes = SECRET) -> FlaskClient:
        taking = hook.content_hook(secret, lambda: told.append("hook"))
        return client_of(publisher, intakes={Kind.HOOK: taking})

    return make


@pytest.mark.parametrize(
    ("secret", "headers"),
    [
        (SECRET, {"X-Hub-Signature-256": f"sha256={signed()}", "X-Hub-Signature": "sha1=0"}),
        (SECRET, {"X-Gitea-Signature": signed()}),
        (SECRET, {"X-Forgejo-Signature": signed(), "X-Gitea-Signature": signed()}),
        (SECRET, {"X-Gitlab-Token": SECRET.decode()}),
        (SIGNING, standard()),
    ],
    ids=["GitHub", "Gitea", "Forgejo", "GitLab's token", "GitLab's signature"],
)
def test_a_push_that_a_git_host_signed_is_taken_at_once_and_so_is_its_replay(
    hooked: Callable[[bytes], FlaskClient],
    told: list[str],
    secret: bytes,
    headers: dict[str, str],
) -> None:
    client = hooked(secret)
    for _ in range(2):
        answer = client.post(HOOK, data=BODY, headers=headers)
        assert (answer.status_code, answer.data) == (202, b"")
        assert answer.headers["Cache-Control"] == "no-store"
    assert told == ["hook", "hook"]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, {}),
        (401, {"X-Hub-Signature": "sha1=0"}),
        (401, standard()),
        (403, {"X-Hub-Signature-256": f"sha256={signed(secret=b'another')}"}),
        (403, {"X-Hub-Signature-256": f"sha256={signed(b'another')}"}),
        (403, {"X-Hub-Signature-256": ""}),
        (403, {"X-Hub-Signature-256": "sha256=ü"}),
        (403, {"X-Gitea-Signature": signed()[:-1]}),
        (403, {"X-Gitlab-Token": "correct horse battery staple pasz"}),
        (403, {"X-Gitlab-Token": "خبر".encode().decode("latin-1")}),
    ],
    ids=repr,
)
def test_what_nobody_signed_or_somebody_else_is_refused_in_words(
    hooked: Callable[[], FlaskClient], told: list[str], status: int, headers: dict[str, str]
) -> None:
    answer = hooked().post(HOOK, data=BODY, headers=headers)
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert set(answer.json) == {"error", "error_description"}
    assert "webhook" in answer.json["error_description"]
    assert told == []


def test_a_signing_token_that_is_none_lets_nobody_in(
    hooked: Callable[[bytes], FlaskClient], told: list[str]
) -> None:
    mac = hmac.new(b"", b"id.17." + BODY, "sha256").digest()
    headers = standard() | {"webhook-signature": f"v1,{base64.b64encode(mac).decode()}"}
    for secret in (b"whsec_" + b"a" * 41, b"whsec_" + b"-" * 40):
        assert hooked(secret).post(HOOK, data=BODY, headers=headers).status_code == 401
    assert told == []


@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "OPTIONS"])
def test_without_a_secret_nothing_is_there(client: FlaskClient, method: str) -> None:
    assert client.open(HOOK, method=method).status_code == 404


def test_only_post_is_answered(hooked: Callable[[], FlaskClient]) -> None:
    client = hooked()
    for method in ("GET", "HEAD", "PUT", "DELETE", "BREW"):
        answer = client.open(HOOK, method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")
    answer = client.options(HOOK)
    assert (answer.status_code, answer.headers["Allow"]) == (204, "POST, OPTIONS")


class Endless:
    """A body without an end, that tells how much of it was read."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.taken += size
        return b"x" * size


def test_a_body_that_says_that_it_is_too_large_is_not_read(
    hooked: Callable[[], FlaskClient], told: list[str]
) -> None:
    body = Endless()
    answer = hooked().post(
        HOOK,
        headers={"X-Gitea-Signature": signed()},
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(100 * 2**20)},
    )
    assert (answer.status_code, body.taken, told) == (413, 0, [])
    assert str(hook.LIMIT) in answer.json["error_description"]


def test_a_body_without_a_length_is_read_up_to_the_limit(
    hooked: Callable[[], FlaskClient], told: list[str]
) -> None:
    body = Endless()
    answer = hooked().post(
        HOOK,
        headers={"X-Gitea-Signature": signed(), "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert (answer.status_code, told) == (413, [])
    assert body.taken <= hook.LIMIT + 2**17


@pytest.fixture
def slow(
    client_of: Callable[..., FlaskClient], publisher: Publisher
) -> Iterator[tuple[FlaskClient, Callable[[], None], Event]]:
    """A client whose hooks wait until an event, and what waits until so many wait."""
    waits, go = [Event() for _ in range(intake.AT_ONCE)], Event()
    waiting = iter(waits)

    def tell() -> None:
        next(waiting).set()
        assert go.wait(60)

    client = client_of(publisher, intakes={Kind.HOOK: hook.content_hook(SECRET, tell)})
    yield client, lambda: [each.wait(60) for each in waits] and None, go
    go.set()


def test_slow_bodies_keep_out_each_other_and_no_reader(
    slow: tuple[FlaskClient, Callable[[], None], Event],
) -> None:
    client, until_all_wait, go = slow
    headers = {"X-Gitea-Signature": signed()}
    app, answers = client.application, []

    def send() -> None:
        answers.append(app.test_client().post(HOOK, data=BODY, headers=headers).status_code)

    threads = [Thread(target=send) for _ in range(intake.AT_ONCE)]
    for thread in threads:
        thread.start()
    until_all_wait()
    answer = client.post(HOOK, data=BODY, headers=headers)
    assert (answer.status_code, answer.json["error"]) == (503, "temporarily_unavailable")
    assert answer.headers["Retry-After"]
    assert client.get("/feed.rss").status_code == 200
    go.set()
    for thread in threads:
        thread.join()
    assert answers == [202] * intake.AT_ONCE


def test_a_fault_is_told_as_one_and_recorded(
    client_of: Callable[..., FlaskClient], publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    def tell() -> None:
        raise RuntimeError("no room")

    client = client_of(publisher, intakes={Kind.HOOK: hook.content_hook(SECRET, tell)})
    answer = client.post(HOOK, data=BODY, headers={"X-Gitea-Signature": signed()})
    assert (answer.status_code, answer.json["error"]) == (500, "server_error")
    assert "no room" in caplog.text


def test_a_hook_is_taken_while_nobody_can_read_the_index(
    client_of: Callable[..., FlaskClient], down: IndexReader, told: list[str]
) -> None:
    taking = hook.content_hook(SECRET, lambda: told.append("hook"))
    client = client_of(down, intakes={Kind.HOOK: taking})
    answer = client.post(HOOK, data=BODY, headers={"X-Gitea-Signature": signed()})
    assert (answer.status_code, told) == (202, ["hook"])
    refused = client.post(HOOK, data=BODY)
    assert refused.json["error"] == "unauthorized"


@pytest.mark.parametrize("held", [None, b"", b"short\n"], ids=str)
def test_a_secret_that_is_none_or_can_be_guessed_lets_nobody_in(
    held: bytes | None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "secret"
    if held is not None:
        file.write_bytes(held)
    assert intakes(Settings(state=tmp_path, webhook_secret_file=file)) == {}
    assert "FEEDSERVICE_WEBHOOK_SECRET_FILE" in caplog.text
    assert intakes(Settings(state=tmp_path)) == {}


class _Silent:
    """A body of which no byte comes until its client goes."""

    def __init__(self) -> None:
        self.gone = Event()

    def read(self, size: int = -1, /) -> bytes:
        assert self.gone.wait(PATIENCE)
        return b""


def test_who_sends_nothing_holds_no_slot(
    hooked: Callable[[bytes], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed_body, "PATIENCE", 0.01)
    client, silent = hooked(SECRET), _Silent()
    headers = {"X-Hub-Signature-256": "sha256=0"}
    for _ in range(intake.AT_ONCE + intake.WAITING + 1):
        answered = client.post(
            HOOK,
            headers=headers,
            environ_overrides={"wsgi.input": silent, "CONTENT_LENGTH": "1000"},
        )
        assert answered.status_code == 408
        assert answered.headers["Connection"] == "close"
    silent.gone.set()
    monkeypatch.undo()
    answered = client.post(HOOK, data=BODY, headers={"X-Hub-Signature-256": f"sha256={signed()}"})
    assert answered.status_code == 202


def test_a_body_has_time_for_each_part_of_it() -> None:
    now = 0.0
    body = TimedBody(io.BytesIO(bytes(300_000)), lambda: now)
    while read := body.read():
        now += len(read) / timed_body.SLOWEST
    now += timed_body.PATIENCE + 1
    with pytest.raises(RequestTimeout):
        body.read()


def test_a_body_for_which_the_system_has_no_thread_is_refused_and_holds_no_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", refuse)
        for _ in range(31):  # as many as may wait, and one
            with pytest.raises(Busy):
                TimedBody(io.BytesIO(b"x")).read()
    assert TimedBody(io.BytesIO(b"x")).read() == b"x"
