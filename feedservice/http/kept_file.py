"""Kept answers ⇄ bytes, for a process that starts while nothing can be made anew. Pure.

A digest, a line of JSON, then the bodies: reading it runs nothing, and tells whether it is whole.
"""

import json
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from feedservice.http.entry import RESTORED, Entry
from feedservice.http.negotiation import read_date
from feedservice.http.prepared_response import Coded, Prepared

OLDEST = timedelta(days=1)
"""How long ago the present index last had an answer that is handed on."""
_FORMAT = 3
_DIGEST = 32

Answers = list[tuple[Hashable, Entry]]


def pack(
    facts: Mapping[str, str], answers: Iterable[tuple[Hashable, Entry]], limit: int, now: datetime
) -> bytes:
    """Return a file of answers.

    Args:
        facts: what else is to be handed on.
        answers: by their keys, of which only texts are handed on; best first.
        limit: bytes of all bodies; what has no room is left out.
        now: see `OLDEST`.
    """
    chosen = {}
    for key, entry in answers:
        if not isinstance(key, str) or now - entry.made > OLDEST:
            continue
        status, headers, body, coded = entry.answer.parts(entry.fresh_until)
        if len(body) > limit:
            continue
        limit -= len(body)
        # Not to the second, so that the same answers are the same bytes for an hour.
        made = entry.made.replace(minute=0, second=0, microsecond=0)
        row = [made.isoformat(), entry.answer.first_shown, status, headers, coded, len(body)]
        chosen[key] = (row, body)
    ordered = dict(sorted(chosen.items()))
    rows = {key: row for key, (row, _body) in ordered.items()}
    head = json.dumps({"format": _FORMAT, "facts": dict(facts), "answers": rows})
    rest = b"\n".join((head.encode(), b"".join(body for _row, body in ordered.values())))
    return blake2b(rest, digest_size=_DIGEST).digest() + rest


def unpack(data: bytes, now: datetime) -> tuple[dict[str, str], Answers]:
    """Return the facts of a file, and those of its answers that may be given at ``now``.

    Raises:
        ValueError: it is damaged, or of another format.
    """
    digest, rest = data[:_DIGEST], data[_DIGEST:]
    if blake2b(rest, digest_size=_DIGEST).digest() != digest:
        raise ValueError("it is damaged")
    head, _, bodies = rest.partition(b"\n")
    told = json.loads(head)
    if told["format"] != _FORMAT:
        raise ValueError(f"its format is {told['format']}")
    answers: Answers = []
    start = 0
    for key, (made, shown, status, headers, coded, length) in told["answers"].items():
        body = bodies[start : start + length]
        start += length
        pairs = [(name, value) for name, value in headers]
        answer = Prepared(status, pairs, body, read_date(shown) or now, coded=Coded(*coded))
        entry = Entry(answer, RESTORED, datetime.fromisoformat(made), answer.good_until)
        if entry.may_be_stale(now) and now - entry.made <= OLDEST:
            answers.append((key, entry))
    return told["facts"], answers
