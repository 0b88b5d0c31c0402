"""A site without an export as a `Source`: the pages that its sitemaps and feeds list.

Each page is asked for once, with a pause, as far as robots.txt allows; what its site's feed has of
it wins. Every address that is listed comes or is told.
"""

from collections import deque
from collections.abc import Callable, Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from itertools import islice

from feedservice.domain.errors import ImportFailure
from feedservice.i18n import _
from feedservice.importing import markdown
from feedservice.importing.addresses import split_or_none
from feedservice.importing.dates import moment_of
from feedservice.importing.fetch import Answer, Fetcher, FetchError
from feedservice.importing.foreign_entry import ForeignEntry, Progress, Source
from feedservice.importing.media import AT_A_TIME
from feedservice.importing.old_addresses import Listed
from feedservice.importing.page_reading import MAX_PAGE, PageAsked, PageRead, PageReader
from feedservice.importing.politeness import Pace, Robots
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.site_addresses import SiteAddresses, is_front, key
from feedservice.importing.spool import Spool

MAX_PAGES = 10_000
"""Pages that one import asks for; the next one goes on."""
_FULL = 0.8
"""Of a page's letters, that the whole text has in a feed: pages say more than their article."""
_CUT = ("…", "...", "[…]", "[...]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """How a site is read.

    Attributes:
        pages: how many are asked for.
        feed: the site's feed, where the user named it.
        known: gives the ids of what is there; their pages are not asked for.
        pace: makes the pauses.
    """

    pages: int = MAX_PAGES
    feed: Source | None = None
    known: Callable[[], Container[str]] = frozenset
    pace: Pace = field(default_factory=Pace)


class SiteSource:
    """A site, by the address of its front page or its sitemap, or a sitemap's file.

    Args:
        named: what the user named.
        data: what is there, where it was read already.
        fetcher: asks the network.
        zone: of dates that name none.
        crawl: how it is read.
    """

    kind = "site"

    def __init__(
        self, named: str, data: bytes | None, fetcher: Fetcher, zone: str, crawl: Crawl
    ) -> None:
        if find_spec("trafilatura") is None:
            raise ImportFailure(
                _(
                    "import needs the library {name}; this installs it: {command}",
                    name="trafilatura",
                    command="pip install 'feedservice[import]'",
                )
            )
        self.found = 0
        self._site = SiteAddresses(named, data, fetcher, crawl.feed)
        self._fetcher = fetcher
        self._zone = zone
        self._crawl = crawl
        self._spool: Spool | None = None
        self._remarks: list[Remark] = []
        self._aliases: dict[str, list[str]] = {}
        self._twice: dict[str, str] = {}

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """See `Source`."""
        if self._spool is None:
            self._spool = Spool()
            self._site.find()
            self.found = len(self._site.pages) + len(self._site.foreign) + self._site.long
            self._read_pages(self._spool, progress)
        for number, entry in enumerate(self._spool, start=1):
            others = self._aliases.get(key(entry.url), ())
            yield replace(entry, aliases=(*entry.aliases, *others))
            progress(number, len(self._spool))

    def remarks(self) -> tuple[Remark, ...]:
        """See `Source`."""
        return (*self._site.remarks, *self._remarks)

    def media(self, src: str) -> bytes | None:  # noqa: ARG002 - a Source's
        """See `Source`: a site has no files of its own here."""
        return None

    def _read_pages(self, spool: Spool, progress: Progress) -> None:
        asked = self._asked(spool)
        reader = PageReader()
        waiting: deque[tuple[Listed, Future[Answer | Remark]]] = deque()
        with ThreadPoolExecutor(AT_A_TIME, "import-pages") as pool:
            try:
                for number, listed in enumerate(asked, start=1):
                    robots = self._site.robots(listed.address)
                    waiting.append((listed, pool.submit(self._fetch, listed.address, robots)))
                    if len(waiting) > AT_A_TIME:
                        self._take(*waiting.popleft(), reader, spool)
                    progress(number, len(asked))
                while waiting:
                    self._take(*waiting.popleft(), reader, spool)
            finally:
                pool.shutdown(cancel_futures=True)
                reader.close()

    def _asked(self, spool: Spool) -> list[Listed]:
        """Pages to ask for; entries that are there go on as they are known."""
        known = self._crawl.known()
        new: list[Listed] = []
        for name, listed in self._site.pages.items():
            fed = self._site.entries.get(name)
            own = (fed and fed.id) or listed.address
            if own in known:
                spool.append(ForeignEntry(place=listed.address, id=own, url=listed.address))
            elif is_front(listed.address):
                self._remarks.append(remark("site-list", listed.address, value="/"))
            else:
                new.append(listed)
        more = len(new) - self._crawl.pages
        if more > 0:
            self._remarks.append(remark("site-budget", new[self._crawl.pages].address, n=more))
        return list(islice(new, self._crawl.pages))

    def _fetch(self, address: str, robots: Robots) -> Answer | Remark:
        """Ask for one page; several threads do at a time."""
        if not robots.allows(address):
            return remark("site-robots", address)
        parts = split_or_none(address)
        self._crawl.pace.take_turn(parts.netloc if parts else "", robots.pause)
        try:
            answer = self._fetcher.get(address, MAX_PAGE)
        except FetchError as error:
            return remark("site-unfetched", address, value=error.message)
        kind = answer.content_type.partition(";")[0].strip()
        if not self._site.is_own(answer.url):
            return remark("site-elsewhere", address, value=answer.url)
        if is_front(answer.url) or (kind and "html" not in kind):
            return remark("site-list", address, value=kind if "html" not in kind else answer.url)
        return answer

    def _take(
        self, listed: Listed, begun: Future[Answer | Remark], reader: PageReader, spool: Spool
    ) -> None:
        """Turn an answer into an entry, or tell why there is none."""
        answer = begun.result()
        if isinstance(answer, Remark):
            read = PageRead(refused=answer)
        else:
            read = self._read(listed, answer, reader)
        own, fed = key(listed.address), self._site.entries.get(key(listed.address))
        url = answer.url if isinstance(answer, Answer) else ""
        other = self._other(own, read.canonical) or self._other(own, url)
        if other:
            self._twice[own] = other
            before = self._aliases.pop(own, [])
            self._aliases.setdefault(other, []).extend((*before, listed.address))
            value = self._site.pages[other].address
            self._remarks.append(remark("site-twice", listed.address, value=value))
        elif read.entry:
            entry = _dated(read.entry, listed, self._zone)
            moved = (url,) if url and key(url) != own else ()
            spool.append(replace(_merged(entry, fed), aliases=moved))
        elif fed and read.refused:
            told = remark("site-feed-only", listed.address)
            spool.append(replace(fed, place=listed.address, remarks=(*fed.remarks, told)))
        elif read.refused:
            self._remarks.append(read.refused)

    def _read(self, listed: Listed, answer: Answer, reader: PageReader) -> PageRead:
        return reader.read(
            PageAsked(
                address=listed.address,
                url=answer.url,
                data=answer.body,
                content_type=answer.content_type,
                zone=self._zone,
            )
        )

    def _other(self, own: str, address: str) -> str:
        """The key of another listed page that an address means, unless that means this one."""
        other = "" if not address or is_front(address) else key(address)
        while other in self._twice:
            other = self._twice[other]
        return other if other in self._site.pages and other != own else ""


def _dated(entry: ForeignEntry, listed: Listed, zone: str) -> ForeignEntry:
    """An entry with the dates of the sitemap, where its page has none."""
    published = entry.published or moment_of(listed.published, zone)
    updated = entry.updated or (None if published else moment_of(listed.modified, zone))
    return replace(entry, published=published, updated=updated)


def _merged(entry: ForeignEntry, fed: ForeignEntry | None) -> ForeignEntry:
    """An entry as its site's feed has it, as far as it does."""
    if fed is None:
        return entry
    text = markdown.plain_text(fed.html or "")
    whole = len(markdown.plain_text(entry.html or ""))
    is_full = not text.endswith(_CUT) and len(text) >= _FULL * whole
    if is_full:
        entry = replace(entry, html=fed.html, base=fed.base, remarks=fed.remarks)
    return replace(
        entry,
        id=fed.id,
        title=fed.title or entry.title,
        published=fed.published or entry.published,
        updated=fed.updated or entry.updated,
        summary=entry.summary or fed.summary,
        categories=entry.categories or fed.categories,
        tags=entry.tags or fed.tags,
        uncertain=() if entry.categories or entry.tags else fed.uncertain,
        authors=entry.authors or fed.authors,
        image=entry.image or fed.image,
        media=fed.media,
    )
