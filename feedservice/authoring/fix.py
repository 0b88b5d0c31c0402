"""What is safe to fix in an article without asking: text → text. Pure.

Comments and the order of keys stay. Fixed are NFC, stray bidi controls, the form of front matter
(`fix_form`), dates (ISO 8601, from digits of any kind and month names of any school), and the id
that an article goes by, written in so that it outlives renames; a page has none. What needs a guess
is left to the editor.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from feedservice.authoring import fix_form
from feedservice.content import frontmatter
from feedservice.content.article import ArticleReader
from feedservice.content.dates import DateError, parse_date
from feedservice.content.page import reader_of
from feedservice.content.site_changes import KEPT
from feedservice.content.yaml_node import Node
from feedservice.domain import urls
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem, Site
from feedservice.domain.text import nfc, slugify, strip_bidi

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?", re.ASCII)
_TAB = re.compile(r"^( *)\t[\t ]*")
_TIMED = re.compile(r"[0-9٠-٩۰-۹]:[0-9٠-٩۰-۹]")
_DATES = ("date", "updated", "expires")


_FIXED = KEPT | {"id-missing", "id-duplicate", "slug-changed", "yaml-tab", "yaml-colon"}


def is_fixable(problems: Iterable[Problem]) -> bool:
    """Whether there is one that `fix`, or `fix_site`, does away with in most files."""
    return any(each.code in _FIXED for each in problems)


def fix(text: str, path: str, site: Site, new_id: str = "") -> str:
    """Return an article's text with what is safe to fix fixed; the same text where nothing is.

    Args:
        text: the decoded file.
        path: the file below the content folder: without ``slug``, the id is made of its name.
        site: for its id and zone.
        new_id: to be written where the file's own belongs to another.
    """
    text = nfc(strip_bidi(text))
    text = fix_form.fixed(_without_tabs(text), path)
    try:
        source = frontmatter.split(text, path)
    except ContentError:
        return text
    fields = source.fields
    lines = text.splitlines(keepends=True)
    if not isinstance(fields.value, dict):
        return text
    for key in _DATES:
        if key in fields.value:
            _fix_date(lines, fields.value[key], site.timezone)
    has_id = "id" in fields.value and str(fields.value["id"].value).strip()
    if reader_of(path, site) is ArticleReader and (new_id or not has_id):  # a page knows no id
        entry_id = new_id or _own_id(fields.value, path, site)
        _write_id(lines, fields.value, entry_id, source.body_line - 2)
    made = "".join(lines)
    try:
        frontmatter.split(made, path)
    except ContentError:  # such as keys that all stand on one line
        return text
    return made


def _without_tabs(text: str) -> str:
    head, fence, rest = text.partition("\n---")
    if not text.startswith("---") or not fence:
        return text
    return "\n".join(_TAB.sub(r"\1", line) for line in head.split("\n")) + fence + rest


def _fix_date(lines: list[str], node: Node, zone: str) -> None:
    """Write a date in ISO 8601, in the site's zone, where it is a plain scalar on one line."""
    value = node.value
    if not isinstance(value, str) or _ISO.fullmatch(value.strip()):
        return
    line = lines[node.line - 1]
    place = line.find(value, node.column - 1)
    if place < 0:
        return
    try:
        local = parse_date(value, zone).astimezone(ZoneInfo(zone))
    except DateError:
        return
    lines[node.line - 1] = (
        line[:place] + _iso(local, timed=bool(_TIMED.search(value))) + line[place + len(value) :]
    )


def _iso(local: datetime, *, timed: bool) -> str:
    if not timed and (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local:%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def _own_id(fields: dict[str, Node], path: str, site: Site) -> str:
    """The id that an article goes by; empty where its name has no letter."""
    named = fields["slug"].value if "slug" in fields else ""
    is_named = isinstance(named, str) and named.strip()
    name = str(named) if is_named else path.rpartition("/")[2].rpartition(".")[0]
    slug = slugify(name)
    return f"{site.id}:{urls.percent(slug)}" if slug else ""


def _write_id(lines: list[str], fields: dict[str, Node], entry_id: str, end: int) -> None:
    """Write the id over its line, else below the date or the title; ``end``: the closing fence."""
    if not entry_id:
        return
    if "id" in fields:
        lines[fields["id"].key_line - 1] = f"id: {entry_id}\n"
        return
    keys = sorted(fields.values(), key=lambda node: node.key_line)
    after = fields.get("date") or fields.get("title")
    begun = after.key_line if after else 0
    place = next((node.key_line - 1 for node in keys if node.key_line > begun), end)
    while after and place > begun and _is_remark(lines[place - 1]):
        place -= 1
    indent = " " * (keys[0].key_column - 1 if keys else 0)
    lines.insert(place, f"{indent}id: {entry_id}\n")


def _is_remark(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
