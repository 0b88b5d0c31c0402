"""What readers know of the site by now, against which a new site.yaml is weighed. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feedservice.domain import redirects
from feedservice.domain.former_slugs import FormerSlugs, unknown
from feedservice.domain.model import Author, Category, Site
from feedservice.domain.own_addresses import own_addresses
from feedservice.domain.taxonomy import Taxonomy, find_slug

DECLARED = (Taxonomy.CATEGORY, Taxonomy.AUTHOR)
"""What site.yaml declares; whoever writes a tag makes it."""
BASE_URL = "base_url"
"""The kind of a `Former` that is an address of the site."""
PAGE = "page"
"""The kind of a `Former` that is the slug of a whole category or author."""


class Former(NamedTuple):
    """What site.yaml said once, and says no more.

    Attributes:
        kind: ``category`` or ``author`` for one of its names; `PAGE`; `BASE_URL`.
        slug: of the category or author that had the name; of a page, which of both it was.
        name: the name or the address.
    """

    kind: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSite:
    """The last good site, and what of it is in use.

    Attributes:
        site: as it is published.
        former: what it said earlier.
        users: returns the files of articles, public or to come, of a category or author.
        is_said: whether any article still says or names something former.
        slugs: returns the slugs that articles have or had.
    """

    site: Site
    former: tuple[Former, ...] = ()
    users: Callable[[Taxonomy, str], Sequence[str]]
    is_said: Callable[[Former], bool]
    slugs: FormerSlugs = unknown


def declared(site: Site, taxonomy: Taxonomy) -> Sequence[Category | Author]:
    """Return the categories or the authors of site.yaml."""
    return site.categories if taxonomy is Taxonomy.CATEGORY else site.authors


def dropped(before: Site, after: Site) -> Iterator[Former]:
    """Yield what a change of site.yaml drops: slugs, names of what it still has, the base URL."""
    said = [Former(BASE_URL, "", before.base_url)]
    for taxonomy in DECLARED:
        for label in declared(before, taxonomy):
            said.append(Former(PAGE, taxonomy, label.slug))
            names = dict.fromkeys((label.name, *label.aliases))
            said += (Former(taxonomy, label.slug, name) for name in names)
    yield from (each for each in said if not is_kept(each, after))


def is_kept(former: Former, site: Site) -> bool:
    """Whether something former answers still, or what had it is gone altogether."""
    if former.kind == BASE_URL:
        return own_addresses(site.base_url, *site.former_urls).path_of(former.name) == "/"
    if former.kind == PAGE:
        taxonomy = Taxonomy(former.slug)
        return bool(find_slug(taxonomy, former.name, site)) or is_led_on(former, site)
    taxonomy = Taxonomy(former.kind)
    return not find_slug(taxonomy, former.slug, site) or bool(
        find_slug(taxonomy, former.name, site)
    )


def page_of(former: Former) -> str:
    """Return the address of a page, decoded."""
    return f"/{Taxonomy(former.slug).plural}/{former.name}"


def is_led_on(former: Former, site: Site) -> bool:
    """Whether site.yaml says where a page leads; a pattern fits whatever comes, and does not."""
    found = redirects.find(page_of(former), redirects.rules(site.redirects))
    return found is not None and not found.slug
