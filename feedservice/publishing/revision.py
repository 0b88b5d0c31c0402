"""The epoch of all answers: the revision of the index, and the site as it was then."""

from dataclasses import replace
from threading import Lock

from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.model import Site
from feedservice.index.reader import IndexReader


class Epoch:
    """Asks the index for its revision, and for the site only where that has changed.

    Args:
        index: read only.
        base_url: goes before the one of site.yaml where it is given.
    """

    def __init__(self, index: IndexReader, base_url: str = "") -> None:
        self._index = index
        self._base_url = base_url
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
                site = self._index.site()
                self._known = (
                    revision,
                    replace(site, base_url=self._base_url) if self._base_url else site,
                )
            return self._known
