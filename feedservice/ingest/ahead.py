"""What the first scan will read, found and begun while the index is not even imported."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task, reading_key
from feedservice.content.site_reader import read_site
from feedservice.ingest.background_walk import Looked, looked
from feedservice.ingest.batches import BATCH, Readers
from feedservice.ingest.beside import beside
from feedservice.ingest.plan import Due, Rule, plan


def begin_ahead(files: ContentFiles, readers: Readers, now: datetime) -> Looked | None:
    """Begin to read files of a folder that no index knows, and return what was seen of it.

    None where it cannot be told, or files are few: the scan finds out, and says why.

    Args:
        files: the content folder.
        readers: read them; an `Indexer` is to get these, and what is returned.
        now: the moment.
    """
    with suppress(OSError):
        site, _problems = read_site(files)
        if site:
            key = reading_key(site)
            rule = Rule(key, now, files.stat, is_scan=True)
            seen = looked(beside(files.look(), lambda _folder: iter(())), key, rule)
            if readers.are_many(len(seen.due)):
                task = Task(files=files, site=site, key=key)
                readers.begin_ahead(task, _chunks(seen.due, files, rule), now)
            return seen
    return None


def _chunks(paths: Sequence[str], files: ContentFiles, rule: Rule) -> Iterator[Sequence[Due]]:
    """Yield what is read first as the scan gives it; what was just saved may have to wait then."""
    for end in range(len(paths), 0, -BATCH):
        batch = paths[max(end - BATCH, 0) : end]
        found = {path: seen for path in batch if (seen := files.stat(path))}
        yield plan({}, found, rule).due
