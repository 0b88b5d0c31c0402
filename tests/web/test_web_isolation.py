"""Latin runs with signs at their ends are isolated, and nothing else is touched."""

import re

import pytest

from feedservice.web.isolation import isolated


def marked(text: str) -> str:
    return re.sub(r'<bdi dir="ltr">(.*?)</bdi>', r"[\1]", str(isolated(text)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("لغة C++ الجديدة", "لغة [C++] الجديدة"),
        ("نموذج GPT-4 (beta) اليوم", "نموذج [GPT-4 (beta)] اليوم"),
        ("من .NET ومن و.NET", "من [.NET] ومن و[.NET]"),
        ("حساب و@BBCArabic على X", "حساب و[@BBCArabic] على X"),
        ("الهاتف +963 11 222 3333.", "الهاتف [+963 11 222 3333]."),
        ("(C++) وVisual C++!", "([C++]) و[Visual C++]!"),
        ("AT&T C++", "[AT&amp;T C++]"),
        ("C/C++:", "[C/C++]:"),
    ],
)
def test_a_run_is_isolated_whole_and_without_the_signs_of_the_sentence(
    text: str, shown: str
) -> None:
    assert marked(text) == shown
    assert str(isolated(text, "ltr")) == str(isolated(text, "ltr").unescape()).replace("&", "&amp;")


@pytest.mark.parametrize(
    "text",
    ["كلام عادي.", "قال (BBC).", "https://example.com/a/b.html هنا", "قال - John - كذا", "سنة 2025).",
     "HTML (انظر", "نسبة 50% و-5", "بريد a@b.example", "انتهى.Then", "Yahoo! خبر", "2025-12-20 14:30"],
)  # fmt: skip
def test_what_stands_as_typed_is_left_alone(text: str) -> None:
    assert str(isolated(text)) == text
