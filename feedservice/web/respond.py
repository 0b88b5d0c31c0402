"""Document → Response: its validators, and how long it may be kept.

It must not know what a document is of, nor where it came from.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from feedservice.feeds.feed import Document, Unchanged, document
from feedservice.http.negotiation import http_seconds
from feedservice.web.services import services

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PAGE = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
IMMUTABLE = "public, max-age=31536000, immutable"
"""For addresses that carry the digest of what they answer."""
RETRY_AFTER = "5"
"""Seconds; an index of ten thousand articles is filled in about as many."""
REVALIDATED = "no-cache"
"""For pages of people: asked again each time, which a 304 answers; news is seen at once."""
POLICY = (
    "default-src 'none'; img-src 'self' https: http:; media-src 'self' https: http:; "
    "style-src 'self'; font-src 'self'; script-src 'self'; manifest-src 'self'; "
    # What looks at a page asks for robots.txt under the page's own policy.
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of everything that has no other."""
ALLOW = "GET, HEAD, OPTIONS"
"""The methods of every address."""


class ContractResponse(Response):
    """Flask's, whose 304 keeps ``Last-Modified``: caches update by it (RFC 9111 §4.3.4)."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Return the headers as they are sent."""
        headers = super().get_wsgi_headers(environ)
        if self.status_code == 304 and "Last-Modified" in self.headers:
            headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def page_document(
    body: str | bytes,
    media_type: str,
    last_modified: datetime | None = None,
    good_until: datetime | None = None,
) -> Document:
    """Return a document of the web layer's own making: a page, a stylesheet."""
    whole = body.encode() if isinstance(body, str) else body
    return document(whole, media_type, last_modified=last_modified, good_until=good_until)


def cache_control(max_age: int) -> str:
    """Return the ``Cache-Control`` of every document."""
    return f"max-age={max_age}, stale-while-revalidate=60, stale-if-error=86400"


def respond(found: Document | Unchanged, *, is_indexed: bool = True, caching: str = "") -> Response:
    """Answer with a document as `http.cache` takes it, told when time alone changes it.

    Args:
        found: what lives at the address, or that it is what the cache holds.
        is_indexed: whether search engines may list the address.
        caching: another ``Cache-Control`` than the documents' own.
    """
    headers = Headers()
    if found.good_until is not None:
        # Early rather than late.
        headers["Expires"] = http_date(found.good_until.replace(microsecond=0))
    if isinstance(found, Unchanged):
        return ContractResponse(status=304, headers=headers)
    headers["ETag"] = f'"{found.etag}"'
    headers["Cache-Control"] = caching or cache_control(services().max_age)
    if found.last_modified is not None:
        headers["Last-Modified"] = http_date(http_seconds(found.last_modified))
    for link in found.links:
        headers.add("Link", link)
    if not is_indexed:
        headers["X-Robots-Tag"] = "noindex"
    return ContractResponse(found.body, headers=headers, content_type=found.media_type)
