"""Pictures as pages and feeds have them: in the size that is needed, without what a camera noted.

Pure. What no smaller ones are made of (drawings, what moves, another host's) is shown as it is.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from html import escape

from feedservice.domain import derived_pictures, urls
from feedservice.domain.derived_pictures import height, is_kept_type, widths
from feedservice.domain.internal_links import shown_in
from feedservice.domain.model import Media

CARD = "(max-width: 40rem) 36vw, 22rem"
FIRST_CARD = "(max-width: 40rem) 74vw, (max-width: 52rem) 100vw, 42rem"
TEXT = "(max-width: 40rem) 74vw, 36rem"
"""How wide a picture is shown: in lists, as the first of a list, in an article.

Phones are told less than that. They have three pixels to each that one sees, and would ask for
thrice the bytes: as it is they take 480 pixels for a card, and 960 for what is looked at first.
"""

_USUAL = 960
"""Pixels of what is shown by browsers without WebP."""
_IMG = re.compile(r'<img((?:[^<>"]|"[^"]*")*)>')
_SIZED = re.compile(r' (?:width|height)="')
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')


def img(
    picture: Media | None,
    address: str,
    at: Callable[[str], str],
    sizes: str,
    *,
    is_first: bool = False,
    rest: str = "",
) -> str:
    """Return HTML that shows a picture in the size that fits (HTML §4.8.4.2).

    Args:
        picture: as far as it is known.
        address: of the original.
        at: returns a path of ours as a link has it.
        sizes: how wide it is shown.
        is_first: whether it is what a reader sees first, so that it waits for nothing.
        rest: more attributes, each after a space.
    """
    of = widths(picture) if picture else ()
    if picture and picture.width and picture.height and not _SIZED.search(rest):
        rest += f' width="{picture.width}" height="{picture.height}"'
    rest += ' fetchpriority="high"' if is_first else ' loading="lazy"'
    if not picture or not of:
        return f'<img src="{escape(address)}"{rest} decoding="async">'
    usual = max((width for width in of if width <= _USUAL), default=of[0])
    src = at(derived_pictures.path(picture, usual))
    choice = ", ".join(
        f"{at(derived_pictures.path(picture, width, webp=True))} {width}w" for width in of
    )
    return (
        f'<picture><source type="image/webp" srcset="{choice}" sizes="{sizes}">'
        f'<img src="{src}"{rest} decoding="async"></picture>'
    )


def in_body(html: str, pictures: Collection[Media], at: Callable[[str], str]) -> str:
    """Return a body, its links not resolved yet, with its pictures as `img` writes them."""
    if "<img" not in html:
        return html
    known = {each.src: each for each in pictures}

    def shown(match: re.Match[str]) -> str:
        before, src, rest = shown_in(match[1])
        picture = known.get(src)
        if picture is None:
            return f'<img{match[1]} loading="lazy" decoding="async">'
        return img(picture, at(urls.media_path(src)), at, TEXT, rest=before + rest)

    return _IMG.sub(shown, html)


def alone(picture: Media, address: str, at: Callable[[str], str]) -> tuple[str, Media]:
    """Return a picture where nobody chooses a size: its address, and what is to be found there.

    That is the widest that is made, which says nothing of where it was taken.

    Args:
        picture: as far as it is known.
        address: of the original.
        at: returns the address of a path of ours.
    """
    of = widths(picture)
    if not of:
        return address, picture
    shown = replace(
        picture,
        media_type=picture.media_type if is_kept_type(picture) else "image/webp",
        width=of[-1],
        height=height(picture, of[-1]),
        length=0,
        digest="",
    )
    return at(derived_pictures.path(picture, of[-1])), shown


def figure(picture: Media, html: str, address: str, at: Callable[[str], str]) -> str:
    """Return the lead picture as it opens the full text of an entry.

    Args:
        picture: the lead.
        html: the body, its links not resolved yet; one that begins with the picture needs none.
        address: of the original.
        at: returns the address of a path of ours.
    """
    if _begins_with(html, picture.src):
        return ""
    address, picture = alone(picture, address, at)
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    words = " – ".join(filter(None, (picture.caption, picture.credit)))
    caption = f"<figcaption>{escape(words, quote=False)}</figcaption>" if words else ""
    shown = f'<img src="{escape(address)}" alt="{escape(picture.alt)}"{size}>'
    return f"<figure>{shown}{caption}</figure>"


def _begins_with(html: str, src: str) -> bool:
    first = _IMG.search(html)
    if first is None or _TAG.sub("", html[: first.start()]).strip():
        return False
    own = shown_in(first[1])[1]
    return own == src or f' src="{escape(urls.uri(src))}"' in first[1]
