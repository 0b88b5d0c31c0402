"""Settings → what reads files for the one writer. Imports nothing that it does not run.

The processes that read are copies of the one that writes, made before that imports what writes: it
goes on with that on one processor while they read on the others.
"""

from pathlib import Path

from feedservice.clock import steady_now
from feedservice.content.files import ContentFiles
from feedservice.ingest.ahead import begin_ahead
from feedservice.ingest.background_walk import Looked
from feedservice.ingest.batches import Readers, processors
from feedservice.settings import Settings


def readers() -> Readers:
    """Return what reads, in copies of this process: before it has a thread or opens an index."""
    made = Readers(processors())
    made.copy()
    return made


def ahead(given: Settings, made: Readers) -> Looked | None:
    """Begin to read where there is no index yet; see `begin_ahead`."""
    index = given.database.removeprefix("sqlite:///")
    if given.source or index == given.database or "?" in index or Path(index).exists():
        return None  # or nothing can be told of it
    return begin_ahead(ContentFiles(given.content), made, steady_now())
