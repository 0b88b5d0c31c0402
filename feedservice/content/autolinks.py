"""Addresses that are typed as they are become links, before the sanitiser. Pure."""

import re
from html import escape, unescape

from feedservice.content.html_tags import ATTRIBUTE

_SKIPPED = "a|audio|button|code|option|pre|script|select|style|svg|textarea|title|video"
_TOKEN = re.compile(
    rf"""
      <(?P<end>/?)(?P<skipped>{_SKIPPED})(?=[\s/>]){ATTRIBUTE}*+(?:>|\Z)
    | </?[a-z][^\s/>]*+{ATTRIBUTE}*+(?:>|\Z)
    | (?<![a-z0-9@./&=?_\-]) (?P<url>
        (?:https?://|www\.(?=[^\s.])) (?:[^\s<>&"«»“”،؛؟{{}}|\\^`] | &amp;)++
      )
    | (?<![a-z0-9@./_%+\-]) (?P<mail> [a-z0-9][a-z0-9._%+\-]*+ @ [a-z0-9\-]++ (?:\.[a-z0-9\-]++)++ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_MAYBE = re.compile(r"""(?<![="'/])https?://|(?<![="'/])www\.|[\w.+-]@\w""")
_TRAILING = "?!.,:;*_~'…"


def with_links(html: str) -> str:
    """Return HTML in which bare web and mail addresses are links, outside code and other links."""
    if not ("://" in html or "www." in html or "@" in html) or not _MAYBE.search(html):
        return html
    parts: list[str] = []
    at = depth = 0
    for token in _TOKEN.finditer(html):
        if token["skipped"]:
            depth = max(depth + (-1 if token["end"] else 1), 0)
        elif not depth and (token["url"] or token["mail"]):
            shown = _trimmed(token["url"] or token["mail"])
            address = unescape(shown)
            if "." not in address or address.rstrip("/").endswith(("://", "//www")):
                continue
            scheme = "mailto:" if token["mail"] else "" if "://" in address else "https://"
            parts += (
                html[at : token.start()],
                f'<a href="{escape(scheme + address)}" dir="ltr">{shown}</a>',
            )
            at = token.start() + len(shown)
    return "".join((*parts, html[at:]))


def _trimmed(url: str) -> str:
    """An address without the punctuation of the sentence that it ends."""
    more = {")": url.count(")") - url.count("("), "]": url.count("]") - url.count("[")}
    end = len(url)
    while end:
        last = url[end - 1]
        if last == ";" and url.endswith("&amp;", 0, end):
            end -= 5
        elif last in _TRAILING or more.get(last, 0) > 0:
            end -= 1
            more[last] = more.get(last, 0) - 1
        else:
            break
    return url[:end]
