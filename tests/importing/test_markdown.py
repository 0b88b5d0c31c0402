"""HTML → Markdown: what comes of it is rendered as equivalent HTML, whatever it was."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedservice.content import markup
from feedservice.importing import html_tree, markdown_links
from feedservice.importing.markdown import convert, plain_text

CASES = {
    "table": "<table><thead><tr><th>الاسم</th><th>عدد</th></tr></thead><tbody><tr><td>قمح</td><td>٣</td></tr></tbody></table>",
    "table with a bar and a break": "<table><thead><tr><th>أ|ب</th></tr></thead><tbody><tr><td>س<br>ص</td></tr></tbody></table>",
    "table with spans": '<table><tbody><tr><td colspan="2">معًا</td></tr><tr><td>أ</td><td>ب</td></tr></tbody></table>',
    "aligned table": '<table><thead><tr><th align="right">أ</th></tr></thead><tbody><tr><td align="right">1</td></tr></tbody></table>',
    "footnote": '<p>نص<sup id="fnref1"><a href="#fn1">1</a></sup></p><ol><li id="fn1"><p>حاشية <a href="#fnref1">↩</a></p></li></ol>',
    "nested lists": "<ul><li>أول<ul><li>داخل<ol><li>ثلاثة</li><li>أربعة</li></ol></li></ul></li><li>ثان</li></ul>",
    "loose and started lists": '<ol start="4"><li><p>أول</p><p>فقرة</p></li><li><p>ثان</p></li></ol>',
    "two lists in a row": "<ul><li>أ</li></ul><ul><li>ب</li></ul>",
    "left-to-right in right-to-left": '<p>وفق <span dir="ltr">ISO 8601</span> و<bdi>abc</bdi></p>',
    "english paragraph": '<p dir="ltr" lang="en">An English paragraph.</p><p>عربية</p>',
    "figure": '<figure><img src="https://x.example/a.png" alt="صورة"><figcaption>شرح <em>مائل</em></figcaption></figure>',
    "quote": "<blockquote><p>قول</p><blockquote><p>داخله</p></blockquote></blockquote>",
    "quote with its source": '<blockquote cite="https://x.example/"><p>قول</p></blockquote>',
    "code": "<p>رمز <code>a*b_c `x`</code></p><pre><code>def f():\n    return \"&lt;a&gt;\"\n\n# x\n</code></pre>",
    "what looks like Markdown": "<p>2. ليس قائمة</p><p># ليس عنوانًا</p><p>- لا</p><p>a_b_c * d &lt;b&gt; &amp;copy; [x](y) ~~z~~ `q` \\ ![a](b)</p><p>====</p><p>&gt; لا</p><p>---</p>",
    "reference definition": "<p>[a]: https://x.example</p><p>[a]</p><p>[^1]: حاشية</p>",
    "emphasis inside a word": "<p>قال<strong>: نعم،</strong>ثم <em> فراغ </em>و<em>«نص»</em>بعده</p>",
    "odd links": '<p><a href="https://x.example/a b(c)" title="ق &quot;م&quot;">نص [س]</a> <img src="https://x.example/x (1).png" alt="ا]ب"></p>',
    "inline signs": "<p>H<sub>2</sub>O م<sup>2</sup> <del>د</del> <ins>ج</ins> <mark>م</mark> <u>خ</u> <kbd>ك</kbd></p>",
    "definitions": "<dl><dt>كلمة</dt><dd>شرح</dd></dl>",
    "players": '<p><audio src="https://x.example/a.mp3" controls></audio></p><details><summary>س</summary><p>ج</p></details>',
    "headings and rules": "<h2>عنوان</h2><h3># آخر</h3><hr><p>سطر<br>سطر</p>",
    "text in no block": "نص بلا فقرة <b>مهم</b><p>فقرة</p>بعدها",
}  # fmt: skip


def shown(html: str) -> str:
    html = re.sub(r"\s+", " ", html)
    return re.sub(
        r" ?(</?(?:p|li|ul|ol|table|t\w+|blockquote|h\d|pre|dl|dt|dd|figure|br|section|details|summary|hr)[^>]*>) ?",
        r"\1",
        html,
    ).strip()


def safe(html: str) -> str:
    return markup.render(html.replace("\n\n", "&#10;&#10;"), path="x/x.md").html


@pytest.mark.parametrize("name", CASES)
def test_html_comes_back_as_it_was(name: str) -> None:
    html = CASES[name]
    for old, new in (
        ("<b>", "<strong>"),
        ("</b>", "</strong>"),
        ("نص بلا فقرة", "<p>نص بلا فقرة"),
        ("<p>فقرة</p>بعدها", "</p><p>فقرة</p><p>بعدها</p>"),
    ):
        expected = html = html if name != "text in no block" else html.replace(old, new)
    made = convert(CASES[name], lambda kind, url: url, "ar").markdown
    spaced = expected.replace("/a b(c)", "/a%20b%28c%29").replace("/x (1)", "/x%20%281%29")
    assert shown(markup.render(made, path="x/x.md").html) == shown(safe(spaced))


def test_a_tree_is_read_and_written_as_the_sanitiser_wrote_it() -> None:
    for html in map(markup.sanitised, CASES.values()):
        tree = html_tree.parse(html)
        written = "".join(map(html_tree.written, tree.children)).replace("/>", ">")
        assert written.replace("'ق \"م\"'", '"ق &quot;م&quot;"') == html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>نص <b>مهم</b> و<i>مائل</i></p>", "نص **مهم** و*مائل*"),
        ('<div dir="rtl" lang="ar"><div><p>أ</p></div><div>ب</div></div>', "أ\n\nب"),
        (
            '<p><img src="https://x.example/a.png" width="300" class="big"></p>',
            "![](https://x.example/a.png)",
        ),
        ("<ul><li>أ</li><li>ب</li></ul>", "- أ\n- ب"),
        (
            "<p>في عام 2024. و1) و a_b - ج</p><p>2024. نعم</p>",
            "في عام 2024. و1) و a_b - ج\n\n2024\\. نعم",
        ),
        ("<p>&nbsp;</p><p>أ</p><p></p>", "أ"),
        ("<!-- ملاحظة --><p>أ</p><script>alert(1)</script>", "أ"),
    ],
)
def test_what_markdown_can_say_is_markdown(html: str, markdown: str) -> None:
    assert convert(html, lambda kind, url: url, "ar").markdown == markdown


def test_frames_become_links_and_what_is_dropped_is_named() -> None:
    made = convert(
        '<iframe src="//video.example/7"></iframe><form><input></form><script>x</script>',
        lambda kind, url: url,
    )
    assert made.markdown == "<https://video.example/7>"
    assert made.frames == ("https://video.example/7",)
    assert set(made.dropped) >= {"form", "script"}


@pytest.mark.parametrize(
    ("beginning", "rest"),
    [
        ('<p class="lead', ">أول</p>"),
        ("<style>", "p{}"),
        ("<!--", " ملاحظة"),
        ("<script>", "x"),
        ("<?php echo", ""),
    ],
)
def test_what_nothing_closes_is_named(beginning: str, rest: str) -> None:
    made = convert(f"<p>قبل</p>{beginning}{rest}<p>بعد</p><p>آخر</p>", lambda _kind, url: url)
    assert [each[: len(beginning)] for each in made.unclosed] == [beginning]


@pytest.mark.parametrize(
    ("html", "address"),
    [
        (  # as Blogger writes it
            '<iframe data-thumbnail-src="https://i.example/AbC/0.jpg" src="https://www.youtube.com/embed/AbC">'
            "</iframe>",
            "https://www.youtube.com/watch?v=AbC",
        ),
        (
            '<iframe src="about:blank" data-src="https://video.example/7"></iframe>',
            "https://video.example/7",
        ),
        (
            '<iframe src="/blank" data-src="HTTPS://video.example/8"></iframe>',
            "HTTPS://video.example/8",
        ),
        (
            '<object><param name="movie" value="http://www.youtube.com/v/AbC&amp;hl=en">'
            '<embed src="http://www.youtube.com/v/AbC&amp;hl=en"></embed></object>',
            "https://www.youtube.com/watch?v=AbC",
        ),
        (
            '<object><param value="http://vimeo.com/moogaloop.swf?clip_id=76&amp;fs=1" name="Movie"></object>',
            "https://vimeo.com/76",
        ),
    ],
)
def test_a_frame_becomes_a_link_to_what_it_shows(html: str, address: str) -> None:
    made = convert(f"<p>قبل</p>{html}", lambda kind, url: url)
    assert made.markdown in (f"قبل\n\n<{address}>", f"قبل\n\n[{address}]({address})")
    assert made.frames == (address,)


def test_what_an_object_holds_is_shown_where_it_names_nothing() -> None:
    made = convert("<object><p>نص <b>بديل</b></p></object>", lambda kind, url: url)
    assert (made.markdown, made.frames) == ("نص **بديل**", ())


def test_addresses_are_settled_by_kind_and_an_empty_one_leaves_the_text() -> None:
    told: list[tuple[str, str]] = []

    def resolve(kind: str, url: str) -> str:
        told.append((kind, url))
        return "" if "lost" in url else f"new-{kind}"

    made = convert(
        '<p><a href="a">أ</a> <a href="lost">ب</a> <img src="c"><img src="lost"></p>', resolve
    )
    assert made.markdown == "[أ](new-href) ب ![](new-src)"
    assert [kind for kind, _ in told] == ["href", "href", "src", "src"]


def test_html_that_nobody_should_nest_is_refused() -> None:
    with pytest.raises(markup.MarkupError):
        convert("<div>" * 400 + "x", lambda kind, url: url)


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="أب ج1a*_`~[]()<>#+-.!|\\&:=\"'\n^{}", max_size=40),
    st.sampled_from(["p", "li", "h2", "strong", "td"]),
)
def test_any_text_survives_in_any_element(text: str, tag: str) -> None:
    from html import escape  # noqa: PLC0415

    around = {
        "li": ("<ul>", "</ul>"),
        "strong": ("<p>س ", " ص</p>"),
        "td": ("<table><tr>", "</tr></table>"),
    }.get(tag, ("", ""))
    html = f"{around[0]}<{tag}>{escape(text)}</{tag}>{around[1]}"
    made = convert(html, lambda kind, url: url).markdown
    assert markup.render(made, path="x/x.md").text == markup.plain_text(html)


def calls_to_convert(html: str) -> int:
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        convert(html, lambda _kind, url: url)
    finally:
        sys.setprofile(before)
    return count


def test_emphasis_within_emphasis_is_looked_into_once() -> None:
    def nested(depth: int) -> str:
        return f"<p>{'<b>' * depth}({'</b>' * depth}</p>"

    convert(nested(1), lambda _kind, url: url)
    none, some, more = (calls_to_convert(nested(depth)) for depth in (0, 50, 100))
    assert more - none < 2.5 * (some - none)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ('<p>قبل<span style="color:red; float: left">كلمة</span>بعد</p>', "قبل كلمة بعد"),
        ('<span style="FLOAT:right"><span>ك</span>لمة</span>بعد', "كلمة بعد"),
        ("<p>قبل<b style='display: block'>كلمة</b>بعد</p>", "قبل **كلمة** بعد"),
        ('<p>قبل<span style="float:none">كلمة</span>بعد</p>', "قبلكلمةبعد"),
        ('<p>قبل <span style="float:left">كلمة</span> بعد</p>', "قبل كلمة بعد"),
        ('<p>قبل<span style="float:left">كلمة', "قبل كلمة"),
        ('<p>ك<span style="float:left; font-size:300%">«ك</span>لمة</p>', "ك«كلمة"),
    ],
)
def test_words_that_a_style_sets_apart_stay_apart(html: str, markdown: str) -> None:
    assert convert(html, lambda _kind, url: url).markdown == markdown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<b>أ</b> &amp; ب", "أ & ب"),
        ("أ < ب", "أ < ب"),
        ("<p>أ</p><p>ب</p>", "أ ب"),
        ("نص  بسيط", "نص بسيط"),
        ("a &lt;b&gt;", "a <b>"),
    ],
)
def test_plain_text_of_titles_and_summaries(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    ("markdown", "made"),
    [
        ("[أ](a.md) ![ب](b.png)", "[أ](<href a.md>) ![ب](<src b.png>)"),
        ('[أ](a.md "عنوان")', '[أ](<href a.md> "عنوان")'),
        ("[![ب](b.png)](a.md)", "[![ب](<src b.png>)](<href a.md>)"),
        ("[أ]: a.md", "[أ]: <href a.md>"),
        ('<img src="b.png">', '<img src="src b.png">'),
        ("`[أ](a.md)` و``[ب](a)``", "`[أ](a.md)` و``[ب](a)``"),
        ("```\n[أ](a.md)\n```\n[ب](b)", "```\n[أ](a.md)\n```\n[ب](<href b>)"),
        ("[^1]: حاشية", "[^1]: حاشية"),
    ],
)
def test_addresses_in_markdown_are_settled_outside_code(markdown: str, made: str) -> None:
    assert markdown_links.rewrite(markdown, lambda kind, url: f"{kind} {url}") == made
