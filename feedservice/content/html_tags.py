"""Tags of HTML that nobody has made safe yet: found and read in linear time. Pure."""

import re
from html import unescape

# A name (which may begin with "=") and its value, if there is one; or the white space before it.
ATTRIBUTE = (
    r"(?:[\s/]++|(?:=[^\s/>=]*+|[^\s/>=]++)"
    r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+|(?=>)))?)"""
)
_PAIR = re.compile(
    r"""([^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+)))?""", re.ASCII
)
_ANY_TAG = re.compile(rf"</?[a-z][^\s/>]*+{ATTRIBUTE}*+(?:>|\Z)", re.IGNORECASE | re.ASCII)


def tags(names: str) -> re.Pattern[str]:
    """Return a pattern of tags: its groups are ``/`` of an end tag, the name, the attributes.

    Args:
        names: alternatives, as a regular expression has them.
    """
    # One that is not finished is one too: else each of many is read to the end of the text.
    return re.compile(
        rf"<(/?)({names})(?=[\s/>])((?:{ATTRIBUTE})*+)(?:>|\Z)", re.IGNORECASE | re.ASCII
    )


def attributes(text: str) -> dict[str, str]:
    """Return attributes by name in lower case; of two that have one name, the first."""
    found: dict[str, str] = {}
    for name, *values in _PAIR.findall(text):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def words(html: str) -> str:
    """Return what is between tags, in one line."""
    return " ".join(unescape(_ANY_TAG.sub("", html)).split())
