"""Feed addresses of other systems → the feeds of ours that answer for them. Pure.

WordPress, Hugo, Jekyll, Ghost and Blogger: who subscribed there goes on reading here.
"""

from types import MappingProxyType

from feedservice.domain import urls
from feedservice.domain.patterns import rare
from feedservice.domain.taxonomy import Taxonomy

PLURALS = MappingProxyType(
    {each.value: each.plural for each in Taxonomy} | {each.plural: each.plural for each in Taxonomy}
)
_WORDPRESS = rare(
    r"(?:/(?P<kind>category|tag|author)/(?:[^/]+/)*(?P<name>[^/]+))?"
    r"/feed(?:/(?P<format>rss2?|atom|rdf))?/?"
)
_HUGO = rare(
    r"(?:/(?P<kind>categor(?:y|ies)|tags?|authors?)/(?P<name>[^/]+))?"
    r"/(?P<format>index|feed|rss|atom)\.xml"
)
_NIKOLA = rare(r"/(?P<kind>categories|tags|authors)/(?!index\.xml)(?P<name>[^/]+)\.(?P<format>xml)")
_GHOST = rare(r"(?:/(?P<kind>tag|author)/(?P<name>[^/]+))?/(?P<format>rss)/?")
_JEKYLL = rare(r"/feed/(?P<kind>by_tag/)?(?P<name>[^/]+)\.xml")
# Blogger calls its tags labels; its own format is Atom.
_BLOGGER = rare(r"/feeds/posts/(?:default|summary)(?:/-/(?P<name>[^/]+))?/?")
FORMATS = MappingProxyType({"rss": "rss", "rss2": "rss", "rdf": "rss", "atom": "atom"})
"""The formats of WordPress' ``?feed=`` and Blogger's ``?alt=`` → ours."""


def moved_in(path: str) -> str | None:
    """Return the feed of ours that answers for a feed address of another system, or None.

    >>> moved_in("/category/field/feed/"), moved_in("/index.xml"), moved_in("/feed/atom")
    ('/categories/field.rss', '/feed.rss', '/feed.atom')
    >>> moved_in("/rss/"), moved_in("/feeds/posts/default"), moved_in("/feeds/posts/default/-/a")
    ('/feed.rss', '/feed.atom', '/tags/a.atom')
    >>> moved_in("/tags/lira/index.xml"), moved_in("/tag/lira/index.xml")
    ('/tags/lira.rss', '/tags/lira.rss')
    >>> moved_in("/feed/field.xml"), moved_in("/feed/by_tag/a.xml")
    ('/categories/field.atom', '/tags/a.atom')
    """
    match = _BLOGGER.fullmatch(path)
    jekyll = _JEKYLL.fullmatch(path)
    if match:
        kind = "tag" if match["name"] else None
        suffix = ".atom"
    elif jekyll:
        match = jekyll
        kind, suffix = "tag" if match["kind"] else "category", ".atom"
    else:
        match = _WORDPRESS.fullmatch(path) or _HUGO.fullmatch(path) or _GHOST.fullmatch(path)
        match = match or _NIKOLA.fullmatch(path)
        if match is None:
            return None
        kind = match["kind"]
        suffix = ".atom" if match["format"] == "atom" else ".rss"
    page = f"/{PLURALS[kind]}/{urls.percent(match['name'])}" if kind else "/"
    return urls.feed_path(page, suffix)
