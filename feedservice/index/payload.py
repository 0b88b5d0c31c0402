"""Values ⇄ JSON, by pydantic over the dataclasses themselves. Pure."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Article, Problem, Site

_ARTICLE = TypeAdapter(Article)
_SITE = TypeAdapter(Site)
_PROBLEMS = TypeAdapter(tuple[Problem, ...])
_TEXT = {"html", "text"}
_Value = TypeVar("_Value")


def article_to_json(article: Article) -> str:
    """Return the whole article."""
    return _ARTICLE.dump_json(article).decode()


def teaser_to_json(article: Article) -> str:
    """Return the article without its text."""
    return _ARTICLE.dump_json(article, exclude=_TEXT).decode()


def article_from_json(text: str) -> Article:
    """Return the article that was written."""
    return _read(_ARTICLE, text)


def site_to_json(site: Site) -> str:
    """Return the site."""
    return _SITE.dump_json(site).decode()


def site_from_json(text: str) -> Site:
    """Return the site that was written."""
    return _read(_SITE, text)


def problems_to_json(problems: Sequence[Problem]) -> str:
    """Return problems as a list."""
    return _PROBLEMS.dump_json(tuple(problems)).decode()


def problems_from_json(text: str) -> tuple[Problem, ...]:
    """Return the problems that were written."""
    return _read(_PROBLEMS, text)


def _read(adapter: TypeAdapter[_Value], text: str) -> _Value:
    """A payload of another release is not read; `SCHEMA_VERSION` grows wherever one can be met."""
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        raise IndexUnavailable(f"a row cannot be read: {error.title}") from error
