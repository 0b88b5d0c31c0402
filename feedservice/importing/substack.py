"""An export of Substack (zip: ``posts.csv`` and a file of HTML for each post) → entries. Pure.

Lists of subscribers that lie beside are not looked at.
"""

import csv
import io
from collections.abc import Callable, Iterator

from feedservice.domain.model import Status
from feedservice.importing.dates import moment_of
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.remarks import Remark, remark

LIST = "posts.csv"


def entries_of(read: Callable[[str], bytes | None]) -> Iterator[ForeignEntry | Remark]:
    """Yield the entries of an export, and what is told of it; ``read`` gives its files."""
    table = (read(LIST) or b"").decode("utf-8-sig", "replace").replace("\0", "")
    rows = csv.DictReader(io.StringIO(table, newline=""))
    try:
        for row in rows:
            yield _entry({key: value or "" for key, value in row.items() if key}, read)
    except csv.Error as error:
        yield remark("source-broken", f"{LIST}:{rows.line_num}", value=str(error))


def _entry(row: dict[str, str], read: Callable[[str], bytes | None]) -> ForeignEntry | Remark:
    name = row.get("post_id", "")
    place = f"{LIST}: {name}"
    number, _, slug = name.partition(".")
    title = row.get("title", "")
    html = read(f"posts/{name}.html") or read(f"posts/{number}.html")
    if html is None:
        return remark("file-unreadable" if title else "entry-empty", place)
    is_open = row.get("audience", "everyone") in ("", "everyone")
    is_shown = row.get("is_published", "true").lower() == "true"
    return ForeignEntry(
        place=place,
        url=f"/p/{slug}" if slug else "",
        title=title,
        html=html.decode("utf-8", "replace"),
        base=f"/p/{slug}",
        published=moment_of(row.get("post_date", "")),
        summary=row.get("subtitle", ""),
        slug=slug,
        media=tuple(filter(None, (row.get("podcast_url", ""),))),
        status=Status.PUBLISHED if is_open and is_shown else Status.DRAFT,
        is_page=row.get("type") == "page",
        remarks=() if is_open else (remark("members-only", place),),
    )
