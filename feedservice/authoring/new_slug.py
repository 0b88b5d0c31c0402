"""The slug that a new article gets of its day and title. Pure."""

from feedservice.domain.model import Site
from feedservice.domain.text import slugify

MAX_NAME = 200
"""Bytes of the name of a file, of which file systems allow 255; an Arabic letter takes two."""
_MAX_LATIN = 70
_VOWELS = str.maketrans("اأإآىٱ", "aaiaaa")
"""anyascii leaves the alef out: of داريا it makes dry."""


def new_slug(title: str, day: str, site: Site) -> str:
    """Return the slug of an article of a day, whoever has it; empty where no letter is in it."""
    if site.has_latin_slugs:
        words = short(latin(title), _MAX_LATIN)
    else:
        words = short(slugify(title), MAX_NAME - len(day))
    return f"{day}-{words}" if words else ""


def latin(title: str) -> str:
    """Return the slug of a title in Latin letters; vowels that are not written are not there.

    >>> latin("قصف على داريا")
    'qsf-la-darya'
    """
    from anyascii import anyascii  # noqa: PLC0415 - its tables: for whoever asked for Latin slugs

    # What has no sound of its own, ع and ء, becomes a quote.
    plain = anyascii(slugify(title).translate(_VOWELS))
    return slugify("".join(char for char in plain if char.isalnum() or char == "-"))


def short(name: str, limit: int) -> str:
    """Return at most so many bytes of a slug, cut between words where they are not very long."""
    if len(name.encode()) <= limit:
        return name
    cut = name.encode()[:limit].decode(errors="ignore")
    words = cut.rpartition("-")[0]
    return words if len(words) > len(cut) // 2 else cut.strip("-")
