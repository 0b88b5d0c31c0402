"""`/desk`: a page of Sveltia CMS for editors, and the files that it is made of."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from flask import Response

from feedservice.domain.direction import of_site
from feedservice.domain.errors import NotFound
from feedservice.domain.model import Site
from feedservice.domain.route import Route
from feedservice.web.respond import PAGE, REVALIDATED, page_document, respond

_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "js": "text/javascript; charset=utf-8",
        "json": "application/json; charset=utf-8",
        "woff2": "font/woff2",
    }
)
CONFIG = "config.json"
"""What is told of the site; the other files are the same everywhere."""
_ALONE = "<style>.buttons .secondary { display: none }</style>\n"
"""Without a host nobody signs in there."""
_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
{style}<script src="desk/js-yaml.min.js"></script>
<script src="desk/desk.js"></script>
<body>
<script src="desk/sveltia-cms.js"></script>
<script src="desk/start.js"></script>
</html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is served at /desk.

    Attributes:
        told: returns what Sveltia is told of a site, as JSON.
        asked: origins, or addresses, that its scripts may ask besides ours.
        shown: origins whose pictures it shows.
    """

    told: Callable[[Site], str]
    asked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def answer(self, route: Route, site: Site) -> Response:
        """Answer with the page or one of its files.

        Raises:
            NotFound: there is no such file.
        """
        name = route.name
        if not name:
            page = _PAGE.format(
                language=html.escape(site.language),
                direction=of_site(site),
                title=html.escape(site.title),
                style="" if self.asked else _ALONE,
            )
            found = page_document(page, PAGE)
        elif name == CONFIG:
            found = page_document(self.told(site), _TYPES["json"])
        else:
            found = page_document(_file(name), _TYPES[route.format])
        response = respond(found, is_indexed=False, caching=REVALIDATED)
        response.headers["Content-Security-Policy"] = self.policy
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @property
    def policy(self) -> str:
        """Its Content-Security-Policy: scripts of ours alone, and nobody asked but who is named.

        Sveltia makes elements of style, and shows pictures that it has read.
        """
        origins = dict.fromkeys("/".join(each.split("/")[:3]) for each in self.asked)
        asked = " ".join(("'self'", "blob:", "data:", *origins))
        shown = " ".join(("'self'", "blob:", "data:", *self.shown))
        return (
            f"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            f"font-src 'self'; img-src {shown}; media-src 'self' blob:; connect-src {asked}; "
            "manifest-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )


def _file(name: str) -> bytes:
    path = files("feedservice.web") / "static" / "desk" / name
    if not path.is_file():
        raise NotFound(f"/desk/{name}")
    return path.read_bytes()
