from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.domain import internal_links
from feedservice.domain.internal_links import Target

KINDS = ("article", "file", "media", "path")


def link(url: str, attribute: str = "href") -> str:
    return f'<a {attribute}="{escape(url)}">x</a>'


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attribute", ["href", "src", "cite"])
@given(st.text(max_size=40))
def test_a_target_reads_back_from_its_mark(
    kind: internal_links.Kind, attribute: str, name: str
) -> None:
    assert list(internal_links.targets(link(internal_links.mark(kind, name), attribute))) == [
        Target(kind, name)
    ]


@given(st.text(max_size=40))
def test_a_mark_is_ascii_and_needs_no_escape_in_an_attribute(name: str) -> None:
    url = internal_links.mark("path", name)
    assert url.isascii()
    assert escape(url) == url


def test_targets_come_in_order_with_repetitions() -> None:
    html = (
        link(internal_links.mark("article", "ب"))
        + link(internal_links.mark("media", "a.png"), "src")
        + link(internal_links.mark("article", "ب"))
    )
    assert list(internal_links.targets(html)) == [
        Target("article", "ب"),
        Target("media", "a.png"),
        Target("article", "ب"),
    ]


def test_a_mark_becomes_the_address_of_its_target_with_its_fragment() -> None:
    html = link(internal_links.mark("article", "ب", "#t-1"))
    assert internal_links.resolve(html, lambda target: f"/articles/{target.name}?a=1&b=2") == (
        '<a href="/articles/ب?a=1&amp;b=2#t-1">x</a>'
    )


def test_the_attribute_of_a_target_that_is_not_there_goes_and_its_words_stay() -> None:
    assert (
        internal_links.resolve(link(internal_links.mark("file", "a/b.md")), lambda target: None)
        == "<a>x</a>"
    )


@pytest.mark.parametrize(
    "html",
    [link("https://e.example/x-site:media/a"), link("x-site:other/a"), "<p>x-site:media/a</p>"],
)
def test_what_is_no_mark_stays(html: str) -> None:
    assert internal_links.resolve(html, lambda target: None) == html
    assert list(internal_links.targets(html)) == []
