"""A new site.yaml takes nothing from readers that they use."""

import errno
import logging
import os
import re
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from factories import NOW, FixedClock, Seconds, snapshot, write_article
from feedservice.authoring.check import check
from feedservice.content.files import ContentFiles
from feedservice.content.site_reader import read_site
from feedservice.domain.model import Problem, Severity
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer

SITE = """\
# الموقع
title: صحيفة الرصيف
base_url: https://raseef.example
id: tag:raseef.example,2026
categories:
  - slug: news  # الأخبار
    name: أخبار
    aliases: [خبر]
  - slug: sport
    name: رياضة
  - slug: tech
    name: تقنية
authors:
  - open
  - slug: desk
    name: هيئة التحرير
  - slug: salma
    name: سلمى الحلبي
"""


@pytest.fixture
def content(content: Path) -> Path:
    (content / "site.yaml").write_text(SITE, encoding="utf-8")
    return content


def save(content: Path, *changes: tuple[str, str], text: str = SITE) -> None:
    """Write site.yaml with what is changed in it."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (content / "site.yaml").write_text(text, encoding="utf-8")


CODES = {"category-gone", "author-gone", "name-changed", "base-url-changed", "page-gone"}


def told(index: IndexWriter) -> list[Problem]:
    """What is told of a change of site.yaml."""
    return [each for each in snapshot(index).problems() if each.code in CODES]


def pasted(content: Path, problem: Problem) -> None:
    """Do as the message says: write the line below the one that is told."""
    lines = (content / "site.yaml").read_text(encoding="utf-8").splitlines()
    key = problem.facts["paste"].partition(":")[0]
    below = problem.line
    while below < len(lines) and lines[below].startswith("    "):
        below += 1
    kept = [line for line in lines[problem.line : below] if not line.strip().startswith(key)]
    lines[problem.line : below] = [*kept, f"    {problem.facts['paste']}"]
    (content / "site.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def listed(index: IndexWriter, taxonomy: Taxonomy, slug: str) -> Collection[str]:
    return {each.slug for each in snapshot(index).select(Selection.of(taxonomy, slug), 9)}


@pytest.mark.parametrize(
    ("changes", "line", "paste"),
    [
        ([("slug: news", "slug: akhbar")], 6, "aliases: [خبر, news]"),
        ([("slug: news", "slug: akhbar"), ("name: أخبار", "name: الأخبار كلها")], 6, "aliases: [خبر, news]"),
        ([("  - slug: sport\n", "  - slug: more\n    name: مزيد\n  - slug: sport\n"), ("slug: news", "slug: akhbar")], 6, "aliases: [خبر, news]"),
        ([("  - slug: news  # الأخبار\n    name: أخبار\n    aliases: [خبر]\n", "")], 5, "aliases: [news]"),
        ([("categories:\n  - slug: news  # الأخبار\n    name: أخبار\n    aliases: [خبر]\n  - slug: sport\n    name: رياضة\n  - slug: tech\n    name: تقنية\n", "")], 1, "aliases: [news]"),
    ],
)  # fmt: skip
def test_a_category_that_articles_are_in_does_not_vanish(
    content: Path, indexer: Indexer, its_index: IndexWriter, changes: list[tuple[str, str]], line: int, paste: str
) -> None:  # fmt: skip
    write_article(content, "news/n1.md")
    write_article(content, "sport/n2.md")
    indexer.scan()
    before = its_index.site()
    save(content, *changes)
    indexer.scan()
    assert its_index.site() == before
    problem, *others = told(its_index)
    assert (problem.code, problem.severity, problem.facts["value"]) == (
        "category-gone", Severity.ERROR, "news"
    )  # fmt: skip
    assert (problem.line, problem.facts["paste"], problem.facts["other"]) == (
        line,
        paste,
        "news/n1.md",
    )
    assert check([content], NOW, known=its_index.known_site(NOW))[0] == (problem, *others)
    write_article(content, "news/n3.md")  # goes on as before
    indexer.scan()
    assert listed(its_index, Taxonomy.CATEGORY, "news") == {"n1", "n3"}
    if len(changes) == 1 and line == 6:
        pasted(content, problem)
        indexer.scan()
        assert told(its_index) == []
        assert its_index.site().categories[0].aliases == ("خبر", "news")
        assert listed(its_index, Taxonomy.CATEGORY, "akhbar") == {"n1", "n3"}


@pytest.mark.parametrize("byline", ["salma", "سلمى الحلبي", "سلمي الحلبى", "[desk, salma]"])
def test_an_author_of_articles_does_not_vanish(
    content: Path, indexer: Indexer, its_index: IndexWriter, byline: str
) -> None:
    write_article(content, "news/n1.md", author=byline)
    indexer.scan()
    save(content, ("slug: salma", "slug: salma-h"))
    indexer.scan()
    (problem,) = told(its_index)
    assert (problem.code, problem.line, problem.facts["paste"]) == (
        "author-gone", 17, "aliases: [salma]"
    )  # fmt: skip
    assert listed(its_index, Taxonomy.AUTHOR, "salma") == {"n1"}
    pasted(content, problem)
    indexer.scan()
    assert told(its_index) == []
    assert listed(its_index, Taxonomy.AUTHOR, "salma-h") == {"n1"}


def withdrawn(content: Path) -> None:
    write_article(content, "news/n1.md", status="withdrawn", updated="2026-01-02")


def sport(content: Path) -> None:
    write_article(content, "news/n1.md", category="sport")


def moved(content: Path) -> None:
    (content / "news" / "n1.md").rename(content / "sport" / "n1.md")


def removed(content: Path) -> None:
    (content / "news" / "n1.md").unlink()


def renamed(content: Path) -> None:
    """As a checkout does that renames a category everywhere."""
    (content / "news").rename(content / "akhbar")
    save(content, ("slug: news", "slug: akhbar"))


def unread(content: Path) -> None:
    """An article that is in the new category by a name of its own."""
    write_article(content, "news/n1.md", category="akhbar")
    save(content, ("slug: news", "slug: akhbar"))


GONE = ("  - slug: news  # الأخبار\n    name: أخبار\n    aliases: [خبر]\n", "")
LET_GO = [withdrawn, sport, moved, removed, renamed, unread]


@pytest.mark.parametrize("let_go", LET_GO)
def test_what_changes_in_the_same_moment_is_accepted(
    content: Path, indexer: Indexer, its_index: IndexWriter, let_go: Callable[[Path], None]
) -> None:
    write_article(content, "news/n1.md")
    write_article(content, "sport/n2.md")
    indexer.scan()
    save(content, GONE)
    let_go(content)
    for _ in range(2):
        indexer.scan()
        assert its_index.site().category("news") is None
        assert [(each.code, each.severity, each.facts) for each in told(its_index)] == [
            (
                "page-gone",
                Severity.WARNING,
                {"value": "/categories/news", "paste": "aliases: [news]"},
            )
        ]
    text = (content / "site.yaml").read_text(encoding="utf-8")
    save(content, text=text + "redirects: {/categories/news: /categories/sport}\n")
    indexer.scan()
    assert told(its_index) == []


@pytest.mark.parametrize("let_go", LET_GO)
def test_what_changes_later_is_accepted_with_that_save(
    content: Path, indexer: Indexer, its_index: IndexWriter, let_go: Callable[[Path], None]
) -> None:
    write_article(content, "news/n1.md")
    write_article(content, "sport/n2.md")
    indexer.scan()
    save(content, GONE)
    indexer.scan()
    assert its_index.site().category("news")
    let_go(content)
    changed = {"site.yaml", "news", "news/n1.md", "sport/n1.md"}
    if let_go in (withdrawn, sport):
        changed = {"news/n1.md"}
    assert not indexer.update(changed)  # a scan is due
    indexer.scan()
    assert its_index.site().category("news") is None
    assert {each.severity for each in told(its_index)} <= {Severity.WARNING}


def test_some_articles_that_moved_are_not_all(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    for name in ("n1", "n2"):
        write_article(content, f"news/{name}.md")
    indexer.scan()
    save(content, GONE)
    write_article(content, "news/n1.md", category="sport")
    indexer.scan()
    assert [each.facts["other"] for each in told(its_index)] == ["news/n2.md"]
    write_article(content, "news/n2.md", date="31/02/2026", category="sport")
    assert not indexer.update({"news/n2.md"})


@pytest.mark.parametrize("broken", ["title: [", "---\nلا شيء", ""])
def test_a_broken_file_whose_last_good_version_is_public_is_an_article_in_it(
    content: Path, indexer: Indexer, its_index: IndexWriter, broken: str
) -> None:
    file = write_article(content, "news/n1.md")
    indexer.scan()
    file.write_text(broken, encoding="utf-8")
    save(content, GONE)
    indexer.scan()
    assert [each.code for each in told(its_index)] == ["category-gone"]


def test_what_nothing_uses_may_go(content: Path, indexer: Indexer, its_index: IndexWriter) -> None:
    write_article(content, "sport/n1.md", author="desk")
    write_article(content, "news/n2.md", status="draft")
    write_article(content, "news/n3.md", expires="2026-01-02")
    indexer.scan()
    save(content, GONE, ("  - slug: salma\n    name: سلمى الحلبي\n", ""))
    indexer.scan()
    assert told(its_index) == []
    assert (its_index.site().category("news"), its_index.site().author("salma")) == (None, None)


def test_what_is_to_come_uses_its_category(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "news/n1.md", date="2026-02-01")
    indexer.scan()
    save(content, GONE)
    indexer.scan()
    assert [each.code for each in told(its_index)] == ["category-gone"]


def test_a_redirect_lets_a_category_go_and_one_that_leads_to_it_does_not(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    indexer.scan()
    save(content, GONE, text=SITE + "redirects: {/old: /categories/news.rss}\n")
    indexer.scan()
    assert [(each.code, each.facts["other"]) for each in told(its_index)] == [
        ("category-gone", "/old")
    ]
    write_article(content, "news/n1.md")
    indexer.scan()
    save(content, GONE, text=SITE + "redirects: {/categories/news: /categories/sport}\n")
    indexer.scan()
    assert told(its_index) == []
    assert its_index.site().category("news") is None


def test_an_index_that_is_empty_or_new_takes_any_site(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "news/n1.md")
    save(content, GONE)
    indexer.scan()
    assert told(its_index) == []
    assert [each.code for each in snapshot(its_index).problems()] == ["folder-unknown"]


def test_another_process_holds_it_too(
    content: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    write_article(content, "news/n1.md")
    indexer.scan()
    save(content, GONE)
    again = Indexer(ContentFiles(content), its_index, clock, pause=lambda _seconds: None)
    clock.now += timedelta(hours=1)
    again.scan()
    assert [each.code for each in told(its_index)] == ["category-gone"]
    assert its_index.site().category("news")


def test_the_log_says_which_line_to_add(
    content: Path, indexer: Indexer, caplog: pytest.LogCaptureFixture
) -> None:
    write_article(content, "news/n1.md")
    indexer.scan()
    save(content, ("slug: news", "slug: akhbar"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            indexer.scan()
    assert caplog.text.count("category-gone") == 1
    assert re.search(r"site\.yaml:6: category-gone: .*aliases: \[خبر, news\]", caplog.text)


def test_a_changed_name_is_told_while_articles_say_the_earlier_one(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "news/n1.md", author="سلمى الحلبي")
    write_article(content, "sport/n2.md", author="salma", category="رياضة")
    indexer.scan()
    save(content, ("name: سلمى الحلبي", "name: سلمى محمود"), ("name: رياضة", "name: الملاعب"))
    for _ in range(3):  # it is remembered
        indexer.scan()
        sports, salma = told(its_index)
        assert (sports.code, sports.line, sports.facts["value"], sports.facts["paste"]) == (
            "name-changed", 10, "رياضة", "aliases: [رياضة]"
        )  # fmt: skip
        assert (salma.code, salma.severity, salma.line) == ("name-changed", Severity.WARNING, 18)
        assert salma.facts == {
            "other": "salma", "value": "سلمى الحلبي", "paste": "aliases: [سلمى الحلبي]"
        }  # fmt: skip
        found = check([content], NOW, known=its_index.known_site(NOW))[0]
        assert [each for each in found if each.path == "site.yaml"] == [sports, salma]
    assert its_index.site().author("salma")
    write_article(content, "sport/n2.md", author="salma")
    indexer.scan()
    indexer.scan()
    assert told(its_index) == [salma]
    pasted(content, salma)
    indexer.scan()
    assert told(its_index) == []
    assert listed(its_index, Taxonomy.AUTHOR, "salma") == {"n1", "n2"}


def test_another_spelling_of_the_earlier_name_is_the_earlier_name(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "news/n1.md", author="سلمي  الحلبى")
    indexer.scan()
    save(content, ("name: سلمى الحلبي", "name: سلمى محمود"))
    indexer.scan()
    indexer.scan()
    assert [each.facts["paste"] for each in told(its_index)] == ["aliases: [سلمى الحلبي]"]


def test_a_changed_name_that_nobody_says_is_forgotten(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "news/n1.md", author="salma")
    indexer.scan()
    save(content, ("name: سلمى الحلبي", "name: سلمى محمود"))
    indexer.scan()
    indexer.scan()
    assert told(its_index) == []


def test_an_alias_that_is_deleted_is_told_as_a_changed_name_is(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "tech/n1.md", category="خبر")
    indexer.scan()
    save(content, ("    aliases: [خبر]\n", ""))
    for _ in range(2):
        indexer.scan()
        assert [(each.code, each.line, each.facts["paste"]) for each in told(its_index)] == [
            ("name-changed", 7, "aliases: [خبر]")
        ]


@pytest.mark.parametrize(
    "base", ["https://new.example", "https://raseef.example/news", "http://127.0.0.1:8701"]
)
def test_a_changed_base_url_is_told_while_articles_name_the_earlier_one(
    content: Path, indexer: Indexer, its_index: IndexWriter, base: str
) -> None:
    write_article(content, "news/n1.md", "[أ](https://raseef.example/articles/n2)")
    write_article(content, "news/n2.md")
    indexer.scan()
    save(content, ("https://raseef.example", base))
    for _ in range(2):
        indexer.scan()
        (problem,) = told(its_index)
        assert (problem.code, problem.severity, problem.line, problem.facts["paste"]) == (
            "base-url-changed", Severity.WARNING, 3, "former_urls: [https://raseef.example]"
        )  # fmt: skip
    text = (content / "site.yaml").read_text(encoding="utf-8") + problem.facts["paste"] + "\n"
    (content / "site.yaml").write_text(text, encoding="utf-8")
    indexer.scan()
    assert told(its_index) == []
    found = snapshot(its_index).article("n1")
    assert found
    assert "raseef.example" not in found.html


def test_a_base_url_that_no_article_names_is_let_go(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "news/n1.md", "[أ](/articles/n2)")
    indexer.scan()
    save(content, ("https://raseef.example", "https://new.example"))
    indexer.scan()
    indexer.scan()
    assert told(its_index) == []


@pytest.mark.parametrize("way", ["scan", "files"])
def test_a_folder_that_is_renamed_before_site_yaml_keeps_its_articles_up(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds, way: str
) -> None:
    write_article(content, "news/n1.md")
    write_article(content, "sport/n2.md")
    indexer.scan()
    (content / "news").rename(content / "akhbar")
    if way == "scan" or not indexer.update({"news/n1.md", "akhbar/n1.md"}):
        indexer.scan()
    monotonic.now += 5
    indexer.remove_vanished()
    indexer.scan()
    (kept,) = snapshot(its_index).select(Selection.of(Taxonomy.CATEGORY, "news"), 9)
    assert (kept.slug, kept.path) == ("n1", "akhbar/n1.md")
    assert [each.code for each in snapshot(its_index).problems()] == ["folder-unknown"]
    save(content, ("slug: news", "slug: akhbar"))
    indexer.scan()
    assert listed(its_index, Taxonomy.CATEGORY, "akhbar") == {"n1"}
    assert [each.code for each in snapshot(its_index).problems()] == ["page-gone"]


@pytest.mark.parametrize("closed", ["site.yaml", "templates", "header.html"])
def test_a_site_that_the_system_does_not_tell_stays_as_it_was(
    content: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monkeypatch: pytest.MonkeyPatch,
    closed: str,
) -> None:
    (content / "templates").mkdir()
    (content / "templates" / "header.html").write_text("<p>رأس</p>")
    indexer.scan()
    before, open_file = its_index.site(), os.open
    assert before.templates

    def refuse(path: Any, *given: Any, **named: Any) -> int:
        if Path(path).name == closed:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return open_file(path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        indexer.scan()
        assert its_index.site() == before
        assert [each.code for each in snapshot(its_index).problems()] == ["file-unreadable"]
        site, problems = read_site(ContentFiles(content))  # where nobody knows it yet
        assert (site is None) == (closed == "site.yaml")
        told = [(Path(each.path).name, each.code) for each in problems]
        assert told == [(closed, "file-unreadable")]
    indexer.scan()
    assert (its_index.site(), snapshot(its_index).problems()) == (before, ())


def test_a_template_that_cannot_be_read_holds_back_nothing_else(
    content: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    (content / "templates").mkdir()
    (content / "templates" / "header.html").write_text("<p>رأس</p>")
    indexer.scan()
    before = its_index.site()
    (content / "templates" / "footer.html").write_text("<p>ذيل</p>")
    save(content, ("title: صحيفة الرصيف", "title: صحيفة أخرى"))
    open_file = os.open

    def refuse(path: Any, *given: Any, **named: Any) -> int:
        if Path(path).suffix == ".html":
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return open_file(path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        indexer.scan()
    site = its_index.site()
    assert (site.title, site.templates) == ("صحيفة أخرى", before.templates)
    told = {Path(each.path).name: each.severity for each in snapshot(its_index).problems()}
    assert told == dict.fromkeys(("header.html", "footer.html"), Severity.WARNING)
