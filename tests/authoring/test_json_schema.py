from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from factories import SITE_YAML
from feedservice.authoring.json_schema import (
    article_schema,
    page_schema,
    site_schema,
    write_schemas,
)

CONTENT = Path(__file__).parent.parent.parent / "content"
ARTICLES = sorted(CONTENT.glob("*/*.md"))


def test_both_are_schemas() -> None:
    for made in (article_schema(), page_schema(), site_schema()):
        Draft202012Validator.check_schema(made)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_front_matter_that_we_accept_is_accepted_as_plug_ins_read_it(path: Path) -> None:
    front = path.read_text(encoding="utf-8").split("---\n")[1]
    fields = yaml.safe_load(front)
    dates = {
        key: str(value) for key, value in fields.items() if key in ("date", "updated", "expires")
    }
    if "corrections" in fields:
        dates["corrections"] = [
            {**each, "date": str(each["date"])} for each in fields["corrections"]
        ]
    schema = page_schema() if path.parent.name == "pages" else article_schema()
    assert not list(Draft202012Validator(schema).iter_errors({**fields, **dates}))


def test_the_sample_site_and_that_of_the_tests_are_accepted() -> None:
    for text in (SITE_YAML, (CONTENT / "site.yaml").read_text(encoding="utf-8")):
        assert not list(Draft202012Validator(site_schema()).iter_errors(yaml.safe_load(text)))


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x"},
        {"title": "x", "date": "y", "catgory": "z"},
        {"title": "x", "date": "y", "status": "z"},
        {"title": ["x"], "date": "y"},
    ],
)
def test_what_check_refuses_is_underlined(fields: dict[str, object]) -> None:
    assert list(Draft202012Validator(article_schema()).iter_errors(fields))


def test_a_key_without_a_value_yet_is_not_underlined() -> None:
    fields = yaml.safe_load(
        "title: ع\ndate: x\nsummary:\ntags:\ncategory:\nauthor:\nimage:\nrelated:\nviews:"
    )
    assert not list(Draft202012Validator(article_schema()).iter_errors(fields))


def test_a_link_where_a_schema_goes_is_replaced_and_not_followed(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    profile.write_text("mine")
    folder = tmp_path / ".vscode"
    folder.mkdir()
    (folder / "settings.json").symlink_to(profile)
    write_schemas(folder, {"site": {}})
    assert profile.read_text() == "mine"
    assert not (folder / "settings.json").is_symlink()
