"""What is known of files that were read. Functions over an open transaction."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from feedservice.domain.file_readings import FileState
from feedservice.index.schema import files
from feedservice.index.statements import Statement

_STATES = select(*(each for each in files.c if each.name not in ("problems", "names")))
_BELOW = Statement(
    _STATES.where(
        or_(
            files.c.path == bindparam("its_path"),
            (files.c.path >= bindparam("first")) & (files.c.path < bindparam("last")),
        )
    )
)


def known(connection: Connection) -> dict[str, FileState]:
    """Return every file that was read, by path."""
    return _states(connection.execution_options(yield_per=1000).execute(_STATES))


def known_below(connection: Connection, paths: Collection[str]) -> dict[str, FileState]:
    """Return the files that were read at ``paths``, or below one that was a folder."""
    found: dict[str, FileState] = {}
    for path in paths:
        below = {"first": f"{path}/", "last": f"{path}0"}
        found.update(_states(_BELOW.rows(connection, its_path=path, **below)))
    return found


def _states(rows: Iterable[Sequence[Any]]) -> dict[str, FileState]:
    """Return the rows of `_STATES` by path."""
    found: dict[str, FileState] = {}
    keys: dict[str, str] = {}  # of a hundred thousand files nearly all have the same one
    for path, size, mtime_ns, ctime_ns, inode, digest, key, assets in rows:
        found[path] = FileState(
            path=path,
            size=size,
            mtime_ns=mtime_ns,
            ctime_ns=ctime_ns,
            inode=inode,
            digest=digest,
            key=keys.setdefault(key, key),
            assets=() if assets == "[]" else tuple(map(tuple, json.loads(assets))),
        )
    return found
