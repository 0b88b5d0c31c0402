"""The epoch of all answers: the revision of the index, and the site as it was then."""

from threading import Lock

from feedservice.errors import IndexUnavailable
from feedservice.index.reader import IndexReader
from feedservice.model import Site


class Epoch:
    """Asks the index for its revision, and for the site only where that has changed.

    Args:
        index: read only.
    """

    def __init__(self, index: IndexReader) -> None:
        self._index = index
        self._lock = Lock()
        self._known: tuple[int, Site] | None = None

    def now(self) -> tuple[int, Site]:
        """Return the revision and the site.

        Raises:
            IndexUnavailable: the index is not filled yet, or cannot be read.
        """
        with self._lock:
            revision = self._index.revision()
            if self._known is None or self._known[0] != revision:
                if not self._index.is_filled():
                    raise IndexUnavailable("the index is being filled")
                self._known = (revision, self._index.site())
            return self._known
