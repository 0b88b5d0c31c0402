"""Elements are written as lxml writes them, character by character."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from feedservice.feeds.elements import attribute, leaf, parent, written

TEXTS = some.text(
    some.one_of(
        some.sampled_from("&<>\"'\t\n\r ]]>\u0085\u2028\ufeff\U0001f600"), some.characters()
    ),
    max_size=12,
)


def tree(text: str, value: str) -> bytes:
    root = etree.Element("root")
    entry = etree.SubElement(root, "entry")
    if value:
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", value)
    for one in (text, ""):
        child = etree.SubElement(entry, "child")
        if value:
            child.set("name", value)
        child.text = one or None
    etree.SubElement(etree.SubElement(entry, "within"), "deep").text = text or None
    whole: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    return whole.partition(b"<root>\n")[2].rpartition(b"</root>")[0]


def lines(text: str, value: str) -> bytes:
    named = attribute("name", value)
    deep = list(parent("within", [leaf("deep", text)]))
    children = [leaf("child", text, named), leaf("child", named=named), *deep]
    return written("entry", children, "  ", value)


@given(TEXTS, TEXTS)
def test_any_text_is_written_as_lxml_does_or_refused_as_it_does(text: str, value: str) -> None:
    try:
        expected = tree(text, value)
    except (ValueError, UnicodeEncodeError):
        with pytest.raises(ValueError, match=r".*"):
            lines(text, value)
    else:
        assert lines(text, value) == expected
