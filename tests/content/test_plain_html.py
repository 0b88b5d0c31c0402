"""Bodies that are not handed to the sanitiser, and what it would have made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content import markup
from feedservice.content.html_anchors import with_anchors
from feedservice.content.markdown import to_html
from feedservice.content.plain_html import set_apart
from feedservice.domain.text import is_plain, nfc

PIECES = (
    *"نص word \u064b e\u0301 1. 2) # ## - * ** _ __ *** > | \\ ' \" ! ( ] {#a} {#b\"} ` ~~ --- ==".split(),
    *("\n", "\n\n", " ", "  \n", "    ", "\n- ", "\n1. ", "\n> ", "\n## ", "*أ*", "**ب**", "&", "&amp;"),
    *("\u0338", "[a](b)", "![a](b)"),
)  # fmt: skip


def made(markdown: str) -> str:
    return with_anchors(to_html(markdown)[0], has_html=False)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join).map(nfc).filter(is_plain))
def test_what_is_not_sanitised_is_what_the_sanitiser_would_return(markdown: str) -> None:
    html = made(markdown)
    assert set_apart(html, "\0") in (None, markup._CLEANER.clean(html))


@pytest.mark.parametrize(
    "markdown",
    [
        "نص",
        "## عنوان\n\nنص **مهم** و*مائل* \"اقتباس\" 'x'\n\n- أ\n- ب\n\n> قول",
        "# أ {#ب}\n\n1. واحد",
    ],
)
def test_paragraphs_headings_and_lists_of_words_are_not_sanitised(markdown: str) -> None:
    assert set_apart(made(markdown), "\0") is not None


@pytest.mark.parametrize(
    "html",
    [
        "<p><a href='x'>نص</a></p>",
        "<p>&lt;script&gt;</p>",
        "<script>alert(1)</script>",
        "<p onclick='x'>نص</p>",
        '<h2 id="a" onclick="x">نص</h2>',
        '<h2 onclick="x">نص</h2>',
        "<P>نص</P>",
        "<p>نص<",
        "<p >نص</p>",
    ],
)
def test_anything_else_is_left_to_the_sanitiser(html: str) -> None:
    assert set_apart(html, "\0") is None
