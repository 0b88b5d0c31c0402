"""The only door to feedgen, which makes head and frame of RSS and Atom documents. Pure.

feedgen's own entries lose most of what we have to say, so `rss.py` and `atom.py` write them,
exactly as they will be in the document. The bytes of an entry can be kept for as long as its item
is the same, and a document is then little more than the head and a join.
"""

from collections.abc import Iterator, Sequence
from email.utils import format_datetime
from types import MappingProxyType
from xml.sax.saxutils import quoteattr  # nosec B406 - it writes, and reads nothing

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement, _Element

from feedservice import __version__
from feedservice.feeds.feed import Feed

ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TOMBSTONES = "{http://purl.org/atompub/tombstones/1.0}"

# Each document declares all its prefixes at its root, used or not: an entry's bytes then fit into
# any document.
_RSS_PREFIXES = MappingProxyType(
    {
        "atom": ATOM[1:-1],
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "fh": HISTORY[1:-1],
        "media": "http://search.yahoo.com/mrss/",
    }
)
_ATOM_PREFIXES = MappingProxyType(
    {"at": TOMBSTONES[1:-1], "fh": HISTORY[1:-1], "media": "http://search.yahoo.com/mrss/"}
)

# Entries come before these; all is indented, for people.
_RSS_END = b"  </channel>"
_ATOM_END = b"</feed>"


def add(parent: _Element, tag: str, text: str = "", **attributes: str) -> _Element:
    """Append an element to ``parent`` and return it; an attribute without a value is left out."""
    child = SubElement(parent, tag)
    for name, value in attributes.items():
        if value:
            child.set(name, value)
    if text:
        child.text = text
    return child


def rss_document(feed: Feed, items: Sequence[bytes]) -> bytes:
    """Return an RSS 2.0 document: feedgen's channel with ``items`` at its end."""
    generator = _generator(feed, "application/rss+xml", _RssHead(feed))
    generator.description(feed.description or feed.title)  # required, and never empty
    generator.ttl(feed.ttl)
    generator.docs("https://www.rssboard.org/rss-specification")
    return _splice(feed, generator.rss_str(pretty=True), items, _RSS_END)


def atom_document(feed: Feed, entries: Sequence[bytes]) -> bytes:
    """Return an Atom document (RFC 4287 §4.1.1): feedgen's feed with ``entries`` at its end."""
    generator = _generator(feed, "application/atom+xml", _AtomHead(feed))
    generator.id(feed.id)
    generator.updated(feed.updated)
    generator.subtitle(feed.description)
    author = {"name": feed.author.name, "email": feed.author.email, "uri": feed.author.url}
    generator.author({name: value for name, value in author.items() if value})
    if feed.icon_url:
        generator.icon(feed.icon_url)
    # updated() also sets lastBuildDate, but only RSS would write it.
    return _splice(feed, generator.atom_str(pretty=True), entries, _ATOM_END)


def _splice(feed: Feed, head: bytes, entries: Sequence[bytes], end: bytes) -> bytes:
    """Put ``entries`` before the last ``end``, which no text contains: ``<`` is escaped there.

    A stylesheet is named behind the declaration (xml-stylesheet §3).
    """
    before, _, after = head.rpartition(end)
    if feed.stylesheet:
        declaration, mark, before = before.partition(b"?>\n")
        named = f'<?xml-stylesheet type="text/css" href={quoteattr(feed.stylesheet)}?>\n'
        before = declaration + mark + named.encode() + before
    return b"".join((before, *entries, end, after))


def _more_links(feed: Feed) -> Iterator[tuple[str, str]]:
    """Rel and address of hubs (WebSub §4), next (RFC 5005 §3) and archives (RFC 5005 §4)."""
    yield from (("hub", hub) for hub in feed.hubs)
    named = {
        "next": feed.next_url,
        "prev-archive": feed.previous_archive_url,
        "next-archive": feed.next_archive_url,
        "current": feed.current_url,
    }
    yield from ((rel, url) for rel, url in named.items() if url)


class _Generator(FeedGenerator):  # type: ignore[misc]
    """A FeedGenerator that says nothing of the present moment."""

    def __init__(self) -> None:
        super().__init__()
        # feedgen sets lastBuildDate to now and writes it with a function that swaps the locale of
        # the whole process; no public call clears it. Without a value it is not written: `_RssHead`
        # writes ours.
        self._FeedGenerator__rss_lastBuildDate = None


class _RssHead(BaseExtension):  # type: ignore[misc]
    """What feedgen cannot say in a channel: its own links but self, the date, the archive mark."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def extend_ns(self) -> dict[str, str]:
        return dict(_RSS_PREFIXES)

    def extend_rss(self, root: _Element) -> _Element:
        channel = root[0]
        add(channel, "lastBuildDate", format_datetime(self._feed.updated))
        for rel, url in _more_links(self._feed):
            add(channel, f"{ATOM}link", rel=rel, href=url)
        if self._feed.archive:
            add(channel, f"{HISTORY}archive")
        return root


class _AtomHead(BaseExtension):  # type: ignore[misc]
    """What feedgen cannot say in a feed: archives (RFC 5005 §4), withdrawals (RFC 6721 §3)."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def extend_ns(self) -> dict[str, str]:
        return dict(_ATOM_PREFIXES)

    def extend_atom(self, root: _Element) -> _Element:
        if self._feed.archive:
            add(root, f"{HISTORY}archive")
        for stone in self._feed.tombstones:
            when = stone.when.isoformat(timespec="seconds")
            add(root, f"{TOMBSTONES}deleted-entry", ref=stone.atom_id, when=when)
        return root


def _generator(feed: Feed, media_type: str, head: BaseExtension) -> FeedGenerator:
    """Return a feedgen generator with what both formats have in common."""
    generator = _Generator()
    generator.register_extension("head", lambda: head, None)
    generator.title(feed.title)
    generator.link(href=feed.self_url, rel="self", type=media_type)
    for rel, url in _more_links(feed):
        generator.link(href=url, rel=rel)  # Atom writes them all, RSS only self
    # Last, since feedgen makes the channel's link of whichever was added last.
    generator.link(href=feed.page_url, rel="alternate", type="text/html", hreflang=feed.language)
    generator.language(feed.language)
    generator.rights(feed.copyright)
    generator.generator("feedservice", version=__version__)
    if feed.logo_url:
        generator.image(url=feed.logo_url, title=feed.title, link=feed.page_url)
    return generator
