"""``_headers`` and ``_redirects``, the files by which common static hosts are configured. Pure.

Such hosts join the values of a header that two rules name, so the rules here never name one twice
for an address. They have no rule for what depends on the address itself (Link), none for 410, and
bound the number of rules. Texts reach the files through `_line` alone, which quotes them.
"""

import string
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from feedservice.domain import urls
from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.hosting import Hosting, old_feeds
from feedservice.exporting.names import OPENSEARCH
from feedservice.feeds.formats import FORMATS

_HEAD = "# Written by feedservice export; changes are lost.\n"
_EVERYWHERE = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options")
_BY_SUFFIX = ("Content-Type", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers")
_FOLDERS = ("articles", "pages", *(each.plural for each in Taxonomy), "archive", "media")
_FILES = (
    "",
    "feeds",
    "feeds.opml",
    "tags",
    "authors",
    "archive",
    "subscribe",
    "robots.txt",
    "sitemap.xml",
)
_FEEDS = tuple(each.suffix for each in FORMATS.values())


def headers_file(hosting: Hosting) -> str:
    """Return the text of ``_headers``."""
    lines = [_HEAD]
    for path, headers in _rules(hosting):
        if headers:
            lines.append(_line(hosting.encoded_prefix + path))
            lines += [f"  {_line(f'{name}:', *headers[name].split())}" for name in headers]
    return "".join(lines)


def _rules(hosting: Hosting) -> Iterator[tuple[str, Mapping[str, str]]]:
    kinds = {kind: dict(headers) for kind, headers in hosting.kinds.items()}
    pages = kinds.get(".html", {})
    yield "/*", _picked(pages, _EVERYWHERE)
    paths = [f"/{file}" for file in _FILES]
    paths += [f"/feed{suffix}" for suffix in _FEEDS]
    paths += [f"/{folder}/*" for folder in _FOLDERS]
    for path in paths:
        yield path, _picked(pages, ("Cache-Control",))
    pictures = next((kinds[kind] for kind in kinds if kind.startswith("pictures.")), {})
    yield "/pictures/*", _picked(pictures, ("Cache-Control",))
    yield f"/{OPENSEARCH}", _picked(kinds.get(OPENSEARCH, {}), ("Cache-Control", "Content-Type"))
    for path in hosting.statics:
        yield path, _picked(kinds.get(f".{path.rpartition('.')[2]}", {}), ("Cache-Control",))
    for suffix in (*_FEEDS, ".opml"):
        yield f"/*{suffix}", _picked(kinds.get(suffix, {}), _BY_SUFFIX)
    for kind, headers in sorted(kinds.items()):
        is_attachment = headers.get("Content-Disposition", "").startswith("attachment")
        if kind.startswith("media.") and is_attachment:
            yield f"/media/*{kind.removeprefix('media')}", {"Content-Disposition": "attachment"}


def redirects_file(hosting: Hosting) -> str:
    """Return the text of ``_redirects``; what has a placeholder comes last."""
    start = hosting.encoded_prefix
    lines = [
        _line(start + urls.percent(address), location, "301")
        for address, location in hosting.redirects
    ]
    own = {address.rstrip("/") for address, _location in hosting.redirects}
    feeds = [pair for pair in old_feeds() if pair[0] not in own]
    # Behind a rule with a placeholder, Cloudflare counts all as such, of which it takes few.
    for old, new in sorted(feeds, key=lambda pair: "{" in pair[0]):
        fields = (start + text.replace("{", ":").replace("}", "") for text in (old, new))
        lines.append(_line(*fields, "301"))
    return _HEAD + "".join(lines)


def _line(*fields: str) -> str:
    """Return a line of fields; whatever would end a field or the line is percent-encoded."""
    safe = string.punctuation
    return " ".join(quote(field, safe) for field in fields) + "\n"


def _picked(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: headers[name] for name in names if name in headers}
