"""``pages/*.md``: about, contact … from their files to what readers, feeds and search engines get."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from werkzeug.test import Client

from factories import SITE_YAML, FixedClock, write_article
from feedservice.content.files import ContentFiles
from feedservice.content.page import reader_of
from feedservice.domain.model import Category, Severity, Site
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from micropub_desk import picture

ABOUT = "---\ntitle: من نحن\norder: 1\naliases: [who]\n---\nنحن **صحيفة**. [مقال](../field/a.md)\n"
CONTACT = "---\ntitle: اتصل بنا\nsummary: بريدنا\n---\nاكتب لنا: [من نحن](about.md)\n"


class Newspaper:
    """A content folder, its index, and the service over it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "content"
        self.root.mkdir()
        (self.root / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
        write_article(self.root, "field/a.md", "نص [عنا](../pages/about.md)")
        self.database = f"sqlite:///{root}/index.sqlite3"
        self.index = IndexWriter(open_engine(self.database, readonly=False))
        self.index.prepare()
        self.clock = FixedClock()
        self.indexer = Indexer(
            ContentFiles(self.root), self.index, self.clock, pause=lambda seconds: None
        )
        self.client = self.served()

    def served(self) -> Client:
        """Ask an app that has seen nothing."""
        publisher = Publisher(IndexReader(self.index._engine), self.clock)
        app = create_app(publisher, lambda name: None)
        return Client(around(app, publisher.known, self.clock))

    def save(self, **pages: str) -> list[str]:
        """Write pages; return the codes of all problems then."""
        for name, text in pages.items():
            file = self.root / "pages" / f"{name}.md"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.clock.now += timedelta(minutes=1)
        self.indexer.scan(accept_removals=True)
        with self.index.snapshot(self.clock()) as view:
            return [each.code for each in view.problems() if each.path.startswith("pages/")]

    def get(self, path: str) -> str:
        return self.client.get(path).text

    def footer(self, path: str = "/") -> list[tuple[str, str]]:
        found = html.document_fromstring(self.get(path)).xpath("//footer/nav//a")
        return [(each.get("href"), each.text) for each in found]


@pytest.fixture
def newspaper(tmp_path: Path) -> Iterator[Newspaper]:
    made = Newspaper(tmp_path)
    yield made
    made.index.close()


def test_a_page_is_at_its_address_and_in_the_footer_of_all_others(newspaper: Newspaper) -> None:
    assert newspaper.save(about=ABOUT, contact=CONTACT) == []
    page = html.document_fromstring(newspaper.get("/pages/about"))
    assert page.xpath("//h1")[0].text == "من نحن"
    assert page.xpath("//strong")[0].text == "صحيفة"
    assert page.xpath("//main//a/@href") == ["/articles/a"]
    assert not page.xpath("//main//time"), "it has no date"
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://news.example/pages/about"]
    assert page.xpath("//footer//a[@aria-current='page']/@href") == ["/pages/about"]
    ways = [("/pages/about", "من نحن"), ("/pages/contact", "اتصل بنا")]
    for path in ("/", "/articles/a", "/pages/contact", "/nothing", "/feeds"):
        assert newspaper.footer(path) == ways, path
    assert 'href="/pages/about"' in newspaper.get("/pages/contact").partition("</main>")[0]
    assert 'href="/pages/about"' in newspaper.get("/articles/a").partition("</main>")[0]


def test_pages_that_name_lists_say_after_any_change_what_is_there(newspaper: Newspaper) -> None:
    site = newspaper.root / "site.yaml"
    changes = [
        lambda: write_article(newspaper.root, "field/b.md", "نص", date="2025-11-30T20:00:00Z"),
        lambda: site.write_text(SITE_YAML.replace("ميداني", "الميدان"), encoding="utf-8"),
        lambda: site.write_text(SITE_YAML.replace("Damascus", "Tokyo"), encoding="utf-8"),
        (newspaper.root / "field/b.md").unlink,
    ]
    newspaper.save()
    seen = {newspaper.get("/feeds")}
    for change in changes:
        change()
        newspaper.save()
        afresh = newspaper.served()
        for path in ("/feeds", "/archive", "/tags", "/authors"):
            assert newspaper.get(path) == afresh.get(path).text
        seen.add(newspaper.get("/feeds"))
    assert len(seen) == len(changes), "the last one is as the first one was"


def test_pages_and_lists_tell_other_sites_what_they_are(newspaper: Newspaper) -> None:
    picture = "image: {src: 'https://other.example/a.png', alt: المبنى}\norder: 1"
    newspaper.save(about=ABOUT.replace("order: 1", picture))
    told = {
        path: {
            each.get("property") or each.get("name"): each.get("content")
            for each in html.document_fromstring(newspaper.get(path)).xpath("//meta")
        }
        for path in ("/pages/about", "/categories/field")
    }
    page, category = told.values()
    assert page["og:description"] == page["description"] == "نحن صحيفة. مقال"
    assert (page["og:image"], page["og:image:alt"]) == ("https://other.example/a.png", "المبنى")
    assert page["twitter:card"] == "summary_large_image"
    assert category["og:description"] == category["description"] == "على الأرض"
    assert category["twitter:card"] == "summary"
    for path, each in told.items():
        assert (each["og:type"], each["og:url"]) == ("website", f"https://news.example{path}")


def test_messengers_are_told_the_size_that_the_picture_of_a_page_has(newspaper: Newspaper) -> None:
    (newspaper.root / "media").mkdir(exist_ok=True)
    (newspaper.root / "media" / "a.jpg").write_bytes(picture(2000, 1000))
    newspaper.save(about=ABOUT.replace("order: 1", "image: media/a.jpg\norder: 1"))
    page = html.document_fromstring(newspaper.get("/pages/about"))
    told = {each.get("property"): each.get("content") for each in page.xpath("//meta[@property]")}
    assert "/1600/" in told["og:image"]
    assert (told["og:image:width"], told["og:image:height"]) == ("1600", "800")


def test_latin_runs_are_isolated_wherever_an_editor_typed_them(newspaper: Newspaper) -> None:
    run = '<bdi dir="ltr">C++</bdi>'
    newspaper.save(about=ABOUT.replace("من نحن", "نكتب C++ هنا"))
    assert f"<h1>نكتب {run} هنا</h1>" in newspaper.get("/pages/about")
    write_article(
        newspaper.root,
        "field/c.md",
        image="{src: 'https://other.example/a.png', caption: لغة C++ هنا}",
        corrections="[{date: 2026-01-02, note: خطأ C++ هنا}]",
    )
    settings = newspaper.root / "site.yaml"
    settings.write_text(settings.read_text().replace("على الأرض", "عن C++ هنا"))
    newspaper.save()
    article = newspaper.get("/articles/c")
    for word in ("لغة", "خطأ"):
        assert f"{word} {run} هنا" in article
    assert f"عن {run} هنا" in newspaper.get("/categories/field")


def test_a_page_is_in_no_feed_and_no_list_but_in_the_sitemap(newspaper: Newspaper) -> None:
    before = {path: newspaper.get(path) for path in ("/feed.rss", "/feed.json")}
    newspaper.save()
    before = {path: newspaper.get(path) for path in before}
    newspaper.save(about=ABOUT.replace("[مقال](../field/a.md)", "كلمة-نادرة"))
    for path in ("/", "/search?q=نادرة", "/archive", "/feeds.opml?tags=1"):
        assert "نحن" not in newspaper.get(path).partition("<footer")[0], path
    for path in ("/search.atom?q=نادرة", "/sitemap-news.xml"):
        assert "pages/" not in newspaper.get(path).partition("<footer")[0], path
    assert "<loc>https://news.example/pages/about</loc>" in newspaper.get("/sitemap.xml")
    assert newspaper.client.get("/articles/about").status_code == 404
    linked = {path: newspaper.get(path) for path in before}
    assert "https://news.example/pages/about" in linked["/feed.rss"], "an entry links to it"
    assert linked["/feed.rss"].count("<item>") == before["/feed.rss"].count("<item>") == 1


def test_each_edit_of_a_page_is_seen_at_once(newspaper: Newspaper) -> None:
    newspaper.save(about=ABOUT)
    assert newspaper.client.get("/pages/who").headers["Location"] == "/pages/about"
    first = newspaper.client.get("/")
    newspaper.save(about=ABOUT.replace("من نحن", "عن الصحيفة"))
    assert newspaper.footer() == [("/pages/about", "عن الصحيفة")]
    second = newspaper.client.get("/")
    assert second.last_modified is not None
    assert first.last_modified is not None
    assert second.last_modified > first.last_modified
    newspaper.save(about=ABOUT.replace("order: 1", "status: draft"))
    assert newspaper.footer() == []
    assert newspaper.client.get("/pages/about").status_code == 404
    assert "/pages/about" not in newspaper.get("/articles/a") + newspaper.get("/feed.rss")
    newspaper.save(about=ABOUT)
    (newspaper.root / "pages" / "about.md").unlink()
    newspaper.save()
    assert newspaper.client.get("/pages/about").status_code == 404
    assert "/pages/about" not in newspaper.get("/feed.rss")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("---\ntitle: أ\norder: الأول\n---\nنص", ["order-bad"]),
        ("---\ntitle: أ\norder: 12345\n---\nنص", ["order-bad"]),
        ("---\ntitle: أ\ndate: 2025-01-01\n---\nنص", ["key-unknown"]),
        ("---\ntitle: أ\ncategory: field\n---\nنص", ["key-unknown"]),
        ("---\ntitle: أ\nstatus: withdrawn\n---\nنص", ["status-unknown"]),
        ("---\ntitle: أ\nstatus: page\n---\nنص", ["status-unknown"]),
        ("---\nsummary: أ\n---\nنص", ["key-missing"]),
        ("---\ntitle: أ\n---\n", ["body-empty"]),
        ("---\ntitle: أ\n---\n[x](nowhere.md)", ["link-broken"]),
        ("---\ntitle: أ\n---\n<script>alert(1)</script>نص", ["html-removed"]),
        ("نص", ["front-matter-missing"]),
    ],
)
def test_a_page_has_the_problems_of_its_kind(
    newspaper: Newspaper, text: str, codes: list[str]
) -> None:
    assert newspaper.save(about=text) == codes
    if codes == ["html-removed"]:
        assert "alert" not in newspaper.get("/pages/about")


def test_a_page_that_breaks_stays_as_it_was(newspaper: Newspaper) -> None:
    newspaper.save(about=ABOUT)
    newspaper.save(about="---\ntitle: ")
    assert "صحيفة" in newspaper.get("/pages/about")


def test_of_two_pages_at_one_address_the_first_stays(newspaper: Newspaper) -> None:
    newspaper.save(about=ABOUT)
    assert newspaper.save(other=ABOUT.replace("order", "slug: about\norder")) == ["id-duplicate"]
    assert newspaper.footer() == [("/pages/about", "من نحن")]


def test_no_article_may_say_that_it_is_a_page(newspaper: Newspaper) -> None:
    write_article(newspaper.root, "field/b.md", status="page")
    newspaper.save()
    assert newspaper.client.get("/articles/b").status_code == 404


@pytest.mark.parametrize(
    ("path", "is_article"),
    [("pages/a.md", False), ("pages/deep/a.md", True), ("field/pages/a.md", True)],
)
def test_a_page_lies_in_its_folder_unless_that_is_a_category(path: str, is_article: bool) -> None:
    plain = Site(title="t", base_url="https://news.example", id="tag:news.example,2025")
    with_category = Site(
        title="t",
        base_url="https://news.example",
        id="tag:news.example,2025",
        categories=(Category(slug="seiten", name="x", aliases=("pages",)),),
    )
    assert (reader_of(path, plain).folder == "") is is_article
    assert reader_of(path, with_category).folder == ""


def test_a_template_is_picked_up_at_its_save_and_a_bad_one_is_told(newspaper: Newspaper) -> None:
    newspaper.save()
    folder = newspaper.root / "templates"
    folder.mkdir()
    (folder / "error.html").write_text("<p>ليست هنا</p>", encoding="utf-8")
    assert not newspaper.indexer.update({"templates/error.html"}), "all pages may show it"
    newspaper.save()
    assert newspaper.get("/nowhere") == "<p>ليست هنا</p>"
    (folder / "error.html").write_text("<p>\n{% if %}</p>", encoding="utf-8")
    (folder / "Error.HTML").write_text("x", encoding="utf-8")
    (folder / "large.html").write_text("x" * 70_000, encoding="utf-8")
    (folder / "filter.html").write_text("\n\n{{ 'x'|center(9) }}", encoding="utf-8")
    (folder / "bytes.html").write_bytes(b"\xff\x00")
    (newspaper.root.parent / "secret").write_text("سرّ", encoding="utf-8")
    (folder / "link.html").symlink_to(newspaper.root.parent / "secret")
    newspaper.save()
    assert "<!doctype html>" in newspaper.get("/nowhere")
    with newspaper.index.snapshot(newspaper.clock()) as view:
        told = {(each.path.removeprefix("templates/"), each.line, each.code, each.severity) for each in view.problems() if "templates" in each.path}  # fmt: skip
        assert [each.name for each in view.site.templates] == []
    warning = Severity.WARNING
    assert {each for each in told if each[0] != "bytes.html"} == {
        ("error.html", 2, "template-bad", warning),
        ("Error.HTML", 1, "template-name", warning),
        ("large.html", 1, "template-large", warning),
        ("filter.html", 3, "template-bad", warning),
    }
    assert "bytes.html" in {each[0] for each in told}
