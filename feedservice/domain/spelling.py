"""A list's route → its selection, by the spellings that show: what only the index knows. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from feedservice.domain import queries
from feedservice.domain.errors import Moved, NotFound
from feedservice.domain.label_slugs import label_slug
from feedservice.domain.model import Site
from feedservice.domain.route import HTML, Kind, Route
from feedservice.domain.routes import read_list
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy

Slugs = Callable[[Collection[tuple[str, str]]], Mapping[tuple[str, str], str]]
"""Returns the slugs that show of those tags and authors, by kind and slug, which articles have."""


def resolve(route: Route, site: Site, slugs: Slugs) -> Selection:
    """Return the selection of a list, once its tags and authors are found in the index.

    Args:
        route: of a list.
        site: as it is now; where it changed since, the address is read again.
        slugs: asks the index.

    Raises:
        NotFound: there is no such list; an unknown category or author among it, and the page of a
            tag that no published article had. Its feed may be waited for.
        Moved: the path spells a name in another way than it is shown.
        BadParameter: a parameter has a value it cannot have.
    """
    if route.site != site:
        route = read_list(route, site)
    if route.refusal:
        raise route.refusal
    found = slugs(route.unresolved) if route.unresolved else {}
    own = _own(route)
    for label in route.unresolved:
        taxonomy, slug = label
        is_page_of_it = label == own and route.format == HTML and route.is_indexed
        is_waited_for = taxonomy is Taxonomy.TAG and not is_page_of_it
        if label not in found and not is_waited_for:
            raise NotFound(route.path) if label == own else queries.unknown_author(slug, site)
    selection = route.selection.respelt(found)
    # Narrowed lists are one answer, whichever of their labels is in the path.
    is_spelt = own is not None and (route.is_indexed or own[1] != route.name)
    if own in route.unresolved and is_spelt and found.get(own, own[1]) != route.name:
        # What means nothing stays behind: addresses that share a key lead to one place.
        raise Moved(replace(route, selection=selection).address)
    return selection


def _own(route: Route) -> tuple[Taxonomy, str] | None:
    """The tag or author whose list the path names."""
    if route.kind not in (Kind.TAG, Kind.AUTHOR):
        return None
    taxonomy = Taxonomy(route.kind)
    return taxonomy, label_slug(taxonomy, route.name)
