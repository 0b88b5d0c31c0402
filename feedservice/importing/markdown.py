"""HTML of a foreign body → Markdown that our renderer makes equivalent HTML of. Pure.

The only door to markdownify. It was chosen over html-to-markdown (3.21): that one is faster but
leaves ``*``, ``_`` and ``<b>`` of a text unescaped, so that words become markup; markdownify
escapes them, and its converter can be taught to leave what Markdown cannot say (``sup``, ``span
dir``, ``ins``) as inline HTML. What comes of it is proved: it is rendered as an article is and
compared with the original; a block that differs (a figure, a table with spans, a footnote section)
stays as HTML, which the same sanitiser lets through.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape

from bs4 import BeautifulSoup
from bs4.dammit import EntitySubstitution
from bs4.element import NavigableString, PageElement, Tag
from bs4.formatter import HTMLFormatter

from feedservice.content import markup
from feedservice.content.embeds import page_of
from feedservice.domain.text import clean
from feedservice.importing.html_signs import Converter
from feedservice.importing.raw_html import Resolve, with_largest
from feedservice.importing.shortcodes import replace_between, without_comments

_BLOCKS = frozenset(
    "address article aside blockquote center details div dl figure footer h1 h2 h3 h4 h5 h6 header"
    " hr main nav ol p pre section table ul".split()
)
_WRAPPERS = frozenset("article center div footer header main nav section aside".split())
_LISTS = frozenset({"ul", "ol"})
_SIGNLESS = frozenset("address details dl figure".split()) | _WRAPPERS
_RENAMED = {"b": "strong", "i": "em", "s": "del"}
_FRAME = re.compile(r"<(?:iframe|embed|object)\b([^<>]*+)>", re.IGNORECASE)
_WITH_CONTENT = re.compile(r"<(?:iframe|object)\b([^<>]*+)>", re.IGNORECASE)
_END_OF_CONTENT = re.compile(r"</(?:iframe|object)\s*>", re.IGNORECASE)
_FRAME_SRC = re.compile(r"""\b(?:src|data)\s*+=\s*+["']?([^"'\s>]+)""", re.IGNORECASE)
_DROPPED = re.compile(
    r"<(script|form|input|select|textarea|svg|math|canvas|button)\b", re.IGNORECASE
)
_ROUND_BLOCK = re.compile(
    r"""
    [ ]? (
        </?(?:
            address|article|aside|blockquote|br|center|dd|details|div|dl|dt|figcaption|figure|footer
            |h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr
            |ul
        )(?:\s[^<>]*)?>
    ) [ ]?
    """,
    re.VERBOSE,
)
_SPACES = re.compile("[ \t]{2,}")
_SPACE = re.compile(r"\s+")
_ATTRIBUTES = re.compile(r"""<[a-z0-9]+((?: [a-z]+="[^"]*"){2,})>""")
_NEEDLESS_ESCAPE = re.compile(
    r"""
    ^ (\d{1,9}\\[.)])                     # needed: "2024\." would begin a list
    | (?<=[^\s\\]) \\ ([.)\-+=>\#|])     # behind a letter nothing begins
    | (?<=\w) \\ (_) (?=\w)              # an underscore inside a word
    | (?<=[^\s\\][ ]) \\ ([-+=>\#|])     # nor behind a word
    """,
    re.MULTILINE | re.VERBOSE,
)
_PRE = re.compile(r"(<pre[\s>].*?</pre>)", re.DOTALL)
_UNSAFE = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C"})
"""What would end an address in Markdown → its percent-encoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A body in Markdown; frames, which became links; names of elements that were left out.

    ``has_words``: whether it was rendered, and shows some.
    """

    markdown: str
    has_words: bool
    frames: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def convert(html: str, resolve: Resolve, language: str = "") -> Converted:
    """Return the Markdown of a foreign body.

    Args:
        html: any HTML, well formed or not.
        resolve: decides each address.
        language: of the article: wrappers that only say it again are left out.

    Raises:
        content.markup.MarkupError: it is nested too deep for anybody.
    """
    html = with_largest(without_comments(clean(html)))
    dropped = tuple(dict.fromkeys(name.lower() for name in _DROPPED.findall(html)))
    frames: list[str] = []
    html = replace_between(
        html, _WITH_CONTENT, _END_OF_CONTENT, lambda frame, _: _linked(frame, frames)
    )
    html = _FRAME.sub(lambda frame: _linked(frame, frames), html)
    # markdownify takes time quadratic in a run of spaces, which nobody sees.
    html = _outside_pre(markup.sanitised(html), lambda part: _SPACES.sub(" ", part))
    soup = BeautifulSoup(f"<div>{html}</div>", "html.parser")
    root = soup.div
    assert root is not None
    _prepare(root, resolve, language)
    blocks = list(_blocks(root, soup))
    markdown, shown = _written(blocks)
    has_words = markup.plain_text(shown) != ""
    return Converted(markdown=markdown, has_words=has_words, frames=tuple(frames), dropped=dropped)


def plain_text(html: str) -> str:
    """Return the text of HTML (a title, a summary) in one line; text without markup as it is.

    >>> plain_text("<b>أ</b> &amp; ب")
    'أ & ب'
    """
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    try:
        return markup.plain_text(markup.sanitised(html))
    except markup.MarkupError:
        return " ".join(unescape(re.sub("<[^<>]*>", " ", html)).split())


def _linked(frame: re.Match[str], frames: list[str]) -> str:
    found = _FRAME_SRC.search(frame[1])
    if not found:
        return ""
    url, _ = page_of(unescape(found[1]))
    frames.append(url)
    return f'<p><a href="{escape(url)}">{escape(url)}</a></p>'


def _prepare(root: Tag, resolve: Resolve, language: str) -> None:
    """Settle addresses, names and wrappers in the tree, before anything is compared with it."""
    for tag in [each for each in root.descendants if isinstance(each, Tag)]:
        if not _is_there(tag):  # within a recording that leads nowhere
            continue
        tag.name = _RENAMED.get(tag.name, tag.name)
        if tag.name == "img":
            tag.attrs.pop("width", None)
            tag.attrs.pop("height", None)
            tag.attrs.setdefault("alt", "")
            tag.attrs.setdefault("src", "")  # the sanitiser takes one that is not valid
        _settle_addresses(tag, resolve)
        if not _is_there(tag):
            continue
        if tag.attrs.get("lang") == language:
            del tag["lang"]
        if tag.name in _WRAPPERS:
            _unwrap(tag)
        elif tag.name == "span" and not tag.attrs:
            tag.unwrap()
    for tag in list(root.find_all(["p", "strong", "em"])):
        is_blank = not tag.get_text().replace("\xa0", " ").strip()
        if is_blank and not tag.find(["img", "audio", "video"]):
            if tag.name != "p" and tag.get_text():
                tag.unwrap()
            else:
                tag.decompose()


def _is_there(tag: Tag) -> bool:
    """Whether a tag is still in its tree; `Tag.decomposed` would look for a tag of that name."""
    return tag.__dict__.get("parent") is not None


def _settle_addresses(tag: Tag, resolve: Resolve) -> None:
    """Write the addresses that hold here; a link to nowhere leaves its text, a picture nothing."""
    if tag.attrs.get("poster"):
        tag["poster"] = resolve("src", str(tag["poster"]))
    for kind in ("href", "src"):
        if kind not in tag.attrs:
            continue
        url = resolve(kind, str(tag[kind]))
        tag[kind] = _SPACE.sub("", url.translate(_UNSAFE))
        if not url:
            tag.unwrap() if kind == "href" else tag.decompose()


def _unwrap(tag: Tag) -> None:
    """A wrapper that says nothing goes; where it holds no block it is a paragraph."""
    is_plain = tag.attrs.keys() <= {"dir"} and tag.attrs.get("dir") in (None, "rtl", "auto")
    if not is_plain:
        return
    if any(isinstance(child, Tag) and child.name in _BLOCKS for child in tag.children):
        tag.unwrap()
    else:
        tag.name, tag.attrs = "p", {}


def _blocks(root: Tag, soup: BeautifulSoup) -> Iterator[Tag]:
    """Yield the blocks of a body; text outside of any becomes a paragraph."""
    loose: list[PageElement] = []

    def paragraph() -> Iterator[Tag]:
        if any(isinstance(each, Tag) or str(each).strip() for each in loose):
            made = soup.new_tag("p")
            made.extend(loose)
            yield made
        loose.clear()

    for child in list(root.children):
        if isinstance(child, Tag) and child.name in _BLOCKS:
            yield from paragraph()
            yield child.extract()
        elif isinstance(child, (Tag, NavigableString)):
            loose.append(child.extract())
    yield from paragraph()


def _written(blocks: list[Tag]) -> tuple[str, str]:
    """Markdown where it comes back as the same HTML, of the whole, else by block; and that HTML."""
    raws = [_raw(block) for block in blocks]
    whole = _rendered("\n\n".join(raws))
    converter = Converter()
    try:
        texts = [converter.convert_soup(block).strip("\n") for block in blocks]
    except RecursionError:
        return "\n\n".join(raws), whole
    # Without escapes that their place makes needless (the stop behind a year); proved afterwards.
    eased = [
        _NEEDLESS_ESCAPE.sub(lambda match: "".join(filter(None, match.groups())), text)
        for text in texts
    ]
    if _rendered("\n\n".join(eased)) == whole:
        return "\n\n".join(eased), whole
    # A block that Markdown has no sign for is mostly all that differs.
    mixed = [
        raw if block.name in _SIGNLESS else text
        for block, raw, text in zip(blocks, raws, eased, strict=True)
    ]
    if _rendered("\n\n".join(mixed)) == whole:
        return "\n\n".join(mixed), whole
    chosen: list[str] = []
    before = ""
    for block, raw, *forms in zip(blocks, raws, eased, texts, strict=True):
        wanted = _rendered(raw)
        # Two lists in a row would be read as one.
        is_second_list = block.name in _LISTS and before == block.name
        same = (form for form in forms if _rendered(form) == wanted)
        text = "" if is_second_list else next(same, "")
        chosen.append(text or raw)
        before = block.name if text else ""
    joined = "\n\n".join(chosen)
    return joined if _rendered(joined) == whole else "\n\n".join(raws), whole


def _raw(block: Tag) -> str:
    """A block as HTML on one line: an empty line would end it (CommonMark §4.6)."""
    formatter = _Formatter(entity_substitution=EntitySubstitution.substitute_xml)
    html = block.decode(formatter=formatter)
    return _outside_pre(
        html,
        _on_one_line,
        lambda pre: pre.replace("\n", "&#10;"),
    )


def _on_one_line(part: str) -> str:
    first, *middle = part.split("\n")
    if not middle:
        return part
    last = middle.pop()
    return " ".join((first.rstrip(), *filter(None, map(str.strip, middle)), last.lstrip()))


def _rendered(markdown: str) -> str:
    """What an article with that body would show, without white space that nobody sees."""
    html = _ATTRIBUTES.sub(_in_order, markup.render(markdown, path="x/x.md", base_urls=()).html)
    return _outside_pre(
        html,
        lambda part: "".join(_ROUND_BLOCK.split(" ".join(part.split()))),
        lambda pre: pre.replace("&#10;", "\n").replace("\n</code>", "</code>"),
    ).strip()


def _outside_pre(
    html: str, change: Callable[[str], str], change_pre: Callable[[str], str] = str
) -> str:
    """HTML with ``change`` made to what is not preformatted."""
    parts = _PRE.split(html)
    return "".join(change_pre(part) if n % 2 else change(part) for n, part in enumerate(parts))


def _in_order(tag: re.Match[str]) -> str:
    """A tag with its attributes sorted: their order means nothing."""
    attributes = sorted(re.findall(r' [a-z]+="[^"]*"', tag[1]))
    return tag[0].replace(tag[1], "".join(attributes))


class _Formatter(HTMLFormatter):
    """Writes attributes in the order that they came in."""

    def attributes(self, tag: Tag) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in tag.attrs.items()]
