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
}


def marked(html: str) -> str:
    return re.sub(r'<bdi dir="ltr">(.*?)</bdi>', r"[\1]", html)


@pytest.mark.parametrize("markdown", TEXTS)
def test_a_run_is_isolated_wherever_prose_has_it(markdown: str) -> None:
    body = render(markdown, path="a/b.md", language="ar")
    assert marked(body.html) == f"<p>{TEXTS[markdown]}</p>"
    assert body.text == render(markdown, path="a/b.md").text


def test_lists_tables_headings_and_notes_have_prose_too() -> None:
    markdown = "## عن C++ {#cpp}\n\n- C++\n\n| F# |\n|---|\n| .NET |\n\nكذا[^1]\n\n[^1]: في C#\n"
    assert len(re.findall("<bdi", render(markdown, path="a/b.md", language="ar").html)) == 5


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
