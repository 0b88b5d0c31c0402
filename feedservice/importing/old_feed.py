"""The old site's own feed beside a source: whether subscribers will know each entry again.

What the site itself published is the truth about ids, whatever rule its program went by.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from feedservice.importing.addresses import host_and_path
from feedservice.importing.foreign_entry import ForeignEntry, Progress, Source, ignore
from feedservice.importing.remarks import Remark, remark


@dataclass(slots=True)
class BesideFeed:
    """A source whose entries are compared with those of the old site's feed; a `Source` itself.

    Args:
        source: what is imported.
        feed: the old site's feed, with all that it has.
        wins: whether an entry takes the id that the feed has for it.
    """

    source: Source
    feed: Source
    wins: bool
    _ids: dict[str, str] = field(default_factory=dict)
    _urls: dict[str, str] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _remarks: list[Remark] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """See `Source`."""
        return self.source.kind

    @property
    def found(self) -> int:
        """See `Source`."""
        return self.source.found

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """See `Source`."""
        if not self._ids:
            for entry in self.feed.entries(ignore):
                self._ids.setdefault(_path(entry.url) or entry.id, entry.id or entry.url)
                self._urls[entry.id or entry.url] = entry.url
        self._met.clear()
        self._remarks.clear()
        for entry in self.source.entries(progress):
            yield self._compared(entry)

    def remarks(self) -> tuple[Remark, ...]:
        """See `Source`."""
        missing = [known for known in self._ids.values() if known not in self._met]
        told = [remark("feed-missing", each) for each in missing]
        same = len(self._ids) - len(missing)
        told.append(remark("feed-compared", "-", value=str(same), limit=str(len(self._ids))))
        return (*told, *self._remarks, *self.source.remarks())

    def media(self, src: str) -> bytes | None:
        """See `Source`."""
        return self.source.media(src)

    def _compared(self, entry: ForeignEntry) -> ForeignEntry:
        own = entry.id or entry.url
        known = self._ids.get(_path(entry.url)) or (own if own in self._urls else "")
        if not known:
            return entry
        if known != own and not self.wins:
            self._remarks.append(remark("feed-id", entry.place, value=known, id=own))
            return entry
        self._met.add(known)
        url = self._urls[known]
        if _path(url) != _path(entry.url):
            self._remarks.append(remark("feed-address", entry.place, value=url))
            # The address that readers have leads on as well.
            return replace(entry, id=known, aliases=(*entry.aliases, url))
        return replace(entry, id=known)


def _path(address: str) -> str:
    return host_and_path(address)[1]
