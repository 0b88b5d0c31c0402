"""When lists last changed, and that something did: what a write leaves for readers to compare.

Functions over an open transaction; only `writer` calls them.
"""

import math
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert

from feedservice.domain.label_slugs import label_key
from feedservice.index import rows
from feedservice.index.changes import ENTRIES, Label, entries_in, members_in
from feedservice.index.schema import list_changes
from feedservice.index.statements import Statement

_STAMP = Statement(insert(list_changes))
_UNSTAMP = Statement(
    delete(list_changes).where(
        list_changes.c.kind == bindparam("its_kind"), list_changes.c.slug == bindparam("its_slug")
    )
)


def bump(connection: Connection) -> None:
    """Let the revision grow."""
    revision = int(rows.get_meta(connection, "revision") or 0) + 1
    rows.put_meta(connection, "revision", str(revision))


def put(
    connection: Connection,
    changed: Collection[Label],
    now: datetime,
    *,
    others: Collection[Label] = (),
    members: Collection[Label] = (),
    is_shown: bool = True,
) -> None:
    """Stamp lists with the next whole second, or one after the last stamp, if that is later.

    Args:
        connection: of the transaction that changed them.
        changed: the lists.
        now: the moment.
        others: lists in which entries that stay may be others.
        members: labels in whose lists others follow on an article than before.
        is_shown: whether anybody may be shown what was before. Else the stamp is the last one, if
            that is later: a thousand changes of a first filling would date it far in the future.
    """
    bump(connection)
    if not changed:
        return
    last = int(rows.get_meta(connection, "stamp") or 0)
    stamp = max(math.ceil(now.timestamp()), last + is_shown)
    rows.put_meta(connection, "stamp", str(stamp))
    keys = {(kind, label_key(kind, slug)) for kind, slug in changed}
    keys |= {(members_in(kind), label_key(kind, slug)) for kind, slug in members}
    keys |= {(entries_in(kind), label_key(kind, slug)) for kind, slug in others}
    keys |= {ENTRIES} if others else set()
    _UNSTAMP.run_each(connection, list(keys))
    _STAMP.run_each(connection, [(*key, stamp) for key in keys])
