"""Which names in the content folder are articles, which may be served from media/, and which are
passed over. Pure.
"""

import posixpath
import re

_TEMPORARY = re.compile(r".*~|.*\.sw.|#.*#|.*\.(tmp|part|filepart|bak)|4913", re.IGNORECASE)

MEDIA_TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp",
    ".avif": "image/avif", ".svg": "image/svg+xml", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".aac": "audio/aac",
    ".ogg": "audio/ogg", ".oga": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac",
    ".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm", ".pdf": "application/pdf",
    ".epub": "application/epub+zip", ".txt": "text/plain", ".csv": "text/csv", ".zip": "application/zip",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}  # fmt: skip
"""The allow-list of media/: no type that a browser would run."""


def is_article(path: str) -> bool:
    """Whether ``path`` (below the root, with ``/``) names an article file."""
    return is_article_name(path) and not any(map(is_hidden, path.split("/")))


def is_article_name(path: str) -> bool:
    """Whether ``path``, of which no part `is_hidden`, names an article file."""
    folder, _, name = path.lower().rpartition("/")
    if not folder or not name.endswith(".md") or name == "readme.md":
        return False
    return path.partition("/")[0] != "media"


def is_servable(path: str) -> bool:
    """Whether the file of media/ at ``path`` has a name and type that may be served."""
    return suffix_of(path) in MEDIA_TYPES and not any(map(is_hidden, path.split("/")))


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is passed over."""
    return name.startswith((".", "_")) or _TEMPORARY.fullmatch(name) is not None


def suffix_of(name: str) -> str:
    """Return the suffix of a name in lower case, with its dot."""
    return posixpath.splitext(name)[1].lower()
