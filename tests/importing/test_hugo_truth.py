"""Hugo itself builds small sites: every id and address of their feeds is ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest

from feedservice.importing import opening
from feedservice.importing.foreign_entry import ignore
from import_sources import Run

pytestmark = pytest.mark.system

FRONT = "---\ntitle: {title}\ndate: {date}\n{more}---\nنص.\n"


def page(title: str, more: str = "", date: str = "2024-01-02T22:30:00Z") -> str:
    return FRONT.format(title=title, date=date, more=f"{more}\n" if more else "")


PAGES = {
    "posts/khabar.md": page("أ"),
    "posts/خبر-عاجل.md": page("ب الثاني"),
    "posts/Two Words_X.md": page("ت Third (one)"),
    "posts/slugged.md": page("ث", "slug: عنوان آخر"),
    "posts/addressed.md": page("ج", "url: /custom/صفحة/"),
    "posts/ended.md": page("ح", "url: /custom/page.html"),
    "posts/2024/deep/one.md": page("خ", date="2024-12-31"),
    "posts/bundle/index.md": page("د"),
    "posts/bundle/part.md": page("جزء"),
    "محليات/sub.md": page("ذ C++ & more!"),
    "top.md": page("ر"),
    "posts/plain.html": page("ز"),
    "posts/two.md": page("س إما/أو"),
    "posts/three.md": page("ش", "slug: إما/أو"),
    "posts/_index.md": "---\ntitle: قائمة\n---\n",
    "posts/headless/index.md": page("لا", "headless: true"),
}
CONFIG = 'baseURL = "{base}"\ntitle = "قديمة"\n{more}\n[services.rss]\nlimit = -1\n[security]\nallowContent = [".*"]\n'
SITES = {
    "plain": "",
    "slugs": '[permalinks]\nposts = "/:year/:month/:slug/"\n',
    "titles": '[permalinks.page]\nposts = "/:section/:title/"\n"محليات" = "/محلي/:slugorcontentbasename/"\n',
    "dates": '[permalinks]\nposts = "/:year/:monthname/:day/:weekdayname/:yearday/:contentbasename/"\n',
    "sections": '[permalinks]\nposts = "/:sections[1:]/:slugorcontentbasename/"\n',
    "ugly": "uglyURLs = true\n",
    "ended": '[permalinks]\nposts = "/blog/:slug.html"\n',
}


def hugo() -> str:
    found = shutil.which("hugo", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if not found:
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("hugo is not installed (make .venv/.bench-ready)")
        pytest.skip("hugo is not installed")
    return found


def site(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def theirs(root: Path, *feeds: str) -> dict[str, tuple[str, str]]:
    """Build a site; what its feeds say: title → id and address."""
    subprocess.run(
        [hugo(), "--quiet", "--destination", root / "out", "--noBuildLock"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    found = {}
    for feed in feeds:
        for each in feedparser.parse((root / "out" / feed).read_bytes()).entries:
            found[each.title] = (each.id, each.link)
    return found


def ours(root: Path) -> dict[str, tuple[str, str]]:
    source = opening.open_folder(root, None, "UTC")
    return {each.title: (each.id, each.url) for each in source.entries(ignore)}


@pytest.mark.parametrize("base", ["https://old.example/", "https://old.example/blog/ar"])
@pytest.mark.parametrize("kind", SITES)
def test_ids_and_addresses_of_every_permalink_are_hugos_own(
    tmp_path: Path, kind: str, base: str
) -> None:
    content = {f"content/{name}": text for name, text in PAGES.items()}
    text = CONFIG.format(base=base, more=SITES[kind])
    root = site(tmp_path, {"hugo.toml": text, **content})
    known = theirs(root, "index.xml")
    assert len(known) == 13
    assert ours(root) == known


LANGUAGES = (
    'defaultContentLanguage = "ar"\n[languages.ar]\nweight = 1\n[languages.en]\nweight = 2\n'
)


def test_translations_have_addresses_of_their_own_and_know_each_other(
    tmp_path: Path, run: Run, content: Path
) -> None:
    root = site(
        tmp_path / "site",
        {
            "hugo.toml": CONFIG.format(base="https://old.example/", more=LANGUAGES),
            "content/posts/a.ar.md": page("أ"),
            "content/posts/a.en.md": page("One"),
            "content/posts/b/index.md": page("ب"),
            "content/posts/b/index.en.md": page("Two"),
            "content/posts/v1.2.md": page("ت"),
        },
    )
    assert ours(root) == theirs(root, "index.xml", "en/index.xml")
    report = run(opening.open_folder(root, None, "UTC"), category="field")
    assert (report.count, report.unexplained) == (5, 0)
    assert "translations: {en: a-2}\n" in (content / "field" / "a.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("in_folder", ["false", "true"])
def test_a_content_folder_for_each_language(tmp_path: Path, in_folder: str) -> None:
    more = (
        f'defaultContentLanguage = "ar"\ndefaultContentLanguageInSubdir = {in_folder}\n'
        '[languages.ar]\ncontentDir = "content/ar"\n[languages.en]\ncontentDir = "content/en"\n'
    )
    root = site(
        tmp_path,
        {
            "hugo.toml": CONFIG.format(base="https://old.example/", more=more),
            "content/ar/posts/a.md": page("أ"),
            "content/en/posts/a.md": page("One"),
        },
    )
    first = "ar/index.xml" if in_folder == "true" else "index.xml"
    assert ours(root) == theirs(root, first, "en/index.xml")


def test_a_folder_of_configuration_is_the_configuration(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "config/_default/hugo.toml": CONFIG.format(base="https://old.example/", more=""),
            "config/_default/permalinks.toml": 'posts = "/:year/:slug/"\n',
            "content/posts/a.md": page("أ"),
        },
    )
    assert ours(root) == theirs(root, "index.xml") != {}
