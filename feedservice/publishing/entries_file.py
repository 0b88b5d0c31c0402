"""Kept entries ⇄ bytes, so that a worker that starts renders none again. Pure.

A digest, a line of JSON, then the bodies: reading it runs nothing, and tells whether it is whole.
"""

import json
from collections.abc import Hashable, Iterable
from datetime import datetime
from hashlib import blake2b

from feedservice.domain.model import Content
from feedservice.publishing.entries import Entry

_DIGEST = 32

Kept = list[tuple[Hashable, Entry]]


def pack(release: str, kept: Iterable[tuple[Hashable, Entry]], limit: int) -> bytes:
    """Return a file of entries.

    Args:
        release: of the code and settings that shape them.
        kept: by their keys, best first.
        limit: bytes of all bodies; what has no room is left out.
    """
    chosen = []
    for key, entry in kept:
        limit -= len(entry.body)
        if limit < 0:
            break
        row = [*key, entry.updated.isoformat(), entry.shown.hex(), len(entry.body)]  # type: ignore[misc]
        chosen.append((row, entry.body))
    chosen.sort()  # the same entries are the same bytes
    head = json.dumps({"release": release, "entries": [row for row, _body in chosen]})
    rest = b"\n".join((head.encode(), b"".join(body for _row, body in chosen)))
    return blake2b(rest, digest_size=_DIGEST).digest() + rest


def unpack(data: bytes, release: str) -> Kept:
    """Return the entries of a file, none of another release.

    What they show of others has to be asked of the index before they are used.

    Raises:
        ValueError: it is damaged.
    """
    digest, rest = data[:_DIGEST], data[_DIGEST:]
    if blake2b(rest, digest_size=_DIGEST).digest() != digest:
        raise ValueError("it is damaged")
    head, _, bodies = rest.partition(b"\n")
    told = json.loads(head)
    kept: Kept = []
    start = 0
    for number, name, content, updated, shown, length in told["entries"]:
        body = bodies[start : start + length]
        start += length
        entry = Entry(body, datetime.fromisoformat(updated), bytes.fromhex(shown))
        kept.append(((number, name, Content(content)), entry))
    return kept if told["release"] == release else []
