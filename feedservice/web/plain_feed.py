"""What is said with a feed for which nothing is out of the ordinary. Pure.

deploy/nginx/feedservice.conf says the same of a feed that it sends from a file.
"""

from collections.abc import Iterable
from types import MappingProxyType

from feedservice.feeds.formats import FORMATS
from feedservice.http.negotiation import reach
from feedservice.web.respond import POLICY, cache_control

MAX_AGE = 300
"""Seconds for which it may be kept."""
_STANDS_IN = ", stale-if-error="
CACHING = cache_control(MAX_AGE)
"""The ``Cache-Control`` of a file."""
BRIEF = CACHING.partition(_STANDS_IN)[0]
"""That of a file that may not stand in for an application that fails: not beyond a known moment."""
REACHES = MappingProxyType({"": reach(CACHING), "brief/": reach(BRIEF)})
"""Seconds for which a file may be given, stale or not, by the folder it lies in."""
TYPES = MappingProxyType({form.suffix: form.content_type for form in FORMATS.values()})
"""The ``Content-Type`` by what an address ends with."""
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cache-Control": BRIEF,
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}
_OF_A_BODY = frozenset({"Content-Encoding", "Content-Length", "ETag", "Last-Modified", "Link"})


def is_plain(address: str, headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a feed is answered with these headers, and those that its bytes decide on alone.

    Not so where search engines may not list it, where it has a stylesheet of the site's own, where
    a CDN is told something, and while it may not be kept as long as usual; how long it may stand in
    for an application that fails does not matter.

    Args:
        address: what it was asked for at, without a query.
        headers: of the answer.
    """
    suffix = address[address.rfind(".") :]
    said = {name: value for name, value in headers if name not in _OF_A_BODY}
    said["Cache-Control"] = said.get("Cache-Control", "").partition(_STANDS_IN)[0]
    return said == _HEADERS | {"Content-Type": TYPES.get(suffix, "")}
