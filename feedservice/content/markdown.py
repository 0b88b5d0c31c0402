"""Markdown as Arabic writers type it → HTML, not yet safe. The only door to pyromark. Pure.

pyromark makes HTML (CommonMark, tables, footnotes, strikethrough). It was chosen over comrak and
cmarkgfm: twice as fast as the next, and a table of 20,000 columns costs 0.03 s where comrak takes
minutes. What it reads by rules that were made for Latin script is rewritten before it, where its
own parse says that there is no code: lines (`markdown_lines`), then words (`markdown_words`).
"""

from collections.abc import Iterator

import pyromark

from feedservice.content import markdown_lines, markdown_words
from feedservice.content.html_losses import Loss
from feedservice.content.markdown_words import MARK
from feedservice.content.open_code import code_left_open
from feedservice.content.table_losses import cells_lost

_MARKDOWN = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
)


def to_html(markdown: str) -> tuple[str, list[str]]:
    """Return the HTML of Markdown, and what begins with signs that are shown as they stand.

    Args:
        markdown: clean text (`domain.text.clean`).
    """
    if markdown_lines.is_concerned(markdown):
        markdown = markdown_lines.outdented(markdown, _MARKDOWN.events_with_range(markdown))
        markdown = markdown_lines.listed(markdown, _MARKDOWN.events_with_range(markdown))
    html = _MARKDOWN.html(markdown)
    shown: list[str] = []
    if ("*" in html and "**" in html) or markdown_words.is_concerned(markdown):
        events = _MARKDOWN.events_with_range(markdown)
        markdown, shown = markdown_words.rewritten(markdown, events)
        html = _MARKDOWN.html(markdown).replace(MARK, "")
    return html, shown


def losses(markdown: str, html: str) -> Iterator[Loss]:
    """Yield the cells of tables that no reader sees, and code that nothing ends.

    Args:
        markdown: clean text.
        html: what it came to.
    """
    if "|" in markdown and "<table>" in html:
        yield from cells_lost(markdown, _MARKDOWN.events_with_range(markdown))
    if "<pre>" in html and ("```" in markdown or "~~~" in markdown):
        yield from code_left_open(markdown, _MARKDOWN.events_with_range(markdown))
