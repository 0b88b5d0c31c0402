"""Each process imports what it runs: a start and a worker's memory are mostly what is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

from factories import write_article
from service_process import ROOT

READING = {"yaml", "nh3", "pyromark", "PIL", "puremagic"}
TOOLS = {"rich", "httpx", "trafilatura", "feedparser", "ruamel", "anyascii"}
ANSWERING = {"flask", "werkzeug", "jinja2", "lxml", "feedgen", "babel", "granian"}
ROOMS = {f"feedservice.{room}" for room in ("authoring", "importing", "exporting")}
WRITING = {"feedservice.content.reader", "feedservice.ingest", "feedservice.index.writer"}
FAR = {"sqlalchemy.dialects.postgresql", "psycopg"}
LATER = {"importlib.resources", "dateutil"}
PREVIEW = {"feedservice.publishing.preview", "feedservice.web.preview"}

HELP = """
import feedservice.cli.main
for asked in ("--version", "--help"):
    feedservice.cli.main.group([asked], standalone_mode=False)
"""
ANSWER = """
from feedservice.service import wiring, wiring_web
from feedservice.service.supervisor import WriterSupervisor
WriterSupervisor.start = lambda self: None
client = wiring_web.application().test_client()
for path in ("/feed.rss", "/feed.atom", "/feed.json", "/", "/articles/a", "/search?q=a", "/feeds",
             "/feeds.opml", "/sitemap.xml", "/archive/2025-12.atom", "/robots.txt", "/readyz",
             "/media/a.png", "/tags/x"):
    assert client.get(path).status_code == 200, path
assert client.get("/nothing").status_code == 404
"""


def imported(code: str, content: Path, state: Path) -> set[str]:
    """The modules that a fresh interpreter has once it ran something."""
    told = "\nimport sys; print(*sys.modules, file=sys.stderr)"
    environment = {"FEEDSERVICE_CONTENT": str(content), "FEEDSERVICE_STATE": str(state)}
    found = subprocess.run(
        [sys.executable, "-c", code + told],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    return set(found.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        (
            HELP,
            READING
            | TOOLS
            | ANSWERING
            | LATER
            | {"sqlalchemy", "msgspec", "feedservice.cli.serving"},
        ),
        (
            "import feedservice.cli.serving, feedservice.service.server",
            READING | TOOLS | ROOMS | WRITING | PREVIEW | FAR | {"prometheus_client"},
        ),
        (
            "import feedservice.cli.main, feedservice.cli.indexing",
            TOOLS
            | ANSWERING
            | ROOMS
            | LATER
            | {"sqlalchemy", "sqlite3", "feedservice.cli.writing"},
        ),
        (
            "import feedservice.cli.indexing, feedservice.cli.writing",
            TOOLS
            | {"dateutil"}
            | ANSWERING
            | ROOMS
            | PREVIEW
            | FAR
            | {"PIL", "puremagic", "prometheus_client", "watchfiles"},
        ),
    ],
    ids=["--version, --help", "serve and its workers", "what reads files", "writer"],
)
def test_a_process_imports_what_it_runs(code: str, absent: set[str], tmp_path: Path) -> None:
    found = imported(code, tmp_path, tmp_path)
    assert found & absent == set()


def test_a_worker_that_answers_imports_no_more(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", date="2025-12-21", tags="[x]")
    (content / "media").mkdir(exist_ok=True)
    (content / "media" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    imported(
        "from feedservice.cli.main import group; group(['index'], standalone_mode=False)",
        content,
        tmp_path,
    )
    found = imported(ANSWER, content, tmp_path)
    found.discard("puremagic")  # which tells the type of a media file, once one is asked for
    assert found & (READING | TOOLS | ROOMS | WRITING | PREVIEW | {"prometheus_client"}) == set()
