"""Fault 25: commands that write are ended at a random moment.

By Ctrl-C, which a terminal sends to the whole group of processes, by SIGTERM and by SIGKILL. Every
file is whole, as it was or as it becomes; Ctrl-C ends with 130 and a sentence, never a traceback;
the next run goes on, and comes to what a run that nobody interrupted came to.
"""

import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from effort import rounds
from factories import SITE_YAML, write_article
from feedservice.system.atomic_write import is_temporary
from import_sources import item, rss_bytes
from waiting import PATIENCE

ARTICLES = rounds(40, 8)
SIGNALS = itertools.cycle((signal.SIGINT, signal.SIGKILL, signal.SIGTERM))
ROW = rounds(9, 1)
"""Interruptions one after the other, before a run is let to its end."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 800


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with all that a command reads and writes."""

    root: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "FEEDSERVICE_CONTENT": str(self.root / "content"),
            "FEEDSERVICE_STATE": str(self.root / "state"),
            "FEEDSERVICE_LANG": "en",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "feedservice", *arguments],
            cwd=self.root,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> float:
        """Run a command to its end; the seconds that it took."""
        began = time.monotonic()
        with self.start(*arguments) as process:
            told = process.communicate(timeout=PATIENCE)[1]
        assert process.returncode == 0, told
        return time.monotonic() - began

    def files(self, below: str) -> dict[str, bytes]:
        """What a reader of the folder may see: unfinished files have names that nobody takes up."""
        folder = self.root / below
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and not is_temporary(path.name)
        }


def interrupt(place: Place, arguments: tuple[str, ...], seconds: float, number: int) -> str:
    """End a command ``seconds`` after its start; what it was and what it said."""
    with place.start(*arguments) as process:
        time.sleep(seconds)
        told = f"{signal.Signals(number).name} after {seconds:.3f} s: "
        if number == signal.SIGINT and process.poll() is None:
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.send_signal(number)
        told += process.communicate(timeout=PATIENCE)[1]
    assert "Traceback" not in told, told
    # Before any of our code runs, Ctrl-C ends the interpreter by the signal itself.
    accepted = {0, 130, -signal.SIGINT} if number == signal.SIGINT else {0, -number}
    assert process.returncode in accepted, (process.returncode, told)
    if process.returncode == 130:
        assert told.count("interrupted;") == 1, told
    return told


def content(place: Place) -> None:
    (place.root / "content" / "media").mkdir(parents=True)
    (place.root / "content" / "site.yaml").write_text(SITE_YAML, encoding="utf-8")


def articles(place: Place) -> None:
    content(place)
    for number in range(ARTICLES):
        body = f"فقرة في الخبر {number}. " * 60
        write_article(place.root / "content", f"field/a{number}.md", body=body)


def a_source(place: Place) -> None:
    content(place)
    (place.root / "feed.xml").write_bytes(
        rss_bytes(
            *(
                item(
                    n,
                    category=f"باب {n % 7}",
                    link=f"https://old.example/{n % 30}/post/",
                    pubDate=f"Wed, {n % 28 + 1:02d} May 2024 10:00:00 +0300",
                )
                for n in range(1, ARTICLES)
            )
        )
    )


def a_hugo_folder(place: Place) -> None:
    content(place)
    posts = place.root / "old" / "content" / "posts"
    pictures = place.root / "old" / "static"
    posts.mkdir(parents=True)
    pictures.mkdir()
    (place.root / "old" / "hugo.toml").write_text('title = "قديم"\n', encoding="utf-8")
    for n in range(ARTICLES):
        (pictures / f"p{n}.png").write_bytes(PICTURE + bytes([n]))
        (posts / f"p{n}.md").write_text(
            f"---\ntitle: خبر {n}\ndate: 2024-05-{n % 28 + 1:02d}\ncategories: [ب{n % 5}]\n---\n"
            f"نص ![صورة](/p{n}.png) و[رابط](/posts/p{(n + 1) % ARTICLES}/).\n",
            encoding="utf-8",
        )


def unfixed(place: Place) -> None:
    content(place)
    for number in range(ARTICLES * 4):
        write_article(
            place.root / "content", f"field/a{number}.md", date="20 كانون الأول 2025", id=""
        )


def old_schemas(place: Place) -> None:
    content(place)
    (place.root / "content" / ".vscode").mkdir()
    for name in ("article.schema.json", "site.schema.json", "settings.json"):
        (place.root / "content" / ".vscode" / name).write_text("{}\n", encoding="utf-8")


def exported(place: Place) -> None:
    """An export, after which every page changes."""
    articles(place)
    place.run("export", str(OUT))
    site = place.root / "content" / "site.yaml"
    site.write_text(SITE_YAML.replace("صحيفة", "جريدة"), encoding="utf-8")
    place.run("index")


OUT = Path("out")


def indexed(place: Place) -> dict[str, bytes]:
    """What an index holds but for moments and numbers of this index alone."""
    with closing(sqlite3.connect(place.root / "state" / "index.sqlite3")) as index:
        assert index.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = index.execute(
            "SELECT path, status, teaser, texts FROM articles JOIN bodies USING (number) ORDER BY path"
        ).fetchall()
    return {path: repr(rest).encode() for path, *rest in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A command, what is there before it, and the folder that it changes."""

    arguments: tuple[str, ...]
    prepare: Callable[[Place], None]
    below: str = "content"
    result: Callable[[Place], dict[str, bytes]] | None = None

    def of(self, place: Place) -> dict[str, bytes]:
        return self.result(place) if self.result else place.files(self.below)


CASES = {
    "import of a feed": Case(arguments=("import", "feed.xml", "--write"), prepare=a_source),
    "import of a folder": Case(arguments=("import", "old", "--write"), prepare=a_hugo_folder),
    "check --fix": Case(arguments=("check", "--fix", "content"), prepare=unfixed),
    "schema --write": Case(arguments=("schema", "--write", "content"), prepare=old_schemas),
    "export": Case(
        arguments=("export", str(OUT), "--jobs", "1"), prepare=exported, below="out/public"
    ),
    "index": Case(arguments=("index",), prepare=articles, below="content", result=indexed),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_interrupted_is_whole_and_the_next_run_finishes_it(
    name: str, tmp_path: Path
) -> None:
    case = CASES[name]
    first, site = tmp_path / "first", tmp_path / "site"
    first.mkdir()
    case.prepare(Place(first))
    # Always the same address, which may stand in what is written.
    place = Place(site)
    shutil.copytree(first, site)
    before = place.files(case.below)
    seconds = place.run(*case.arguments)
    after, wanted = place.files(case.below), case.of(place)
    assert after != before or case.result
    for _ in range(rounds(2, 1)):
        shutil.rmtree(site)
        shutil.copytree(first, site)
        for _ in range(ROW):
            moment = random.uniform(0.1, 1.1) * seconds
            told = interrupt(place, case.arguments, moment, next(SIGNALS))
            for path, data in place.files(case.below).items():
                assert data in (before.get(path), after.get(path)), (told, path)
        place.run(*case.arguments)
        assert case.of(place) == wanted, told
