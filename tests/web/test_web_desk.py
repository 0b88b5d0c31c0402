"""The desk: what is at /desk where it is set up, by a policy of its own; nothing elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedservice.domain.git_host import GitHost
from feedservice.web.desk import Desk
from feedservice.web.respond import POLICY

HOST = GitHost.read("gitea+https://git.example/a/b")
DESK = Desk(told=lambda site: f'"{site.title}"', asked=(HOST.api,), shown=HOST.pictures)


def test_nothing_is_there_without_a_desk(client: FlaskClient) -> None:
    for path in ("/desk", "/desk/config.json", "/desk/sveltia-cms.js"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_its_policy_is_its_own_and_asks_only_us_and_the_host(
    stage: Any,
    client_of: Callable[..., FlaskClient],
) -> None:
    client = client_of(stage.publisher, desk=DESK)
    for path in ("/desk", "/desk/config.json", "/desk/desk.js", "/desk/symbols.woff2"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"] == "noindex"
        policy = dict(
            part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
        )
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"].split() == ["'self'", "blob:", "data:", "https://git.example"]
    assert client.get("/desk/").location == "/desk"
    assert client.post("/desk").status_code == 405
    assert client.get("/desk/nothing.js").status_code == 404
    assert client.get("/").headers["Content-Security-Policy"] == POLICY
    page = client.get("/desk").text
    assert 'dir="rtl"' in page
    assert "http" not in page


@pytest.mark.parametrize(
    "path", ["/desk/..%2Fapp.py", "/desk/package.txt", "/desk/desk.js/x", "/desk/%00.js"]
)
def test_no_other_file_is_reached(
    stage: Any, client_of: Callable[..., FlaskClient], path: str
) -> None:
    assert client_of(stage.publisher, desk=DESK).get(path).status_code == 404
