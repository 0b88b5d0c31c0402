"""Markdown as Arabic writers type it → HTML, not yet safe. The only door to pyromark. Pure.

pyromark makes HTML (CommonMark, tables, footnotes, strikethrough). It was chosen over comrak and
cmarkgfm: twice as fast as the next, and a table of 20,000 columns costs 0.03 s where comrak takes
minutes. What it reads by rules that were made for Latin script is rewritten before it, where its
own parse says that there is no code: lines (`markdown_lines`), then words (`markdown_words`).
"""

import pyromark

from feedservice.content import markdown_isolates, markdown_lines, markdown_words
from feedservice.content.markdown_words import MARK, edited
from feedservice.domain.latin_runs import latin_runs

_MARKDOWN = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
)


def to_html(markdown: str, language: str = "") -> tuple[str, list[str]]:
    """Return the HTML of Markdown, and what begins with signs that are shown as they stand.

    Args:
        markdown: clean text (`domain.text.clean`).
        language: Latin runs are isolated where it runs from the right.
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
    return (_isolated(markdown, html, language) if language else html), shown


def _isolated(markdown: str, html: str, language: str) -> str:
    """HTML with its Latin runs isolated; as it is where signs around them would change more."""
    if not any(latin_runs(markdown)):
        return html
    from feedservice.domain.direction import direction  # noqa: PLC0415 - babel, for few bodies

    if direction(language, markdown) == "ltr":
        return html
    edits = markdown_isolates.runs(markdown, _MARKDOWN.events_with_range(markdown))
    signed = _MARKDOWN.html(edited(markdown.encode(), edits)).replace(MARK, "")
    return markdown_isolates.isolated(signed) if markdown_isolates.plain(signed) == html else html
