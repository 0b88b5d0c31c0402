"""Values ⇄ what a row holds: JSON, by msgspec over the dataclasses themselves. Pure.

The texts of an article stand apart from the rest, compressed: that is a fifth of their bytes, and
read in half of the time that JSON takes over Arabic.
"""

import zlib
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import TypeVar

import deflate
from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.headline import Headline
from feedservice.domain.incidents import Notice
from feedservice.domain.model import Article, Problem, Site
from feedservice.domain.references import Reference

_ENCODER = Encoder()
_FIELDS = [each.name for each in fields(Article)]
_VALUES = attrgetter(*_FIELDS)
_ARTICLE = Decoder(Article)
_HEADLINE = Decoder(Headline)
_SITE = Decoder(Site)
_PROBLEMS = Decoder(tuple[Problem, ...])
_NOTICE = Decoder(Notice)
_PLACES = Decoder(list[tuple[int, str, int]])
_Value = TypeVar("_Value")
_USUAL, _LARGE = 8, 1 << 16
"""How many times as long a text is as what it is kept as, at most, in general; and bytes of one
that is large, for which no more room is made."""


def teaser_to_json(article: Article) -> str:
    """Return the article without its texts."""
    said = dict(zip(_FIELDS, _VALUES(article), strict=True))
    return _ENCODER.encode(said | {"html": "", "text": ""}).decode()


def article_from_json(teaser: str) -> Article:
    """Return the article that was written, without its texts."""
    return _read(_ARTICLE, teaser)


def headline_from_json(teaser: str) -> Headline:
    """Return what others show of the article that was written: a third of the work."""
    return _read(_HEADLINE, teaser)


def texts_of(article: Article) -> bytes:
    """Return the texts of an article as they are kept."""
    html = article.html.encode()
    return _packed(b"%d %b%b" % (len(html), html, article.text.encode()))


def whole_article(teaser: str, texts: bytes) -> Article:
    """Return the article that was written, with its texts.

    Raises:
        IndexUnavailable: the row cannot be read.
    """
    html, text = parted(texts)
    article = article_from_json(teaser)
    # Nobody else has it yet, and a copy takes as long as all of the reading.
    for name, value in (("html", html), ("text", text)):
        object.__setattr__(article, name, value)
    return article


def parted(texts: bytes) -> tuple[str, str]:
    """Return the HTML and the plain text of an article.

    Raises:
        IndexUnavailable: the row cannot be read.
    """
    html, text = _parts(texts)
    try:
        return html.decode(), text.decode()
    except ValueError as error:
        raise _unreadable() from error


def plain_text_of(texts: bytes) -> bytes:
    """Return the plain text of an article as UTF-8; raises as `parted`."""
    return _parts(texts)[1]


def _parts(texts: bytes) -> tuple[bytes, bytes]:
    length, _, both = texts_from_row(texts).partition(b" ")
    if not length.isdigit():
        raise _unreadable()
    return both[: int(length)], both[int(length) :]


def texts_from_row(texts: bytes) -> bytes:
    """Return the texts of an article, one behind the other, as UTF-8.

    Raises:
        IndexUnavailable: the row cannot be read.
    """
    try:
        return bytes(_unpacked(texts))
    except zlib.error as error:
        raise _unreadable() from error


def _unreadable() -> IndexUnavailable:
    return IndexUnavailable("a row cannot be read: its texts")


def compress(text: str) -> bytes:
    """Return a text as it is kept."""
    return _packed(text.encode())


def _packed(data: bytes) -> bytes:
    return bytes(deflate.zlib_compress(data, 1))


def decompress(data: bytes) -> str:
    """Return a text that `compress` made ready.

    Raises:
        ValueError: it is damaged.
    """
    try:
        return _unpacked(data).decode()
    except zlib.error as error:
        raise ValueError(str(error)) from error


def _unpacked(data: bytes) -> bytes | bytearray:
    """What most texts are is unpacked in half of the time, by who must be told of enough room."""
    try:
        return deflate.zlib_decompress(data, _USUAL * min(len(data), _LARGE) or 1)
    except deflate.DeflateError:
        return zlib.decompress(data)


def site_to_json(site: Site) -> str:
    """Return the site."""
    return _ENCODER.encode(site).decode()


def site_from_json(text: str) -> Site:
    """Return the site that was written."""
    return _read(_SITE, text)


def values_to_json(values: Sequence[object]) -> bytes:
    """Return a list of values, which is another one where any of them is."""
    return _ENCODER.encode(values)


def problems_to_json(problems: Sequence[Problem]) -> str:
    """Return problems as a list."""
    return _ENCODER.encode(problems).decode()


def names_to_json(references: Sequence[Reference]) -> str:
    """Return the names in a file as a list."""
    return _ENCODER.encode(references).decode()


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Return the problems that were written."""
    return _read(_PROBLEMS, text)


def notice_to_json(notice: Notice) -> str:
    """Return what is told of one subject."""
    return _ENCODER.encode(notice).decode()


def notice_from_json(text: str) -> Notice:
    """Return what was written."""
    return _read(_NOTICE, text)


def places_from_json(text: str) -> list[tuple[int, str, int]]:
    """Return the ages, slugs and numbers that `label_parts` asks for."""
    return _read(_PLACES, text)


def _read(decoder: Decoder[_Value], text: str) -> _Value:
    """A payload of another release is not read; `SCHEMA_VERSION` grows wherever one can be met."""
    try:
        return decoder.decode(text)
    except DecodeError as error:
        raise IndexUnavailable(f"a row cannot be read: {error}") from error
