"""Which files stand still, so that they are read whole: batches of these."""

from collections.abc import Callable, Iterator, Sequence

from feedservice.content.files import ContentFiles
from feedservice.ingest.plan import SETTLED, Due

BATCH = 250
"""Files that are read at once, and written in one transaction."""
ATTEMPTS = 5
"""How often a file is looked at until it stands still: others wait for that, too."""


def settled(
    due: Sequence[Due], files: ContentFiles, pause: Callable[[float], None]
) -> Iterator[list[Due]]:
    """Yield files by batches, once they stand still.

    A file that may still be written must be for `SETTLED` seconds as the walk saw it; one that
    never comes to rest keeps no other back: its next save names it again, or the next scan.
    """
    if not all(each.is_settled for each in due):
        pause(SETTLED)
    for start in range(0, len(due), BATCH):
        yield from _settle(due[start : start + BATCH], files, pause)


def _settle(
    batch: Sequence[Due], files: ContentFiles, pause: Callable[[float], None]
) -> Iterator[list[Due]]:
    settled = [due for due in batch if due.is_settled]
    young = [due for due in batch if not due.is_settled]
    for _ in range(ATTEMPTS):
        moving = []
        for due in young:
            now = files.stat(due.seen.path)
            if now == due.seen:
                settled.append(due)
            elif now:
                moving.append(due._replace(seen=now))
        if settled:
            yield sorted(settled, key=lambda due: due.seen.path)
        if not moving:
            return
        settled, young = [], moving
        pause(SETTLED)
