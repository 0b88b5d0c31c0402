from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice import marks
from feedservice.marks import Target

KINDS = ("article", "file", "media", "path")


def link(url: str, attribute: str = "href") -> str:
    return f'<a {attribute}="{escape(url)}">x</a>'


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attribute", ["href", "src", "cite"])
@given(st.text(max_size=40))
def test_a_target_reads_back_from_its_mark(kind: marks.Kind, attribute: str, name: str) -> None:
    assert list(marks.targets(link(marks.mark(kind, name), attribute))) == [Target(kind, name)]


@given(st.text(max_size=40))
def test_a_mark_is_ascii_and_needs_no_escape_in_an_attribute(name: str) -> None:
    url = marks.mark("path", name)
    assert url.isascii()
    assert escape(url) == url


def test_targets_come_in_order_with_repetitions() -> None:
    html = (
        link(marks.mark("article", "ب")) + link(marks.mark("media", "a.png"), "src") + link(marks.mark("article", "ب"))
    )
    assert list(marks.targets(html)) == [Target("article", "ب"), Target("media", "a.png"), Target("article", "ب")]


def test_a_mark_becomes_the_address_of_its_target_with_its_fragment() -> None:
    html = link(marks.mark("article", "ب", "#t-1"))
    assert marks.resolve(html, lambda target: f"/articles/{target.name}?a=1&b=2") == (
        '<a href="/articles/ب?a=1&amp;b=2#t-1">x</a>'
    )


def test_the_attribute_of_a_target_that_is_not_there_goes_and_its_words_stay() -> None:
    assert marks.resolve(link(marks.mark("file", "a/b.md")), lambda target: None) == "<a>x</a>"


@pytest.mark.parametrize(
    "html", [link("https://e.example/x-site:media/a"), link("x-site:other/a"), "<p>x-site:media/a</p>"]
)
def test_what_is_no_mark_stays(html: str) -> None:
    assert marks.resolve(html, lambda target: None) == html
    assert list(marks.targets(html)) == []
