"""Latin runs with signs at their ends are isolated in the prose of bodies that run from the right."""

import re

import pytest

from factories import NOW, site
from feedservice.content.article import read
from feedservice.content.markup import render

TEXTS = {
    "لغة C++ الجديدة": "لغة [C++] الجديدة",
    "من .NET و**C++**و«C#».": "من [.NET] و<strong>[C++]</strong>و«[C#]».",
    "نموذج (GPT-4 (beta)) اليوم، *F#*": "نموذج ([GPT-4 (beta)]) اليوم، <em>[F#]</em>",
    "هاتف +963 11 222 3333.": "هاتف [+963 11 222 3333].",
    "في [C++](https://example.org/c++/) كذا": 'في <a href="https://example.org/c++/">[C++]</a> كذا',
    "في <b>C++</b> كذا": "في <b>[C++]</b> كذا",
    "في C\\+\\+ و AT&T+ و R&D. كذا": "في [C++] و [AT&amp;T+] و R&amp;D. كذا",
}


def marked(html: str) -> str:
    return re.sub(r'<bdi dir="ltr">(.*?)</bdi>', r"[\1]", html)


def without_bdi(html: str) -> str:
    return re.sub("</?bdi[^>]*>", "", html)


@pytest.mark.parametrize("markdown", TEXTS)
def test_a_run_is_isolated_wherever_prose_has_it(markdown: str) -> None:
    body = render(markdown, path="a/b.md", language="ar")
    assert marked(body.html) == f"<p>{TEXTS[markdown]}</p>"
    assert without_bdi(body.html) == render(markdown, path="a/b.md").html


def test_lists_tables_headings_and_notes_have_prose_too() -> None:
    markdown = "## عن C++ {#cpp}\n\n- C++\n\n| F# |\n|---|\n| .NET |\n\nكذا[^1]\n\n[^1]: في C#\n"
    assert len(re.findall("<bdi", render(markdown, path="a/b.md", language="ar").html)) == 5


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>لغة C++ وF#</p>", "<p>لغة [C++] و[F#]</p>"),
        ("<div dir='rtl'>\n<ul><li>من .NET<br>C#</li></ul>\n</div>", '<div dir="rtl">\n<ul><li>من [.NET]<br>[C#]</li></ul>\n</div>'),
        ("<table><tr><td>كلام <abbr title='C++'>C++</abbr>&nbsp;C&#43;&#43; &lt;F#&gt;</td></tr></table>", '<table><tbody><tr><td>كلام <abbr title="C++">[C++]</abbr>&nbsp;[C++] &lt;[F#]&gt;</td></tr></tbody></table>'),
        ("<p dir='LTR'>كلام <b>C++</b></p><p>كلام C++</p>", '<p dir="LTR">كلام <b>C++</b></p><p>كلام [C++]</p>'),
        ("<pre>كلام C++<br>F#</pre><p>كلام <bdi>C++</bdi> <kbd>C++</kbd></p>", "<pre>كلام C++<br>F#</pre><p>كلام <bdi>C++</bdi> <kbd>[C++]</kbd></p>"),
        ("<p>كلام <code>C++</p><p>كلام C++ </code>F#</p>", "<p>كلام <code>C++</code></p><p><code>كلام C++ </code>[F#]</p>"),
        ("<p>كلام C++ </ F# <b title='>C++'>C#</p>", "<p>كلام [C++ C++]'&gt;[C#]</p>"),
        ("<p>وهذا كلام كثير عن أمور مختلفة كلها من اليمين بريد user@<wbr>example.com و<a href='https://x.example/'>Booking</a>.com وC++<a href='/x'>Builder</a>", '<p>وهذا كلام كثير عن أمور مختلفة كلها من اليمين بريد user@<wbr>example.com و<a href="https://x.example/">Booking</a>.com وC++<a\ufdd0href path/x\ufdd0>Builder</a></p>'),
        ("<p>وهذا كلام كثير عن موقع <b>Asp<abbr title='>'></abbr></b>.NET C++، path/<u><b>name</b></u>", '<p>وهذا كلام كثير عن موقع <b>Asp<abbr title="&gt;"></abbr></b>.NET C++، path/<u><b>name</b></u></p>'),
        ("<p>كلام C++<br>x<br>.NET C++ <b>F#</b> <span dir='ltr'>a</span>.NET<span dir='ltr'>a", '<p>كلام [C++]<br>x<br>[.NET C++] <b>[F#]</b> <span dir="ltr">a</span>[.NET]<span dir="ltr">a</span></p>'),
        ("<p>كلام C++<b>لغة</b>.NET <code>x</code>C++", "<p>كلام [C++]<b>لغة</b>[.NET] <code>x</code>[C++]</p>"),
        ("<p>كلام C++<script>F#</script><!-- C++ --></p>", "<p>كلام [C++]</p>"),
    ],
)  # fmt: skip
def test_what_was_typed_as_html_has_prose_too(html: str, shown: str) -> None:
    body = render(html, path="a/b.md", language="ar")
    assert marked(body.html) == shown
    assert without_bdi(body.html) == without_bdi(render(html, path="a/b.md").html)


@pytest.mark.parametrize(
    "markdown",
    [
        "`C++` و<code>x</code>",
        "    C++\n",
        "```\nC++\n```",
        "![صورة C++](a.png)",
        "<div title='C++'>كلام</div>",
        "https://example.org/?a=1/&b=2/ هنا",
        '{% include x! %} [gallery ids="1/"]',
        "2025-12-20 و5*3 و**بعض**",
    ],
)
def test_code_addresses_and_descriptions_are_left_alone(markdown: str) -> None:
    plain = render(markdown, path="a/b.md")
    assert render(markdown, path="a/b.md", language="ar") == plain


TOLD = {"ar": "كلام عن C++ هنا.", "en": "Words about C++ (لغة)."}


@pytest.mark.parametrize(("lang", "count"), [("ar", 1), ("en", 0)])
def test_only_what_runs_from_the_right_has_isolates(lang: str, count: int) -> None:
    text = f"---\ntitle: C++\ndate: 2025-01-01\nlang: {lang}\n---\n{TOLD[lang]}"
    article, _ = read(text, "field/a.md", site(), NOW)
    assert article
    assert article.html.count("<bdi") == count
