"""The commands that fill the index and answer from it."""

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factories import SITE_YAML, write_article
from feedservice.cli.serving import _authority, _followed
from feedservice.service.lock import RemovalGuard, WriterLock
from service_process import free_port, serving


def test_index_tells_what_it_did_and_reads_nothing_twice(
    content: Path, process: Callable[..., Any]
) -> None:
    write_article(content, "field/a.md")
    assert "articles 1, read 1, removed 0, errors 0" in process("index", "--lang", "en").stdout
    assert "articles 1, read 0, removed 0, errors 0" in process("index", "--lang", "en").stdout


def test_a_taken_port_is_told_in_one_line_in_both_languages_before_anything_begins(
    process: Callable[..., Any],
) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        done = process("serve", "--port", port)
    assert (done.status, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    arabic, english = line.split(" · ")
    assert re.fullmatch(
        rf"error: port {port} is taken by another program; (\d+) is free: "
        r"--port \1, or make serve PORT=\1",
        english,
    )
    assert arabic.startswith("خطأ: ")
    assert str(port) in arabic


def test_removals_that_are_accepted_beside_a_writer_are_handed_on_to_it(
    content: Path, tmp_path: Path, process: Callable[..., Any]
) -> None:
    lock = WriterLock(tmp_path / "state")
    assert lock.acquire()
    try:
        told = process("index", "--accept-removals", "--lang", "en").stdout
        assert "it was told, and removes what is gone" in told
        assert RemovalGuard(tmp_path / "state").pop_lifted()
        assert "it was told" not in process("index", "--lang", "en").stdout
    finally:
        lock.release()


def test_links_on_this_machine_follow_the_address_that_is_asked_for(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md")
    site_yaml = content / "site.yaml"
    local = SITE_YAML.replace("https://news.example", "http://localhost:8000")
    site_yaml.write_text(local, encoding="utf-8")
    state = tmp_path / "state"
    for _ in range(2):  # what another start kept named another port
        with serving(content, state, "granian", FEEDSERVICE_LANG="en") as site:
            feed = site.get("/feed.rss")[1].decode()
            assert f"{site.url}/articles/a" in feed
            assert ":8000" not in feed
            assert "feeds name this address; base_url is http://localhost:8000" in site.log()
            assert not re.search("(?i)warn|error|traceback", site.log()), site.log()
    with serving(
        content,
        state,
        "granian",
        FEEDSERVICE_BASE_URL="http://localhost:8000",
        FEEDSERVICE_LANG="en",
    ) as site:
        assert "http://localhost:8000/articles/a" in site.get("/feed.rss")[1].decode()
        assert "feeds name http://localhost:8000 (base_url), not this address" in site.log()


@pytest.mark.parametrize(
    ("host", "base_url", "followed"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/news", "http://127.0.0.1:81/news"),
        ("::1", "http://localhost", "http://[::1]:81"),
        ("127.0.0.1", "http://127.0.0.1:81", ""),
        ("127.0.0.1", "https://news.example", ""),
        ("0.0.0.0", "http://127.0.0.1:8000", ""),
    ],
)
def test_only_a_base_url_of_this_machine_follows(host: str, base_url: str, followed: str) -> None:
    asked = "http://" + _authority(host, 81)
    assert _followed(asked, host, base_url) == followed
