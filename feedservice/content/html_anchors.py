"""What can be linked to inside a body: headings and notes, before the sanitiser. Pure.

A page has one h1, its title: where a body has another, its headings go down a level.
"""

import re
from html import escape, unescape

from feedservice.content.html_tags import attributes, tags, words
from feedservice.domain.patterns import rare
from feedservice.domain.text import slugify

_HEADING = tags("h[1-6]")
_MADE_HEADING = re.compile(r"<(/?)(h[1-6])()>")
"""One that the library made."""
_ANCHOR = tags("a")
_ID = rare(r"""[\s"']id\s*+=\s*+["']?([^"'\s>]++)""", re.IGNORECASE)
_NAMED = rare(r"\{:?[ ]?#([^\s{}]++)[^{}]*+\}\s*+\Z")
_NOTE = rare(r'<sup class="footnote-reference"><a href="#([^"]*)">(\d+)</a></sup>')
_DEFINITION = rare(
    r'<div class="footnote-definition" id="([^"]*)">'
    r'<sup class="footnote-definition-label">(\d+)</sup>'
)
_END_OF_DIV = rare(r"</div[^<>]*>\n*", re.IGNORECASE)
_DIV = rare(r"<(?:div\b|(/)div[^<>]*>)", re.IGNORECASE)


def with_anchors(html: str, *, has_html: bool = True) -> str:
    """Return HTML whose headings have ids and whose notes are at its end, with a way back.

    Args:
        html: of a body.
        has_html: whether an editor typed any of it.
    """
    has_notes = "-" in html and "footnote-" in html
    if has_html and "name" in html:
        html = _ANCHOR.sub(_named, html)
    if "<h" in html or "<H" in html:
        html = _with_ids(html, has_html=has_html)
    return _with_endnotes(html) if has_notes else html


def _named(tag: re.Match[str]) -> str:
    """The old way to name a place, ``<a name="x">``, in the new one."""
    known = attributes(tag[3])
    if tag[1] or not known.get("name") or "id" in known:
        return tag[0]
    return f'<{tag[2]} id="{escape(known["name"])}"{tag[3]}>'


def _with_ids(html: str, *, has_html: bool) -> str:
    found = list((_HEADING if has_html else _MADE_HEADING).finditer(html))
    is_second = any(tag[2][1] == "1" for tag in found)
    taken = {unescape(name): 1 for name in _ID.findall(html)} if has_html else {}
    parts: list[str] = []
    at = 0
    for tag, after in zip(found, [*found[1:], None], strict=False):
        parts.append(html[at : tag.start()])
        at = tag.end()
        level = min(int(tag[2][1]) + is_second, 6)
        known = tag[3]
        inner = ""
        is_whole = after is not None and not tag[1] and after[1] and after[2] == tag[2]
        if after and is_whole and not (known and "id" in attributes(known)):
            inner, at = html[at : after.start()], after.start()
            named = _NAMED.search(inner) if "{" in inner else None
            if named:
                inner = inner[: named.start()].rstrip()
            said = _NOTE.sub("", inner) if "<" in inner else inner
            name = unescape(named[1]) if named else slugify(words(said))
            known += f' id="{escape(_unique(name, taken))}"' if name else ""
        parts.append(f"<{tag[1]}h{level}{known}>{inner}")
    return "".join((*parts, html[at:]))


def _unique(name: str, taken: dict[str, int]) -> str:
    """A name that no other place has: a number is added to one that is taken."""
    free = name
    while free in taken:
        taken[name] = taken.get(name, 1) + 1
        free = f"{name}-{taken[name]}"
    taken[free] = 1
    return free


def _with_endnotes(html: str) -> str:
    """Notes as a numbered list at the end (DPUB-ARIA), wherever their text was typed."""
    body, notes = _taken_out(html)
    seen: set[str] = set()

    def reference(match: re.Match[str]) -> str:
        name, number = match.groups()
        place = "" if name in seen else f' id="{name}-ref"'
        seen.add(name)
        return f'<sup><a href="#{name}" role="doc-noteref"{place}>{number}</a></sup>'

    body = _NOTE.sub(reference, body)
    rows = []
    for _, name, text in sorted(notes):
        words_of_note = _NOTE.sub(reference, text).strip()
        back = f' <a href="#{name}-ref" role="doc-backlink">↩</a>' if name in seen else ""
        if words_of_note.endswith("</p>"):
            words_of_note = f"{words_of_note[:-4]}{back}</p>"
        else:
            words_of_note += back
        rows.append(f'<li id="{name}">{words_of_note}</li>\n')
    if not rows:
        return body
    return f'{body}<section role="doc-endnotes">\n<hr>\n<ol>\n{"".join(rows)}</ol>\n</section>\n'


def _taken_out(html: str) -> tuple[str, list[tuple[int, str, str]]]:
    """HTML without the texts of its notes; and these, with their numbers and names."""
    begins = list(_DEFINITION.finditer(html))
    parts: list[str] = []
    notes: list[tuple[int, str, str]] = []
    at = 0
    for begin, after in zip(begins, [*begins[1:], None], strict=False):
        limit = after.start() if after else len(html)
        end = _end_of_div(html, begin.end(), limit)
        parts.append(html[at : begin.start()])
        notes.append((int(begin[2]), begin[1], html[begin.end() : end]))
        at = _END_OF_DIV.match(html, end).end() if end < limit else limit  # type: ignore[union-attr]
    return "".join((*parts, html[at:])), notes


def _end_of_div(html: str, start: int, limit: int) -> int:
    """Where the div ends that is open at ``start``; ``limit`` where it stays open."""
    depth = 1
    for tag in _DIV.finditer(html, start, limit):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start()
    return limit
