"""The id of each entry of a source, the same in both readings. Pure."""

from collections.abc import Collection

from feedservice.domain import urls
from feedservice.domain.model import Site
from feedservice.domain.text import one_line
from feedservice.importing.addresses import host_and_path, is_http
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.remarks import Remark, remark
from feedservice.importing.taken_names import TakenNames


class EntryIds:
    """Gives ids to entries, one after another; `begin_again` before they come in that order again.

    The second time only those are counted that more than one entry has, or could have had: of a
    hundred thousand nearly all are met once.

    Args:
        site: site.yaml as it is.
        before: ids of the articles that are there.
    """

    def __init__(self, site: Site, before: Collection[str]) -> None:
        self.remarks: list[Remark] = []
        self._site = site
        self._before = before
        self._met = TakenNames()
        self._numbers: dict[str, int] = {}
        self._disputed: set[str] = set()
        self._is_again = False
        self._by_path: dict[str, list[str]] | None = None

    def begin_again(self) -> None:
        """Forget what was met."""
        self._met, self._numbers, self._is_again = TakenNames(), {}, True

    def of_page(self, slug: str) -> str:
        """Return the id of a page, by its slug."""
        return self._met.take(urls.PAGES + slug)

    def of(self, entry: ForeignEntry) -> str:
        """Return the id of an entry; of a second one that has the same, another one, which is told.

        That is its address, or a number with the id where it has none or another has it. What an
        earlier import called by its address keeps that in any order.
        """
        known, own = identity(entry, self._site), one_line(entry.url)
        if entry.is_site_guessed and entry.url and known not in self._before:
            known = self._as_before(own) or known
        if own in self._before and is_http(own):
            known = own
        is_disputed = known in self._disputed or known.startswith(urls.PAGES)
        if self._is_again and not is_disputed:
            return known
        self._met[known] += 1
        if self._met[known] == 1:
            return known
        self._disputed |= {known, own}
        if not is_http(own) or own == known or self._met[own]:
            own = self._numbered(known)
        self._met[own] += 1
        if not self._is_again:
            self.remarks.append(remark("id-twice", entry.place, value=known, id=own))
        return own

    def _as_before(self, address: str) -> str:
        """The id that an earlier import gave it, when its texts told another site, or none."""
        path = host_and_path(address)[1]
        without = f"{self._site.id}:{urls.percent(path.strip('/'))}"
        if without in self._before:
            return without
        if is_http(address):  # of two sites, posts of one name are two
            return ""
        if self._by_path is None:
            self._by_path = {}
            for known in filter(is_http, self._before):
                self._by_path.setdefault(host_and_path(known)[1], []).append(known)
        found = self._by_path.get(path, [])
        return found[0] if len(found) == 1 else ""

    def _numbered(self, known: str) -> str:
        """The first number with it that no other entry has for its id."""
        number = max(self._met[known], self._numbers.get(known, 0) + 1)
        while (found := f"{known}#{number}") in self._met:
            self._disputed.add(found)
            number += 1
        self._disputed.add(found)
        self._numbers[known] = number
        return found


def identity(entry: ForeignEntry, site: Site) -> str:
    """Return the id of an entry: its own, else its address, else one made of its name."""
    if entry.id.strip() or is_http(entry.url):
        return one_line(entry.id) or one_line(entry.url)
    name = entry.url or next(iter(entry.known_as), "") or entry.title
    return f"{site.id}:{urls.percent(name.strip('/'))}"
