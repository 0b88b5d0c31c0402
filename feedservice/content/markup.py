"""Markdown → safe HTML and plain text. The only door to the Markdown library and the sanitiser.
Pure.

pyromark makes HTML (CommonMark, tables, footnotes, strikethrough), nh3 keeps what is allowed, and
one pass over what is left makes URLs absolute or turns them into marks (see `marks`), which
rendering resolves. pyromark was chosen over
comrak and cmarkgfm: twice as fast as the next, and a table of 20,000 columns costs 0.03 s where
comrak takes minutes.

The sanitiser's output is never normalised as a whole: NFC would compose the ``>`` of a tag with a
following U+0338.
"""

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import SplitResult, unquote, urlsplit

import nh3
import pyromark

from feedservice.content.file_types import MEDIA_TYPES, suffix_of
from feedservice.content.html_depth import MAX_NESTING, is_nested_too_deep
from feedservice.domain import internal_links, urls
from feedservice.domain.text import clean, is_plain, one_line, slugify, strip_bidi, xml_legal

MAX_PROBLEMS = 50
"""An editor reads no more of one body, and finding the line of each costs time."""
ID_PREFIX = "t-"
"""Before every id of a body, so that none meets one of the page around it."""
_SCHEMES = frozenset({"http", "https", "mailto"})
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
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details "
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q "
    "rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var "
    "video wbr".split()
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
_MARKDOWN = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
)
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    filter_style_properties={"text-align"},
    url_schemes=set(_SCHEMES),
    # Relative addresses pass as they are; `_Links` looks at every address once the tree is safe.
    url_relative=lambda url: url,
    id_prefix=ID_PREFIX,
    link_rel=None,
)
_FOREIGN = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes=set(_SCHEMES),
    url_relative=lambda url: url,
    link_rel=None,
)

_WITH_ADDRESS = "a|audio|blockquote|del|img|ins|q|source|video"
_ADDRESSED = re.compile(rf'<(?:{_WITH_ADDRESS}) (?:[^">]|"[^"]*")*+>| (href|src|cite)="(?=x-site:)')
"""A tag that has an address, or words of a text that look like a mark."""
_HAS_ADDRESS = re.compile("(?:href|src|cite)=")
_ADDRESS = re.compile(r' (href|src|cite)="([^"]*)"')
_SCHEME = re.compile(
    r"""<[a-z][^<>]*?[\s"'](?:href|src|cite)\s*=\s*["']?\s*([a-z][a-z0-9+.\-]*):([^"'>\s]{0,60})""",
    re.IGNORECASE,
)
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|td|th|tr|table|h[1-6]|br|hr|blockquote|pre|figure|figcaption|caption|section|article"
    r'|details|summary|address|aside|audio|center|footer|header|main|nav|video)(?:\s(?:[^<>"]|"[^"]*")*)?>'
)
_NOTE = re.compile(r'<sup><a href="#[^"]*">[^<]*</a></sup>')
_OUT_OF_MEDIA = re.compile(r"(?:^|/)media/(?:.*/)?\.\.(?:/|$)")
_PARAGRAPH = re.compile(r"<p(?:\s[^>]*)?>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyProblem:
    """What was wrong in a body, and the line of it (counted from 1)."""

    code: str
    line: int
    facts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A rendered body: safe HTML with marks, its plain text in one line, and the text of its first
    paragraph.
    """

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
        base_urls: what the site's own addresses begin with: links to them become marks.

    Raises:
        MarkupError: HTML is nested deeper than `MAX_NESTING`.
    """
    markdown = clean(markdown)
    raw = _MARKDOWN.html(markdown)
    if _LEFT.search(raw):
        raw = _LEFT.sub("&lt;", _HIDING.sub("", raw))
    if is_nested_too_deep(raw):
        raise MarkupError("html-nesting", limit=str(MAX_NESTING))
    links = _Links(path, base_urls)
    html = _legal(_CLEANER.clean(raw)).strip()
    if _HAS_ADDRESS.search(html):
        html = _ADDRESSED.sub(links.rewrite, html)
    refused = [("link-outside", value) for value in links.outside]
    refused += [("link-unserved", value) for value in links.unserved]
    schemes = (match.groups() for match in _SCHEME.finditer(raw))
    refused += [
        ("link-scheme", f"{scheme}:{rest}")
        for scheme, rest in schemes
        if scheme.lower() not in _SCHEMES
    ]
    refused = list(dict.fromkeys(refused))[:MAX_PROBLEMS]
    problems = tuple(
        BodyProblem(
            code=code,
            line=_line(markdown, value),
            facts={"value": one_line(unquote(unescape(value)))},
        )
        for code, value in refused
    )
    return Body(
        html=html, text=plain_text(html), first_paragraph=first_paragraph(html), problems=problems
    )


def sanitised(html: str) -> str:
    """Return foreign HTML well formed and safe, its addresses and ids as they were: what an
    importer starts from.

    Raises:
        MarkupError: it is nested deeper than `MAX_NESTING`.
    """
    html = _LEFT.sub("&lt;", _HIDING.sub("", html)) if _LEFT.search(html) else html
    if is_nested_too_deep(html):
        raise MarkupError("html-nesting", limit=str(MAX_NESTING))
    return _legal(_FOREIGN.clean(html))


def plain_text(html: str) -> str:
    """Return the text of safe HTML in one line, without the numbers that point to footnotes."""
    text = unescape(_TAG.sub("", _BLOCK.sub(" ", _NOTE.sub("", html))))
    return unicodedata.normalize("NFC", " ".join(text.split()))


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, else of the whole."""
    for match in _PARAGRAPH.finditer(html):
        text = plain_text(match[1])
        if text:
            return text
    return plain_text(html)


def _legal(html: str) -> str:
    """What character references brought back is taken out again; U+0338 stays one (see the module's
    docstring).
    """
    if not is_plain(html):
        html = strip_bidi(xml_legal(html))
    return unicodedata.normalize("NFC", html.replace("\u0338", "&#824;"))


class _Links:
    """Rewrites the addresses of one body."""

    def __init__(self, path: str, base_urls: tuple[str, ...]) -> None:
        self.outside: list[str] = []
        self.unserved: list[str] = []
        self._folder = posixpath.dirname(path)
        self._bases = [
            (_authority(base), base.path.rstrip("/")) for base in map(urlsplit, base_urls)
        ]

    def rewrite(self, match: re.Match[str]) -> str:
        """A tag with its addresses rewritten; words that look like a mark so that they are none."""
        return f" {match[1]}=&quot;" if match[1] else _ADDRESS.sub(self._attribute, match[0])

    def _attribute(self, match: re.Match[str]) -> str:
        url = self._target(unescape(match[2]).strip())
        return "" if url is None else f' {match[1]}="{escape(url)}"'

    def _target(self, url: str) -> str | None:
        if url.startswith("#"):
            return f"#{ID_PREFIX}{urls.percent(unquote(url[1:]))}" if len(url) > 1 else None
        if url.startswith("//"):
            url = "https:" + url
        try:
            parts = urlsplit(url)
            authority = _authority(parts)
        except ValueError:
            return None
        if parts.scheme == "mailto":
            return "mailto:" + urls.percent_path(url[7:])
        if not parts.scheme:
            return self._own(url) if url else None
        if parts.scheme not in _SCHEMES or "" in authority.split(":")[0].removesuffix(".").split(
            "."
        ):
            return None
        for base, below in self._bases:
            if authority == base and (parts.path == below or parts.path.startswith(below + "/")):
                rest = parts._replace(
                    scheme="", netloc="", path="/" + parts.path[len(below) :].lstrip("/")
                )
                return self._own(rest.geturl())
        absolute = urls.uri(url)
        return absolute if absolute.isascii() else None

    def _own(self, url: str) -> str | None:
        """An address inside the site → its mark."""
        rest, _, typed = url.partition("#")
        fragment = urls.percent(unquote(typed))
        # Only in a body are ids prefixed: a page of the site or a file has its own (`#page=3`).
        inner, outer = (
            (f"#{ID_PREFIX}{fragment}", urls.percent_path(f"#{typed}")) if fragment else ("", "")
        )
        path, _, query = rest.partition("?")
        path = unquote(path)
        rooted = path.startswith("/")
        if not rooted and "/" not in path and "." not in path:
            return internal_links.mark("article", slugify(path), inner) if slugify(path) else None
        from_root = rooted or path.startswith("media/")
        name = posixpath.normpath(
            path.lstrip("/") if from_root else posixpath.join(self._folder, path)
        )
        if (
            name == ".."
            or name.startswith("../")
            or (_OUT_OF_MEDIA.search(path) and not name.startswith("media/"))
        ):
            self.outside.append(url)
            return None
        if name.startswith("media/"):
            return internal_links.mark("media", name.removeprefix("media/"), outer)
        slug = name.removeprefix("articles/")
        if rooted and slug != name and "/" not in slug and slugify(slug):
            return internal_links.mark("article", slugify(slug), inner)
        if not rooted and name.lower().endswith(".md"):
            return internal_links.mark("file", name, inner)
        if not rooted and suffix_of(name) in MEDIA_TYPES:
            # A file beside the article: nothing but media/ is served, so its reader would find no
            # picture.
            self.unserved.append(url)
        name = "" if name == "." else name
        return internal_links.mark("path", f"{name}?{query}" if query else name, outer)


def _authority(parts: SplitResult) -> str:
    """Host and port as they are compared: in lower case, in punycode, without a scheme's own
    port.
    """
    host = unquote(parts.hostname or "")
    port = parts.port
    if not host.isascii():
        host = urlsplit(urls.uri(f"//{host}")).netloc
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _line(markdown: str, value: str) -> int:
    for form in (value, unescape(value), unquote(value)):
        place = markdown.find(form)
        if place >= 0:
            return markdown.count("\n", 0, place) + 1
    return 1
