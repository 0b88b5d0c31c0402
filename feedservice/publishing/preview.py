"""What editors see before readers do: every article with its problems, feeds and entries."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import NotFound
from feedservice.domain.model import Article, Problem, Severity, Site, Status
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build, build_page
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.page import Anchor, ArticlePage
from feedservice.index.changes import labels_of
from feedservice.index.overview import everything, problems_of
from feedservice.index.reader import IndexReader
from feedservice.publishing import link_contexts


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file in the list of all: ``state`` is a `State`, or broken; empty for a good site.yaml."""

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
        feeds: the lists that it is in, from ``begins`` until ``ends`` (None: for good); none
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
    """

    def __init__(self, index: IndexReader, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    def fingerprint(self) -> str:
        """Return a text that differs once anything that the preview shows has changed."""
        with self._index.snapshot(self._clock()) as view:
            problems = repr(view.problems(hints=False))
            digest = hashlib.blake2b(problems.encode(), digest_size=8).hexdigest()
            return f"{view.revision}-{digest}"

    def rows(self) -> tuple[Site, tuple[Row, ...]]:
        """Return the site and every article file, broken ones first, then the newest first."""
        with self._index.snapshot(self._clock()) as view:
            site, now = view.site, view.now
            problems = problems_of(view)
            articles = everything(view)
        shown = {article.path for article in articles}
        broken = [
            Row(path=path, title="", state=_state_of(found), problems=found)
            for path, found in problems.items()
            if path not in shown
        ]
        rows = [_row(article, problems.get(article.path, ()), now) for article in articles]
        return site, (*broken, *rows)

    def proof(self, slug: str) -> Proof:
        """Return an article as it will be.

        Raises:
            NotFound: no article is called so.
        """
        with self._index.snapshot(self._clock()) as view:
            article = view.article(slug)
            if article is None:
                raise NotFound(slug)
            context = link_contexts.load(view, (article,), "")
            problems = problems_of(view).get(article.path, ())
            site, now = view.site, view.now
        item = build.item(article, replace(context, base_url=site.base_url), site.content)
        entries = tuple(
            (name, form.entry(item, site.language).decode().strip())
            for name, form in FORMATS.items()
        )
        page = build_page.article_page(
            article, context, base_url=site.base_url, last_modified=now, good_until=None
        )
        return Proof(
            row=_row(article, problems, now),
            page=page,
            feeds=_feeds(article, site) if article.status is Status.PUBLISHED else (),
            begins=article.published,
            ends=article.expires,
            entries=entries,
        )


def _state_of(problems: tuple[Problem, ...]) -> str:
    is_broken = any(problem.severity is Severity.ERROR for problem in problems)
    return "broken" if is_broken else ""


def _row(article: Article, problems: tuple[Problem, ...], now: datetime) -> Row:
    return Row(
        path=article.path,
        title=article.title,
        slug=article.slug,
        state=article.state(now).value,
        moment=article.published,
        problems=problems,
    )


def _feeds(article: Article, site: Site) -> tuple[Anchor, ...]:
    pages = [Anchor(path="/", text=site.title)]
    for (taxonomy, slug), label in labels_of(article).items():
        category = site.category(slug) if taxonomy is Taxonomy.CATEGORY else None
        name = category.name if category else label
        pages.append(Anchor(path=urls.label_path(taxonomy, slug), text=name))
    return tuple(pages)
