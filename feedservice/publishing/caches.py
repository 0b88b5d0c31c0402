"""Documents that were rendered, kept while nothing can have changed them. Bounded; safe to share
among threads.
"""

from datetime import datetime

from feedservice.feeds.feed import Document
from feedservice.http.lru import SegmentedLRU


class KeptDocuments:
    """Documents within a budget.

    A document stands for as long as its list was not touched, so a new article leaves the feeds of
    other categories as they are.

    Args:
        budget: bytes of bodies.
    """

    def __init__(self, budget: int = 8 * 1024 * 1024) -> None:
        self._documents: SegmentedLRU[Document] = SegmentedLRU(budget)

    def get(self, key: tuple[str, str], changed: datetime, now: datetime) -> Document | None:
        """Return the document, if its list last changed at ``changed`` and its time has not
        come.
        """
        found = self._documents.get(key)
        if found is None or found.last_modified != changed:
            return None
        return None if found.good_until is not None and found.good_until <= now else found

    def put(self, key: tuple[str, str], document: Document, now: datetime) -> None:
        """Keep a document, unless another change may yet be given the stamp that it carries."""
        if document.last_modified is not None and document.last_modified < now:
            self._documents.put(key, document, len(document.body))
