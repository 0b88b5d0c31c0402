"""Markdown → safe HTML and plain text. The only door to the sanitiser. Pure.

`markdown` makes HTML, nh3 keeps what is allowed and sets every address apart, and `body_links` says
what becomes of each.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

import nh3

from feedservice.content.autolinks import with_links
from feedservice.content.body_links import SCHEMES, BodyLinks, completed
from feedservice.content.foreign_signs import foreign_signs
from feedservice.content.html_anchors import with_anchors
from feedservice.content.html_depth import (
    MAX_NESTING,
    in_short_texts,
    is_nested_too_deep,
    without_crowded_tags,
)
from feedservice.content.html_isolates import isolated
from feedservice.content.html_lists import with_lists
from feedservice.content.html_losses import Loss, with_sources, without_hidden
from feedservice.content.invisible import with_bare_signs
from feedservice.content.markdown import losses as lost
from feedservice.content.markdown import to_html
from feedservice.content.plain_html import set_apart
from feedservice.domain.latin_runs import latin_runs
from feedservice.domain.patterns import rare
from feedservice.domain.text import clean, is_plain, legal, nfc, one_line

MAX_PROBLEMS = 50
"""An editor reads no more of one body, and finding the line of each costs time."""
_TAGS = frozenset(
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col "
    "colgroup dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 "
    "header hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp section small "
    "source span strong sub summary sup table tbody td tfoot th thead time tr u ul var video "
    "wbr".split()
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "id"},
    **{name: {"style"} for name in ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6")},
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
    "video": {"src", "poster", "controls", "width", "height"},
}
_SIDES = {"left", "right", "center", "justify"}
_VALUES = {
    "a": {"role": {"doc-noteref", "doc-backlink"}},
    "section": {"role": {"doc-endnotes"}},
    **{name: {"align": _SIDES} for name in ("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "tr")},
}
_SET_APART = {"href", "src", "poster", "cite", "id"}
_NUL = "\0"
"""Around an address or an id: no HTML parser lets it into a document (HTML §13.2.5): it is ours."""

_ALIGNED = rare(
    r"(?:^|;)\s*+text-align\s*+:\s*+(left|right|center|start|end|justify)\s*+(?=;|$)", re.IGNORECASE
)


def _set_apart(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":  # the sanitiser would let any value of text-align through, url() too
        aligned = _ALIGNED.search(value)
        return f"text-align:{aligned[1].lower()}" if aligned else None
    return f"{_NUL}{value}{_NUL}" if attribute in _SET_APART else value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    url_relative=lambda url: url,
    attribute_filter=_set_apart,
    tag_attribute_values=_VALUES,
    link_rel=None,
)
_FOREIGN = nh3.Cleaner(
    tags=set(_TAGS),
    attributes=_ATTRIBUTES,
    url_schemes=set(SCHEMES),
    url_relative=lambda url: url,
    tag_attribute_values=_VALUES,
    link_rel=None,
)

_SCHEME = rare(
    r"""<[a-z][^<>]*?[\s"'](?:href|src|poster|cite)\s*+=\s*+(?:["']\s*+)?+([a-z][a-z0-9+.\-]*+):([^"'>\s]{0,60})""",
    re.IGNORECASE,
)
_TAG = rare(r'<(?:[^<>"]|"[^"]*")*>')
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|td|th|tr|table|h[1-6]|br|hr|blockquote|pre|figure|figcaption|caption|section|article"
    r'|details|summary|address|aside|audio|center|footer|header|main|nav|video)(?:[\s\ufdd0](?:[^<>"]|"[^"]*")*)?>'
)
_NOTE = rare(
    r'<sup><a(?: href="#|\ufdd0href self/|[^<>]* role="doc-noteref")[^<>]*>[^<]*</a></sup>'
    r'|<a[^<>]* role="doc-backlink"[^<>]*>[^<]*</a>'
)
_ALT = rare(r'<img\b[^<>]* alt="([^"]+)"')
_PLAYER = rare(r"<(?:audio|video)\b[^<>]*>(?:[^<]++|<(?!/?(?:audio|video)\b))*+</(?:audio|video)>")
"""With what it says to those for whom it cannot play: no words of the article."""
_UNSAID = re.compile(r'<(?:audio|video|sup|a[^<>]* role="doc-backlink")')
_SHOWN = rare(r"<(?:img|audio|video|source)\b[^<>]*(?: src=|\ufdd0src )")
_PARAGRAPH = rare(r"<p(?:[\s\ufdd0][^>]*)?>(.*?)</p>", re.DOTALL)


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
    problems: tuple[BodyProblem, ...] = ()

    @property
    def first_paragraph(self) -> str:
        """The text of the first paragraph that has any; else what the first picture shows."""
        return first_paragraph(self.html) or _described(self.html)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing for a reader: no word, no picture, no recording."""
        return not self.text and not _SHOWN.search(self.html)


class MarkupError(ValueError):
    """A body that cannot be rendered: ``code`` and ``facts`` as a Problem has them."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def render(
    markdown: str,
    *,
    path: str,
    base_urls: tuple[str, ...] = (),
    language: str = "",
    has_plain_signs: bool = False,
) -> Body:
    """Return an article's body as safe HTML and plain text.

    Args:
        markdown: the body.
        path: the article's file below the content folder; relative links start from its folder.
        base_urls: what the site's own addresses begin with.
        language: of the article: Latin runs are isolated in what runs from the right.
        has_plain_signs: whether the body is known to be `is_plain`; else that is asked here.

    Raises:
        MarkupError: HTML is nested deeper than `MAX_NESTING`.
    """
    has_plain_signs = has_plain_signs or is_plain(markdown)
    markdown = nfc(markdown) if has_plain_signs else with_bare_signs(clean(markdown))
    raw, shown = to_html(markdown)
    losses = list(lost(markdown, raw))
    has_html = "<" in markdown  # else every tag is the library's own
    if has_html:
        raw = with_lists(without_hidden(raw, losses))
    raw = _bounded(raw)
    if has_html or "!" in markdown:
        raw = with_sources(raw, losses)
    raw = with_anchors(with_links(raw), has_html=has_html)
    losses += foreign_signs(raw, markdown)
    links = BodyLinks(path, base_urls)
    # Without references, comments and U+0338 what is clean in Markdown is clean in HTML.
    is_clean = not has_html and "&" not in markdown and "\u0338" not in markdown
    mended = str if is_clean else _legal
    safe = set_apart(raw, _NUL) if has_plain_signs and not has_html else None
    safe = _CLEANER.clean(in_short_texts(raw)) if safe is None else safe
    html = "".join(_with_links(safe.split(_NUL), links, mended)).strip()
    losses += (Loss("link-outside", value, value) for value in links.outside)
    losses += (Loss("picture-local", value, value) for value in links.local)
    losses += (Loss("link-unserved", value, value) for value in links.unserved)
    losses += (Loss("url-bad", value, value) for value in links.hosts)
    losses += (_lost(value) for value in links.lost)
    losses += (Loss("fragment-unknown", f"#{value}", f"#{value}") for value in links.nowhere)
    losses += (Loss("marks-shown", value, value) for value in shown)
    for scheme, rest in _SCHEME.findall(raw) if ":" in raw else ():
        if scheme.lower() not in SCHEMES:
            losses.append(Loss("link-scheme", f"{scheme}:{rest}", f"{scheme}:{rest}"))
        elif not rest.strip("/"):  # the sanitiser takes it for none
            losses.append(_lost(f"{scheme}:{rest}"))
    told = list(dict.fromkeys(losses))[:MAX_PROBLEMS]
    problems = tuple(_problem(loss, markdown, links) for loss in told)
    text = plain_text(html)
    if language and ("&" in markdown or any(latin_runs(markdown))):
        from feedservice.domain.direction import direction  # noqa: PLC0415 - babel, for few bodies

        html = isolated(html) if direction(language, text) == "rtl" else html
    return Body(html=html, text=text, problems=problems)


def _lost(address: str) -> Loss:
    """A link or a picture whose address no browser could follow."""
    is_empty = address.strip("/#") in ("", "http:", "https:")
    return Loss("link-empty" if is_empty else "url-bad", address, address)


def _where(loss: Loss, markdown: str) -> str:
    """What is looked for: of an address that is next to nothing, with what is around it.

    Asked only of what is told: it may read the whole body.
    """
    forms = (f"]({loss.where})", f'"{loss.where}"', f"'{loss.where}'")
    sought = forms if loss.code == "link-empty" else ()
    return next(filter(markdown.__contains__, sought), loss.where)


def _problem(loss: Loss, markdown: str, links: BodyLinks) -> BodyProblem:
    facts = {"value": one_line(unquote(unescape(loss.value)))}
    near = links.nearest(loss.value[1:]) if loss.code == "fragment-unknown" else ""
    near = f"#{near}" if near else completed(loss.value) if loss.code == "url-bad" else ""
    if near:
        facts["nearest"] = near
    return BodyProblem(code=loss.code, line=_line(markdown, _where(loss, markdown)), facts=facts)


def sanitised(html: str, losses: list[Loss] | None = None) -> str:
    """Return foreign HTML well formed and safe, its addresses and ids as they were.

    Args:
        html: any HTML.
        losses: gets what is hidden from readers there.

    Raises:
        MarkupError: it is nested deeper than `MAX_NESTING`.
    """
    shown = _bounded(without_hidden(html, [] if losses is None else losses))
    return _legal(_FOREIGN.clean(in_short_texts(with_sources(shown, []))))


def _bounded(html: str) -> str:
    """HTML that the sanitiser can read in linear time."""
    html = without_crowded_tags(html)
    if is_nested_too_deep(html):
        raise MarkupError("html-nesting", limit=str(MAX_NESTING))
    return html


def _with_links(pieces: list[str], links: BodyLinks, mended: Callable[[str], str]) -> Iterator[str]:
    """Put what `links` says of each address and id in its place; odd ``pieces`` are these."""
    before_ids = zip(pieces[:-1:2], pieces[1::2], strict=True)
    links.places(unescape(value) for before, value in before_ids if before.endswith(' id="'))
    for before, address in zip(pieces[:-1:2], pieces[1::2], strict=True):
        head, _, attribute = before.removesuffix('="').rpartition(" ")
        yield mended(head.removeprefix('"'))
        yield links.attribute(attribute, legal(unescape(address)))
    yield mended(pieces[-1].removeprefix('"'))


def plain_text(html: str) -> str:
    """Return the text of safe HTML in one line, without the numbers that point to footnotes."""
    if _UNSAID.search(html):
        html = _NOTE.sub("", _PLAYER.sub(" ", html))
    text = _BLOCK.sub("\n", html)
    if "<" in text or "&" in text:  # what a tag or a reference parted may be composed
        text = nfc(unescape(_TAG.sub("", text)))
    # To split it at all white space costs as much as to render it: few lines need that.
    line = " ".join(filter(None, map(str.strip, text.split("\n"))))
    return line if line.isprintable() and "  " not in line else " ".join(line.split())


def first_paragraph(html: str) -> str:
    """Return the text of the first paragraph that has any, else of the whole."""
    said = (plain_text(match[1]) for match in _PARAGRAPH.finditer(html))
    return next(filter(None, said), "") or plain_text(html)


def _described(html: str) -> str:
    """What the first picture with a description shows: the words of a body that has no other."""
    found = _ALT.search(html)
    return one_line(unescape(found[1])) if found else ""


def _legal(html: str) -> str:
    """What character references brought back goes; NFC must not compose ``>`` with U+0338."""
    return nfc(legal(html).replace("\u0338", "&#824;"))


def _line(markdown: str, where: str) -> int:
    for form in (where, unescape(where), unquote(where), where.partition("\n")[0][:20]):
        place = markdown.find(form)
        if place >= 0:
            return markdown.count("\n", 0, place) + 1
    return 1
