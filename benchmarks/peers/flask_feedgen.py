"""A Flask view that renders the feed with feedgen at each request, compresses it, and knows its
ETag.
"""

import gzip

from flask import Flask, Response, request

from benchmarks.peers import facts, plain_feedgen

app = Flask(__name__)
FEED = facts.read()


@app.get("/feed.rss")
def feed() -> Response:
    """Answer with the feed, or 304: its tag is known only once it is rendered."""
    response = Response(plain_feedgen.rss(FEED), content_type="application/rss+xml; charset=utf-8")
    response.add_etag()
    response.vary.add("Accept-Encoding")
    response.make_conditional(request)
    if response.status_code == 200 and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(response.get_data(), compresslevel=6))
        response.headers["Content-Encoding"] = "gzip"
    return response
