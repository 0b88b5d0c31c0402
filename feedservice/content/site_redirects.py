"""The redirects of site.yaml: what is wrong with them is told at its place. Pure."""

from collections.abc import Mapping

from feedservice.content.field_reader import FieldReader
from feedservice.domain import redirects, routes
from feedservice.domain.model import Site


def check(reader: FieldReader, pairs: Mapping[str, str]) -> None:
    """Report those that cannot be followed."""
    for old, new in pairs.items():
        if not redirects.is_good(old, new):
            reader.report("redirect-bad", "redirects", old, value=f"{old}: {new}")


def look_at(reader: FieldReader, site: Site) -> None:
    """Warn of good ones that lead in a circle, or begin where a page of the site is."""
    for old, new in redirects.circles(site.redirects, reader.own):
        reader.warn("redirect-circle", "redirects", old, value=f"{old}: {new}")
    for old, new in site.redirects:
        is_of_many = redirects.is_pattern(old) and not redirects.has_query(old)
        if not is_of_many and routes.is_taken(old, site):
            reader.warn("redirect-taken", "redirects", old, value=f"{old}: {new}")
