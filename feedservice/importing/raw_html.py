"""Addresses in the HTML that stands in a body: links, pictures, players. Pure.

A picture that has several sizes is had in its largest.
"""

import re
from collections.abc import Callable, Iterator
from html import escape

from feedservice.content.body_links import SCHEMES
from feedservice.content.html_tags import attributes, tags

Resolve = Callable[[str, str], str]
"""The kind (``href`` or ``src``) and an address → the one to write; empty to leave it out."""

_TAG = tags("a|img|image|audio|video|source|track|picture")
_LINK = tags("a")
_SCHEME = re.compile(r"(?!(?:data|javascript|vbscript):)([a-z][a-z0-9+.-]*+):", re.IGNORECASE)
_PLAIN = ("data-src", "data-lazy-src", "data-original", "data-lazy", "src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_NOT_KEPT = frozenset({*_PLAIN, *_SETS, "sizes", "loading", "decoding"})
_SIZE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?(?=[wx]$)")


def rewrite(html: str, resolve: Resolve) -> str:
    """Return text with HTML in it, each address as ``resolve`` wants it."""
    return _changed(html, resolve)


def with_largest(html: str) -> str:
    """Return HTML whose pictures have the largest of their sizes, in ``src``."""
    return _changed(html, lambda _kind, url: url) if "srcset" in html else html


def largest(srcset: str) -> str:
    """Return the largest of the addresses of a ``srcset``, by width or density (HTML §4.8.4.2.1).

    >>> largest("/a.jpg 300w, /b.jpg 1024w, /c.jpg 768w")
    '/b.jpg'
    """
    found = {
        url: float(size[0]) if size else 1.0
        for url, _, rest in (each.strip().partition(" ") for each in re.split(r",\s", srcset))
        for size in [_SIZE.match(rest.strip())]
    }
    return max(found, key=found.__getitem__, default="").rstrip(",")


def figure(src: str, alt: str, caption: str) -> str:
    """Return a picture as HTML, and its caption where it has one."""
    picture = f'<img src="{escape(src)}" alt="{escape(alt)}">'
    if not caption:
        return f"<p>{picture}</p>"
    return f"<figure>{picture}<figcaption>{escape(caption)}</figcaption></figure>"


def unlinked(html: str) -> Iterator[str]:
    """Yield the addresses of links whose scheme no article may have, such as ``tel:``.

    Those that only a script can follow lead no reader anywhere.
    """
    for tag in _LINK.finditer(html):
        address = attributes(tag[3]).get("href", "").strip()
        scheme = _SCHEME.match(address)
        if scheme and scheme[1].lower() not in SCHEMES:
            yield address


def _changed(html: str, resolve: Resolve) -> str:
    around = ""

    def tag(match: re.Match[str]) -> str:
        nonlocal around
        end, name, known = match[1], match[2].lower(), attributes(match[3])
        if end or name == "picture":
            around = "" if name == "picture" else around
            return match[0]
        if name == "source" and not known.get("src"):
            around = around or largest(_first(known, _SETS))
            return ""
        if name in ("img", "image"):
            source = largest(_first(known, _SETS)) or _first(known, _PLAIN) or around
            rest = {key: value for key, value in known.items() if key not in _NOT_KEPT}
            known, name = {"src": source, **rest}, "img"
        for key, kind in (("href", "href"), ("src", "src"), ("poster", "src")):
            if known.get(key):
                known[key] = resolve(kind, known[key])
        return f"<{name}{''.join(map(_written, known, known.values()))}>"

    return _TAG.sub(tag, html)


def _first(known: dict[str, str], keys: tuple[str, ...]) -> str:
    found = (known.get(key, "").strip() for key in keys)
    return next((each for each in found if each and not each.startswith("data:")), "")


def _written(key: str, value: str) -> str:
    return f' {key}="{escape(value)}"' if value or key in ("alt", "src", "href") else f" {key}"
