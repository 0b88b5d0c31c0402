"""Values ⇄ JSON, by msgspec over the dataclasses themselves. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Article, Problem, Site

_ENCODER = Encoder()
_ARTICLE = Decoder(Article)
_SITE = Decoder(Site)
_PROBLEMS = Decoder(tuple[Problem, ...])
_Value = TypeVar("_Value")


def article_to_json(article: Article) -> str:
    """Return the whole article."""
    return _ENCODER.encode(article).decode()


def teaser_to_json(article: Article) -> str:
    """Return the article without its text."""
    return article_to_json(replace(article, html="", text=""))


def article_from_json(text: str) -> Article:
    """Return the article that was written."""
    return _read(_ARTICLE, text)


def site_to_json(site: Site) -> str:
    """Return the site."""
    return _ENCODER.encode(site).decode()


def site_from_json(text: str) -> Site:
    """Return the site that was written."""
    return _read(_SITE, text)


def problems_to_json(problems: Sequence[Problem]) -> str:
    """Return problems as a list."""
    return _ENCODER.encode(problems).decode()


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Return the problems that were written."""
    return _read(_PROBLEMS, text)


def _read(decoder: Decoder[_Value], text: str) -> _Value:
    """A payload of another release is not read; `SCHEMA_VERSION` grows wherever one can be met."""
    try:
        return decoder.decode(text)
    except DecodeError as error:
        raise IndexUnavailable(f"a row cannot be read: {error}") from error
