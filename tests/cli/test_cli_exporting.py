"""The command: what it prints, and how it ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factories import write_article
from feedservice.service import wiring_writer
from feedservice.service.lock import WriterLock
from feedservice.settings import Settings

Command = Callable[..., Any]


def run(content: Path, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(state),
        "FEEDSERVICE_LANG": "en",
    }
    command = [sys.executable, "-m", "feedservice", "export", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_an_empty_index_is_filled_first_and_the_summary_tells_what_was_done(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md")
    folder = tmp_path / "out"
    done = run(content, tmp_path / "state", str(folder), "--base-url", "https://other.example")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nginx has new configuration" in done.stdout
    assert b"https://other.example/articles/a" in (folder / "public" / "feed.rss").read_bytes()
    again = run(content, tmp_path / "state", str(folder), "--base-url", "https://other.example")
    assert "files written 0, unchanged" in again.stdout
    assert "nginx" not in again.stdout


def test_a_writer_that_follows_the_folder_is_left_at_work(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md")
    state = tmp_path / "state"
    given = Settings.from_env(
        {"FEEDSERVICE_CONTENT": str(content), "FEEDSERVICE_STATE": str(state)}
    )
    lock = WriterLock(state)
    assert lock.acquire()
    try:
        wiring_writer.indexer(given)[0].scan()
        done = run(content, state, str(tmp_path / "out"))
    finally:
        lock.release()
    assert done.returncode == 0
    assert (tmp_path / "out" / "public" / "articles" / "a.html").is_file()


@pytest.mark.parametrize("target", ["", "field/out"])
def test_the_content_folder_is_no_place_for_it(
    content: Path, command: Command, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setenv("FEEDSERVICE_LANG", "en")
    done = command("export", content / target)
    assert done.status == 2
    assert "is in the content folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_could_not_be_written_ends_it_with_one(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", slug="طويل" * 40)
    done = run(content, tmp_path / "state", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "give a shorter slug" in done.stderr


def test_addresses_that_only_this_machine_knows_are_warned_of(
    content: Path, tmp_path: Path
) -> None:
    done = run(
        content, tmp_path / "state", str(tmp_path / "out"), "--base-url", "http://127.0.0.1:8000"
    )
    assert "Set base_url in site.yaml, or give --base-url" in done.stderr
