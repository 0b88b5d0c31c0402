"""HTML of a foreign body → Markdown that our renderer makes equivalent HTML of. The only door to
markdownify. Pure.

markdownify was chosen over html-to-markdown (3.21): that one is faster but leaves ``*``, ``_`` and
``<b>`` of a text unescaped, so that words become markup; markdownify escapes them, and its
converter can be taught to leave what Markdown cannot say (``sup``, ``span dir``, ``ins``) as inline
HTML. What comes of it is proved: it is rendered as an article is and compared with the original; a
block that differs (a figure, a table with spans, a footnote section) stays as HTML, which the same
sanitiser lets through.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape

from bs4 import BeautifulSoup
from bs4.dammit import EntitySubstitution
from bs4.element import NavigableString, PageElement, Tag
from bs4.formatter import HTMLFormatter
from markdownify import MarkdownConverter

from feedservice.content import markup
from feedservice.domain.text import clean

Resolve = Callable[[str, str], str]
"""Given the kind (``href`` or ``src``) and an address of a body, returns the one to write; empty to
leave it out."""

_BLOCKS = frozenset(
    "address article aside blockquote center details div dl figure footer h1 h2 h3 h4 h5 h6 header hr main nav ol p "
    "pre section table ul".split()
)
_INLINE = frozenset(
    "abbr bdi bdo cite dfn ins kbd mark q ruby rp rt samp small span sub sup time u var wbr".split()
)
_WRAPPERS = frozenset("article center div footer header main nav section aside".split())
_RENAMED = {"b": "strong", "i": "em", "s": "del"}
_FRAME = re.compile(r"<(iframe|embed|object)\b([^>]*)>(?:.*?</\1\s*>)?", re.IGNORECASE | re.DOTALL)
_FRAME_SRC = re.compile(r"""\b(?:src|data)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_DROPPED = re.compile(
    r"<(script|form|input|select|textarea|svg|math|canvas|button)\b", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BETWEEN = re.compile(
    r"\s*(</?(?:address|article|aside|blockquote|br|center|dd|details|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li"
    r"|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)(?:\s[^>]*)?>)\s*"
)
_ATTRIBUTES = re.compile(r"""<[a-z0-9]+((?: [a-z]+="[^"]*"){2,})>""")
_NEEDLESS = re.compile(
    r"^(\d{1,9}\\[.)])|(?<=[^\s\\])\\([.)\-+=>#|])|(?<=\w)\\(_)(?=\w)|(?<=[^\s\\] )\\([-+=>#|])",
    re.MULTILINE,
)
_PRE = re.compile(r"(<pre[\s>].*?</pre>)", re.DOTALL)
_LISTS = frozenset({"ul", "ol"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A body in Markdown; embedded frames, which became links; names of elements that were left
    out.
    """

    markdown: str
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
    html = _COMMENT.sub("", clean(html))
    dropped = tuple(dict.fromkeys(name.lower() for name in _DROPPED.findall(html)))
    frames: list[str] = []
    html = _FRAME.sub(lambda match: _framed(match, frames), html)
    soup = BeautifulSoup(f"<div>{markup.sanitised(html)}</div>", "html.parser")
    root = soup.div
    assert root is not None
    _prepare(root, resolve, language)
    blocks = list(_blocks(root, soup))
    return Converted(markdown=_written(blocks), frames=tuple(frames), dropped=dropped)


def plain_text(html: str) -> str:
    """Return the text of HTML (a title, a summary) in one line; text without markup comes back as
    it is.

    >>> plain_text("<b>أ</b> &amp; ب")
    'أ & ب'
    """
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    try:
        html = markup.sanitised(html)
    except markup.MarkupError:
        html = re.sub("<[^>]*>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", _BETWEEN.sub(r" \1 ", html))).split())


def _framed(match: re.Match[str], frames: list[str]) -> str:
    found = _FRAME_SRC.search(match[2])
    if not found:
        return ""
    url = unescape(found[1])
    url = f"https:{url}" if url.startswith("//") else url
    frames.append(url)
    return f'<p><a href="{escape(url)}">{escape(url)}</a></p>'


def _prepare(root: Tag, resolve: Resolve, language: str) -> None:
    """Settle addresses, names and wrappers in the tree, before anything is compared with it."""
    for tag in list(root.find_all(True)):
        tag.name = _RENAMED.get(tag.name, tag.name)
        if tag.name == "img":
            for name in ("width", "height"):
                tag.attrs.pop(name, None)
            tag.attrs.setdefault("alt", "")
        for kind in ("href", "src"):
            if kind in tag.attrs:
                url = resolve(kind, str(tag[kind]))
                tag[kind] = _safe(url)
                if not url and kind == "href":
                    tag.unwrap()
                elif not url:
                    tag.decompose()
        if tag.decomposed or tag.parent is None:
            continue
        if tag.attrs.get("lang") == language:
            del tag["lang"]
        if (
            tag.name in _WRAPPERS
            and set(tag.attrs) <= {"dir"}
            and tag.attrs.get("dir") in (None, "rtl", "auto")
        ):
            if any(isinstance(child, Tag) and child.name in _BLOCKS for child in tag.children):
                tag.unwrap()
            else:
                tag.name, tag.attrs = "p", {}
        elif tag.name == "span" and not tag.attrs:
            tag.unwrap()
    for tag in list(root.find_all(["p", "strong", "em"])):
        if not tag.get_text().replace("\xa0", " ").strip() and not tag.find(
            ["img", "audio", "video"]
        ):
            tag.unwrap() if tag.name != "p" and tag.get_text() else tag.decompose()


def _safe(url: str) -> str:
    """An address that stays one in Markdown: without spaces and brackets of any kind."""
    for char, code in (
        (" ", "%20"),
        ("(", "%28"),
        (")", "%29"),
        ("<", "%3C"),
        (">", "%3E"),
        ("\\", "%5C"),
    ):
        url = url.replace(char, code)
    return re.sub(r"\s", "", url)


def _blocks(root: Tag, soup: BeautifulSoup) -> Iterator[Tag]:
    """Yield the blocks of a body; text that stands in none becomes a paragraph."""
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


def _written(blocks: list[Tag]) -> str:
    """Markdown where it comes back as the same HTML: of the whole, else block by block."""
    raws = [_raw(block) for block in blocks]
    whole = _rendered("\n\n".join(raws))
    converter = _Converter()
    try:
        texts = [converter.convert_soup(block).strip("\n") for block in blocks]
    except RecursionError:
        return "\n\n".join(raws)
    eased = [_eased(text) for text in texts]
    if _rendered("\n\n".join(eased)) == whole:
        return "\n\n".join(eased)
    chosen: list[str] = []
    before = ""
    for block, forms, raw in zip(blocks, zip(eased, texts, strict=True), raws, strict=True):
        wanted = _rendered(raw)
        # Two lists in a row would be read as one.
        after_list = block.name in _LISTS and before == block.name
        text = "" if after_list else next((form for form in forms if _rendered(form) == wanted), "")
        chosen.append(text or raw)
        before = block.name if text else ""
    joined = "\n\n".join(chosen)
    return joined if _rendered(joined) == whole else "\n\n".join(raws)


def _eased(text: str) -> str:
    """Markdown without escapes that its place makes needless (the stop behind a year); proved
    afterwards.
    """
    return _NEEDLESS.sub(lambda match: match[1] or match[2] or match[3] or match[4], text)


def _raw(block: Tag) -> str:
    """A block as HTML on one line: an empty line would end it (CommonMark §4.6)."""
    parts = _PRE.split(
        block.decode(formatter=_Formatter(entity_substitution=EntitySubstitution.substitute_xml))
    )
    return "".join(
        part.replace("\n", "&#10;") if n % 2 else re.sub(r"\s*\n\s*", " ", part)
        for n, part in enumerate(parts)
    )


def _rendered(markdown: str) -> str:
    """What an article with that body would show, without white space that nobody sees."""
    html = _ATTRIBUTES.sub(_in_order, markup.render(markdown, path="x/x.md", base_urls=()).html)
    parts = _PRE.split(html)
    return "".join(
        part.replace("&#10;", "\n").replace("\n</code>", "</code>")
        if n % 2
        else _BETWEEN.sub(r"\1", re.sub(r"\s+", " ", part))
        for n, part in enumerate(parts)
    ).strip()


def _in_order(tag: re.Match[str]) -> str:
    """A tag with its attributes sorted: their order means nothing."""
    attributes = sorted(re.findall(r' [a-z]+="[^"]*"', tag[1]))
    return tag[0].replace(tag[1], "".join(attributes))


class _Formatter(HTMLFormatter):
    """Writes attributes in the order that they came in."""

    def attributes(self, tag: Tag) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in tag.attrs.items()]


class _Converter(MarkdownConverter):
    """markdownify, taught what of HTML our Markdown has no sign for."""

    def __init__(self) -> None:
        super().__init__(
            heading_style="ATX", bullets="-", escape_misc=True, newline_style="BACKSLASH"
        )

    def get_conv_fn(self, tag_name: str) -> Callable[..., str] | None:
        """Leave inline elements without a sign of their own as HTML."""
        if tag_name in _INLINE:
            return _as_html
        found: Callable[..., str] | None = super().get_conv_fn(tag_name)  # type: ignore[misc]
        return _flanked(found) if found and tag_name in ("strong", "em", "del") else found


def _as_html(el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: ARG001 - how markdownify calls it
    attributes = "".join(f' {name}="{escape(str(value))}"' for name, value in el.attrs.items())
    return f"<{el.name}{attributes}>{text}</{el.name}>"


def _flanked(convert: Callable[..., str]) -> Callable[..., str]:
    """A sign of emphasis beside punctuation inside a word is none (CommonMark §6.2): there HTML
    says it.
    """

    def converted(el: Tag, text: str, parent_tags: set[str]) -> str:
        inner = el.get_text()
        before, after = _neighbour(el.previous_sibling, -1), _neighbour(el.next_sibling, 0)
        if (
            inner
            and (
                (not inner[0].isalnum() and before.isalnum())
                or (not inner[-1].isalnum() and after.isalnum())
            )
            and inner.strip() == inner
        ):
            return f"<{el.name}>{text}</{el.name}>"
        return convert(el, text, parent_tags)

    return converted


def _neighbour(node: PageElement | None, at: int) -> str:
    text = node.get_text() if isinstance(node, (Tag, NavigableString)) else ""
    return text[at] if text else " "
