"""What docs/deploy.md says of backups, run: what it brings back is what there was."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path

import pytest
from click.testing import CliRunner

from factories import SITE_YAML, write_article
from feedservice.cli.main import group
from nginx_process import require
from postgresql_cluster import Cluster, programs
from service_process import ROOT

pytestmark = pytest.mark.system

DOCS = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
SAVES, RESTORES, IN_POSTGRESQL = re.findall(
    "^```\n(.*?)^```$",
    DOCS.partition("## Backup")[2].partition("\n## ")[0],
    re.MULTILINE | re.DOTALL,
)


def run(commands: str, places: Mapping[str, str], **environment: str) -> None:
    for place, here in places.items():
        assert place in commands, place
        commands = commands.replace(place, here)
    subprocess.run(
        ["bash", "-e", "-c", commands],
        check=True,
        env={**os.environ, **environment},
        capture_output=True,
    )


def surroundings(root: Path) -> dict[str, str]:
    return {
        "FEEDSERVICE_CONTENT": str(root / "srv" / "content"),
        "FEEDSERVICE_STATE": str(root / "state"),
        "FEEDSERVICE_LANG": "en",
    }


def ask(root: Path, *command: str) -> str:
    """What a command says of a site below a folder."""
    done = CliRunner().invoke(group, list(command), env=surroundings(root))
    assert done.exit_code == 0, done.output
    return done.output


def used(root: Path, index: Callable[[], object]) -> None:
    """A site with a hub that is to be told, and a broken file that readers are shown."""
    content = root / "srv" / "content"
    content.mkdir(parents=True)
    site = f"{SITE_YAML}hubs: ['https://hub.example/']\n"
    (content / "site.yaml").write_text(site, encoding="utf-8")
    article = write_article(content, "field/a.md", title="آخر نص سليم")
    index()
    write_article(content, "field/b.md", title="ما لم يُبلَّغ به أحد")
    article.write_text("---\ntitle: [\n---\n", encoding="utf-8")
    index()


def told(root: Path) -> dict[str, object]:
    """What a site says of itself, once its index is up to date."""
    ask(root, "index")
    found = json.loads(ask(root, "status", "--format", "json", "--published"))
    return {name: found[name] for name in ("published", "broken", "published_articles")}


def test_a_machine_that_is_lost_comes_back(tmp_path: Path) -> None:
    require("sqlite3", "sqlite3")
    old, new, kept = tmp_path / "old", tmp_path / "new", tmp_path / "backup"
    used(old, lambda: ask(old, "index"))
    ask(old, "token", "new", "--name", "desk")
    before, tokens = told(old), ask(old, "token", "list")
    assert before["published"] == 2

    def at(root: Path) -> dict[str, str]:
        return {
            "/root/backup": str(kept),
            "/srv/feedservice": str(root / "srv"),
            "/var/lib/feedservice": str(root / "state"),
        }

    run(SAVES, at(old))
    shutil.rmtree(old)
    run(RESTORES, at(new))
    assert waiting(new) > 0
    assert told(new) == before
    assert ask(new, "token", "list") == tokens


def waiting(root: Path) -> int:
    """How many lists a hub is still to be told of."""
    index = root / "state" / "index.sqlite3"
    counted = ["sqlite3", str(index), "SELECT count(*) FROM pings"]
    return int(subprocess.run(counted, check=True, capture_output=True, text=True).stdout)


def test_a_database_that_is_lost_comes_back(tmp_path: Path, cluster: Cluster) -> None:
    old, new = cluster.new(), cluster.new()

    def index(database: str) -> None:
        """In a process of its own, with which its lock ends."""
        given = surroundings(tmp_path) | {"FEEDSERVICE_DATABASE": cluster.url(database)}
        command = [sys.executable, "-m", "feedservice", "index"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **given}, check=True)

    def kept(database: str) -> list[tuple[object, ...]]:
        tables = ("pings", "last_good_sources")
        return [*chain(*(cluster.ask(f"SELECT count(*) FROM {each}", database) for each in tables))]

    used(tmp_path, lambda: index(old))
    before = kept(old)
    assert before[0] > (0,)
    assert before[1:] == [(2,)]
    places = {"runuser -u postgres -- ": "", "/var/lib/postgresql": str(tmp_path)}
    places |= {".dump feedservice\n": f".dump {old}\n", "--dbname=feedservice": f"--dbname={new}"}
    where = f"{programs()}{os.pathsep}{os.environ['PATH']}"
    server = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGUSER": "desk"}
    run(IN_POSTGRESQL, places, PATH=where, **server)
    assert kept(new) == before
    index(new)
    assert kept(new) == before
