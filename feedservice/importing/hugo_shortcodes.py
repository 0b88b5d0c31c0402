"""Hugo's own shortcodes → what they show, in Markdown or HTML; others stay, and are told. Pure."""

import posixpath
import re
from html import escape

from feedservice.importing.addresses import split_or_none
from feedservice.importing.generators import REFERENCE
from feedservice.importing.markdown_links import outside_code
from feedservice.importing.shortcodes import Unknown, attributes, fenced, replace_between

_CODE = (
    re.compile(
        r"""
        \{\{< \s*+ (?:highlight|codeblock) \s++
        (?:lang=)?+ ["'`]?+ ([^\s{>}"'`=]++) (?!=) [^{>}]*+ >\}\}\n?
        """,
        re.VERBOSE,
    ),
    re.compile(r"\n?\{\{<\s*+/\s*+(?:highlight|codeblock)\s*+>\}\}"),
)
"""Hugo's own, and what themes that came from Octopress call it."""
_SHORTCODES = (
    (re.compile(r"\{\{<"), re.compile(r">\}\}")),
    (re.compile(r"\{\{%"), re.compile(r"%\}\}")),
)
_QUOTED = re.compile(r'["`]([^"`]*)["`]|(\S+)')
_MARKED = re.compile(r"[*_`\[\]\\~]")
_PAGES = {
    "youtube": "https://www.youtube.com/watch?v={id}",
    "vimeo": "https://vimeo.com/{id}",
    "instagram": "https://www.instagram.com/p/{id}/",
    "tweet": "https://x.com/{user}/status/{id}",
    "twitter": "https://x.com/{user}/status/{id}",
    "x": "https://x.com/{user}/status/{id}",
}
_RAW = frozenset({"raw", "rawhtml", "html", "unsafe"})
"""Names that themes give to what puts its text there as it is."""


def without_shortcodes(body: str, stem: str, unknown: Unknown) -> str:
    """Return a body with what its shortcodes show.

    Args:
        body: Markdown or HTML.
        stem: the path of the page below its content folder: ``relref`` may start from it.
        unknown: is told what stays.
    """

    def shortcode(opening: re.Match[str], inside: str) -> str:
        made = _shown(opening[0][-1], inside, stem)
        if made is None:
            whole = f"{opening[0]}{inside}{'>' if opening[0][-1] == '<' else '%'}}}}}"
            words = inside.split()
            if words and not words[0].startswith("/"):
                unknown.tell("shortcode", f"{{{{< {words[0]} >}}}}", whole)
            return whole
        return made

    def without(text: str) -> str:
        for begin, end in _SHORTCODES:
            text = replace_between(text, begin, end, shortcode)
        return text

    return outside_code(replace_between(body, *_CODE, fenced), without)


def _shown(mark: str, inside: str, stem: str) -> str | None:
    """What a shortcode shows, in Markdown or HTML; None where it is not one that is known."""
    if inside.startswith("/*") and inside.endswith("*/"):  # an example of one, as text
        return f"{{{{{mark}{inside[2:-2]}{'>' if mark == '<' else '%'}}}}}"
    name, rest = (*inside.strip().removesuffix("/").split(maxsplit=1), "", "")[:2]
    if name.lstrip("/") in _RAW:
        return ""
    if name == "/details":
        return "\n\n</details>\n\n"
    values = attributes(rest)
    is_positional = rest[:1] in ('"', "`") or "=" not in rest
    words = (
        [match[1] or match[2] or "" for match in _QUOTED.finditer(rest)] if is_positional else []
    )
    first = words[0] if words else ""
    if name in ("ref", "relref"):
        target = values.get("path") or first
        return _reference(target, stem) if target else None
    if name == "details":
        summary = escape(values.get("summary") or first)
        return f"\n\n<details><summary>{summary}</summary>\n\n"
    if name == "gist" and len(words) > 1:
        return f"<https://gist.github.com/{words[0]}/{words[1]}>"
    if name in _PAGES:
        number = first or values.get("id")
        page = _PAGES[name].format(id=number, user=values.get("user") or "i")
        return f"<{page}>" if number else None
    return _medium(name, values, first)


def _medium(name: str, values: dict[str, str], first: str) -> str | None:
    """A figure, a recording or a video."""
    src = values.get("src") or (first if name in ("audio", "video") else "")
    if not src:
        return None
    if name in ("audio", "video"):
        return f'<{name} src="{escape(src)}" controls></{name}>'
    if name != "figure":
        return None
    credit, source = values.get("attr", ""), values.get("attrlink", "")
    credit = f"[{credit or source}](<{source}>)" if source else credit
    words = " — ".join(filter(None, (values.get("title"), values.get("caption"), credit)))
    # Hugo reads them as Markdown: between empty lines so do we.
    caption = f"\n\n{words}\n\n" if _MARKED.search(words) else escape(words)
    caption = f"<figcaption>{caption}</figcaption>" if words else ""
    picture = f'<img src="{escape(src)}" alt="{escape(values.get("alt", ""))}">'
    link = escape(values.get("link", ""))
    picture = f'<a href="{link}">{picture}</a>' if link else picture
    return f"<figure>{picture}{caption}</figure>"


def _reference(target: str, stem: str) -> str:
    """The address of what ``relref`` names: from the content folder, this page, or by its name."""
    parts = split_or_none(target)
    if parts is None:
        return target
    path = re.sub(r"(?:/_?index)?\.(?:md|markdown)$", "", parts.path)
    path = re.sub(r"\.[a-z]{2}$", "", path)
    if path.startswith("."):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(stem), path))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return REFERENCE + path.strip("/").lower() + fragment
