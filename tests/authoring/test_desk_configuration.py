"""What Sveltia CMS is told of a site is what validates it."""

import hashlib
import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from feedservice.authoring.desk import UNSHOWN, desk_config
from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.page import PageFront
from feedservice.content.shapes import keys_of
from feedservice.domain.git_host import GitHost
from feedservice.domain.model import Author, Category, Site
from feedservice.service import wiring_desk
from feedservice.settings import Settings

SITE = Site(
    title="صحيفة",
    base_url="https://news.example",
    id="tag:news.example,2025",
    timezone="Asia/Damascus",
    categories=(Category(slug="field", name="ميداني"),),
    authors=(Author(slug="desk", name="التحرير"),),
)


ANY = {"name": "gitea", "repo": "a/b"}


def _fields(told: dict, collection: int) -> dict[str, dict]:
    return {each["name"]: each for each in told["collections"][collection]["fields"]}


def test_every_key_that_validates_is_a_field_with_a_label_in_the_sites_language() -> None:
    told = desk_config(SITE, ANY)
    for collection, model in enumerate((FrontMatter, PageFront)):
        fields = _fields(told, collection)
        shown = {name for name in fields if not name.startswith("_")}
        assert shown == set(keys_of(model)) - UNSHOWN | {"body"}
        labels = [each["label"] for name, each in fields.items() if name in shown]
        assert all(not label.isascii() for label in labels), labels
        told_optional = {name for name in shown if not fields[name]["required"]}
        needed = {name for name, each in keys_of(model).items() if each.is_required}
        assert needed - {"date"} == {"title"}  # who leaves out the date means now
        assert "title" not in told_optional


def test_choices_are_those_of_site_yaml_and_of_the_statuses() -> None:
    fields = _fields(desk_config(SITE, ANY), 0)
    assert fields["category"]["options"] == [{"label": "ميداني", "value": "field"}]
    assert fields["author"]["options"] == [{"label": "التحرير", "value": "desk"}]
    assert [each["value"] for each in fields["status"]["options"]] == [
        "published",
        "draft",
        "withdrawn",
    ]
    labels = [each["label"] for each in fields["status"]["options"]]
    assert labels == ["منشور", "مسودة", "مسحوب"]  # as the preview and `status` have them
    pages = _fields(desk_config(SITE, ANY), 1)
    assert [each["value"] for each in pages["status"]["options"]] == ["published", "draft"]
    assert fields["date"]["input_timezone"] == "Asia/Damascus"


def test_a_site_that_names_nobody_has_fields_to_type_in() -> None:
    fields = _fields(desk_config(replace(SITE, authors=(), categories=()), ANY), 0)
    assert fields["author"]["widget"] == "list"
    assert fields["category"]["widget"] == "string"


def test_the_browser_tells_folders_apart() -> None:
    given = Settings.from_env({})
    told = [
        wiring_desk.config(replace(given, content=Path(each)), SITE)["backend"]["repo"]
        for each in ("/a/content", "/b/content", "/b/c:d")
    ]
    assert len(set(told)) == 3
    assert all(re.fullmatch("[^/:]+/[^/:]+", each) for each in told)  # as Sveltia asks


@pytest.mark.parametrize(
    ("address", "api", "backend"),
    [
        ("github+https://github.com/a/b.git#main:content", "https://api.github.com", "github"),
        ("github+https://git.example/a/b", "https://git.example/api/v3", "github"),
        ("gitlab+https://gitlab.com/a/b/c?app=x1#main", "https://gitlab.com/api/v4", "gitlab"),
        ("forgejo+https://codeberg.org/a/b", "https://codeberg.org/api/v1", "gitea"),
        ("gitea+http://127.0.0.1:3000/a/b", "http://127.0.0.1:3000/api/v1", "gitea"),
    ],
)
def test_a_git_host_is_asked_at_its_api(address: str, api: str, backend: str) -> None:
    host = GitHost.read(address)
    told = desk_config(SITE, host.backend(), host.folder)
    assert (told["backend"]["name"], told["backend"]["api_root"]) == (backend, api)
    assert not host.repo.endswith(".git")
    assert ("oauth" in told["backend"]["auth_methods"]) == ("app=" in address)
    assert told["media_folder"] == ("content/media" if ":content" in address else "media")


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/a/b",
        "gitlab+http://gitlab.example/a/b",
        "gitea+https://u:p@host/a/b",
        "github+https://github.com/a/b?app=x",
        "github+https://github.com/a",
        "gitea+https://host/a/b#x:../up'; script-src *",
    ],
)
def test_what_is_no_repository_of_a_host_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        GitHost.read(address)


def test_what_is_vendored_is_what_was_looked_at() -> None:
    folder = files("feedservice.web") / "static" / "desk"
    told = json.loads((folder / "package.json").read_bytes())
    for name, digest in told["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    script = (folder / "sveltia-cms.js").read_text(encoding="utf-8")
    assert "cdn.jsdelivr" not in script
    assert "unpkg.com/@sveltia/cms" not in script
