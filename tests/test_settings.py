from dataclasses import fields
from pathlib import Path

import pytest

from feedservice.errors import SettingsError
from feedservice.settings import Settings

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def test_every_setting_is_read_and_written_back() -> None:
    environment = {
        "FEEDSERVICE_CONTENT": "/srv/content", "FEEDSERVICE_STATE": "/srv/state", "FEEDSERVICE_DATABASE": "sqlite:////x",
        "FEEDSERVICE_BASE_URL": "https://news.example", "FEEDSERVICE_MAX_AGE": "60", "FEEDSERVICE_POLL": "1",
        "FEEDSERVICE_RESCAN": "30",
    }  # fmt: skip
    found = Settings.from_env({**environment, "PATH": "/bin"})
    assert found.as_env() == environment
    assert Settings.from_env(found.as_env()) == found


def test_the_database_lies_in_the_state_folder_of_the_site() -> None:
    one, other = (Settings.from_env({"FEEDSERVICE_CONTENT": path}) for path in ("/srv/a/content", "/srv/b/content"))
    assert one.state != other.state
    assert one.database == f"sqlite:///{one.state}/index.sqlite3"


@pytest.mark.parametrize(
    "environment",
    [
        {"FEEDSERVICE_CONTNT": "x"}, {"FEEDSERVICE_MAX_AGE": "x"}, {"FEEDSERVICE_MAX_AGE": "-1"},
        {"FEEDSERVICE_RESCAN": "0"}, {"FEEDSERVICE_POLL": "yes"}, {"FEEDSERVICE_BASE_URL": "news.example"},
    ],
)  # fmt: skip
def test_an_unknown_setting_or_a_bad_value_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(environment))):
        Settings.from_env(environment)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`FEEDSERVICE_{name.upper()}`" in DOCS.read_text(encoding="utf-8")
