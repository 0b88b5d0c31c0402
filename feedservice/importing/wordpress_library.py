"""What bodies of WordPress name by number: the media library and synced patterns. Pure."""

import re
from dataclasses import dataclass, field

_SIZE = re.compile(r"-[0-9]{1,5}x[0-9]{1,5}(?=\.[a-zA-Z]{3,4}$)")
"""At the end of a name: the size in which WordPress keeps a picture beside the one uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the media library."""

    url: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """What bodies name by number: files, the files of each post, texts of synced patterns."""

    files: dict[str, Attachment] = field(default_factory=dict)
    of_posts: dict[str, dict[str, None]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    urls: set[str] = field(default_factory=set)

    def original(self, url: str) -> str:
        """Return the file that a smaller picture was made of, where the library has it."""
        whole, found = url, _SIZE.search(url)
        if found and url not in self.urls:
            names = (
                f"{url[: found.start()]}{kind}{url[found.end() :]}" for kind in ("", "-scaled")
            )
            whole = next((name for name in names if name in self.urls), url)
        return whole
