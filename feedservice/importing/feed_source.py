"""A feed as a `Source`: its pages (RFC 5005) are read one after another, once, and kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from feedservice.domain.errors import ImportFailure
from feedservice.i18n import _
from feedservice.importing import feed, json_feed
from feedservice.importing.feed import Page
from feedservice.importing.fetch import Answer, Fetcher, FetchError
from feedservice.importing.foreign_entry import ForeignEntry, Progress
from feedservice.importing.guesses import hint_at
from feedservice.importing.remarks import Remark, remark

MAX_PAGES = 1_000
"""Documents of one feed that are read."""
MAX_BYTES = 256 * 1024 * 1024
"""Of all documents of one feed: its entries are kept until all are read."""
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]")


@dataclass(slots=True)
class FeedSource:
    """A feed and the pages that go on from it.

    Args:
        url: its address, or the file's name.
        data: its bytes where it is a file; pages are followed only from an address.
        fetcher: fetches; None for a file.
        limit: how many documents are read.
        max_bytes: how many bytes they may have together.
        first: what is at its address, where that was fetched already.
    """

    url: str
    data: bytes = b""
    fetcher: Fetcher | None = None
    limit: int = MAX_PAGES
    max_bytes: int = MAX_BYTES
    first: Answer | None = None
    kind: str = "feed"
    found: int = 0
    _entries: tuple[ForeignEntry, ...] | None = None
    _remarks: list[Remark] = field(default_factory=list)

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """See `Source`."""
        if self._entries is None:
            pages = tuple(self._pages(progress))
            self._entries = feed.merged(pages)
            # A document may repeat what another has; within one, both were meant.
            older = sum(len(page.entries) - len(feed.merged([page])) for page in pages)
            self.found = len(self._entries) + older
            if older:
                self._remarks.append(remark("entry-older", self.url, n=older))
        for number, entry in enumerate(self._entries, start=1):
            yield entry
            progress(number, len(self._entries))

    def remarks(self) -> tuple[Remark, ...]:
        """See `Source`."""
        return tuple(self._remarks)

    def media(self, src: str) -> bytes | None:  # noqa: ARG002 - a Source's
        """See `Source`: a feed has no files of its own."""
        return None

    def _pages(self, progress: Progress) -> Iterator[Page]:
        if self.fetcher is None:
            yield self._first(_read(self.data, self.url))
            return
        pending, seen, size = [self.url], {self.url}, 0
        while pending:
            url = pending.pop(0)
            try:
                first = self.first if url == self.url else None
                answer = first or self.fetcher.get(url)
            except FetchError as error:
                if url == self.url:
                    raise ImportFailure(
                        _("the feed cannot be fetched: {reason}", reason=error.message)
                    ) from error
                self._remarks.append(remark("page-unreachable", url, value=error.message))
                continue
            page = _read(answer.body, answer.url, answer.content_type)
            yield self._first(page) if url == self.url else page
            progress(len(seen), 0)
            pending += self._following(page, url, seen)
            size += len(answer.body)
            if pending and size > self.max_bytes:
                limit = str(self.max_bytes)
                self._remarks.append(remark("feed-size", url, limit=limit, value=pending[0]))
                return

    def _following(self, page: Page, url: str, seen: set[str]) -> Iterator[str]:
        for link in page.links:
            # `next` and `prev-archive` may meet; a page that leads to itself or back is a loop.
            if link in (url, self.url):
                self._remarks.append(remark("pages-loop", url, value=link))
            elif link not in seen and len(seen) >= self.limit:
                self._remarks.append(remark("pages-many", url, limit=str(self.limit), value=link))
            elif link not in seen:
                seen.add(link)
                yield link

    def _first(self, page: Page) -> Page:
        if not page.is_feed:
            raise ImportFailure(
                _(
                    "{source} is not an RSS, Atom or JSON feed, nor an export that is known:"
                    " {hint}",
                    source=self.url,
                    hint=hint_at(page.head),
                )
            )
        self._remarks += page.remarks
        return page


def _read(data: bytes, url: str, content_type: str = "") -> Page:
    is_json = _JSON.match(data) or "json" in content_type
    page = json_feed.read(data, url) if is_json else feed.read(data, url, content_type)
    return page if page.is_feed else replace(page, head=data[:4096])
