"""Markdown as Arabic writers type it: emphasis, lists, headings, verses, names of files."""

import re
import time
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import rounds
from feedservice.content.markdown import to_html
from feedservice.content.markup import render


def html_of(markdown: str) -> str:
    return re.sub(r"\s*\n\s*", "", to_html(markdown)[0])


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("كتبت و**«البلاد»** أمس", "كتبت و<strong>«البلاد»</strong> أمس"),
        ("عن ل**\"النهر\"** وال**(سابق)** ثم", 'عن ل<strong>"النهر"</strong> وال<strong>(سابق)</strong> ثم'),
        ("**تحذير:**الجسر مغلق **اليوم**", "<strong>تحذير:</strong>الجسر مغلق <strong>اليوم</strong>"),
        ("**40%**من الناس", "<strong>40%</strong>من الناس"),
        ("**[نص](https://e.example/)**ثم", '<strong><a href="https://e.example/">نص</a></strong>ثم'),
        ("~~«قديم»~~ثم", "<del>«قديم»</del>ثم"), ("و**`س`**ثم", "و<strong><code>س</code></strong>ثم"),
        ("و__نص__ثم", "و<strong>نص</strong>ثم"), ("كلمة__«س»__كلمة", "كلمة<strong>«س»</strong>كلمة"),
        ("و*«س»*ثم", "و<em>«س»</em>ثم"), ("و***«س»***ثم", "و<em><strong>«س»</strong></em>ثم"),
        ("مهمٌّ**«س»**", "مهمٌّ<strong>«س»</strong>"), ("(**س**)و**«ص»**", "(<strong>س</strong>)و<strong>«ص»</strong>"),
        ("**أ:**ب و**«ج»** د", "<strong>أ:</strong>ب و<strong>«ج»</strong> د"),
        ("**هذا**، و**ذاك**.", "<strong>هذا</strong>، و<strong>ذاك</strong>."),
        ("** بين مسافات **", "<strong>بين مسافات</strong>"), ("**عاجل **ثم", "<strong>عاجل</strong> ثم"),
        ("**قيل: **ثم", "<strong>قيل:</strong> ثم"),
    ],
)  # fmt: skip
def test_emphasis_is_where_a_writer_of_arabic_puts_it(markdown: str, html: str) -> None:
    assert html_of(markdown) == f"<p>{html}</p>"
    assert html_of(f"- {markdown}\n\n> ## {markdown}") == (
        f"<ul><li>{html}</li></ul><blockquote><h2>{html}</h2></blockquote>"
    )


@pytest.mark.parametrize(
    "words",
    [
        "صدر ** عجز", "صدر *** عجز", "صدر ** عجز ** صدر", "2 * 3 * 4", "2**(3)**4", "السعر* والوزن*", "سعر*، ووزن*،",
        "foo__bar__baz", "#وسم_مركب_جدًا", r"\*\*«س»\*\*", "a*(b)*c",
    ],
)  # fmt: skip
def test_signs_that_mean_themselves_stay(words: str) -> None:
    assert html_of(words) == f"<p>{words}</p>".replace("\\", "")


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("`و**«س»**`", "<p><code>و**«س»**</code></p>"),
        ("```\nو**«س»**\n١. س\n##س\n![](a b.jpg)\n```", "<pre><code>و**«س»**١. س##س![](a b.jpg)</code></pre>"),
        ("    x = **«y»**z\n    ##x", "<pre><code>x = **«y»**z##x</code></pre>"),
        ("<div>\nو**«س»**\n١. س\n</div>", "<div>و**«س»**١. س</div>"),
        ('<b title="و**«س»**">س</b>', '<p><b title="و**«س»**">س</b></p>'),
    ],
)  # fmt: skip
def test_code_and_html_are_left_as_they_are(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


def items(*words: str) -> str:
    return "".join(f"<li>{each}</li>" for each in words)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("١. وقف\n٢. فتح", f"<ol>{items('وقف', 'فتح')}</ol>"), ("۱. یک\n۲. دو", f"<ol>{items('یک', 'دو')}</ol>"),
        ("١- وقف\n٢- فتح", f"<ol>{items('وقف', 'فتح')}</ol>"), ("١) وقف\n٢) فتح", f"<ol>{items('وقف', 'فتح')}</ol>"),
        ("1- وقف\n2- فتح", f"<ol>{items('وقف', 'فتح')}</ol>"), ("١ـ وقف\n٢ـ فتح", f"<ol>{items('وقف', 'فتح')}</ol>"),
        ("١.وقف\n٢.فتح", f"<ol>{items('وقف', 'فتح')}</ol>"), ("(١) وقف\n(٢) فتح", f"<ol>{items('وقف', 'فتح')}</ol>"),
        ("١/ وقف\n٢/ فتح", f"<ol>{items('وقف', 'فتح')}</ol>"), ("٩. وقف\n١٠. فتح", f'<ol start="9">{items("وقف", "فتح")}</ol>'),
        ("المطالب:\n١. وقف\n٢. فتح", f"<p>المطالب:</p><ol>{items('وقف', 'فتح')}</ol>"),
        ("المطالب:\n٣- وقف\n٤- فتح", f'<p>المطالب:</p><ol start="3">{items("وقف", "فتح")}</ol>'),
        ("> ١. وقف\n> ٢. فتح", f"<blockquote><ol>{items('وقف', 'فتح')}</ol></blockquote>"),
        ("أ) بند\nب) بند", f"<ul>{items('أ) بند', 'ب) بند')}</ul>"), ("ج- بند\nد- بند", f"<ul>{items('ج- بند', 'د- بند')}</ul>"),
        ("• س\n• ص", f"<ul>{items('س', 'ص')}</ul>"), ("•\tس\n•\tص", f"<ul>{items('س', 'ص')}</ul>"), ("▪س\n▪ص", f"<ul>{items('س', 'ص')}</ul>"),
        ("- س\n• ص", f"<ul>{items('س', 'ص')}</ul>"), ("نص:\n• س", f"<p>نص:</p><ul>{items('س')}</ul>"),
        ("١. س\n\n١- ص", f"<ol>{items('س')}</ol><!-- --><ol>{items('ص')}</ol>"),
        ("١. س\n\n1. ص", f"<ol>{items('س')}</ol><ol>{items('ص')}</ol>"),
        ("    • س\n    • ص", f"<ul>{items('س', 'ص')}</ul>"),
        ("١) س\n   أ) ص\n   ب) ع\n٢) ف", f"<ol><li>س<ul>{items('أ) ص', 'ب) ع')}</ul></li><li>ف</li></ol>"),
    ],
)  # fmt: skip
def test_lists_are_those_that_arabic_newsrooms_type(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


@pytest.mark.parametrize(
    "words", ["في عام\n٢٠٢٤. قيل", "فاز ٣-٢\nثم ٢-١", "أ. محمد\nد. سعاد", "٣-٢ فاز", "- نعم، قال", "١٢,٥ بالمئة"]
)  # fmt: skip
def test_lines_that_only_begin_with_a_number_are_no_list(words: str) -> None:
    assert "<ol>" not in html_of(words)
    assert words.rpartition("\n")[2].removeprefix("- ") in html_of(words)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("##عنوان\nنص", "<h2>عنوان</h2><p>نص</p>"), ("نص\n###عنوان", "<p>نص</p><h3>عنوان</h3>"),
        ("##عنوان##", "<h2>عنوان</h2>"), ("#سوريا اليوم", "<p>#سوريا اليوم</p>"),
        ("    صدر\n    عجز\n\n    صدر", "<p>صدر<br />عجز</p><p>صدر</p>"), ("صدر  \n    عجز", "<p>صدر<br />عجز</p>"),
        ("> نص\n>\n>     صدر\n>     عجز", "<blockquote><p>نص</p><p>صدر<br />عجز</p></blockquote>"),
    ],
)  # fmt: skip
def test_headings_without_a_space_and_verses_that_are_moved_in(markdown: str, html: str) -> None:
    assert html_of(markdown) == html


def test_a_table_in_html_with_empty_lines_is_a_table() -> None:
    table = (
        "<table>\n  <thead>\n\n    <tr><th>س</th></tr>\n\n  </thead>\n\n    <tr>\n"
        "      <td>ص</td>\n\n      <td>ع</td>\n    </tr>\n\n</table>"
    )
    assert html_of(table) == (
        "<table><thead><tr><th>س</th></tr></thead><tr><td>ص</td><td>ع</td></tr></table>"
    )


@pytest.mark.parametrize(
    ("markdown", "address"),
    [
        ("![](صورة الورشة.jpg)", "صورة الورشة.jpg"), ("![س](media/صورة (1).jpg)", "media/صورة (1).jpg"),
        ('![س](media/أ ب.jpg "عنوان")', "media/أ ب.jpg"), ("[س](media/تقرير 2025.pdf)", "media/تقرير 2025.pdf"),
    ],
)  # fmt: skip
def test_names_of_files_may_have_spaces(markdown: str, address: str) -> None:
    assert f'="{address}"' in unquote(html_of(markdown))


def test_words_in_brackets_behind_words_in_brackets_are_no_address() -> None:
    assert html_of("[1](انظر الصفحة التالية)") == "<p>[1](انظر الصفحة التالية)</p>"


def test_a_typed_address_keeps_its_signs() -> None:
    assert "https://e.example/_a_/__b__.py" in html_of("قال https://e.example/_a_/__b__.py ثم")


@pytest.mark.parametrize("words", ["نص **مفتوح فقط", "و**«مفتوح فقط"])
def test_signs_that_enclose_nothing_are_told_with_their_line(words: str) -> None:
    body = render(f"سطر\n\n{words}", path="a.md")
    assert [(each.code, each.line) for each in body.problems] == [("marks-shown", 3)]


@pytest.mark.parametrize("words", ["صدر ** عجز", "`**`", "\\*\\*س", "**س** و**«ص»**"])
def test_signs_that_were_meant_are_not_told(words: str) -> None:
    assert render(words, path="a.md").problems == ()


def test_summary_and_search_see_no_signs() -> None:
    body = render("قالت و**«البلاد»** إن **40%**من", path="a.md")
    assert body.text == body.first_paragraph == "قالت و«البلاد» إن 40%من"


@pytest.mark.parametrize(
    "hostile",
    [
        "و**«" * 20_000, "**x " * 20_000, "** " * 30_000, "١. س\n" * 20_000, "[a](b " * 20_000, "](" + " " * 50_000,
        "https://" * 20_000, "https://x/_" * 20_000, "    س\n\n" * 10_000, "•" * 50_000, "\\" * 50_000, "`" * 50_001,
        "أ) س\n" * 20_000, "##" * 30_000, "<table>\n\n    <tr>\n\n" * 5_000, "> " * 10_000 + "١. س", "![](" + "( " * 20_000,
        "*_~" * 20_000, "و__«" * 20_000, "١" * 50_000, "(١" * 30_000,
    ],
)  # fmt: skip
def test_hostile_text_costs_little_time(hostile: str) -> None:
    begin = time.process_time()
    to_html(hostile)
    assert time.process_time() - begin < 5


TYPED = st.sampled_from(
    ["**", "*", "__", "~~", "`", "```\n", "«", "»", "و", "س", " ", "\n", "\n\n", "١. ", "٢- ", "أ) ", "• ", "##", "    ", "> ", "- ",
     "[س](", ")", "![", "https://e.example/a_b", "<b>", "</b>", "<table>\n", "|", "\\", ":", "%", "\t", "…", "😀", "ً"]
)  # fmt: skip


@given(st.lists(TYPED, max_size=30).map("".join))
@settings(max_examples=rounds(2000, 150))
def test_no_letter_is_ever_lost(typed: str) -> None:
    html = to_html(typed)[0]
    if "](" not in typed and "<" not in typed:
        assert html.count("س") == typed.count("س")
        assert html.count("«") == typed.count("«")
    assert "\v" not in html
