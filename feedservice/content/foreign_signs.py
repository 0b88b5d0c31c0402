"""Signs of other programs that nobody reads here, told as they stand in the text. Pure."""

import re
from collections.abc import Iterator
from html import unescape

from feedservice.content.html_losses import Loss
from feedservice.content.html_tags import stretches, tags

_SKIPPED = tags("code|pre")
_SIGN = re.compile(
    r"""
      \{\{ (?:&lt;|%) [\s/]*+ [\w-]++                        # {{< youtube … >}}
    | \{%-? \s*+ [a-z]\w*+                                  # {% include … %}
    | \{\{ \s*+ (?:site|page|post)\. \w++
    | \[ [a-z][a-z0-9_-]{2,40} \s++ [\w-]{1,40} =            # [gallery ids="…"]
    | \[/ [a-z][a-z0-9_-]{2,40} \]                          # […][/caption]
    | \[\^ (?P<note> [^\s\[\]^]{1,60} ) \]
    """,
    re.VERBOSE,
)
_NOTE = re.compile(r"(?<!\\)(?:\\\\)*(\\?)(\[\^[^\s\[\]^]{1,60}\])")


def foreign_signs(html: str, markdown: str) -> Iterator[Loss]:
    r"""Yield shortcodes and notes without a text that stand in HTML for readers to see.

    Args:
        html: of a body.
        markdown: it was made of: ``\[^1]`` there means what it shows.
    """
    if not ("{" in html or "[" in html):
        return
    meant = _meant(markdown) if r"\[^" in markdown else frozenset()
    for start, end in stretches(html, _SKIPPED):
        for found in _SIGN.finditer(html, start, end):
            sign = unescape(found[0])
            if not (found["note"] and sign in meant):
                yield Loss("footnote-missing" if found["note"] else "shortcode", sign, sign)


def _meant(markdown: str) -> frozenset[str]:
    """Signs of notes that are escaped wherever they stand."""
    found = set(_NOTE.findall(markdown))
    return frozenset(sign for escape, sign in found if escape and ("", sign) not in found)
