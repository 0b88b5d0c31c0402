"""What every web server and static host is told about an exported folder. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedservice.domain import former_feeds, urls
from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.manifest import Headers
from feedservice.exporting.names import prefix_of

_WORDPRESS: tuple[str, ...] = ("/feed", "/feed/rss", "/feed/rss2", "/feed/rdf", "/feed/atom")
_GHOST: tuple[str, ...] = ("/rss",)
_BLOGGER: tuple[str, ...] = ("/feeds/posts/default", "/feeds/posts/default/-/{slug}")
_JEKYLL: tuple[str, ...] = ("/feed/{slug}.xml", "/feed/by_tag/{slug}.xml")
_HUGO: tuple[str, ...] = ("/index.xml", "/feed.xml", "/rss.xml", "/atom.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """What configuration is made from.

    Attributes:
        folder: the exported folder, absolute.
        base_url: what every address begins with.
        kinds: headers by kind of response (see `names`), with ``{self}`` and ``{name}`` left open.
        redirects: pairs of a decoded address below base_url and a Location.
        patterns: pairs of site.yaml's redirects whose paths have words in braces.
        queries: those whose old addresses have a query.
        gone: slugs of articles that answer 410.
        statics: paths of the stylesheet and of other files of ours that pages name.
    """

    folder: str
    base_url: str
    kinds: Mapping[str, Headers]
    redirects: Sequence[tuple[str, str]]
    patterns: Sequence[tuple[str, str]]
    queries: Sequence[tuple[str, str]]
    gone: Sequence[str]
    statics: Sequence[str]

    @property
    def prefix(self) -> str:
        """The path of base_url, decoded."""
        return prefix_of(self.base_url)

    @property
    def encoded_prefix(self) -> str:
        """The path of base_url as it is in addresses."""
        return urls.base_path(self.base_url)


def old_feeds() -> Iterator[tuple[str, str]]:
    """Yield feed addresses of other systems, as redirects with ``{slug}`` and ``{parent}``."""
    pages = [("", _WORDPRESS + _HUGO + _JEKYLL + _GHOST + _BLOGGER)]
    for each in Taxonomy:
        pages.append((f"/{each}/{{slug}}", _WORDPRESS))
        pages.append((f"/{each}/{{slug}}", _GHOST))
        pages.append((f"/{each}/{{parent}}/{{slug}}", _WORDPRESS))
        pages.append((f"/{each.plural}/{{slug}}", _HUGO))
    for page, feeds in pages:
        for feed in feeds:
            target = former_feeds.moved_in(page + feed)
            if target:
                yield page + feed, target.replace(urls.percent("{slug}"), "{slug}")
