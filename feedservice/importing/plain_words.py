"""Titles, summaries and Markdown as sources have them → their words, in one line. Pure."""

import re

from feedservice.content import markup
from feedservice.importing.markdown import plain_text

_MARKUP = re.compile(r"</[a-z]|<(?:br|wbr|img|hr)\b|&(?:[a-z]+|#[0-9x]+);", re.IGNORECASE)
"""What nothing closes is a word about markup, or a comparison."""


def without_markup(text: str) -> str:
    """Return a title or a summary without its markup, where it has any.

    >>> without_markup("<b>أ</b> &amp; ب"), without_markup("أ <b")
    ('أ & ب', 'أ <b')
    """
    return plain_text(text) if _MARKUP.search(text) else text


def text_of(markdown: str) -> str:
    """Return what Markdown says; empty where nobody can render it."""
    try:
        return markup.render(markdown, path="x/x.md", base_urls=()).text
    except markup.MarkupError:
        return ""
