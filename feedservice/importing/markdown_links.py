"""Addresses in Markdown → the ones that hold here: links, pictures, reference definitions, raw
HTML. Pure.

Code is left alone. Must not know where an address leads: `Resolve` says so.
"""

import re
from collections.abc import Callable

from feedservice.importing.markdown import Resolve

_CODE = re.compile(
    r"(^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`))",
    re.DOTALL | re.MULTILINE,
)
_INLINE = re.compile(
    r"""(!?)(\[(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*\])\(\s*(<[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)"""
)
_DEFINITION = re.compile(r"^( {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*)(<[^<>\n]*>|\S+)", re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"""(<(?:a|img|audio|video|source)\b[^<>]*?\s(href|src)\s*=\s*)(["'])(.*?)\3""", re.IGNORECASE
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|mp3|m4a|ogg|mp4|webm)$", re.IGNORECASE)


def rewrite(markdown: str, resolve: Resolve) -> str:
    """Return Markdown with each address as ``resolve`` wants it; a link to nowhere leaves its
    text.
    """
    return outside_code(markdown, lambda text: _rewritten(text, resolve))


def outside_code(markdown: str, change: Callable[[str], str]) -> str:
    """Return Markdown with ``change`` made to what is no code."""
    parts: list[str] = []
    at = 0
    for match in _CODE.finditer(markdown):
        parts += (change(markdown[at : match.start()]), match[0])
        at = match.end()
    return "".join((*parts, change(markdown[at:])))


def _rewritten(text: str, resolve: Resolve) -> str:
    def inline(match: re.Match[str]) -> str:
        label = _INLINE.sub(inline, match[2]) if "](" in match[2] else match[2]
        url = resolve("src" if match[1] else "href", match[3].strip("<>"))
        return f"{match[1]}{label}({_destination(url)}"

    def definition(match: re.Match[str]) -> str:
        url = match[2].strip("<>")
        return match[1] + (
            _destination(resolve("src" if _PICTURE.search(url) else "href", url)) or "#"
        )

    def attribute(match: re.Match[str]) -> str:
        return f"{match[1]}{match[3]}{resolve(match[2].lower(), match[4])}{match[3]}"

    return _ATTRIBUTE.sub(attribute, _DEFINITION.sub(definition, _INLINE.sub(inline, text)))


def _destination(url: str) -> str:
    return f"<{url}>" if re.search(r"[\s()]", url) else url
