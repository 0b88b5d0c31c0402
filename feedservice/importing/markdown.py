"""HTML of a foreign body → Markdown that our renderer makes equivalent HTML of. Pure.

`html_signs` makes it, and leaves what Markdown cannot say (``sup``, ``span dir``, ``ins``) as
inline HTML. That is proved: it is rendered as an article is and compared with the original; a block
that differs (a figure, a table with spans, a footnote section) stays as HTML, which the same
sanitiser lets through.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from feedservice.content import markup
from feedservice.content.html_losses import Loss
from feedservice.domain.text import clean
from feedservice.importing import frame_links, html_signs, html_tree, raw_html
from feedservice.importing.html_tree import Element, Node
from feedservice.importing.raw_html import Resolve, with_largest
from feedservice.importing.shortcodes import without_comments
from feedservice.importing.words_apart import with_spaces

_BLOCKS = frozenset(
    "address article aside blockquote center details div dl figure footer h1 h2 h3 h4 h5 h6 header"
    " hr main nav ol p pre section table ul".split()
)
_WRAPPERS = frozenset("article center div footer header main nav section aside".split())
_LISTS = frozenset({"ul", "ol"})
_MEDIA = frozenset({"img", "audio", "video"})
_SHOWN = frozenset({"p", "strong", "em"})
"""Elements that stay only where they show something."""
_RENAMED = {"b": "strong", "i": "em", "s": "del"}
_DROPPED = re.compile(
    r"<(script|form|input|select|textarea|svg|math|canvas|button)\b", re.IGNORECASE
)
_ROUND_BLOCK = re.compile(
    r"""
    (
        </?(?:
            address|article|aside|blockquote|br|center|dd|details|div|dl|dt|figcaption|figure|footer
            |h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr
            |ul
        )(?:\s[^<>]*)?>
    ) [ ]?  # a space before it is looked for behind: few spaces are
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
_WORDS = re.compile(
    r"""
    [^\W\d_]++                       # begins no list of letters
    (?: [ ] (?:
      [«“(]? [^\W\d_] (?:[^\W_]|[\u064b-\u0652])*+ [»”)،؛؟,.:!…]*+
    | [0-9٠-٩]++ (?= [ ] )            # no stop behind it, which may be escaped
    ) )++
    """,
    re.VERBOSE,
)
"""A paragraph that means the same as HTML and as Markdown, wherever it stands."""
_SOME_WORDS = "كلام"
_PRE = re.compile(r"(<pre[\s>].*?</pre>)", re.DOTALL)
_UNSAFE = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C"})
"""What would end an address in Markdown → its percent-encoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A body in Markdown; frames, which became links; names of elements that were left out.

    ``has_words``: whether it was rendered, and shows some; ``unclosed``: how what begins that
    nothing closes, and may hide what follows; ``unlinked``: addresses that no article may have.
    """

    markdown: str
    has_words: bool
    frames: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unclosed: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()


def convert(html: str, resolve: Resolve, language: str = "") -> Converted:
    """Return the Markdown of a foreign body.

    Args:
        html: any HTML, well formed or not.
        resolve: decides each address.
        language: of the article: wrappers that only say it again are left out.

    Raises:
        content.markup.MarkupError: it is nested too deep for anybody.
    """
    html = with_largest(with_spaces(without_comments(clean(html))))
    dropped = tuple(dict.fromkeys(name.lower() for name in _DROPPED.findall(html)))
    unlinked = tuple(dict.fromkeys(raw_html.unlinked(html)))
    html, frames = frame_links.as_links(html)
    # Nobody sees a run of spaces.
    losses: list[Loss] = []
    html = _outside_pre(markup.sanitised(html, losses), lambda part: _SPACES.sub(" ", part))
    unclosed = tuple(dict.fromkeys(each.value for each in losses if each.code == "html-open"))
    settled = _Settling(resolve, language).of(html_tree.parse(html).children)
    blocks = list(_blocks(settled))
    markdown, shown = _written(blocks)
    has_words = markup.plain_text(shown) != ""
    return Converted(
        markdown=markdown,
        has_words=has_words,
        frames=frames,
        dropped=dropped,
        unclosed=unclosed,
        unlinked=unlinked,
    )


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


class _Settling:
    """Settles addresses, names and wrappers, before anything is compared with the tree."""

    def __init__(self, resolve: Resolve, language: str) -> None:
        self._resolve = resolve
        self._language = language

    def of(self, nodes: list[Node]) -> list[Node]:
        """Return what becomes of the nodes that an element holds."""
        settled: list[Node] = []
        for node in nodes:
            settled += [node] if isinstance(node, str) else self._element(node)
        return settled

    def _element(self, tag: Element) -> list[Node]:
        tag.name = _RENAMED.get(tag.name, tag.name)
        known = tag.attributes
        if tag.name == "img":
            known.pop("width", None)
            known.pop("height", None)
            known.setdefault("alt", "")
            known.setdefault("src", "")  # the sanitiser takes one that is not valid
        if known and not self._has_address(tag):
            return self.of(tag.children) if tag.name == "a" else []
        if known.get("lang") == self._language:
            del known["lang"]
        if tag.name in _WRAPPERS and _says_nothing(tag):
            if any(isinstance(each, Element) and each.name in _BLOCKS for each in tag.children):
                return self.of(tag.children)
            tag.name, tag.attributes = "p", {}
        tag.children = self.of(tag.children)
        if tag.name == "span" and not known:
            return tag.children
        if tag.name in _SHOWN and not any(map(_shows, tag.children)):
            has_text = tag.name != "p" and any(html_tree.texts(tag))
            return tag.children if has_text else []
        return [tag]

    def _has_address(self, tag: Element) -> bool:
        """Write the addresses that hold here; False where one of them leads nowhere."""
        known = tag.attributes
        if known.get("poster"):
            known["poster"] = self._resolve("src", known["poster"])
        for kind in ("href", "src"):
            if kind in known:
                url = self._resolve(kind, known[kind])
                known[kind] = _SPACE.sub("", url.translate(_UNSAFE))
                if not url:  # a link leaves its text, a picture nothing
                    return False
        return True


def _says_nothing(wrapper: Element) -> bool:
    """Whether a wrapper may go; where it holds no block it is a paragraph."""
    known = wrapper.attributes
    return known.keys() <= {"dir"} and known.get("dir") in (None, "rtl", "auto")


def _shows(node: Node) -> bool:
    """Whether a settled node shows anything."""
    if isinstance(node, str):
        return not (node.isspace() or node == "")
    return node.name in _MEDIA or node.name in _SHOWN or any(map(_shows, node.children))


def _blocks(nodes: list[Node]) -> Iterator[Element]:
    """Yield the blocks of a body; text outside of any becomes a paragraph."""
    loose: list[Node] = []

    def paragraph() -> Iterator[Element]:
        if any(isinstance(each, Element) or each.strip() for each in loose):
            yield Element("p", children=loose.copy())
        loose.clear()

    for node in nodes:
        if isinstance(node, Element) and node.name in _BLOCKS:
            yield from paragraph()
            yield node
        else:
            loose.append(node)
    yield from paragraph()


def _written(blocks: list[Element]) -> tuple[str, str]:
    """Markdown where it comes back as the same HTML, of the whole, else by block; and that HTML.

    In the proof a few words stand for each paragraph that needs none.
    """
    plain = [_is_plain(block) for block in blocks]

    def shown(forms: list[str]) -> str:
        proved = zip(forms, plain, strict=True)
        return _rendered("\n\n".join(_SOME_WORDS if words else form for form, words in proved))

    raws = [_raw(block) for block in blocks]
    whole = shown(raws)
    # A block that Markdown has no sign for stays as it is.
    texts = [
        html_signs.signs(block).strip("\n") if html_signs.has_signs(block) else raw
        for block, raw in zip(blocks, raws, strict=True)
    ]
    # Without escapes that their place makes needless (the stop behind a year); proved afterwards.
    eased = [
        _NEEDLESS_ESCAPE.sub(lambda match: "".join(filter(None, match.groups())), text)
        if "\\" in text and text is not raw
        else text
        for text, raw in zip(texts, raws, strict=True)
    ]
    if shown(eased) == whole:
        return "\n\n".join(eased), whole
    chosen: list[str] = []
    before = ""
    for block, words, raw, *forms in zip(blocks, plain, raws, eased, texts, strict=True):
        wanted = "" if words else _rendered(raw)
        # Two lists in a row would be read as one.
        is_second_list = block.name in _LISTS and before == block.name
        same = (each for each in forms if words or (each is not raw and _rendered(each) == wanted))
        text = "" if is_second_list else next(same, "")
        chosen.append(text or raw)
        before = block.name if text else ""
    return "\n\n".join(chosen if shown(chosen) == whole else raws), whole


def _is_plain(block: Element) -> bool:
    children = block.children
    return (
        block.name == "p"
        and not block.attributes
        and len(children) == 1
        and isinstance(children[0], str)
        and _WORDS.fullmatch(children[0]) is not None
    )


def _raw(block: Element) -> str:
    """A block as HTML on one line: an empty line would end it (CommonMark §4.6)."""
    return _outside_pre(
        html_tree.written(block),
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
        _without_unseen_space,
        lambda pre: pre.replace("&#10;", "\n").replace("\n</code>", "</code>"),
    ).strip()


def _without_unseen_space(part: str) -> str:
    *pieces, last = _ROUND_BLOCK.split(" ".join(part.split()))
    return "".join((*(piece.removesuffix(" ") for piece in pieces), last))


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
