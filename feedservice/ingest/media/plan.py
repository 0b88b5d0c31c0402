"""What is to be put into a place for media, and what is to be removed from it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedservice.ingest.media.note import Put

GRACE = 86_400
"""Seconds for which what is gone stays: as long as a CDN keeps pages, and nginx in an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done. Paths.

    Attributes:
        due: to put.
        noted: to note, since nobody has them here any more, or somebody has again.
        expired: to remove.
    """

    due: frozenset[str]
    noted: Mapping[str, Put]
    expired: frozenset[str]


def plan(
    present: Mapping[str, str], known: Mapping[str, Put], is_seen: Callable[[str], bool], now: float
) -> Plan:
    """Compare what is here with what was put.

    Args:
        present: the version of each file here.
        known: what was put.
        is_seen: whether a file would be in ``present`` if it were here.
        now: Unix seconds.
    """
    due, noted, expired = set(), dict[str, Put](), set()
    for path, version in present.items():
        put = known.get(path)
        if put is None or put.version != version:
            due.add(path)
        elif put.gone_since:
            noted[path] = put._replace(gone_since=0)
    for path, put in known.items():
        if path in present or not is_seen(path):
            continue
        if not put.gone_since:
            noted[path] = put._replace(gone_since=now)
        elif now - put.gone_since >= GRACE:
            expired.add(path)
    return Plan(due=frozenset(due), noted=noted, expired=frozenset(expired))
