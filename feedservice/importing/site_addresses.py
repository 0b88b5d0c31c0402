"""What an old site says that it has: addresses of its sitemaps, entries of its feeds."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from feedservice.content.html_tags import attributes, tags
from feedservice.domain.errors import ImportFailure
from feedservice.i18n import _
from feedservice.importing import old_addresses, politeness
from feedservice.importing.addresses import host_and_path, is_http, join, split_or_none
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher, FetchError
from feedservice.importing.foreign_entry import ForeignEntry, Source, ignore
from feedservice.importing.old_addresses import MAX_ADDRESS, MAX_ADDRESSES, MAX_UNPACKED, Listed
from feedservice.importing.politeness import Robots
from feedservice.importing.remarks import Remark, left_out, remark

MAX_FEEDS = 5
_LINK = tags("link")
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


@dataclass(slots=True)
class SiteAddresses:
    """Everything that a site lists, found once.

    Args:
        named: the address of its front page or of a sitemap, or the name of a sitemap's file.
        data: what is there; None where it is to be fetched.
        fetcher: asks the network.
        feed: the site's feed, where the user named it.

    Attributes:
        pages: what is listed, by `key`.
        entries: of its feeds, by `key`.
        foreign: addresses of other hosts.
        long: how many addresses are longer than any may be.
    """

    named: str
    data: bytes | None
    fetcher: Fetcher
    feed: Source | None = None
    pages: dict[str, Listed] = field(default_factory=dict)
    entries: dict[str, ForeignEntry] = field(default_factory=dict)
    foreign: dict[str, None] = field(default_factory=dict)
    long: int = 0
    remarks: list[Remark] = field(default_factory=list)
    _hosts: set[str] = field(default_factory=set)
    _robots: dict[str, Robots] = field(default_factory=dict)
    _letters: int = 0

    def find(self) -> None:
        """Ask the site.

        Raises:
            ImportFailure: it lists nothing.
        """
        data = self._get(self.named) if self.data is None else self.data
        is_sitemap = old_addresses.is_sitemap(data)
        if is_sitemap:
            self._add_sitemap(self.named, data)
        first = next((each.address for each in self.pages.values()), "")
        origin = join(self.named if is_http(self.named) else first, "/")
        front = b"" if is_sitemap else data
        if is_sitemap:
            with suppress(ImportFailure):
                front = self._get(origin)
        else:
            self._hosts.add(host_and_path(origin)[0])
            named = self.robots(origin).sitemaps
            usual = {join(base, "sitemap.xml"): None for base in (self.named, origin)}
            for address in named or usual:
                self._add_sitemap(address, self._sitemap(address, is_told=bool(named)))
        feeds = [self.feed] if self.feed else []
        feeds += [FeedSource(url, fetcher=self.fetcher) for url in _feeds_in(front, origin)]
        for feed in feeds:
            self._add_feed(feed)
        if not self.pages and not self.foreign:
            raise ImportFailure(
                _("{source} names neither a sitemap nor a feed that can be read", source=self.named)
            )
        if self.long:
            self.remarks.append(remark("site-long", "-", n=self.long, limit=MAX_ADDRESS))
        if self.foreign:
            address = next(iter(self.foreign))
            self.remarks.append(remark("site-foreign", "-", n=len(self.foreign), value=address))

    def is_own(self, address: str) -> bool:
        """Whether an address is of this site: its host, or one below it."""
        host = host_and_path(address)[0]
        return host in self._hosts or host.endswith(tuple(f".{each}" for each in self._hosts))

    def robots(self, address: str) -> Robots:
        """Return what the robots.txt of an address' host says, which is asked once."""
        origin = join(address, "/")
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        return self._robots[origin]

    def _read_robots(self, origin: str) -> Robots:
        try:
            answer = self.fetcher.get(join(origin, "robots.txt"))
        except FetchError as error:
            if 400 <= error.status < 500:  # there is none (RFC 9309 §2.3.1.3)
                return Robots()
            self.remarks.append(remark("site-robots-away", origin, value=error.message))
            return politeness.FORBIDDEN
        return politeness.read(answer.body)

    def _get(self, address: str) -> bytes:
        try:
            answer = self.fetcher.get(address)
        except FetchError as error:
            raise ImportFailure(error.message) from error
        if address == self.named:  # which may be where the site was before
            self._hosts.add(host_and_path(answer.url)[0])
        return answer.body

    def _sitemap(self, address: str, *, is_told: bool) -> bytes:
        """The sitemap at an address, unpacked; nothing where there is none that can be read."""
        try:
            data = old_addresses.unpacked(self._get(address))
            if not old_addresses.is_sitemap(data):
                raise ImportFailure(_("it is no sitemap of XML"))
        except ImportFailure as failure:
            if is_told:
                self.remarks.append(remark("site-source", address, value=failure.message))
            return b""
        return data

    def _add_sitemap(self, named: str, data: bytes) -> None:
        if not data:
            return
        try:
            for each in old_addresses.listed(data, self._part):
                if len(each.address) > MAX_ADDRESS:
                    self.long += 1
                    continue
                self._make_room(each)
                if not self._hosts:
                    self._hosts.add(host_and_path(named if is_http(named) else each.address)[0])
                if is_http(each.address) and self.is_own(each.address):
                    self.pages.setdefault(key(each.address), each)
                else:
                    self.foreign[each.address] = None
        except ImportFailure as failure:
            self.remarks.append(remark("site-source", named, value=failure.message))

    def _make_room(self, listed: Listed) -> None:
        """Bound what all sitemaps together list: what is kept stays in memory."""
        self._letters += len(listed.address)
        is_full = len(self.pages) + len(self.foreign) >= MAX_ADDRESSES
        if is_full or self._letters > MAX_UNPACKED:
            raise ImportFailure(_("more than {limit} addresses", limit=MAX_ADDRESSES))

    def _part(self, address: str) -> bytes:
        """One sitemap of an index, which may be broken where the others are not."""
        return self._sitemap(address, is_told=True) or b"<urlset/>"

    def _add_feed(self, feed: Source) -> None:
        try:
            entries = list(feed.entries(ignore))
        except ImportFailure as failure:
            if feed is self.feed:
                raise
            self.remarks.append(remark("site-source", "-", value=failure.message))
            return
        self.remarks += [each for each in feed.remarks() if not left_out(each)]
        for entry in entries:
            if not is_http(entry.url) or not self.is_own(entry.url):
                self.foreign[entry.url or entry.id] = None
                continue
            self.entries.setdefault(key(entry.url), entry)
            self.pages.setdefault(key(entry.url), Listed(address=entry.url))


def key(address: str) -> str:
    """Return what the ways to write one address of a site have in common.

    >>> key("http://www.old.example/news.php?id=7&utm_source=rss#top")
    'old.example/news.php?id=7'
    """
    parts = split_or_none(address)
    query = "&".join(
        each for each in (parts.query if parts else "").split("&") if not each.startswith("utm_")
    )
    host, path = host_and_path(address)
    path = path.partition("?")[0]
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def is_front(address: str) -> bool:
    """Whether an address is that of a site's front page."""
    return "/" not in key(address) and "?" not in key(address)


def _feeds_in(page: bytes, base: str) -> Iterator[str]:
    """Addresses of the feeds that a page names, without those of comments."""
    found: dict[str, None] = {}
    for tag in _LINK.finditer(page[: 1024 * 1024].decode("utf-8", "replace")):
        known = attributes(tag[3])
        is_other = "alternate" in known.get("rel", "").lower().split()
        is_feed = is_other and known.get("type", "").lower() in _FEED_TYPES
        url = join(base, known.get("href", ""))
        if is_feed and is_http(url) and "comments" not in url.split("/"):
            found[url] = None
    yield from list(found)[:MAX_FEEDS]
