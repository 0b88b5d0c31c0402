"""Reads pages of a site in a process of which one page may be the end (`Worker`).

Its libraries are imported there alone: they take half a second and some tens of megabytes.
"""

from dataclasses import dataclass
from importlib import import_module

from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.remarks import Remark, remark
from feedservice.system import worker
from feedservice.system.worker import Died, Worker

MAX_PAGE = 4 * 1024 * 1024
"""Bytes of one page."""
_TRIES = 2
"""Of a page whose process waited too long for the machine, which is not the page's fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """A page that was fetched.

    Attributes:
        address: as the sitemap spells it.
        url: where it was found, after redirects.
        content_type: as its host said it.
        zone: of dates that name none.
    """

    address: str
    url: str
    data: bytes
    content_type: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """What a page is: an entry, or why it is none; and the address that it wants to be known by."""

    entry: ForeignEntry | None = None
    refused: Remark | None = None
    canonical: str = ""


class PageReader:
    """Reads one page after another."""

    def __init__(self) -> None:
        self._worker = Worker()

    def read(self, page: PageAsked) -> PageRead:
        """Return what a page is; one that takes too long, or too much memory, is refused."""
        for _try in range(_TRIES):
            try:
                read: PageRead = self._worker.ask(read_beside, page)
            except Died as died:
                if not died.is_chance:
                    break
            except OSError:
                break
            else:
                return read
        return PageRead(refused=remark("site-unread", page.address))

    def close(self) -> None:
        """End the process."""
        self._worker.close()


def read_beside(page: PageAsked) -> PageRead:
    """Do what `PageReader.read` does, in its process."""
    reader = import_module("feedservice.importing.web_page")
    worker.tell(page.address)
    try:
        read: PageRead = reader.read(page)
    except Exception:  # noqa: BLE001 - parsers of hostile bytes
        return PageRead(refused=remark("site-unread", page.address))
    return read
