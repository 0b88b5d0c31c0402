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


def foreign_signs(html: str) -> Iterator[Loss]:
    """Yield shortcodes and notes without a text that stand in HTML for readers to see."""
    if not ("{" in html or "[" in html):
        return
    for start, end in stretches(html, _SKIPPED):
        for found in _SIGN.finditer(html, start, end):
            sign = unescape(found[0])
            yield Loss("footnote-missing" if found["note"] else "shortcode", sign, sign)
