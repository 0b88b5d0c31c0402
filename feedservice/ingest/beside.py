"""What a content folder holds beside what the index knows: both are gone through once, by path.

Nothing is held of files that are as they were, however many these are. Pure.
"""

from collections.abc import Callable, Collection, Iterable, Iterator

from feedservice.content.seen import Seen
from feedservice.content.tree import Kind
from feedservice.domain.file_readings import FileState

Pair = tuple[Seen | None, FileState | None]
"""A file as it is there, and as it was read."""


def beside(
    steps: Iterable[tuple[Kind, str, Seen | None]],
    states: Callable[[str], Iterator[FileState]],
) -> Iterator[Pair]:
    """Yield each file that is there or was read, but those in folders that nobody can look into.

    Args:
        steps: of a walk, by path, and so again behind each link to a folder.
        states: tells the files that were read in a folder, or all, by path.
    """
    elsewhere: set[str] = set()  # folders of which the steps tell later, or never
    known = states("")
    state = next(known, None)
    for kind, path, seen in steps:
        if kind is Kind.APART:
            elsewhere.add(path)
        elif path in elsewhere:
            yield from _gone(state, known, elsewhere)
            elsewhere.remove(path)
            known = states(path)
            state = next(known, None)
        if kind in (Kind.CLOSED, Kind.UNKNOWN):
            elsewhere.add(path)
        if seen is None:
            continue
        while state and state.path < path:
            if not _is_below(state.path, elsewhere):
                yield None, state
            state = next(known, None)
        if state and state.path == path:
            yield seen, state
            state = next(known, None)
        else:
            yield seen, None
    yield from _gone(state, known, elsewhere)


def _gone(
    state: FileState | None, known: Iterator[FileState], elsewhere: Collection[str]
) -> Iterator[Pair]:
    while state:
        if not _is_below(state.path, elsewhere):
            yield None, state
        state = next(known, None)


def _is_below(path: str, folders: Collection[str]) -> bool:
    if not folders:
        return False
    parts = path.split("/")
    return any("/".join(parts[:end]) in folders for end in range(1, len(parts)))
