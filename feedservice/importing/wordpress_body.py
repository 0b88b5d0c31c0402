"""The body of a WordPress post → HTML: its paragraphs, its shortcodes. Pure.

Older posts are HTML without ``<p>``: an empty line ends a paragraph. Newer ones have the editor's
comments, which go. Of shortcodes those of WordPress itself are carried; any other stays in the text
and is told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

_BLOCK = (
    "address article aside audio blockquote center details div dl dd dt fieldset figure figcaption footer form h[1-6]"
    " header hr iframe li main nav ol p pre section table tbody td tfoot th thead tr ul video"
).replace(" ", "|")
_BEGINS = re.compile(rf"\s*</?(?:{_BLOCK})[\s>/]", re.IGNORECASE)
_AROUND = re.compile(rf"(</(?:{_BLOCK})>|<hr[^>]*>)(?!\s*</)", re.IGNORECASE)
_BEFORE = re.compile(r"(?<!\n)(<(?:blockquote|figure|h[1-6]|ol|pre|table|ul)[\s>])", re.IGNORECASE)
_PRE = re.compile(r"(<pre[\s>].*?</pre>)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CAPTION = re.compile(r"\[(caption|wp_caption)([^\]]*)\](.*?)\[/\1\]", re.DOTALL)
_EMBED = re.compile(r"\[embed[^\]]*\]\s*(\S+?)\s*\[/embed\]")
_GALLERY = re.compile(r"\[gallery([^\]]*)\]")
_PLAYER = re.compile(r"\[(audio|video)\s([^\]]*)\](?:\s*\[/\1\])?")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
_OTHER = re.compile(r"(?<!\[)\[([a-z][a-z0-9_-]{2,})(?:\s+[\w-]+\s*=[^\]]*)?/?\](?!\()")
_PICTURE = re.compile(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL)


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
    text = _CAPTION.sub(_figure, text)
    text = _EMBED.sub(lambda m: f'\n\n<p><a href="{escape(m[1])}">{escape(m[1])}</a></p>\n\n', text)
    text = _GALLERY.sub(lambda m: _gallery(m[1], attachments), text)
    text = _PLAYER.sub(_player, text)
    parts = _PRE.split(text)
    unknown = dict.fromkeys(
        match[1]
        for part in parts[::2]
        for match in _OTHER.finditer(part)
        if "=" in match[0] or f"[/{match[1]}]" in text
    )
    made = _COMMENT.sub("", text) if "<!-- wp:" in text else _paragraphs(parts)
    return made, tuple(unknown)


def _paragraphs(parts: list[str]) -> str:
    made: list[str] = []
    for n, part in enumerate(parts):
        if n % 2:
            made.append(part)
            continue
        apart = _BEFORE.sub(r"\n\n\1", _AROUND.sub(r"\1\n\n", _COMMENT.sub("", part)))
        for piece in re.split(r"\n\s*\n", apart):
            words = piece.strip()
            if words:
                made.append(
                    words
                    if _BEGINS.match(words)
                    else "<p>" + re.sub(r"\n", "<br>\n", words) + "</p>"
                )
    return "\n\n".join(made)


def _figure(match: re.Match[str]) -> str:
    inside = _PICTURE.match(match[3])
    if not inside:
        return match[3]
    words = inside[2].strip() or _attributes(match[2]).get("caption", "")
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{inside[1]}{caption}</figure>\n\n"


def _gallery(written: str, attachments: Mapping[str, Attachment]) -> str:
    numbers = re.split(r"[,\s]+", _attributes(written).get("ids", ""))
    pictures = [attachments[number] for number in numbers if number in attachments]
    return "".join(
        f'\n\n<figure><img src="{escape(each.url)}" alt="{escape(each.alt)}">'
        + (f"<figcaption>{escape(each.caption)}</figcaption>" if each.caption else "")
        + "</figure>\n\n"
        for each in pictures
    )


def _player(match: re.Match[str]) -> str:
    given = _attributes(match[2])
    src = next(
        (
            given[name]
            for name in ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm")
            if given.get(name)
        ),
        "",
    )
    return f'\n\n<p><{match[1]} src="{escape(src)}" controls></{match[1]}></p>\n\n' if src else ""


def _attributes(written: str) -> dict[str, str]:
    return {name: a or b or c for name, a, b, c in _ATTRIBUTE.findall(written)}
