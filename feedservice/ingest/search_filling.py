"""The search of a new index: it takes up articles once lists and feeds have them all."""

import logging
from collections.abc import Callable, Iterator, Sequence

from feedservice.index.words import Body
from feedservice.index.writer import IndexWriter
from feedservice.ingest.batches import Readers

log = logging.getLogger(__name__)

BATCH = 1000
"""Articles that are taken up in one transaction, at most; a save waits for no more than that."""


def fill_search(
    index: IndexWriter,
    readers: Readers,
    *,
    look: Callable[[], None],
    stop: Callable[[], bool],
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Have the search take up what it does not have; what was interrupted goes on from there.

    Args:
        index: is filled, but for its search.
        readers: find the words.
        look: called between two batches, for what was saved meanwhile.
        stop: asked between two batches.
        progress: called with how many of how many articles are done.
    """
    total, done = index.search_waits(), 0
    together = min(BATCH, readers.share_of(total))
    if total:
        log.info("lists and feeds can be asked for; the search takes up %d articles", total)
    while (last := index.searched()) is not None and not stop():
        for words in readers.words(_waiting(index, last, together)):
            index.fill_search(words)
            done += len(words)
            if progress:
                progress(done, max(done, total))
            if stop():
                return
            look()
        index.fill_search([])
    if total:
        log.info("the search has all articles")


def _waiting(index: IndexWriter, last: int, together: int) -> Iterator[Sequence[Body]]:
    while rows := index.rows_after(last, together):
        yield rows
        last = rows[-1].number
