"""Lists that Word writes as paragraphs with signs → lists, before the sanitiser. Pure."""

from itertools import groupby, pairwise
from typing import NamedTuple

from feedservice.content.html_tags import attributes, tags
from feedservice.domain.patterns import rare

_PARAGRAPH = tags("p")
_SPACE = r"(?:<[^<>]*+>|[\s\xa0]|&nbsp;|&\#160;)"
_LEAD = rare(
    rf"({_SPACE}*+)(?:(?P<sign>[·•●▪■◦])|[o§Øüv](?={_SPACE})|(?P<number>\d{{1,3}})[.)\-](?={_SPACE}))"
    rf"({_SPACE}*+)"
)
_TAG = rare(r"<[^<>]*>")


class _Piece(NamedTuple):
    kind: str
    html: str


def with_lists(html: str) -> str:
    """Return HTML in which paragraphs that begin with the sign of a list are one."""
    if not ("MsoList" in html or ("<p" in html and any(sign in html for sign in "•●▪◦"))):
        return html
    pieces: list[_Piece] = []
    at = 0
    found = list(_PARAGRAPH.finditer(html))
    for tag, end in pairwise(found):
        if tag[1] or not end[1]:
            continue
        item = _item(attributes(tag[3]).get("class", ""), html[tag.end() : end.start()])
        if item:
            pieces += (_Piece("", html[at : tag.start()]), item)
            at = end.end()
    pieces.append(_Piece("", html[at:]))
    filled = [piece for piece in pieces if piece.kind or piece.html.strip()]
    groups = groupby(filled, key=lambda piece: piece.kind)
    return "".join(_joined(kind, [piece.html for piece in group]) for kind, group in groups)


def _joined(kind: str, parts: list[str]) -> str:
    inner = "".join(parts)
    return f"<{kind}>{inner}</{kind}>\n" if kind else inner


def _item(name: str, inner: str) -> _Piece | None:
    lead = _LEAD.match(inner)
    if not lead or not (lead["sign"] or "MsoList" in name):
        return None
    around = "".join(_TAG.findall(lead[1]) + _TAG.findall(lead[4]))
    return _Piece("ol" if lead["number"] else "ul", f"<li>{around}{inner[lead.end() :]}</li>")
