"""``pages/*.md`` → Article: about, contact and whatever else stands beside the news. Pure.

Read as an article is, but by other keys: a page has no date, is in no list, and is told by no feed.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from feedservice.content.article import ArticleReader
from feedservice.content.front_matter_model import FrontMatter, ImageField
from feedservice.content.invisible import bare
from feedservice.content.shapes import Strict, keys_of, one_of
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Site
from feedservice.domain.taxonomy import find_category
from feedservice.domain.urls import PAGES

_AT_ANY_TIME = datetime.fromtimestamp(0, UTC)
_LAST = 1000
"""The order of a page that names none."""


class PageFront(Strict):
    """The keys of a page. Every scalar is text here."""

    title: str
    summary: str = ""
    order: str = ""
    image: str | ImageField = ""
    slug: str = ""
    aliases: list[str] = []
    status: Annotated[str, one_of(Status.PUBLISHED, Status.DRAFT)] = Status.PUBLISHED.value
    lang: str = ""


def reader_of(path: str, site: Site) -> type[ArticleReader]:
    """Return what reads a file: a page lies in ``pages/``, unless that is a category's folder."""
    folder, _, _name = path.rpartition("/")
    is_page = f"{folder}/" == PAGES and find_category(folder, site) is None
    return _PageReader if is_page else ArticleReader


class _PageReader(ArticleReader):
    """One reading of a page."""

    model = PageFront
    statuses = (Status.PUBLISHED, Status.DRAFT)
    folder = PAGES

    def article(self) -> Article:
        """Read all, as of an article."""
        found = super().article()
        status = Status.PAGE if found.status is Status.PUBLISHED else found.status
        order = bare(str(self.fields.plain().get("order") or _LAST))
        if not re.fullmatch("[0-9]{1,4}", order):
            self.report("order-bad", "order", value=order)
            order = str(_LAST)
        return replace(found, status=status, order=int(order))

    def warn(self, code: str, *location: str | int, **facts: str) -> None:
        """Add a warning, but none of what only feeds and lists show."""
        if code not in ("id-missing", "summary-missing"):
            super().warn(code, *location, **facts)

    def _front(self) -> FrontMatter:
        front = super()._front()
        fields = {key: getattr(front, key) for key in keys_of(PageFront) if key != "order"}
        return FrontMatter(date=_AT_ANY_TIME.isoformat(), **fields)

    def _categories(self, front: FrontMatter) -> tuple[str, ...]:  # noqa: ARG002 - it has none
        return ()
