"""Markdown → safe HTML and plain text. The only door to the Markdown library and the sanitiser. Pure.

pyromark makes HTML (CommonMark, tables, footnotes, strikethrough), nh3 keeps what is allowed, and one pass over what is
left makes URLs absolute or turns them into marks (see `marks`), which rendering resolves. pyromark was chosen over
comrak and cmarkgfm: twice as fast as the next, and a table of 20,000 columns costs 0.03 s where comrak takes minutes.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nh3
import pyromark

from feedservice import addresses, marks
from feedservice.text import clean, one_line, slugify

MAX_NESTING = 256
"""Elements inside each other: the sanitiser is quadratic in it."""
ID_PREFIX = "t-"
"""Before every id of a body, so that none meets one of the page around it."""

_SCHEMES = frozenset({"http", "https", "mailto"})
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_IMPLIED_END = frozenset("p li dt dd td th tr thead tbody tfoot option rt rp".split())
_TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details "
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q "
    "rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var video "
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
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "scope", "style"},
    "time": {"datetime"},
    "video": {"src", "controls", "width", "height"},
}
_MARKDOWN = pyromark.Markdown(
    options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_FOOTNOTES | pyromark.Options.ENABLE_STRIKETHROUGH
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

_ADDRESS = re.compile(r' (href|src|cite)="([^"]*)"')
_RAW_ADDRESS = re.compile(r"""\b(?:href|src|cite)\s*=\s*["']?\s*([A-Za-z][A-Za-z0-9+.\-]*):([^"'>\s]{0,60})""")
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|td|th|tr|table|h[1-6]|br|hr|blockquote|pre|figure|figcaption|caption|section|article"
    r'|details|summary)(?:\s(?:[^<>"]|"[^"]*")*)?>'
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
    """A rendered body: safe HTML with marks, its plain text in one line, and the text of its first paragraph."""

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
    _bound_nesting(markdown)
    raw = _MARKDOWN.html(markdown)
    _bound_nesting(raw)
    links = _Links(path, base_urls)
    html = clean(_ADDRESS.sub(links.rewrite, _CLEANER.clean(raw))).strip()
    refused = [("link-outside", value) for value in links.outside]
    refused += [
        ("link-scheme", f"{match[1]}:{match[2]}")
        for match in _RAW_ADDRESS.finditer(raw)
        if match[1].lower() not in _SCHEMES
    ]
    problems = tuple(
        BodyProblem(code=code, line=_line(markdown, value), facts={"value": unescape(value)}) for code, value in refused
    )
    return Body(html=html, text=plain_text(html), first_paragraph=first_paragraph(html), problems=problems)


def plain_text(html: str) -> str:
    """Return the text of safe HTML in one line."""
    return one_line(unescape(_TAG.sub("", _BLOCK.sub(" ", html))))


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, else of the whole."""
    for match in _PARAGRAPH.finditer(html):
        text = plain_text(match[1])
        if text:
            return text
    return plain_text(html)


class _Links:
    """Rewrites the addresses of one body."""

    def __init__(self, path: str, base_urls: tuple[str, ...]) -> None:
        self.outside: list[str] = []
        self._folder = posixpath.dirname(path)
        self._base_urls = base_urls

    def rewrite(self, match: re.Match[str]) -> str:
        url = self._target(unescape(match[2]).strip())
        return "" if url is None else f' {match[1]}="{escape(url)}"'

    def _target(self, url: str) -> str | None:
        if url.startswith("#"):
            return f"#{ID_PREFIX}{url[1:]}" if len(url) > 1 else None
        if url.startswith("//"):
            url = "https:" + url
        for base in self._base_urls:
            if url == base or url.startswith((f"{base}/", f"{base}#", f"{base}?")):
                return self._own("/" + url[len(base) :].lstrip("/"))
        try:
            parts = urlsplit(url)
            if parts.scheme == "mailto":
                return "mailto:" + addresses.percent_path(url[7:])
            if parts.scheme:
                return addresses.uri(url) if parts.hostname else None
        except ValueError:
            return None
        return self._own(url) if url else None

    def _own(self, url: str) -> str | None:
        """An address inside the site → its mark."""
        rest, hash_, fragment = url.partition("#")
        fragment = f"#{ID_PREFIX}{addresses.percent(unquote(fragment))}" if hash_ and fragment else ""
        path, _, query = rest.partition("?")
        path = unquote(path)
        if path.startswith("/"):
            clean_path = posixpath.normpath(path).lstrip("/")
            if clean_path.startswith("articles/"):
                return marks.mark("article", slugify(clean_path.removeprefix("articles/")), fragment)
            if clean_path.startswith("media/"):
                return marks.mark("media", clean_path.removeprefix("media/"))
            name = "" if clean_path == "." else clean_path
            return marks.mark("path", f"{name}?{query}" if query else name, fragment)
        if "/" not in path and "." not in path:
            return marks.mark("article", slugify(path), fragment) if slugify(path) else None
        below = path if path.startswith("media/") else posixpath.join(self._folder, path)
        name = posixpath.normpath(below)
        if name.startswith(".."):
            self.outside.append(url)
            return None
        if name.startswith("media/"):
            return marks.mark("media", name.removeprefix("media/"))
        if path.startswith("media/"):
            self.outside.append(url)
            return None
        return marks.mark("file" if name.lower().endswith(".md") else "path", name, fragment)


class _Nesting(HTMLParser):
    """Counts open elements by name, so that a stray end tag lowers nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._open: dict[str, int] = {}
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - HTMLParser's signature
        if tag in _VOID or tag in _IMPLIED_END:
            return
        self._open[tag] = self._open.get(tag, 0) + 1
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise MarkupError("html-nesting", limit=str(MAX_NESTING))

    handle_startendtag: Callable[..., None] = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        if self._open.get(tag):
            self._open[tag] -= 1
            self._depth -= 1


def _bound_nesting(html: str) -> None:
    if html.count("<") > MAX_NESTING:
        _Nesting().feed(html)


def _line(markdown: str, value: str) -> int:
    for form in (value, unescape(value), unquote(value)):
        place = markdown.find(form)
        if place >= 0:
            return markdown.count("\n", 0, place) + 1
    return 1
