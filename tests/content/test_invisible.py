"""Characters that nobody sees decide nothing of what a body means, and stay where they shape it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content.invisible import INVISIBLE, bare, with_bare_signs
from feedservice.content.markup import render
from feedservice.domain import text

RLM, NBSP = "\u200f", "\u00a0"
UNSEEN = [*"\u200b\u200c\u200d\u200e\u200f\u061c\u00ad\u2060\u2064\u206a\ufeff\u180e"]
DOCUMENT = [
    "## عنوان أول", "", "- بند", "- ثان", "", "١. واحد", "٢. اثنان", "", "3) ثالث", "", "> اقتباس", "", "• نقطة", "• أخرى", "",
    "| أ | ب |", "|---|---|", "| 1 | 2 |", "", "***", "", "```", "س", "```", "", "نص[^1] و[رابط](https://e.example/) ثم", "",
    "<div>نص</div>", "", "[^1]: حاشية",
]  # fmt: skip


def html_of(markdown: str) -> str:
    return render(markdown, path="news/a.md").html


def seen_of(markdown: str) -> str:
    return re.sub(f"[{''.join(UNSEEN)}]|%E2%80%8F", "", html_of(markdown)).replace(NBSP, " ")


@given(
    st.lists(st.sampled_from([*range(len(DOCUMENT))]), unique=True),
    st.sampled_from(UNSEEN),
)
def test_what_is_pasted_before_lines_changes_no_structure(lines: list[int], unseen: str) -> None:
    pasted = [unseen + line if at in lines else line for at, line in enumerate(DOCUMENT)]
    assert seen_of("\n".join(pasted)) == html_of("\n".join(DOCUMENT))


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("-~ بند\n-~ ثان", "- بند\n- ثان"), ("1~.~ واحد\n2~.~ اثنان", "1. واحد\n2. اثنان"), ("١~. واحد\n٢.~ اثنان", "1) واحد\n2) اثنان"),
        ("##~ عنوان", "## عنوان"), ("~##~عنوان", "## عنوان"), ("~> ~> ~- س", "> > - س"), ("[نص]~(https://e.example/)", "[نص](https://e.example/)"),
        ("[نص](~https://e.example/~)", "[نص](https://e.example/)"), ("<https://e.example/~>", "<https://e.example/>"),
        ("!~[س](media/a.png)", "![س](media/a.png)"), ("نص\n~\nنص", "نص\n\nنص"), ("نص[^1]\n\n~[^1]: حاشية", "نص[^1]\n\n[^1]: حاشية"),
    ],
)  # fmt: skip
def test_signs_are_read_without_what_nobody_sees(typed: str, meant: str, unseen: str) -> None:
    assert seen_of(typed.replace("~", unseen)) == html_of(meant)


@pytest.mark.parametrize("space", [NBSP, "\u2003", "\u202f", "\u3000"], ids=ascii)
def test_any_space_behind_a_sign_is_one(space: str) -> None:
    for sign in ("-", "*", "##", "1.", "١."):
        assert html_of(f"{sign}{space}س") == html_of(f"{sign} س")


@pytest.mark.parametrize(
    "text", [f"{RLM}RSS عربي", f"C++{RLM} و(RSS{RLM})", "می\u200cخواهد", f"نص{NBSP}نص", f"- {RLM}RSS", "❤\ufe0f قلب"]
)  # fmt: skip
def test_text_keeps_them(text: str) -> None:
    assert with_bare_signs(text) == text


def test_a_bare_address_ends_before_them() -> None:
    assert f'href="https://e.example/a" dir="ltr">https://e.example/a</a>{RLM} ثم' in html_of(
        f"https://e.example/a{RLM} ثم"
    )


def test_an_address_keeps_those_within() -> None:
    assert "%E2%80%8C" in html_of("[س](https://fa.example/می\u200cخواهد)")


@pytest.mark.parametrize("char", INVISIBLE, ids=ascii)
def test_a_word_of_ours_is_known_with_them(char: str) -> None:
    inner = char if not char.isspace() else ""
    assert bare(f"{char}pub{inner}lished{char}") == "published"


def test_every_character_without_shape_is_among_those_that_are_looked_at() -> None:
    whole = text.INVISIBLE.findall("".join(map(chr, range(0x10000))))
    assert set(INVISIBLE) >= set(whole)
