"""The page of a search: what is found, where its words stand, and what else to ask. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.errors import NotFound
from feedservice.domain.marking import Marked, Words
from feedservice.domain.model import Site
from feedservice.domain.route import Route
from feedservice.domain.selections import Cursor, Selection
from feedservice.feeds import build, build_page
from feedservice.feeds.page import Alternate, Card
from feedservice.feeds.titles import channel_of
from feedservice.i18n import Message, _, ngettext
from feedservice.index import finding
from feedservice.index.finding import Listed, best
from feedservice.index.snapshot import Snapshot
from feedservice.publishing.cards import KeptCards
from feedservice.publishing.other_searches import Suggestion, suggestions

MAX_BEST = 300
"""Matches that are shown in order of how good they are; newest first shows all."""
MAX_COUNT = 1000
"""Articles that are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An article that was found, with the words that are meant."""

    card: Card
    title: Marked
    excerpt: Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The page of a search.

    Attributes:
        title: of the list; empty where nothing is searched for yet.
        told: how many articles there are.
        best_path, newest_path: the two orders.
        older_path: where a search goes on that has more than its best matches.
        suggestions: where nothing was found.
    """

    site: Site
    title: str
    query: str
    canonical_url: str
    is_newest_first: bool = False
    told: Message | None = None
    results: tuple[Result, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    best_path: str = ""
    newest_path: str = ""
    previous_path: str = ""
    next_path: str = ""
    older_path: str = ""
    alternates: tuple[Alternate, ...] = ()
    subscribe_path: str = ""
    last_modified: datetime | None = None
    good_until: datetime | None = None


def search_page(route: Route, selection: Selection, view: Snapshot, cards: KeptCards) -> SearchPage:
    """Return the page of a search.

    Args:
        route: of the page, read by the site of the index.
        selection: as the index spells it.
        view: is asked.
        cards: keeps cards.

    Raises:
        NotFound: there are not so many pages.
    """
    site = view.site
    url = urls.absolute(site.base_url, replace(route, selection=selection).address)
    if not selection.q:
        feeds = build_page.alternates("/", site.title)
        return SearchPage(site=site, title="", query="", canonical_url=url, alternates=feeds)
    channel = channel_of(selection, site, view.tag_label, view.author)
    listed, paths = (
        _newest(view, selection) if route.is_newest_first else _best(view, route, selection)
    )
    if not listed and (route.page > 1):
        raise NotFound(route.path)
    first = replace(selection, before=None)
    return SearchPage(
        site=site,
        title=channel.title,
        query=selection.q,
        canonical_url=url,
        is_newest_first=route.is_newest_first,
        told=_told(view.count(first, MAX_COUNT + 1)),
        results=_results(view, listed, cards, selection.q),
        suggestions=() if listed else suggestions(view, first),
        best_path=urls.search_page(first),
        newest_path=urls.search_page(first, newest=True),
        **paths,
        alternates=build_page.alternates(channel.path, build.full_title(channel.title, site.title)),
        subscribe_path=urls.subscription(selection),
        last_modified=view.last_modified(selection),
        good_until=view.next_moment(),
    )


def _told(count: int) -> Message:
    if count > MAX_COUNT:
        return _("more than {limit} articles", limit=MAX_COUNT)
    return ngettext("{n} article", "{n} articles", count)


def _newest(view: Snapshot, selection: Selection) -> tuple[tuple[Listed, ...], dict[str, str]]:
    """A part of what is found, newest first, and where the next one is."""
    limit = selection.limit or view.site.limit
    found = view.listed(selection, limit + 1)
    shown = found[:limit]
    if len(found) == len(shown):
        return shown, {}
    cursor = Cursor(published=shown[-1].published, slug=shown[-1].slug)
    return shown, {"next_path": urls.canonical(replace(selection, before=cursor))}


def _best(
    view: Snapshot, route: Route, selection: Selection
) -> tuple[tuple[Listed, ...], dict[str, str]]:
    """A part of the best matches, and where those before and behind it are."""
    limit = selection.limit or view.site.limit
    begin, end = (route.page - 1) * limit, min(route.page * limit, MAX_BEST)
    if begin >= end:
        return (), {}
    found = best(view.ask, selection, end + 1)
    paths = {}
    if route.page > 1:
        paths["previous_path"] = urls.search_page(selection, route.page - 1)
    if len(found) > end:
        is_last = end == MAX_BEST
        paths["older_path" if is_last else "next_path"] = urls.search_page(
            selection, 1 if is_last else route.page + 1, newest=is_last
        )
    return found[begin:end], paths


def _results(
    view: Snapshot, listed: Sequence[Listed], cards: KeptCards, query: str
) -> tuple[Result, ...]:
    words = Words(query)
    shown = dict(zip((each.number for each in listed), cards.of(view, listed), strict=True))
    # Texts are unpacked of those only whose title and summary do not say it all.
    unsaid = [
        number for number, card in shown.items() if not words.are_in(f"{card.title} {card.summary}")
    ]
    texts = finding.texts(view.connection, unsaid)
    return tuple(
        Result(
            card=card,
            title=words.marked(card.title),
            excerpt=words.excerpt(texts.get(number, "")) or words.marked(card.summary),
        )
        for number, card in shown.items()
    )
