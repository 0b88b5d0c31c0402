"""Any article that passes check renders to well-formed documents that read back equal to its
neutral Item."""

import json
from dataclasses import replace
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import feed_factories as make
from factories import NOW, site
from feedservice.content import article as article_file
from feedservice.content import frontmatter
from feedservice.feeds import build
from feedservice.feeds.formats import ATOM, JSON, RSS
from feedservice.feeds.link_context import LinkContext

SITE = site()
AROUND = LinkContext(site=SITE, base_url=SITE.base_url, now=NOW)
words = st.text(
    st.sampled_from("ابتة ثجحٌَّ <>&\"'\\:#-[]{}!@|%`*_~ \u200f\u202e\u0007abcé😀٣7"), max_size=30
)
bodies = st.lists(
    st.sampled_from(
        [
            "نص ",
            "\n\n",
            "# ",
            "- ",
            "| أ | ب |\n|---|---|\n",
            "**",
            "[x](/articles/y)",
            "<b dir=ltr>",
            "</b>",
            "&amp;",
            "&",
            "<",
            "```",
            "![و](media/x.png)",
            "[^1]",
            "\n[^1]: ح",
            "<script>",
            "]]>",
            "\u000b",
        ]
    ),
    max_size=20,
).map("".join)
NS = {"a": "http://www.w3.org/2005/Atom", "content": "http://purl.org/rss/1.0/modules/content/"}


@settings(max_examples=150, deadline=None)
@given(words, words, words, bodies)
def test_an_article_that_passes_check_reads_back_as_its_item(
    title: str, summary: str, tag: str, body: str
) -> None:
    fields = {
        "title": title,
        "date": "2025-12-20",
        "id": "tag:news.example,2025:x",
        "summary": summary,
        "tags": tag,
    }
    article, _ = article_file.read(frontmatter.dump(fields) + body, "field/x.md", SITE, NOW)
    if article is None:
        return
    item = build.item(article, AROUND)
    feed = replace(make.full_feed(), items=(item,), language="ar")
    rss = etree.fromstring(RSS.render(feed)).find("channel/item")
    assert rss is not None
    assert (rss.findtext("title"), rss.findtext("guid"), rss.findtext("link")) == (
        item.title,
        item.id,
        item.url,
    )
    assert unescape(rss.findtext("description") or "") == item.summary
    assert (rss.findtext("content:encoded", namespaces=NS) or "") == item.html
    entry = etree.fromstring(ATOM.render(feed)).find("a:entry", NS)
    assert entry is not None
    assert (entry.findtext("a:title", namespaces=NS), entry.findtext("a:id", namespaces=NS)) == (
        item.title,
        item.atom_id,
    )
    assert (entry.findtext("a:content", namespaces=NS) or "") == item.html
    (told,) = json.loads(JSON.render(feed))["items"]
    assert (told["id"], told["url"], told["title"], told.get("content_html", "")) == (
        item.id,
        item.url,
        item.title,
        item.html,
    )
