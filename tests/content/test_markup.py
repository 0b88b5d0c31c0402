import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content.html_depth import MAX_NESTING
from feedservice.content.markup import (
    MAX_PROBLEMS,
    MarkupError,
    first_paragraph,
    plain_text,
    render,
)
from feedservice.domain import internal_links
from feedservice.domain.text import legal


def html_of(markdown: str, **given_: object) -> str:
    body = render(markdown, path="field/a.md", **given_)  # type: ignore[arg-type]
    own = {"self": "", "anchor": "t-"}

    def address(target: internal_links.Target) -> str:
        return own.get(target.kind, f"x-site:{target.kind}/") + target.name

    return internal_links.resolve(body.html, address)


@pytest.mark.parametrize(
    ("markdown", "piece"),
    [
        ("| أ | ب |\n|:-:|--:|\n| 1 | 2 |", '<th style="text-align:center">أ</th>'),
        ("نص[^1]\n\n[^1]: حاشية", 'href="#t-1"'),
        ("نص[^1]\n\n[^1]: حاشية", 'id="t-1"'),
        ("~~قديم~~", "<del>قديم</del>"),
        ("3. ثالث\n4. رابع", '<ol start="3">'),
        ('<div dir="ltr" lang="en">x</div>', '<div dir="ltr" lang="en">x</div>'),
        (
            '<video poster="../media/p.jpg" src="../media/v.mp4"></video>',
            'poster="x-site:media/p.jpg"',
        ),
        ('<a href="https://e.example/\u200f">س</a>', 'href="https://e.example/"'),
        ('<b id="x">y</b>', '<b id="t-x">y</b>'),
        ("نص[^ح]\n\n[^ح]: حاشية", 'href="#t-%D8%AD"'),
        ("![](media/a.png)", 'alt=""'),
        (
            '<video controls><source src="../media/v.mp4" type="video/mp4"></video>',
            '<source src="x-site:media/v.mp4" type="video/mp4">',
        ),
        ('`<a href="x.md">`', '<code>&lt;a href="x.md"&gt;</code>'),
        ('قال href="javascript:x" هنا', 'href="javascript:x"'),
        ("a ≠ b", "≠"),
    ],
)
def test_what_editors_use_is_kept(markdown: str, piece: str) -> None:
    assert piece in html_of(markdown)


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("text-align: center", ' style="text-align:center"'),
        ("color: red; TEXT-ALIGN : Left ;", ' style="text-align:left"'),
        ("text-align:expression(alert(1))", ""),
        ("text-align:url(https://evil.example)", ""),
        ("text-align:var(--x, url(https://evil.example))", ""),
        ("background:url('text-align:left')", ""),
    ],
)
def test_of_styles_the_side_of_a_cell_is_kept(style: str, kept: str) -> None:
    assert f"<td{kept}>x</td>" in html_of(f'<table><tr><td style="{style}">x</td></tr></table>')


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>", '<img src="x" onerror="alert(1)">', "[x](javascript:alert(1))",
        "[x](data:text/html,alert)", "[x](JaVaScRiPt:alert(1))", '<a href="jav&#x09;ascript:alert(1)">x</a>',
        "<iframe src=https://e.example></iframe>", "<style>p{}</style>", '<p style="position:fixed" class="x">y</p>',
        "<b>&#x338; onclick=alert(1) x</b>", "<b>&#x301;&#x338; onclick=alert(1) x</b>",
        "<b>&#x202e;&#x338; onclick=alert(1) x</b>", '<q cite="javascript://h/%0aalert(1)">x</q>',
        '<q cite="x-site://media/x">x</q>', "<scr<script></script>ipt>alert(1)</script>", "<plaintext><b onclick=alert(1)>",
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<svg onload="alert(1)"></svg>', '<form action="/x"><input></form>', '<a href="x-site:media/x">x</a>',
    ],
)  # fmt: skip
def test_what_could_harm_is_removed(markdown: str) -> None:
    parser = Attributes()
    parser.feed(html_of(markdown))
    assert not re.search("script:|x-site:media|data:|position|class", repr(parser.found))
    assert not {name for name, _ in parser.found if name.startswith("on")}
    assert parser.tags <= {"a", "b", "figure", "img", "p", "q"}


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("../health/b.md", "x-site:file/health/b.md"), ("b.md#قسم", "x-site:file/field/b.md#t-%D9%82%D8%B3%D9%85"),
        ("/articles/daraya", "x-site:article/daraya"), ("daraya", "x-site:article/daraya"),
        ("media/a.png", "x-site:media/a.png"), ("/media/a.png", "x-site:media/a.png"),
        ("../media/a.png", "x-site:media/a.png"), ("/feeds?x=1", "x-site:path/feeds?x=1"),
        ("https://news.example/articles/b", "x-site:article/b"), ("//cdn.example/x", "https://cdn.example/x"),
        ("https://مثال.example/ب?س=1", "https://xn--mgbh0fb.example/%D8%A8?%D8%B3=1"),
        ("mailto:a@b.example", "mailto:a@b.example"), ("#fn", "#t-fn"), ("#قسم", "#t-%D9%82%D8%B3%D9%85"),
        ("media/doc.pdf#page=3", "x-site:media/doc.pdf#page=3"), ("/feeds#opml", "x-site:path/feeds#opml"),
        ("/articles/a/b", "x-site:path/articles/a/b"), ("/articles/a/", "x-site:article/a"), ("..", "x-site:path/"),
        ("HTTP://NEWS.example:80/articles/b", "x-site:article/b"), ("https://news.example", "x-site:path/"),
        ("https://news.example:8443/x", "https://news.example:8443/x"),
        ("https://news.example.evil/x", "https://news.example.evil/x"),
        ("https://news.example@evil.example/x", "https://news.example@evil.example/x"),
        ("https://e.example/a%zz", "https://e.example/a%25zz"),
    ],
)  # fmt: skip
def test_links_lead_inside_the_site_or_become_absolute(link: str, target: str) -> None:
    html = html_of(f"[x]({link})", base_urls=("https://news.example",))
    assert re.search('href="([^"]*)"', html)[1].replace("&amp;", "&") == target  # type: ignore[index]


def test_links_below_a_base_with_a_path_lead_inside_the_site_and_others_of_its_host_do_not() -> (
    None
):
    html = html_of(
        "[a](https://صحيفة.example/news/articles/b) [c](https://صحيفة.example/newspaper)",
        base_urls=("https://xn--mgbwh4bxe.example/news", "https://صحيفة.example/news"),
    )
    assert "x-site:article/b" in html
    assert html.count("x-site:") == 1


def test_a_query_with_two_values_survives() -> None:
    assert 'href="x-site:path/feeds?a=1&amp;b=%26"' in html_of("[x](/feeds?a=1&b=%26)")


def test_words_that_look_like_a_link_inside_the_site_are_none() -> None:
    words = (
        'قال href="x-site:article/b" و \ufdd0src media/c.png\ufdd0 &#xfdd0;href article/b&#xfdd0;'
    )
    body = render(words, path="a.md")
    assert list(internal_links.targets(body.html)) == []
    assert 'href="x-site:article/b"' in body.text


@pytest.mark.parametrize(
    "link",
    ["https://a..b/x", "https://.example/", "https:///x", "https://e.example:99999/", "%00", "#"],
)
def test_an_address_that_leads_nowhere_is_dropped(link: str) -> None:
    assert "href" not in html_of(f"[x](<{link}>)")


@pytest.mark.parametrize(
    "link",
    [
        "../../etc/passwd",
        "media/../x.png",
        "../media/../site.yaml",
        "/../x",
        "/media/%2e%2e/site.yaml",
    ],
)
def test_a_link_that_climbs_out_of_the_folder_is_dropped_and_told_with_its_line(link: str) -> None:
    body = render(f"سطر\n\n[x]({link})", path="field/a.md")
    assert "href" not in body.html
    assert [(p.code, p.line) for p in body.problems] == [("link-outside", 3)]


@pytest.mark.parametrize(
    "link", ["./photo.png", "./files/تقرير.pdf", "../economy/a.JPG", "../images/photo.png?w=2"]
)
def test_a_file_outside_media_is_told_with_its_line(link: str) -> None:
    body = render(f"سطر\n\n![x]({link})", path="field/a.md")
    assert [(p.code, p.line, p.facts["value"]) for p in body.problems] == [
        ("link-unserved", 3, link)
    ]


@pytest.mark.parametrize(
    "link",
    [
        "media/photo.png",
        "photo.png",
        "../media/photo.png",
        "/photo.png",
        "b.md",
        "b",
        "/feed.rss",
        "x/",
    ],
)
def test_what_is_served_or_may_be_by_others_is_not_told(link: str) -> None:
    assert render(f"[x]({link})", path="field/a.md").problems == ()


def test_a_forbidden_scheme_is_told_with_its_line() -> None:
    body = render("سطر\n\nو[x](javascript:alert)", path="field/a.md")
    assert [(p.code, p.line) for p in body.problems] == [("link-scheme", 3)]


@pytest.mark.parametrize(
    "sample", ['`href="javascript:x"`', '```\n<a href="data:x">\n```', "نص href=foo:bar نص"]
)
def test_a_sample_of_code_is_no_link(sample: str) -> None:
    assert render(sample, path="a.md").problems == ()


def test_an_editor_is_told_a_fault_once_and_not_of_thousands() -> None:
    many = "".join(f"[x](../../{n})\n" for n in range(1000))
    assert len(render("[x](javascript:a)\n" * 1000, path="field/a.md").problems) == 1
    assert len(render(many, path="field/a.md").problems) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 100_000, '<div title="</div>">' * 50_000, "<div><!-- </div> -->" * 50_000, "<div></x>" * 50_000,
        ">" * 30_000, "".join("  " * n + "- a\n" for n in range(600)),
        "<!--><div>" * 50_000, "<![CDATA[><div>" * 50_000, "<div><table></div></table>" * 50_000,
        "<span><div></span></div>" * 50_000, "<rt>" * 100_000, "<dd><li>" * 50_000, "<ins><p></ins></p>" * 50_000,
        "<form><div></form>" * 50_000, "".join(f"<div><b id={n}></div>" for n in range(50_000)),
    ],
    ids=["plain", "attribute", "comment", "stray end", "quotes", "lists", "empty comment", "CDATA", "table", "span", "rt",
         "dd", "ins", "form", "formatting"],
)  # fmt: skip
def test_deep_nesting_is_refused_in_every_disguise_before_it_costs_time(hostile: str) -> None:
    begin = time.process_time()
    with pytest.raises(MarkupError) as caught:
        html_of(hostile)
    assert caught.value.code == "html-nesting"
    assert time.process_time() - begin < 20  # quadratic work would take minutes


@pytest.mark.parametrize(
    "hostile",
    [
        "<p title='" * 20_000, "<svg><style>" + "<div>" * 50_000, "<div><textarea></div></textarea>" * 20_000,
        "<![" * 30_000, "<!--" * 30_000, "<a " * 30_000, "&" * 100_000, "<p>" * 50_000, "[a](" * 30_000,
        "|a" * 20_000 + "\n" + "|-" * 20_000, "**a " * 30_000,
    ],
    ids=["open quote", "svg", "textarea", "declaration", "open comment", "open tag", "ampersands", "paragraphs", "links",
         "columns", "stars"],
)  # fmt: skip
def test_what_only_looks_deep_passes_quickly(hostile: str) -> None:
    begin = time.process_time()
    html_of(hostile)
    assert time.process_time() - begin < 10


def test_samples_of_code_are_no_nesting() -> None:
    assert html_of("```\n" + "List<String> a;\n" * 400 + "```").count("List") == 400


def test_many_flat_elements_are_no_nesting() -> None:
    assert html_of("<p>x</p>\n" * (4 * MAX_NESTING)).count("<p>") == 4 * MAX_NESTING
    assert html_of("- س\n" * 2000).count("<li>") == 2000


@pytest.mark.parametrize("tag", ["p", "pre", "td"])
def test_a_text_of_very_many_quotes_and_fixed_spaces_is_shown_as_it_is(tag: str) -> None:
    words = "«كلمة»\u00a0و&amp;" * 4000
    html = html_of(
        f"<table><{tag}>{words}</{tag}></table>" if tag == "td" else f"<{tag}>{words}</{tag}>"
    )
    assert words.replace("\u00a0", "&nbsp;") in html
    assert "<!--" not in html


def test_a_text_of_very_many_fixed_spaces_is_read_in_time() -> None:
    begin = time.process_time()
    html_of("<p>" + "كلمة\u00a0" * 400_000)
    assert time.process_time() - begin < 10  # quadratic work took half a minute


def test_a_description_of_very_many_quotes_loses_them_alone() -> None:
    assert 'alt="اب' in html_of(f'<p><img src="../media/a.png" alt="{"«ا»ب" * 9000}"></p>')


def test_thirty_thousand_brackets_are_text() -> None:
    assert plain_text(html_of("[" * 30_000)) == "[" * 30_000


def test_characters_that_xml_forbids_and_bidi_controls_are_removed() -> None:
    assert plain_text(html_of("ا\u000bب\u202eج\ufffe")) == "ابج"


def test_plain_text_keeps_words_of_neighbouring_blocks_apart() -> None:
    assert (
        plain_text(html_of("# عنوان\n\nنص &amp; *آخر*\n\n| أ | ب |\n|---|---|\n| 1 | 2 |"))
        == "عنوان نص & آخر أ ب 1 2"
    )


@pytest.mark.parametrize("name", ["h2", "p", "div", "figcaption"])
def test_a_block_with_an_id_is_kept_apart_from_the_words_before_it(name: str) -> None:
    body = render(f'<div>نص<{name} id="x">عنوان</{name}></div>', path="a.md")
    assert body.text == "نص عنوان"


def test_a_line_break_with_an_id_parts_words() -> None:
    assert render('أول<br id="x">ثان', path="a.md").text == "أول ثان"


def test_a_paragraph_with_an_id_is_the_summary_like_any_other() -> None:
    body = render('<p id="x">الأولى.</p>\n\nالثانية.', path="a.md")
    assert body.first_paragraph == "الأولى."


def test_the_number_of_a_footnote_is_no_part_of_the_word_before_it() -> None:
    body = render("قال الوزير[^1] ذلك.\n\n[^1]: حاشية", path="a.md")
    assert body.first_paragraph == "قال الوزير ذلك."


def test_plain_text_is_composed_where_a_tag_stood_between() -> None:
    assert plain_text("<p>e<b>\u0301</b></p>") == "\u00e9"


def test_the_first_paragraph_with_text_is_the_summary() -> None:
    assert (
        first_paragraph(html_of("# عنوان\n\n![](media/x.png)\n\nالأولى.\n\nالثانية.")) == "الأولى."
    )


class Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += attrs
        self.tags.add(tag)


PIECES = st.sampled_from(
    ["<a href=", '"javascript:x"', "'data:x'", "x-site:a", " onclick=x", ">", "<img src=", "</a>", "[x](", ")", "![",
     "]", "<b", "vbscript:y", "//h/", "../", "#", "&#106;", "&#x338;", "\u0338", "<![", "<q cite=", "<script>", "</script>", "<svg>", "\n", "`", "<!--", "-->", '"', " ", "https://e.example/"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
def test_nothing_but_safe_addresses_and_no_handler_ever_comes_out(markdown: str) -> None:
    parser = Attributes()
    parser.feed(html_of(markdown))
    for name, value in parser.found:
        assert not name.startswith("on")
        if name in ("href", "src", "poster", "cite"):
            assert re.match(
                r"(https?://|mailto:|#t-|x-site:(article|file|media|path)/)", value or ""
            )


@given(st.text(max_size=200))
def test_any_text_is_rendered_and_what_comes_out_is_legal(markdown: str) -> None:
    body = render(markdown, path="field/a.md")
    assert not re.search(
        "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\u202a-\\u202e\\u2066-\\u2069\\ufffe\\uffff]",
        body.html + body.text,
    )


@pytest.mark.parametrize("reference", ["&#1;", "&#xFDD0;", "&#xFFFE;", "&#x202E;"])
@pytest.mark.parametrize(
    "body", ["https://a.example%2f@b{}", "https://a.example/{}z", '<a href="/articles/{}z">ص</a>']
)
def test_no_reference_brings_into_an_address_what_no_document_may_hold(
    body: str, reference: str
) -> None:
    html = render(body.format(reference), path="field/a.md").html
    marks = html.count("\ufdd0")
    assert legal(html) == html.replace("\ufdd0", "")
    assert marks == render(body.format(""), path="field/a.md").html.count("\ufdd0")
