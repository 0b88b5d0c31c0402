"""The lists that are meant by the address of one that is not there, or of its feed. Reads only."""

from typing import NamedTuple

from feedservice.domain import urls
from feedservice.domain.former_feeds import PLURALS
from feedservice.domain.label_slugs import label_slug
from feedservice.domain.route import FEEDS
from feedservice.domain.taxonomy import Taxonomy, nearest_author, nearest_category
from feedservice.index import near_labels
from feedservice.index.snapshot import Snapshot

_LONGEST = 60
"""Characters of a name that is compared with others."""


class NearList(NamedTuple):
    """The name of a list, the path of its page or feed, and the format of the latter."""

    title: str
    path: str
    format: str = ""


def near_lists(path: str, view: Snapshot) -> tuple[NearList, ...]:
    """Return the lists whose names are most like that in an address (decoded), the likeliest first.

    That is the one of the same kind; where there is none, those of the other kinds.
    """
    kind, name, format_ = _read(path)
    if not name or len(name) > _LONGEST:
        return ()
    own = _nearest(kind, name, view)
    others = (_nearest(each, name, view) for each in Taxonomy if each is not kind)
    found = (own,) if own else tuple(filter(None, others))
    return tuple(_in_format(each, format_) for each in found) if format_ else found


def _read(path: str) -> tuple[Taxonomy, str, str]:
    """The kind of a list, its name and the format of a feed, as an address may mean them."""
    stem, _dot, format_ = path.rpartition(".")
    if format_ not in FEEDS:
        stem, format_ = path, ""
    first, *rest = stem.strip("/").split("/")
    kinds = {each.plural: each for each in Taxonomy}
    if first in PLURALS and rest:
        return kinds[PLURALS[first]], rest[0], format_
    return Taxonomy.CATEGORY, "" if rest else first, format_


def _in_format(page: NearList, format_: str) -> NearList:
    return NearList(page.title, urls.feed_path(page.path, f".{format_}"), format_)


def _nearest(kind: Taxonomy, name: str, view: Snapshot) -> NearList | None:
    slug = title = ""
    if kind is Taxonomy.CATEGORY:
        slug = nearest_category(name, view.site)
        category = view.site.category(slug) if slug else None
        title = category.name if category else ""
    elif kind is Taxonomy.AUTHOR and (slug := nearest_author(name, view.site)):
        author = view.site.author(slug)
        title = author.name if author else ""
    if not title and kind is not Taxonomy.CATEGORY:
        found = near_labels.find(view, kind, label_slug(kind, name))
        slug, title = found or ("", "")
    return NearList(title, urls.label_path(kind, slug)) if title else None
