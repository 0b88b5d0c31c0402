"""Hugo itself builds small sites: every id and address of their feeds is ours."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest

from factories import FixedClock
from feedservice.content.markup import plain_text
from feedservice.importing import opening
from feedservice.importing.foreign_entry import ignore
from feedservice.index.writer import IndexWriter
from import_sources import Run, entries_of, serve

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
    "posts/plus.md": page("C++ a+b"),
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
    build(root)
    found = {}
    for feed in feeds:
        for each in feedparser.parse((root / "out" / feed).read_bytes()).entries:
            found[each.title] = (each.id, each.link)
    return found


def build(root: Path) -> None:
    subprocess.run(
        [hugo(), "--quiet", "--destination", root / "out", "--noBuildLock"],
        cwd=root,
        check=True,
        capture_output=True,
    )


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
    assert len(known) == 14
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


LISTS = {
    "flat": 'tags = "/tag/:slug/"\ncategories = "/category/:slug/"\nplaces = "/in/:section/:contentbasename/"\n',
    "by kind": '[permalinks.term]\ntags = "/topics/:title/"\nauthors = "/by/:slug"\n'
    '[permalinks.taxonomy]\ntags = "/topics/"\nplaces = "/where/"\n',
    "of pages only": '[permalinks.page]\ntags = "/tag/:slug/"\n',
}
TERMS = """tags: [قمح, C++, a+b, Sea/Land, Two Words, "o'clock"]
categories: [أخبار, Big News, Q/A]
places: [حمص, New York]
authors: [فلان, Two Names]"""

AUTHORS = ("فلان", "two-names")
"""Whose old feeds are not carried, but where every site of Hugo has them."""


@pytest.mark.parametrize("more", ["", LANGUAGES], ids=["one language", "two"])
@pytest.mark.parametrize("base", ["https://old.example/", "https://old.example/blog/"])
@pytest.mark.parametrize("kind", LISTS)
def test_lists_lead_on_where_permalinks_say_where_they_are(
    tmp_path: Path,
    run: Run,
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: FixedClock,
    kind: str,
    base: str,
    more: str,
) -> None:
    taxonomies = "".join(
        f"{each} = '{each}'\n" for each in ("tags", "categories", "places", "authors")
    )
    text = CONFIG.format(
        base=base, more=f"{more}[taxonomies]\n{taxonomies}[permalinks]\n{LISTS[kind]}"
    )
    pages = {f"content/posts/{n}.md": page(f"خبر {n}", TERMS) for n in range(2)}
    root = site(tmp_path / "site", {"hugo.toml": text, **pages})
    build(root)
    report = run(opening.open_folder(root, None, "UTC"), category="field")
    assert not report.addresses.failed
    client = serve(content, new_index(), clock).test_client()
    found = [
        each.parent.relative_to(root / "out").as_posix() for each in root.glob("out/**/index.xml")
    ]
    below = base.removeprefix("https://old.example").rstrip("/")
    lists = {f"{below}/{each}" for each in found if each != "." and not each.startswith("en")}
    of_all = {f"{below}/{each}" for each in ("tags", "topics", "categories", "authors", "places")}
    of_terms = lists - of_all - {f"{below}/where"}
    feeds = {f"{each}/index.xml" for each in of_terms if each.rpartition("/")[2] not in AUTHORS}
    asked = {old: client.get(old, follow_redirects=True).status_code for old in (*lists, *feeds)}
    assert len(feeds) > 10
    assert {old: status for old, status in asked.items() if status != 200} == {}


TIMES = {
    "only a date": "date: 2024-01-02T10:00:00Z",
    "published later than its date": "date: 2024-01-02T10:00:00Z\npublishDate: 2024-03-04T10:00:00Z",
    "to come": "date: 2024-01-02T10:00:00Z\npublishDate: 2090-03-04T10:00:00Z",
    "a date to come, published": "date: 2090-01-02T10:00:00Z\npublishDate: 2024-03-04T10:00:00Z",
    "published alone": "publishDate: 2024-03-04T10:00:00Z",
    "other names of it": "date: 2024-01-02T10:00:00Z\npubdate: 2090-03-04T10:00:00Z",
    "gone": "date: 2024-01-02T10:00:00Z\nexpiryDate: 2024-03-04T10:00:00Z",
    "gone by another name": "date: 2024-01-02T10:00:00Z\nunpublishdate: 2024-03-04T10:00:00Z",
    "to go": "date: 2024-01-02T10:00:00Z\nexpiryDate: 2090-03-04T10:00:00Z",
    "a draft": "date: 2024-01-02T10:00:00Z\ndraft: true",
    "a part of others": "date: 2024-01-02T10:00:00Z\nheadless: true",
    "in no list": "date: 2024-01-02T10:00:00Z\nbuild: {list: never}",
}


def test_what_hugo_shows_now_we_show_with_its_date_and_nothing_besides(
    tmp_path: Path, run: Run, content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    pages = {
        f"content/posts/p{n}/index.md": f"---\ntitle: {title}\n{front}\n---\nنص.\n"
        for n, (title, front) in enumerate(TIMES.items())
    }
    text = CONFIG.format(base="https://old.example/", more=SITES["slugs"])
    root = site(tmp_path / "site", {"hugo.toml": text, **pages})
    build(root)
    theirs = feedparser.parse((root / "out" / "index.xml").read_bytes()).entries
    report = run(opening.open_folder(root, None, "UTC"), category="field")
    assert (report.found, report.count, report.told, report.unexplained) == (12, 10, 2, 0)
    assert (report.drafts, report.scheduled) == (1, 2)
    told = {(each.code, each.place) for each in report.remarks}
    assert told == {("not-shown", f"content/posts/p{n}/index.md") for n in (10, 11)}
    ours = entries_of(serve(content, new_index(), clock))
    assert {each.id: datetime.fromisoformat(each.published).astimezone(UTC) for each in ours} == {
        each.id: parsedate_to_datetime(each.published) for each in theirs
    }
    expires = [p for p in content.glob("field/*.md") if "expires: " in p.read_text("utf-8")]
    assert len(expires) == 3


SHORTCODES = {
    "{{< youtube abc_DEF-123 >}}": "abc_DEF-123",
    '{{< youtube id="abc_DEF-123" title="مقطع" >}}': "abc_DEF-123",
    '{{< figure src="https://p.example/a.jpg" alt="سوق" caption="السوق *القديم*" >}}': "https://p.example/a.jpg",
    '{{< figure src="https://p.example/a.jpg" title="عنوان" attr="وكالة" attrlink="https://p.example/w" >}}': "https://p.example/w",
    '{{< details summary="تفصيل" >}}\nنص *داخله*\n{{< /details >}}': "<details",
    "{{< highlight python >}}\nprint(1)\n{{< /highlight >}}": "<code",
    "{{< highlight python >}}\nif a < b:\n    print(1)\n{{< /highlight >}}": "<code",
}


def test_hugos_own_shortcodes_show_what_hugo_shows_of_them(
    tmp_path: Path, run: Run, content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    pages = {
        f"content/posts/p{n}.md": page(f"مقال {n}").replace("نص.", f"قبل.\n\n{written}\n\nبعد.")
        for n, written in enumerate(SHORTCODES)
    }
    text = CONFIG.format(base="https://old.example/", more="")
    layout = {"layouts/single.html": "{{ .Content }}", "layouts/home.html": "-"}
    root = site(tmp_path / "site", {"hugo.toml": text, **layout, **pages})
    build(root)
    report = run(opening.open_folder(root, None, "UTC"), category="field", download=None)
    assert {each.code for each in report.remarks} <= {"media-remote"}
    ours = {each.title: each for each in entries_of(serve(content, new_index(), clock))}
    for n, (written, shown) in enumerate(SHORTCODES.items()):
        theirs = (root / "out" / "posts" / f"p{n}" / "index.html").read_text(encoding="utf-8")
        html = ours[f"مقال {n}"].content[0].value
        assert shown in theirs
        assert shown in html, written
        if "youtube" in written:
            assert f'href="https://www.youtube.com/watch?v={shown}"' in html
        else:
            apart = plain_text(html).replace(" — ", " ")  # where theirs has a heading
            assert apart == plain_text(theirs), written


UNKNOWN = {
    "{{< youtube >}}": "{{< youtube >}}",
    '{{< param "subtitle" >}}': "{{< param >}}",
    "{{< gist 789 >}}": "{{< gist >}}",
    "{{% notice tip %}}": "{{< notice >}}",
}


@pytest.mark.parametrize("written", UNKNOWN)
def test_a_shortcode_that_cannot_be_carried_is_told_with_file_and_line(
    tmp_path: Path, run: Run, written: str
) -> None:
    text = page("أ").replace("نص.", f"قبل.\n\n{written}\n\nبعد.")
    files = {
        "hugo.toml": CONFIG.format(base="https://old.example/", more=""),
        "content/posts/a.md": text,
    }
    report = run(opening.open_folder(site(tmp_path / "site", files), None, "UTC"), category="field")
    (told,) = report.remarks
    assert (told.code, told.place, told.facts["value"]) == (
        "shortcode",
        "content/posts/a.md:7",
        UNKNOWN[written],
    )
