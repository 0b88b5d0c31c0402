from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.domain.internal_links import Kind, Target, placeholder, resolve, targets

KINDS = ("article", "file", "media", "path")


def link(name: str, kind: Kind = "article", fragment: str = "", attribute: str = "href") -> str:
    return f"<a{placeholder(attribute, Target(kind, name), fragment)}>x</a>"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attribute", ["href", "src", "poster", "cite"])
@given(st.text(max_size=40))
def test_a_target_reads_back_from_its_placeholder(kind: Kind, attribute: str, name: str) -> None:
    assert list(targets(link(name, kind, "#t-1", attribute))) == [Target(kind, name)]


def test_targets_come_in_order_with_repetitions() -> None:
    html = link("ب") + link("a.png", "media", attribute="src") + link("ب")
    assert list(targets(html)) == [
        Target("article", "ب"),
        Target("media", "a.png"),
        Target("article", "ب"),
    ]


def test_a_placeholder_becomes_the_address_of_its_target_with_its_fragment() -> None:
    assert resolve(link("ب", fragment="#t-1"), lambda target: f"/{target.name}?a=1&b=2") == (
        '<a href="/ب?a=1&amp;b=2#t-1">x</a>'
    )


def test_the_attribute_of_a_target_that_is_not_there_goes_and_its_words_stay() -> None:
    assert resolve(link("a/b.md", "file"), lambda target: None) == "<a>x</a>"


@given(st.text(), st.text(max_size=20))
def test_whatever_an_address_holds_it_stays_within_its_attribute(name: str, rest: str) -> None:
    html = resolve(link(name), lambda target: target.name + rest)
    assert html == f'<a href="{escape(name + rest)}">x</a>'
