"""What the user named on the command line → the `Source` that it is: an address, a file or a folder."""

from feedservice.importing import folder
from feedservice.importing.entry import Source
from feedservice.importing.fetch import Fetcher
from feedservice.importing.sources import FeedSource

KINDS = ("feed",)
"""What can be imported."""


def open_source(named: str, kind: str | None, fetcher: Fetcher) -> Source:  # noqa: ARG001 - more kinds to come
    """Return the source that a name means.

    Args:
        named: an http address, a file or a folder.
        kind: one of `KINDS` where the user said it.
        fetcher: asks the network.

    Raises:
        ImportFailure: there is no such thing, or it cannot be told what it is.
    """
    if named.startswith(("http://", "https://")):
        return FeedSource(named, fetcher=fetcher)
    return FeedSource(named, data=folder.read_file(named))
