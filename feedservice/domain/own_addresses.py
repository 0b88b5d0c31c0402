"""Which absolute addresses are the site's own: below its base URL, or one it had before. Pure."""

from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

from feedservice.domain import urls
from feedservice.domain.absolute_urls import has_long_authority, looks_like_url


class OwnAddresses:
    """Knows what the addresses of a site begin with; ``http`` and ``https`` make no difference.

    Args:
        base_urls: the base URL of the site, and those that it had before.
    """

    def __init__(self, *base_urls: str) -> None:
        self._present = base_urls[0] if base_urls else ""
        bases = [(authority(base), base.path.rstrip("/")) for base in map(urlsplit, base_urls)]
        # Of a base and another below it, the longer one is meant.
        self._bases = sorted(bases, key=lambda base: len(base[1]), reverse=True)

    def below(self, parts: SplitResult, its_authority: str) -> str | None:
        """Return an own address from its path on, which begins with ``/``; None for a foreign one.

        Args:
            parts: of an absolute address.
            its_authority: as `authority` tells it.
        """
        for base, path in self._bases:
            if its_authority == base and (parts.path == path or parts.path.startswith(path + "/")):
                rooted = "/" + parts.path[len(path) :].lstrip("/")
                return parts._replace(scheme="", netloc="", path=rooted).geturl()
        return None

    def path_of(self, url: str) -> str | None:
        """Return an own address from its path on; None for a foreign or a bad one."""
        if not looks_like_url(url) or has_long_authority(url):
            return None
        try:
            parts = urlsplit(url)
            return self.below(parts, authority(parts))
        except ValueError:
            return None

    def at_present(self, url: str) -> str:
        """Return an own address below the present base URL; a foreign or a bad one as it is."""
        path = self.path_of(url)
        return url if path is None else urls.absolute(self._present, path)


@lru_cache(maxsize=8)
def own_addresses(*base_urls: str) -> OwnAddresses:
    """Return what knows them; made once, and asked with each article."""
    return OwnAddresses(*base_urls)


def authority(parts: SplitResult) -> str:
    """Return host and port to be compared: lower case, punycode, without a scheme's own port.

    Raises:
        ValueError: the port is none.
    """
    host = unquote(parts.hostname or "")
    if not host.isascii():
        host = urlsplit(urls.uri(f"//{host}")).netloc
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"
