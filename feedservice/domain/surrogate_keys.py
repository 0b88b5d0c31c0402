"""The keys under which a CDN is told that answers have changed (``Surrogate-Key``). Pure.

An answer has three at most: of all answers of the site, of those of this release, and of what it
was made of: a list, an article's page, or any article at all. 18 bytes each, where Fastly takes
1,024 a key and 16 KB an answer, and Cloudflare 16 KB.
"""

from hashlib import blake2b
from types import MappingProxyType

from feedservice import __version__
from feedservice.domain.label_slugs import label_key
from feedservice.domain.route import Kind, Route

ALL = "all"
SITE = "site"
ARTICLE = "article"
ICONS = "icons"
RELEASE = "release"

_OF_ALL_ARTICLES = frozenset(
    {Kind.FEEDS, Kind.DIRECTORY, Kind.SUBSCRIBE, Kind.SITEMAP, Kind.ROBOTS, Kind.SEARCH}
)
_OF_THE_SITE = frozenset({Kind.OPENSEARCH, Kind.STATIC})
_LETTERS = MappingProxyType({ARTICLE: "p", ICONS: "i"})
"""Of kinds that begin as another one does; any other has its own first letter, ``all`` none."""


def key(site_id: str, kind: str, slug: str = "") -> str:
    """Return a key: a letter and 16 hexadecimal digits, whatever the slug is.

    Args:
        site_id: tells sites of one CDN apart.
        kind: one of those above, or a `Taxonomy`.
        slug: of a list, in any spelling, or of an article; the version of a release.
    """
    told = f"{site_id}\n{kind}\n{label_key(kind, slug)}"
    letter = "x" if kind == ALL else _LETTERS.get(kind, kind[0])
    return letter + blake2b(told.encode(), digest_size=8).hexdigest()


def of(route: Route) -> tuple[str, ...]:
    """Return the keys of what is answered at an address; none where a CDN is told of no change."""
    if route.site is None:
        return ()
    if route.is_list:
        kind, slug = route.selection.label or (SITE, "")
    elif route.kind in (Kind.ARTICLE, Kind.PAGE):
        kind, slug = ARTICLE, route.name
    elif route.kind in _OF_ALL_ARTICLES:
        kind, slug = SITE, ""
    elif route.kind is Kind.ICON:
        kind, slug = ICONS, ""
    elif route.kind in _OF_THE_SITE:
        kind, slug = "", ""
    else:
        return ()
    common = key(route.site.id, ALL), key(route.site.id, RELEASE, __version__)
    return (*common, key(route.site.id, kind, slug)) if kind else common
