"""Front matter and configurations of site generators → plain values: YAML, TOML, JSON, headers.

Pure. YAML goes through our own strict reader; what only that refuses (a key that comes twice, an
anchor) is read as Ruby and Go do, within the same bounds. Nothing is built from it but text.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count, islice
from typing import Any

from feedservice.content import foreign_yaml, frontmatter
from feedservice.content.messages import explain
from feedservice.domain.errors import ContentError
from feedservice.i18n import Message, _
from feedservice.importing.dates import moment_of
from feedservice.importing.plain_json import document_of

_HEADER = re.compile(r"([A-Za-z][\w-]*):[ \t]*(.*)")
_FENCE = re.compile(r"(---|\+\+\+)[ \t]*\n")
_CLOSING = {
    "---": re.compile(r"^(?:---+|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}


_MAX_VALUES = 100_000
"""Of one text, counted as they come out: an alias may repeat what it names many times over."""


class FrontMatterError(Exception):
    """Front matter that cannot be read; ``reason`` says why."""

    def __init__(self, reason: str | Message) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fields:
    """Text, lists and mappings by keys in lower case; ``a.b`` asks for a key of a mapping.

    Args:
        values: what was read.
        zone: the zone of dates that name none.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    zone: str = "UTC"
    _asked: set[str] = field(default_factory=set, compare=False, repr=False)

    def text(self, *keys: str) -> str:
        """Return the first text that one of the keys has."""
        self._asked.update(keys)
        for key in keys:
            value = self._value(key)
            if isinstance(value, list) and value:
                value = value[0]
            if isinstance(value, str) and value.strip() not in ("", "null", "~"):
                return value.strip()
        return ""

    def texts(self, *keys: str, cut: str = "") -> tuple[str, ...]:
        """Return the texts of the first list; one text is cut at the characters of ``cut``."""
        self._asked.update(keys)
        for key in keys:
            value = self._value(key)
            if isinstance(value, str) and value.strip():
                value = re.split(f"[{re.escape(cut)}]", value) if cut else [value]
            if isinstance(value, list):
                names = (each.get("name") if isinstance(each, dict) else each for each in value)
                return tuple(
                    each.strip() for each in names if isinstance(each, str) and each.strip()
                )
        return ()

    def moment(self, *keys: str) -> datetime | None:
        """Return the first date that one of the keys has; None where it cannot be read."""
        return moment_of(self.text(*keys), self.zone)

    def unread(self) -> tuple[str, ...]:
        """Return the keys with a value that nobody has asked for so far."""
        return tuple(_unasked(self.values, self._asked, ""))

    def _value(self, key: str) -> Any:
        value: Any = self.values
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value


def _unasked(values: Mapping[str, Any], asked: set[str], above: str) -> Iterator[str]:
    for key, value in values.items():
        name = above + key
        if name in asked or value in ("", [], {}):
            continue
        if isinstance(value, Mapping) and any(each.startswith(f"{name}.") for each in asked):
            yield from _unasked(value, asked, f"{name}.")
        else:
            yield name


def split(text: str, zone: str) -> tuple[Fields, str]:
    """Return fields and body: ``---`` begins YAML, ``+++`` TOML, ``{`` JSON; else all is body.

    Raises:
        FrontMatterError: front matter is there and cannot be read.
    """
    text = text.lstrip("\ufeff")
    fence = _FENCE.match(text)
    if fence:
        closing = _CLOSING[fence[1]].search(text, fence.end())
        if not closing:
            raise FrontMatterError(f"no closing {fence[1]}")
        language = "toml" if fence[1] == "+++" else "yaml"
        values = parse("\n" + text[fence.end() : closing.start()], language)  # lines of the file
        return Fields(values, zone), text[closing.end() :]
    if re.match(r"\{\s*[\"}]", text):
        try:
            _document, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError) as error:
            raise FrontMatterError(str(error)) from error
        return Fields(parse(text[:end], "json"), zone), text[end:].lstrip("\n")
    return Fields({}, zone), text


def split_headers(text: str, zone: str) -> tuple[Fields, str]:
    """Return fields and body of Pelican's Markdown: ``Key: value`` up to the first empty line.

    Between fences they may be YAML; else they are read as such lines, as Python-Markdown does.

    Raises:
        FrontMatterError: what stands between fences is neither.
    """
    text = text.lstrip("\ufeff")
    failure: FrontMatterError | None = None
    if text.startswith("---"):
        try:
            return split(text, zone)
        except FrontMatterError as error:
            failure = error
        text = text.partition("\n")[2]
    values: dict[str, list[str]] = {}
    key = ""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        header = _HEADER.fullmatch(line.rstrip())
        if header:
            key = header[1].lower()
            values[key] = [header[2].strip()]
        elif key and line.startswith("    ") and line.strip():
            values[key].append(line.strip())
        else:
            is_end = _CLOSING["---"].match(line) is not None
            if failure and not is_end:
                raise failure
            lines = lines[number + is_end :]
            break
    else:
        lines = []
    fields = {name: " ".join(parts).strip() for name, parts in values.items()}
    return Fields(fields, zone), "\n".join(lines).lstrip("\n")


def parse(text: str, language: str) -> dict[str, Any]:
    """Return the mapping that ``text`` holds; ``language`` is yaml, toml or json.

    Raises:
        FrontMatterError: it cannot be read.
    """
    try:
        if language == "toml":
            return _mapping(tomllib.loads(text))
        if language == "json":
            return _mapping(document_of(text))
        return _mapping(_yaml(text))
    except ContentError as error:
        problem = error.problem
        wrong, _remedy = explain(problem)
        raise FrontMatterError(_("line {line}: {wrong}", line=problem.line, wrong=wrong)) from error
    except (ValueError, RecursionError) as error:
        raise FrontMatterError(str(error)) from error


def _yaml(text: str) -> Any:
    try:
        return frontmatter.parse(text, "front matter", times=4).plain()
    except ContentError as error:
        if error.problem.code == "yaml-size":
            raise
        try:
            return foreign_yaml.parse(text)
        except ValueError:
            raise error from None


def _mapping(value: Any) -> dict[str, Any]:
    lowered = _lowered(value, count(1))
    return lowered if isinstance(lowered, dict) else {}


def _spend(counted: Iterator[int], n: int) -> None:
    """Count ``n`` values more, or merely looked at."""
    if next(islice(counted, n - 1, None)) > _MAX_VALUES:
        raise FrontMatterError(f"more than {_MAX_VALUES} values")


def _lowered(value: Any, counted: Iterator[int]) -> Any:
    _spend(counted, 1)
    if isinstance(value, dict):
        merged = value.get("<<")
        for other in merged if isinstance(merged, list) else [merged]:
            if isinstance(other, dict):
                _spend(counted, 1 + len(other) + len(value))
                value = {**other, **value}
        value = {key: each for key, each in value.items() if key != "<<"}
        return {str(key).lower(): _lowered(each, counted) for key, each in value.items()}
    if isinstance(value, list):
        return [_lowered(each, counted) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return "" if value is None else str(value)
