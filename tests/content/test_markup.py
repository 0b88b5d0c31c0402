import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content.markup import MAX_NESTING, MarkupError, first_paragraph, plain_text, render


def html_of(markdown: str, **given_: object) -> str:
    return render(markdown, path="field/a.md", **given_).html  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("markdown", "piece"),
    [
        ("| أ | ب |\n|:-:|--:|\n| 1 | 2 |", '<th style="text-align:center">أ</th>'),
        ("نص[^1]\n\n[^1]: حاشية", 'href="#t-1"'),
        ("نص[^1]\n\n[^1]: حاشية", 'id="t-1"'),
        ("~~قديم~~", "<del>قديم</del>"),
        ("3. ثالث\n4. رابع", '<ol start="3">'),
        ('<div dir="ltr" lang="en">x</div>', '<div dir="ltr" lang="en">x</div>'),
        ('<b id="x">y</b>', '<b id="t-x">y</b>'),
    ],
)
def test_what_editors_use_is_kept(markdown: str, piece: str) -> None:
    assert piece in html_of(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>", '<img src="x" onerror="alert(1)">', "[x](javascript:alert(1))",
        "[x](data:text/html,alert)", "[x](JaVaScRiPt:alert(1))", '<a href="jav&#x09;ascript:alert(1)">x</a>',
        "<iframe src=https://e.example></iframe>", "<style>p{}</style>", '<p style="position:fixed" class="x">y</p>',
        '<svg onload="alert(1)"></svg>', '<form action="/x"><input></form>', '<a href="x-site:media/x">x</a>',
    ],
)  # fmt: skip
def test_what_could_harm_is_removed(markdown: str) -> None:
    html = html_of(markdown)
    assert not re.search("alert|script|on[a-z]+=|iframe|<style|position|class=|<form|x-site:media|data:", html)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("../health/b.md", "x-site:file/health/b.md"), ("b.md#قسم", "x-site:file/field/b.md#t-%D9%82%D8%B3%D9%85"),
        ("/articles/daraya", "x-site:article/daraya"), ("daraya", "x-site:article/daraya"),
        ("media/a.png", "x-site:media/a.png"), ("/media/a.png", "x-site:media/a.png"),
        ("../media/a.png", "x-site:media/a.png"), ("/feeds?x=1", "x-site:path/feeds?x=1"),
        ("https://news.example/articles/b", "x-site:article/b"), ("//cdn.example/x", "https://cdn.example/x"),
        ("https://مثال.example/ب?س=1", "https://xn--mgbh0fb.example/%D8%A8?%D8%B3=1"),
        ("mailto:a@b.example", "mailto:a@b.example"), ("#fn", "#t-fn"),
    ],
)  # fmt: skip
def test_links_become_marks_or_absolute_addresses(link: str, target: str) -> None:
    html = html_of(f"[x]({link})", base_urls=("https://news.example",))
    assert re.search('href="([^"]*)"', html)[1].replace("&amp;", "&") == target  # type: ignore[index]


def test_a_link_that_climbs_out_of_the_folder_is_dropped_and_told_with_its_line() -> None:
    body = render("سطر\n\n[x](../../etc/passwd)", path="field/a.md")
    assert "href" not in body.html
    assert [(p.code, p.line) for p in body.problems] == [("link-outside", 3)]


def test_a_forbidden_scheme_is_told_with_its_line() -> None:
    body = render("سطر\n\nو[x](javascript:alert)", path="field/a.md")
    assert [(p.code, p.line) for p in body.problems] == [("link-scheme", 3)]


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000, '<div title="</div>">' * 50_000, "<div><!-- </div> -->" * 50_000, "<div></x>" * 50_000,
        ">" * 30_000, "".join("  " * n + "- a\n" for n in range(600)),
    ],
    ids=["plain", "attribute", "comment", "stray end", "quotes", "lists"],
)  # fmt: skip
def test_deep_nesting_is_refused_in_every_disguise_before_it_costs_time(hostile: str) -> None:
    begin = time.process_time()
    with pytest.raises(MarkupError) as caught:
        html_of(hostile)
    assert caught.value.code == "html-nesting"
    assert time.process_time() - begin < 20  # quadratic work would take minutes


def test_many_flat_elements_are_no_nesting() -> None:
    assert html_of("<p>x</p>\n" * (4 * MAX_NESTING)).count("<p>") == 4 * MAX_NESTING
    assert html_of("- س\n" * 2000).count("<li>") == 2000


def test_thirty_thousand_brackets_are_text() -> None:
    assert plain_text(html_of("[" * 30_000)) == "[" * 30_000


def test_characters_that_xml_forbids_and_bidi_controls_are_removed() -> None:
    assert plain_text(html_of("ا\u000bب\u202eج\ufffe")) == "ابج"


def test_plain_text_keeps_words_of_neighbouring_blocks_apart() -> None:
    assert (
        plain_text(html_of("# عنوان\n\nنص &amp; *آخر*\n\n| أ | ب |\n|---|---|\n| 1 | 2 |")) == "عنوان نص & آخر أ ب 1 2"
    )


def test_the_first_paragraph_with_text_is_the_summary() -> None:
    assert first_paragraph(html_of("# عنوان\n\n![](media/x.png)\n\nالأولى.\n\nالثانية.")) == "الأولى."


class Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += attrs


PIECES = st.sampled_from(
    ["<a href=", '"javascript:x"', "'data:x'", "x-site:a", " onclick=x", ">", "<img src=", "</a>", "[x](", ")", "![",
     "]", "<b", "vbscript:y", "//h/", "../", "#", "&#106;", "\n", "`", "<!--", "-->", '"', " ", "https://e.example/"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_but_safe_addresses_and_no_handler_ever_comes_out(markdown: str) -> None:
    parser = Attributes()
    parser.feed(html_of(markdown))
    for name, value in parser.found:
        assert not name.startswith("on")
        if name in ("href", "src", "cite"):
            assert re.match(r"(https?://|mailto:|#t-|x-site:(article|file|media|path)/)", value or "")
