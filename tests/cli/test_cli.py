"""The command line as a whole."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from factories import NOW, write_article
from feedservice.authoring.check import check
from feedservice.authoring.scaffold import init_site
from feedservice.cli.main import group, main

ASK = (
    "import sys; from feedservice.cli.main import group; group(['check', sys.argv[1]], standalone_mode=False);"
    "print([name for name in ('flask', 'sqlalchemy', 'granian', 'feedgen', 'httpx', 'babel') if name in sys.modules])"
)


def test_a_check_waits_for_no_library_of_the_server(content: Path) -> None:
    write_article(content, "field/a.md")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(content)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", group.list_commands(click.Context(group)))
def test_every_command_says_what_it_does(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command
    assert command.name == name
    assert command.get_short_help_str()


def test_an_unknown_command_is_none() -> None:
    assert group.get_command(click.Context(group), "publish") is None


def test_a_command_that_cannot_be_carried_out_says_why_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["feedservice", "check", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err.splitlines() == [
        f"خطأ: {tmp_path}: لا ملف site.yaml هنا ولا في مجلد أعلى",
        f"error: {tmp_path}: no site.yaml here or in a folder above",
    ]


def test_a_site_file_that_cannot_be_used_is_told_with_its_remedy_in_both_languages(
    content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (content / "site.yaml").write_text("")
    monkeypatch.setattr(sys, "argv", ["feedservice", "new", "x", "--category", "field"])
    monkeypatch.setenv("FEEDSERVICE_CONTENT", str(content))
    with pytest.raises(SystemExit, match="2"):
        main()
    arabic, _remedy, english, remedy = capsys.readouterr().err.splitlines()
    assert arabic.startswith("خطأ: site.yaml:1:1: ")
    assert english == "error: site.yaml:1:1: the key title is missing"
    assert remedy == "    ← Add a line: title: …"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_new_site_has_nothing_against_it_in_either_language(
    tmp_path: Path, language: str
) -> None:
    init_site(tmp_path, language, NOW)
    problems, found, _root = check([tmp_path], NOW)
    assert found == language
    assert {problem.code for problem in problems} <= {"summary-missing"}
