"""Whatever clean text an item holds, each format is well-formed and gives it back unchanged."""

import json
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import feed_factories as make
from feedservice.domain.route import FEEDS
from feedservice.domain.text import clean
from feedservice.feeds.feed import Attachment, Item, Link, Person, Term
from feedservice.feeds.formats import ATOM, FORMATS, JSON, RSS, Format

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}

# Any text that `text.clean` lets through, dense in what has to be escaped and in what runs from
# right to left.
texts = st.text(
    st.one_of(
        st.sampled_from("<>&\"'\t\n\r ]\u200f\u200eابتثAé😀\u0651\u2028\u0085"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
).map(clean)
words = texts.filter(bool)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
languages = st.sampled_from(["ar", "en", "fr", "fa"])
urls = st.integers(0, 10**6).map(lambda n: f"https://news.example/articles/{n}?a=1&b=%D8%AD")
links = st.builds(
    Link, url=urls, title=texts, summary=texts, language=st.sampled_from(["", "ar", "en"])
)
files = st.builds(
    Attachment, url=urls, media_type=st.sampled_from(["audio/mpeg", "image/png", "application/pdf"]),
    length=st.integers(0, 10**12), alt=texts, caption=texts, credit=texts,
)  # fmt: skip
items = st.builds(
    Item,
    id=words, atom_id=urls, url=urls, title=words, docs_url=urls, published=moments, updated=moments, summary=texts,
    html=texts.map(lambda text: text and f"<div>{text}</div>"), language=languages,
    authors=st.lists(st.builds(Person, name=words, url=urls), max_size=2).map(tuple),
    terms=st.lists(st.builds(Term, slug=words, label=words, url=urls, scheme=urls), max_size=2).map(tuple),
    image=st.none() | files,
    attachments=st.lists(files, max_size=3).map(tuple),
    related=st.lists(links, max_size=2).map(tuple), translations=st.lists(links, max_size=2).map(tuple),
)  # fmt: skip
any_item = settings(max_examples=60, deadline=None)


def everything(item: Item) -> list[str]:
    return [link.url for link in (*item.related, *item.translations)]


@any_item
@given(items)
def test_any_item_reads_back_from_rss(item: Item) -> None:
    (node,) = etree.fromstring(RSS.render(make.feed(item))).iterfind("channel/item")
    assert node.findtext("title") == item.title
    assert node.findtext("link") == item.url
    assert node.findtext("guid") == item.id
    assert node.findtext("description", "") == escape(item.summary, quote=False)
    assert node.findtext("content:encoded", "", NS) == item.html
    assert [c.text for c in node.iterfind("dc:creator", NS)] == [
        person.name for person in item.authors
    ]
    assert [(c.text, c.get("domain")) for c in node.iterfind("category")] == [
        (t.label, t.url) for t in item.terms
    ]
    assert datetime.fromisoformat(node.findtext("a:updated", "", NS)) == item.updated
    assert (
        datetime.strptime(node.findtext("pubDate", ""), "%a, %d %b %Y %H:%M:%S %z")
        == item.published
    )
    assert [link.get("href") for link in node.iterfind("a:link", NS)] == everything(item)
    assert len(node.findall("enclosure")) == min(1, len(item.attachments))
    assert len(node.findall("media:content", NS)) == max(0, len(item.attachments) - 1) + (
        item.image is not None
    )


@any_item
@given(items)
def test_any_item_reads_back_from_atom(item: Item) -> None:
    (node,) = etree.fromstring(ATOM.render(make.feed(item))).iterfind("a:entry", NS)
    assert node.findtext("a:title", None, NS) == item.title
    assert node.findtext("a:id", None, NS) == item.atom_id
    assert node.findtext("a:summary", "", NS) == item.summary
    assert node.findtext("a:content", "", NS) == item.html
    assert [c.text for c in node.iterfind("a:author/a:name", NS)] == [
        person.name for person in item.authors
    ]
    assert [
        (c.get("term"), c.get("label"), c.get("scheme")) for c in node.iterfind("a:category", NS)
    ] == [(term.slug, term.label, term.scheme) for term in item.terms]
    assert datetime.fromisoformat(node.findtext("a:published", "", NS)) == item.published
    assert datetime.fromisoformat(node.findtext("a:updated", "", NS)) == item.updated
    by_rel: dict[str | None, list[str | None]] = {}
    for link in node.iterfind("a:link", NS):
        by_rel.setdefault(link.get("rel"), []).append(link.get("href"))
    assert by_rel["alternate"] == [item.url]
    assert by_rel.get("related", []) == everything(item)
    pictures = [item.image.url] if item.image else []
    assert by_rel.get("enclosure", []) == pictures + [file.url for file in item.attachments]


@any_item
@given(items)
def test_any_item_reads_back_from_json(item: Item) -> None:
    (node,) = json.loads(JSON.render(make.feed(item)))["items"]
    assert (node["id"], node["url"], node["title"]) == (item.id, item.url, item.title)
    assert node.get("summary", "") == item.summary
    assert node.get("content_html", "") == item.html
    assert ("content_html" in node) != ("content_text" in node)
    assert node.get("tags", []) == [term.label for term in item.terms]
    assert [person["name"] for person in node.get("authors", [])] == [
        person.name for person in item.authors
    ]
    assert node.get("language", "ar") == item.language
    ours = node.get("_feedservice", {"about": item.docs_url})
    assert ours["about"] == item.docs_url
    links = ours.get("related", []) + ours.get("translations", [])
    assert [link["url"] for link in links] == everything(item)
    assert datetime.fromisoformat(node["date_published"]) == item.published


def test_addresses_end_with_the_names_of_the_formats() -> None:
    assert tuple(FORMATS) == FEEDS
    assert [form.suffix for form in FORMATS.values()] == [f".{name}" for name in FEEDS]


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@any_item
@given(st.lists(items, max_size=3))
def test_any_feed_is_well_formed(form: Format, entries: list[Item]) -> None:
    document = form.render(
        make.feed(*entries), report=lambda item, error: pytest.fail(f"{item}: {error}")
    )
    assert document.endswith(b"\n")
    json.loads(document) if form is JSON else etree.fromstring(document)
