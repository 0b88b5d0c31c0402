"""What a CDN is told with an answer: its keys, and for how long it may keep it.

A CDN that is told of changes may keep answers for a day. It says so in a field of its own (RFC
9213): ``s-maxage`` would tell every proxy on the way, to which no change is told, and what clients
may keep stays theirs. One that is told nothing has ``s-maxage``, for a minute.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from feedservice.domain import surrogate_keys
from feedservice.domain.route import Kind, Route

PLAIN = "plain"
SHORT = 60
"""Seconds; for what time changes though no article is published or leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The header fields that a CDN reads.

    Attributes:
        keys: the names of those that hold keys, each with what stands between two.
        lifetimes: the names of those that say how long it may keep an answer.
    """

    keys: tuple[tuple[str, str], ...]
    lifetimes: tuple[str, ...]


_SURROGATE = ("Surrogate-Key", " ")
_TAGS = ("Cache-Tag", ",")
FIELDS: Mapping[str, Fields] = MappingProxyType(
    {
        "varnish": Fields(keys=(_SURROGATE,), lifetimes=("Surrogate-Control",)),
        "fastly": Fields(keys=(_SURROGATE,), lifetimes=("Surrogate-Control",)),
        "cloudflare": Fields(keys=(_TAGS,), lifetimes=("CDN-Cache-Control",)),
        "webhook": Fields(
            keys=(_SURROGATE, _TAGS), lifetimes=("Surrogate-Control", "CDN-Cache-Control")
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cdn:
    """What stands in front of the service.

    Attributes:
        name: of `FIELDS`, or `PLAIN`.
        max_age: seconds for which it may keep an answer.
    """

    name: str
    max_age: int

    def headers(self, route: Route, status: int, caching: str) -> Iterator[tuple[str, str]]:
        """Yield the header fields for it.

        Args:
            route: of the answer.
            status: of the answer, not 304.
            caching: its ``Cache-Control``.
        """
        if self.name == PLAIN:
            if status == 200 and "max-age=" in caching and "immutable" not in caching:
                yield "Cache-Control", f"{caching}, s-maxage={self.max_age}"
            return
        fields = FIELDS[self.name]
        keys = surrogate_keys.of(route) if status == 200 else ()
        if not keys or "immutable" in caching:
            if "max-age=" not in caching:  # Fastly keeps what it is told nothing of, for an hour
                yield from ((name, "max-age=0") for name in fields.lifetimes)
            return
        for name, between in fields.keys:
            yield name, between.join(keys)
        seconds = min(self.max_age, SHORT) if _is_timed(route) else self.max_age
        for name in fields.lifetimes:
            yield name, f"max-age={seconds}, stale-if-error=86400"


def _is_timed(route: Route) -> bool:
    """Whether news that is two days old leaves a document (``sitemap-news.xml``)."""
    return route.kind is Kind.ROBOTS or (route.kind is Kind.SITEMAP and route.name == "news")
