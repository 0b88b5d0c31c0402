"""Old addresses of lists, and the lists of ours that they lead to. Pure.

A label whose slug the source chose itself has one line, in our own folder (``/tags/lebanon``): what
`former_lists` and `former_feeds` make of the source's addresses leads there, so that it answers for
the list, its numbered pages and its feeds.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import unquote

from feedservice.domain import redirects
from feedservice.domain.headline import Status
from feedservice.domain.label_slugs import label_key, label_slug
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import nfc, one_line
from feedservice.importing.addresses import from_root
from feedservice.importing.foreign_entry import ForeignEntry, Term
from feedservice.importing.redirect_rules import is_literal

_MAX_LINE = 1_024
"""Characters of a label's line."""


class OldLists:
    """What an import meets of them.

    Args:
        site: site.yaml as it is.
    """

    def __init__(self, site: Site) -> None:
        self._base_url = site.base_url
        self._moved: dict[str, str] = {}
        self._tags: Counter[tuple[str, str]] = Counter()

    def pairs(self) -> list[tuple[str, str]]:
        """Return each old address with ours; tags are last, first those that most articles have."""
        moved = dict(self._moved)
        for (old, new), _count in self._tags.most_common():
            moved.setdefault(old, new)
        # Where a list of ours is, no line is followed.
        ours = set(moved.values())
        return [(old, new) for old, new in moved.items() if old not in ours]

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add old addresses, each with ours."""
        self._moved.update(self._good(pairs))

    def _good(self, pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        moved = ((from_root(old, self._base_url), new) for old, new in pairs)
        return ((old, new) for old, new in moved if old != new and redirects.is_good(old, new))

    def add_term(self, term: Term, slug: str) -> None:
        """Add the lists that a category has in the source, with its slug here."""
        page = f"/{Taxonomy.CATEGORY.plural}/{slug}"
        self.add((old, page) for old in term.pages)
        self.add((old, f"{page}.rss") for old in term.feeds)

    def add_label(self, taxonomy: Taxonomy, slug: str, ours: str) -> None:
        """Add a category or an author whom the source calls by a slug that none has here."""
        self._moved.update(_line(taxonomy, slug, f"/{taxonomy.plural}/{ours}"))

    def add_entry(self, entry: ForeignEntry, find_category: Callable[[str], str]) -> None:
        """Add the lists of a new article, and its tags; what only drafts have was no list.

        Args:
            entry: the article.
            find_category: gives the slug of the category that a name means, or an empty text.
        """
        self.add(pair for pair in entry.lists if not _is_of_tag(pair))
        self._tags.update(self._good(filter(_is_of_tag, entry.lists)))
        for slug, name in entry.tag_slugs if entry.status is Status.PUBLISHED else ():
            category = find_category(name) if name in entry.uncertain else ""
            self._tags.update(_line(Taxonomy.TAG, slug, _page_of_tag(slug, name, category)))


def _is_of_tag(pair: tuple[str, str]) -> bool:
    return pair[1].startswith(f"/{Taxonomy.TAG.plural}/")


def _page_of_tag(slug: str, name: str, category: str) -> str:
    """Our list for what the source has as a tag; empty where that needs no line, or has no list."""
    if category:
        return f"/{Taxonomy.CATEGORY.plural}/{category}"
    theirs, ours = (label_slug(Taxonomy.TAG, each) for each in (slug, name))
    is_one = label_key(Taxonomy.TAG, theirs) == label_key(Taxonomy.TAG, ours)
    return "" if is_one or not ours else f"/{Taxonomy.TAG.plural}/{ours}"


def _line(taxonomy: Taxonomy, slug: str, page: str) -> list[tuple[str, str]]:
    """The line of a label, unless site.yaml cannot say it."""
    slug = nfc(one_line(unquote(slug)))
    old = f"/{taxonomy.plural}/{slug}"
    is_short = "/" not in slug and len(old) + len(page) <= _MAX_LINE
    return [(old, page)] if page and slug and is_short and is_literal(old) else []
