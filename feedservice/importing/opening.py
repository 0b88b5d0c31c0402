"""What the user named on the command line → the `Source` that it is: an address, a file or a
folder.
"""

import re

from feedservice.importing import article_folder
from feedservice.importing.fetch import Fetcher
from feedservice.importing.foreign_entry import Source
from feedservice.importing.sources import FeedSource

_WXR = re.compile(rb"xmlns:wp\s*=\s*[\"']https?://wordpress\.org/export/")


def open_source(named: str, kind: str | None, fetcher: Fetcher, zone: str = "UTC") -> Source:
    """Return the source that a name means.

    Args:
        named: an http address, a file or a folder.
        kind: one of `KINDS` where the user said it.
        fetcher: asks the network.
        zone: of dates that name none, where the source says none either.

    Raises:
        ImportFailure: there is no such thing, or it cannot be told what it is.
    """
    if named.startswith(("http://", "https://")):
        return FeedSource(named, fetcher=fetcher)
    if article_folder.is_folder(named):
        return article_folder.open_folder(named, kind, zone)
    if kind == "wordpress" or (kind is None and _WXR.search(article_folder.head_of(named))):
        return article_folder.open_export(named)
    return FeedSource(named, data=article_folder.read_file(named))
