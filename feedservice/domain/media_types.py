"""The one table of media types: what media/ may hold and how it is served. Pure."""

from types import MappingProxyType

MEDIA_TYPES = MappingProxyType(
    {
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
        ".gif": "image/gif",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".svg": "image/svg+xml",
        ".mp3": "audio/mpeg",
        ".m4a": "audio/x-m4a",  # the type that podcast directories list for it
        ".aac": "audio/aac",
        ".ogg": "audio/ogg",
        ".oga": "audio/ogg",
        ".opus": "audio/ogg",
        ".wav": "audio/wav",
        ".flac": "audio/flac",
        ".mp4": "video/mp4",
        ".m4v": "video/mp4",
        ".webm": "video/webm",
        ".pdf": "application/pdf",
        ".epub": "application/epub+zip",
        ".txt": "text/plain",
        ".csv": "text/csv",
        ".zip": "application/zip",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".odt": "application/vnd.oasis.opendocument.text",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    }
)
"""Suffix → type. Nothing that a browser would run: no HTML, XML or scripts."""

ALLOWED = frozenset(MEDIA_TYPES.values())
"""Types that are served."""


def is_shown(media_type: str) -> bool:
    """Whether a browser shows a file of an allowed type; it saves any other."""
    return media_type.startswith(("image/", "audio/", "video/")) or media_type in (
        "application/pdf",
        "text/plain",
    )
