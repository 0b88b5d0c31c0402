"""What is known of files that were read. Functions over an open transaction."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from feedservice.domain.file_readings import Asset, FileState
from feedservice.index.schema import files
from feedservice.index.statements import Statement, parts, several

PAGE = 1000
"""Files that are asked for at once, so that no transaction lasts as long as a look at all."""

_STATES = select(*(files.c[name] for name in FileState._fields))
_BELOW = Statement(
    _STATES.where(
        or_(
            files.c.path == bindparam("its_path"),
            (files.c.path >= bindparam("first")) & (files.c.path < bindparam("last")),
        )
    )
)
_AT = Statement(_STATES.where(files.c.path.in_(several("paths"))))
_FOLLOWING = (
    _STATES.where(files.c.path > bindparam("after")).order_by(files.c.path).limit(bindparam("most"))
)
_PAGE = Statement(_FOLLOWING)
_PAGE_BELOW = Statement(_FOLLOWING.where(files.c.path < bindparam("last")))


def by_page(
    connected: Callable[[], AbstractContextManager[Connection]], folder: str
) -> Iterator[FileState]:
    """Yield files that were read, in a folder or, without one, all, by path.

    Args:
        connected: opens a transaction, one for each `page`.
        folder: below the content folder, or nothing.
    """
    found, after = None, ""
    while found is None or len(found) == PAGE:
        with connected() as connection:
            found = page(connection, folder, after)
        yield from found
        after = found[-1].path if found else ""


def page(connection: Connection, folder: str, after: str) -> list[FileState]:
    """Return files that were read, in a folder or, without one, all: the first after a path.

    They are by path, as `tree.steps` are; less than a `PAGE` is the last one.
    """
    if not folder:
        return _states(_PAGE.rows(connection, after=after, most=PAGE))
    after = after or f"{folder}/"
    return _states(_PAGE_BELOW.rows(connection, after=after, last=f"{folder}0", most=PAGE))


def known_at(connection: Connection, paths: Collection[str]) -> dict[str, FileState]:
    """Return the files that were read at ``paths``, by path."""
    some = (_AT.rows(connection, paths=each) for each in parts([*paths]))
    return {state.path: state for rows in some for state in _states(rows)}


def known_below(connection: Connection, paths: Collection[str]) -> dict[str, FileState]:
    """Return the files that were read at ``paths``, or below one that was a folder."""
    found: dict[str, FileState] = {}
    for path in paths:
        below = {"first": f"{path}/", "last": f"{path}0"}
        for state in _states(_BELOW.rows(connection, its_path=path, **below)):
            found[state.path] = state
    return found


def _states(rows: Iterable[Sequence[Any]]) -> list[FileState]:
    return [
        FileState(path, size, mtime_ns, digest, key, _assets(assets), ctime_ns, inode)
        for path, size, mtime_ns, digest, key, assets, ctime_ns, inode in rows
    ]


def _assets(text: str) -> tuple[Asset, ...]:
    return () if text == "[]" else tuple(map(tuple, json.loads(text)))
