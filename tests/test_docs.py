"""The docs say what there is: every command, rule and key is in them."""

import json
import re
from pathlib import Path

import click
import pytest

from feedservice.authoring.json_schema import article_schema, page_schema, site_schema
from feedservice.cli.main import group
from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.messages import WORDINGS, describe
from feedservice.content.shapes import keys_of
from feedservice.content.site import SiteFile
from feedservice.domain.model import Problem
from feedservice.index.overview import Tally
from feedservice.service.gauges import gauges_of
from feedservice.service.metrics import Metrics

ROOT = Path(__file__).parent.parent
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks" / "README.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", group.list_commands(click.Context(group)))
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"feedservice {name}" in README


@pytest.mark.parametrize("code", WORDINGS)
def test_every_rule_is_in_the_editors_docs_as_check_says_it(code: str) -> None:
    names = ("value", "key", "limit", "other", "first", "second", "new")
    problem = Problem(path="a", code=code, facts=dict.fromkeys(names, "…"))
    row = next(row for row in DOCS["rules.md"].splitlines() if row.startswith(f"| `{code}` |"))
    row = row.replace("`", "")  # around code, which has marks of direction elsewhere
    told = (" ".join(text.replace("\u200e", "").split("\n")) for text in describe(problem, "ar"))
    assert all(text in row for text in told)


@pytest.mark.parametrize("key", keys_of(FrontMatter))
def test_every_key_of_an_article_is_documented_in_both_languages(key: str) -> None:
    writing = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("writing.md")]
    assert len(writing) == 2
    assert all(f"| `{key}` |" in text for text in writing)


@pytest.mark.parametrize("key", keys_of(SiteFile))
def test_every_key_of_site_yaml_is_documented(key: str) -> None:
    assert f"`{key}`" in (ROOT / "docs" / "writing.md").read_text(encoding="utf-8")


def test_every_metric_is_documented() -> None:
    told = (
        Metrics()
        .text(
            lambda: gauges_of(
                Tally(articles={"draft": 1}, problems={"error": 1}, pings=1, purges=1)
            )
        )
        .decode()
    )
    names = {
        name
        for name in re.findall(r"^# TYPE (\S+)", told, re.MULTILINE)
        if not name.endswith("_created")
    }
    assert len(names) == 11
    assert all(f"| `{name}` |" in DOCS["operating.md"] for name in names)


@pytest.mark.parametrize(
    "link",
    [
        "docs/writing.md",
        "docs/ar/writing.md",
        "docs/ar/rules.md",
        "docs/settings.md",
        "docs/architecture.md",
        "docs/performance.md",
        "docs/checks.md",
        "docs/deploy.md",
        "docs/cdn.md",
        "docs/transcript.md",
        "docs/operating.md",
        "docs/pages.md",
        "docs/import.md",
        "docs/export.md",
        "docs/reliability.md",
    ],
)
def test_the_readme_leads_to_every_page(link: str) -> None:
    assert f"({link})" in README
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_files_that_are_there(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", prose) if ":" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_tests_of_faults_that_are_named_are_there() -> None:
    named = set(re.findall(r"test_f\d\d\w+\.py", DOCS["reliability.md"]))
    assert named
    assert named <= {path.name for path in (ROOT / "tests" / "faults").glob("test_f*.py")}


def test_what_make_is_asked_for_in_the_docs_is_a_target() -> None:
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    asked = {
        name
        for page in PAGES
        for name in re.findall(r"`make ([a-z]+)`", page.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked <= set(targets)


@pytest.mark.parametrize(
    ("name", "schema"),
    [("article", article_schema()), ("page", page_schema()), ("site", site_schema())],
)
def test_the_sample_site_has_the_schemas_of_today(name: str, schema: dict[str, object]) -> None:
    file = ROOT / "content" / ".vscode" / f"{name}.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema


def test_the_gallery_shows_every_kind_of_page_in_small_pictures() -> None:
    folder = ROOT / "docs" / "gallery"
    shown = re.findall(r"\]\((\S+\.webp)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(each.name for each in folder.glob("*.webp"))
    kinds = {name.rpartition("-")[0].rpartition("-")[0] for name in shown}
    assert len(shown) == 4 * len(kinds) > 40
    assert sum(each.stat().st_size for each in folder.iterdir()) < 1_500_000
