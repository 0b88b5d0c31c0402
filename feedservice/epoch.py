"""The revision of the index as a process knows it: asked a few times a second at most, never once a request."""

from datetime import datetime, timedelta
from threading import Lock

from feedservice.clock import Clock
from feedservice.errors import IndexUnavailable
from feedservice.index.reader import IndexReader
from feedservice.model import Site


class Epoch:
    """What all answers of one moment share: the revision, and the site as it was then.

    Args:
        index: read only.
        clock: tells when it is time to ask again.
        every: how long an answer holds; nothing at all where each question shall ask.
    """

    def __init__(self, index: IndexReader, clock: Clock, every: timedelta = timedelta(0)) -> None:
        self._index = index
        self._clock = clock
        self._every = every
        self._lock = Lock()
        self._asked: datetime | None = None
        self._revision = 0
        self._site: Site | None = None

    def now(self) -> tuple[int, Site]:
        """Return the revision and the site.

        Raises:
            IndexUnavailable: the index is not filled yet, or cannot be read.
        """
        with self._lock:
            moment = self._clock()
            if self._site is not None and self._asked is not None and moment - self._asked < self._every:
                return self._revision, self._site
            revision = self._index.revision()
            if self._site is None or revision != self._revision:
                if not self._index.is_filled():
                    raise IndexUnavailable("the index is being filled")
                self._site = self._index.site()
                self._revision = revision
            self._asked = moment
            return self._revision, self._site
