"""Addresses that are typed as they are become links, before the sanitiser. Pure."""

import re
from html import escape, unescape

from feedservice.content.html_tags import stretches, tags
from feedservice.content.invisible import INVISIBLE
from feedservice.domain.patterns import rare

_SKIPPED = tags("a|audio|code|pre|video")
_ADDRESS = rare(
    r"""
      (?<![a-z0-9@./&=?_\-]) (?P<url>
        (?:https?://|www\.(?=[^\s.])) (?:[^\s<>&"«»“”،؛؟{}|\\^`] | &amp;)++
      )
    | (?<![a-z0-9@./_%+\-]) (?P<mail>
        [a-z0-9][a-z0-9._%+\-]*+ @ [a-z0-9\-]++ (?:\.[a-z0-9\-]++)++
      )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_MAYBE = rare(
    # Each begins with what is rare, so that text is looked through quickly.
    r"""
      :// (?: (?<=http://) (?<![="'/]http://) | (?<=https://) (?<![="'/]https://) )
    | www\. (?<![="'/]www\.)
    | @ (?<=[\w.+-]@) \w
    """,
    re.VERBOSE,
)
_TRAILING = "?!.,:;*_~'…"


def with_links(html: str) -> str:
    """Return HTML in which bare web and mail addresses are links, outside code and other links."""
    # One character is found at a third of what it costs to find several.
    has_address = (":" in html and "://" in html) or ("w" in html and "www." in html)
    if not (has_address or "@" in html) or not _MAYBE.search(html):
        return html
    parts: list[str] = []
    at = 0
    for start, end in stretches(html, _SKIPPED):
        for found in _ADDRESS.finditer(html, start, end):
            shown = _trimmed(found[0])
            address = unescape(shown)
            host = address.partition("://")[2] or address.removeprefix("www.")
            if "." in host.strip("./"):
                scheme = "mailto:" if found["mail"] else "" if "://" in address else "https://"
                link = f'<a href="{escape(scheme + address)}" dir="ltr">{shown}</a>'
                parts += (html[at : found.start()], link)
                at = found.start() + len(shown)
    return "".join((*parts, html[at:]))


def _trimmed(url: str) -> str:
    """An address without the punctuation of the sentence that it ends."""
    more = {")": url.count(")") - url.count("("), "]": url.count("]") - url.count("[")}
    end = len(url)
    while end:
        last = url[end - 1]
        if last == ";" and url.endswith("&amp;", 0, end):
            end -= 5
        elif last in _TRAILING or last in INVISIBLE or more.get(last, 0) > 0:
            end -= 1
            more[last] = more.get(last, 0) - 1
        else:
            break
    return url[:end]
