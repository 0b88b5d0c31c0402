"""What a request asks for: a form or JSON → an `Action` (Micropub §3). Pure.

Every property is a tuple of values here, each a text or a mapping, as in the JSON of microformats2.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from feedservice.i18n import Message, _

MAX_VALUES = 1000
"""Of one property."""
_RESERVED = frozenset({"access_token", "h", "action", "url"})
"""Of a form, no properties of an entry (§3.2)."""
KNOWN = (
    "name",
    "summary",
    "content",
    "published",
    "updated",
    "category",
    "photo",
    "audio",
    "video",
    "post-status",
)
"""Properties that an article has."""
_HEEDED = ("mp-slug", "visibility")

Value = str | Mapping[str, Any]
Properties = Mapping[str, tuple[Value, ...]]


class Refused(Exception):
    """A request is not carried out.

    Args:
        status: of HTTP.
        error: for programs (Micropub §3.8, RFC 6750 §3.1).
        description: for people.
    """

    def __init__(self, status: int, error: str, description: Message) -> None:
        super().__init__(status, error, description)
        self.status = status
        self.error = error
        self.description = description

    @classmethod
    def invalid(cls, description: Message) -> "Refused":
        """Return what says that a parameter is missing or has a value that it cannot have."""
        return cls(400, "invalid_request", description)

    @classmethod
    def changed(cls) -> "Refused":
        """Return what says that the file is another than the one that was read."""
        told = _("the article was changed meanwhile: read it again, then change it")
        return cls(412, "conflict", told)


class Kind(StrEnum):
    """What is to be done; each is the scope that it needs."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNDELETE = "undelete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What is to be done.

    Attributes:
        kind: see `Kind`.
        url: of the entry; empty for a new one.
        properties: of a new entry; of an update those that are replaced.
        added: values that an update adds.
        removed: values that it removes, or all of a property where there are none.
    """

    kind: Kind
    url: str = ""
    properties: Properties = field(default_factory=dict)
    added: Properties = field(default_factory=dict)
    removed: Properties = field(default_factory=dict)


def ignored(action: Action) -> tuple[str, ...]:
    """Return the properties that an article has no place for (§3.3.5: they are no error)."""
    given = {*action.properties, *action.added, *action.removed}
    return tuple(sorted(given - {*KNOWN, *_HEEDED}))


def from_form(pairs: Iterable[tuple[str, str]]) -> Action:
    """Return what a form asks for (§3.2), ``access_token`` left out.

    Raises:
        Refused: it asks for nothing that there is.
    """
    found: dict[str, list[Value]] = {}
    for name, value in pairs:
        found.setdefault(name.removesuffix("[]"), []).append(value)
    reserved = {name: str(found[name][0]) for name in _RESERVED & found.keys()}
    if reserved.get("action", Kind.CREATE) != Kind.CREATE:
        kind = _kind(reserved["action"])
        if kind is Kind.UPDATE:
            raise Refused.invalid(_("an update is sent as JSON"))
        return _of_entry(kind, reserved.get("url"))
    _only_entries(reserved.get("h", "entry"))
    found = {name: values for name, values in found.items() if name not in _RESERVED}
    return Action(kind=Kind.CREATE, properties=_properties(found))


def from_json(data: bytes) -> Action:
    """Return what JSON asks for (§3.3.2 and §3.4).

    Raises:
        Refused: it is no JSON in UTF-8, or asks for nothing that there is.
    """
    try:
        asked = json.loads(data.decode())
        json.dumps(asked, ensure_ascii=False).encode()  # half of a pair is no character
    except (ValueError, RecursionError) as error:
        raise Refused.invalid(_("the body is not JSON in UTF-8")) from error
    if not isinstance(asked, dict):
        raise Refused.invalid(_("the body is not a JSON object"))
    if "action" not in asked:
        types = asked.get("type", ["h-entry"])
        _only_entries(str(types[0] if isinstance(types, list) and types else types)[2:])
        return Action(kind=Kind.CREATE, properties=_properties(asked.get("properties")))
    kind = _kind(str(asked["action"]))
    if kind is not Kind.UPDATE:
        return _of_entry(kind, asked.get("url"))
    return _update(asked)


def _update(asked: Mapping[str, Any]) -> Action:
    if not asked.keys() & {"replace", "add", "delete"}:
        raise Refused.invalid(_("an update has replace, add or delete"))
    removed = asked.get("delete", {})
    if isinstance(removed, list):
        removed = {name: [] for name in removed if isinstance(name, str)}
    elif isinstance(removed, dict) and not all(removed.values()):
        raise Refused.invalid(_("delete names the values to remove, or is a list of properties"))
    return Action(
        kind=Kind.UPDATE,
        url=_of_entry(Kind.UPDATE, asked.get("url")).url,
        properties=_properties(asked.get("replace", {})),
        added=_properties(asked.get("add", {})),
        removed=_properties(removed),
    )


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError as error:
        known = tuple(map(str, Kind))
        unknown = _("the action {value!r} is unknown. Known: {known}", value=name, known=known)
        raise Refused.invalid(unknown) from error


def _of_entry(kind: Kind, url: object) -> Action:
    if kind is Kind.CREATE:
        raise Refused.invalid(_("a new entry is sent without an action"))
    if not url or not isinstance(url, str):
        raise Refused.invalid(_("url is missing: which entry is meant?"))
    return Action(kind=kind, url=url)


def _only_entries(name: str) -> None:
    if name != "entry":
        raise Refused.invalid(
            _("{value!r} cannot be made here: entries can (h=entry)", value=name[:100])
        )


def _properties(found: object) -> Properties:
    if not isinstance(found, Mapping):
        raise Refused.invalid(_("the properties are not a JSON object"))
    return {name: _values(name, values) for name, values in found.items()}


def _values(name: str, values: object) -> tuple[Value, ...]:
    is_list = isinstance(values, list) and len(values) <= MAX_VALUES
    if not is_list or not all(isinstance(each, (str, dict)) for each in values):  # type: ignore[attr-defined]
        raise Refused.invalid(_("the values of {key} are not a list of texts", key=name[:100]))
    return tuple(values)  # type: ignore[arg-type]
