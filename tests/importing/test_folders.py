"""Content folders of Hugo, Jekyll and Pelican: front matter of every kind, links, pictures,
addresses, and what is told."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from feedservice.domain.errors import ImportFailure
from feedservice.importing import dialects, opening
from feedservice.importing.import_report import ImportReport
from feedservice.importing.pelican import settings_of
from feedservice.importing.remarks import describe
from feedservice.importing.source_folder import FolderSource
from import_sources import Run

Files = dict[str, str | bytes]
Bring = Callable[..., ImportReport]


def png(colour: str = "teal") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (2, 2), colour).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def source(tmp_path: Path) -> Callable[[Files], FolderSource]:
    def made(files: Files, kind: str | None = None) -> FolderSource:
        for name, data in files.items():
            path = tmp_path / "source" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return opening.open_folder(tmp_path / "source", kind, "Asia/Damascus")

    return made


@pytest.fixture
def bring(run: Run, source: Callable[..., FolderSource]) -> Bring:
    def brought(files: Files, **options: object) -> ImportReport:
        return run(source(files), download=lambda url: b"", category="field", **options)

    return brought


def whats(report: ImportReport) -> list[tuple[str, str]]:
    return [(remark.code, remark.facts.get("value", "")) for remark in report.remarks]


HUGO = {
    "hugo.toml": 'baseURL = "https://old.example/"\n[permalinks]\nposts = "/:year/:month/:contentbasename/"\n'
}


@pytest.mark.parametrize(
    "front",
    [
        '---\ntitle: "العنوان: الفرعي"\ndate: 2024-05-01T10:00:00+03:00\nlastmod: 2024-06-01\ncategories: [سياسة]\ntags: [داريا, ماء]\nauthors: [فلان]\ndescription: ملخص\n---\n',
        '+++\ntitle = "العنوان: الفرعي"\ndate = 2024-05-01T10:00:00+03:00\nlastmod = 2024-06-01\ncategories = ["سياسة"]\ntags = ["داريا", "ماء"]\nauthors = ["فلان"]\ndescription = "ملخص"\n+++\n',
        '{"title": "العنوان: الفرعي", "date": "2024-05-01T10:00:00+03:00", "lastmod": "2024-06-01", "categories": ["سياسة"], "tags": ["داريا", "ماء"], "authors": ["فلان"], "description": "ملخص"}\n',
    ],
    ids=["yaml", "toml", "json"],
)
def test_hugo_front_matter_is_read_in_its_three_languages(
    bring: Bring, content: Path, front: str
) -> None:
    report = bring({**HUGO, "content/posts/a.md": front + "\nنص.\n"})
    assert report.remarks == []
    assert (content / "سياسة" / "a.md").read_text(encoding="utf-8") == (
        '---\ntitle: "العنوان: الفرعي"\ndate: 2024-05-01 10:00\nupdated: 2024-06-01 00:00\nid: https://old.example/2024/05/a/\n'
        "tags: [داريا, ماء]\nauthor: فلان\nsummary: ملخص\n---\n\nنص.\n"
    )
    assert ("/2024/05/a", "/articles/a") in report.redirects


@pytest.mark.parametrize(
    "field", [{"url": "/\ud800"}, {"images": ["\ud800.png"]}, {"images": ["س" * 300 + ".png"]}]
)
def test_a_name_that_no_disk_can_hold_costs_that_alone(
    bring: Bring, field: dict[str, object]
) -> None:
    front = json.dumps({"title": "عنوان", "date": "2024-05-01T10:00:00Z", **field})
    other = '{"title": "آخر", "date": "2024-05-02T10:00:00Z"}\nنص'
    posts = {"content/posts/a.md": f"{front}\nنص", "content/posts/b.md": other}
    assert bring(HUGO | posts).count == 2


def test_hugo_drafts_scheduled_expiring_and_aliases(bring: Bring, content: Path) -> None:
    report = bring(
        {
            **HUGO,
            "content/posts/draft.md": "---\ntitle: م\ndate: 2024-05-01\ndraft: true\naliases: [/articles/old-name, old/]\n---\nنص",
            "content/posts/later.md": "---\ntitle: غ\ndate: 2030-05-01\nexpiryDate: 2031-01-01\n---\nنص",
            "content/posts/_index.md": "---\ntitle: قائمة\n---\n",
        }
    )
    assert (report.count, report.drafts, report.scheduled) == (2, 1, 1)
    draft = (content / "field" / "draft.md").read_text(encoding="utf-8")
    assert "status: draft\n" in draft
    assert "aliases: [old-name]\n" in draft
    assert ("/posts/old", "/articles/draft") in report.redirects
    assert "expires: 2031-01-01 00:00\n" in (content / "field" / "later.md").read_text(
        encoding="utf-8"
    )


def test_the_date_of_a_page_of_hugo_that_has_none_is_that_of_go(bring: Bring) -> None:
    report = bring({**HUGO, "content/posts/undated.md": "---\ntitle: ع\n---\nنص"})
    assert "/1/01/undated" in {old for old, _new in report.redirects}


@pytest.mark.parametrize(
    ("settings", "path", "front", "old"),
    [
        (
            {"hugo.toml": 'baseURL = "https://old.example/b/"\n'},
            "content/posts/a.md",
            "---\ntitle: ع\ndate: 2024-05-01\naliases: [/سابق/, http-x]\n---\n",
            {"/b/سابق", "/b/posts/http-x"},
        ),
        (
            {"_config.yml": "url: https://old.example\nbaseurl: /b\n"},
            "_posts/2024-05-01-b.md",
            "---\ntitle: ع\nredirect_from: [/سابق/, other]\n---\n",
            {"/b/سابق", "/b/other"},
        ),
        (
            {
                "config.toml": 'base_url = "https://old.example/b"\n',
                "templates/x.html": "{% block x %}{% endblock %}",
            },
            "content/a.md",
            '+++\ntitle = "ع"\ndate = 2024-05-01\naliases = ["سابق", "/x/y"]\n+++\n',
            {"/b/سابق", "/b/x/y"},
        ),
        (
            {"pelicanconf.py": 'SITEURL = "https://old.example/b"\n'},
            "content/a.md",
            "Title: ع\nDate: 2024-05-01\nAliases: /سابق/, other\n\n",
            {"/b/سابق", "/b/other"},
        ),
    ],
    ids=["hugo", "jekyll", "zola", "pelican"],
)
def test_addresses_that_pages_had_before_lie_below_the_folder_of_the_site(
    bring: Bring, settings: dict[str, str], path: str, front: str, old: set[str]
) -> None:
    """Whose pages that lead on were built beside all others."""
    report = bring({**settings, path: f"{front}نص"})
    assert old <= {each for each, _new in report.redirects}


def test_hugo_bundles_bring_their_pictures_and_links_lead_on(bring: Bring, content: Path) -> None:
    body = (
        '![بيت](house.png) [نسبي](../b/index.md) [اسم]({{< relref "b" >}}) [مسار]({{% ref "/posts/b/index.md#x" %}}) '
        '[عنوان](/2024/05/b/)\n\n{{< figure src="/img/static.png" alt="ساكن" caption="شرح" >}}\n\n{{< poll id="3" >}}\n\n`{{< poll >}}`'
    )
    report = bring(
        {
            **HUGO,
            "content/posts/a/index.md": f"---\ntitle: أ\ndate: 2024-05-01\ncover: {{image: house.png, alt: بيت}}\n---\n{body}",
            "content/posts/a/house.png": png(),
            "static/img/static.png": png("navy"),
            "content/posts/b/index.md": "---\ntitle: ب\ndate: 2024-05-02\n---\nنص",
        }
    )
    text = (content / "field" / "a.md").read_text(encoding="utf-8")
    (house,) = (content / "media" / "imported").glob("house-*.png")
    (static,) = (content / "media" / "imported").glob("static-*.png")
    assert (
        f"![بيت](media/imported/{house.name}) [نسبي](b) [اسم](b) [مسار](b#x) [عنوان](b)\n" in text
    )
    assert (
        f'<figure><img src="media/imported/{static.name}" alt="ساكن"><figcaption>شرح</figcaption></figure>'
        in text
    )
    assert f"image: {{src: media/imported/{house.name}, alt: بيت}}\n" in text
    assert whats(report) == [("shortcode", "{{< poll >}}")]
    assert report.media == 2


def test_hugo_sections_are_categories_and_languages_are_told_by_the_name(
    bring: Bring, content: Path
) -> None:
    bring(
        {
            "config.yaml": "title: x\n",
            "content/heritage/norias.en.md": "---\ntitle: Norias\ndate: 2024-05-01\n---\nText",
        }
    )
    text = (content / "heritage" / "norias.md").read_text(encoding="utf-8")
    assert "lang: en\n" in text
    assert "id: tag:news.example,2025:heritage/norias\n" in text


def test_the_pages_and_feeds_of_hugo_sections_lead_to_their_categories(bring: Bring) -> None:
    article = "---\ntitle: عنوان\ndate: 2024-05-01\n---\nنص"
    report = bring(
        {
            "hugo.toml": 'baseURL = "https://old.example/blog/"\n',
            "content/heritage/a.md": article,
            "content/posts/b.md": article,
        }
    )
    moved = dict(report.redirects)
    assert moved["/blog/heritage"] == "/categories/heritage"
    assert moved["/blog/heritage/index.xml"] == "/categories/heritage.rss"
    assert (moved["/blog/posts"], moved["/blog/posts/index.xml"]) == ("/", "/feed.rss")


def test_the_lists_of_each_language_of_hugo_lead_to_ours(bring: Bring) -> None:
    article = (
        "---\ntitle: عنوان\ndate: 2024-05-01\ntags: [ماء حلو]\nplaces: [حمص]\n"
        "categories: [أخبار]\n---\nنص"
    )
    report = bring(
        {
            "hugo.toml": 'baseURL = "https://old.example/"\ndefaultContentLanguage = "en"\n'
            '[languages.en]\n[languages.ar]\n[taxonomies]\ntag = "tags"\nplace = "places"\n',
            "content/heritage/a.ar.md": article,
            "content/posts/b.md": article,
        }
    )
    moved = dict(report.redirects)
    assert moved["/ar/tags/ماء-حلو"] == "/tags/ماء-حلو"
    assert moved["/ar/tags/ماء-حلو/index.xml"] == "/tags/ماء-حلو.rss"
    assert moved["/ar/places/حمص"] == moved["/places/حمص"] == "/tags/حمص"
    assert moved["/ar/categories/أخبار"] == "/categories/أخبار"
    assert (moved["/ar"], moved["/ar/index.xml"], moved["/posts"]) == ("/", "/feed.rss", "/")
    assert "/tags/ماء-حلو" not in moved


def test_tags_whose_slug_hugo_makes_otherwise_have_lines(bring: Bring) -> None:
    article = '---\ntitle: عنوان\ndate: 2024-05-01\ntags: [قمح, C++, Sea/Land, "o\'clock"]\n---\nنص'
    report = bring(
        {"hugo.toml": 'baseURL = "https://old.example/"\n', "content/posts/a.md": article}
    )
    moved = dict(report.redirects)
    assert moved["/tags/sea/land"] == "/tags/sea-land"
    assert moved["/tags/oclock"] == "/tags/o-clock"
    assert not {"/tags/c++", "/tags/قمح"} & set(moved)


JEKYLL = {"_config.yml": "url: https://old.example\npermalink: pretty\ntimezone: Europe/Paris\n"}


@pytest.mark.parametrize(
    ("more", "comes"),
    [
        ("layout: archives", False),
        ("layout: archives\ndescription: ملخص", True),
        ("layout: single\nimage: https://old.example/a.jpg", True),
        ("tags: [قمح]", True),
    ],
)
def test_a_dated_page_of_hugo_that_its_layout_fills_is_told(
    bring: Bring, more: str, comes: bool
) -> None:
    page = f"---\ntitle: الأرشيف\ndate: 2024-05-01\n{more}\n---\n"
    report = bring(
        {
            "hugo.toml": 'baseURL = "https://old.example/"',
            "content/page/archives.md": page,
            "content/post/a.md": "---\ntitle: أ\ndate: 2024-05-01\n---\nنص\n",
        }
    )
    assert report.count == 1 + comes
    assert [noted.code for noted in report.remarks if noted.code == "page-empty"] == (
        [] if comes else ["page-empty"]
    )


def test_jekyll_posts_take_date_slug_and_folder_from_their_names(
    bring: Bring, content: Path
) -> None:
    report = bring(
        {
            **JEKYLL,
            "_posts/2024-05-01-first.md": "---\ntitle: الأول\ndate: 2024-05-01 09:00:00 +0300\ntags: قمح شعير\nredirect_from: [/old/first/]\nimage: {path: /assets/a.png, alt: صورة}\n---\nنص [تاليه]({% post_url 2024-5-2-second %}) و[ملف]({{ '/assets/a.png' | relative_url }}) {: .x}\n",
            "_posts/2024-5-2-second.md": "---\ntitle: الثاني\ncategories: اقتصاد\n---\n{% include poll.html %}\n",
            "_drafts/third.md": "---\ntitle: الثالث\n---\nنص\n",
            "assets/a.png": png(),
        }
    )
    text = (content / "field" / "first.md").read_text(encoding="utf-8")
    (picture,) = (content / "media" / "imported").glob("a-*.png")
    assert (
        "date: 2024-05-01 09:00\nid: https://old.example/2024/05/01/first\ntags: [قمح, شعير]\n"
        in text
    )
    assert f"image: {{src: media/imported/{picture.name}, alt: صورة}}\n" in text
    assert f"نص [تاليه](second) و[ملف](media/imported/{picture.name})" in text
    assert "date: 2024-05-02 00:00+02:00\n" in (content / "economy" / "second.md").read_text(
        encoding="utf-8"
    )
    assert "status: draft\n" in (content / "field" / "third.md").read_text(encoding="utf-8")
    assert ("/old/first", "/articles/first") in report.redirects
    assert whats(report) == [("liquid", "{% include poll.html %}")]


def test_a_jekyll_site_whose_source_is_a_folder_is_read_there(bring: Bring, content: Path) -> None:
    report = bring(
        {
            "_config.yml": "url: https://old.example\npermalink: pretty\nsource: ./src\n",
            "README.md": "---\n---\nليس منه",
            "src/_data/authors.yml": "lina: {name: لينا}\n",
            "src/_posts/2024-05-01-a.md": "---\ntitle: أ\nauthor: lina\ncategories: ماء\n---\n"
            "![صورة](/assets/a.png)",
            "src/assets/a.png": png(),
        }
    )
    (path,) = content.glob("*/a.md")
    assert "/%D9%85%D8%A7%D8%A1/2024/05/01/a\n" in path.read_text(encoding="utf-8")
    assert (report.found, report.media) == (1, 1)
    assert [author.name for author in report.authors] == ["لينا"]


def test_old_addresses_lead_on_where_jekyll_does_not_know_its_own(
    bring: Bring, content: Path
) -> None:
    report = bring(
        {
            "_config.yml": "url: old.example\nbaseurl: /blog\n",
            "_posts/2024-05-01-a.md": "---\ntitle: أ\n---\nنص",
        }
    )
    assert ("/blog/2024/05/01/a.html", "/articles/a") in report.redirects
    text = (content / "field" / "a.md").read_text(encoding="utf-8")
    assert "id: old.example/blog/2024/05/01/a\n" in text


def test_jekyll_variables_and_keys_of_authors_are_what_they_stand_for(
    bring: Bring, content: Path
) -> None:
    post = "---\ntitle: أ\nauthor: fulan\nplace: داريا\n---\n[في {{ page.place }}]({{ site.repo }}/1)\n"
    bring(
        {
            "_config.yml": "url: https://old.example\nrepo: https://code.example\n",
            "_data/authors.yml": "fulan: {name: فلان بن فلان}\n",
            "_posts/2024-05-01-a.md": post,
        }
    )
    text = (content / "field" / "a.md").read_text(encoding="utf-8")
    assert text.endswith("[في داريا](https://code.example/1)\n")
    assert "name: فلان بن فلان" in (content / "site.yaml").read_text(encoding="utf-8")


def test_a_jekyll_post_in_html_becomes_markdown(bring: Bring, content: Path) -> None:
    bring({**JEKYLL, "_posts/2024-05-01-a.html": "---\ntitle: أ\n---\n<p>نص <b>مهم</b></p>"})
    assert (content / "field" / "a.md").read_text(encoding="utf-8").endswith("\n\nنص **مهم**\n")


PELICAN = {
    "pelicanconf.py": 'import os\nSITEURL = "https://old.example"\nTIMEZONE = "Africa/Cairo"\nos.system("touch /nonexistent/x")\nARTICLE_URL = "{date:%Y}/{slug}/"\n'
}


def test_pelican_headers_links_and_ids(bring: Bring, content: Path) -> None:
    report = bring(
        {
            **PELICAN,
            "content/economy/a.md": "Title: أ: ب\nDate: 2024-05-01 10:00\nModified: 2024-05-03\nTags: قمح، شعير\nAuthors: فلان; فلانة\nSlug: first\nSummary: سطر\n    وتتمته\n\nنص [ب]({filename}../b.md) و[ملف]({static}/img/a.png) و[وسم]({tag}قمح)\n",
            "content/b.md": "Title: ب\nDate: 2024-05-02\nCategory: تراث\nStatus: hidden\n\nنص\n",
            "content/c.adoc": "= عنوان\n",
            "content/pages/about.md": "Title: عنّا\n\nنص\n",
            "content/img/a.png": png(),
        }
    )
    text = (content / "economy" / "first.md").read_text(encoding="utf-8")
    (picture,) = (content / "media" / "imported").glob("a-*.png")
    assert (
        'title: "أ: ب"\ndate: 2024-05-01 10:00\nupdated: 2024-05-03 00:00\nid: tag:old.example,2024-05-01:/2024/first/\n'
        in text
    )
    assert "tags: [قمح, شعير]\nauthor: [فلان, فلانة]\nsummary: سطر وتتمته\n" in text
    assert f"نص [ب](b) و[ملف](media/imported/{picture.name}) و[وسم](/)" in text
    assert "status: draft\n" in (content / "heritage" / "b.md").read_text(encoding="utf-8")
    assert sorted(whats(report)) == [
        ("format-other", ".adoc"),
        ("link-unknown", "{tag}قمح"),
        ("status-other", "hidden"),
    ]


def test_pelican_dates_by_files_and_by_a_default(
    bring: Bring, content: Path, tmp_path: Path
) -> None:
    """What DEFAULT_DATE says is the date, in addresses and ids too; a date of its own wins."""
    conf = PELICAN["pelicanconf.py"] + 'DEFAULT_DATE = "fs"\n'
    path = tmp_path / "source" / "content" / "old.md"
    path.parent.mkdir(parents=True)
    path.write_text("Title: old\n\nنص\n", encoding="utf-8")
    moment = datetime(2019, 7, 1, 22, 30, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    report = bring(
        {"pelicanconf.py": conf, "content/new.md": "Title: new\nDate: 2024-05-01\n\nنص\n"}
    )
    assert (report.drafts, report.kinds) == (0, {})
    text = (content / "field" / "old.md").read_text(encoding="utf-8")
    assert "date: 2019-07-02 " in text  # Cairo's day, as the site's own
    assert "id: tag:old.example,2019-07-02:/2019/old/" in text
    conf = PELICAN["pelicanconf.py"] + "DEFAULT_DATE = (2012, 3, 1, 14, 1)\n"
    bring({"pelicanconf.py": conf, "content/third.md": "Title: third\n\nنص\n"})
    assert "id: tag:old.example,2012-03-01:" in (content / "field" / "third.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("line", ["Save_as:", "Save_as: false"])
def test_pelican_pages_that_are_not_saved_are_told(bring: Bring, line: str) -> None:
    about = {"content/pages/a.md": f"Title: a\n{line}\n\nنص\n"}
    report = bring({**PELICAN, **about, "content/b.md": "Title: b\nDate: 2024-05-01\n\nنص\n"})
    assert (report.found, report.count, report.told, report.unexplained) == (2, 1, 1, 0)
    assert whats(report) == [("not-shown", "-")]


@pytest.mark.parametrize(
    ("setting", "line", "old"),
    [
        ("", "Url: false", ("/2024/{}",)),
        ("", "Url: false\nSave_as: own/{}.html", ("/own/{}.html",)),
        ("ARTICLE_URL = False\nARTICLE_SAVE_AS = False\n", "Lang: en", ()),
        ("ARTICLE_SAVE_AS = ''\n", "Lang: en", ()),
    ],
)
def test_what_pelican_says_has_no_address_has_none(
    bring: Bring, content: Path, setting: str, line: str, old: tuple[str, ...]
) -> None:
    settings = {"pelicanconf.py": PELICAN["pelicanconf.py"] + setting}
    texts = {
        f"content/{name}.md": f"Title: {name}\nDate: 2024-05-01\n{line.format(name)}\n\nنص\n"
        for name in ("one", "two")
    }
    report = bring({**settings, **texts})
    assert (report.count, report.remarks) == (2, [])
    names = ("one", "two")
    assert {path for path, new in report.redirects if new.startswith("/articles/")} == {
        each.format(name) for each in old for name in names
    }
    for name in names:
        assert "false" not in (content / "field" / f"{name}.md").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("end", ["----", "...", "---"])
@pytest.mark.parametrize("title", ["عنوان", "أ: ب: ج"])
def test_pelican_reads_metadata_between_fences(
    bring: Bring, content: Path, title: str, end: str
) -> None:
    """As Python-Markdown's ``meta`` does: lines of headers, which need not be YAML."""
    head = f"Title: {title}\nDate: 2024-05-01\nTags: قمح\nSlug: fenced"
    bring({**PELICAN, "content/a.md": f"---\n{head}\n{end}\n\nمتن\n"})
    written = (content / "field" / "fenced.md").read_text(encoding="utf-8")
    assert "date: 2024-05-01 00:00\n" in written
    assert "tags: [قمح]\n" in written
    assert written.endswith("---\n\nمتن\n")
    assert title in written


def test_pelican_metadata_that_is_neither_yaml_nor_lines_is_told(bring: Bring) -> None:
    report = bring({**PELICAN, "content/a.md": "---\nTitle: a: b\n- x\n---\n\nمتن\n"})
    assert [each.code for each in report.remarks] == ["front-matter"]


def test_a_configuration_is_never_run() -> None:
    assert settings_of('SITEURL = "x"\nN = 1\nraise SystemExit\n') == {
        "siteurl": "x",
        "n": "1",
    }
    assert settings_of("not python (") == {}


def test_a_second_import_of_a_folder_adds_only_the_new_file(
    run: Run, source: Callable[..., FolderSource], content: Path
) -> None:
    files: Files = {
        "config.yaml": "title: x\n",
        "content/posts/a.md": "---\ntitle: أ\ndate: 2024-05-01\n---\nنص",
    }
    assert run(source(files), category="field").count == 1
    again = run(
        source({**files, "content/posts/b.md": "---\ntitle: ب\ndate: 2024-05-01\n---\nنص"}),
        category="field",
    )
    assert (again.count, again.present) == (1, 1)


def test_bad_front_matter_names_the_file_and_holds_up_nobody(bring: Bring) -> None:
    report = bring(
        {
            **HUGO,
            "content/posts/a.md": '---\ntitle: "أ\n---\nنص',
            "content/posts/b.md": "+++\nx = \n+++\n",
            "content/posts/c.md": "---\ntitle: ج\ndate: 2024-05-01\n---\nنص",
        }
    )
    assert report.count == 1
    assert sorted((remark.code, remark.place) for remark in report.remarks) == [
        ("front-matter", "content/posts/a.md"),
        ("front-matter", "content/posts/b.md"),
    ]


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("---\ndate: 2024-05-01\ntitle: جسر: مغلق\n---\nنص", 3),
        ("---\ntitle: [جسر\ndate: 2024-05-01\n---\nنص", 2),
        ('+++\ntitle = "جسر"\ndate =\n+++\nنص', 3),
    ],
)
def test_bad_front_matter_is_told_in_words_with_the_line_of_the_file(
    bring: Bring, front: str, line: int
) -> None:
    [noted] = bring({**HUGO, "content/posts/a.md": front}).remarks
    english, arabic = (describe(noted, language)[0] for language in ("en", "ar"))
    assert f"line {line}" in english
    assert "yaml-" not in english + arabic
    if front.startswith("---"):
        assert f"السطر {line}" in arabic


def test_links_out_of_the_folder_are_not_followed(
    bring: Bring, tmp_path: Path, content: Path
) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "source" / "content" / "posts").mkdir(parents=True)
    os.symlink(tmp_path / "secret.png", tmp_path / "source" / "content" / "posts" / "link.png")
    report = bring(
        {
            **HUGO,
            "content/posts/a.md": "---\ntitle: أ\ndate: 2024-05-01\n---\nنص ![x](link.png) ![y](../../../secret.png)",
        }
    )
    assert {what for what, _ in whats(report)} == {"media-missing"}
    assert not (content / "media").exists()


def test_a_folder_of_nobody_is_told(source: Callable[..., FolderSource]) -> None:
    with pytest.raises(ImportFailure, match="--from"):
        source({"a.txt": "x"})


def test_windows_1256_files_are_read_and_told(bring: Bring, content: Path) -> None:
    report = bring(
        {
            **HUGO,
            "content/posts/a.md": "---\ntitle: عنوان\ndate: 2024-05-01\n---\nنص".encode(
                "windows-1256"
            ),
        }
    )
    assert "title: عنوان\n" in (content / "field" / "a.md").read_text(encoding="utf-8")
    assert whats(report) == [("source-broken", "windows-1256")]


def test_translations_of_pelican_are_found_in_any_language(bring: Bring, content: Path) -> None:
    conf = "SITEURL = 'https://old.example'\nDEFAULT_LANG = 'ar'\n"
    texts = {
        f"content/{name}.md": f"Title: ع\nSlug: one\nDate: 2024-05-01\nLang: {name}\n\nنص"
        for name in ("ckb", "de")
    }
    arabic = {"content/z.md": "Title: ع\nSlug: one\nDate: 2024-05-01\n\nنص"}
    bring({"pelicanconf.py": conf, **texts, **arabic})
    text = (content / "field" / "one-3.md").read_text(encoding="utf-8")
    assert "translations: {ckb: one, de: one-2}" in text


def test_a_folder_of_hexo_is_refused_by_name(source: Callable[..., FolderSource]) -> None:
    files: Files = {
        "_config.yml": "url: https://h.example\n",
        "source/_posts/a.md": "---\ntitle: ع\n---\n",
    }
    with pytest.raises(ImportFailure, match="Hexo"):
        source(files)
    assert source(files, "jekyll").kind == "jekyll"


def test_a_draft_of_jekyll_without_a_date_has_no_address(bring: Bring, content: Path) -> None:
    report = bring(
        {"_config.yml": "url: https://old.example\n", "_drafts/a.md": "---\ntitle: ع\n---\nنص"}
    )
    assert (report.drafts, report.redirects) == (1, ())
    assert ":year" not in (content / "field" / "a.md").read_text(encoding="utf-8")


def test_hugo_takes_the_last_change_for_the_date_where_there_is_no_other(
    bring: Bring, content: Path
) -> None:
    page = "---\ntitle: ع\nlastmod: 2024-05-01T10:00:00Z\n---\nنص"
    report = bring({**HUGO, "content/posts/a.md": page})
    assert report.count == 1
    assert "https://old.example/2024/05/a/" in next(content.rglob("a.md")).read_text("utf-8")


def test_embedded_pages_in_markdown_become_links_and_programs_are_told(
    bring: Bring, content: Path
) -> None:
    body = (
        'قبل.\n\n<iframe src="https://video.example/embed/abc"></iframe>\n\n'
        '<object data="https://old.example/a.pdf"></object>\n\n'
        '<script src="https://gist.example/1.js"></script>\n\n`<iframe src="https://code.example/">`'
    )
    page = f"---\ntitle: ع\ndate: 2024-05-01T10:00:00Z\n---\n{body}"
    report = bring({**HUGO, "content/posts/a.md": page})
    assert whats(report) == [
        ("frame", "https://video.example/embed/abc"),
        ("frame", "https://old.example/a.pdf"),
        ("html-dropped", "script"),
    ]
    text = (content / "field" / "a.md").read_text(encoding="utf-8")
    assert '<a href="https://video.example/embed/abc">' in text
    assert '`<iframe src="https://code.example/">`' in text


def test_without_media_pictures_stay_where_readers_had_them(
    run: Run, source: Callable[..., FolderSource], content: Path
) -> None:
    body = "![ص](house.png) ![س](/img/b.png)\n\n<video poster=/p.jpg src='/v.mp4'></video>"
    files: Files = {
        **HUGO,
        "content/posts/a/index.md": f"---\ntitle: أ\ndate: 2024-05-01\nimage: house.png\n---\n{body}",
        "content/posts/a/house.png": png(),
    }
    run(source(files), category="field", download=None)
    text = (content / "field" / "a.md").read_text(encoding="utf-8")
    assert "image: https://old.example/2024/05/a/house.png\n" in text.replace('"', "")
    assert (
        "![ص](https://old.example/2024/05/a/house.png) ![س](https://old.example/img/b.png)" in text
    )
    assert '<video poster="https://old.example/p.jpg" src="https://old.example/v.mp4">' in text


def test_no_redirect_leads_to_what_did_not_come(bring: Bring, content: Path) -> None:
    report = bring(
        {
            **HUGO,
            "content/posts/empty.md": "---\ntitle: ''\ndate: 2024-05-01\naliases: [/old]\n---\n",
            "content/posts/full.md": "---\ntitle: ع\ndate: 2024-05-01\n---\nنص",
        }
    )
    assert [code for code, _ in whats(report)] == ["entry-empty"]
    moved = dict(report.redirects)
    assert (moved["/2024/05/full"], "/old" in moved) == ("/articles/full", False)
    assert "empty" not in (content / "site.yaml").read_text(encoding="utf-8")


def test_a_picture_without_a_word_is_called_by_its_day(bring: Bring, content: Path) -> None:
    bring(
        {
            **HUGO,
            "content/posts/a/index.md": "---\ndate: 2024-05-01\n---\n![](house.png)",
            "content/posts/a/house.png": png(),
        }
    )
    assert "title: 2024-05-01\n" in (content / "field" / "a.md").read_text(
        encoding="utf-8"
    ).replace('"', "")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('{{< tweet user="x" id="1" >}}', "<https://x.com/x/status/1>"),
        ("{{< x 12 >}}", "<https://x.com/i/status/12>"),
        ("{{< highlight sh >}}\n$ ls *a*\n{{</ highlight >}}", "```sh\n$ ls *a*\n```"),
        ('{{< codeblock lang="c" title="x" >}}\na*b*c\n{{< /codeblock >}}', "```c\na*b*c\n```"),
        ('{{< gist spf13 789 "a.html" >}}', "<https://gist.github.com/spf13/789>"),
        (
            '{{< details summary="س" >}}نص{{< /details >}}',
            "<details><summary>س</summary>\n\nنص\n\n</details>",
        ),
        ("{{< rawhtml >}}<b>نص</b>{{< /rawhtml >}}", "<b>نص</b>"),
        (
            '{{< video src="https://v.example/a.mp4" >}}',
            '<video src="https://v.example/a.mp4" controls></video>',
        ),
        (
            '{{< figure src="https://p.example/a.jpg" link="https://p.example/" caption="شرح" attr="وكالة" >}}',
            '<figure><a href="https://p.example/"><img src="https://p.example/a.jpg" alt=""></a><figcaption>شرح — وكالة</figcaption></figure>',
        ),
    ],
)
def test_hugos_own_shortcodes_are_what_they_show(
    run: Run, source: Callable[..., FolderSource], content: Path, written: str, shown: str
) -> None:
    body = f"---\ntitle: ع\ndate: 2024-05-01\n---\nنص {written}"
    report = run(source({**HUGO, "content/posts/a.md": body}), category="field", download=None)
    assert shown in (content / "field" / "a.md").read_text(encoding="utf-8")
    assert {code for code, _ in whats(report)} <= {"media-remote"}


def test_unknown_shortcodes_and_tags_are_told_with_their_lines(bring: Bring) -> None:
    report = bring(
        {**HUGO, "content/posts/a.md": "---\ntitle: ع\ndate: 2024-05-01\n---\nنص\n\n{{< poll >}}\n"}
    )
    assert [each.place for each in report.remarks] == ["content/posts/a.md:7"]


def test_each_place_of_an_unknown_tag_is_told_with_its_line(bring: Bring) -> None:
    tags = "نص {% poll %}\n\n{% poll %} {{ page.none }}\n\n{% poll %}\n" + "{{ page.none }}\n" * 120
    report = bring({**JEKYLL, "_posts/2024-05-01-a.md": f"---\ntitle: ع\n---\n{tags}"})
    lines = [int(each.place.rpartition(":")[2]) for each in report.remarks]
    assert sorted(lines) == [4, 6, 6, 8, *range(9, 129)]


def test_a_word_that_is_lost_is_told_with_its_line(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialects, "without_dialect", lambda text: text.replace("قمح", ""))
    report = bring(
        {**HUGO, "content/posts/a.md": "---\ntitle: ع\ndate: 2024-05-01\n---\nنص\n\nقمح\n"}
    )
    assert [(each.code, each.place, each.facts) for each in report.remarks] == [
        ("words", "content/posts/a.md:7", {"n": 1, "value": "قمح"})
    ]


@pytest.mark.parametrize(
    ("written", "summary"),
    [
        ("<b>أ</b> &amp; ب", "أ & ب"),
        ("حيث أ <b وبعده كلام", "حيث أ <b وبعده كلام"),
        ("انظر <https://a.example/> هنا", "انظر <https://a.example/> هنا"),
    ],
)
def test_a_summary_loses_its_markup_and_no_word(
    bring: Bring, content: Path, written: str, summary: str
) -> None:
    front = f"---\ntitle: ع\ndate: 2024-05-01\ndescription: '{written}'\n---\nنص.\n"
    bring({**HUGO, "content/posts/a.md": front})
    front = next(content.rglob("a.md")).read_text("utf-8")
    assert f"summary: {summary}\n" in front.replace('"', "")
