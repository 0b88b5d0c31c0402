"""Whatever a file holds, its page and its feeds hold nothing but harmless elements.

A file goes the whole way: it is read, its links are resolved, its page and its three feeds are
written. What readers get is judged by another parser (html5lib) and by lists that are this test's
own.
"""

import json
import random
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import html5lib
import pytest
from flask import Flask
from lxml import etree

import feed_factories
from effort import rounds
from factories import NOW, article, site
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.content.markup import render
from feedservice.content.reader import FileReader, Task
from feedservice.content.seen import Seen
from feedservice.domain.errors import ContentError
from feedservice.domain.file_readings import Reading
from feedservice.domain.model import Article
from feedservice.feeds import build, build_page
from feedservice.feeds.feed import Item
from feedservice.feeds.formats import ATOM, JSON, RSS
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.page import ArticlePage
from feedservice.publishing.publisher import Publisher
from feedservice.web.app import create_app
from feedservice.web.render import page
from hostile_bodies import body

TAGS = set(
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby "
    "s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var video wbr".split()
)
ATTRIBUTES = set(
    "align alt cite colspan controls datetime dir height href hreflang id lang open poster reversed role rowspan scope span src start "
    "style title type value width".split()
)
AROUND_TAGS = TAGS | set("html head meta title link body form input button script picture".split())
AROUND_ATTRIBUTES = ATTRIBUTES | set(
    "action aria-current aria-label charset class content decoding fetchpriority loading maxlength media name placeholder property rel role "
    "sizes tabindex".split()
)
ADDRESS = re.compile(r"https?://[!#-;=?-~]+|/(?!/)[!#-;=?-~]*|mailto:[!#-;=?-~]*|#t-[!#-;=?-~]*")
FORBIDDEN = re.compile(
    "[^\t\n\r\u0020-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]"
)
SITE = site(base_url="https://news.example/base")
TABBED = " tabindex=0"
ADDED = frozenset(
    {("table", "tabindex", "0"), ("img", "loading", "lazy"), ("img", "decoding", "async")}
)
"""What a page adds to a body: a wide table is scrolled by keyboard, pictures wait until they are
seen."""
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
CONTENT = "{http://www.w3.org/2005/Atom}content"
REPORTED = [
    "[x](/a%22%3E%3Cimg%20src=x%20onerror=%22alert(1)%22%3E%3Cscript%3Ealert(2)%3C%2Fscript%3E)",
    '<a title=" href=" id="x onmouseover=alert(1) style=position:fixed;inset:0 y">نص</a>',
    "<a href='/x?y=\" onmouseover=\"alert(1)'>نص</a>",
    '[b]( "../a.md")',
    "[x](/a%01b)",
    "<https://%22.example😀>",
    "[x](https://%22onclick=x.مثال/)",
    "[x](https://news.example/base/%22%3E%3Cmeta%20http-equiv=%22refresh%22%20content=%220%22%3E)",
]


class Everything(Mapping[str, Article]):
    """Knows an article by any name, so that no link is left out."""

    def __getitem__(self, name: str) -> Article:
        return article(re.sub(r"\W+", "-", name) or "a")

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


AROUND: dict[str, Any] = {
    "site": SITE,
    "now": NOW,
    "by_slug": Everything(),
    "by_path": Everything(),
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> FileReader:
    return FileReader(Task(files=ContentFiles(tmp_path_factory.mktemp("empty")), site=SITE))


@pytest.fixture
def app(publisher: Publisher) -> Iterator[Flask]:
    made = create_app(publisher, lambda name: None)
    with made.test_request_context("/"):
        yield made


def read(reader: FileReader, body: str) -> Article | None:
    """The article of a file with this body, or None where the file is refused."""
    front = "title: ع\ndate: 2026-01-01\nid: a"
    data = f"---\n{front}\n---\n{body}".encode("utf-8", "replace")
    try:
        text = decode(data, "field/a.md")
    except ContentError:
        return None
    found = reader.reading(Seen(path="field/a.md", size=1, mtime_ns=1), text, "d", NOW)
    assert isinstance(found, Reading)
    refusals = {"body-empty", "html-nesting"}
    assert found.article or refusals & {each.code for each in found.problems}, found.problems
    return found.article


def judge(html: str, more: frozenset[tuple[str, str, str]] = frozenset()) -> None:
    """A body as a browser reads it: harmless, and it ends where it ends."""
    assert not FORBIDDEN.search(html), FORBIDDEN.search(html)
    root = html5lib.parseFragment(f"<section>{html}</section><hr>", namespaceHTMLElements=False)
    assert [child.tag for child in root] == ["section", "hr"]
    assert not FORBIDDEN.search("".join(root.itertext()))
    for element in root.iter():
        if element is not root:
            assert element.tag in TAGS, element.tag
            for tag, name, value in more:
                if element.tag == tag and element.get(name) == value:
                    del element.attrib[name]
            judge_attributes(element, ATTRIBUTES)
            assert element.get("id", "t-").startswith("t-")


def judge_attributes(element: etree._Element, allowed: set[str]) -> None:
    for name, value in element.attrib.items():
        assert name in allowed, (element.tag, name)
        assert not FORBIDDEN.search(value), (name, value)
        if name in ("href", "src", "poster", "cite", "action"):
            assert value == "#content" or ADDRESS.fullmatch(value), (element.tag, name, value)
        if name == "role" and allowed is ATTRIBUTES:
            assert value in ("doc-noteref", "doc-backlink", "doc-endnotes")
        if name == "style":
            assert re.fullmatch(r"text-align:\s*\w+;?", value), value


def judge_page(html: str) -> None:
    """A whole page, with what is around the body."""
    root = html5lib.parse(html, namespaceHTMLElements=False)
    for element in root.iter():
        assert element.tag in AROUND_TAGS, element.tag
        if element.tag == "script":  # facts for machines, or a file of ours
            assert element.get("type") == "application/ld+json" or not element.text
            assert element.get("src", "/static/").startswith(("/static/", "/base/static/"))
            assert "<" not in (element.text or "")
        judge_attributes(element, AROUND_ATTRIBUTES)
    ours = [
        element.get("id") for element in root.iter() if not element.get("id", "t-").startswith("t-")
    ]
    assert ours == ["content"]


def page_of(article: Article) -> ArticlePage:
    around = LinkContext(base_url="", **AROUND)
    facts: dict[str, Any] = {"last_modified": None, "good_until": None}
    return build_page.article_page(article, around, base_url=SITE.base_url, **facts)


def judge_pages(articles: list[Article]) -> None:
    """A page is the same with any body, but for that body; one of them is read whole."""
    for each in articles:
        found = page_of(each)
        judge(found.html, ADDED)
        begin, end = written(replace(found, html="BODY")).split("BODY")
        whole = written(found)
        assert whole.startswith(begin)
        assert whole.endswith(end)
        body = whole[len(begin) : len(whole) - len(end)]
        judge(body, ADDED)
        assert body.replace(TABBED, "") == found.html.replace(TABBED, "")
    judge_page(written(found))


def written(found: ArticlePage) -> str:
    return page("article.html", found.site, article=found)


def judge_feeds(articles: list[Article]) -> None:
    """All formats say the same, leave nothing out, and what they say is harmless."""
    around = LinkContext(base_url=SITE.base_url, **AROUND)
    items = tuple(build.item(each, around) for each in articles)
    feed = feed_factories.feed(*items)
    left_out: list[tuple[Item, Exception]] = []
    rss, atom, json_feed = (
        each.render(feed, report=lambda *told: left_out.append(told)) for each in (RSS, ATOM, JSON)
    )
    assert not left_out
    wanted = [item.html for item in items if item.html]
    for item in wanted:
        judge(item)
    assert [each.text for each in etree.fromstring(rss).iter(ENCODED)] == wanted
    assert [
        each.text for each in etree.fromstring(atom).iter(CONTENT) if each.get("type") == "html"
    ] == wanted
    told = [each.get("content_html") for each in json.loads(json_feed)["items"]]
    assert [each for each in told if each] == wanted


@pytest.mark.parametrize("hostile", REPORTED)
def test_what_was_once_reported_is_harmless(app: Flask, reader: FileReader, hostile: str) -> None:
    found = read(reader, hostile)
    assert found
    judge_pages([found])
    judge_feeds([found])


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(4))
def test_nothing_that_could_harm_is_in_a_page_or_a_feed(
    app: Flask, reader: FileReader, part: int
) -> None:
    chance = random.Random(random.getrandbits(60) + part)
    for _ in range(rounds(1000, 6)):
        drawn = [body(chance) for _ in range(25)]
        articles = [found for each in drawn if (found := read(reader, each))]
        try:
            judge_pages(articles)
            judge_feeds(articles)
        except AssertionError:
            for each, found in ((each, read(reader, each)) for each in drawn):
                if found:
                    try:
                        judge_pages([found])
                        judge_feeds([found])
                    except AssertionError as error:
                        raise AssertionError(f"{each!r} is published as {found.html!r}") from error
            raise


def test_the_lists_of_this_test_refuse_what_harms() -> None:
    for harm in (
        "<script>x</script>", "<p onclick=x>", "<a href=javascript:x>x</a>", "<a href=//h>x</a>", "</section><p>x", "<svg/>",
        "<p id=content>", "<p style=position:fixed>", "&#x202e;", "<a title='&#x202e;'>x</a>", "\x01", "<form>",
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            judge(harm)


def test_an_own_address_is_written_percent_encoded(reader: FileReader) -> None:
    found = read(reader, "[نص](/tags/داريا%22%3E?q=%D8%A8&a=1)")
    assert found
    assert page_of(found).html == (
        '<p><a href="/base/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7%22%3E?q=%D8%A8&amp;a=1">نص</a></p>'
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<a href=" + " " * 500_000 + "x>t</a>", "<a href" + " " * 500_000 + ">t</a>",
        "<div>\n<a x href='" + " " * 500_000 + "\n</div>", "a" + "\u0301\u0323" * 250_000,
        "a" + "&#x301;&#x323;" * 100_000, "a" + "<b></b>\u0301<b></b>\u0323" * 3_000,
        "<div>\n<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>\n</div>",
        "<p x='" + "<b " + " ".join(f"a{n}" for n in range(100_000)) + ">'>",
    ],
    ids=["value", "name", "quote", "marks", "references", "marks in tags", "attributes", "attributes in a value"],
)  # fmt: skip
def test_what_a_file_holds_takes_time_in_proportion_to_its_length(hostile: str) -> None:
    begin = time.process_time()
    render(hostile, path="a.md")
    assert time.process_time() - begin < 5  # quadratic work would take minutes
