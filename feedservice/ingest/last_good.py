"""What stays published of a file that is broken."""

from dataclasses import replace
from datetime import datetime

from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task
from feedservice.index.packed import Packed, PackedArticle, pack_article
from feedservice.index.payload import compress, whole_article
from feedservice.index.writer import IndexWriter
from feedservice.ingest.batches import Readers


def with_last_good(
    packed: Packed,
    files: ContentFiles,
    index: IndexWriter,
    readers: Readers,
    task: Task,
    now: datetime,
) -> Packed:
    """Return a broken file with its last good text and article, which survive a rebuild so.

    A file that was renamed and broken is known by its id, which a file that is gone claims.

    Args:
        packed: what reading a file came to.
        files: tell which are gone.
        index: has the last good texts.
        readers: read these.
        task: as it was read.
        now: the moment.
    """
    if packed.article:
        return packed
    text, before = index.last_good_source(packed.path), packed.path
    if text is None:
        others = index.last_good_sources_of(packed.named) if packed.named else {}
        gone = ((text, path) for path, text in others.items() if not files.stat(path))
        text, before = next(gone, (None, packed.path))
        if text is None:
            return packed
        packed = packed._replace(text=compress(text))
    article = readers.article_of(task, packed.path, text, now)
    if article is None and before != packed.path:  # moved to a folder that is no category
        was = readers.article_of(task, before, text, now)
        article = _at(packed.path, was) if was else None
    return packed._replace(article=article) if article else packed


def _at(path: str, article: PackedArticle) -> PackedArticle:
    return pack_article(replace(whole_article(article.teaser, article.texts), path=path))
