from dataclasses import fields
from pathlib import Path

import pytest

from feedservice.domain.errors import SettingsError
from feedservice.domain.source_address import without_secret
from feedservice.settings import Settings, spoken

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def test_every_setting_is_read_and_written_back() -> None:
    environment = {
        "FEEDSERVICE_CONTENT": "/srv/state/source/content", "FEEDSERVICE_STATE": "/srv/state",
        "FEEDSERVICE_SOURCE": "git+https://desk:s3cret@git.example/site.git#main:content", "FEEDSERVICE_SOURCE_EVERY": "60", "FEEDSERVICE_DATABASE": "sqlite:////x",
        "FEEDSERVICE_BASE_URL": "https://news.example", "FEEDSERVICE_MAX_AGE": "60", "FEEDSERVICE_POLL": "1",
        "FEEDSERVICE_RESCAN": "30", "FEEDSERVICE_CACHE": "16", "FEEDSERVICE_ACCESS_LOG": "1",
        "FEEDSERVICE_OPERATORS": "127.0.0.1/32,2001:db8::/32", "FEEDSERVICE_LINKS": "/srv/releases:/mnt/pictures",
        "FEEDSERVICE_INDIEAUTH": "https://auth.example/meta", "FEEDSERVICE_LANG": "ar", "FEEDSERVICE_PICTURES": "100", "FEEDSERVICE_FEED_FILES": "/run/feeds", "FEEDSERVICE_PREVIEW_SECRET_FILE": "/srv/secret", "FEEDSERVICE_WEBHOOK_SECRET_FILE": "/srv/hooks",
        "FEEDSERVICE_CDN": "varnish", "FEEDSERVICE_CDN_MAX_AGE": "3600", "FEEDSERVICE_CDN_TOKEN": "secret",
        "FEEDSERVICE_REPLICA": "0", "FEEDSERVICE_MEDIA": "https://cdn.example/site",
        "FEEDSERVICE_CDN_PURGE": "http://10.0.0.1:6081,http://10.0.0.2:6081", "FEEDSERVICE_CDN_TOKEN_FILE": "/run/secrets/cdn",
        "FEEDSERVICE_DESK": "gitlab+https://gitlab.com/a/b?app=x#main:content", "FEEDSERVICE_SECRETS": "/run/credentials/feedservice", "FEEDSERVICE_SMTP": "smtp://user@mail.example:587?from=desk@news.example",
    }  # fmt: skip
    found = Settings.from_env({**environment, "PATH": "/bin"})
    assert found.as_env() == environment
    assert Settings.from_env(found.as_env()) == found
    assert "s3cret" not in repr(found)


def test_the_database_lies_in_the_state_folder_of_the_site() -> None:
    one, other = (
        Settings.from_env({"FEEDSERVICE_CONTENT": path})
        for path in ("/srv/a/content", "/srv/b/content")
    )
    assert one.state != other.state
    assert one.database == f"sqlite:///{one.state}/index.sqlite3"


def test_a_replica_has_no_source_and_is_told_apart_by_its_database() -> None:
    at = "postgresql+psycopg://desk:s3cret@db.example/site?password=s3cret"
    given = {"FEEDSERVICE_REPLICA": "1", "FEEDSERVICE_SOURCE": "file:///srv/site"}
    one = Settings.from_env({**given, "FEEDSERVICE_DATABASE": at})
    assert one.source == ""
    assert Settings.from_env(one.as_env()) == one
    for database, is_same in (
        (at.replace("s3cret", "other"), True),
        (at.replace("/site", "/b"), False),
    ):
        other = Settings.from_env({**given, "FEEDSERVICE_DATABASE": database})
        assert (other.state == one.state) == is_same
    with pytest.raises(SettingsError, match="FEEDSERVICE_DATABASE"):
        Settings.from_env({**given, "FEEDSERVICE_DATABASE": "sqlite:////srv/index.sqlite3"})


@pytest.mark.parametrize(
    "environment",
    [
        {"FEEDSERVICE_CONTNT": "x"}, {"FEEDSERVICE_MAX_AGE": "x"}, {"FEEDSERVICE_MAX_AGE": "-1"},
        {"FEEDSERVICE_RESCAN": "0"}, {"FEEDSERVICE_POLL": "yes"}, {"FEEDSERVICE_BASE_URL": "news.example"},
        {"FEEDSERVICE_BASE_URL": "https://"}, {"FEEDSERVICE_BASE_URL": "https://news.example/?x"},
        {"FEEDSERVICE_BASE_URL": "https://news.example:port"}, {"FEEDSERVICE_BASE_URL": "https://[news.example"},
        {"FEEDSERVICE_MAX_AGE": "9" * 5000}, {"FEEDSERVICE_MAX_AGE": "86401"}, {"FEEDSERVICE_RESCAN": "٣٠"},
        {"FEEDSERVICE_CACHE": "-1"}, {"FEEDSERVICE_ACCESS_LOG": "on"}, {"FEEDSERVICE_POLL": "2"}, {"FEEDSERVICE_OPERATORS": "localhost"},
        {"FEEDSERVICE_SOURCE": "git+http://git.example/x"}, {"FEEDSERVICE_SOURCE": "git+ext://sh"}, {"FEEDSERVICE_SOURCE": "https://x/y"},
        {"FEEDSERVICE_SOURCE": "git+ssh://-oProxyCommand=x/y"}, {"FEEDSERVICE_SOURCE": "git+https://x/y#-b"}, {"FEEDSERVICE_SOURCE": "file:///x#a:b:c"},
        {"FEEDSERVICE_OPERATORS": "10.0.0.1/8"}, {"FEEDSERVICE_OPERATORS": ","}, {"FEEDSERVICE_LANG": "fr"}, {"FEEDSERVICE_INDIEAUTH": "http://auth.example/"}, {"FEEDSERVICE_DESK": "https://github.com/a/b"}, {"FEEDSERVICE_": "x"},
        {"FEEDSERVICE_CDN": "akamai"}, {"FEEDSERVICE_CDN_PURGE": "", "FEEDSERVICE_CDN": "fastly"}, {"FEEDSERVICE_CDN_MAX_AGE": "0"},
        {"FEEDSERVICE_CDN_PURGE": "https://x", "FEEDSERVICE_CDN": "plain"}, {"FEEDSERVICE_CDN_PURGE": "https://x"},
        {"FEEDSERVICE_CDN_PURGE": "x", "FEEDSERVICE_CDN": "varnish"}, {"FEEDSERVICE_CDN_TOKEN": "a b"},
        {"FEEDSERVICE_SMTP": "mail.example"},
        {"FEEDSERVICE_MEDIA": "cdn.example"}, {"FEEDSERVICE_MEDIA": "/srv/site/content/out", "FEEDSERVICE_CONTENT": "/srv/site/content"},
        {"FEEDSERVICE_MEDIA": "/srv", "FEEDSERVICE_CONTENT": "/srv/site/content"}, {"FEEDSERVICE_MEDIA": "/srv/a\nb"}, {"FEEDSERVICE_MEDIA": "/"}, {"FEEDSERVICE_MEDIA": "s3://"}, {"FEEDSERVICE_MEDIA": "s3://desk:key@news/site"}, {"FEEDSERVICE_REPLICA": "yes"},
    ],
)  # fmt: skip
def test_an_unknown_setting_or_a_bad_value_is_named(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(environment))):
        Settings.from_env(environment)


def test_no_message_and_no_representation_shows_a_secret() -> None:
    given = {
        "FEEDSERVICE_CDN": "webhook",
        "FEEDSERVICE_CDN_PURGE": "https://x.example/s3cret",
        "FEEDSERVICE_CDN_TOKEN": "s3cret",
    }
    assert "s3cret" not in repr(Settings.from_env(given))
    for wrong in (
        {"FEEDSERVICE_CDN": ""},
        {"FEEDSERVICE_CDN_PURGE": "s3cret"},
        {"FEEDSERVICE_CDN_TOKEN": "s3cret\n"},
    ):
        with pytest.raises(SettingsError) as told:
            Settings.from_env({**given, **wrong})
        assert "s3cret" not in str(told.value)
    for name in ("MEDIA", "SOURCE", "DESK", "BASE_URL", "INDIEAUTH"):
        for wrong in ("s3://desk:a/s3cret@news/site?", "https://desk:s3cret@cdn.example/?"):
            with pytest.raises(SettingsError, match=name) as told:
                Settings.from_env({f"FEEDSERVICE_{name}": wrong})
            assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    assert f"`FEEDSERVICE_{name.upper()}`" in DOCS.read_text(encoding="utf-8")


def test_media_are_an_address_or_a_folder_apart_from_the_content() -> None:
    for given, read in (
        ("https://cdn.example/site/", "https://cdn.example/site"),
        ("/srv/media/", "/srv/media"),
        ("s3://news/site/", "s3://news/site"),
        ("/srv/content-media", "/srv/content-media"),
    ):
        found = Settings.from_env(
            {"FEEDSERVICE_MEDIA": given, "FEEDSERVICE_CONTENT": "/srv/content"}
        )
        assert found.media == read
        assert Settings.from_env(found.as_env()) == found


@pytest.mark.parametrize(
    ("source", "media", "is_apart"),
    [
        ("s3://news/site", "s3://news/site", False),
        ("s3://news/site/", "s3://news//site", False),
        ("s3://news/site", "s3://news/site/out", False),
        ("s3://news/site", "s3://news", False),
        ("s3://news", "s3://news/site", False),
        ("s3://news/site", "s3://news/site-media", True),
        ("s3://news/site", "s3://media/site", True),
        ("git+https://news/site", "s3://news/site", True),
    ],
)
def test_media_are_put_apart_from_a_source(source: str, media: str, is_apart: bool) -> None:
    """They would be taken for originals, and originals for what is gone."""
    given = {"FEEDSERVICE_SOURCE": source, "FEEDSERVICE_MEDIA": media}
    if is_apart:
        assert Settings.from_env(given).media == media
    else:
        with pytest.raises(SettingsError, match="FEEDSERVICE_MEDIA"):
            Settings.from_env(given)


def test_an_empty_value_is_none() -> None:
    names = (f"FEEDSERVICE_{field.name.upper()}" for field in fields(Settings))
    assert Settings.from_env(dict.fromkeys(names, "")) == Settings.from_env({})


def test_each_source_has_a_state_folder_of_its_own_whoever_asks_it_and_wherever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other, same = (
        Settings.from_env({"FEEDSERVICE_SOURCE": source})
        for source in ("git+https://x/a", "git+https://x/b", "git+https://desk:key@x/a")
    )
    assert len({one.state, other.state}) == 2
    assert one.state == same.state
    assert one.content == one.state / "source" / "content"
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({"FEEDSERVICE_SOURCE": "git+https://x/a"}).state == one.state


def test_no_part_of_a_password_is_told_with_the_address_of_a_source() -> None:
    assert without_secret("git+https://desk:p@ss@x/a@b.git") == "git+https://x/a@b.git"
    for source in (
        "git+https://desk:p/zq@x/a",
        "git+https://desk:p#zq@x/a",
        "git+https://desk:12/zq@x/a",
        "git+https://desk:12/?zq@x/a",
        "git+https://desk:12/b#zq:x@x/a",
        "s3://desk:p/zq@x",
    ):
        with pytest.raises(SettingsError, match="x") as refused:
            Settings.from_env({"FEEDSERVICE_SOURCE": source})
        assert "zq" not in str(refused.value)
    with pytest.raises(SettingsError, match="x/a") as refused:
        Settings.from_env({"FEEDSERVICE_DESK": "github+https://desk:zq@x/a/b"})
    assert "zq" not in str(refused.value)
    for source in ("git+https://x:8443/a", "git+https://desk:12%2Fzq@x:8443/a@b.git"):
        assert Settings.from_env({"FEEDSERVICE_SOURCE": source}).source == source


def test_a_relative_folder_is_made_absolute_so_that_another_process_finds_it() -> None:
    relative = {"CONTENT": "content", "STATE": "state", "LINKS": "linked:"}
    found = Settings.from_env({f"FEEDSERVICE_{name}": path for name, path in relative.items()})
    assert found.links == (Path.cwd() / "linked",)
    assert found.content == Path.cwd() / "content"
    assert found.state == Path.cwd() / "state"
    assert Settings.from_env(found.as_env()) == found


def test_a_trailing_slash_of_the_address_goes() -> None:
    assert Settings.from_env({"FEEDSERVICE_BASE_URL": "https://news.example/path/"}).base_url == (
        "https://news.example/path"
    )


def test_settings_of_tests_and_of_others_are_none_of_ours() -> None:
    assert Settings.from_env(
        {"FEEDSERVICE_TESTS_REQUIRE_ALL": "1", "HOME": "/x"}
    ) == Settings.from_env({})


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, ""),
        ({"LANG": "C.UTF-8"}, ""),
        ({"LANG": "POSIX"}, ""),
        ({"LANG": "fr_FR.UTF-8"}, ""),
        ({"LANG": "ar"}, "ar"),
        ({"LANG": "ar_SY.UTF-8"}, "ar"),
        ({"LANG": "en_US@x"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ar_EG"}, "ar"),
        ({"LANG": "ar_SY", "LC_ALL": "", "LC_MESSAGES": ""}, "ar"),
        ({"LANG": "ar_SY", "LC_ALL": "C"}, ""),
        ({"LANG": "ar_SY", "FEEDSERVICE_LANG": "en"}, "en"),
        ({"LANG": "ar_SY", "FEEDSERVICE_LANG": "xx"}, "ar"),
    ],
)
def test_the_language_is_asked_of_the_setting_and_then_of_the_locale(
    environment: dict[str, str], language: str
) -> None:
    assert spoken(environment) == language


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"FEEDSERVICE_SMTP": "smtp://user:hush@mail.example?from=a@b.example"})
    assert "hush" not in str(refused.value)
