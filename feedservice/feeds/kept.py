"""Documents that were rendered, kept while nothing can have changed them. Bounded; safe to share among threads."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from feedservice.feeds.document import Document


class KeptDocuments:
    """Least recently used within a budget.

    A document stands for as long as its list was not touched, so a new article leaves the feeds of other categories
    as they are.

    Args:
        budget: bytes of bodies.
    """

    def __init__(self, budget: int = 16 * 1024 * 1024) -> None:
        self._budget = budget
        self._size = 0
        self._lock = Lock()
        self._documents: OrderedDict[tuple[str, str], Document] = OrderedDict()

    def get(self, key: tuple[str, str], changed: datetime, now: datetime) -> Document | None:
        """Return the document, if its list last changed at ``changed`` and its time has not come."""
        with self._lock:
            found = self._documents.get(key)
            if found is None or found.last_modified != changed:
                return None
            if found.good_until is not None and found.good_until <= now:
                return None
            self._documents.move_to_end(key)
            return found

    def put(self, key: tuple[str, str], document: Document, now: datetime) -> None:
        """Keep a document, unless another change may yet be given the stamp that it carries."""
        if document.last_modified is None or document.last_modified >= now:
            return
        with self._lock:
            old = self._documents.pop(key, None)
            self._size += len(document.body) - (len(old.body) if old else 0)
            self._documents[key] = document
            while self._size > self._budget:
                self._size -= len(self._documents.popitem(last=False)[1].body)
