"""What the user named → a `Source`. Feeds are read here page by page; folders and exports by
modules of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from feedservice.domain.errors import ImportFailure
from feedservice.importing import feed
from feedservice.importing.fetch import Fetcher, FetchError
from feedservice.importing.foreign_entry import Fault, Imported, Progress

MAX_PAGES = 1_000
"""Documents of one feed that are followed."""


@dataclass(slots=True)
class FeedSource:
    """A feed and the pages that go on from it (RFC 5005), read once and kept.

    Args:
        url: its address, or the file's name.
        data: its bytes where it is a file; pages are followed only from an address.
        fetcher: fetches; None for a file.
        limit: how many documents are read.
    """

    url: str
    data: bytes | None = None
    fetcher: Fetcher | None = None
    limit: int = MAX_PAGES
    kind: str = "feed"
    _entries: tuple[Imported, ...] | None = None
    _faults: list[Fault] = field(default_factory=list)

    def entries(self, progress: Progress) -> Iterator[Imported]:
        """See `Source`."""
        if self._entries is None:
            self._entries = feed.merged(self._pages(progress))
        for n, entry in enumerate(self._entries, start=1):
            yield entry
            progress(n, len(self._entries))

    def faults(self) -> tuple[Fault, ...]:
        """See `Source`."""
        return tuple(self._faults)

    def media(self, src: str) -> bytes | None:  # noqa: ARG002 - a Source's
        """See `Source`: a feed has no files of its own."""
        return None

    def _pages(self, progress: Progress) -> Iterator[feed.Page]:
        if self.fetcher is None:
            yield self._checked(feed.read(self.data or b"", self.url))
            return
        pending, seen = [self.url], {self.url}
        while pending:
            url = pending.pop(0)
            try:
                answer = self.fetcher.get(url)
            except FetchError as error:
                if url == self.url:
                    raise ImportFailure(
                        f"تعذّر جلب الخلاصة / the feed cannot be fetched: {error}"
                    ) from error
                self._faults.append(
                    Fault(what="page-unreachable", place=url, facts={"value": str(error)})
                )
                continue
            page = feed.read(answer.body, answer.url, answer.content_type)
            yield self._checked(page) if url == self.url else page
            progress(len(seen), 0)
            for link in page.links:
                if link in seen:
                    # `next` and `prev-archive` may well meet; a page that leads to itself or back
                    # is a loop.
                    if link in (url, self.url):
                        self._faults.append(
                            Fault(what="pages-loop", place=url, facts={"value": link})
                        )
                elif len(seen) >= self.limit:
                    facts = {"limit": str(self.limit), "value": link}
                    self._faults.append(Fault(what="pages-many", place=url, facts=facts))
                else:
                    seen.add(link)
                    pending.append(link)

    def _checked(self, page: feed.Page) -> feed.Page:
        if not page.is_feed:
            raise ImportFailure(
                f"{self.url}: ليس خلاصة RSS ولا Atom ولا JSON Feed ولا تصدير ووردبريس / "
                "no RSS, Atom or JSON feed, and no WordPress export"
            )
        self._faults += page.faults
        return page
