"""Signs that nobody reads here, told as they stand in the text: links that are none, too. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape

from feedservice.content.html_losses import Loss
from feedservice.content.html_tags import stretches, tags
from feedservice.domain.patterns import rare

_SKIPPED = tags("code|pre")
_SIGN = rare(
    r"""
      \{\{ (?:&lt;|%) [\s/]*+ [\w-]++                        # {{< youtube … >}}
    | \{%-? \s*+ [a-z]\w*+                                  # {% include … %}
    | \{\{ \s*+ (?:site|page|post)\. \w++
    | \[ [a-z][a-z0-9_-]{2,40} \s++ [\w-]{1,40} =            # [gallery ids="…"]
    | \[/ [a-z][a-z0-9_-]{2,40} \]                          # […][/caption]
    | \[\^ (?P<note> [^\s\[\]^]{1,60} ) \]
    | (?P<link>
        !? \[ (?!\d++\]) [^\[\]<>\n^]{1,80} \] [ ]{1,3} \(   # [words] (address)
      | \( [^()<>\n]{1,80} \)\[                              # (words)[address]
      ) (?= (?P<at_tag>\Z) | media/ | [\w./-]{1,100}\.md[)\]] )
    """,
    re.VERBOSE,
)
_NOTE = rare(r"(?<!\\)(?:\\\\)*(\\?)(\[\^[^\s\[\]^]{1,60}\])")


def foreign_signs(html: str, markdown: str) -> Iterator[Loss]:
    r"""Yield shortcodes, links that are none and notes without a text, as readers see them.

    Args:
        html: of a body.
        markdown: it was made of: ``\[^1]`` there means what it shows.
    """
    if not ("{" in html or "[" in html):
        return
    outside = list(stretches(html, _SKIPPED))
    found = [each for start, end in outside for each in _SIGN.finditer(html, start, end)]
    meant = _escaped(markdown) if found else Counter[str]()
    if meant:  # in code a backslash is one, too
        at = 0
        for start, end in (*outside, (len(html), 0)):
            meant.subtract(_escaped(unescape(html[at:start])))
            at = end
    shown = Counter(unescape(each[0]) for each in found if each["note"])
    for each in found:
        sign = unescape(each[0])
        if each["link"]:
            if each["at_tag"] is None or html.startswith("<a ", each.end()):
                yield Loss("link-shown", sign, sign)
        elif not each["note"]:
            yield Loss("shortcode", sign, sign)
        elif shown[sign] > meant[sign]:
            yield Loss("footnote-missing", sign, sign)


def _escaped(words: str) -> Counter[str]:
    """How often each sign of a note is escaped."""
    notes = _NOTE.findall(words) if r"\[^" in words else ()
    return Counter(sign for escape, sign in notes if escape)
