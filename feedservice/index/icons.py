"""The icons of the site among what the index knows: a few texts, each asked for by its name."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from sqlalchemy import Connection

from feedservice.index.rows import get_meta, put_meta

_MADE_OF = "icons"
"""The key under which stands what they were made of."""


def made_of(connection: Connection) -> str:
    """Return what `put` was told, or an empty text."""
    return get_meta(connection, _MADE_OF) or ""


def put(connection: Connection, icons: Mapping[str, bytes], key: str) -> None:
    """Write icons by their names in place of those before; ``key`` says what they are made of."""
    for name in (get_meta(connection, f"{_MADE_OF}:") or "").split():
        put_meta(connection, f"{_MADE_OF}:{name}", "")
    for name, data in icons.items():
        put_meta(connection, f"{_MADE_OF}:{name}", b64encode(data).decode())
    put_meta(connection, f"{_MADE_OF}:", " ".join(icons))
    put_meta(connection, _MADE_OF, key)


def get(connection: Connection, name: str) -> bytes:
    """Return an icon, or nothing where the site has none of its own."""
    return b64decode(get_meta(connection, f"{_MADE_OF}:{name}") or "")
