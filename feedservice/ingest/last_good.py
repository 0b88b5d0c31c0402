"""What stays published of a file that is broken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from feedservice.content.reader import Task
from feedservice.index.packed import Packed, compress
from feedservice.index.writer import IndexWriter
from feedservice.ingest.batches import Readers


def with_last_good(
    packed: Packed,
    orphans: Mapping[str, str],
    index: IndexWriter,
    readers: Readers,
    task: Task,
    now: datetime,
) -> Packed:
    """Return a broken file with its last good text and article, which survive a rebuild so.

    A file that was renamed and broken at once is known by its id.

    Args:
        packed: what reading a file came to.
        orphans: texts of files that vanished, by id.
        index: has the last good texts.
        readers: read these.
        task: as it was read.
        now: the moment.
    """
    if packed.article:
        return packed
    text = index.last_good_source(packed.path)
    if text is None:
        text = orphans.get(packed.named)
        if text is None:
            return packed
        packed = replace(packed, text=compress(text))
    article = readers.article_of(task, packed.path, text, now)
    return replace(packed, article=article) if article else packed
