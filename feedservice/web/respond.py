"""Document → Response: validators, content codings, caching and conditional answers; the HTTP contract is kept here.

It must not know what a document is of, nor where it came from.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date

from feedservice.feeds.document import Document, document
from feedservice.web.negotiation import choose_coding, is_not_modified, last_modified_header
from feedservice.web.services import services

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SMALL = 500
"""Bytes below which compression gains less than its headers and a packet cost."""

HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
IMMUTABLE = "public, max-age=31536000, immutable"
"""For addresses that carry the digest of what they answer."""


class ContractResponse(Response):
    """Flask's, whose 304 keeps ``Last-Modified``: Werkzeug takes it away, and caches update by it (RFC 9111 §4.3.4)."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Return the headers as they are sent."""
        headers = super().get_wsgi_headers(environ)
        if self.status_code == 304 and "Last-Modified" in self.headers:
            headers["Last-Modified"] = self.headers["Last-Modified"]
        return headers


def page_document(body: str | bytes, media_type: str, last_modified: datetime | None = None) -> Document:
    """Return a document of the web layer's own making: a page, a stylesheet."""
    return document(body.encode() if isinstance(body, str) else body, media_type, last_modified=last_modified)


def cache_control(max_age: int) -> str:
    """Return the ``Cache-Control`` of every document."""
    return f"max-age={max_age}, stale-while-revalidate=60, stale-if-error=86400"


def respond(found: Document, *, is_indexed: bool = True, caching: str = "") -> Response:
    """Answer this request with a document: 200 in the coding that it selects, or 304.

    Args:
        found: what lives at the address.
        is_indexed: whether search engines may list the address.
        caching: another ``Cache-Control`` than the documents' own.
    """
    given = services()
    coding = choose_coding(request.headers.get("Accept-Encoding"), small=len(found.body) < SMALL)
    etag = found.etag if coding == "identity" else f"{found.etag}-{coding}"
    headers = Headers({"ETag": f'"{etag}"', "Cache-Control": caching or cache_control(given.max_age)})
    if found.last_modified is not None:
        headers["Last-Modified"] = http_date(last_modified_header(found.last_modified, given.clock()))
    asked = request.headers
    if is_not_modified(asked.get("If-None-Match"), asked.get("If-Modified-Since"), etag, found.last_modified):
        return ContractResponse(status=304, headers=headers)
    for link in found.links:
        headers.add("Link", link)
    if not is_indexed:
        headers["X-Robots-Tag"] = "noindex"
    body = found.body
    if coding != "identity":
        headers["Content-Encoding"] = coding
        body = given.compressed.get(found.etag, coding, body)
    return ContractResponse(body, headers=headers, content_type=found.media_type)
