"""What Substack's editor keeps in an attribute of an element → HTML that shows it. Pure.

Galleries, mentions, posts of other networks and formulas stand in its exports and in its feeds as
``<div class="image-gallery-embed" data-attrs="{…}"></div>``: a script of the site fills them in.
"""

from html import escape
from typing import Any

from feedservice.content.html_tags import attributes, tags
from feedservice.importing.addresses import is_http
from feedservice.importing.plain_json import loaded, objects, text

_KEPT_IN = "data-attrs"
_TAG = tags("[a-z][a-z0-9]*")
_DIV = tags("div")
_FILLED_IN = frozenset({"div", "span"})


def written_out(html: str) -> tuple[str, tuple[str, ...]]:
    """Return HTML without such attributes, what they hold beside it, and what could not be shown.

    That is told by the element's class: a poll, a video that only its number names.
    """
    if _KEPT_IN not in html:
        return html, ()
    parts: list[str] = []
    lost: list[str] = []
    at = depth = 0
    card: tuple[int, int, str] | None = None
    """A post of another network as the site shows it: where it begins, its depth, what it says."""
    doubtful = _never_closed(html)
    for tag in _TAG.finditer(html):
        end, name, given = tag[1], tag[2].lower(), tag[3]
        depth += (-1 if end else 1) if name == "div" else 0
        if card and end and name == "div" and depth < card[1]:
            parts[card[0] :] = [card[2]]
            at, card = tag.end(), None
        known = attributes(given) if _KEPT_IN in given and not end else {}
        if _KEPT_IN not in known:
            continue
        said = loaded(known.pop(_KEPT_IN))
        parts.append(html[at : tag.start()])
        is_empty = html.startswith(f"</{tag[2]}>", tag.end())
        shown = ""
        if name in _FILLED_IN and is_empty:
            shown = _shown(said, is_inline=name == "span")
            lost += [] if shown else [known.get("class", "").partition(" ")[0] or name]
        elif name == "div" and not card and tag.start() < doubtful and text(said, "full_text"):
            card = len(parts), depth, _post(said)
        rest = "".join(f' {key}="{escape(value)}"' for key, value in known.items())
        parts.append(f"<{name}{rest}>{shown}")
        at = tag.end()
    return "".join((*parts, html[at:])), tuple(dict.fromkeys(lost))


def _never_closed(html: str) -> int:
    """Where the first div begins that nothing closes, as browsers see it.

    Of those behind it nobody knows which one lacks its end: a card there stays as it was written.
    """
    opened: list[int] = []
    for tag in _DIV.finditer(html):
        if not tag[1]:
            opened.append(tag.start())
        elif opened:
            opened.pop()
    return opened[0] if opened else len(html)


def _shown(said: dict[str, Any], *, is_inline: bool) -> str:
    """What an element shows; empty where that is not said."""
    gallery = said.get("gallery")
    alt = text(gallery, "alt")
    shown = "".join(_picture(text(each, "src"), alt) for each in objects(gallery, "images"))
    if shown:
        caption = escape(text(gallery, "caption"), quote=False)
        note = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f"<figure>{shown}{note}</figure>"
    formula = text(said, "persistentExpression")
    if formula:
        return f"<pre><code>{escape(formula, quote=False)}</code></pre>"
    comment = said.get("comment")
    if isinstance(comment, dict):
        lines = _lines(escape(text(comment, "body"), quote=False))
        return f"<blockquote>{lines}{_writer('', text(comment, 'name'))}</blockquote>"
    if text(said, "full_text"):
        return _post(said)
    shown = _link(text(said, "url", "canonical_url"), text(said, "title", "name", "symbol", "text"))
    return shown if is_inline else _paragraph(shown)


def _post(said: dict[str, Any], *, is_quoted: bool = False) -> str:
    """A post on X as a quotation, with its pictures, what it quotes and where it leads."""
    photos = objects(said, "photos")
    pictures = (_picture(text(each, "img_url"), text(each, "alt_text")) for each in photos)
    card, quoted = said.get("expanded_url"), said.get("quoted_tweet")
    names = " @".join(filter(None, (text(said, "name"), text(said, "username"))))
    parts = (
        _lines(text(said, "full_text")),  # HTML
        _paragraph("".join(pictures)),
        _post(quoted, is_quoted=True) if isinstance(quoted, dict) and not is_quoted else "",
        _paragraph(_link(text(card, "url"), text(card, "title"))),
        _paragraph(escape(text(card, "description"), quote=False)),
        _writer(text(said, "url"), names),
    )
    shown = "".join(parts)
    return f"<blockquote>{shown}</blockquote>" if shown else ""


def _link(address: str, words: str) -> str:
    words = escape(words or address, quote=False)
    return f'<a href="{escape(address)}">{words}</a>' if is_http(address) else words


def _writer(address: str, name: str) -> str:
    return _paragraph(_link(address, name), "— ")


def _picture(src: str, alt: str) -> str:
    return f'<img src="{escape(src)}" alt="{escape(alt)}">' if src else ""


def _lines(html: str) -> str:
    """Text whose ends of lines are shown."""
    return _paragraph(html.strip().replace("\n", "<br>"))


def _paragraph(html: str, before: str = "") -> str:
    return f"<p>{before}{html}</p>" if html else ""
