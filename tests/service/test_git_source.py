"""A site whose content is a Git repository, as a service: a push is in the feed once a hook says so."""

import hmac
import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from factories import NOW, SITE_YAML, write_article
from feedservice.micropub import tokens
from feedservice.micropub.token_file import TokenFile
from git_server import GitServer, Repository, git_over_http, repository
from service_process import Site, assert_ended, free_port, started, wait_for
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system

SECRET = b"0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Published:
    site: Site
    origin: Repository
    server: GitServer

    def push(self, path: str, **front: str) -> None:
        write_article(self.origin.folder, path, **front)
        self.origin.commit()

    def begun(self, length: int) -> bytes:
        """What is answered to the head of a hook, before a byte of its body is sent."""
        port = int(self.site.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
            head = f"POST /hooks/content HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
            connection.sendall(head.encode())
            return connection.recv(4096)

    def hook(self, secret: bytes = SECRET, body: bytes = b'{"ref":"refs/heads/main"}') -> int:
        signed = f"sha256={hmac.new(secret, body, 'sha256').hexdigest()}"
        asked = urllib.request.Request(
            f"{self.site.url}/hooks/content", body, {"X-Hub-Signature-256": signed}
        )
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    root = tmp_path_factory.mktemp("git")
    files = {"site.yaml": SITE_YAML, "media/words.txt": "0123456789"}
    origin = repository(root / "served" / "site", files)
    (root / "secret").write_bytes(SECRET)
    with git_over_http(root / "served") as server:
        with started(
            root / "none",
            root / "state",
            "granian",
            free_port(),
            FEEDSERVICE_SOURCE=f"git+http://desk:s3cret@127.0.0.1:{server.port}/site#main",
            FEEDSERVICE_SOURCE_EVERY="86400",
            FEEDSERVICE_WEBHOOK_SECRET_FILE=str(root / "secret"),
        ) as site:
            wait_for(site)
            yield Published(site, origin, server)
        assert_ended(site, "granian")
        assert "s3cret" not in site.log()


def test_a_push_is_in_the_feed_after_its_hook(published: Published) -> None:
    published.push("field/pushed.md", title="دُفع الآن")
    assert published.hook() == 202
    assert published.hook() == 202  # sent again
    assert comes_true(lambda: published.site.shows("دُفع الآن"))
    with urllib.request.urlopen(
        urllib.request.Request(
            f"{published.site.url}/media/words.txt", headers={"Range": "bytes=2-4"}
        )
    ) as answer:
        assert (answer.status, answer.read()) == (206, b"234")


def test_a_hook_of_somebody_else_is_refused_and_fetches_nothing(published: Published) -> None:
    asked = len(published.server.asked)
    assert published.hook(b"another secret, as long as ours is") == 403
    assert published.begun(100 * 2**20).startswith(b"HTTP/1.1 413 ")
    assert len(published.server.asked) == asked


def test_a_rename_with_an_edit_keeps_the_article(published: Published) -> None:
    published.push("field/first.md", title="الأول", slug="kept-slug")
    published.hook()
    assert comes_true(lambda: published.site.shows("الأول"))
    published.origin.git("mv", "field/first.md", "field/second.md")
    published.push("field/second.md", title="الأول محررًا", slug="kept-slug")
    published.hook()
    assert comes_true(lambda: published.site.shows("الأول محررًا"))
    assert published.site.get("/articles/kept-slug")[0] == 200


def test_a_host_that_is_away_leaves_what_is_published_and_is_told(published: Published) -> None:
    published.server.is_away = True
    try:
        published.hook()
        assert comes_true(lambda: published.site.get("/readyz")[1].startswith(b"degraded since "))
        assert b"feedservice_source_failing_seconds 0.0\n" not in published.site.get("/metrics")[1]
        assert published.site.get("/feed.rss")[0] == 200
        standing = json.loads((published.site.state / "source" / "standing.json").read_text())
        assert "503" in standing["reason"]
    finally:
        published.server.is_away = False
    published.push("field/later.md", title="بعد العودة")
    published.hook()
    assert comes_true(lambda: published.site.shows("بعد العودة"))
    assert comes_true(lambda: published.site.get("/readyz")[1] == b"ready")
    assert b"feedservice_source_failing_seconds 0.0\n" in published.site.get("/metrics")[1]


def test_what_a_program_writes_is_a_commit_of_its_author(published: Published) -> None:
    published.origin.git("config", "http.receivepack", "true")
    published.origin.git("config", "receive.denyCurrentBranch", "updateInstead")
    token, secret = tokens.new("phone", ("create",), "desk", NOW)
    TokenFile(published.site.state).add(token)
    wish = {"name": "من هاتف", "content": "نص", "category": "field", "mp-slug": "phone"}
    asked = urllib.request.Request(
        f"{published.site.url}/micropub",
        urllib.parse.urlencode(wish).encode(),
        {"Authorization": f"Bearer {secret}"},
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        assert answer.status == 201
    told = published.origin.git("log", "-1", "--format=%an <%ae> %s", "main")
    assert told == "هيئة التحرير <desk@news.example> field/phone.md"
    assert comes_true(lambda: published.site.shows("من هاتف"))
