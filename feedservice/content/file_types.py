"""Which files are articles, which may be served and as what, which are passed over. Pure."""

import posixpath
import re
from contextlib import suppress
from functools import lru_cache

from feedservice.domain.media_types import ALLOWED, MEDIA_TYPES

SITE = "site.yaml"
"""The file that makes a folder a content folder."""
HEAD = 4096
"""Bytes of a file by which its type is told."""

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".md.txt")
_RESEMBLING = (*_MARKDOWN, ".txt")
_TEMPORARY = re.compile(r".*~|.*\.sw.|#.*#|.*\.(tmp|part|filepart|bak)|4913", re.IGNORECASE)


def is_article(path: str) -> bool:
    """Whether ``path`` (below the root, with ``/``) names an article file."""
    return is_article_name(path) and not any(map(is_hidden, path.split("/")))


def is_article_name(path: str) -> bool:
    """Whether ``path``, of which no part `is_hidden`, names an article file."""
    if path[-3:].lower() != ".md" or path.startswith("media/"):
        return False
    folder, _, name = path.rpartition("/")
    return bool(folder) and name.lower() != "readme.md"


def holds_articles(path: str, is_folder: bool) -> bool:
    """Whether an article or a folder of articles would be at ``path``, were it no link."""
    return is_article_name(path) or (is_folder and not f"{path}/".startswith("media/"))


def resembles_article(path: str) -> bool:
    """Whether ``path``, which names no article, looks as if it was meant to."""
    folder, _, name = path.lower().rpartition("/")
    if name == "readme.md" or (path.startswith("media/") and not name.endswith(_MARKDOWN)):
        return False
    return name.endswith(_MARKDOWN if not folder else _RESEMBLING)


def is_servable(path: str) -> bool:
    """Whether the file of media/ at ``path`` has a name and type that may be served."""
    return suffix_of(path) in MEDIA_TYPES and not any(map(is_hidden, path.split("/")))


def is_picture_name(path: str) -> bool:
    """Whether the name of a file is a picture's."""
    return MEDIA_TYPES.get(suffix_of(path), "").startswith("image/")


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is passed over."""
    if name.startswith((".", "_")):
        return True
    return not name.endswith(".md") and _TEMPORARY.fullmatch(name) is not None  # most are articles


def suffix_of(name: str) -> str:
    """Return the suffix of a name in lower case, with its dot."""
    return posixpath.splitext(name)[1].lower()


@lru_cache(256)  # reading one head takes longer than all else that an answer to a range needs
def media_type(head: bytes, suffix: str) -> str:
    """Return the type of a media file.

    Args:
        head: its first `HEAD` bytes. A picture or video is what they say, whatever its name.
        suffix: of its name, which tells the type of anything else.
    """
    import puremagic  # noqa: PLC0415 - most processes that start look at no media

    named = MEDIA_TYPES.get(suffix, "")
    with suppress(puremagic.PureError, ValueError):
        kinds = [match.mime_type for match in puremagic.magic_string(head) if match.mime_type]
        if named in kinds:
            return named
        told = next((kind for kind in kinds if kind in ALLOWED), "")
        if told.split("/")[0] in ("image", "video") and named.split("/")[0] in ("image", ""):
            return told
    return named
