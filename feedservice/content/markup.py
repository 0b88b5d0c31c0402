"""Markdown → safe HTML and plain text. The only door to the sanitiser. Pure.

`markdown` makes HTML, nh3 keeps what is allowed and sets every address apart, and `body_links` says
what becomes of each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

import nh3

from feedservice.content.autolinks import with_links
from feedservice.content.body_links import SCHEMES, BodyLinks
from feedservice.content.html_anchors import with_anchors
from feedservice.content.html_depth import MAX_NESTING, is_nested_too_deep, without_crowded_tags
from feedservice.content.markdown import to_html
from feedservice.domain.text import clean, legal, nfc, one_line

MAX_PROBLEMS = 50
"""An editor reads no more of one body, and finding the line of each costs time."""
_OTHER = (
    "(?:applet|frame|frameset|iframe|math|noembed|noframes|noscript|object|optgroup|option|plaintext|script|select|style"
    "|svg|template|textarea|title|xmp)"
)
_HIDING = re.compile(
    # Where a comment or a raw text ends is the HTML standard's, §13.2.5: `<!-->` is a whole one.
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style)(?=[\s/>]).*?(?:</\1(?=[\s/>])[^<>]*>|\Z)|<[!?][^>]*>?"
    rf"|</?{_OTHER}(?=[\s/>])[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_LEFT = re.compile(rf"<(?=[!?]|/?{_OTHER}(?:[\s/>]|\Z))", re.IGNORECASE)
_TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col "
    "colgroup dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp section small "
    "source span strong sub summary sup table tbody td tfoot th thead time tr u ul var video "
    "wbr".split()
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "id"},
    "a": {"href", "hreflang", "title"},
    "abbr": {"title"},
    "audio": {"src", "controls"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "dfn": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "scope", "style"},
    "time": {"datetime"},
    "video": {"src", "controls", "width", "height"},
}
_ROLES = {
    "a": {"role": {"doc-noteref", "doc-backlink"}},
    "section": {"role": {"doc-endnotes"}},
}
_NUL = "\0"
"""Around an address or an id: no HTML parser lets it into a document (HTML §13.2.5): it is ours."""


_ALIGNED = re.compile(
    r"(?:^|;)\s*+text-align\s*+:\s*+(left|right|center|start|end|justify)\s*+(?=;|$)", re.IGNORECASE
)


def _set_apart(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":  # the sanitiser would let any value of text-align through, url() too
        aligned = _ALIGNED.search(value)
        return f"text-align:{aligned[1].lower()}" if aligned else None
    return f"{_NUL}{value}{_NUL}" if attribute in ("href", "src", "cite", "id") else value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    url_relative=lambda url: url,
    attribute_filter=_set_apart,
    tag_attribute_values=_ROLES,
    link_rel=None,
)
_FOREIGN = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    url_relative=lambda url: url,
    tag_attribute_values=_ROLES,
    link_rel=None,
)

_SCHEME = re.compile(
    r"""<[a-z][^<>]*?[\s"'](?:href|src|cite)\s*+=\s*+(?:["']\s*+)?+([a-z][a-z0-9+.\-]*+):([^"'>\s]{0,60})""",
    re.IGNORECASE,
)
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|td|th|tr|table|h[1-6]|br|hr|blockquote|pre|figure|figcaption|caption|section|article"
    r'|details|summary|address|aside|audio|center|footer|header|main|nav|video)(?:\s(?:[^<>"]|"[^"]*")*)?>'
)
_NOTE = re.compile(
    r'<sup><a(?: href="#|\ufdd0href self/|[^<>]* role="doc-noteref")[^<>]*>[^<]*</a></sup>'
    r'|<a[^<>]* role="doc-backlink"[^<>]*>[^<]*</a>'
)
_PARAGRAPH = re.compile(r"<p(?:\s[^>]*)?>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyProblem:
    """What was wrong in a body, and the line of it (counted from 1)."""

    code: str
    line: int
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A rendered body: safe HTML with placeholders for links, and its text in one line."""

    html: str
    text: str
    first_paragraph: str
    problems: tuple[BodyProblem, ...] = ()


class MarkupError(ValueError):
    """A body that cannot be rendered: ``code`` and ``facts`` as a Problem has them."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def render(markdown: str, *, path: str, base_urls: tuple[str, ...] = ()) -> Body:
    """Return an article's body as safe HTML and plain text.

    Args:
        markdown: the body.
        path: the article's file below the content folder; relative links start from its folder.
        base_urls: what the site's own addresses begin with.

    Raises:
        MarkupError: HTML is nested deeper than `MAX_NESTING`.
    """
    markdown = clean(markdown)
    raw, shown = to_html(markdown)
    raw = with_anchors(with_links(_prepared(raw)))
    links = BodyLinks(path, base_urls)
    html = "".join(_with_links(_CLEANER.clean(raw).split(_NUL), links)).strip()
    refused = [("link-outside", value) for value in links.outside]
    refused += [("link-unserved", value) for value in links.unserved]
    refused += [("fragment-unknown", f"#{value}") for value in links.nowhere]
    refused += [("marks-shown", value) for value in shown]
    schemes = (match.groups() for match in _SCHEME.finditer(raw))
    refused += [
        ("link-scheme", f"{scheme}:{rest}")
        for scheme, rest in schemes
        if scheme.lower() not in SCHEMES
    ]
    refused = list(dict.fromkeys(refused))[:MAX_PROBLEMS]
    problems = tuple(_problem(code, value, markdown, links) for code, value in refused)
    return Body(
        html=html, text=plain_text(html), first_paragraph=first_paragraph(html), problems=problems
    )


def _problem(code: str, value: str, markdown: str, links: BodyLinks) -> BodyProblem:
    facts = {"value": one_line(unquote(unescape(value)))}
    near = links.nearest(value[1:]) if code == "fragment-unknown" else ""
    if near:
        facts["nearest"] = f"#{near}"
    return BodyProblem(code=code, line=_line(markdown, value), facts=facts)


def sanitised(html: str) -> str:
    """Return foreign HTML well formed and safe, its addresses and ids as they were.

    Raises:
        MarkupError: it is nested deeper than `MAX_NESTING`.
    """
    return _legal(_FOREIGN.clean(_prepared(html)))


def _prepared(html: str) -> str:
    """HTML without comments and raw text, which the sanitiser can read in linear time."""
    if _LEFT.search(html):
        html = _LEFT.sub("&lt;", _HIDING.sub("", html))
    html = without_crowded_tags(html)
    if is_nested_too_deep(html):
        raise MarkupError("html-nesting", limit=str(MAX_NESTING))
    return html


def _with_links(pieces: list[str], links: BodyLinks) -> Iterator[str]:
    """Put what `links` says of each address and id in its place; odd ``pieces`` are these."""
    before_ids = zip(pieces[:-1:2], pieces[1::2], strict=True)
    links.places(unescape(value) for before, value in before_ids if before.endswith(' id="'))
    for before, address in zip(pieces[:-1:2], pieces[1::2], strict=True):
        head, _, attribute = before.removesuffix('="').rpartition(" ")
        yield _legal(head.removeprefix('"'))
        yield links.attribute(attribute, unescape(address))
    yield _legal(pieces[-1].removeprefix('"'))


def plain_text(html: str) -> str:
    """Return the text of safe HTML in one line, without the numbers that point to footnotes."""
    text = unescape(_TAG.sub("", _BLOCK.sub(" ", _NOTE.sub("", html))))
    return nfc(" ".join(text.split()))


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, else of the whole."""
    for match in _PARAGRAPH.finditer(html):
        text = plain_text(match[1])
        if text:
            return text
    return plain_text(html)


def _legal(html: str) -> str:
    """What character references brought back goes; NFC must not compose ``>`` with U+0338."""
    return nfc(legal(html).replace("\u0338", "&#824;"))


def _line(markdown: str, value: str) -> int:
    for form in (value, unescape(value), unquote(value)):
        place = markdown.find(form)
        if place >= 0:
            return markdown.count("\n", 0, place) + 1
    return 1
