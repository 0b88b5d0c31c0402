"""What reading a content file came to, and what that depended on. Goes from content to index."""

from dataclasses import dataclass
from typing import NamedTuple

from feedservice.domain.model import Article, Problem
from feedservice.domain.references import Reference

Asset = tuple[str, int, int, int, int]
"""A media file: path, size, and times and inode as `FileState` has them; size -1 for none."""


class FileState(NamedTuple):
    """A file as it was when it was read; a look at everything goes through all of them.

    Attributes:
        path: below the content folder.
        size, mtime_ns, ctime_ns, inode: as `Seen` had them; ``ctime_ns`` is negative where the file
            was so young that it may have changed since and kept all of these.
        digest: of its bytes.
        key: of what else its reading depended on (site.yaml, the release).
        assets: the media files that it names.
    """

    path: str
    size: int
    mtime_ns: int
    digest: str
    key: str
    assets: tuple[Asset, ...] = ()
    ctime_ns: int = 0
    inode: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading a file came to.

    Attributes:
        article: None where the file is broken and no last good version is known: what the index has
            stays up.
        problems: errors and warnings.
        text: the source of a good reading, to be kept; empty where the file is broken.
        named: the entry id that a broken file names, as far as it can be told.
        references: the names that a good file claims and mentions.
    """

    state: FileState
    article: Article | None
    problems: tuple[Problem, ...] = ()
    text: str = ""
    named: str = ""
    references: tuple[Reference, ...] = ()
