"""What the front page leads programs to, that write (Micropub §5.3): ``Link`` headers on it.

They stand around the cache of answers: a token that is made or revoked changes no page.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from feedservice.domain.model import Site
from feedservice.http.prepared_response import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Links = Callable[[Site], Iterable[str]]
"""Returns values of ``Link`` headers (RFC 8288 §3)."""


def no_links(_site: Site) -> Iterable[str]:
    """Return nothing: the front page leads no program anywhere."""
    return ()


def announcing(
    app: "WSGIApplication", site: Callable[[], Site | None], links: Links
) -> "WSGIApplication":
    """Return an application that adds links to the front page.

    Args:
        app: answers who asks for that.
        site: returns the site, as far as it is known.
        links: of the front page.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: Headers, *exc_info: Any) -> Callable[[bytes], object]:
            known = site()  # by the answer, if by nothing before
            added = [("Link", link) for link in links(known)] if known else []
            return start_response(status, [*headers, *added], *exc_info)

        return app(environ, start)

    return answer
