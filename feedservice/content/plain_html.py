"""HTML that the Markdown library made of words alone: the sanitiser would leave it as it is. Pure.

Most bodies are paragraphs and headings. To look that nothing else is there takes a fifth of what
the sanitiser takes to parse it and write the same; whatever is in doubt is left to that.
"""

import re

_TAGS = frozenset(
    f"{slash}{name}"
    for slash in ("", "/")
    for name in (
        "p",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "blockquote",
        *(f"h{n}" for n in range(1, 7)),
    )
)
_WITH_ID = re.compile(r'h[1-6] id="([^"]++)"')


def set_apart(html: str, edge: str) -> str | None:
    """Return what the sanitiser makes of such HTML; None where it has to be asked.

    Args:
        html: of a body that `is_plain` and in which an editor typed no tag.
        edge: what the sanitiser puts around each id.
    """
    if "&" in html:
        return None
    before, *pieces = html.split("<")
    for n, piece in enumerate(pieces):
        tag = piece.partition(">")[0]
        if tag not in _TAGS:
            found = _WITH_ID.fullmatch(tag)
            if not found:
                return None
            start, end = found.span(1)
            pieces[n] = f"{piece[:start]}{edge}{found[1]}{edge}{piece[end:]}"
    return "<".join((before, *pieces))
