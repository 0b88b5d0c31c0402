"""The unit: systemd accepts it, it gives little away, and the service lives within what it
allows."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from factories import write_article
from feedservice.cli.main import group
from feedservice.index.sqlite_file import IndexFile
from feedservice.service.lock import RemovalGuard
from feedservice.settings import Settings
from nginx_process import ROOT, require
from service_process import Site, free_port, wait_for
from waiting import PATIENCE, comes_true

UNITS = ROOT / "deploy" / "systemd"
UNIT = UNITS / "feedservice.service"
TEXT, OF_REPLICA, OF_WRITER = (
    (UNITS / f"{name}.service").read_text(encoding="utf-8")
    for name in ("feedservice", "feedservice-replica", "feedservice-writer")
)
NGINX = (ROOT / "deploy" / "nginx" / "feedservice.conf").read_text(encoding="utf-8")
CONFINED = Path(__file__).with_name("confined.py")


def with_program(text: str, path: Path) -> Path:
    """A unit with a program that is there."""
    path.write_text(
        text.replace("/opt/feedservice/bin/feedservice", sys.executable), encoding="utf-8"
    )
    return path


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    return with_program(TEXT, tmp_path / "feedservice.service")


@pytest.mark.system
@pytest.mark.parametrize(
    "text", [TEXT, OF_REPLICA, OF_WRITER], ids=["service", "replica", "writer"]
)
def test_systemd_accepts_the_unit(text: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            require("systemd-analyze", "systemd"),
            "verify",
            with_program(text, tmp_path / "feedservice.service"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.system
def test_its_exposure_is_what_the_docs_say(unit: Path) -> None:
    docs = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    told = re.findall(r"([0-9.]+) of 10", docs)
    (drop_in,) = re.findall(r"```\n\[Service\]\n(IPAddressDeny.*?)```", docs, re.DOTALL)
    analyze = require("systemd-analyze", "systemd")
    found = []
    for more in ("", f"[Service]\n{drop_in}"):
        unit.write_text(unit.read_text(encoding="utf-8") + more, encoding="utf-8")
        verified = subprocess.run([analyze, "verify", unit], check=False, capture_output=True)
        assert verified.stderr == b""
        command = [analyze, "security", "--offline=true", unit]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        found += re.findall(r"exposure level for feedservice.service: ([0-9.]+)", done.stdout)
    assert found == told


@pytest.mark.system
def test_a_second_site_is_a_copy_by_the_command_in_the_docs(tmp_path: Path) -> None:
    docs = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (command,) = re.findall("^(sed -e .*) deploy/systemd/.*$", docs, re.MULTILINE)
    copy = tmp_path / "sport.service"
    second = subprocess.run(
        [*shlex.split(command), UNIT], check=True, capture_output=True, text=True
    ).stdout
    assert "/srv/feedservice" not in second
    assert "--port 8001" in second
    copy.write_text(
        second.replace("/opt/feedservice/bin/feedservice", sys.executable), encoding="utf-8"
    )
    done = subprocess.run(
        [require("systemd-analyze", "systemd"), "verify", copy],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("text", "words", "more"),
    [
        (OF_REPLICA, ["serve", "--replica"], {"RequiresMountsFor"}),
        (OF_WRITER, ["index", "--watch"], set()),
    ],
)
def test_a_machine_among_several_may_do_no_more_than_one_alone(
    text: str, words: list[str], more: set[str]
) -> None:
    one, other = (
        [line for line in each.splitlines() if re.match("[A-Z]", line)] for each in (TEXT, text)
    )
    told = {"Description", "ExecStart", "EnvironmentFile"} | more
    told |= {"Environment", "RuntimeDirectory", "RuntimeDirectoryMode"}  # feeds as files
    assert {line.partition("=")[0] for line in {*one} ^ {*other}} == told
    (started,) = (line.split()[1:] for line in other if line.startswith("ExecStart="))
    assert started[: len(words)] == words
    command = group.get_command(click.Context(group), started[0])
    assert command
    assert command.make_context(started[0], started[1:])


def mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode
    except FileNotFoundError:  # taken up meanwhile
        return 0


def test_its_settings_and_options_are_ours() -> None:
    pairs = dict(
        line.split("=", 1) for line in re.findall("^Environment=(.+)$", TEXT, re.MULTILINE)
    )
    given = Settings.from_env(pairs)
    assert given.content == Path("/srv/feedservice/content")
    assert pairs["FEEDSERVICE_FEED_FILES"] == "%t/%N"
    assert "root /run/feedservice/" in NGINX
    program, name, *options = re.findall("^ExecStart=(.+)$", TEXT, re.MULTILINE)[0].split()
    assert (Path(program).name, name) == ("feedservice", "serve")
    command = group.get_command(click.Context(group), name)
    assert command
    assert command.make_context(name, options).params["host"] == "127.0.0.1"


@pytest.fixture
def confined(content: Path, tmp_path: Path) -> list[str | Path]:
    require("systemd-analyze", "systemd")
    return [sys.executable, CONFINED, UNIT, sys.executable]


@pytest.mark.system
def test_what_it_denies_is_denied(confined: list[str | Path]) -> None:
    """That the next test shows something."""
    program = (
        "import mmap, os, socket\n"
        "for forbidden in (lambda: mmap.mmap(-1, 4096, prot=7), lambda: os.sched_setaffinity(0, [0]), lambda: os.chroot('/'),\n"
        "                  lambda: socket.socket(socket.AF_UNIX), lambda: socket.socket(socket.AF_NETLINK)):\n"
        "    try: forbidden()\n"
        "    except PermissionError: print('denied')\n"
    )
    done = subprocess.run([*confined, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["denied"] * 5


@pytest.mark.system
def test_the_service_lives_within_what_it_allows(
    content: Path, tmp_path: Path, confined: list[str | Path]
) -> None:
    write_article(content, "field/a.md", title="تحت القيود", body="نص " * 400)
    port, state, feeds = free_port(), tmp_path / "state", tmp_path / "feeds"
    environment = {
        **os.environ,
        "FEEDSERVICE_FEED_FILES": str(feeds),
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(state),
    }
    command = [*confined, "-m", "feedservice", "serve", "--workers", "2", "--port", str(port)]
    with (
        state.with_suffix(".log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as process,
    ):
        site = Site(content, state, process, port)
        try:
            wait_for(site)
            assert "Seccomp:\t2" in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            assert [site.get(path)[0] for path in ("/", "/feed.atom", "/feed.json", "/readyz")] == [
                200
            ] * 4
            write_article(content, "field/b.md", title="بعد حفظ")
            assert site.until(lambda: site.shows("بعد حفظ"))
            counts = state / "metrics"
            assert comes_true(lambda: any(counts.glob("*.json")))
            put_down = feeds / "identity" / "feed.atom"
            assert comes_true(lambda: site.get("/feed.atom")[0] == 200 and put_down.exists())
            modes = {path.is_dir(): mode_of(path) & 0o777 for path in (feeds, *feeds.rglob("*"))}
            assert modes == {True: 0o755, False: 0o644}, "nginx reads them"
            IndexFile(state / "index.sqlite3").mark()
            RemovalGuard(state).lift()
            shown = [path for path in (state, *state.rglob("*")) if mode_of(path) & 0o077]
            assert shown == [], "drafts and embargoed texts lie here, whatever the umask"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
    said = state.with_suffix(".log").read_text(encoding="utf-8")
    assert process.returncode == 0, said
    assert "reading_process" not in said, "files are read in a process that may end"
    assert "Traceback" not in said
