"""The body of a WordPress post → HTML: its paragraphs, its shortcodes. Pure.

Older posts are HTML without ``<p>``: an empty line ends a paragraph. Newer ones have the editor's
comments, which go. Of shortcodes those of WordPress itself are carried; any other stays in the text
and is remarked on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from feedservice.importing.shortcodes import attributes, replace_between, without_comments

_BLOCK = (
    "address article aside audio blockquote center details div dl dd dt fieldset figure"
    " figcaption footer form h[1-6] header hr iframe li main nav ol p pre section table tbody td"
    " tfoot th thead tr ul video"
).replace(" ", "|")
_BEGINS_WITH_BLOCK = re.compile(rf"\s*</?(?:{_BLOCK})[\s>/]", re.IGNORECASE)
_AFTER_BLOCK = re.compile(rf"(</(?:{_BLOCK})>|<hr[^<>]*+>)(?!\s*</)", re.IGNORECASE)
_BEFORE_BLOCK = re.compile(
    r"(?<!\n)(<(?:blockquote|figure|h[1-6]|ol|pre|table|ul)[\s>])", re.IGNORECASE
)
_PRE = re.compile(r"<pre[\s>]", re.IGNORECASE), re.compile("</pre>", re.IGNORECASE)
_CAPTION = re.compile(r"\[(?:wp_)?caption([^\[\]]*+)\]"), re.compile(r"\[/(?:wp_)?caption\]")
_EMBED = re.compile(r"\[embed[^\[\]]*+\]"), re.compile(r"\[/embed\]")
_GALLERY = re.compile(r"\[gallery([^\[\]]*+)\]")
_PLAYER = re.compile(r"\[(audio|video)\s([^\[\]]*+)\](?:\s*+\[/\1\])?")
_SOURCES = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm")
_OTHER = re.compile(
    r"""
    (?<!\[) \[ ([a-z][a-z0-9_-]{2,}+)          # a name; [[name]] is text in brackets
    (?: \s++ [\w-]++ \s*+ = [^\[\]]*+ )?       # attributes
    /? \] (?!\()                               # [name](…) is a link in Markdown
    """,
    re.VERBOSE,
)
_CLOSING = re.compile(r"\[/([a-z][a-z0-9_-]{2,}+)\]")
_CAPTIONED = re.compile(
    r"""
    \s*+ ( (?: <a\b[^<>]*+> \s*+ )? <img\b[^<>]*+> (?: \s*+ </a> )? )   # a picture, linked or not
    (.*)                                                                # its caption
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the media library."""

    url: str
    alt: str = ""
    caption: str = ""


def html_of(text: str, attachments: Mapping[str, Attachment]) -> tuple[str, tuple[str, ...]]:
    """Return the HTML of a body, and the names of shortcodes that stay in it.

    Args:
        text: ``content:encoded`` as exported.
        attachments: the media library by number.
    """
    text = text.replace("\r\n", "\n")
    text = replace_between(text, *_CAPTION, _figure)
    text = replace_between(text, *_EMBED, lambda _, url: _link(url.strip()))
    text = _GALLERY.sub(lambda match: _gallery(match[1], attachments), text)
    text = _PLAYER.sub(_player, text)
    code: list[str] = []

    def without_code(opening: re.Match[str], inside: str) -> str:
        code.append(f"{opening[0]}{inside}</pre>")
        return "\0"

    parts = replace_between(text.replace("\0", ""), *_PRE, without_code).split("\0")
    closed = set(_CLOSING.findall(text))
    unknown = dict.fromkeys(
        match[1]
        for part in parts
        for match in _OTHER.finditer(part)
        if "=" in match[0] or match[1] in closed
    )
    if "<!-- wp:" in text:
        return without_comments(text), tuple(unknown)
    paragraphs = [_paragraphs(parts[0])]
    for pre, part in zip(code, parts[1:], strict=True):
        paragraphs += (pre, _paragraphs(part))
    return "\n\n".join(filter(None, paragraphs)), tuple(unknown)


def _paragraphs(part: str) -> str:
    apart = _AFTER_BLOCK.sub(r"\1\n\n", without_comments(part))
    pieces = re.split(r"\n\s*\n", _BEFORE_BLOCK.sub(r"\n\n\1", apart))
    return "\n\n".join(_paragraph(piece.strip()) for piece in pieces if piece.strip())


def _paragraph(words: str) -> str:
    if _BEGINS_WITH_BLOCK.match(words):
        return words
    return "<p>" + words.replace("\n", "<br>\n") + "</p>"


def _figure(opening: re.Match[str], inside: str) -> str:
    picture = _CAPTIONED.match(inside)
    if not picture:
        return inside
    words = picture[2].strip() or attributes(opening[1]).get("caption", "")
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{picture[1]}{caption}</figure>\n\n"


def _link(url: str) -> str:
    return f'\n\n<p><a href="{escape(url)}">{escape(url)}</a></p>\n\n'


def _gallery(written: str, attachments: Mapping[str, Attachment]) -> str:
    numbers = re.split(r"[,\s]+", attributes(written).get("ids", ""))
    figures: list[str] = []
    for each in (attachments[number] for number in numbers if number in attachments):
        caption = f"<figcaption>{escape(each.caption)}</figcaption>" if each.caption else ""
        picture = f'<img src="{escape(each.url)}" alt="{escape(each.alt)}">'
        figures.append(f"\n\n<figure>{picture}{caption}</figure>\n\n")
    return "".join(figures)


def _player(match: re.Match[str]) -> str:
    values = attributes(match[2])
    src = next((values[name] for name in _SOURCES if values.get(name)), "")
    return f'\n\n<p><{match[1]} src="{escape(src)}" controls></{match[1]}></p>\n\n' if src else ""
