"""An address in a body → an absolute one, or a placeholder for a place of the site. Pure."""

import posixpath
import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, unquote, urlsplit

from feedservice.content.file_types import suffix_of
from feedservice.content.invisible import trimmed
from feedservice.domain import urls
from feedservice.domain.absolute_urls import has_long_authority
from feedservice.domain.internal_links import ID_PREFIX, Target, placeholder
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.near_names import Nearest
from feedservice.domain.own_addresses import authority, own_addresses
from feedservice.domain.patterns import rare
from feedservice.domain.text import fold, one_line, slugify

SCHEMES = frozenset({"http", "https", "mailto"})
"""Of addresses that a body may have."""
_MAIL = rare(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_HOST = rare(
    r"(?:[a-z0-9-]{1,63}\.){1,4}(?!js|md|py|gz)(?:com|net|org|info|news|press|example|[a-z]{2})",
    re.ASCII | re.IGNORECASE,
)
_BROKEN = rare(r"(https?)(?::/{0,3}|[;.]?/{2,3})(?=[^/:\s])", re.ASCII | re.IGNORECASE)
"""What was meant as ``https://``; that itself, too."""
_OWN_MACHINE = rare(r"https?://(?:localhost|127\.|\[::1\])", re.IGNORECASE)
_SPACES = frozenset(" \t\n\xa0")
_NOT_IN_HOST = frozenset(' "<>\\^`{|}')
"""With them a browser takes an address for none (URL Standard §3.2)."""


class BodyLinks:
    """Reads the addresses of one body.

    Args:
        path: the article's file below the content folder; relative addresses start from its folder.
        base_urls: what the site's own addresses begin with, and began with before.

    Attributes:
        outside: addresses that leave the content folder.
        local: addresses of pictures on the editor's own machine.
        nowhere: fragments that no place of the body has.
        unserved: addresses of files beside the article: nothing but media/ is served.
        hosts: addresses that begin with the name of a host, as a browser shows them.
        lost: addresses that lead nowhere, and so are not kept.
    """

    def __init__(self, path: str, base_urls: tuple[str, ...]) -> None:
        self.outside: list[str] = []
        self.local: list[str] = []
        self.nowhere: list[str] = []
        self.unserved: list[str] = []
        self.hosts: list[str] = []
        self.lost: list[str] = []
        self._places: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._used: set[str] = set()
        self._nearest: Nearest | None = None
        self._folder = posixpath.dirname(path)
        self._own_addresses = own_addresses(*base_urls)

    def places(self, ids: Iterable[str]) -> None:
        """Take note of the ids of the body, to which fragments may lead."""
        self._places = dict.fromkeys(map(one_line, ids), "")

    def attribute(self, name: str, value: str) -> str:
        """Return an attribute as a tag has it, after a space; or a placeholder, or nothing."""
        if name == "id":
            return self._id(one_line(value))
        value = trimmed(value)
        outside = len(self.outside)
        kept = self._read(value)
        if kept is None and len(self.outside) == outside and (value or name == "href"):
            self.lost.append(value)
        if name in ("src", "poster") and isinstance(kept, str) and _OWN_MACHINE.match(kept):
            self.local.append(value)
            return ""
        if isinstance(kept, str):
            return f' {name}="{escape(kept)}"'
        return placeholder(name, *kept) if kept else ""

    def _id(self, value: str) -> str:
        """An id, once: of two elements that have one, the first is found (HTML §3.2.6)."""
        if not value or value in self._used:
            return ""
        self._used.add(value)
        return placeholder("id", Target("anchor", value))

    def nearest(self, fragment: str) -> str:
        """Return the place of the body most like a fragment that leads nowhere; or nothing."""
        if self._nearest is None:
            self._nearest = Nearest(self._places)
        return self._nearest(fragment)

    def _read(self, url: str) -> str | tuple[Target, str] | None:
        """An address as it is written, a target with its fragment, or None where there is none."""
        if url.startswith("#"):
            return self._place(one_line(unquote(url[1:])))
        if url.startswith("www."):
            url = "https://" + url
        if _MAIL.fullmatch(url):
            url = "mailto:" + url
        if url.startswith("//"):
            url = "https:" + url
        if has_long_authority(url):
            return None
        try:
            parts = urlsplit(url)
            its_authority = authority(parts)
        except ValueError:
            return None
        if parts.scheme == "mailto":
            return "mailto:" + urls.percent_path(url[7:])
        if not parts.scheme:
            return self._own(url) if url else None
        labels = its_authority.split(":")[0].removesuffix(".").split(".")
        if parts.scheme not in SCHEMES or "" in labels or _NOT_IN_HOST.intersection(its_authority):
            return None
        own = self._own_addresses.below(parts, its_authority)
        if own is not None:
            return self._own(own)
        absolute = urls.uri(url)
        return absolute if absolute.isascii() else None

    def _place(self, fragment: str) -> tuple[Target, str] | None:
        if not fragment:
            return None
        place = fragment
        if fragment not in self._places:
            if not self._folded:
                self._folded = {fold(slugify(each)): each for each in self._places}
            place = self._folded.get(fold(slugify(fragment)), "")
        if not place:
            self.nowhere.append(fragment)
        return Target("self", ""), f"#{ID_PREFIX}{urls.percent(place or fragment)}"

    def _own(self, url: str) -> tuple[Target, str] | None:
        rest, _, typed = url.partition("#")
        # Only in a body are ids prefixed: a page of the site or a file has its own (`#page=3`).
        name = unquote(typed)
        name = slugify(name) if set(name) & _SPACES else name
        inner = f"#{ID_PREFIX}{urls.percent(name)}" if name else ""
        outer = urls.percent_path(f"#{typed}") if typed else ""
        path, _, query = rest.partition("?")
        path = unquote(path)
        is_rooted = path.startswith("/")
        if not is_rooted and "/" not in path and "." not in path:
            return _article(path, inner)
        if not is_rooted and "/" not in path and suffix_of(path) in MEDIA_TYPES:
            path = f"media/{path}"  # nothing that lies beside an article is published
        starts = "" if is_rooted or path.startswith("media/") else self._folder
        name = posixpath.normpath(posixpath.join(starts, path.lstrip("/")))
        is_inside = name != ".." and not name.startswith("../")
        if not is_inside or (_leaves_media(path) and not name.startswith("media/")):
            self.outside.append(url)
            return None
        if name.startswith("media/"):
            return Target("media", name.removeprefix("media/")), outer
        slug = name.removeprefix("articles/")
        if is_rooted and slug != name and "/" not in slug and slugify(slug):
            return _article(slug, inner)
        is_address = is_rooted and query  # an old one: no file is asked anything
        if name.lower().endswith(".md") and not is_address:
            return Target("file", name), inner
        if not is_rooted and (_BROKEN.match(path) or _HOST.fullmatch(path.partition("/")[0])):
            self.hosts.append(url)
        elif not is_rooted and suffix_of(name) in MEDIA_TYPES:
            self.unserved.append(url)
        address = quote("" if name == "." else name, safe="/-._~=&,;:@!$'()*+")
        return Target("path", f"{address}?{urls.percent_path(query)}" if query else address), outer


def _leaves_media(path: str) -> bool:
    parts = path.split("/")
    return "media" in parts and ".." in parts[parts.index("media") :]


def _article(name: str, fragment: str) -> tuple[Target, str] | None:
    slug = slugify(name)
    return (Target("article", slug), fragment) if slug else None


def completed(url: str) -> str:
    """Return an address that lacks its beginning, or a part of it, with that; else nothing."""
    whole = _BROKEN.sub(r"\1://", url, count=1) if _BROKEN.match(url) else ""
    if not whole and _HOST.fullmatch(url.partition("/")[0].partition("?")[0]):
        whole = f"https://{url}"
    return whole if whole != url else ""
