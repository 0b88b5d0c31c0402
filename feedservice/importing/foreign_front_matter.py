"""Front matter of static site generators → plain values: YAML, TOML, JSON, Pelican's headers. Pure.

YAML goes through our own strict reader (no anchors, tags or deep nesting), so nothing is built from
it but text.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from feedservice.content import frontmatter
from feedservice.content.dates import DateError, parse_date
from feedservice.domain.errors import ContentError

Fields = dict[str, Any]
"""Text, lists and mappings, by keys in lower case."""

_HEADER = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*)")


class FrontError(Exception):
    """Front matter that cannot be read; the message says why."""


class Front(NamedTuple):
    """A file taken apart."""

    fields: Fields
    body: str


def split(text: str) -> Front:
    """Take a file apart: ``---`` holds YAML, ``+++`` TOML, ``{`` JSON; without any, everything is
    body.

    Raises:
        FrontError: front matter is there and cannot be read.
    """
    text = text.lstrip("\ufeff")
    fence = re.match(r"(---|\+\+\+)[ \t]*\n", text)
    if fence:
        end = re.search(
            rf"^{re.escape(fence[1])}[ \t]*(?:\n|\Z)", text[fence.end() :], re.MULTILINE
        )
        if not end:
            raise FrontError(f"no closing {fence[1]}")
        inside = text[fence.end() : fence.end() + end.start()]
        return Front(
            parse(inside, "toml" if fence[1] == "+++" else "yaml"), text[fence.end() + end.end() :]
        )
    if re.match(r"\{\s*[\"}]", text):
        try:
            found, end_at = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise FrontError(str(error)) from error
        return Front(_mapping(found), text[end_at:].lstrip("\n"))
    return Front({}, text)


def headers(text: str) -> Front:
    """Take a Markdown file of Pelican apart: lines ``Key: value`` up to the first empty one."""
    text = text.lstrip("\ufeff")
    if text.startswith("---"):
        return split(text)
    fields: Fields = {}
    lines = text.split("\n")
    key = ""
    for n, line in enumerate(lines):
        match = _HEADER.fullmatch(line.rstrip())
        if match:
            key = match[1].lower()
            fields[key] = match[2].strip()
        elif key and line.startswith("    ") and line.strip():
            fields[key] = f"{fields[key]} {line.strip()}".strip()
        else:
            return Front(fields, "\n".join(lines[n:]).lstrip("\n"))
    return Front(fields, "")


def parse(text: str, language: str) -> Fields:
    """Return the mapping that a configuration or front matter holds; ``language`` is yaml, toml or
    json.

    Raises:
        FrontError: it cannot be read.
    """
    try:
        if language == "toml":
            return _mapping(tomllib.loads(text))
        if language == "json":
            return _mapping(json.loads(text))
        return _mapping(frontmatter.parse(text, "front matter", times=4).plain())
    except ContentError as error:
        raise FrontError(
            f"{error.problem.line}: {error.problem.code} {error.problem.facts.get('value', '')}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise FrontError(str(error)) from error


def text_of(fields: Mapping[str, Any], *keys: str) -> str:
    """Return the first text that one of the keys has; ``a.b`` looks into a mapping."""
    for key in keys:
        value: Any = fields
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = value[0]
        if isinstance(value, str) and value.strip() not in ("", "null", "~"):
            return value.strip()
    return ""


def list_of(fields: Mapping[str, Any], *keys: str, cut: str = "") -> tuple[str, ...]:
    """Return the texts of a list; one text is cut at the characters of ``cut``."""
    for key in keys:
        value: Any = fields
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value.strip():
            parts: Iterable[Any] = re.split(f"[{re.escape(cut)}]", value) if cut else [value]
        elif isinstance(value, list):
            parts = value
        else:
            continue
        found = (part.get("name", "") if isinstance(part, Mapping) else part for part in parts)
        return tuple(part.strip() for part in found if isinstance(part, str) and part.strip())
    return ()


def moment(text: str, zone: str) -> datetime | None:
    """Return a date with the zone that is written, else in ``zone``; None where nobody can read
    it.
    """
    text = text.strip()
    try:
        found = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d|Z$)", "", text))
        if found.tzinfo:
            return found
    except ValueError:
        pass
    try:
        return parse_date(re.sub(r"\s*UTC$", "Z", text), zone).astimezone(ZoneInfo(zone))
    except DateError:
        return None


def _mapping(value: Any) -> Fields:
    found = _lowered(value)
    return found if isinstance(found, dict) else {}


def _lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _lowered(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_lowered(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return "" if value is None else str(value)
