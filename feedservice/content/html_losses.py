"""What the sanitiser would take from a body in silence: replaced where it can be, else told. Pure.

Everything here is done before the sanitiser, which decides what is safe.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

from feedservice.content.embeds import card, is_widget, page_of
from feedservice.content.file_types import suffix_of
from feedservice.content.html_tags import ATTRIBUTE, attributes, tags
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.patterns import rare

_OTHER = (
    "(?:amp-[a-z0-9-]+|applet|area|button|canvas|embed|form|frame|frameset|iframe|input"
    "|lite-[a-z0-9-]+|map|math|noembed|noframes|noscript|object|optgroup|option|plaintext|script"
    "|select|style|svg|template|textarea|title|track|xmp)"
)
_HIDING = rare(
    # Where a comment or a raw text ends is the HTML standard's, §13.2.5: `<!-->` is a whole one.
    r"(?P<comment><!--(?:-?>|.*?(?:--!?>|(?P<comment_left>\Z))))"
    r"|(?P<characters><!\[CDATA\[(?P<said>(?:(?!<!\[CDATA\[).)*?)\]\]>)"
    r"|(?P<raw><(?P<kind>script|style)(?=[\s/>]).*?"
    r"(?:</(?P=kind)(?=[\s/>])[^<>]*>|(?P<raw_left>\Z)))"
    r"|(?P<note><[!?][^>]*>?)"
    rf"|<(?P<end>/?)(?P<name>{_OTHER})(?=[\s/>])(?P<rest>{ATTRIBUTE}*+)(?:>|\Z)"
    r"(?:(?<=>)[^<]*+</iframe\s*+>)?"
    rf"|(?P<whole></?[a-z][^\s/>]*+{ATTRIBUTE}*+(?:>|\Z))",  # what its attributes say is no tag
    re.IGNORECASE | re.DOTALL,
)
_LEFT = rare(rf"<(?=[!?]|/?{_OTHER}(?:[\s/>]|\Z))", re.IGNORECASE)
_VALUE = (  # with ">" and then "<" in it, a quote was forgotten, and the next one ends it
    r"""(?:"(?![^"<>]*+>[^"<]*+(?:<|\Z))[^"]*+"|'(?![^'<>]*+>[^'<]*+(?:<|\Z))[^']*+'|(?!["']))"""
)
_TAG = rare(rf"<[a-z](?:[^<>=]++|=\s*+{_VALUE})*+(?P<end>>?)", re.IGNORECASE)
_FALLBACK = rare(
    r"<noscript(?=[\s>])[^<>]*+>[^<]*+(?:<(?!img)[^<>]*+>[^<]*+)?<img(?=[\s/>])", re.IGNORECASE
)
_IS_FALLBACK = "data-noscript"
_TOLD = frozenset(
    "applet area button canvas embed form frame iframe input map math object select svg template"
    " textarea track".split()
)
_FRAMES = ("iframe", "embed", "object", "frame", "applet", "amp-", "lite-")
_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "src", "data")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_KEPT = ("alt", "title", "width", "height", "id", "dir", "lang")
_PICTURE = tags("img|source|picture")
_POST = tags("div")
_PAGE = rare(r"(?:https?:)?//.|[\w./][^:]*\Z", re.IGNORECASE | re.DOTALL)
_LOCAL = rare(r"file:|[a-z]:[\\/]|\\|~?/(?:users|home)/|~/", re.IGNORECASE)
_NO_PICTURE = rare(r"(?:data|about|blob|cid):|\Z", re.IGNORECASE)


class Loss(NamedTuple):
    """Something that readers will not see, or see otherwise.

    Attributes:
        code: of the problem.
        value: what it is called.
        where: how it is written in the body.
    """

    code: str
    value: str
    where: str


def without_hidden(html: str, losses: list[Loss]) -> str:
    """Return HTML without comments, raw text and what is never safe; frames have become links."""
    if 'data-href="' in html:
        html = _POST.sub(_post, html)
    if _LEFT.search(html):
        html = _FALLBACK.sub(rf"\g<0> {_IS_FALLBACK}", html)
        html = _LEFT.sub("&lt;", _HIDING.sub(lambda hidden: _instead(hidden, losses), html))
    starts = (tag.start() for tag in _TAG.finditer(html) if not tag["end"])
    losses += (_open(html[start : start + 80]) for start in starts)
    return html


def _open(text: str) -> Loss:
    """What begins there is not closed."""
    line = text[:80].partition("\n")[0]
    return Loss("html-open", line[:40], line)


def _post(tag: re.Match[str]) -> str:
    """A post of Facebook: an empty element that a script would fill."""
    known = attributes(tag[3])
    is_post = known.get("class", "").startswith("fb-") and known.get("data-href")
    return f"{tag[0]}{card(known['data-href'])}" if is_post else tag[0]


def _instead(hidden: re.Match[str], losses: list[Loss]) -> str:
    text = hidden[0]
    if hidden["comment"]:
        if hidden["comment_left"] is not None:
            losses.append(_open(text))
        return ""
    if hidden["characters"]:
        return escape(hidden["said"])
    if hidden["whole"]:
        return text
    if hidden["note"]:
        if not text.endswith(">") or "<" in text[1:]:
            losses.append(_open(text))
        return ""
    if hidden["raw"]:
        if hidden["raw_left"] is not None:
            losses.append(_open(text))
        elif hidden["kind"].lower() == "script":
            return _script(text, losses)
        return ""
    name = (hidden["name"] or "").lower()
    if not name or hidden["end"]:
        return ""
    known = attributes(hidden["rest"])
    source = next((known[key] for key in _SOURCES if known.get(key)), "")
    video = known.get("data-videoid") or known.get("videoid")
    if video and "youtube" in name:
        source = f"https://youtu.be/{video}"
    if name.startswith(_FRAMES) and _PAGE.match(source):
        page, service = page_of(source)
        if not service and "://" in page:
            losses.append(Loss("frame-linked", page[:200], text[:80]))
        return card(source, known.get("title", ""))
    if name in _TOLD or "-" in name:
        losses.append(Loss("html-removed", f"<{name}>", text[:80]))
    return ""


def _script(text: str, losses: list[Loss]) -> str:
    known = attributes(text[7 : text.find(">")])
    if known.get("data-telegram-post"):
        return card(f"https://t.me/{known['data-telegram-post']}")
    if known.get("type", "") != "application/ld+json" and not is_widget(known.get("src", "")):
        losses.append(Loss("html-removed", "<script>", text[: text.find(">") + 1][:80]))
    return ""


def with_sources(html: str, losses: list[Loss]) -> str:
    """Return HTML whose pictures have the address that a script would have given them."""
    if "<img" not in html and "<IMG" not in html:
        return html
    parts: list[str] = []
    at = 0
    around = before = ""
    was_instead = False
    for tag in _PICTURE.finditer(html):
        known = attributes(tag[3])
        parts.append(html[at : tag.start()])
        before = "" if parts[-1].strip() else before
        at = tag.end()
        name = tag[2].lower()
        if name == "img" and not tag[1]:
            source = _source(known, around)
            is_instead = _IS_FALLBACK in known or source != known.get("src", "").strip()
            if source and source == before and (is_instead or was_instead):
                continue  # its twin for readers without scripts
            was_instead = is_instead
            parts.append(_picture(tag[0], known, source, losses))
            before = source
        elif name == "source" and not tag[1] and not known.get("src"):
            around = next(filter(None, map(known.get, _SETS)), "") or around
        else:
            around = "" if name == "picture" else around
            parts.append(tag[0])
    return "".join((*parts, html[at:]))


def _source(known: dict[str, str], around: str) -> str:
    """The address of a picture, whatever attribute it hides in."""
    plain = next((known[key] for key in _SOURCES[:-1] if known.get(key)), "").strip()
    if not _NO_PICTURE.match(plain):
        return plain
    sets = [*filter(None, map(known.get, _SETS)), around]
    return max(_candidates(sets[0]), default=(0.0, ""))[1] or plain


def _candidates(srcset: str) -> Iterator[tuple[float, str]]:
    """The addresses of a srcset, with width or density (HTML §4.8.4)."""
    for each in re.split(r",\s", srcset):
        url, *size = each.split()[:2] or [""]
        figure = re.fullmatch(r"([\d.]{1,9})[wx]", size[0]) if size else None
        yield float(figure[1].strip(".") or 0) if figure and figure[1].count(".") < 2 else 1.0, url


def _picture(tag: str, known: dict[str, str], source: str, losses: list[Loss]) -> str:
    typed = known.get("src", "").strip()
    kind, _, _ = MEDIA_TYPES.get(suffix_of(re.split("[?#]", source)[0]), "").partition("/")
    is_local = _LOCAL.match(unquote(source)) is not None
    if is_local or _NO_PICTURE.match(source):
        code = "picture-local" if is_local else "picture-source"
        losses.append(Loss(code, source[:60] or "<img>", source[:60] or tag))
        source = ""
    elif kind in ("audio", "video"):
        return f'<{kind} src="{escape(source)}" controls></{kind}>'
    # Markdown writes alt="" for a picture without words; in HTML it says that none are needed.
    is_markdown = tag.startswith('<img src="') and tag.endswith(" />")
    if source and (not known.get("alt", "").strip() if is_markdown else "alt" not in known):
        losses.append(Loss("picture-alt-missing", source, typed or tag))
    if source == typed:
        return tag
    rest = "".join(f' {key}="{escape(known[key])}"' for key in _KEPT if key in known)
    return f'<img src="{escape(source)}"{rest}>'
