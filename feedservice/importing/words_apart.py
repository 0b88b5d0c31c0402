"""Words that only a style sets apart (Blogger's ``<span style="float:left">``). Pure.

No style comes with a body: without it they were one word with what stands beside them.
"""

import re
from collections import defaultdict

from feedservice.content.html_tags import attributes, tags, words

_TAG = tags("span|a|b|strong|i|em|u|font|label|small|big")
_HINT = re.compile(r"float|display", re.IGNORECASE)
_APART = re.compile(
    r"(?:float\s*+:\s*+(?:left|right|inline-)|display\s*+:\s*+(?:block|flex|grid|table|list-item))",
    re.IGNORECASE,
)
_LOOKED_AT = 200
"""Characters of an element that tell whether it holds a word."""


def with_spaces(html: str) -> str:
    """Return HTML with a space around elements of words that a style makes blocks of their own.

    A letter alone is the large one that a word begins with.
    """
    if not _HINT.search(html):
        return html
    opened: dict[str, list[re.Match[str]]] = defaultdict(list)
    places: list[int] = []
    for tag in _TAG.finditer(html):
        if not tag[1]:
            opened[tag[2].lower()].append(tag)
            continue
        same = opened[tag[2].lower()]
        begin = same.pop() if same else None
        if begin and _is_apart(begin, html, tag.start()):
            places += (begin.start(), tag.end())
    left = (tag for each in opened.values() for tag in each)
    places += (tag.start() for tag in left if _is_apart(tag, html, len(html)))
    places.sort()
    pieces = zip([0, *places], [*places, len(html)], strict=True)
    return " ".join(html[begin:end] for begin, end in pieces)


def _is_apart(begin: re.Match[str], html: str, end: int) -> bool:
    if not _HINT.search(begin[3]) or not _APART.search(attributes(begin[3]).get("style", "")):
        return False
    said = words(html[begin.end() : min(end, begin.end() + _LOOKED_AT)])
    return sum(map(str.isalnum, said)) > 1
