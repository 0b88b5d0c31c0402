"""Pelican itself builds small sites: every id and address of their feeds is ours."""

import os
import re
import subprocess
from pathlib import Path

import feedparser
import pytest

from feedservice.importing import opening
from feedservice.importing.foreign_entry import ignore
from import_sources import Run

pytestmark = pytest.mark.system

PELICAN = Path(__file__).parents[2] / ".venv-generators" / "bin" / "pelican"
ARTICLES = {
    "a.md": "Title: بحث روز أوري: «جديد»\nDate: 2024-01-02 10:00",
    "محليات/khabar.md": "Title: خبر\nDate: 2024-01-03\nCategory: أخبار محلية",
    "blog/2024/sub.md": "Title: Third One & more\nDate: 2024-01-04\nTags: a, ب",
    "2024-05-06_named.md": "Title: له تاريخ في اسمه",
    "slugged.md": "Title: ث\nDate: 2024-01-05\nSlug: own-عنوان",
    "own.md": "Title: ج\nDate: 2024-01-06\nUrl: custom/page/\nSave_as: custom/page/index.html",
    "english.md": "Title: Other\nDate: 2024-01-07\nLang: en",
    "farsi.md": "Title: گزارش پژوهش‌ها\nDate: 2024-01-08",
    "hebrew.md": "Title: חדשות קצרות של היום\nDate: 2024-01-09",
    "rest.rst": "خبر *آخر*\n#########\n\n:date: 2024-01-10 09:00\n:tags: a, ب",
    "محليات/slug.rst": "عنوان\n#####\n\n:date: 2024-01-11\n:slug: own-rest\n:category: أخبار",
    "pages/about.md": "Title: عن الموقع\n",
}
BASE = (
    "SITEURL = 'https://old.example{below}'\nPATH = '{path}'\nTIMEZONE = 'Asia/Amman'\n"
    "DEFAULT_LANG = 'ar'\nFEED_ALL_ATOM = 'feeds/all.atom.xml'\nFEED_MAX_ITEMS = 50\n"
    "AUTHOR = 'فلان'\n{more}"
)
SITES = {
    "plain": ("", "content", ""),
    "below a path": ("/blog", "./content/", ""),
    "dates": (
        "",
        "content",
        "ARTICLE_URL = '{date:%Y}/{date:%m}/{slug}/'\nARTICLE_SAVE_AS = ARTICLE_URL + 'index.html'\n",
    ),
    "categories": (
        "",
        "content",
        "ARTICLE_URL = '{category}/{slug}.html'\nARTICLE_SAVE_AS = '{category}/{slug}.html'\n",
    ),
    "unicode": ("", "content", "SLUGIFY_USE_UNICODE = True\nSLUGIFY_PRESERVE_CASE = True\n"),
    "names": ("", "content", "SLUGIFY_SOURCE = 'basename'\nUSE_FOLDER_AS_CATEGORY = False\n"),
    "all languages": (
        "",
        "content",
        "ARTICLE_LANG_URL = '{lang}/{slug}.html'\nARTICLE_LANG_SAVE_AS = '{lang}/{slug}.html'\n",
    ),
}


def site(root: Path, below: str, path: str, more: str, articles: dict[str, str] = ARTICLES) -> Path:
    root.mkdir(exist_ok=True)
    (root / "pelicanconf.py").write_text(
        BASE.format(below=below, path=path, more=more), encoding="utf-8"
    )
    for name, head in articles.items():
        file = root / "content" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{head}\n\nنص.\n", encoding="utf-8")
    return root


def theirs(root: Path) -> dict[str, tuple[str, str]]:
    if not PELICAN.exists():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("pelican is not installed (make .venv-generators/.ready)")
        pytest.skip("pelican is not installed (make .venv-generators/.ready)")
    subprocess.run(
        [PELICAN, "--settings", "pelicanconf.py", "--output", "out", "--quiet"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    return fed(root, "all.atom.xml")


def fed(root: Path, feed: str) -> dict[str, tuple[str, str]]:
    """What one of the feeds of a site that was built says: title → id and address."""
    parsed = feedparser.parse((root / "out" / "feeds" / feed).read_bytes())
    return {each.title: (each.id, each.link) for each in parsed.entries}


@pytest.mark.parametrize("kind", SITES)
def test_ids_and_addresses_are_pelicans_own(tmp_path: Path, kind: str) -> None:
    root = site(tmp_path, *SITES[kind])
    known = theirs(root)
    assert len(known) == len(ARTICLES) - 1
    source = opening.open_folder(root, None, "UTC")
    articles = [each for each in source.entries(ignore) if not each.is_page]
    assert {each.title: (each.id, each.url) for each in articles} == known


PLACES = {
    "a.md": "Title: ألف\nDate: 2024-01-02",
    "blog/b.md": "Title: ب\nDate: 2024-01-03",
    "blog/about/c.md": "Title: ت\nDate: 2024-01-04",
    "pages/d.md": "Title: ث\nDate: 2024-01-05",
    "blogs/e.md": "Title: ج\nDate: 2024-01-06",
    "blog/old/f.md": "Title: ح\nDate: 2024-01-07",
}


@pytest.mark.parametrize(
    "more",
    [
        "",
        "PAGE_PATHS = ['']\nARTICLE_PATHS = ['blog']\n",
        "PAGE_PATHS = ['blog']\n",
        "PAGE_PATHS = ['blog/about', 'pages']\nARTICLE_EXCLUDES = ['blog/old']\n",
        "PAGE_PATHS = []\n",
        "PAGE_PATHS = ['a.md', 'blog/about']\nARTICLE_PATHS = ['blog', 'pages']\n",
        "PAGE_PATHS = ['']\nPAGE_EXCLUDES = ['blogs']\nARTICLE_PATHS = ['pages', 'blog/old']\n",
    ],
)
def test_what_is_an_article_and_what_a_page_is_as_pelican_has_it(tmp_path: Path, more: str) -> None:
    root = site(tmp_path, "", "content", more, PLACES)
    known = theirs(root)
    found = [*opening.open_folder(root, None, "UTC").entries(ignore)]
    assert {each.title: (each.id, each.url) for each in found if not each.is_page} == known
    pages = {each.url for each in found if each.is_page}
    written = (path.relative_to(root / "out").as_posix() for path in root.glob("out/pages/*.html"))
    assert pages == {f"https://old.example/{path}" for path in written}


PAIRS = {
    "one.md": "Title: خبر\nDate: 2024-01-02 10:00\nSlug: one",
    "one-en.md": "Title: News\nDate: 2024-01-02 10:00\nSlug: one\nLang: en",
    "one-fr.md": "Title: Nouvelles\nDate: 2024-01-03\nSlug: one\nLang: fr\nTranslation: true",
    "two.md": "Title: خبر آخر\nDate: 2024-01-04",
}


def test_translations_that_pelican_holds_together_know_each_other(
    tmp_path: Path, run: Run, content: Path
) -> None:
    feeds = "TRANSLATION_FEED_ATOM = 'feeds/all-{lang}.atom.xml'\n"
    root = site(tmp_path / "site", "", "content", feeds, PAIRS)
    known = theirs(root)
    by_language = {each: fed(root, f"all-{each}.atom.xml") for each in ("ar", "en", "fr")}
    assert known == by_language["ar"] | by_language["en"] | by_language["fr"]
    assert sorted(map(len, by_language.values())) == [1, 1, 2]
    source = opening.open_folder(root, None, "UTC")
    assert {each.title: (each.id, each.url) for each in source.entries(ignore)} == known
    report = run(source, category="field")
    assert (report.count, report.remarks) == (4, [])
    texts = {path.stem: path.read_text("utf-8") for path in content.glob("*/*.md")}
    linked = {
        stem: re.findall("^translations: (.*)$", text, re.MULTILINE) for stem, text in texts.items()
    }
    names = {
        title: next(s for s, text in texts.items() if f"title: {title}\n" in text)
        for title in known
    }
    ar, en, fr = (names[title] for title in ("خبر", "News", "Nouvelles"))
    assert linked == {
        ar: [f"{{en: {en}, fr: {fr}}}"],
        en: [f"{{ar: {ar}, fr: {fr}}}"],
        fr: [f"{{ar: {ar}, en: {en}}}"],
        names["خبر آخر"]: [],
    }
