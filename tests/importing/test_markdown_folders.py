"""Folders of Zola, Nikola, Eleventy, Astro, and of Markdown that no program's configuration is in."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from feedservice.importing import opening
from feedservice.importing.astro_collections import bases_of
from feedservice.importing.fetch import Fetcher
from feedservice.importing.import_report import ImportReport
from feedservice.importing.zola import slugified
from import_sources import Run

Bring = Callable[[dict[str, str]], ImportReport]


@pytest.fixture
def bring(run: Run, tmp_path: Path) -> Bring:
    def brought(files: dict[str, str]) -> ImportReport:
        for name, text in files.items():
            path = tmp_path / "source" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        source = opening.open_folder(tmp_path / "source", None, "UTC")
        return run(source, category="field", download=None)

    return brought


def text_of(content: Path, name: str, *parts: str) -> str:
    """The text of an article, which has all these parts."""
    text = next(content.rglob(name)).read_text(encoding="utf-8")
    assert [part for part in parts if part not in text] == []
    return text


def codes(report: ImportReport) -> list[str]:
    return [noted.code for noted in report.remarks]


def test_zola(bring: Bring, content: Path) -> None:
    body = '+++\ntitle = "ع"\ndate = 2024-05-01\nupdated = 2024-05-02\ndescription = "ملخص"\n[taxonomies]\ntags = ["داريا"]\ncategories = ["سياسة"]\n[extra]\nx = 1\n+++\nنص [ب](@/blog/b/index.md#x)\n\n{{ youtube(id="abc") }}\n\n{{ map(x=1) }}\n'
    report = bring(
        {
            "config.toml": 'base_url = "https://old.example/s"\n[languages.en]\n',
            "content/_index.md": "+++\n+++\n",
            "content/blog/_index.md": "+++\n+++\nكلام",
            "content/blog/2024-05-01-a.md": body,
            "content/blog/b/index.md": '+++\ntitle = "ب"\ndate = 2024-05-02\n+++\nنص',
            "content/blog/c.en.md": '+++\ntitle = "C"\ndate = 2024-05-02\n+++\nText',
            "content/about.md": '+++\ntitle = "عنّا"\n+++\nنص',
        }
    )
    assert (report.kind, report.found, report.count, report.unexplained) == ("zola", 5, 4, 0)
    text_of(
        content,
        "a.md",
        "id: https://old.example/s/blog/a/\n",
        "tags: [داريا]\nsummary: ملخص\n",
        "نص [ب](b#x)\n\n<https://www.youtube.com/watch?v=abc>\n",
    )
    text_of(content, "c.md", "lang: en\n", "id: https://old.example/s/en/blog/c/\n")
    assert [each.name for each in report.categories] == ["سياسة"]
    assert ("/s/about", "/pages/about") in report.redirects
    assert sorted(codes(report)) == ["key-unread", "list-text", "shortcode"]


@pytest.mark.parametrize(
    ("strategy", "address"),
    [("on", "ms-l-fy-lqr"), ("safe", "مسألة في القراءة"), ("off", "مسألة في القراءة.")],
)
def test_arabic_addresses_of_zola_are_its_own(
    bring: Bring, content: Path, strategy: str, address: str
) -> None:
    config = f'base_url = "https://old.example"\n[slugify]\npaths = "{strategy}"\n'
    head = '+++\ntitle = "ع"\ndate = 2024-05-01\n+++\n\nنص\n'
    bring({"config.toml": config, "content/blog/مسألة في القراءة..md": head})
    (path,) = content.rglob("*/*.md")
    found = unquote(path.read_text(encoding="utf-8"))
    assert f"id: https://old.example/blog/{address}/\n" in found


@pytest.mark.parametrize(
    ("title", "slug"),  # as the crates slug and deunicode make them
    [
        ("بحث روز أوري: «جديد»", "bhth-rwz-wry-jdyd"),
        ("مقدّمة عن إحياء الماء", "mqdwm-n-hy-lm"),
        ("گزارش پژوهش‌ها", "gzrsh-pjwhshh"),
        ("חדשות אחרות", "khdshvt-khrvt"),
        ("رحمٰن ٢٠٢٤", "rhman-2024"),
    ],
)
def test_letters_of_zola_are_its_own(title: str, slug: str) -> None:
    assert slugified(title, "") == slug


def test_astro(bring: Bring, content: Path) -> None:
    body = "---\ntitle: ع\npubDate: 2024-05-01\nupdatedDate: 2024-05-02\nheroImage: https://p.example/a.jpg\n---\nimport X from '../x.astro';\n\nنص\n\n<Chart data={1} />\n"
    report = bring(
        {
            "astro.config.mjs": "export default defineConfig({ site: 'https://old.example' });",
            "src/content/blog/a.mdx": body,
            "src/content/config.ts": "x",
            "README.md": "# لا",
        }
    )
    assert (report.kind, report.found, report.count) == ("astro", 1, 1)
    here = ("id: https://old.example/blog/a/\n", "image: https://p.example/a.jpg\n")
    assert "import X" not in text_of(content, "a.md", *here)
    assert "shortcode" in codes(report)


@pytest.mark.parametrize(
    ("pages", "path", "address"),
    [
        (["posts/[...slug]/index.astro", "tags/[slug].astro"], "blog/2024-05-01-a.md", "posts/2024-05-01-a"),
        (["blog/[...slug].astro"], "blog/سنة/My Post, 2.md", "blog/سنة/my-post-2"),
        (["[lang]/blog/[...slug].astro"], "blog/ar/a.md", "ar/blog/a"),
        (["blog/[...slug].astro", "ur/blog/[slug].astro"], "blog/ur/a.md", "ur/blog/a"),
        (["blog/[...slug].astro", "ur/blog/[slug].astro"], "blog/en/a.md", "blog/a"),
        (["[...slug].astro"], "blog/a.md", "a"),
        (["x/[y].astro"], "blog/a.md", "blog/a"),
    ],
)  # fmt: skip
def test_addresses_of_astro_are_those_of_the_pages_that_show_a_collection(
    bring: Bring, content: Path, pages: list[str], path: str, address: str
) -> None:
    bring(
        {
            "astro.config.mjs": "export default { site: 'https://old.example' };",
            "src/content/config.ts": "",
            **{f"src/pages/{page}": "---\n" for page in pages},
            f"src/content/{path}": "---\ntitle: ع\npubDatetime: 2024-05-01T10:00:00Z\n---\nنص",
        }
    )
    (text,) = (path.read_text(encoding="utf-8") for path in content.rglob("*/*.md"))
    assert f"id: https://old.example/{address}/\n" in unquote(text)
    assert "date: 2024-05-01" in text


def test_folders_of_astros_collections_are_those_that_its_configuration_names(
    bring: Bring, content: Path
) -> None:
    program = """
        const BLOG = "posts/all";
        // const old = defineCollection({ loader: glob({ base: "./old" }) });
        /* const older = defineCollection({ loader: glob({ base: "./older" }) }); */
        const articles = defineCollection({
          loader: glob({ pattern: "**/[^_]*.{md,mdx}", // base: "./none"
            base: `./${BLOG}` }),
        });
        const news = defineCollection({ loader: glob({ base: "./src/data/n/ar", pattern: "*" }) });
        const far = defineCollection({ loader: glob({ base: somewhere(), pattern: "*" }) });
        export const collections = { blog: articles, news, far };
    """
    text = "---\ntitle: ع\ndate: 2024-05-01\n---\nنص"
    report = bring(
        {
            "astro.config.mjs": "export default { site: 'https://old.example' };",
            "src/content.config.ts": program,
            "src/pages/blog/[...slug].astro": "",
            "src/pages/news/[slug].astro": "",
            "src/pages/far/[slug].astro": "",
            "posts/all/2024/a.md": text,
            "src/data/n/ar/b.md": text,
            "src/data/far/c.md": text,
            "old/d.md": text,
        }
    )
    assert (report.count, report.drafts) == (3, 0)
    for name, address in (("a", "blog/2024/a"), ("b", "news/b"), ("c", "far/c")):
        text_of(content, f"{name}.md", f"id: https://old.example/{address}/\n")


@pytest.mark.parametrize("expression", [r"/^https?:\/\//", "/[/*]/", r"/^\/*$/", "/^[^'\"`]+$/"])
def test_a_regular_expression_in_astros_configuration_hides_nothing_behind_it(
    expression: str,
) -> None:
    program = f"""
const blog = defineCollection({{
  loader: glob({{ pattern: '**/*.md', base: './src/posts' }}),
  schema: z.object({{ link: z.string().regex({expression}) }}),
}});
const notes = defineCollection({{ loader: glob({{ pattern: '*.md', base: './src/notes' }}) }});
"""
    assert bases_of(program) == {"src/posts": "blog", "src/notes": "notes"}


def test_a_collection_of_astro_that_no_page_shows_comes_as_drafts(bring: Bring) -> None:
    text = "---\ntitle: ع\ndate: 2024-05-01\n---\nنص"
    report = bring(
        {
            "astro.config.mjs": "",
            "src/pages/blog/[slug].astro": "",
            "src/content/blog/a.md": text,
            "src/content/payments/b.md": text,
        }
    )
    assert (report.count, report.drafts, codes(report)) == (2, 1, ["unshown"])


def test_eleventy(bring: Bring, content: Path) -> None:
    report = bring(
        {
            ".eleventy.js": "module.exports = () => {};",
            "src/_data/metadata.json": '{"url": "https://old.example/"}',
            "src/_includes/base.md": "---\ntitle: لا\n---\n",
            "src/posts/2024-05-01-a.md": "---\ntitle: ع\ntags: [posts, داريا]\n---\nنص",
            "src/posts/b.md": "---\ntitle: ب\ndate: 2024-05-02\npermalink: /other/b/\n---\nنص",
            "src/about.md": "---\ntitle: عنّا\n---\nنص",
        }
    )
    assert (report.kind, report.found, report.count) == ("eleventy", 3, 3)
    text_of(content, "a.md", "date: 2024-05-01", "id: https://old.example/posts/a/\n")
    text_of(content, "a.md", "tags: [داريا]\n")
    text_of(content, "b.md", "id: https://old.example/other/b/\n")
    assert ("/about", "/pages/about") in report.redirects


def test_eleventys_folder_is_the_one_that_its_configuration_names(
    bring: Bring, content: Path
) -> None:
    report = bring(
        {
            "eleventy.config.mjs": "export default () => ({ dir: { output: '_site', input: './app' } });",
            "app/_data/site.json": "{}",
            "app/posts/a.md": "---\ntitle: ع\ndate: 2024-05-01\n---\nنص",
            "app/now.md": "---\ntitle: الآن\n---\nنص",
            "app/changelog.md": "---\ntitle: ما تغير\n---\nنص",
            "app/about.njk": "---\ntitle: عنّا\n---\n{{ x }}",
            "app/feed.xml.njk": "{{ x }}",
        }
    )
    assert (report.found, report.count, report.drafts) == (4, 3, 0)
    moved = {
        ("/posts/a", "/articles/a"),
        ("/now", "/pages/now"),
        ("/changelog", "/pages/changelog"),
    }
    assert moved <= set(report.redirects)
    assert codes(report).count("format-other") == 1


def test_an_export_beside_the_site_that_came_of_it_is_not_the_site(tmp_path: Path) -> None:
    wxr = '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel></channel></rss>'
    for name, text in (("export.xml", wxr), (".eleventy.js", ""), ("a.md", "---\n---\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert opening.open_source(str(tmp_path), None, Fetcher()).kind == "eleventy"
    assert opening.open_source(str(tmp_path), "wordpress", Fetcher()).kind == "wordpress"


def test_nikola(bring: Bring, content: Path) -> None:
    conf = 'SITE_URL = "https://old.example/"\nBLOG_TITLE = "x"\nPOSTS = (("posts/*.md", "news", "post.tmpl"),)\nPAGES = (("pages/*.md", "", "page.tmpl"),)\n'
    meta = "<!--\n.. title: ع\n.. slug: awwal\n.. date: 2024-05-01 10:00:00 UTC+03:00\n.. tags: داريا, ماء\n.. category: سياسة\n-->\n\nنص\n<!-- TEASER_END -->\nبقية\n"
    report = bring(
        {
            "conf.py": conf,
            "posts/a.md": meta,
            "posts/b.md": meta.replace("awwal", "b").replace("ماء", "draft"),
            "posts/c.ipynb": "{}",
            "pages/about.md": "<!--\n.. title: عنّا\n.. slug: about\n-->\n\nنص",
        }
    )
    assert (report.kind, report.found, report.count, report.drafts) == ("nikola", 4, 3, 1)
    here = ("date: 2024-05-01 10:00", "id: https://old.example/news/awwal/\n")
    assert "TEASER" not in text_of(content, "awwal.md", *here, "tags: [داريا, ماء]\n")
    assert "format-other" in codes(report)
    assert ("/about", "/pages/about") in report.redirects


_POST = "<!--\n.. title: {0}\n.. slug: {0}\n.. date: 2024-05-01 10:00:00 UTC\n.. tags: {1}\n.. category: {2}\n.. author: {3}\n-->\n\nنص\n"
_SAMPLE = {
    "posts/a.md": _POST.format("a", "لبنان, C++", "World/Field News", "سارة"),
    "posts/b.md": _POST.format("b", "لبنان", "Home/A\\/B", "Ali"),
    "posts/c.md": _POST.format("c", "draft, secret", "Home/D", "Ali"),
    "posts/d.md": _POST.format("d", "", "Home/E", "Ali"),
}


@pytest.mark.parametrize(
    ("settings", "moved", "absent"),
    [
        ("", {
            "/categories": "/tags",
            "/categories/lbnn": "/tags/لبنان",
            "/categories/c++": "/tags/c-plus-plus",
            "/categories/cat_world/field-news": "/categories/world-field-news",
            "/categories/cat_world": "/categories/world-field-news",
            "/categories/cat_home/ab": "/categories/home-a-b",
            "/categories/cat_home": "/",
            "/authors/sr": "/authors/سارة",
        }, ("/categories/secret", "/archive.html", "/rss.xml", "/authors/ali")),
        ('PRETTY_URLS = False\nTAG_PATH = "labels"\nCATEGORY_PATH = {"en": "sections"}\nCATEGORY_PREFIX = ""\nAUTHOR_PATH = "by"\nARCHIVE_PATH = "past"\nGENERATE_ATOM = True\nATOM_FILENAME_BASE = "all"\n', {
            "/labels": "/tags",
            "/labels/lbnn": "/tags/لبنان",
            "/sections": "/",
            "/sections/world-field-news": "/categories/world-field-news",
            "/sections/world": "/categories/world-field-news",
            "/by": "/authors",
            "/by/ali": "/authors/ali",
            "/past/archive.html": "/archive",
            "/past/{year}/{month}": "/archive",
            "/all.atom": "/feed.atom",
        }, ("/categories", "/authors")),
        ('TRANSLATIONS = {"en": "", "ar": "./ar"}\nCATEGORY_OUTPUT_FLAT_HIERARCHY = True\nSLUG_TAG_PATH = False\nSLUG_AUTHOR_PATH = False\n', {
            "/categories/لبنان": "/tags/لبنان",
            "/ar/categories/لبنان": "/tags/لبنان",
            "/categories/C++": "/tags/c-plus-plus",
            "/ar/categories/cat_Field News": "/categories/world-field-news",
            "/ar/authors/سارة": "/authors/سارة",
            "/ar/authors": "/authors",
            "/ar": "/",
            "/ar/rss.xml": "/feed.rss",
            "/ar/archive.html": "/archive",
            "/ar/{year}": "/archive",
            "/ar/posts/a": "/articles/a",
        }, ("/authors/سارة",)),
    ],
)  # fmt: skip
def test_lists_of_nikola_lead_to_ours(
    bring: Bring, settings: str, moved: dict[str, str], absent: tuple[str, ...]
) -> None:
    # The addresses are those that Nikola 8.3.3 made of such files.
    conf = f'BLOG_TITLE = "x"\nSITE_URL = "https://old.example/"\nDEFAULT_LANG = "en"\n{settings}'
    found = dict(bring({"conf.py": conf, **_SAMPLE}).redirects)
    assert {old: found.get(old) for old in moved} == moved
    assert [old for old in absent if old in found] == []


def test_nikolas_settings_say_whether_tags_hide_and_who_wrote_what_names_nobody(
    bring: Bring, content: Path
) -> None:
    conf = """
BLOG_TITLE = "x"
SITE_URL = "https://old.example/"
DEFAULT_LANG = "en"
USE_TAG_METADATA = False
BLOG_AUTHOR = {"en": "Newsroom", "ar": "التحرير"}
TRANSLATIONS = {"en": "", "ar": "./ar"}
"""
    nameless = _POST.replace(".. author: {3}\n", "")
    files = {
        "posts/a.md": nameless.format("a", "draft, private", "World"),
        "posts/b.ar.md": nameless.format("b", "", "World"),
        "posts/c.md": _POST.format("c", "", "World", "Sara"),
        "posts/d.md": _POST.format("d", "", "World", "").replace("-->", ".. status: draft\n-->"),
    }
    report = bring({"conf.py": conf, **files})
    assert (report.count, report.drafts) == (4, 1)
    text_of(content, "a.md", "tags: [draft, private]\n", "author: newsroom\n")
    text_of(content, "b.md", "author: التحرير\n")
    text_of(content, "c.md", "author: sara\n")
    assert ("/ar/authors/lthryr", "/authors/التحرير") in report.redirects


def test_a_translated_text_of_nikola_has_its_own_address_alone(bring: Bring) -> None:
    conf = 'BLOG_TITLE = "x"\nSITE_URL = "https://old.example/"\nDEFAULT_LANG = "en"\nTRANSLATIONS = {"en": "", "ar": "./ar"}\n'
    files = {
        "posts/a.rst": _POST.replace("<!--\n", "").replace("-->\n", "").format("a", "x", "y", "z")
    }
    files |= {"posts/a.ar.md": _SAMPLE["posts/a.md"], "posts/b.ar.md": _SAMPLE["posts/b.md"]}
    found = dict(bring({"conf.py": conf, **files}).redirects)
    assert (found["/ar/posts/a"], found["/posts/a"]) == ("/articles/a", "/articles/a-2")
    assert (found["/ar/posts/b"], found["/posts/b"]) == ("/articles/b", "/articles/b")


def test_texts_of_nikola_are_restructured_and_have_metadata_above_or_beside(
    bring: Bring, content: Path
) -> None:
    conf = 'BLOG_TITLE = "x"\nSITE_URL = "https://old.example/"\nDEFAULT_LANG = "ar"\nTRANSLATIONS = {DEFAULT_LANG: "", "en": "./en"}\n'
    head = ".. title: كيف تكتب draft\n.. slug: awwal\n.. date: 2024-05-01 10:00:00 UTC+03:00\n"
    report = bring(
        {
            "conf.py": conf,
            "posts/a.txt": f"{head}\n*مهم*\n\n.. image:: https://p.example/a.jpg\n\n.. title: لا\n",
            "posts/a.en.txt": f"{head}\nText\n",
            "posts/b.txt": "نص\n",
            "posts/b.meta": "ثانٍ\nthani\n2024/05/02 10:00\nداريا, ماء\n",
            "posts/خبر c++_1.4.rst": f"{head}\nنص\n".replace(".. slug: awwal\n", ""),
            "posts/c.rst": "نص\n",
            "posts/c.meta": ".. title: ثالث\n.. slug: thalith\n.. date: 2024-05-03\n.. tags: draft\n",
        }
    )
    assert (report.kind, report.found, report.count, report.drafts) == ("nikola", 5, 5, 1)
    text_of(content, "خبر*.md", "id: https://old.example/posts/khbr-c++_14/\n")
    first = ("title: كيف تكتب draft\n", "id: https://old.example/posts/awwal/\n", "*مهم*")
    text_of(content, "awwal-2.md", *first, "(https://p.example/a.jpg)")
    text_of(content, "awwal.md", "lang: en\n", "id: https://old.example/en/posts/awwal/\n")
    text_of(content, "thani.md", "title: ثانٍ\n", "date: 2024-05-02 10:00", "[داريا, ماء]")
    text_of(content, "thalith.md", "status: draft\n")


def test_a_plain_folder(bring: Bring, content: Path) -> None:
    report = bring(
        {
            "سياسة/2024-05-01 خبر.md": "# عنوان الخبر\n\nنص [آخر](b.md)\n",
            "سياسة/b.md": "---\ntitle: ب\ncreated: 2024-05-02\ncanonical_url: https://old.example/b\n---\n# ب\n\nنص",
            "20240503101500-d.md": "نص",
            "c.md": "بلا تاريخ",
            "README.md": "# لا",
        }
    )
    assert (report.kind, report.found, report.count, report.drafts) == ("markdown", 4, 4, 1)
    text_of(content, "d.md", "date: 2024-05-03 00:00")
    text = text_of(content, "خبر.md")
    assert text.startswith("---\ntitle: عنوان الخبر\ndate: 2024-05-01")
    assert text.endswith("---\n\nنص [آخر](b)\n")
    assert [each.name for each in report.categories] == ["سياسة"]
    assert text_of(content, "b.md", "id: https://old.example/b\n").endswith("---\n\nنص\n")
