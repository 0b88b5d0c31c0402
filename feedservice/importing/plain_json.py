"""Values of foreign JSON by their keys, whatever they are: text, lists, objects. Pure."""

import json
from typing import Any


def text(holder: Any, *keys: str) -> str:
    """Return the first text, or number as text, that one of the keys has; else an empty one."""
    for key in keys:
        value = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def objects(holder: Any, key: str) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    value = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def loaded(written: str) -> dict[str, Any]:
    """Return the object that a text is; an empty one where it is none."""
    try:
        document = json.loads(written) if written else {}
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
