"""Words of a source that its article lacks are told; what only looks otherwise is not."""

import pytest

from feedservice.importing import markdown, rest
from feedservice.importing.markdown import Converted
from feedservice.importing.words_lost import lost_words
from import_sources import Run, item, rss


def told(source: str, made: str, *, is_html: bool = True) -> tuple[int, str] | None:
    lost = lost_words(source, made, is_html=is_html)
    return (lost.count, lost.first) if lost else None


@pytest.mark.parametrize(
    ("source", "made", "expected"),
    [
        ("<p>قمح وشعير وعدس</p>", "قمح وعدس", (1, "وشعير")),
        ("<p>قمح قمح قمح</p>", "قمح قمح", (1, "قمح")),
        ("<p>أ ب</p><ul><li>ج</li><li>د</li></ul>", "أ د", (2, "ب ج")),
        ("<p>واحد</p>" + "<p>كلمة</p>" * 9, "واحد", (9, "كلمة " * 6 + "…")),
        ("<p>نص</p><img src=a.png alt='حقل قمح'>", "نص", (2, "حقل قمح")),
        ("<p>في <a href='/قمح'>الحقل</a></p>", "في [](قمح)", (1, "الحقل")),
    ],
)
def test_words_that_vanish_are_told(source: str, made: str, expected: tuple[int, str]) -> None:
    assert told(source, made) == expected


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("<p>ال<b>حق</b>ل</p>", "ال**حق**ل"),
        ("<p>ال<span>حقل</span></p>", "الحقل"),
        ("<p>سطر<br>آخر</p>", "سطر\\\nآخر"),
        ("<p>أ<span>ب</span>ج</p>", "أ ب ج"),
        ("<p>أ ب</p>", "أب"),
        ("<p>حقـــل &#1602;مح&nbsp;&amp; &lt;عدس&gt;</p>", "حقل قمح & \\<عدس>"),
        ("<p>مي\u200cرود \u0627\u0653ت</p>", "ميرود آت"),
        ("<p>2024. a_b a*b</p>", "2024\\. a_b a\\*b"),
        ("<pre><code>&lt;b&gt;قمح&lt;/b&gt; &amp;amp;</code></pre>", "```\n<b>قمح</b> &amp;\n```"),
        ("<p>أ</p><!-- سر --><script>var س</script><style>ص</style>", "أ"),
        ("<p>أ</p><iframe src='https://x.example/'>لا إطارات</iframe>", "أ"),
        ("<img data-src=a.png alt=حقل><noscript><img src=a.png alt=حقل></noscript>", "![حقل](a)"),
        ("<p>https://old.example/2024/p?a=b</p>", "[x](there)"),
        ("<!DOCTYPE html>\n<p>أ<![if !lists]>ب<![endif]></p>", "أب"),
    ],
)
def test_what_only_looks_otherwise_is_not_told(source: str, made: str) -> None:
    assert told(source, made) is None


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("نص {% post_url a-b %} [س]({{ site.url }}/a) {: .x}", "نص [س](a)"),
        ("{{< figure src=a.png >}}\n[س](../قديم.md 'ع')", "[س](جديد 'ع')"),
        ('[TOC]\n\n!!! note "ع"\n    نص\n\n- [x] تم', "> **ع**\n> نص\n\n- ☑ تم"),
        ("[caption id='a']ع[/caption]", "ع"),
        ("[س][1]\n\n [1]: /2015/%d7%a1/", "[س][1]\n\n [1]: /articles/x"),
        ("[س]\n\n[س]:https://x.example/قمح_(حقل)", "[س]\n\n[س]: https://x.example/y"),
    ],
)
def test_marks_of_generators_are_no_words(source: str, made: str) -> None:
    assert told(source, made, is_html=False) is None


def test_a_label_of_a_picture_is_no_mark_of_a_program() -> None:
    made = "![twitter](media/x.png) قمح"
    assert told("![twitter](/twitter.png) قمح", made, is_html=False) is None


def test_brackets_are_text_in_html() -> None:
    assert told("<p>[أ](ب)</p>", "[أ]") == (1, "ب")


def test_the_line_is_that_of_the_first_lost_word() -> None:
    lost = lost_words("قمح\n<!-- a\nb -->\nقمـح\n\nعدس", "قمح عدس", is_html=False)
    assert lost
    assert (lost.first, lost.line) == ("قمح", 3)


def test_an_import_tells_them_once_for_an_entry(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "convert", lambda *_: Converted(markdown="قمح", has_words=True))
    report = run(
        rss(item(1, description="<![CDATA[<p>قمح</p><p>وشعير، وعدس</p>]]>")), category="field"
    )
    assert [(each.code, each.facts) for each in report.remarks] == [
        ("words", {"n": 2, "value": "وشعير وعدس"})
    ]
    assert report.remarks[0].place.startswith("1: ")


def test_a_body_that_is_shown_as_it_was_is_told_of_nothing(run: Run) -> None:
    body = "<h2>عنوان</h2><p>نصّ <em>مائل</em> و<a href='/x'>رابط</a>.</p><pre>a_b *c*</pre>"
    report = run(rss(item(1, description=f"<![CDATA[{body}]]>")), category="field")
    assert [each.code for each in report.remarks] == ["link-unknown"] or not report.remarks


REST = """عنوان
=====

{below}نص قمح [1]_ و\\ **غامق**\\ ها

.. سرّ

.. [1] حاشية

.. note:: انتبه

====  ====
أ     ب
====  ====

``كود``
"""


@pytest.mark.parametrize(
    ("below", "expected"), [("", None), ("ما تحته وحده\n------------\n\n", (3, "ما تحته وحده"))]
)
def test_words_of_restructuredtext_that_its_html_lacks_are_told(
    below: str, expected: tuple[int, str] | None
) -> None:
    document = rest.read(REST.format(below=below), "a.rst", "ar")
    written = document.written.text
    assert "قمح" in written
    assert "سر" not in written
    assert told(written, document.html()) == expected
