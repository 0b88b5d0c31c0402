"""Which folder a command means, and which language it speaks."""

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from gettext import GNUTranslations
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from factories import SITE_YAML, write_article
from feedservice.cli import main as cli_main
from feedservice.cli.main import group
from feedservice.cli.surroundings import content_folder
from waiting import PATIENCE

Command = Callable[..., Any]
NAMES = group.list_commands(click.Context(group))
ASKING = {
    "check": (),
    "export": ("out",),
    "import": ("https://old.example/feed",),
    "index": (),
    "new": ("عنوان", "--category", "field"),
    "preview": (),
    "schema": ("--write",),
    "serve": (),
    "status": (),
}
"""The commands that do nothing without a site, and what else they are given."""


@pytest.fixture
def nowhere(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: no site is near, and no setting names one."""
    monkeypatch.delenv("FEEDSERVICE_CONTENT")
    folder = tmp_path / "nowhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", ASKING)
def test_without_a_site_every_command_says_where_it_looked(
    nowhere: Path, command: Command, name: str
) -> None:
    done = command(name, *ASKING[name])
    assert (done.status, done.stdout) == (2, "")
    assert f"{nowhere / 'content'} holds no site.yaml" in done.stderr
    assert "feedservice init" in done.stderr
    done = command(name, *ASKING[name], "--content", "elsewhere")
    assert f"{nowhere / 'elsewhere'} holds no site.yaml" in done.stderr
    assert list(nowhere.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_takes_folder_and_language(command: Command, name: str) -> None:
    told = command(name, "--help").stdout
    assert "--content" in told
    assert "--lang" in told


def test_the_folder_is_the_one_named_else_set_else_above_else_below(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = nowhere / "field" / "2025"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert content_folder() == below / "content"
    (nowhere / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    assert content_folder() == nowhere
    monkeypatch.setenv("FEEDSERVICE_CONTENT", "set")
    assert content_folder() == below / "set"
    assert content_folder(Path("named")) == below / "named"
    assert content_folder(Path("/named")) == Path("/named")


@pytest.mark.parametrize("where", [".", "field", ".."])
def test_a_site_is_checked_and_written_to_from_within_and_from_beside(
    content: Path, command: Command, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.delenv("FEEDSERVICE_CONTENT")
    write_article(content, "field/a.md", date="31/02/2026")
    monkeypatch.chdir(content / where)
    done = command("check")
    assert done.status == 1
    assert done.stderr == f"← {content}\n"
    path = command("new", "خبر", "--category", "field").stdout.strip()
    assert Path(path).parent == content / "field"
    assert Path(path).is_file()
    assert command("schema", "--write").stdout.startswith(str(content / ".vscode"))


@pytest.mark.parametrize(
    "arguments", [("index",), ("status",), ("export", "out"), ("import", "feed.json"), ("check",)]
)
def test_what_is_reported_names_the_folder_that_was_looked_at(
    content: Path, process: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.delenv("FEEDSERVICE_CONTENT")
    monkeypatch.chdir(content.parent)
    Path("feed.json").write_text('{"version": "https://jsonfeed.org/version/1.1", "items": []}')
    done = process(*arguments)
    assert f" {content}\n" in done.stdout + done.stderr


def test_a_folder_that_is_named_whole_needs_no_working_directory(
    content: Path, nowhere: Path, command: Command
) -> None:
    nowhere.rmdir()
    assert command("check", "--content", content).status == 0
    assert command("check").status == 2


def test_a_path_is_one_of_the_working_directory_else_of_the_content_folder(
    content: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FEEDSERVICE_CONTENT")
    write_article(content, "field/a.md", date="31/02/2026")
    write_article(content, "field/b.md", date="31/02/2026")
    monkeypatch.chdir(content.parent)
    for path in ("field/a.md", "content/field/a.md", content / "field" / "a.md"):
        told = command("check", path).stdout
        assert "content/field/a.md:3:7" in told
        assert "b.md" not in told
    elsewhere = content.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert command("check", "field/a.md", "--content", content).status == 1
    done = command("check", "field/none.md", "--content", content)
    assert done.status == 2
    assert str(elsewhere / "field/none.md") in done.stderr
    assert str(content) in done.stderr


def test_check_does_not_warn_of_an_address_that_a_setting_goes_before(
    content: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = SITE_YAML.replace("https://news.example", "http://localhost:8000")
    (content / "site.yaml").write_text(local, encoding="utf-8")
    assert "base-url-local" in command("check").stdout
    monkeypatch.setenv("FEEDSERVICE_BASE_URL", "https://news.example")
    assert "base-url-local" not in command("check").stdout


@pytest.mark.parametrize(
    ("arguments", "variables", "site", "is_arabic"),
    [
        ((), {}, "", False),
        ((), {}, "ar", True),
        ((), {}, "en", False),
        ((), {"LANG": "en_US.UTF-8"}, "ar", False),
        ((), {"LANG": "ar_SY.UTF-8"}, "en", True),
        ((), {"LANG": "fr_FR.UTF-8"}, "ar", True),
        ((), {"LANG": "ar_SY.UTF-8", "FEEDSERVICE_LANG": "en"}, "ar", False),
        (("--lang", "ar"), {"FEEDSERVICE_LANG": "en"}, "en", True),
        (("--lang=en",), {"LANG": "ar_SY.UTF-8"}, "ar", False),
    ],
)
def test_help_and_errors_are_in_the_language_asked_for_else_the_locale_else_the_site(
    nowhere: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    variables: Mapping[str, str],
    site: str,
    is_arabic: bool,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if site:
        text = SITE_YAML + f"language: '{site}'\nbroken: [\n"
        (nowhere / "site.yaml").write_text(text, encoding="utf-8")
    told = [
        command(*arguments, "--help").stdout,
        command("check", *arguments, "--help").stdout,
        command("check", "--nope", *arguments).stderr,
        command("check", "none", *arguments).stderr,
        command(*arguments, "nope").stderr,
        command("new", *arguments).stderr,
        command("serve", "--port", "x", *arguments).stderr,
    ]
    assert [bool(re.search("[ء-ي]", each)) for each in told] == [is_arabic] * len(told)


def test_a_report_is_in_the_language_of_its_site_unless_another_is_asked_for(
    content: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/a.md", date="31/02/2026")
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert "خطأ [date-impossible]" in command("check").stdout
    assert "error [date-impossible]" in command("--lang", "en", "check").stdout
    monkeypatch.setenv("FEEDSERVICE_LANG", "en")
    assert "error [date-impossible]" in command("check").stdout
    assert "خطأ [date-impossible]" in command("check", "--lang", "ar").stdout


@pytest.mark.parametrize("name", ["", *NAMES])
def test_the_help_of_every_command_is_arabic_throughout(command: Command, name: str) -> None:
    told = command(*([name] if name else []), "--lang", "ar", "--help").stdout
    assert "الاستعمال:" in told
    assert "الخيارات:" in told
    _usage, text = told.split("\n", 1)
    assert re.findall(r"(?<![A-Za-z/.$<{_-])[a-z]{3,} [a-z]{2,}(?![A-Za-z])", text) == []


def test_without_a_word_the_commands_are_listed(command: Command) -> None:
    done = command()
    assert done.status == 2
    assert all(f"  {name} " in done.stderr for name in NAMES)


FAULTS = [
    ("check", "--format", "xml"),
    ("check", "--nope"),
    ("check", "--lang"),
    ("check", "--lang", "fr"),
    ("--lang",),
    ("check", "--fix=1"),
    ("serve", "--port", "0"),
    ("serve", "--workers", "many"),
    ("serve", "x", "y"),
    ("import",),
    ("nope",),
    ("chek",),
    ("--contnt", "x"),
]


@pytest.mark.parametrize("arguments", FAULTS, ids=shlex.join)
def test_what_was_mistyped_is_told_in_arabic(
    command: Command, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LC_ALL", "ar_SY.UTF-8")
    done = command(*arguments)
    assert done.status == 2
    *_usage, fault = done.stderr.strip().splitlines()
    assert fault.startswith("خطأ: ")
    assert not re.search("[a-z]{2,} [a-z]{2,}", fault)


NEVER_SAID = {"Error: The two entered values do not match."}


def test_click_says_nothing_to_a_person_that_is_not_in_its_catalogue() -> None:
    """What else is missing is said to programmers, or by commands that are not ours."""
    folder = files("feedservice") / "locale" / "ar" / "LC_MESSAGES"
    with (folder / "click.po").open("rb") as file:
        entries = {first(entry.id): entry for entry in read_po(file, locale="ar") if entry.id}
    package = Path(click.__file__).parent
    said = {
        first(message)
        for name in ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
        for _line, message, *_ in extract_from_file("python", package / f"{name}.py")
    }
    assert entries.keys() <= said
    people = {text for text in said if re.match("Error|Invalid value|Missing|No such|Usage", text)}
    assert people - entries.keys() == NEVER_SAID
    with (folder / "click.mo").open("rb") as compiled:
        told = GNUTranslations(compiled)
    for text, entry in entries.items():
        if isinstance(entry.string, str):
            assert told.gettext(text) == entry.string, "run `make messages`"


def first(text: str | Sequence[str]) -> str:
    """The text that is said of one."""
    return text if isinstance(text, str) else text[0]


def answered(folder: Path, answers: str, *arguments: str) -> tuple[int, str]:
    """What `init` says at a terminal where somebody types."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "feedservice", "init", *arguments],
        cwd=folder,
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        os.write(ours, answers.encode())
        told, _ = process.communicate(timeout=PATIENCE)
    os.close(ours)
    os.close(its)
    return process.returncode, told


def test_at_a_terminal_init_asks_until_an_answer_can_be_used(nowhere: Path) -> None:
    answers = "fr\nar\nصحيفة: «الرواق»\nrawaq.org\nhttps://rawaq.org\n"
    status, told = answered(nowhere, answers)
    assert status == 0
    assert "ar or en" in told
    assert "https://rawaq.org" in told
    site = (nowhere / "content" / "site.yaml").read_text(encoding="utf-8")
    assert 'title: "صحيفة: «الرواق»"\n' in site
    assert "base_url: https://rawaq.org\nid: tag:rawaq.org," in site
    assert [line.split()[1] for line in told.splitlines()[-3:]] == ["new", "check", "preview"]


def test_init_asks_for_nothing_that_was_given_and_for_nothing_where_it_cannot_write(
    nowhere: Path,
) -> None:
    given = ("--lang", "en", "--title", "x", "--url", "https://x.org")
    status, told = answered(nowhere, "", *given)
    assert (status, "?" in told, "[" in told) == (0, False, False)
    status, told = answered(nowhere, "", "content")
    assert (status, "site already" in told) == (2, True)


def test_the_end_of_what_is_typed_ends_init_and_writes_nothing(nowhere: Path) -> None:
    status, told = answered(nowhere, "ar\n\x04")
    assert status == 130
    assert "Traceback" not in told
    assert list(nowhere.iterdir()) == []


def test_without_a_terminal_init_asks_nothing(nowhere: Path, process: Command) -> None:
    done = process("init", "new site", "--title", 'أ "ب" #ج')
    assert done.status == 0
    assert "title: " in (nowhere / "new site" / "site.yaml").read_text(encoding="utf-8")
    commands = [shlex.split(line)[1:] for line in done.stdout.splitlines()[-3:]]
    assert [each[0] for each in commands] == ["new", "check", "preview"]
    for each in commands[:2]:
        assert process(*each).status in (0, 1), each


def test_ctrl_c_while_the_language_is_chosen_ends_as_it_does_in_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(arguments: Sequence[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_main, "choose_language", interrupted)
    with pytest.raises(SystemExit) as ended:
        cli_main.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err.count("\n") == 1
