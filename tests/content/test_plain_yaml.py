"""Front matter that is read without libyaml is read as libyaml reads it."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content import frontmatter, plain_yaml
from feedservice.domain.errors import ContentError

ORDINARY = """\
title: مقال رقم 0 باب
date: 2025-12-05T10:00:00+03:00
id: tag:example.org,2025:0
tags: [تعليم, حرف قديم,C-1]
author: هيئة التحرير
"""
KEYS = st.sampled_from(["title", "tags", "date", "category", "author", "related", "summary", "x"])
PIECES = st.sampled_from(
    [
        "a",
        "ب",
        "ـ",
        "َ",
        "9",
        "٩",
        " ",
        "  ",
        ",",
        "، ",
        "؛",
        ":",
        ": ",
        "-",
        " - ",
        "?",
        "? ",
        "!",
        "&",
        "*",
        "|",
        ">",
        "%",
        "@",
        "`",
        "~",
        "_",
        "/",
        ".",
        "...",
        "(",
        "=",
        "«",
        "»",
        "“",
        "”",
        "#",
        " #",
        "[",
        "]",
        "{",
        "}",
        '"',
        "'",
        "\\",
        "\t",
        "\n",
        "\n ",
        "\n- ",
        "\xa0",
        "\u200f",
        "\ufeff",
        "\xad",
        "😀",
        "\ufdd0",
        "true",
        "null",
        "<<",
        "2025-01-01",
    ]
)
VALUE = st.lists(PIECES, min_size=1, max_size=6).map("".join)
FLOW = st.lists(VALUE, max_size=3).map(lambda names: f"[{', '.join(names)}]")
LINES = st.lists(st.tuples(KEYS, VALUE | FLOW), max_size=4)


def read(text: str) -> object:
    """What front matter comes to, with all places, or what is told of it."""
    try:
        return frontmatter.parse(text, "a.md", first_line=2, is_ours=True)
    except ContentError as error:
        return error.problem


@given(LINES)
def test_it_is_read_as_libyaml_reads_it(lines: list[tuple[str, str]]) -> None:
    """Values, lines and columns, whatever signs there are; hard cases are left to libyaml."""
    text = "".join(f"{key}: {value}\n" for key, value in lines)
    with patch.object(plain_yaml, "read", return_value=None):
        expected = read(text)
    assert read(text) == expected


@pytest.mark.parametrize("key", ["title: a\ntitle: b\n", "title: [عاجل]\n", "", "a:\n", "a: b"])
def test_what_needs_a_decision_is_left(key: str) -> None:
    """A key twice, a text in brackets, no value, no end of the line."""
    assert plain_yaml.read(key, 2) is None


def test_ordinary_front_matter_needs_no_libyaml() -> None:
    """Else every article would take the longer way."""
    found = plain_yaml.read(ORDINARY, 2)
    assert found is not None
    assert found.plain()["tags"] == ["تعليم", "حرف قديم", "C-1"]
    assert found.at("tags", 1)[1:3] == (5, 15)
