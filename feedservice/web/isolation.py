"""Texts as HTML in which Latin runs among words from the right are isolated."""

from markupsafe import Markup, escape

from feedservice.domain.latin_runs import CLOSING, OPENING, latin_runs


def isolated(text: str, direction: str = "rtl") -> Markup:
    """Return a text as HTML, its Latin runs isolated where ``direction`` is from the right.

    For texts alone: HTML that somebody else wrote is left as it is.
    """
    if direction != "rtl" or hasattr(text, "__html__"):
        return escape(text)
    parts: list[str] = []
    at = 0
    for begin, end in latin_runs(text):
        parts += (escape(text[at:begin]), OPENING, escape(text[begin:end]), CLOSING)
        at = end
    return Markup("".join((*parts, escape(text[at:]))))  # noqa: S704 - escaped # nosec B704
