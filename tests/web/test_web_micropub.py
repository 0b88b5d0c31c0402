"""Micropub's own rules: each MUST of https://www.w3.org/TR/micropub/ is a test that names its
section, and so is each SHOULD of servers."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from factories import NOW, site
from feedservice.domain import routes
from feedservice.micropub import tokens
from feedservice.micropub.token_file import TokenFile
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web import micropub
from feedservice.web.app import create_app
from micropub_desk import URL, Newsroom, picture
from web_site import Shelf

FORM = "application/x-www-form-urlencoded"


@dataclass
class Program:
    """A program that writes with a token."""

    client: FlaskClient
    newsroom: Newsroom
    secret: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}

    def form(self, address: str = "/micropub", **fields: Any) -> TestResponse:
        return self.client.post(address, data=fields, headers=self.bearer)

    def json(self, **asked: Any) -> TestResponse:
        return self.client.post("/micropub", json=asked, headers=self.bearer)

    def query(self, query: str) -> TestResponse:
        return self.client.get(f"/micropub?{query}", headers=self.bearer)

    def update(self, slug: str, **asked: Any) -> TestResponse:
        return self.json(action="update", url=URL + slug, **asked)

    def text(self, path: str) -> str:
        return self.newsroom.text(path)


@pytest.fixture
def newsroom(content: Path) -> Newsroom:
    return Newsroom(content)


@pytest.fixture
def client(newsroom: Newsroom, publisher: Publisher, shelf: Shelf) -> FlaskClient:
    app = create_app(publisher, shelf, intakes=micropub.intakes(newsroom.desk))
    return around(
        app,
        publisher.known,
        lambda: NOW,
        budget=10**6,
        links=lambda site: micropub.links(newsroom.desk, site),
    ).test_client()


@pytest.fixture
def program_of(newsroom: Newsroom, client: FlaskClient) -> Callable[..., Program]:
    """Makes programs whose tokens allow some things."""

    def make(*scopes: str) -> Program:
        token, secret = tokens.new(str(scopes), scopes or tokens.SCOPES, "desk", NOW)
        TokenFile(newsroom.content.parent / "state").add(token)
        return Program(client, newsroom, secret)

    return make


@pytest.fixture
def program(program_of: Callable[..., Program]) -> Program:
    return program_of()


def refused(response: TestResponse, status: int, error: str) -> str:
    """What is said where a request is refused, as §3.8 has it."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json is not None
    assert response.json["error"] == error
    told: str = response.json["error_description"]
    assert " · " in told  # in both languages
    return told


def test_without_a_token_nothing_is_there(client: FlaskClient) -> None:
    for path in ("/micropub", "/micropub/media"):
        for method in ("GET", "POST", "OPTIONS"):
            told = refused(client.open(path, method=method), 404, "not_found")
            assert "feedservice token new" in told
    assert "micropub" not in client.get("/").headers.get("Link", "")


def test_2_utf_8_is_kept(program: Program) -> None:
    program.form(name="خبر 😀 é", content="نص", **{"mp-slug": "x"})
    assert "title: خبر 😀 é\n" in program.text("field/x.md")


def test_2_1_3_and_3_3_an_entry_is_made_of_a_form(program: Program) -> None:
    response = program.form(
        h="entry", name="عنوان", content="نص", **{"category[]": ["أ", "ب"], "mp-slug": "x"}
    )
    assert (response.status_code, response.headers["Location"]) == (201, f"{URL}x")
    text = program.text("field/x.md")
    assert "tags: [أ, ب]\n" in text
    assert text.endswith("\n---\n\nنص\n")


def test_3_1_1_an_answer_has_json(program: Program) -> None:
    assert program.form(name="أ", **{"mp-slug": "x"}).json == {
        "url": f"{URL}x",
        "ignored": [],
        "warnings": [],
    } | {"warnings": program.form(name="أ").json["warnings"]}  # type: ignore[index]


def test_3_2_a_token_is_not_stored(program: Program) -> None:
    response = program.client.post(
        "/micropub", data={"name": "أ", "mp-slug": "x", "access_token": program.secret}
    )
    assert response.status_code == 201
    assert program.secret not in program.text("field/x.md")
    assert "access_token" not in program.text("field/x.md")


def test_3_3_what_names_no_type_is_an_entry(program: Program) -> None:
    assert program.form(name="أ").status_code == 201
    assert program.json(properties={"name": ["أ"]}).status_code == 201


@pytest.mark.parametrize("name", ["category", "category[]"])
def test_3_3_one_value_is_taken_with_and_without_brackets(program: Program, name: str) -> None:
    program.form(name="أ", **{name: "وسم", "mp-slug": "x"})
    assert "tags: [وسم]\n" in program.text("field/x.md")


def test_3_3_1_a_file_comes_with_an_entry(program: Program) -> None:
    response = program.form(
        content="نص", photo=(io.BytesIO(picture()), "a.jpg"), **{"mp-slug": "x"}
    )
    assert response.status_code == 201
    (path,) = (each for each in program.newsroom.written() if each.startswith("media/"))
    assert f"image: {path}\n" in program.text("field/x.md")


@pytest.mark.parametrize("kind", ["photo", "audio", "video"])
def test_3_3_1_an_address_is_taken_where_a_file_is(program: Program, kind: str) -> None:
    url = f"https://x.example/a.{ {'photo': 'jpg', 'audio': 'mp3', 'video': 'mp4'}[kind] }"
    program.form(content="نص", **{kind: url, "mp-slug": "x"})
    assert url in program.text("field/x.md")


def test_3_3_2_an_entry_is_made_of_json(program: Program) -> None:
    response = program.json(
        type=["h-entry"],
        properties={
            "name": ["عنوان"],
            "content": [{"html": "<p>نص <b>مهم</b></p>"}],
            "photo": [{"value": "https://x.example/a.jpg", "alt": "ما فيها"}],
            "mp-slug": ["x"],
        },
    )
    assert response.status_code == 201
    text = program.text("field/x.md")
    assert 'image: {src: "https://x.example/a.jpg", alt: ما فيها}\n' in text
    assert "نص **مهم**" in text


def test_3_3_2_values_are_lists(program: Program) -> None:
    refused(program.json(properties={"name": "أ"}), 400, "invalid_request")


def test_3_3_5_what_is_not_known_is_ignored_with_a_word(program: Program) -> None:
    response = program.form(
        content="نص",
        **{"in-reply-to": "https://x.example/", "mp-syndicate-to": "x", "mp-slug": "x"},
    )
    assert response.status_code == 201
    assert response.json["ignored"] == ["in-reply-to", "mp-syndicate-to"]  # type: ignore[index]
    assert "x.example" not in program.text("field/x.md")


def test_3_3_6_what_is_not_public_yet_is_accepted_and_checked_all_the_same(
    program: Program,
) -> None:
    for later in ({"post-status": "draft"}, {"published": "2026-02-01T08:00:00Z"}):
        response = program.form(name="أ", **later)
        assert response.status_code == 202
        assert response.headers["Location"].startswith(URL)
    told = program.form(name="أ", published="2026-02-31", **{"post-status": "draft"})
    assert "2026-02-31" in refused(told, 400, "invalid_request")
    assert len(program.newsroom.written()) == 2


@pytest.fixture
def old(program: Program) -> Program:
    """A program beside an article that is there."""
    program.form(
        name="قديم", content="نص", summary="جملة", **{"category[]": ["أ", "ب"], "mp-slug": "x"}
    )
    return program


def test_3_4_1_to_3_4_3_values_are_replaced_added_and_removed(old: Program) -> None:
    before = old.text("field/x.md")
    response = old.update("x", replace={"content": ["آخر"]})
    assert response.status_code == 200
    assert old.text("field/x.md") == before.replace("نص", "آخر")
    old.update("x", add={"category": ["ج"]})
    assert "tags: [أ, ب, ج]\n" in old.text("field/x.md")
    old.update("x", delete={"category": ["أ", "ج"]})
    assert "tags: [ب]\n" in old.text("field/x.md")
    old.update("x", delete={"category": ["ب"]})
    assert "tags" not in old.text("field/x.md")
    old.update("x", delete=["summary"])
    assert old.text("field/x.md") == before.replace("نص", "آخر").replace(
        "tags: [أ, ب]\n", ""
    ).replace("summary: جملة\n", "")


@pytest.mark.parametrize(
    "asked", [{}, {"replace": {"name": "أ"}}, {"replace": "أ"}, {"delete": {"category": "أ"}}]
)
def test_3_4_an_update_says_what_is_to_change_in_lists(old: Program, asked: Any) -> None:
    refused(old.update("x", **asked), 400, "invalid_request")


def test_3_4_an_update_is_no_form(old: Program) -> None:
    refused(old.form(action="update", url=f"{URL}x", name="أ"), 400, "invalid_request")


def test_3_4_4_and_3_5_1_the_address_stays(old: Program) -> None:
    assert old.update("x", replace={"name": ["آخر"], "mp-slug": ["y"]}).json["url"] == f"{URL}x"  # type: ignore[index]
    for action in ("delete", "undelete"):
        response = old.form(action=action, url=f"{URL}x")
        assert (response.status_code, response.json["url"]) == (200, f"{URL}x")  # type: ignore[index]
        assert old.json(action=action, url=f"{URL}x").status_code == 200
    assert "status" not in old.text("field/x.md")


def test_3_6_1_and_3_7_1_the_configuration(program: Program) -> None:
    told = program.query("q=config").json
    assert told is not None
    assert told["media-endpoint"] == "https://news.example/micropub/media"
    assert told["syndicate-to"] == []
    assert set(told["q"]) == {"config", "source", "syndicate-to", "category"}


def test_3_6_2_the_media_endpoint_takes_the_same_tokens(
    program_of: Callable[..., Program],
) -> None:
    for scope in ("create", "media"):
        program = program_of(scope)
        file = {"file": (io.BytesIO(picture()), "a.jpg")}
        assert program.form("/micropub/media", **file).status_code == 201
    body = {"access_token": program.secret, "file": (io.BytesIO(picture()), "a.jpg")}
    assert program.client.post("/micropub/media", data=body).status_code == 201
    file = {"file": (io.BytesIO(picture()), "a.jpg")}
    told = program_of("update").form("/micropub/media", **file)
    refused(told, 403, "insufficient_scope")


def test_3_6_4_a_file_is_at_an_address_that_nobody_guesses(program: Program) -> None:
    response = program.form("/micropub/media", file=(io.BytesIO(picture()), "IMG 1.jpg"))
    assert response.status_code == 201
    address = response.headers["Location"]
    assert address.startswith("https://news.example/media/uploads/")
    assert len(Path(address).stem) == 32
    program.form(content="نص", photo=address, **{"mp-slug": "x"})
    path = address.removeprefix("https://news.example/")
    assert f"image: {path}\n" in program.text("field/x.md")
    assert (program.newsroom.content / path).read_bytes() == picture()


def test_3_6_what_is_no_file_is_refused_as_elsewhere(program: Program) -> None:
    for asked in ({"file": "x"}, {"photo": (io.BytesIO(picture()), "a.jpg")}):
        refused(program.form("/micropub/media", **asked), 400, "invalid_request")
    page = (io.BytesIO(b"<!doctype html><script>"), "a.html")
    refused(program.form("/micropub/media", file=page), 400, "invalid_request")
    raw = program.client.post("/micropub/media", data=picture(), headers=program.bearer)
    refused(raw, 415, "invalid_request")


def test_3_7_2_the_source_of_an_article(old: Program) -> None:
    told = old.query(f"q=source&url={URL}x").json
    assert told is not None
    assert told["type"] == ["h-entry"]
    assert told["properties"]["content"] == ["نص"]  # its source is Markdown: a text
    assert told["properties"]["category"] == ["أ", "ب"]
    some = old.query(f"q=source&properties[]=name&properties[]=category&url={URL}x").json
    assert some == {"properties": {"name": ["قديم"], "category": ["أ", "ب"]}}
    one = old.query(f"q=source&properties=name&url={URL}x").json
    assert one == {"properties": {"name": ["قديم"]}}


def test_3_7_2_an_article_that_is_not_there(program: Program) -> None:
    refused(program.query(f"q=source&url={URL}none"), 400, "invalid_request")
    refused(program.query("q=source"), 400, "invalid_request")


def test_3_7_3_no_syndication_is_an_empty_list(program: Program) -> None:
    assert program.query("q=syndicate-to").json == {"syndicate-to": []}


def test_3_7_4_categories_and_unknown_queries(program: Program) -> None:
    assert program.query("q=category").json == {"categories": []}
    assert "config" in refused(program.query("q=contact"), 400, "invalid_request")
    refused(program.query(""), 400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"), (b"[]", "application/json"), (b"\xff", "application/json"),
        (b"[" * 100_000, "application/json"), (b"h=event&name=a", FORM), (b"action=publish&url=a", FORM),
        (b"action=delete", FORM), (b"content=", FORM), (b"", FORM), (b"visibility=private&name=a", FORM),
        (b"--x", "multipart/form-data"), (b"--y\r\n", "multipart/form-data; boundary=x"),
        (b"&".join([b"a=b"] * 5000), FORM),
    ],
)  # fmt: skip
def test_3_8_a_bad_request_is_told_as_json(program: Program, body: bytes, kind: str) -> None:
    response = program.client.post(
        "/micropub", data=body, content_type=kind, headers=program.bearer
    )
    assert 400 <= response.status_code < 500
    assert response.json["error"] == "invalid_request"  # type: ignore[index]
    assert response.json["error_description"]  # type: ignore[index]
    assert program.newsroom.written() == []


def test_3_8_what_is_of_no_form_that_is_read_is_refused(program: Program) -> None:
    response = program.client.post(
        "/micropub", data="name=a", content_type="text/plain", headers=program.bearer
    )
    refused(response, 415, "invalid_request")
    assert program.client.put("/micropub", headers=program.bearer).status_code == 405


def test_5_1_a_token_is_in_the_header_or_in_the_body_and_not_in_both(program: Program) -> None:
    for form in ({"name": "أ"}, {"name": "أ", "access_token": ""}):
        assert (
            program.client.post("/micropub", data=form, headers=program.bearer).status_code == 201
        )
    with_token = {"name": "أ", "access_token": program.secret}
    assert program.client.post("/micropub", data=with_token).status_code == 201
    both = program.client.post("/micropub", data=with_token, headers=program.bearer)
    refused(both, 400, "invalid_request")
    in_json = program.client.post("/micropub", json={"access_token": program.secret})
    refused(in_json, 401, "unauthorized")
    in_address = program.client.get(f"/micropub?q=config&access_token={program.secret}")
    refused(in_address, 401, "unauthorized")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", "unauthorized"), ("Basic eA==", "unauthorized"), ("Bearer", "invalid_token"),
        ("Bearer x", "invalid_token"), ("bearer " + "x" * 5000, "invalid_token"), ("Bearer \xff", "invalid_token"),
    ],
)  # fmt: skip
def test_5_1_whoever_has_no_token_is_told_so(program: Program, value: str, error: str) -> None:
    headers = {"Authorization": value} if value else {}
    for ask in (
        program.client.post("/micropub", data={"name": "أ"}, headers=headers),
        program.client.get("/micropub?q=config", headers=headers),
        program.client.post("/micropub/media", headers=headers),
    ):
        refused(ask, 401, error)
        assert ask.headers["WWW-Authenticate"].startswith('Bearer realm="micropub"')
    assert program.newsroom.written() == []


def test_5_3_the_front_page_leads_there_as_soon_as_there_is_a_token(
    client: FlaskClient, program_of: Callable[..., Program], newsroom: Newsroom
) -> None:
    program_of()
    link = '<https://news.example/micropub>; rel="micropub"'
    for response in (client.get("/"), client.head("/")):
        assert link in response.headers.getlist("Link")
    assert link not in client.get("/categories/field").headers.getlist("Link")
    file = TokenFile(newsroom.content.parent / "state")
    file.revoke(file.read()[0].name)
    assert link not in client.get("/").headers.getlist("Link")


@pytest.mark.parametrize("action", ["create", "update", "delete", "undelete"])
def test_5_4_each_action_needs_its_scope(
    old: Program, program_of: Callable[..., Program], action: str
) -> None:
    others = set(tokens.SCOPES) - {action}
    before = old.newsroom.written(), old.text("field/x.md")
    for other in others:
        program = program_of(other)
        asked: dict[str, Any] = {"action": action, "url": f"{URL}x", "replace": {"name": ["ب"]}}
        if action == "create":
            asked = {"properties": {"name": ["ب"]}}
        told = program.json(**asked)
        assert action in refused(told, 403, "insufficient_scope")
        assert "insufficient_scope" in told.headers["WWW-Authenticate"]
    assert (old.newsroom.written(), old.text("field/x.md")) == before


def test_a_token_that_is_revoked_is_refused_at_once(
    program: Program, program_of: Callable[..., Program]
) -> None:
    file = TokenFile(program.newsroom.content.parent / "state")
    program_of("media")
    assert program.query("q=config").status_code == 200
    file.revoke("()")
    refused(program.query("q=config"), 401, "invalid_token")
    refused(program.form(name="أ"), 401, "invalid_token")
    file.revoke("('media',)")  # the last one
    refused(program.query("q=config"), 404, "not_found")
    refused(program.form(name="أ"), 404, "not_found")
    assert program.newsroom.written() == []


class _Revoking(io.BytesIO):
    """A body during which somebody revokes the only token."""

    def __init__(self, data: bytes, state: Path) -> None:
        super().__init__(data)
        self.state = state

    def read(self, size: int | None = -1) -> bytes:
        for token in (file := TokenFile(self.state)).read():
            file.revoke(token.name)
        return super().read(size)


@pytest.mark.parametrize("kind", ["application/json", FORM, "multipart/form-data; boundary=b"])
def test_a_token_that_is_revoked_while_an_entry_is_sent_writes_nothing(
    program: Program, kind: str
) -> None:
    entry = {
        "application/json": json.dumps({"properties": {"name": ["x"]}}),
        FORM: "name=x",
    }.get(kind, '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n')
    body = _Revoking(entry.encode(), program.newsroom.content.parent / "state")
    told = program.client.post(
        "/micropub",
        input_stream=body,
        content_length=len(entry),
        content_type=kind,
        headers=program.bearer,
    )
    refused(told, 401, "invalid_token")
    assert program.newsroom.written() == []


def test_a_token_of_another_server_is_taken_where_one_is_asked(
    newsroom: Newsroom, publisher: Publisher, shelf: Shelf
) -> None:
    foreign, _secret = tokens.new("app", ("create",), "desk", NOW)

    def elsewhere(secret: str) -> tokens.Token | None:
        if secret == "away":
            raise OSError(secret)
        return foreign if secret == "foreign" else None

    newsroom.desk._elsewhere = elsewhere
    app = create_app(publisher, shelf, intakes=micropub.intakes(newsroom.desk))
    client = app.test_client()
    environ = {"feedservice.route": routes.parse("/micropub", "", None, ())}

    def ask(secret: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {secret}"}
        data = {"name": "أ"}
        return client.post("/micropub", data=data, headers=headers, environ_overrides=environ)

    assert ask("foreign").status_code == 201
    refused(ask("unknown"), 401, "invalid_token")
    refused(ask("away"), 503, "temporarily_unavailable")
    links = micropub.links(newsroom.desk, site(), "https://auth.example/meta")
    assert links[1] == '<https://auth.example/meta>; rel="indieauth-metadata"'


def test_the_last_use_of_a_token_is_known(program: Program) -> None:
    file = TokenFile(program.newsroom.content.parent / "state")
    (token,) = file.read()
    assert file.last_use(token) is None
    program.query("q=config")
    assert file.last_use(token) == NOW


def test_what_was_read_is_what_is_changed(old: Program) -> None:
    version = old.query(f"q=source&url={URL}x").headers["ETag"]
    asked = {"action": "update", "url": f"{URL}x", "replace": {"name": ["أول"]}}
    headers = old.bearer | {"If-Match": version}
    assert old.client.post("/micropub", json=asked, headers=headers).status_code == 200
    refused(old.client.post("/micropub", json=asked, headers=headers), 412, "conflict")


def test_a_version_that_was_made_a_weak_one_on_the_way_is_the_same(old: Program) -> None:
    version = old.query(f"q=source&url={URL}x").headers["ETag"]
    asked = {"action": "update", "url": f"{URL}x", "replace": {"name": ["أول"]}}
    headers = old.bearer | {"If-Match": f"W/{version}"}
    assert old.client.post("/micropub", json=asked, headers=headers).status_code == 200


def test_who_may_send_files_alone_reads_no_drafts(
    old: Program, program_of: Callable[..., Program]
) -> None:
    program = program_of("media")
    assert program.query("q=config").status_code == 200
    refused(program.query(f"q=source&url={URL}x"), 403, "insufficient_scope")
    assert program_of("create").query(f"q=source&url={URL}x").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"properties": {"name": ["x"], "content": ["y"], "\ud800": ["z"]}},
        {"properties": {"name": ["x"], "\ud800": 3}},
        {"action": "delete", "url": f"{URL}\ud800"},
    ],
)
def test_half_a_character_is_refused_in_words_before_anything_is_written(
    program: Program, asked: dict[str, Any]
) -> None:
    refused(program.json(**asked), 400, "invalid_request")
    assert not [*program.newsroom.content.rglob("*.md")]


class Endless(io.RawIOBase):
    """A body that goes on for ever, and knows how much of it was read."""

    def __init__(self, start: bytes = b"") -> None:
        self.start = start
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        part = self.start[: len(room)] or b"x" * len(room)
        self.start = self.start[len(part) :]
        room[: len(part)] = part
        self.read_bytes += len(part)
        return len(part)


@pytest.mark.parametrize(
    ("kind", "start", "limit"),
    [
        ("application/json", b'{"properties":{"name":["', micropub.TEXT_LIMIT),
        (FORM, b"content=", micropub.TEXT_LIMIT),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n',
            micropub.LIMIT,
        ),
    ],
)
def test_a_body_without_end_is_refused(
    program: Program, kind: str, start: bytes, limit: int
) -> None:
    body = Endless(start)
    response = program.client.post(
        "/micropub",
        content_type=kind,
        headers=program.bearer,
        environ_overrides={
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    )
    refused_with = response.json
    assert response.status_code == 413
    assert refused_with is not None
    assert refused_with["error"] == "invalid_request"
    assert body.read_bytes <= limit + 2**20
    assert program.newsroom.written() == []


def test_of_a_body_that_is_too_large_or_a_strangers_nothing_is_read(program: Program) -> None:
    body = Endless()

    def sent(length: int, bearer: str) -> TestResponse:
        return program.client.post(
            "/micropub",
            content_type="application/json",
            headers={"Authorization": f"Bearer {bearer}"},
            environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(length)},
        )

    assert sent(10**8, program.secret).status_code == 413
    refused(sent(1000, "x"), 401, "invalid_token")
    assert body.read_bytes == 0


def test_programs_in_browsers_may_ask(program: Program) -> None:
    preflight = program.client.options("/micropub", headers={"Origin": "https://app.example"})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    told = program.form(name="أ")
    assert "Location" in told.headers["Access-Control-Expose-Headers"]
    assert json.loads(told.data)["url"] == told.headers["Location"]
