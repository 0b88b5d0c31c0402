"""The body of a WordPress post → HTML: its paragraphs, blocks and shortcodes. Pure.

Older posts are HTML without ``<p>``: an empty line ends a paragraph. Newer ones have the editor's
comments, which go; one post may have both. Of shortcodes those of WordPress itself are carried, and
players of others as links; forms are left out; any other stays in the text. All that is told.
"""

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import Any, NamedTuple

from feedservice.content.html_tags import attributes as attributes_of
from feedservice.content.html_tags import tags
from feedservice.importing.shortcodes import attributes, replace_between
from feedservice.importing.wordpress_blocks import parts_of
from feedservice.importing.wordpress_library import Attachment, Library

_BLOCK = (
    "address article aside audio blockquote center details div dl dd dt fieldset figure"
    " figcaption footer form h[1-6] header hr iframe li main nav ol p pre section table tbody td"
    " tfoot th thead tr ul video"
).replace(" ", "|")
_BEGINS_WITH_BLOCK = re.compile(rf"\s*(?:\0|</?(?:{_BLOCK})[\s>/])", re.IGNORECASE)
_AFTER_BLOCK = re.compile(rf"(</(?:{_BLOCK})>|<hr[^<>]*+>)(?!\s*</)", re.IGNORECASE)
_BEFORE_BLOCK = re.compile(
    r"(<(?<!\n<)(?:blockquote|figure|h[1-6]|ol|pre|table|ul)[\s>])", re.IGNORECASE
)
_END_OF_LINE = re.compile(r"(?<!<br>)(?<!<br/>)(?<!<br />)\n", re.IGNORECASE)
"""Where a line is broken that its writer did not break already."""
_BREAK_AFTER_BLOCK = re.compile(rf"(</?(?:{_BLOCK})(?:\s[^<>]*+)?>)<br>", re.IGNORECASE)
_BREAK_BEFORE_BLOCK = re.compile(
    r"<br>(?=\n[ \t]*+</?(?:p|li|div|dl|dd|dt|th|pre|td|ul|ol)[\s>])", re.IGNORECASE
)
_PRE = re.compile(r"<pre[\s>]", re.IGNORECASE), re.compile("</pre>", re.IGNORECASE)
_CODE = (
    re.compile(r"\[(?:source)?code(?:\s[^\[\]]*+)?\]", re.IGNORECASE),
    re.compile(r"\[/(?:source)?code\]", re.IGNORECASE),
)
_KEPT = re.compile("\0([0-9]+)\0")
_CAPTION = re.compile(r"\[(?:wp_)?caption([^\[\]]*+)\]"), re.compile(r"\[/(?:wp_)?caption\]")
_FIGCAPTION = re.compile("<figcaption[^<>]*+>"), re.compile("</figcaption>")
_EMBED = re.compile(r"\[embed[^\[\]]*+\]"), re.compile(r"\[/embed\]")
_GALLERY = re.compile(r"\[(gallery|playlist)((?:\s[^\[\]]*+)?)\]")
_PLAYER = re.compile(r"\[(audio|video)\s([^\[\]]*+)\](?:\s*+\[/\1\])?")
_SOURCES = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm")
_ADDRESS = re.compile(r"""https?://[^\s"'<>\[\]]++""")
_LINKED = re.compile(
    r"""
    \[ ( youtube | vimeo | tweet | twitter | soundcloud | instagram | facebook | dailymotion
       | googlemaps | tiktok | spotify | slideshare | ted | pinterest | gist | wpvideo )
    ( [\s=] [^\[\]]*+ )?+ \]
    (?: ( [^\[\]]*+ ) \[/\1\] )?+
    """,
    re.VERBOSE,
)
_VIDEOS = {"youtube": "https://www.youtube.com/watch?v=", "vimeo": "https://vimeo.com/"}
_VIDEO = re.compile(r"\s*+([\w-]{5,20}+)\s*+")
_FORM = re.compile(
    r"""
    \[ /?+ ( contact-form-7 | contact-form | contact-field | gravityforms? | wpforms
           | ninja_forms? | formidable | fluentform | forminator_form | mc4wp_form )
    (?: [\s/] [^\[\]]*+ )?+ \]
    """,
    re.VERBOSE,
)
_OTHER = re.compile(
    r"""
    \[ (?<!\[\[) ([a-z][a-z0-9_-]{2,}+)          # a name; [[name]] is text in brackets
    (?: \s++ [\w-]++ \s*+ = [^\[\]]*+ )?       # attributes
    /? \] (?!\()                               # [name](…) is a link in Markdown
    """,
    re.VERBOSE,
)
_ALONE = re.compile(
    r"^[ \t]*+\[([a-z][a-z0-9_-]{2,}+)(?:[ \t][^\[\]\n]*+)?\][ \t]*+$", re.MULTILINE
)
_CLOSING = re.compile(r"\[/([a-z][a-z0-9_-]{2,}+)\]")
_CAPTIONED = re.compile(
    r"""
    \s*+ ( (?: <a\b[^<>]*+> \s*+ )? <img\b[^<>]*+> (?: \s*+ </a> )? )   # a picture, linked or not
    (.*)                                                                # its caption
    """,
    re.DOTALL | re.VERBOSE,
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|heic)$", re.IGNORECASE)
_IMG = tags("img")
_SHOW_NOTHING = frozenset({"more", "nextpage", "spacer", "paragraph", "separator"})
_MAX_PATTERNS = 1 << 20
"""Characters that synced patterns may add to one post, which may name them any number of times."""
_MAX_DEPTH = 4


class Body(NamedTuple):
    """The HTML of a body, shortcodes that stay in it, and what was left out of it."""

    html: str
    unknown: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def html_of(text: str, library: Library, number: str = "") -> Body:
    """Return the body of the post with a number.

    Args:
        text: ``content:encoded`` as exported.
        library: what it may name.
        number: ``post_id``: a gallery without numbers shows the post's own pictures.
    """
    return _Post(library, number).body(text)


class _Post:
    """One reading of a body."""

    def __init__(self, library: Library, number: str) -> None:
        self._library = library
        self._number = number
        self._kept: list[str] = []
        self._unknown: dict[str, None] = {}
        self._lost: dict[str, None] = {}
        self._left = _MAX_PATTERNS
        self._depth = 0

    def body(self, text: str) -> Body:
        """Return all of it."""
        html = _IMG.sub(self._original, self._shown(text))
        return Body(self._whole(html), tuple(self._unknown), tuple(self._lost))

    def _shown(self, text: str) -> str:
        """HTML; what is preformatted is a number between zeros in it."""
        text = text.replace("\r\n", "\n").replace("\0", "")
        text = replace_between(
            text, *_PRE, lambda tag, inside: self._keep(f"{tag[0]}{inside}</pre>")
        )
        text = replace_between(text, *_CODE, lambda _, inside: self._keep(_code(inside)))
        text = replace_between(text, *_CAPTION, _figure)
        text = replace_between(text, *_EMBED, lambda _, url: _link(unescape(url.strip())))
        text = _FORM.sub(self._form, _LINKED.sub(_linked, text))
        text = _PLAYER.sub(_player, _GALLERY.sub(self._gallery, text))
        parts = parts_of(text, self._block)
        self._note_unknown("\n".join(html for _, html in parts))
        shown = (_paragraphs(html) if is_classic else html.strip() for is_classic, html in parts)
        return "\n\n".join(filter(None, shown))

    def _original(self, tag: re.Match[str]) -> str:
        """A picture in the size in which it was uploaded: its smaller ones are WordPress' own."""
        known = attributes_of(tag[3])
        src = known.get("src", "")
        whole = self._library.original(src)
        if whole == src:
            return tag[0]
        rest = (f' {key}="{escape(known[key])}"' for key in ("alt", "title") if key in known)
        return f'<img src="{escape(whole)}"{"".join(rest)}>'

    def _keep(self, html: str) -> str:
        self._kept.append(html)
        return f"\n\n\0{len(self._kept) - 1}\0\n\n"

    def _whole(self, html: str) -> str:
        pieces: list[str] = []
        for each in self._kept:  # what is around another comes after it
            pieces.append(_KEPT.sub(lambda match: pieces[int(match[1])], each))
        return _KEPT.sub(lambda match: pieces[int(match[1])], html)

    def _note_unknown(self, text: str) -> None:
        closed = set(_CLOSING.findall(text))
        for match in _OTHER.finditer(text):
            if "=" in match[0] or match[1] in closed:
                self._unknown[match[1]] = None
        self._unknown.update(dict.fromkeys(_ALONE.findall(text)))

    def _form(self, match: re.Match[str]) -> str:
        self._lost[f"[{match[1]}]"] = None
        return ""

    def _gallery(self, match: re.Match[str]) -> str:
        """Files by their numbers; without any, those of the post (WordPress' own rule)."""
        said = attributes(match[2])
        named = re.split(r"[,\s]+", (said.get("ids") or said.get("include") or "").strip())
        own = self._library.of_posts.get(said.get("id") or self._number, {})
        files = self._files(filter(None, named) if any(named) else own)
        if match[1] == "playlist":
            kind = "video" if said.get("type") == "video" else "audio"
            html = "".join(_playing(kind, each.url) for each in files if not _is_picture(each))
        else:
            html = "".join(_pictured(each) for each in files if _is_picture(each))
        if not html:
            self._lost[f"[{match[1]}]"] = None
        return html

    def _files(self, numbers: Iterable[str]) -> list[Attachment]:
        files = self._library.files
        return [files[each] for each in numbers if each in files and files[each].url]

    def _block(self, name: str, said: dict[str, Any], inside: str) -> str:
        if name == "embed" or name.startswith("core-embed/"):
            return _embedded(str(said.get("url") or ""), inside)
        if name in ("freeform", "shortcode"):
            return f"\n\n{_paragraphs(inside)}\n\n"
        if inside.strip():
            return inside
        html = ""
        if name == "block":
            html = self._pattern(str(said.get("ref")))
        elif name in ("image", "gallery"):
            ids = said.get("ids")
            numbers = map(str, ids if isinstance(ids, list) else [said.get("id")])
            html = "".join(map(_pictured, self._files(numbers)))
        if not html and name not in _SHOW_NOTHING:
            self._lost[f"wp:{name}"] = None
        return html

    def _pattern(self, number: str) -> str:
        """The text of a synced pattern; empty where the export has none."""
        text = self._library.patterns.get(number, "")
        if not text or len(text) > self._left or self._depth == _MAX_DEPTH:
            return ""
        self._left -= len(text)
        self._depth += 1
        html = self._shown(text)
        self._depth -= 1
        return f"\n\n{html}\n\n"


def _paragraphs(text: str) -> str:
    apart = _AFTER_BLOCK.sub(r"\1\n\n", text)
    pieces = re.split(r"\n\s*\n", _BEFORE_BLOCK.sub(r"\n\n\1", apart))
    return "\n\n".join(_paragraph(piece.strip()) for piece in pieces if piece.strip())


def _paragraph(words: str) -> str:
    if _BEGINS_WITH_BLOCK.match(words):
        return words
    broken = _BREAK_AFTER_BLOCK.sub(r"\1", _END_OF_LINE.sub("<br>\n", words))
    return f"<p>{_BREAK_BEFORE_BLOCK.sub('', broken)}</p>"


def _figure(opening: re.Match[str], inside: str) -> str:
    picture = _CAPTIONED.match(inside)
    if not picture:
        return inside
    words = picture[2].strip() or attributes(opening[1]).get("caption", "")
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f"\n\n<figure>{picture[1]}{caption}</figure>\n\n"


def _code(inside: str) -> str:
    """Code between ``[code]`` marks: HTML where the editor escaped it, else as it was typed."""
    text = inside.strip("\n")
    return f"<pre><code>{escape(text, quote=False) if '<' in text else text}</code></pre>"


def _link(url: str) -> str:
    return f'\n\n<p><a href="{escape(url)}">{escape(url)}</a></p>\n\n'


def _linked(match: re.Match[str]) -> str:
    """A player of a shortcode as the link that it is of; any other stays."""
    written = unescape(f"{match[2] or ''} {match[3] or ''}")
    address = _ADDRESS.search(written)
    if address:
        return _link(address[0])
    video = _VIDEO.fullmatch(attributes(written).get("id") or written)
    return _link(_VIDEOS[match[1]] + video[1]) if video and match[1] in _VIDEOS else match[0]


def _embedded(url: str, inside: str) -> str:
    captions: list[str] = []

    def caption(_mark: re.Match[str], words: str) -> str:
        captions.append(words)
        return ""

    rest = replace_between(inside, *_FIGCAPTION, caption)
    address = _ADDRESS.search(url) or _ADDRESS.search(rest)
    if not address:
        return inside
    link = _link(unescape(address[0])).strip()
    words = "".join(captions[:1]).strip()
    return f"<figure>{link}<figcaption>{words}</figcaption></figure>" if words else link


def _is_picture(file: Attachment) -> bool:
    return _PICTURE.search(file.url.partition("?")[0]) is not None


def _pictured(file: Attachment) -> str:
    caption = f"<figcaption>{escape(file.caption)}</figcaption>" if file.caption else ""
    picture = f'<img src="{escape(file.url)}" alt="{escape(file.alt)}">'
    return f"\n\n<figure>{picture}{caption}</figure>\n\n"


def _playing(kind: str, src: str) -> str:
    return f'\n\n<p><{kind} src="{escape(src)}" controls></{kind}></p>\n\n'


def _player(match: re.Match[str]) -> str:
    values = attributes(match[2])
    src = next((values[name] for name in _SOURCES if values.get(name)), "")
    address = _ADDRESS.search(match[2])
    src = src or (address[0] if address else "")
    return _playing(match[1], src) if src else ""
