"""Which files of ours pages name. Their addresses hold digests, so only pages can tell."""

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from feedservice.domain.errors import ExportError
from feedservice.exporting.wsgi_client import ask
from feedservice.i18n import _

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def statics(app: "WSGIApplication", base_url: str) -> tuple[str, ...]:
    """Return the paths of the stylesheet, the script, and the fonts that the stylesheet names.

    Raises:
        ExportError: a page that names one cannot be had.
    """
    style = _named(app, base_url, "/", "style.css")
    script = _named(app, base_url, "/subscribe", "copy.js")
    return (style, script, *_fonts(app, base_url, style))


def _named(app: "WSGIApplication", base_url: str, page: str, name: str) -> str:
    with ask(app, base_url, page) as answer:
        text = b"".join(answer.blocks).decode()
    found = re.search(rf'"[^"]*(/static/[^/"]+/{re.escape(name)})"', text)
    if answer.status != 200 or found is None:
        raise ExportError(
            _(
                "{page}: the service answers {status}, without {file}",
                page=page,
                status=answer.status,
                file=name,
            )
        )
    return html.unescape(found[1])


def _fonts(app: "WSGIApplication", base_url: str, style: str) -> Iterator[str]:
    """From where the stylesheet lies, as it names them."""
    with ask(app, base_url, style) as answer:
        text = b"".join(answer.blocks).decode()
    yield from (f"/static/{name}" for name in re.findall(r'url\("\.\./([^"]+)"\)', text))
