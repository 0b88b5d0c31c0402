"""What strangers and files say is read in time that grows no faster than its length.

No test looks at seconds: an input is doubled until it costs something, and then again; twice as
much may cost three times as much and no more.
"""

import ast
import importlib
import pkgutil
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import clear_cache

import pytest

import feedservice
from effort import rounds
from factories import NOW, SITE_YAML, site
from feedservice.authoring import fix, report
from feedservice.content import (
    article,
    dates,
    frontmatter,
    html_isolates,
    invisible,
    markdown_words,
    markup,
)
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.foreign_signs import foreign_signs
from feedservice.domain import (
    absolute_urls,
    direction,
    former_feeds,
    former_lists,
    internal_links,
    redirects,
    references,
    routes,
    text,
    urls,
)
from feedservice.domain.errors import ContentError
from feedservice.domain.label_slugs import label_key, label_slug
from feedservice.domain.marking import Words
from feedservice.domain.model import Problem
from feedservice.domain.patterns import Rare
from feedservice.domain.taxonomy import Taxonomy, find_category, nearest_category
from feedservice.feeds.formats import FORMATS
from feedservice.http import access_log, negotiation
from feedservice.importing import (
    addresses,
    doctype,
    feed,
    front_matter,
    hugo_urls,
    jekyll_urls,
    json_feed,
    markdown,
    markdown_links,
    media,
    pelican,
    redirect_rules,
    related_list,
    wordpress_body,
    words_lost,
)
from feedservice.importing.astro_collections import bases_of
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import Link
from feedservice.importing.hugo import Hugo
from feedservice.importing.jekyll import Jekyll
from feedservice.importing.nikola import Nikola
from feedservice.importing.wordpress_library import Library
from feedservice.service import backoff
from regex_attacks import attacks

PACKAGE = Path(feedservice.__file__).parent
MOST = rounds(1 << 20, 1 << 13)
"""Characters of the largest input."""
NOTICEABLE = 0.01
"""Seconds from which on growth can be told from noise."""
SMALL = 120
"""Characters that never take as long as that."""

Hostile = tuple[str, str, str] | Callable[[int], str]
"""What is before, what is repeated and what is after; or what makes a text of some length."""


def made(hostile: Hostile, size: int) -> str:
    if callable(hostile):
        return hostile(size)
    before, again, after = hostile
    return before + again * (size // len(again)) + after


def cost(run: Callable[[Any], object], data: object, times: int = 1) -> float:
    """Seconds of the processor, the least of several times."""
    taken = []
    for _ in range(times):
        clear_cache()  # urlsplit remembers what it was asked last
        begin = time.process_time()
        run(data)
        taken.append(time.process_time() - begin)
    return min(taken)


def grows_too_fast(run: Callable[[Any], object], make: Callable[[int], object], most: int) -> str:
    """Sizes and seconds where twice as much costs more than three times as much; else nothing."""
    size = 16
    while size <= most:
        taken = cost(run, make(size))
        if taken > NOTICEABLE:  # a busy machine takes its caches away: the least of many tells
            taken = cost(run, make(size), 30 if size < SMALL else 3)
        if taken > NOTICEABLE:
            break
        size = size * 5 // 4 if size < SMALL else size * 2  # some grow exponentially
    else:
        return ""
    size = max(size, len(make(size)))  # some have a least length
    told = f"{taken:.3f} s for {size} characters"
    # What doubles with each character or two, as nothing that is merely dear does.
    if size < SMALL and cost(run, make(size * 9 // 8), 3) > taken * 2.5:
        return told
    for _ in range(2):  # something else may have slowed one of the two
        once, fourfold = cost(run, make(size), 3), cost(run, make(size * 4))
        # A step, such as from a buffer to the system's memory, does not come twice.
        if fourfold < once * 9 or cost(run, make(size * 8)) < fourfold * 3:
            return ""
    return f"{told}; {once:.3f} s became {fourfold:.3f} s with four times as many"


# ---- Functions, with inputs that once cost them or their like too much.


def passing(run: Callable[[Any], object], *refusals: type[Exception]) -> Callable[[Any], None]:
    """What a function refuses counts as read."""

    def read(data: Any) -> None:
        with suppress(*refusals):
            run(data)

    return read


SITE = site()
RULES = (
    ("/{year}/{month}/{slug}.html", "/articles/{slug}"),
    ("/{slug}-{id}/x", "/articles/{slug}"),
)


def render(body: str) -> None:
    markup.render(body, path="n/a.md", base_urls=("https://news.example",))


def whole_file(front: str) -> None:
    article.read(
        f"---\ntitle: ع\ndate: 2026-01-01\nid: a\n{front}\n---\nنص\n", "field/a.md", SITE, NOW
    )


def links(body: str) -> None:
    source = frontmatter.split(f"---\ntitle: ع\ndate: 2026-01-01\n---\n{body}", "field/a.md")
    found, _ = article.read_source(source, body, "field/a.md", SITE, NOW)
    assert found
    references.placed(references.names(found), source.find)


def route(path: str, query: str) -> None:
    routes.parse(path, query, SITE, FORMATS)


def rss(inner: str) -> bytes:
    return f"<rss version='2.0'><channel><item>{inner}</item></channel></rss>".encode()


def same(_kind: str, address: str) -> str:
    return address


def numbered(form: str) -> Callable[[int], str]:
    """``#`` in ``form`` becomes a number, another each time."""
    return lambda size: "".join(form.replace("#", str(n)) for n in range(size // (len(form) + 4)))


MARKS: list[Hostile] = [
    ("a", "\u0301\u0323", ""), ("a", "\u0f73", ""), ("a", "\u0f71\u0f72", "b"), ("a", "\uff9e\u302a", ""), ("", "\u0345\u0301", ""),
    ("", "\u1d15e", ""), ("ا", "\u064b\u0651", ""), ("", "\u0338", ""), ("a", "\u202e", ""), ("", "\ufdfa", ""), ("", "İ", ""), ("", "a\u0300", ""),
]  # fmt: skip
SPACES: list[Hostile] = [
    ("a", " ", "b"),
    ("", "\t", ""),
    ("a", "\n ", "b"),
    ("a", "\xa0", "b"),
    ("", "a ", ""),
    ("<", " ", "a"),
    ("&", " ", ";"),
]
LETTERS: list[Hostile] = [
    ("", "a", ""),
    ("", "1", ""),
    ("", "أ", ""),
    ("", "%", ""),
    ("", "%2", ""),
    ("", ",", ""),
    ("", ";", ""),
    ("", '"', ""),
    ("", "\\", ""),
]
TEXTS: list[Hostile] = [*MARKS, *SPACES, *LETTERS]


def fragments(size: int) -> str:
    """Twenty that lead nowhere, beside places whose names are of the same letters."""
    place, fragment = "ab" * (size // 150), "ba" * (size // 150)
    links = "".join(f"[x](#{fragment}{n}) " for n in range(20))
    return "".join(f'<p id="{place}{n}">x</p>\n\n' for n in range(40)) + links


BODIES: list[Hostile] = [
    *MARKS, *SPACES,
    ("", "</a", ""), ("<h1>", "</h1 ", ""), ("https://a.example ", "<b ", ""), ("<h2>", " ", "x</h2>"),
    ("<a href=", " ", "x>t</a>"), ("<a href", " ", ">t</a>"), ("<div>\n<a x href='", " ", "\n</div>"), ("", "x <!--", ""),
    ("", "x <script ", ""), ("x <script>", "</script <", ""), ("", "<svg ", ""), ("", "<!", ""), ("", "[", ""), ("", "![a](", ""),
    ("", "*a **", ""), (">", ">", ""), ("", "&#x301;&#x323;", ""), ("", "<b>&#x301;</b>&#x323;", ""), ("<table>", "x<td>y</td>", "</table>"),
    ("<table>", "<b>x<tr>", "</table>"), ("<div>", "<b><p></b></p>", "</div>"), ("<div>", "<a href=x><p></a></p>", "</div>"),
    ("<div>\n<table><td style=\"", "a:b;", "\">x</td></table>\n</div>"), ("<div>\n<table><td style=\"text-align:", "(", "\">x</td></table>\n</div>"),
    ("<div>\n<td style='", "text-align ", "'></div>"), ("<div>\n<p id=\"", "x ", "\">x</p>\n</div>"), ("", "[x](../../../../a) ", ""),
    ("", "<a href='http:'>x</a>", ""), ("", "<a href='#'>x</a>", ""), ("", "[x](foo:a)\n", ""), ("", "<p></p>\n\n", ""), ("<a title='", " href=", "'>"), ("", "<a title=' href=", ""), ("[x](/", "media/a/", ".)"),
    ("[x](", "media/", "..x)"), ("[x](", "../", ")"), ("[x](https://", "a.", ")"), ("[x](https://", "أ", ")"), ("[x](#", "%", ")"), ("[x](?", "&", ")"),
    ("", "<p ", ""), ("", "</p x", ""), ("", "|a", "\n|-"), ("| a |\n|-|\n", "|", ""), ("", "- ", "x"), ("", "1. ", "x"), ("", "\\`", ""), ("", "<https://a ", ""),
    ("", "`a", ""), ("", "~~a", ""), ("", "_a __", ""), ("", "&amp", ""), ("", "[^1]", "\n\n[^1]: x"), ("", "[^1]: x\n\n", ""), ("", "<![CDATA[", ""),
    ("", "<?", ""), ("<div ", "a", ">"), ("<div ", "a=", ">"), ("<div ", "=", ">"), ("", "</b>", ""), ("<pre>", "\n ", "</pre>"), ("", "<a href=//[>", ""),
    numbered("a#=1 "), lambda n: "<div>\n<p " + numbered("a#=1 ")(n) + ">x</p>\n</div>", numbered("[x](foo#:a)\n"), numbered("[^#]: x\n\n[^#]\n\n"),
    numbered("[#]: /x\n\n[#]\n\n"), fragments, lambda n: "|" + "a|" * (n // 8) + "\n|" + "-|" * (n // 8) + "\n" + "|\n" * (n // 4),
    lambda n: "[a]: https://e.example/" + "x" * (n // 2) + "\n\n" + "[a]" * (n // 6), lambda n: " ".join("`" * (k % 300 + 1) for k in range(n // 150)),
    lambda n: "\n".join("  " * (k % 200) + "- a" for k in range(n // 200)),
]  # fmt: skip
HTML: list[Hostile] = [
    *BODIES,
    ("", "<iframe>", ""), ("<iframe src", " ", ">"), ("", "<object data=", ""), ("", "<!--", ""), ("<p>", "*_", "</p>"), ("", "<figure><img src=x></figure>", ""),
    ("", "<pre>", ""), ("<pre>", "<pre ", ""), ("", "<div ", ""), ("", "<b>a</b>", ""), ("<p>", "a\\", "</p>"), ("<p>", "1. ", "</p>"), ("<table>", "<tr><td>x</td></tr>", "</table>"),
    ("<table>", "<tbody><tr><td>x</td></tr></tbody>", "</table>"),
    ("<ul>", "<li>x", "</ul>"), ("", "<br>", ""), ("<p>", "<br> ", "</p>"), ("", "<span>", "x"), ("", "<a href=x>", "x"),
    ("<p>", "«كلمة»", "</p>"), ("<p>", "&nbsp;", "</p>"), ("<p>", "&", "</p>"), ('<img alt="', "«»", '">'), ('<a title="', "&amp;", '">x</a>'),
]  # fmt: skip
FEEDS: list[Hostile] = [
    ("", "<!DOCTYPE[", ""), ("<!DOCTYPE a[", "]   ", "<rss/>"), ("<!DOCTYPE a[]", " ", "<rss/>"), ("<rss><channel><item><title>", "<![CDATA[", "</title></item></channel></rss>"),
    ("<rss><channel><item><description>", "<", "</description></item></channel></rss>"), ("<rss><channel><item><description>", "&x ", "</description></item></channel></rss>"),
    ("<rss><channel><item><pubDate>", "9", "</pubDate></item></channel></rss>"), ("<rss><channel><item><pubDate>", "1 ", "</pubDate></item></channel></rss>"),
    ("<rss><channel><item><pubDate>", "(", "</pubDate></item></channel></rss>"), ("<rss><channel><item><author>", "a.@", "</author></item></channel></rss>"),
    ("<rss><channel><item><title>", "\u0301\u0323", "</title></item></channel></rss>"), ("<rss><channel><item><link>http://h/", "\u0301\u0323", "</link></item></channel></rss>"),
    ("<rss><channel>", "<item><title>a</title></item>", "</channel></rss>"), ("<rss><channel><item>", "<category>a</category>", "</item></channel></rss>"),
    ("<rss><channel><item><guid>", "a", "</guid></item></channel></rss>"), ("<rss ", "xmlns:a='b' ", "/>"),
]  # fmt: skip
SHORTCODES: list[Hostile] = [
    *SPACES, ("", "[caption]", ""), ("", "<!--", ""), ("<!-- wp:x -->", "<!--", ""), ("", "<pre>", ""), ("[embed]", "x", ""), ("", "[embed]", ""), ("[audio x]", " ", ""),
    ("[gallery ", "a", "]"), ("[gallery ids=", "1,", "]"), ("[abc ", " ", ""), ("[caption]", " ", "[/caption]"), ("", "[/abc]", ""), ("", "[abc", ""), ("[abc ", "a=", "]"),
    ("[caption ", 'a="\\', "]x[/caption]"), ("[caption]", "<a ", "[/caption]"), ("", "<hr", ""), ("", "</div>", ""), ("", "</div> ", ""), ("", "<h2 ", ""), ("", "\n\n", ""), ("[audio ", "src=", "]"),
    ("", "{{< highlight go >}}", ""), ("", "{{<highlight\n", ""), ("", "{{< highlight x", ""), ("", "{{<", ""), ("", "{{< a ", ""), ("{{< a", " ", ""), ("", "{{< ref x", ""), ("{{< ref ", '"', ">}}"),
    ("{{< figure src=", "a=", " >}}"), ("", "{{%", ""), ("", "{{% a %}}", ""), ("", "{% highlight x %}", ""), ("", "{{ a", ""), ("", "{% a", ""), ("{{ '", "a' |", " }}"), ("", "{{ 'a", ""), ("", "{:", ""),
    ("", "{static}", ""), ("", "{filename}a", ""), ("", "|tag|", ""), ("", "{tag", ""), ("", "```\n", ""), ("", "```a\n", ""), ("", "~~~", ""), ("", "`", ""),
    ("", "[", ""), ("", "[[]", ""), ("[", "a[a]", ""), ("", "[a](", ""), ("[a](", "a(a)", "("), ("[", "\\", ""), ("<a ", "x ", ""), ("", '<a href="', ""), ("[x]:", " ", ""), ("", "[x]: y\n", ""),
    lambda n: " ".join("`" * (k % 300 + 1) for k in range(n // 150)), lambda n: "".join("`" * k + "x" for k in range(1, int((2 * n) ** 0.5))),
]  # fmt: skip
YAML: list[Hostile] = [
    ("a: ", "[", ""), ("", "? ", ""), ("", "- ", ""), ("a: b\n", "#", ""), ('a: "', "\\n", ""), ("a: b\n", " c\n", ""), ("a: [", "x, ", "]"), ("a: ", "{a: ", ""), ("a: |\n", "  x\n", ""),
    ("a: &a ", "[&a ", ""), ("", "a: b\n", ""), ("%", "T", ""), ("a: !!", "x", ""), ("a: '", "''", ""), ("a: ", "x ", ": y"), ("", "\t", "a: b"), ("a:", "\n", ""), numbered("k#: v\n"),
    ("tags: [", "أ, ", "]"), ("date: ", "1", ""), ("date: ", "1 ", ""), ("title: ", "<b", ""), ("summary: ", "\u0301\u0323", ""), ("aliases: [", "a, ", "]"), ("related: [", "a, ", "]"), ("slug: ", "a-", ""),
    ("image: ", "a/", ""), ("author: ", "أ ب، ", ""),
]  # fmt: skip
DATES: list[Hostile] = [
    *TEXTS, ("", "1 ", ""), ("", "1/", ""), ("", "(", ""), ("يوم ", "الاحد ", ""), ("", "2024-", ""), ("10:00", " ", "z"), ("1", " ", "2"), ("1 ", "كانون ", "2024"), ("1 ", "كانون / ", ""), ("", "ص ", ""), ("", "1ص", ""),
    ("", "بتوقيت ", ""), ("", "في ", ""), ("", "1م", ""), ("1", ".", "1"), ("", "UTC ", ""), ("", "10:00", ""), ("", "ربيع ", ""), ("2024-01-01", " ", "+03"), ("2024-01-01", " ", "UTC"), ("", "يوم ", ""), ("", "AAAA/", ""),
]  # fmt: skip
HEADERS: list[Hostile] = [
    *LETTERS, *SPACES, ('"x', " ", "y"), ("", 'W/"', ""), ("", '"a', ""), ("", '"a", ', ""), ("", "*", ""), ("", "1 ", ""), ("", "(", ""), ("bytes=", "0-1,", ""), ("bytes=", " ", "0-1"), ("bytes=", "-", ""), ("", ";q=0.0,", ""),
    ("br;", "q=", "1"), ("", "gzip,", ""), ("Mon, 01 Jan ", "0", " 00:00:00 GMT"), ("Mon, 01 Jan 2024 ", "00:", " GMT"), ("", ":", ""), ("", "+", "0000"), ("", "\xff", ""),
]  # fmt: skip
ADDRESSES: list[Hostile] = [
    *TEXTS, ("/", "a/", ""), ("/category/", "a/", ""), ("/category/", "a/feed/", "x"), ("/author/", "a", "/feed/rss/x"), ("", "/", ""), ("/media/", "../", ""), ("/articles/", "a.", ""), ("", "/archive/", "a.rss"), ("http://", "a.", ""),
    ("http://[", ":", "]"), ("http://", ":", ""), ("http://", "@", "h/"), ("http://", "أ", "/"), ("http://h/", "[", ""), ("/2024/01/", "a.html", ""), ("/", "1", "-1/x"), ("/", "1-", "/x"), ("/", "-1", "/y"), ("/x", "/", ""), ("#", "%", ""), ("?", "p=1&", ""),
    ("https://h", "\\", ""), ("/x?p=", "1", "x"), ("javascript:", "a", ""), ("https://h/", "\u0301\u0323", ""), ("https://", "\u0301\u0323", "/"), ("https://xn--", "a", "/"),
]  # fmt: skip
QUERIES: list[Hostile] = [
    *LETTERS, ("", "tag=a&", ""), ("tag=", "a,", ""), ("tag=", "-a،", ""), ("q=", "a+", ""), ("q=", "\u0301\u0323", ""), ("", "&", ""), ("", "=", ""), ("since=", "2", ""), ("before=", "2024-", ",a"), ("", "x=1&", ""), ("limit=", "1", ""),
    numbered("tag=t#&"), numbered("author=a#&"), numbered("tag=a,b#&"), ("category=", "field,", ""),
]  # fmt: skip
PERMALINKS: list[Hostile] = [
    ("/", ":", ""), ("/", ":a", ""), ("/", "/", ""), ("", ".", ""), ("", "./", ""), ("", ":title", ""), ("", ":title_", ""), (":sections[", "1", "]"), (":sections[", "1:", "]"), ("", ":sections", ""), ("", ":sections[", ""), ("", "%d9", ""),
]  # fmt: skip
PAGE = hugo_urls.Page(
    folder="a/b",
    sections=("a", "b"),
    name="n",
    title="t",
    slug="",
    url="",
    language="ar",
    published=NOW,
)

FUNCTIONS: dict[str, tuple[Callable[[Any], object], list[Hostile]]] = {
    "a body": (passing(render, markup.MarkupError), BODIES),
    "a body's text": (markup.plain_text, BODIES),
    "isolates": (passing(lambda d: html_isolates.isolated(markup.sanitised(d)), markup.MarkupError), [*TEXTS, ("", "C++ ", ""), ("", "<p>C++ ", ""), ("", "<br>C++", ""), ("", "C++<wbr>", ""), ("C++", "<wbr>", ""), ("C++", "<b title='>'>", ""), ("<bdi>", "<b>.a</b>", ""), ("", "[a ", "+"), ("", "&amp;+", "")]),
    "a body's first paragraph": (passing(lambda d: markup.first_paragraph(markup.sanitised(f"<p>{d}")), markup.MarkupError), [*SPACES, *MARKS, ("", "<p>", ""), ("", "<p></p>", ""), ("", "<p title='<p ", "")]),
    "resolving links": (lambda d: internal_links.resolve(d, lambda _: "/"), [("", "\ufdd0href path/x\ufdd0", ""), ("", "\ufdd0href article/#\ufdd0", "")]),
    "a file": (passing(lambda d: decode(d.encode("utf-8", "surrogatepass"), "a.md"), ContentError), [*TEXTS, ("", "\r", ""), ("", "\0", ""), ("", "\x85", "")]),
    "a file in another encoding": (passing(lambda d: decode(d.encode("utf-16"), "a.md"), ContentError), [("", "ا", "")]),
    "front matter": (passing(lambda d: frontmatter.split(d, "x"), ContentError), [("---\n", "--- x\n", ""), ("---\n", "a: b\n", ""), ("---\n", "a: b\n", "---\n"), ("---", " ", "x")]),
    "YAML": (passing(lambda d: frontmatter.parse(d, "x", times=16), ContentError), YAML),
    "an article file": (whole_file, YAML),
    "the links of an article": (links, [numbered("[x](a#)\n"), numbered("[x](a#) ")]),
    "the id in a broken file": (lambda d: importlib.import_module("feedservice.content.reader")._named(d), [("id: a", " ", "b"), ("", "id: ", ""), ("", "id: a\n", "")]),
    "site.yaml": (site_file.read, [*YAML, (SITE_YAML + "redirects:\n  /x: /", "a", ""), (SITE_YAML + "redirects:\n  /{slug}", "a{", "}: /x")]),
    "written YAML": (lambda d: frontmatter.dump({"a": d, "b": [d]}), TEXTS),
    "a date": (passing(lambda d: dates.parse_date(d, "Asia/Damascus"), ValueError), DATES),
    "a foreign date": (moment_of, DATES),
    "check --fix": (lambda d: fix.fix(d, "field/a.md", SITE), [*TEXTS, ("---\n", "\t", "a: b\n---\n"), ("---\ndate: ", "1 ", "\n---\n"), ("---\n", "a:\tb\n", "---\n")]),
    "a place in a line": (lambda d: report.marked(d, Problem(path="a", code="x", column=len(d) // 2)), TEXTS),
    "what a terminal shows": (text.visible, TEXTS),
    "NFC": (text.nfc, TEXTS),
    "clean text": (text.one_line, TEXTS),
    "a slug": (text.slugify, TEXTS),
    "a folded text": (text.fold, TEXTS),
    "search words": (lambda d: list(text.tokens(d)), TEXTS),
    "words that are marked": (lambda d: (Words("ماء aaaa").marked(d), Words("aا").excerpt(d)), [*TEXTS, ("", "ماء،", ""), ("", "ماء ", ""), ("a", "ـ", "a"), ("", "aـ", "")]),
    "a shortened text": (lambda d: text.truncate(d, 300), [*TEXTS, ("", ".", ""), ("", ".»", "")]),
    "a direction": (lambda d: direction.mark(d, direction.direction("ar", d)), TEXTS),
    "signs with what nobody sees": (invisible.with_bare_signs, [*TEXTS, ("", "\u200f", ""), ("", "- \u200f\n", ""), ("", "](\u200f", "")]),
    "a language": (direction.direction, LETTERS),
    "a category's name": (lambda d: find_category(d, SITE), TEXTS),
    "signs of notes": (
        lambda d: list(foreign_signs(f"<p>{d}</p>", d)),
        [
            *TEXTS,
            ("", "\\[^a]", ""),
            ("", "\\", ""),
            ("", "<code>[^a]</code>", ""),
        ],
    ),
    "a label's slug": (lambda d: label_slug(Taxonomy.TAG, d), [*TEXTS, ("", "C++#", ""), ("", " .a", "")]),
    "a label's key": (lambda d: label_key("tag", d), TEXTS),
    "the nearest category": (lambda d: nearest_category(d, SITE), TEXTS),
    "a path": (lambda d: route(d, ""), ADDRESSES),
    "a query": (lambda d: route("/feed.rss", d), QUERIES),
    "a query within bounds": (lambda d: route("/search", d[: routes.MAX_QUERY]), QUERIES),
    "an old feed's path": (former_feeds.moved_in, ADDRESSES),
    "an old list's path": (former_lists.moved_in, ADDRESSES),
    "an old list's file": (former_lists.of_file, ADDRESSES),
    "a redirect": (lambda d: redirects.find(d[: routes.MAX_PATH], redirects.rules(RULES)), ADDRESSES),
    "a redirect by its query": (lambda d: redirects.find_query("/", [("p", d)], redirects.rules((("/?p={id}", "/articles/p-{id}"), ("/?p={slug}", "/{slug}")))), ADDRESSES),
    "a rule of redirects": (lambda d: redirects.is_good(d, d), [*ADDRESSES, ("/", "{slug}", ""), ("/", "{", ""), ("/{", "a", "")]),
    "a URL": (absolute_urls.is_url, ADDRESSES),
    "a base URL": (absolute_urls.is_base_url, ADDRESSES),
    "a URI": (passing(lambda d: absolute_urls.is_url(d) and urls.uri(d), ValueError), ADDRESSES),
    "If-None-Match": (lambda d: negotiation.is_not_modified(d, None, "x", None), HEADERS),
    "If-Modified-Since": (lambda d: negotiation.is_not_modified(None, d, "x", NOW), HEADERS),
    "Accept-Encoding": (negotiation.choose_coding, HEADERS),
    "Retry-After": (lambda d: backoff.asked_for(d, NOW), HEADERS),
    "a line of the access log": (access_log._read, ADDRESSES),
    "a foreign body": (passing(lambda d: markdown.convert(d, same), markup.MarkupError), HTML),
    "a foreign title": (markdown.plain_text, HTML),
    "a list of related links": (lambda d: related_list.without(d, (Link(url="", title=""),)), [("<h2></h2><ul>", '<li><a href="">x</a></li>', ""), ("", "<h2></h2><ul>", ""), ("<h2></h2>", " ", ""), ('<h2></h2><ul><li><a href="">x</a></li>', " ", ""), ('<h2></h2><ul><li><a href="">x</a></li></ul>', " ", "x"), ('<h2></h2><ul><li><a href="">x</a></li></ul>', "</div> ", "x")]),
    "a title from a text": (markdown_words.titled, [*TEXTS, ("", "<", ""), ("", "(", ""), ("", "*", "")]),
    "a foreign feed": (lambda d: feed.read(d.encode(), "x"), FEEDS),
    "a foreign JSON feed": (lambda d: json_feed.read(d.encode(), "x"), [("", "[", ""), ('{"items": [', '{"id": "a"},', "]}"), ('{"a": "', "\\", ""), ("", '{"a":', "")]),
    "a document type": (lambda d: doctype.without_doctype(d.encode()), FEEDS),
    "a WordPress body": (lambda d: wordpress_body.html_of(d, Library()), SHORTCODES),
    "words of HTML that did not come": (lambda d: words_lost.lost_words(d, "نص", is_html=True), [*HTML, *TEXTS, ("<", "b", ""), ("", "&", ""), ("", "&#1575;", ""), ("", "<svg>", ""), ("<svg>", "</svg ", ""), ("", "<!doctype ", ""), ("", "<![", ""), ("", "<img alt=ا>", ""), ("", "ا", ""), ("", "ا ", ""), ("", "\u0301\u0323", "")]),
    "words of Markdown that did not come": (lambda d: words_lost.lost_words(d, "نص", is_html=False), [*SHORTCODES, *TEXTS, ("", "](", ""), ("", "](<", ""), ("", "{:", ""), ("", "!!! ", ""), ("", "{{", ""), ("", "{% ", ""), ("[", "[audio ", "")]),
    "words that stand otherwise": (lambda d: words_lost.lost_words(d, d.replace(" ", ""), is_html=True), [*TEXTS, ("", "ا ب ", ""), ("ب ", "ا ", ""), ("<p>", "ا <b>ب</b> ", "")]),
    "Markdown links": (lambda d: markdown_links.rewrite(d, same), SHORTCODES),
    "embedded pages in Markdown": (lambda d: markdown_links.without_frames(d, lambda *told: None), [*SHORTCODES, ("", "<iframe ", ""), ("<iframe ", "src", ">"), ("<iframe ", "src ", ">"), ("<iframe src", " ", ">"), ("<iframe src=https:", "a", "")]),
    "a Hugo file": (passing(lambda d: Hugo(front_matter.Fields()).read("content/a.md", d), front_matter.FrontMatterError), SHORTCODES),
    "a Jekyll file": (passing(lambda d: Jekyll(front_matter.Fields()).read("_posts/2024-01-01-a.md", d), front_matter.FrontMatterError), SHORTCODES),
    "a Pelican file": (passing(lambda d: pelican.Pelican(front_matter.Fields()).read("content/a.md", d), front_matter.FrontMatterError), SHORTCODES),
    "a Nikola file": (
        passing(
            lambda d: Nikola(front_matter.Fields()).read("posts/a.md", d),
            front_matter.FrontMatterError,
        ),
        [
            *SHORTCODES,
            ("<!--\n.. title: a\n.. date: 2024-05-01\n.. category: ", "a/", "\n-->\n"),
            ("<!--\n.. title: a\n.. date: 2024-05-01\n.. category: ", "a,", "\n-->\n"),
            ("<!--\n.. title: a\n.. date: 2024-05-01\n.. tags: ", "a,", "\n-->\n"),
        ],
    ),
    "Astro's configuration": (
        bases_of,
        [
            ("", "(/[", ""),
            ("", "glob({ base: 'a", ""),
            ("", "/*", ""),
            ("", "'\\", ""),
            ("", "`", ""),
            ("const a = defineCollection(glob({", "a,", ""),
        ],
    ),
    "Pelican's configuration": (pelican.settings_of, [("a = '", "x", "'"), ("", "a = ''\n", ""), ("", "(", "")]),
    "foreign front matter": (passing(lambda d: front_matter.split(d, "UTC"), front_matter.FrontMatterError), [("---\n", "a: b\n", "---"), ("---\n", "--- \n", ""), ("+++\n", "a = 1\n", ""), ("+++\n", "a = [", "\n+++\n"), ("{", '"a":{', "}"), ("---\n", "- ", "\n---\n")]),
    "foreign headers": (lambda d: front_matter.split_headers(d, "UTC"), [("a: b\n", "    c\n", ""), ("", "a: b\n", ""), ("", "a", ""), ("a:", " ", "")]),
    "a permalink of Jekyll": (lambda d: jekyll_urls.url_of(d, {"title": "a"}, NOW), PERMALINKS),
    "a permalink of Hugo": (lambda d: hugo_urls.path_of(replace(PAGE, url=""), front_matter.Fields({"permalinks": {"a": d}})), PERMALINKS),
    "an address of Hugo": (lambda d: hugo_urls.path_of(replace(PAGE, url=d), front_matter.Fields()), [*PERMALINKS, *ADDRESSES]),
    "a pattern of addresses": (redirect_rules.pattern_of, ADDRESSES),
    "a foreign address": (addresses.host_and_path, ADDRESSES),
    "name and password of an address": (addresses.without_userinfo, ADDRESSES),
    "the name of a picture": (media.name_of, ADDRESSES),
    "the kind of a picture": (lambda d: media.kind_of(d.encode(), ".png"), [*TEXTS, ("", "<", ""), ("\x89PNG\r\n\x1a\n", "\0", "")]),
}  # fmt: skip


@pytest.mark.fuzz
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_read_takes_time_in_proportion_to_its_length(name: str) -> None:
    read, inputs = FUNCTIONS[name]
    for hostile in random.sample(inputs, min(len(inputs), rounds(1000, 4))):
        slow = grows_too_fast(read, lambda size: made(hostile, size), MOST)  # noqa: B023 - asked at once
        assert not slow, (made(hostile, 60)[:60], slow)


# ---- Regular expressions: all of them, attacked with what they themselves match.

SAFE: Mapping[str, str] = MappingProxyType(
    {
        "content.markup._PARAGRAPH.finditer": "the sanitiser ends each paragraph that it begins",
        "importing.markdown._PRE.split": "the sanitiser ends each element that it begins",
        "domain.text._SENTENCE_END.finditer": "the first characters of a text",
        **dict.fromkeys(
            (f"importing.guesses._HINTS{n or ''}.search" for n in range(6)),
            "matched with the first 4,096 bytes of a file",
        ),
    }
)
"""Expressions that are not asked of a long text, or not of any text; each with its reason."""
COMPUTED: Mapping[str, str] = MappingProxyType(
    {
        "domain/redirects.py: _compiled": "what site.yaml says, in the table above; two words never stand side by side",
        "domain/marking.py: __init__": "four letters of a word, and what stands between them is none, in the table above",
        "exporting/statics.py: _named": "names of our own, in pages of our own",
        "exporting/nginx.py: _moved": "addresses of the site",
        "exporting/nginx.py: _location": "suffixes of our own",
        "exporting/names.py: file_of": "queries that we wrote",
        "importing/front_matter.py: texts": "one class of characters",
        "domain/text.py: _illegal": "one class of characters",
        "domain/text.py: _vowel_signs": "one class of characters",
        "domain/patterns.py: compiled": "what a module wrote, and is found there",
        "content/html_tags.py: tags": "modules ask for it, and what they got is found in them",
    }
)
"""Functions that make an expression, each with its reason."""


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(feedservice.__path__, "feedservice."):
        if not found.name.endswith("__main__"):
            yield found.name


def patterns_in(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, Rare):
        yield value.compiled()
    elif isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from patterns_in(each)
    elif isinstance(value, dict | MappingProxyType):
        yield from patterns_in(list(value.values()))


PARTS = 12
"""Of all expressions, so that no worker of the tests works long after the others."""
METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


def expressions() -> dict[str, tuple[re.Pattern[Any], str]]:
    """Every expression of the package with the method it is asked by, under ``module.name.method``."""
    found: dict[str, tuple[re.Pattern[Any], str]] = {}
    for name in modules():
        module = importlib.import_module(name)
        source = PACKAGE.parent / f"{name.replace('.', '/')}.py"
        tree = ast.parse(
            (source if source.exists() else source.with_suffix("") / "__init__.py").read_text()
        )
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        ]
        short = name.removeprefix("feedservice.")
        for variable, value in vars(module).items():
            if getattr(value, "__module__", name) == name or variable.startswith("_"):
                asked = {
                    call.func.attr for call in calls if ast.unparse(call.func.value) == variable
                }
                for number, pattern in enumerate(patterns_in(value)):
                    for method in asked & set(METHODS) or {"search"}:
                        found[f"{short}.{variable}{number or ''}.{method}"] = pattern, method
        for call in calls:
            if (
                ast.unparse(call.func.value) == "re"
                and call.func.attr in METHODS
                and isinstance(call.args[0], ast.Constant)
            ):
                written = call.args[0].value
                found[f"{short}: {written!r}.{call.func.attr}"] = (
                    re.compile(written),
                    call.func.attr,
                )
    return found


def asked_by(pattern: re.Pattern[Any], method: str) -> Callable[[Any], object]:
    if method in ("sub", "subn"):
        return lambda data: pattern.sub(data[:0], data)
    if method == "finditer":
        return lambda data: list(pattern.finditer(data))
    return getattr(pattern, method)


def written_for(pattern: re.Pattern[Any], attack: Hostile) -> Callable[[int], object]:
    """What makes an attack of some length, in the kind of text that a pattern reads."""
    if isinstance(pattern.pattern, str):
        return lambda size: made(attack, size)
    return lambda size: made(attack, size).encode("latin-1", "ignore")


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(PARTS))
def test_no_expression_takes_more_than_time_in_proportion_to_what_it_reads(part: int) -> None:
    slow = {}
    everything = expressions()
    some = list(everything.items())[part::PARTS]
    for name, (pattern, method) in random.sample(some, min(len(some), rounds(1000, 10))):
        for before, again, after in attacks(pattern) if name not in SAFE else ():
            attack, read = (before, again, after), asked_by(pattern, method)
            if why := grows_too_fast(read, written_for(pattern, attack), rounds(1 << 17, 1 << 12)):
                slow[name] = (before, again, after, why)
                break
    assert not slow
    assert len(everything) > 150
    assert SAFE.keys() <= everything.keys()


@pytest.mark.parametrize(
    ("written", "method"),
    [(r"<a\s*=?\s*>", "search"), (r"(a|a)*b", "match"), ("<!--.*?-->", "search")],
)
def test_the_attacks_find_what_is_quadratic_or_worse(written: str, method: str) -> None:
    pattern = re.compile(written)
    read = asked_by(pattern, method)
    assert any(
        grows_too_fast(read, written_for(pattern, attack), 1 << 13) for attack in attacks(pattern)
    )


@pytest.mark.parametrize("power", [1, 2])
def test_a_text_that_is_never_short_is_judged_by_its_length(
    monkeypatch: pytest.MonkeyPatch, power: int
) -> None:
    module = sys.modules[__name__]
    monkeypatch.setattr(module, "cost", lambda _run, data, _times=1: 2e-5 * len(data) ** power)
    slow = grows_too_fast(str, lambda size: "x" * max(size, 880), 1 << 13)
    assert bool(slow) == (power == 2)


def test_every_expression_is_known() -> None:
    """One that is made while the program runs could not be found by looking at modules."""
    made_inside: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for call in ast.walk(function):
                called = ast.unparse(call.func) if isinstance(call, ast.Call) else ""
                if not (isinstance(call, ast.Call) and re.match(r"re\.|rare\Z", called)):
                    continue
                name = "compile" if called == "rare" else called[3:]
                is_written = bool(call.args) and isinstance(call.args[0], ast.Constant)
                if name in ("compile", *METHODS) and (name == "compile" or not is_written):
                    made_inside.add(f"{path.relative_to(PACKAGE)}: {function.name}")
    assert made_inside == COMPUTED.keys()


# ---- Normal forms: quadratic in a run of marks wherever nobody counts them.

NORMALISED: Mapping[str, str] = MappingProxyType(
    {
        "domain/text.py": "the one that counts",
        "content/places.py": "names of files, and of media below a path of 2,048 characters",
        "authoring/check.py": "names of files",
        "importing/pelican_urls.py": "after the one that counts",
        "importing/source_folder.py": "asked for once the path is short enough for a file",
        "domain/routes.py": "a path of 2,048 characters",
    }
)


def test_texts_are_normalised_where_marks_are_counted() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "unicodedata.normalize(" in path.read_text()
    }
    assert found == NORMALISED.keys()
