"""Which smaller pictures are made of one, and their addresses. Pure.

All of it follows from what was read of the original, so no document changes when one is finished.
"""

from collections.abc import Iterator

from feedservice.domain import urls
from feedservice.domain.model import Article, Media

WIDTHS = (480, 960, 1600)
"""Pixels; a picture is never enlarged, so that a narrower one is made in its own width, too."""
WEBP = ".webp"
"""Behind the name of a picture that is another type's, where it is asked for as WebP."""
SPACE = "picture"
"""Of an article's mentions: its pictures of which smaller ones are made."""
_KEPT = frozenset({"image/jpeg", "image/png"})
"""Types in which pictures of these types are made, too: a mail program may show no other."""


def of(article: Article) -> Iterator[Media]:
    """Yield the pictures of an article of which smaller ones are made."""
    lead = (article.image,) if article.image else ()
    return (each for each in (*lead, *article.pictures, *article.media) if each.digest)


def mention(picture: Media) -> tuple[str, str]:
    """Return a picture of which smaller ones are made as the index has it: space and value."""
    return SPACE, f"{picture.digest} {picture.src}"


def widths(picture: Media) -> tuple[int, ...]:
    """Return the widths in which a picture is made, narrowest first; none for one that is not."""
    if not picture.digest:
        return ()
    widest = min(picture.width, WIDTHS[-1])
    return (*(each for each in WIDTHS if each < widest), widest)


def height(picture: Media, width: int) -> int:
    """Return how high a picture is in a width."""
    return max(1, round(picture.height * width / picture.width))


def is_kept_type(picture: Media) -> bool:
    """Whether a picture is made in its own type beside WebP."""
    return picture.media_type in _KEPT


def path(picture: Media, width: int, *, webp: bool = False) -> str:
    """Return the address of a picture in a width, percent-encoded.

    Args:
        picture: the original.
        width: one of `widths`.
        webp: as WebP, not in its own type; what is kept in no other is WebP anyway.

    >>> photo = Media(src="media/a/b.jpg", media_type="image/jpeg", width=900, digest="0f")
    >>> path(photo, 480), path(photo, 900, webp=True)
    ('/pictures/0f/480/a/b.jpg', '/pictures/0f/900/a/b.jpg.webp')
    """
    name = picture.src.removeprefix("media/")
    is_webp = (webp or not is_kept_type(picture)) and not name.endswith(WEBP)
    return urls.percent(f"/pictures/{picture.digest}/{width}/{name}{WEBP if is_webp else ''}")


def file_path(digest: str, name: str, src: str) -> str:
    """Return where a picture that is made is put for others: its address, not encoded.

    Args:
        digest: of the original.
        name: its width, and `WEBP` behind it where it is one.
        src: the original, ``media/…``.

    >>> file_path("0f", "900.webp", "media/a/b.jpg"), file_path("0f", "900.webp", "media/b.webp")
    ('pictures/0f/900/a/b.jpg.webp', 'pictures/0f/900/b.webp')
    """
    rest, width = src.removeprefix("media/"), name.removesuffix(WEBP)
    is_told = name != width and not rest.endswith(WEBP)
    return f"pictures/{digest}/{width}/{rest}{WEBP if is_told else ''}"


def paths(picture: Media) -> Iterator[str]:
    """Yield all addresses of what is made of a picture."""
    for width in widths(picture):
        yield from dict.fromkeys(path(picture, width, webp=webp) for webp in (True, False))


def taken_apart(name: str) -> tuple[str, str, str]:
    """Return digest, width and the rest of what stands behind ``/pictures/``; see `path`."""
    digest, width, rest = name.split("/", 2)
    return digest, width, rest
