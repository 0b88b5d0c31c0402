"""What a file looks like that no door is made for, and what could be tried. Pure."""

import re

from feedservice.i18n import Message, _

_HINTS: tuple[tuple[re.Pattern[bytes], Message], ...] = (
    (
        re.compile(rb"\s*<(?:!doctype\s+html|html)", re.IGNORECASE),
        _("it is a web page: give the address of its feed or its sitemap, or add --from site"),
    ),
    (
        re.compile(rb"(?:--|/\*!)[^\n]*(?:MySQL|MariaDB|PostgreSQL|phpMyAdmin)", re.IGNORECASE),
        _("it is a dump of a database: export from the program itself (WordPress: Tools → Export)"),
    ),
    (
        re.compile(rb'\s*+(?:\[\s*+)?+\{.{0,2000}"rendered"\s*:', re.DOTALL),
        _("it is an answer of WordPress' REST API: export from Tools → Export, or import the feed"),
    ),
    (re.compile(rb"\s*[\[{]"), _("it is JSON of another program: import the site's feed instead")),
    (
        re.compile(rb"%PDF|\xd0\xcf\x11\xe0|\{\\rtf"),
        _("it is a document: make Markdown of it (pandoc does), and import the folder"),
    ),
    (
        re.compile(rb"[^\n<]{0,500}[,;\t][^\n<]{0,500}\n"),
        _("it is a table: make a file of Markdown with front matter of each row"),
    ),
)
_ELSE = _("give the address of the site's feed, or its export")


def hint_at(data: bytes) -> Message:
    """Return what a file is taken for, by its beginning, and what could be tried."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return next((said for pattern, said in _HINTS if pattern.match(head)), _ELSE)
