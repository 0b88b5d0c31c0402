"""Where a post of WordPress answers beside its permalink. Pure."""

from collections.abc import Iterator

from feedservice.importing.addresses import has_number, host_and_path, path_of


def old_addresses(kind: str, number: str, link: str, guid: str, home: str) -> Iterator[str]:
    """Yield the addresses by number of a public post, and a guid that was an address once.

    Args:
        kind: ``post`` or ``page``.
        number: what WordPress counts it by.
        link: its permalink.
        guid: where it was first, or anything else.
        home: the front page of the blog; empty where the export does not say.
    """
    host, key = host_and_path(guid)
    is_numbered = has_number(key)
    front = home or (guid.partition("?")[0] if is_numbered else "")
    if number.isascii() and number.isdecimal():
        path = f"{path_of(front).rstrip('/')}/"
        yield f"{path}?p={number}"
        if kind == "page":
            yield f"{path}?page_id={number}"
    if host and host == host_and_path(home or link)[0] and "?" not in guid:
        yield guid


def renamed(link: str, slug: str) -> str:
    """Return the path that a post had under another slug."""
    return path_of(link).rstrip("/").rpartition("/")[0] + f"/{slug}"
