"""The command line as a whole."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from factories import NOW, write_article
from feedservice.authoring.check import check
from feedservice.authoring.new_site import init_site
from feedservice.cli.main import group
from feedservice.service.supervisor import WriterSupervisor
from service_process import free_port
from waiting import PATIENCE

Command = Callable[..., Any]
ASK = (
    "import sys; from feedservice.cli.main import group; group(['check', sys.argv[1]], standalone_mode=False);"
    "print([name for name in ('flask', 'sqlalchemy', 'granian', 'feedgen', 'httpx') if name in sys.modules])"
)


def test_a_check_waits_for_no_library_of_the_server(content: Path) -> None:
    write_article(content, "field/a.md")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(content)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_told_before_anything_that_reads_files_is_loaded() -> None:
    asked = (
        "import sys, feedservice.cli.main; print({'msgspec', 'yaml', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("name", group.list_commands(click.Context(group)))
def test_every_command_says_what_it_does(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command
    assert command.name == name
    assert command.get_short_help_str()


def test_an_unknown_command_is_none() -> None:
    assert group.get_command(click.Context(group), "publish") is None


def test_a_command_that_cannot_be_carried_out_says_why(tmp_path: Path, command: Command) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    told = {
        "ar": f"خطأ: {empty}: لا ملف site.yaml هنا ولا في مجلد أعلى\n",
        "en": f"error: {empty}: no site.yaml here or in a folder above\n",
    }
    for language, text in told.items():
        done = command("check", empty, "--lang", language)
        assert (done.status, done.stderr) == (2, text)


def test_a_site_file_that_cannot_be_used_is_told_with_its_remedy(
    content: Path, command: Command
) -> None:
    (content / "site.yaml").write_text("")
    assert command("new", "x", "--category", "field").stderr.startswith("خطأ: site.yaml:1:1: ")
    done = command("new", "x", "--category", "field", "--lang", "en")
    assert done.status == 2
    assert done.stderr.splitlines() == [
        "error: site.yaml:1:1: the key title is missing",
        "    ← Write the line: title: …",
    ]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_new_site_has_nothing_against_it_but_that_it_is_a_trial_in_either_language(
    tmp_path: Path, language: str
) -> None:
    init_site(tmp_path, language, NOW)
    problems, found, _root = check([tmp_path], NOW)
    assert found == language
    trial = {"base-url-local", "site-id-example"}
    assert {problem.code for problem in problems} == {"summary-missing"} | trial


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "/nowhere"),
        ("serve", "--content", "/nowhere"),
        ("index", "--content", "/nowhere"),
        ("new", "عنوان", "--category", "none"),
        ("init", "/"),
        ("status", "--content", "/nowhere"),
        ("check", "--fix", "/nowhere"),
        ("serve", "--port", "x"),
        ("nothing",),
    ],
)
def test_no_fault_of_what_was_typed_ends_in_an_exception(
    command: Command, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments)
    assert done.status == 2
    assert done.stderr or done.stdout


def test_the_module_is_the_command(process: Command) -> None:
    done = process("check", "/nowhere")
    assert (done.status, done.stdout) == (2, "")
    assert "/nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_refused_by_name(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDSERVICE_CONTNT", "x")
    done = command("index")
    assert done.status == 2
    assert "FEEDSERVICE_CONTNT" in done.stderr


@pytest.mark.parametrize("name", ["serve", "index", "status", "export"])
@pytest.mark.parametrize(
    "url",
    [
        "garbage",
        "sqlite://",
        "nonsense://desk:S3cret@host/x",
        "nonsense+driver:///x",
        "mysql://desk:S3cret@host/x",
        "postgresql://desk:S3cret@host:port/x",
        "postgresql+psycopg2://desk:S3@cret@host/x",
        "sqlite://desk:S3cret@host/x",
        "sqlite:///x?check_same_thread=S3cret",
    ],
)
def test_a_bad_database_is_named_with_its_remedy_and_without_its_password(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, url: str
) -> None:
    monkeypatch.chdir(tmp_path)  # where SQLite would make a file of the last
    monkeypatch.setenv("FEEDSERVICE_DATABASE", url)
    monkeypatch.setattr(WriterSupervisor, "start", lambda _self: pytest.fail("a writer started"))
    more = {"export": [tmp_path / "out"], "serve": ["--port", free_port()]}.get(name, [])
    ended = command(name, "--lang", "en", *more)
    assert ended.status == 2
    assert "error: FEEDSERVICE_DATABASE is not accepted" in ended.stderr
    assert "sqlite:////var/lib" in ended.stderr
    assert "cret" not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_ctrl_c_ends_a_command_with_130_and_one_line(environment: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/feed.xml"
        command = [
            sys.executable,
            "-m",
            "feedservice",
            "import",
            address,
            "--allow-private",
            "--lang",
            "en",
        ]
        with (
            subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process,
            silent.accept()[0],
        ):
            process.send_signal(signal.SIGINT)
            told = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 130
    assert told.strip() == "interrupted; the next run goes on from here"
