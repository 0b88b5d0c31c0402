"""Readers, podcast apps and mailers that subscribe to a feed by one link: the one table. Pure."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

LONGEST_CODE = 400
"""Characters of an address up to which it has a QR code: a longer one no telephone reads well."""


class Reader(NamedTuple):
    """What takes a feed by a link.

    ``address`` holds ``{url}`` (of the feed), ``{quoted}`` (within a query), or ``{bare}`` (without
    its scheme).
    """

    name: str
    address: str


PROGRAMS = (Reader("NetNewsWire", "feed:{url}"), Reader("Thunderbird", "feed:{url}"))
"""On the reader's own device: both take what begins with ``feed:``."""
SERVICES = (
    Reader("Feedly", "https://feedly.com/i/subscription/feed%2F{quoted}"),
    Reader("Inoreader", "https://www.inoreader.com/?add_feed={quoted}"),
    Reader("NewsBlur", "https://www.newsblur.com/?url={quoted}"),
    Reader("The Old Reader", "https://theoldreader.com/feeds/subscribe?url={quoted}"),
    Reader("Miniflux", "https://reader.miniflux.app/bookmarklet?uri={quoted}"),
)
OWN_SERVERS = (
    Reader("FreshRSS", "/i/?c=feed&a=add&url_rss={quoted}"),
    Reader("Miniflux", "/bookmarklet?uri={quoted}"),
)
"""What people run themselves: the rest of the address, behind that of their own server."""
PODCASTS = (
    Reader("Apple Podcasts", "podcast://{bare}"),
    Reader("AntennaPod", "https://antennapod.org/deeplink/subscribe?url={quoted}"),
    Reader("Overcast", "overcast://x-callback-url/add?url={quoted}"),
    Reader("Pocket Casts", "pktc://subscribe/{bare}"),
    Reader("Castro", "castros://subscribe/{bare}"),
)
MAILERS = (
    Reader("FeedMail", "https://feedmail.org/subscriptions/confirm?url={quoted}"),
    Reader("Blogtrottr", "https://blogtrottr.com/?subscribe={quoted}"),
)
"""Services that send what is new in a feed by e-mail."""


def links(readers: Iterable[Reader], url: str) -> list[tuple[str, str]]:
    """Return name and address of each reader for the feed at ``url``, which is absolute."""
    bare, quoted = url.partition("://")[2], quote(url, safe="")
    return [(name, form.format(url=url, quoted=quoted, bare=bare)) for name, form in readers]


def qr_code(url: str, title: str) -> Markup | None:
    """Return an address as a QR code (ISO/IEC 18004) in SVG, None for one that is too long."""
    if len(url) > LONGEST_CODE:
        return None
    import segno  # noqa: PLC0415 - for who subscribes by a telephone

    code = segno.make_qr(url, error="m", boost_error=False)
    svg = code.svg_inline(border=4, light="#fff", omitsize=True, title=title)
    return Markup(svg)  # noqa: S704 - segno's, which escapes the title # nosec B704
