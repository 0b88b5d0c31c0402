"""Markdown of other programs: what only their dialect has signs for is said in ours, and the HTML
within keeps its addresses."""

import pytest

from feedservice.content import markup
from feedservice.importing.dialects import without_dialect
from feedservice.importing.markdown import convert
from feedservice.importing.raw_html import largest, rewrite


def shown(markdown: str) -> str:
    return markup.render(without_dialect(markdown), path="x/x.md", base_urls=()).html


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("## عنوان {#qism .big}", "## عنوان {#qism}"),
        ("## عنوان {.big}", "## عنوان"),
        ("## قال {كذا}", "## قال {كذا}"),
        (
            "## قسم\n{: #sec .big}\nنص\n{: #other}",
            '## قسم {#sec}\nنص<span id="other"></span>',
        ),
        ('سطر\nآخر\n{: #a}\n{: #b"}', 'سطر\nآخر<span id="a"></span>'),
        ('سطر\n{: #b"}', 'سطر<span id="b&quot;"></span>'),
        ("```\nx\n```\n{: #a}", "```\nx\n```"),
        ("[a]: /x\n{: #a}\n", "[a]: /x\n"),
        ("<p>x</p>\n{: #b}\n", "<p>x</p>\n"),
        ("- بند\n{: #c}", "- بند"),
        (
            "## قسم\n\n{: #sec}\n## ثان {#b}\n{: #c}\n# ثالث\n{: style='color: #fff'}",
            "## قسم\n\n## ثان {#b}\n# ثالث",
        ),
        ("## قسم ## {#sec}", "## قسم {#sec}"),
        ("## قسم ##\n{: #sec}", "## قسم {#sec}"),
        ("- بند\n---\n{: #sec}", "- بند\n---"),
        ("> قول\n---\n{: #sec}", "> قول\n---"),
        ("## v1.2 {#v1.2}", "## v1.2 {#v1.2}"),
        ("قسم\n---\n{: #sec}\nنص", "قسم {#sec}\n---\nنص"),
        ("نص\n\n{: #sec.big}\n## قسم\n", "نص\n\n## قسم {#sec}\n"),
        ('[س](https://x.example/){:target="_blank"} و{نص}', "[س](https://x.example/) و{نص}"),
        ('![ص](a.jpg){.right width="3"} ثم', "![ص](a.jpg) ثم"),
        ("![ص](a.jpg)\n{.caption}\n\nنص", "![ص](a.jpg)\n\nنص"),
        ("* TOC\n{:toc}\n\nنص", "\nنص"),
        ("[TOC]\n\nنص", "\nنص"),
        ("- [x] تم\n- [ ] لم يتم\n- [ص](x)", "- ☑ تم\n- ☐ لم يتم\n- [ص](x)"),
        ("| أ\t| ب\t|\n|---\t|---\t|", "| أ | ب |\n|--- |--- |"),
        ("```\n[TOC]\n{.a}\nس\n: ص\n```", "```\n[TOC]\n{.a}\nس\n: ص\n```"),
        ("نص\n\n    {.a}\n    [TOC]", "نص\n\n    {.a}\n    [TOC]"),
    ],
)
def test_signs_of_other_dialects(written: str, meant: str) -> None:
    assert without_dialect(written) == meant


def test_definitions_are_a_list_of_them() -> None:
    html = shown("قبل\n\nالأول\n: تعريفه **بقوة**\n: وآخر\n\nالثاني\n:   سطر\n    وتتمته\n\nبعد")
    assert html.count("<dt>") == 2
    assert html.count("<dd>") == 3
    assert "<strong>بقوة</strong>" in html
    assert "<p>سطر\nوتتمته</p>" in html
    assert html.strip().endswith("<p>بعد</p>")


def test_markdown_within_html_is_read_as_such() -> None:
    html = shown('<div dir="rtl" markdown="1">\n# عنوان\nنص **بقوة**\n</div>\nبعد *هذا*')
    assert '<div dir="rtl">\n<h' in html
    assert "<strong>بقوة</strong>" in html
    assert html.strip().endswith("</div>\n<p>بعد <em>هذا</em></p>")
    assert "markdown" not in html
    assert shown("<div>\n**كما هو**\n</div>").strip() == "<div>\n**كما هو**\n</div>"


def test_a_box_is_a_quotation_with_its_title() -> None:
    html = shown('!!! note "تنبيه"\n    نص التنبيه.\n\n    | أ |\t ب |\n    |---|---|\n\nبعد')
    assert "<blockquote>\n<p><strong>تنبيه</strong></p>\n<p>نص التنبيه.</p>\n<table>" in html
    assert html.strip().endswith("<p>بعد</p>")


def test_the_largest_of_a_pictures_sizes_is_the_one() -> None:
    assert largest("/a.jpg 1x, /b.jpg 2.5x") == "/b.jpg"
    assert largest("/a,1.jpg") == "/a,1.jpg"
    assert largest("") == ""
    sizes = '<img src="/s.jpg" srcset="/s.jpg 300w, /l.jpg 1024w" sizes="9vw" alt="ص">'
    assert "![ص](/l.jpg)" in convert(f"<p>{sizes}</p>", lambda _, url: url).markdown
    assert rewrite(sizes, lambda kind, url: f"{kind}:{url}") == '<img src="src:/l.jpg" alt="ص">'


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("<img src=/a.jpg alt=x>", '<img src="N/a.jpg" alt="x">'),
        ("<img data-src='/a.jpg' src='data:image/gif;base64,x'>", '<img src="N/a.jpg">'),
        (
            '<picture><source srcset="/b.webp 2x"><img alt=""></picture>',
            '<picture><img src="N/b.webp" alt=""></picture>',
        ),
        (
            '<video poster="/d.jpg" src="/v.mp4" controls></video>',
            '<video poster="N/d.jpg" src="N/v.mp4" controls></video>',
        ),
        ('<image src="/e.jpg"/>', '<img src="N/e.jpg">'),
        ('<a\n href="/f">س</a>', '<a href="N/f">س</a>'),
        ("<audio><source src=/a.mp3></audio>", '<audio><source src="N/a.mp3"></audio>'),
    ],
)
def test_addresses_in_html_are_settled_however_they_are_written(written: str, settled: str) -> None:
    assert rewrite(written, lambda _, url: f"N{url}") == settled
