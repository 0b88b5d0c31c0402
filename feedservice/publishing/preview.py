"""What editors see before readers do: every article with its problems, feeds and entries."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import NotFound
from feedservice.domain.model import Article, Problem, Site, Status
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build, build_page
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.page import Anchor, ArticlePage
from feedservice.index.changes import labels_of
from feedservice.index.overview import everything, problems_of
from feedservice.index.reader import IndexReader
from feedservice.publishing.link_contexts import gather


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file in the list of all.

    Attributes:
        state: published, scheduled, expired, withdrawn, draft or broken.
    """

    path: str
    title: str
    state: str
    slug: str = ""
    moment: datetime | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An article as it will be.

    Attributes:
        page: its page.
        feeds: the lists that it stands in, from ``begins`` until ``ends`` (None: for good); none
            for a draft.
        entries: name of a format and the article's entry in it.
    """

    row: Row
    page: ArticlePage
    feeds: tuple[Anchor, ...]
    begins: datetime
    ends: datetime | None
    entries: tuple[tuple[str, str], ...]


class Preview:
    """Answers the preview's pages.

    Args:
        index: of the same content folder, kept up to date by somebody else.
        clock: tells states.
        site: the site.
    """

    def __init__(self, index: IndexReader, clock: Clock, site: Callable[[], Site]) -> None:
        self._index = index
        self._clock = clock
        self._site = site

    def fingerprint(self) -> str:
        """Return a text that differs once anything that the preview shows has changed."""
        told = repr(self._index.problems(hints=False))
        digest = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
        return f"{self._index.revision()}-{digest}"

    def rows(self) -> tuple[Row, ...]:
        """Return every article file, newest first; those that cannot be used come before all."""
        now = self._clock()
        problems = problems_of(self._index)
        articles = everything(self._index)
        rows = [self._row(article, problems.get(article.path, ()), now) for article in articles]
        shown = {article.path for article in articles}
        broken = [
            Row(path=path, title="", state="broken", problems=found)
            for path, found in problems.items()
            if path not in shown
        ]
        return (*broken, *rows)

    def proof(self, slug: str) -> Proof:
        """Return an article as it will be.

        Raises:
            NotFound: no article is called so.
        """
        now = self._clock()
        site = self._site()
        article = self._index.article(slug)
        if article is None:
            raise NotFound(slug)
        around = gather(self._index, (article,), site, "", now)
        item = build.item(article, replace(around, base_url=site.base_url), site.content)
        entries = tuple(
            (name, form.entry(item, site.language).decode().strip())
            for name, form in FORMATS.items()
        )
        page = build_page.article_page(
            article, around, base_url=site.base_url, last_modified=now, good_until=None
        )
        is_to_stand = article.status is Status.PUBLISHED
        return Proof(
            row=self._row(article, problems_of(self._index).get(article.path, ()), now),
            page=page,
            feeds=self._feeds(article, site) if is_to_stand else (),
            begins=article.published,
            ends=article.expires,
            entries=entries,
        )

    def _row(self, article: Article, problems: tuple[Problem, ...], now: datetime) -> Row:
        return Row(
            path=article.path,
            title=article.title,
            slug=article.slug,
            state=_state(article, now),
            moment=article.published,
            problems=problems,
        )

    def _feeds(self, article: Article, site: Site) -> tuple[Anchor, ...]:
        pages = [Anchor(path="/", text=site.title)]
        for (taxonomy, slug), label in labels_of(article).items():
            category = site.category(slug) if taxonomy is Taxonomy.CATEGORY else None
            name = category.name if category else label
            pages.append(Anchor(path=urls.label_path(taxonomy, slug), text=name))
        return tuple(pages)


def _state(article: Article, now: datetime) -> str:
    if article.status is not Status.PUBLISHED:
        return article.status.value
    if article.published > now:
        return "scheduled"
    return "published" if article.is_public(now) else "expired"
