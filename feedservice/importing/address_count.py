"""How many old addresses of an import there are of each kind, and how many lead nowhere. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from feedservice.domain import redirects, urls
from feedservice.domain.former_feeds import FORMATS
from feedservice.i18n import Message, _


class AddressKind(StrEnum):
    """What an old address was, as the report tells it."""

    ARTICLE = "article"
    PAGE = "page"
    LIST = "list"
    FEED = "feed"
    QUERY = "query"


_NAMES = MappingProxyType(
    {
        AddressKind.ARTICLE: _("articles"),
        AddressKind.PAGE: _("pages"),
        AddressKind.LIST: _("lists"),
        AddressKind.FEED: _("feeds"),
        AddressKind.QUERY: _("with a query"),
    }
)


@dataclass(slots=True)
class AddressCount:
    """Old addresses by kind: those that are known, and those of them that lead nowhere."""

    known: Counter[AddressKind] = field(default_factory=Counter)
    failed: Counter[AddressKind] = field(default_factory=Counter)

    def add(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Count old addresses, each with ours."""
        self.known.update(kind_of(*pair) for pair in pairs)

    def fail(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Count that old addresses lead nowhere."""
        self.failed.update(kind_of(*pair) for pair in pairs)

    def by_kind(self) -> Iterator[Message]:
        """Yield what is said of each kind, where there is more than one."""
        kinds = [kind for kind in AddressKind if self.known[kind]]
        for kind in kinds if len(kinds) > 1 else ():
            yield _(
                "{kind}: known {known} · answered {answered} · not {failed}",
                kind=_NAMES[kind],
                known=self.known[kind],
                answered=self.known[kind] - self.failed[kind],
                failed=self.failed[kind],
            )


def kind_of(old: str, new: str) -> AddressKind:
    """Return the kind of an old address that leads to ours.

    >>> kind_of("/?cat=5", "/categories/news"), kind_of("/a", "/articles/a")
    (<AddressKind.QUERY: 'query'>, <AddressKind.ARTICLE: 'article'>)
    """
    if redirects.has_query(old):
        return AddressKind.QUERY
    if new.startswith("/articles/"):
        return AddressKind.ARTICLE
    if new.startswith(f"/{urls.PAGES}"):
        return AddressKind.PAGE
    return AddressKind.FEED if new.rpartition(".")[2] in FORMATS.values() else AddressKind.LIST
