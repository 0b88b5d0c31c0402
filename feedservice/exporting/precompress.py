"""A body in other content codings, made once at a quality worth its time. Pure."""

from feedservice.http.encodings import to_brotli, to_gzip
from feedservice.http.prepared_response import SMALL

LARGE = 64 * 1024


def precompress(body: bytes, *, is_rare: bool = False) -> tuple[bytes, bytes]:
    """Return a body as gzip and as Brotli; empty where that is not smaller.

    Measured on one core: a page of 10 KB takes 5.5 ms at Brotli's quality 10 for 12 % less than at
    5 (0.3 ms), 13 ms at 11 for 4 % less again, and 8 ms to be rendered. An archive document of 230
    KB takes 9 ms at 7, 110 ms at 10.

    Args:
        body: identity bytes.
        is_rare: whether it is seldom asked for, and so not worth the time.
    """
    if len(body) < SMALL:
        return b"", b""
    is_worth_it = len(body) <= LARGE and not is_rare
    gzip = to_gzip(body, 9 if is_worth_it else 6)
    brotli = to_brotli(body, 10 if is_worth_it else 7)
    return (gzip if len(gzip) < len(body) else b"", brotli if len(brotli) < len(body) else b"")
