"""A small site that shows everything, from its files to its documents, byte for byte; and read back
by other people.

``pytest --update-golden`` rewrites tests/golden_site. Read the difference as a subscriber would
before you commit it.
"""

import html
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import feedparser
import pytest
from lxml import etree
from PIL import Image

from factories import FixedClock, at, moment, write_article
from feedservice.content.files import ContentFiles
from feedservice.feeds import _feedgen
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.directory import subscription_list
from feedservice.publishing.publisher import Publisher

GOLDEN = Path(__file__).parent / "golden_site"
SCRIPT = Path(__file__).parent / "js" / "read.mjs"
ATOM_SCHEMA = etree.RelaxNG(file=str(Path(__file__).parent / "feeds" / "atom.rng"))
SITE_YAML = """\
title: صحيفة النموذج
description: موقع صغير فيه كل شيء
base_url: https://news.example/ar
id: tag:news.example,2025
timezone: Asia/Damascus
copyright: © صحيفة النموذج
icon: media/icon.png
logo: media/icon.png
categories:
  - {slug: field, name: ميداني, description: على الأرض}
  - {slug: economy, name: اقتصاد}
authors:
  - {slug: desk, name: هيئة التحرير, email: desk@news.example, url: "https://news.example/desk"}
feed: {limit: 6}
hubs: ["https://hub.example/"]
"""


def write_site(root: Path) -> None:
    """The content folder: one article a case."""
    (root / "media").mkdir()
    Image.new("RGB", (16, 9), "teal").save(root / "media" / "icon.png")
    (root / "media" / "a.mp3").write_bytes(b"ID3\x03\x00\x00\x00\x00\x00\x00")
    (root / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    write_article(
        root, "field/daraya.md", "نص *المقال* و[رابط](../economy/lira.md) & علامة.\n\n## عنوان فرعي\n\n| أ | ب |\n|---|---|\n| 1 | 2 |",
        title="عملية في داريا < كبيرة & مهمة", date="2025-12-21 14:30", updated="2025-12-22 09:00",
        tags="[داريا, التحالف الدولي]", author="[desk, كاتب ضيف]", summary="ملخص فيه < علامة & أخرى.",
        image="{src: media/icon.png, alt: وصف الصورة, caption: شرحها, credit: صاحبها}", media="[media/a.mp3]",
        related='[lira, {url: "https://example.org/س", title: صفحة خارجية, summary: ملخصها}]',
        corrections="[{date: 2025-12-22, note: صُحّح عدد}]", translations="{en: daraya-en}", views="37",
    )  # fmt: skip
    write_article(
        root,
        "field/daraya-en.md",
        "The text.",
        title="The Daraya operation",
        lang="en",
        date="2025-12-21 15:00",
        translations="{ar: daraya}",
    )
    write_article(
        root,
        "economy/lira.md",
        "نص.",
        title="RSS والعملة",
        date="٢٠ كانون الأول ٢٠٢٥",
        aliases="[old-lira]",
        tags="[داريا]",
    )
    write_article(
        root, "economy/both.md", "نص.", category="[economy, field]", date="2025-11-30 23:30"
    )
    write_article(root, "field/imported.md", "نص.", id='"معرف قديم"', date="2025-11-01")
    write_article(
        root,
        "field/html.md",
        '<div dir="ltr" lang="en" onclick="x()">raw <b id="k">html</b></div><script>x()</script>',
        date="2025-10-05",
    )
    write_article(root, "field/old.md", "نص قديم.", date="2025-09-01")
    write_article(
        root,
        "field/gone.md",
        "نص.",
        status="withdrawn",
        date="2025-12-01",
        updated="2025-12-22 10:00",
    )
    write_article(root, "field/over.md", "نص.", date="2025-12-01", expires="2025-12-15")
    write_article(root, "field/later.md", "نص.", date="2026-06-01")
    write_article(root, "field/draft.md", "نص.", status="draft")


@pytest.fixture
def documents(
    tmp_path: Path, new_index: Callable[[], IndexWriter], monkeypatch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """Every kind of document of the small site, by file name."""
    monkeypatch.setattr(_feedgen, "__version__", "0.0.0")
    root = tmp_path / "site"
    root.mkdir()
    write_site(root)
    clock = FixedClock()
    clock.now = moment("2026-01-01")
    index = new_index()
    report = Indexer(ContentFiles(root), index, clock, pause=lambda seconds: None).scan()
    assert {(each.path, each.code) for each in report.problems} == {
        ("field/html.md", "html-removed"),
        ("field/daraya.md", "author-unknown"),
    }
    publisher = Publisher(index, clock)
    made: dict[str, bytes] = {}
    lists = {
        "everything": ("/", []), "category": ("/categories/field", []), "tag": ("/tags/داريا", []), "author": ("/authors/desk", []),
        "search": ("/search", [("q", "نص")]), "narrowed": ("/", [("category", "field,economy"), ("tag", "-داريا"), ("content", "summary")]),
        "empty": ("/tags/لا-شيء", []),
    }  # fmt: skip
    for name, form in FORMATS.items():
        for title, (path, pairs) in lists.items():
            made[f"{title}{form.suffix}"] = publisher.feed(at(path, pairs, name)).body
        made[f"archive{form.suffix}"] = publisher.archive(
            at("/categories/field", (), name, "2025-12")
        ).body
    return {
        **made,
        "feeds.opml": publisher.ask(partial(subscription_list, at("/feeds.opml"))).body,
        "sitemap.xml": publisher.sitemap().body,
    }


def test_every_document_is_the_golden_one(
    documents: dict[str, bytes], request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        shutil.rmtree(GOLDEN, ignore_errors=True)
        GOLDEN.mkdir()
        for name, body in documents.items():
            (GOLDEN / name).write_bytes(body)
    assert {path.name for path in GOLDEN.iterdir()} == documents.keys()
    for name, body in documents.items():
        assert body == (GOLDEN / name).read_bytes(), name


def goldens(*suffixes: str) -> list[Path]:
    return sorted(path for path in GOLDEN.glob("*") if path.suffix in suffixes)


@pytest.mark.parametrize("path", goldens(".atom"), ids=lambda path: path.name)
def test_atom_documents_are_valid_by_the_schema(path: Path) -> None:
    document = etree.parse(path)
    assert ATOM_SCHEMA.validate(document), ATOM_SCHEMA.error_log


def expected(path: Path) -> list[dict[str, object]]:
    """What our own JSON document of the same list says, which is what every parser should find."""
    items = json.loads(path.with_suffix(".json").read_bytes())["items"]
    found = []
    for item in items:
        identity = item["id"]
        if path.suffix == ".atom" and not identity.isascii():
            identity = "tag:news.example,2025:%D9%85%D8%B9%D8%B1%D9%81%20%D9%82%D8%AF%D9%8A%D9%85"
        published = datetime.fromisoformat(item["date_published"])
        found.append(
            {
                "id": identity,
                "url": item["url"],
                "title": item["title"],
                "published": published,
                "summary": item.get("summary"),
                "text": item.get("content_html"),
            }
        )
    return found


@pytest.mark.parametrize("path", goldens(".rss", ".atom"), ids=lambda path: path.name)
def test_feedparser_reads_what_the_json_document_says(path: Path) -> None:
    # Its own sanitiser is switched off: what we send is compared, not what it keeps.
    found = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    wanted = expected(path)
    assert [entry.id for entry in found.entries] == [item["id"] for item in wanted]
    for entry, item in zip(found.entries, wanted, strict=True):
        assert (entry.link, html.unescape(entry.title)) == (item["url"], item["title"])
        assert (
            datetime(*entry.published_parsed[:6], tzinfo=item["published"].tzinfo)
            == item["published"]
        )  # type: ignore[attr-defined]
        assert html.unescape(entry.get("summary", "")) == item["summary"]
        assert [content.value for content in entry.get("content", [])] == (
            [item["text"]] if item["text"] else []
        )


@pytest.fixture(scope="module")
def read_by_javascript() -> dict[str, dict[str, list[dict[str, str]] | None]]:
    """What three JavaScript parsers make of every golden feed."""
    node = shutil.which("node")
    if node is None or not (SCRIPT.parent / "node_modules").is_dir():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("node, or tests/js/node_modules, is not there: npm ci --prefix tests/js")
        pytest.skip("needs node and: npm ci --prefix tests/js")
    files = [str(path) for path in goldens(".rss", ".atom", ".json")]
    done = subprocess.run([node, SCRIPT, *files], capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.system
@pytest.mark.parametrize("path", goldens(".rss", ".atom", ".json"), ids=lambda path: path.name)
def test_three_javascript_parsers_agree(
    read_by_javascript: dict[str, dict[str, list[dict[str, str]] | None]], path: Path
) -> None:
    by_parser = read_by_javascript[str(path)]
    assert len(by_parser) == 3
    readings = {name: items for name, items in by_parser.items() if items is not None}
    assert readings
    for parser, items in readings.items():
        wanted = expected(path)
        assert len(items) == len(wanted)
        for item, each in zip(items, wanted, strict=True):
            assert item["id"] == each["id"]
            assert item["url"] == each["url"]
            # Some parsers decode once more, or trim: their documented normalisation.
            assert html.unescape(item["title"]).strip() == str(each["title"]).strip()
            assert datetime.fromisoformat(item["published"]) == each["published"]
            assert (
                html.unescape(item.get("summary") or "").strip()
                == str(each["summary"] or "").strip()
            )
            text, wanted_text = (
                (str(value or "")).strip() for value in (item.get("text"), each["text"])
            )
            if (
                parser == "@rowanmanning/feed-parser"
            ):  # decodes entities of HTML text once more than the format says
                text, wanted_text = html.unescape(text), html.unescape(wanted_text)
            assert text == wanted_text
