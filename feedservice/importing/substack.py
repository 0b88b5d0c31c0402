"""An export of Substack (zip: ``posts.csv`` and a file of HTML for each post) → entries. Pure.

Lists of subscribers that lie beside are not looked at.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator

from feedservice.domain.headline import Status
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.remarks import Remark, remark

LIST = "posts.csv"
_SUBSCRIBE = re.compile(r"https://([a-z0-9.-]{1,253})/subscribe\?")
"""What its editor writes into the button and the box that readers subscribe with."""
_LINK = re.compile(r"https?://([a-z0-9.-]{1,253})/p/([\w-]{1,300})")
_LOOKED_AT = 300
"""Posts whose texts tell the site."""
_FEWEST = 2
"""Of them so many name it."""


def entries_of(read: Callable[[str], bytes | None]) -> Iterator[ForeignEntry | Remark]:
    """Yield the entries of an export, and what is told of it; ``read`` gives its files."""
    table = (read(LIST) or b"").decode("utf-8-sig", "replace").replace("\0", "")
    site = _site(table, read)
    if site:
        yield remark("site-guessed", LIST, value=site)
    rows = csv.DictReader(io.StringIO(table, newline=""))
    try:
        for row in rows:
            yield _entry({key: value or "" for key, value in row.items() if key}, read, site)
    except csv.Error as error:
        yield remark("source-broken", f"{LIST}:{rows.line_num}", value=str(error))


def _site(table: str, read: Callable[[str], bytes | None]) -> str:
    """What the addresses of a site begin with, which no file of an export says.

    Its texts do, by what readers subscribe with, and by links to posts that are in the export; one
    host has to be named twice as often as any other. Empty where none is.
    """
    names: list[str] = []
    try:
        rows = csv.DictReader(io.StringIO(table, newline=""))
        names += (row.get("post_id") or "" for row in rows)
    except csv.Error:
        pass  # told where entries are read
    slugs = {name.partition(".")[2] for name in names}
    named: Counter[str] = Counter()
    for name in names[:_LOOKED_AT]:
        html = (_body(name, read) or b"").decode("utf-8", "replace")
        own = {host for host, slug in _LINK.findall(html) if slug in slugs}
        named.update(own.union(_SUBSCRIBE.findall(html)))
    (host, n), (_other, m), *_rest = *named.most_common(2), ("", 0), ("", 0)
    return f"https://{host}" if n >= _FEWEST and n >= 2 * m else ""


def _body(name: str, read: Callable[[str], bytes | None]) -> bytes | None:
    return read(f"posts/{name}.html") or read(f"posts/{name.partition('.')[0]}.html")


def _entry(
    row: dict[str, str], read: Callable[[str], bytes | None], site: str
) -> ForeignEntry | Remark:
    name = row.get("post_id", "")
    place = f"{LIST}: {name}"
    slug = name.partition(".")[2]
    title = row.get("title", "")
    html = _body(name, read)
    if html is None:
        return remark("file-unreadable" if title else "entry-empty", place)
    is_open = row.get("audience", "everyone") in ("", "everyone")
    is_shown = row.get("is_published", "true").lower() == "true"
    return ForeignEntry(
        place=place,
        url=f"{site}/p/{slug}" if slug else "",
        is_site_guessed=True,
        title=title,
        html=html.decode("utf-8", "replace"),
        base=f"{site}/p/{slug}",
        published=moment_of(row.get("post_date", "")),
        summary=row.get("subtitle", ""),
        slug=slug,
        media=tuple(filter(None, (row.get("podcast_url", ""),))),
        status=Status.PUBLISHED if is_open and is_shown else Status.DRAFT,
        is_page=row.get("type") == "page",
        remarks=() if is_open else (remark("members-only", place),),
    )
