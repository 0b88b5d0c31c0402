import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedservice.content import article as article_file
from feedservice.content import messages
from feedservice.model import Article, Author, Category, Problem, Related, Severity, Site, Status, Tag

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SITE = Site(
    title="صحيفة",
    base_url="https://news.example",
    id="tag:news.example,2025",
    timezone="Asia/Damascus",
    categories=(Category(slug="field", name="ميداني", aliases=("ميدان",)), Category(slug="economy", name="اقتصاد")),
    authors=(Author(slug="desk", name="هيئة التحرير", email="d@news.example"),),
)
CASES = Path(__file__).parent / "cases"


def read(front: str, body: str = "نص المقال.", path: str = "field/a.md") -> tuple[Article | None, tuple[Problem, ...]]:
    return article_file.read(f"---\n{front}\n---\n\n{body}\n", path, SITE, NOW)


def article_of(front: str, body: str = "نص المقال.", path: str = "field/a.md") -> Article:
    article, problems = read(f"title: عنوان\ndate: 2025-12-20\n{front}", body, path)
    assert article, problems
    return article


def codes_of(front: str, body: str = "نص المقال.", path: str = "field/a.md") -> set[str]:
    return {problem.code for problem in read(front, body, path)[1]} - {"id-missing", "summary-missing"}


def test_every_key_is_carried() -> None:
    article = article_of(
        """updated: 2025-12-22 09:00
category: [economy, ميداني]
tags: [داريا, التحالف الدولي]
author: [desk, كاتب ضيف]
summary: "  جملة   أولى. "
image: {src: media/a.png, alt: وصف, caption: شرح, credit: حق}
media: [media/a.mp3]
related:
  - 2025-12-19-x
  - {url: "https://example.org/x", title: خارجي, summary: ملخص}
id: tag:news.example,2025:a
slug: Daraya Operation
aliases: [old-slug]
expires: 2026-06-01
lang: ar
translations: {en: a-en}
corrections: [{date: 2025-12-22, note: صُحّح}]
views: ٣٧""",
        "## عنوان\n\nفقرة.",
    )
    assert article.slug == "daraya-operation"
    assert article.categories == ("economy", "field")
    assert article.tags == (Tag(slug="داريا", label="داريا"), Tag(slug="التحالف-الدولي", label="التحالف الدولي"))
    assert article.authors == (SITE.authors[0], Author(slug="كاتب-ضيف", name="كاتب ضيف"))
    assert article.summary == "جملة أولى."
    assert article.image
    assert (article.image.src, article.image.alt, article.image.caption) == ("media/a.png", "وصف", "شرح")
    assert [media.src for media in article.media] == ["media/a.mp3"]
    assert article.related == (
        Related(slug="2025-12-19-x"),
        Related(url="https://example.org/x", title="خارجي", summary="ملخص"),
    )
    assert (article.id, article.aliases, article.views) == ("tag:news.example,2025:a", ("old-slug",), 37)
    assert article.translations == (("en", "a-en"),)
    assert article.corrections[0].note == "صُحّح"
    assert article.expires == datetime(2026, 5, 31, 21, tzinfo=UTC)
    assert article.modified == datetime(2025, 12, 22, 6, tzinfo=UTC)
    assert article.text == "عنوان فقرة."


def test_the_folder_is_the_category_where_none_is_named() -> None:
    assert article_of("", path="economy/deep/a.md").categories == ("economy",)


@pytest.mark.parametrize("name", ["field", "ميداني", "الميداني", "ميدان", "مَيْداني", "FIELD"])
def test_a_category_is_known_by_slug_name_and_alias(name: str) -> None:
    known = read(f"title: ع\ndate: 2025-12-20\ncategory: {name}", path="economy/a.md")[0]
    assert (known.categories if known else ()) == (("field",) if name != "الميداني" else ())


@pytest.mark.parametrize("typed", ["[أ, ب]", "أ، ب", "أ, ب", "\n  - أ\n  - ب\n  - أ"])
def test_tags_are_a_list_or_a_line(typed: str) -> None:
    assert [tag.label for tag in article_of(f"tags: {typed}").tags] == ["أ", "ب"]


def test_without_an_id_the_slug_is_the_id_and_the_editor_is_told() -> None:
    article, problems = read("title: ع\ndate: 2025-12-20", path="field/خبر.md")
    assert article
    assert article.id == "tag:news.example,2025:%D8%AE%D8%A8%D8%B1"
    assert [(p.code, p.severity) for p in problems] == [
        ("summary-missing", Severity.WARNING),
        ("id-missing", Severity.WARNING),
    ]


def test_the_summary_is_the_first_paragraph_cut_at_a_sentence() -> None:
    long = "جملة أولى طويلة فيها كلام. " * 30
    summary = article_of("", f"# عنوان\n\n{long}\n\nثانية").summary
    assert len(summary) <= 300
    assert summary.endswith(".")


def test_one_reading_tells_all_that_is_wrong() -> None:
    assert codes_of("title: ع\ndate: 31/02/2025\nstatus: x\ncategory: y\nviews: كثير") == {
        "date-impossible",
        "status-unknown",
        "category-unknown",
        "views-bad",
    }


def test_an_unknown_folder_names_the_nearest_category() -> None:
    problem = next(p for p in read("title: ع\ndate: 2025-12-20", path="feild/a.md")[1] if p.code == "folder-unknown")
    assert problem.facts["nearest"] == "field"


def test_a_withdrawn_article_keeps_its_moment() -> None:
    article = article_of("status: withdrawn\nupdated: 2025-12-25")
    assert article.status is Status.WITHDRAWN
    assert article.is_gone(NOW)


def cases(kind: str) -> list[Path]:
    return sorted((CASES / kind).glob("*.md"))


@pytest.mark.parametrize("path", cases("good") + cases("bad"), ids=lambda path: path.stem)
def test_a_case_file_holds_what_its_first_line_says(path: Path) -> None:
    first, _, text = path.read_text(encoding="utf-8").partition("\n")
    code, _, place = first.removeprefix("# expect: ").partition(" ")
    article, problems = article_file.read(text, f"field/{path.name}", SITE, NOW)
    found = {(p.code, f"{p.line}:{p.column}") for p in problems}
    if code == "good":
        assert article, found
        assert not found
    else:
        assert (code, place) in found
        for problem in problems:
            assert all(
                part and not re.search(r"\{\w+\}", part)
                for lang in ("ar", "en")
                for part in messages.describe(problem, lang)
            )


def test_there_are_cases_of_both_kinds() -> None:
    assert len(cases("good")) >= 8
    assert len(cases("bad")) >= 25
