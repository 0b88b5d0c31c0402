"""Tags of HTML that nobody has made safe yet: found and read in linear time. Pure."""

import re
from collections.abc import Iterator
from html import unescape

from feedservice.domain.patterns import rare

# A name (which may begin with "=") and its value, if there is one; or the white space before it.
ATTRIBUTE = (
    r"(?:[\s/]++|(?:=[^\s/>=]*+|[^\s/>=]++)"
    r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>)))?)"""
)
_PAIR = rare(
    r"""([^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+)))?""", re.ASCII
)
_ANY_TAG = rare(rf"</?[a-z][^\s/>]*+{ATTRIBUTE}*+(?:>|\Z)", re.IGNORECASE | re.ASCII)


def tags(names: str) -> re.Pattern[str]:
    """Return a pattern of tags: its groups are ``/`` of an end tag, the name, the attributes.

    Args:
        names: alternatives, as a regular expression has them.
    """
    # One that is not finished is one too: else each of many is read to the end of the text.
    return rare(rf"<(/?)({names})(?=[\s/>])((?:{ATTRIBUTE})*+)(?:>|\Z)", re.IGNORECASE | re.ASCII)


def stretches(html: str, skipped: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of text between tags, outside of the elements that ``skipped`` names."""
    at = depth = 0
    for tag in _ANY_TAG.finditer(html):
        if not depth and at < tag.start():
            yield at, tag.start()
        at = tag.end()
        found = skipped.match(tag[0])
        if found:
            depth = max(depth + (-1 if found[1] else 1), 0)
    if not depth and at < len(html):
        yield at, len(html)


def attributes(text: str) -> dict[str, str]:
    """Return attributes by name in lower case; of two that have one name, the first."""
    found: dict[str, str] = {}
    for name, *values in _PAIR.findall(text):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def words(html: str) -> str:
    """Return what is between tags, in one line."""
    return " ".join(unescape(_ANY_TAG.sub("", html) if "<" in html else html).split())
