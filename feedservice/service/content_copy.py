"""What a machine has of the content, and how new that is: an older copy never leads."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from feedservice.clock import Clock
from feedservice.content.places import Places
from feedservice.content.tree import Kind, steps

Note = Callable[[str], None]
"""Notes the generation of the content that is published from now on."""

AHEAD = 3600
"""Seconds that a change may be ahead of the clock: a file with a wrong time makes no copy newer."""


class Copy(Protocol):
    """What a machine has of the content."""

    def take(self, published: str, note: Note) -> bool:
        """Publish what is here; False where it is older than what is published.

        Args:
            published: the generation of that; empty for whatever there is.
            note: told of each generation before anything of it is written.

        Raises:
            IndexUnavailable: it could not be noted.
        """

    def catch_up(self) -> bool:
        """Learn of what `take` held to be newer; whether anything could be learnt."""

    def writing(self, paths: Collection[str]) -> None:
        """Be told of paths before what lies there is written into the index; raises as above."""


class LocalCopy:
    """See `Copy`: of a machine that shares its index with none."""

    def take(self, published: str, note: Note) -> bool:  # noqa: ARG002
        """Publish it."""
        return True

    def catch_up(self) -> bool:
        """Nothing is newer."""
        return False

    def writing(self, paths: Collection[str]) -> None:
        """Take no notice."""


class FolderCopy:
    """See `Copy`: of a folder, which several machines share.

    Its generation is the time of the newest change of a file or a folder in it. Who copies a folder
    by hand has an older one as long as that was made before the last change of the original.

    Args:
        root: the content folder.
        clock: tells the time.
    """

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root.absolute()
        self._clock = clock
        self._noted = 0
        self._note: Note = lambda _generation: None

    def take(self, published: str, note: Note) -> bool:
        """Publish what is here, where no later change was published."""
        newest = self._newest(self._all())
        if published and not (published[:1] == "@" and int(published[1:]) <= newest):
            return False
        note(f"@{newest}")
        self._noted, self._note = newest, note
        return True

    def catch_up(self) -> bool:
        """Others change it."""
        return False

    def writing(self, paths: Collection[str]) -> None:
        """Note a change that is newer: of a file, or of its folder, which a removal changes."""
        places = {above for path in paths for above in (Path(path), *Path(path).parents)}
        newest = self._newest(self._root / place for place in places)
        if newest > self._noted:
            self._note(f"@{newest}")
            self._noted = newest

    def _all(self) -> Iterator[Path]:
        for step in steps(self._root, Places(self._root)):
            if step.kind in (Kind.FOLDER, Kind.FILE, Kind.LINKED):
                yield self._root / step.real

    def _newest(self, places: Iterator[Path]) -> int:
        latest = int((self._clock().timestamp() + AHEAD) * 10**9)
        newest = 0
        for place in places:
            with suppress(OSError):
                changed = place.stat().st_mtime_ns
                if newest < changed <= latest:
                    newest = changed
        return newest
