"""The commands that say who may write from elsewhere: token."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from feedservice.micropub import tokens
from feedservice.micropub.token_file import TokenFile


def test_the_command_shows_a_secret_once_on_its_last_line(
    content: Path, command: Callable[..., Any]
) -> None:
    done = command(
        "token", "new", "--name", "هاتف", "--scope", "media,create", "--author", "هيئة التحرير"
    )
    assert done.status == 0, done.stderr
    secret = done.stdout.splitlines()[-1]
    assert done.stdout.strip() == secret
    assert "https://news.example/micropub" in done.stderr
    found = tokens.find(secret, TokenFile(content.parent / "state").read())
    assert found is not None
    assert (found.name, found.scopes, found.author) == ("هاتف", ("create", "media"), "desk")
    listed = command("token", "list", "--lang", "en").stdout
    assert listed.startswith("هاتف\tcreate,media\tdesk\t")
    assert "never used" in listed
    assert secret not in listed
    assert command("token", "revoke", "هاتف").status == 0
    assert command("token", "list").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--name", "a", "--scope", "create,all"], "Known: create, update, delete"),
        (["--name", "a", "--scope", ","], "Known: create"),
        (["--name", " \n"], "--name"),
        (["--name", "a", "--author", "nobody"], "Known: desk"),
        ([], "--name"),
    ],
)
def test_the_command_says_what_it_accepts(
    arguments: list[str], told: str, command: Callable[..., Any]
) -> None:
    done = command("token", "new", *arguments, "--lang", "en")
    assert done.status == 2
    assert told in done.stderr


def test_the_commands_help_is_in_the_language_that_is_spoken(command: Callable[..., Any]) -> None:
    assert "أبطِل" in command("--lang", "ar", "token", "--help").stdout
    assert "Revoke" in command("--lang", "en", "token", "--help").stdout


def test_the_folder_may_stand_before_the_command(
    content: Path, command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDSERVICE_CONTENT", "/nowhere")
    assert command("token", "--content", content, "new", "--name", "هاتف").status == 0
    assert "هاتف" in command("token", "list", "--content", content).stdout
