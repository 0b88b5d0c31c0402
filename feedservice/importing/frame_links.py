"""Frames that a foreign body embeds → links to the pages that they show. Pure."""

import re
from html import escape

from feedservice.content.embeds import page_of
from feedservice.content.html_tags import attributes, tags
from feedservice.importing.addresses import is_http
from feedservice.importing.shortcodes import replace_between

_FRAME = re.compile(r"<(?:iframe|embed|object)\b([^<>]*+)>", re.IGNORECASE)
_WITH_CONTENT = re.compile(r"<(?:iframe|object)\b([^<>]*+)>", re.IGNORECASE)
_END_OF_CONTENT = re.compile(r"</(?:iframe|object)\s*>", re.IGNORECASE)
_EMBED = re.compile(r"<embed\b", re.IGNORECASE)
_PARAM = tags("param")
_MOVIE = frozenset({"movie", "src"})
_ADDRESSES = ("src", "data", "data-src", "data-lazy-src", "data-lazy")
"""Attributes that name what a frame shows; the last ones where a script fills it in later."""


def as_links(html: str) -> tuple[str, tuple[str, ...]]:
    """Return HTML with a link in place of each frame, and the addresses of these."""
    frames: list[str] = []

    def link(address: str) -> str:
        url, _ = page_of(address)
        frames.append(url)
        return f'<p><a href="{escape(url)}">{escape(url)}</a></p>'

    def with_content(frame: re.Match[str], content: str) -> str:
        address = address_of(frame[1])
        if not address and not _EMBED.search(content):
            address = _movie(content)
        # What an object holds is shown where it shows nothing itself (HTML §4.8.7).
        return link(address) if address else content

    def without_content(frame: re.Match[str]) -> str:
        address = address_of(frame[1])
        return link(address) if address else ""

    html = replace_between(html, _WITH_CONTENT, _END_OF_CONTENT, with_content)
    return _FRAME.sub(without_content, html), tuple(frames)


def address_of(given: str) -> str:
    """Return what a frame shows, by its attributes; empty where they do not say it.

    A page of another site goes before one that stands in for it until a script has run.
    """
    known = attributes(given)
    said = [known.get(name, "").strip() for name in _ADDRESSES]
    found = [each for each in said if each and not each.startswith(("about:", "data:"))]
    return next(filter(is_http, found), found[0] if found else "")


def _movie(content: str) -> str:
    """What an object's parameters name, as Flash had it."""
    params = (attributes(tag[3]) for tag in _PARAM.finditer(content))
    named = (each for each in params if each.get("name", "").lower() in _MOVIE)
    return next((each.get("value", "").strip() for each in named), "")
