"""Documents that were rendered, kept while nothing can have changed them. Bounded; safe to share among threads."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from feedservice.feeds.document import Document


class KeptDocuments:
    """Least recently used within a budget.

    Args:
        budget: bytes of bodies.
    """

    def __init__(self, budget: int = 32 * 1024 * 1024) -> None:
        self._budget = budget
        self._size = 0
        self._lock = Lock()
        self._documents: OrderedDict[tuple[str, str], tuple[int, Document]] = OrderedDict()

    def get(self, key: tuple[str, str], revision: int, now: datetime) -> Document | None:
        """Return the document, if the index still has ``revision`` and its time has not come."""
        with self._lock:
            found = self._documents.get(key)
            if found is None:
                return None
            kept_at, document = found
            if kept_at != revision or (document.good_until is not None and document.good_until <= now):
                return None
            self._documents.move_to_end(key)
            return document

    def put(self, key: tuple[str, str], revision: int, document: Document) -> None:
        """Keep a document that was made from ``revision`` of the index."""
        with self._lock:
            _, old = self._documents.pop(key, (0, None))
            self._size += len(document.body) - (len(old.body) if old else 0)
            self._documents[key] = (revision, document)
            while self._size > self._budget:
                _, (_, dropped) = self._documents.popitem(last=False)
                self._size -= len(dropped.body)
