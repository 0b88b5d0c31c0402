"""Sources that mean harm: bombs, texts made to be slow, passwords, bad addresses, endless answers."""

import base64
import json
import zlib
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from time import process_time

import httpx
import pytest

from feedservice.content import frontmatter
from feedservice.importing import (
    dialects,
    front_matter,
    markdown,
    markdown_links,
    raw_html,
    shortcodes,
    wordpress_body,
)
from feedservice.importing.feed import read
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher, FetchError
from feedservice.importing.front_matter import Fields
from feedservice.importing.ghost_body import of_mobiledoc
from feedservice.importing.hugo import Hugo
from feedservice.importing.jekyll import Jekyll
from feedservice.importing.markdown_folder import MarkdownFolder
from feedservice.importing.media import NotDownloaded
from feedservice.importing.nikola import Nikola
from feedservice.importing.substack_widgets import written_out
from feedservice.importing.wordpress_library import Library
from import_sources import Run, item, rss, rss_bytes

MIB = 1024 * 1024
FEED = "https://old.example/feed"


def gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()


def answering(*parts: bytes, coding: str = "", **options: float) -> Fetcher:
    headers = {"Content-Encoding": coding} if coding else {}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter(parts), headers=headers)

    return Fetcher(transport=httpx.MockTransport(answer), **options)  # type: ignore[arg-type]


def test_what_is_packed_is_unpacked_within_the_bound() -> None:
    assert answering(gzip(b"x" * 1000), coding="gzip").get(FEED, 1000).body == b"x" * 1000
    with pytest.raises(FetchError) as refused:
        answering(gzip(bytes(20 * MIB)), coding="gzip").get(FEED, MIB)
    assert refused.value.reason == "size"


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "deflate", "zstd"])
def test_other_codings_are_refused_before_anything_is_unpacked(coding: str) -> None:
    with pytest.raises(FetchError, match="coding"):
        answering(b"x", coding=coding).get(FEED)


def test_no_coding_is_asked_for() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Accept-Encoding"])
        return httpx.Response(200, content=iter([b"x"]))

    Fetcher(transport=httpx.MockTransport(answer)).get(FEED)
    assert asked == ["identity"]


def test_an_answer_that_does_not_end_is_given_up() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=repeat(b" "))

    with pytest.raises(FetchError, match="seconds"):
        Fetcher(transport=httpx.MockTransport(answer), seconds=0.1).get(FEED)


def test_pages_of_a_feed_are_bounded_together(run: Run) -> None:
    following = '<atom:link rel="next" href="?page=2"/>'
    fetcher = answering(rss_bytes(item(1), head=following))
    report = run(FeedSource(FEED, fetcher=fetcher, max_bytes=100), category="field")
    assert (report.count, [each.code for each in report.remarks]) == (1, ["feed-size"])


def test_pictures_are_bounded_together() -> None:
    fetcher = answering(b"x" * 100, max_media=150)
    assert [len(fetcher.download(f"https://old.example/{n}.png")) for n in range(2)] == [100, 100]
    with pytest.raises(NotDownloaded, match="total"):
        fetcher.download("https://old.example/3.png")


def hugo(text: str) -> object:
    return Hugo(Fields()).read("content/a.md", text)


def jekyll(text: str) -> object:
    return Jekyll(Fields()).read("_posts/a.md", text)


def convert(html: str) -> object:
    return markdown.convert(html, lambda kind, url: url)


def wordpress(text: str) -> object:
    return wordpress_body.html_of(text, Library())


def links(text: str) -> object:
    return markdown_links.rewrite(text, lambda kind, url: url)


def headers(text: str) -> object:
    return front_matter.split_headers(text, "UTC")


def feed(text: str) -> object:
    return read(text.encode(), "x")


SIZE = 200_000
SLOW: dict[str, tuple[Callable[[str], object], str]] = {
    "document types": (feed, "<rss>" + "<!DOCTYPE[" * (SIZE // 10)),
    "spaces behind a document type": (feed, "<!DOCTYPE a[]" + " " * SIZE + "<rss/>"),
    "captions": (wordpress, "[caption]" * (SIZE // 9)),
    "open captions": (wordpress, "[caption " * (SIZE // 9)),
    "comments": (wordpress, "<!--" * (SIZE // 4)),
    "comments of blocks": (wordpress, "<!-- wp:x -->" + "<!--" * (SIZE // 4)),
    "blocks in blocks": (wordpress, "<!-- wp:x -->" * (SIZE // 13)),
    "blocks that end others": (wordpress, "<!-- wp:x -->" * 40 + "<!-- /wp:y -->" * (SIZE // 14)),
    "named players": (wordpress, "[youtube " * (SIZE // 9)),
    "forms": (wordpress, "[contact-form/" * (SIZE // 14)),
    "pre": (wordpress, "<pre>" * (SIZE // 5)),
    "embeds": (wordpress, "[embed]" * (SIZE // 7)),
    "players": (wordpress, "[audio " * (SIZE // 7)),
    "a long word": (wordpress, "[gallery " + "a" * SIZE + "]"),
    "unknown shortcodes": (wordpress, "[abc a=" * (SIZE // 7)),
    "rules": (wordpress, "<hr" * (SIZE // 3)),
    "frames": (convert, "<iframe>" * (SIZE // 8)),
    "objects": (convert, "<object><param name=src " * (SIZE // 24)),
    "what Substack keeps": (written_out, '<div data-attrs="{' * (SIZE // 18)),
    "kept objects": (written_out, f"<div data-attrs='{'[' * SIZE}'></div>"),
    "open frames": (convert, "<embed " * (SIZE // 7)),
    "comments in HTML": (convert, "<!--" * (SIZE // 4)),
    "spaces in a paragraph": (convert, "<p>a" + " " * SIZE + "b</p>"),
    "no-break spaces": (convert, "<p>a" + "\xa0" * (SIZE // 4) + "b</p>"),
    "spaces in a title": (markdown.plain_text, "<b>" + " " * SIZE + "a"),
    "runs of backticks": (links, "".join("`" * n + "x" for n in range(1, 600))),
    "fences": (links, "```\n" + "```x\n" * (SIZE // 5)),
    "opened fences": (links, "".join(f"{'`' * (n % 90 + 3)}x\n" for n in range(SIZE // 50))),
    "shortcodes": (hugo, "{{<" * (SIZE // 3)),
    "named shortcodes": (hugo, "{{< a " * (SIZE // 6)),
    "highlights": (hugo, "{{< highlight go >}}" * (SIZE // 20)),
    "references": (hugo, "{{< ref x" * (SIZE // 9)),
    "Liquid": (jekyll, "{% a" * (SIZE // 4)),
    "Liquid's output": (jekyll, "{{ 'a" * (SIZE // 5)),
    "Liquid's highlights": (jekyll, "{% highlight x %}" * (SIZE // 17)),
    "spaces before a task": (dialects.without_dialect, "a" + " " * SIZE),
    "spaces in the title of a box": (dialects.without_dialect, "!!! a" + " " * SIZE + '"'),
    "teasers": (lambda text: Nikola(Fields()).split(text), "<!--TEASER_END" * (SIZE // 14)),
    "spaces in a heading": (
        lambda text: MarkdownFolder(Fields()).read("a.md", text),
        "# a" + " " * SIZE + "b",
    ),
    "definitions": (dialects.without_dialect, "أ\n: ب\n" * (SIZE // 8)),
    "boxes": (dialects.without_dialect, '!!! a "' * (SIZE // 7)),
    "open attribute lists": (dialects.without_dialect, "# {#" * (SIZE // 4)),
    "blank lines of boxes": (dialects.without_dialect, "!!! a\n" + "\n" * SIZE),
    "a long srcset": (raw_html.with_largest, "<img srcset='" + "a 1w, " * (SIZE // 6)),
    "pictures": (raw_html.with_largest, "<img srcset=" * (SIZE // 12)),
    "attribute lists": (jekyll, "{:" * (SIZE // 2)),
    "continued headers": (headers, "a: b\n" + "    c\n" * (SIZE // 6)),
    "attributes": (shortcodes.attributes, "a" * SIZE),
    "cards of Mobiledoc": (
        of_mobiledoc,
        json.dumps({"cards": [["x", {}]] * (SIZE // 10), "sections": [[10, 0]] * (SIZE // 10)}),
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_text_takes_more_than_linear_time(name: str) -> None:
    """Each took minutes where every beginning looked for an end of its own."""
    read_by, text = SLOW[name]
    begun = process_time()
    read_by(text)
    assert process_time() - begun < 4


def test_name_and_password_go_to_their_host_only_and_into_no_file(run: Run, content: Path) -> None:
    asked: dict[str, str | None] = {}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"url": "/1", "title": "خبر", "date_published": "2025-01-01T00:00:00Z", "image": "https://cdn.example/a.png", "content_html": "<p>نص <a href='/about'>عنا</a> <img src='b.png'></p>"}],
    }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        asked[request.url.host] = request.headers.get("Authorization")
        return httpx.Response(200, content=iter([json.dumps(document).encode()]))

    fetcher = Fetcher(transport=httpx.MockTransport(answer))
    url = fetcher.log_in("https://desk:S3cret@old.example/feed")
    report = run(FeedSource(url, fetcher=fetcher), download=fetcher.download, category="field")
    assert report.count == 1
    assert asked["cdn.example"] is None
    assert asked["old.example"] == "Basic " + base64.b64encode(b"desk:S3cret").decode()
    texts = [path.read_text("utf-8") for path in content.rglob("*") if path.is_file()]
    assert not any("S3cret" in text or "desk:" in text for text in texts)
    assert "S3cret" not in repr(report)


@pytest.mark.parametrize(
    "bad",
    [
        {"url": "http://[x"},
        {"content_html": '<p><img src="http://[x/a.png"></p>'},
        {"content_html": '<p><a href="http://[x">نص</a></p>'},
        {"content_html": '<p><a href="http://a\u2100b/">نص</a></p>'},
        {"image": "http://[x/a.png"},
        {"_feedservice": {"related": [{"url": "http://[x", "title": "t"}]}},
        {"attachments": [{"url": "http://[x/a.mp3", "mime_type": "audio/mpeg"}]},
        {"authors": [{"name": "فلان", "url": "http://[x"}]},
        {"url": "http://x:99999/"},
        {"url": "https://old.example/?p=\ud800"},
    ],
)
def test_an_address_that_is_not_valid_does_not_end_an_import(
    run: Run, content: Path, bad: dict[str, object]
) -> None:
    def entry(n: int, **fields: object) -> dict[str, object]:
        usual = {
            "id": str(n),
            "title": f"خبر {n}",
            "url": f"https://old.example/{n}",
            "date_published": "2025-01-01T00:00:00Z",
            "content_html": "<p>نص</p>",
        }
        return {**usual, **fields}

    items = [entry(1), entry(2, **bad), entry(3)]
    document = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    report = run(FeedSource("feed.json", json.dumps(document).encode()), category="field")
    assert report.count == 3


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("http://pics.example/سوق 1.jpg", "http://pics.example/%D8%B3%D9%88%D9%82%201.jpg"),
        ("HTTP://pics.example/a{1}|2.jpg", "http://pics.example/a%7B1%7D%7C2.jpg"),
        ("http://pics.example/a\u2028b.jpg", "http://pics.example/a%E2%80%A8b.jpg"),
        ("http://pics.example/\ufffe.jpg", "http://pics.example/%EF%BF%BE.jpg"),
        ("http://pics.example:0/a.jpg", ""),
        ("http://pics.example/\ud800.jpg", "http://pics.example/\ufffd.jpg"),
        ("http://localhost:8080/a.jpg", ""),
    ],
)
def test_an_article_comes_whatever_the_addresses_that_its_front_matter_names(
    run: Run, content: Path, address: str, written: str
) -> None:
    def refused(url: str) -> bytes:
        raise NotDownloaded("fetch")

    entry = {
        "id": "1",
        "title": "خبر",
        "url": "https://old.example/1",
        "date_published": "2025-01-01T00:00:00Z",
        "content_html": "<p>نص</p>",
        "image": address,
        "attachments": [{"url": address.replace(".jpg", ".mp3"), "mime_type": "audio/mpeg"}],
        "_feedservice": {"related": [{"url": address, "title": "عنوان"}]},
        "authors": [{"name": "فلان", "url": address}],
    }
    document = {"version": "https://jsonfeed.org/version/1.1", "items": [entry]}
    source = FeedSource("feed.json", json.dumps(document).encode())
    report = run(source, category="field", download=refused)
    (file,) = (content / "field").glob("*.md")
    fields = frontmatter.split(file.read_text("utf-8"), file.name).fields.plain()
    assert report.count == 1
    recordings = [written.replace(".jpg", ".mp3")] if written else []
    assert (fields.get("image", ""), fields.get("media", [])) == (written, recordings)
    is_told = "link-unknown" in {noted.code for noted in report.remarks}
    assert is_told is not bool(written)


def test_one_entry_that_cannot_be_made_is_told_and_the_others_come(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = markdown.convert

    def failing(html: str, *rest: object) -> markdown.Converted:
        if "المادة 1." in html:
            raise RecursionError("too deep")
        return real(html, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(markdown, "convert", failing)
    report = run(rss(item(1), item(2)), category="field")
    assert (report.count, [each.code for each in report.remarks]) == (1, ["entry-refused"])


def test_deeply_nested_front_matter_is_told(tmp_path: Path) -> None:
    with pytest.raises(front_matter.FrontMatterError):
        front_matter.split('{"a":' + "[" * 100_000 + "]" * 100_000 + "}\nx", "UTC")
