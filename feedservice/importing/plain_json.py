"""Values of foreign JSON by their keys, whatever they are: text, lists, objects. Pure."""

import json
import re
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")
"""Of a character of two parts: no file holds one alone, but JSON can write it (``"\\ud800"``)."""


def document_of(written: str, *, strict: bool = True) -> Any:
    """Return what a text in JSON holds, with U+FFFD for what no file could hold.

    Args:
        written: the text.
        strict: refuse control characters in its texts (RFC 8259 §7).

    Raises:
        ValueError, RecursionError: it holds nothing, or too deep.
    """
    document = json.loads(written, strict=strict)
    told = json.dumps(document, ensure_ascii=False) if "\\u" in written else ""
    return json.loads(_HALF.sub("\ufffd", told)) if _HALF.search(told) else document


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
        document = document_of(written) if written else {}
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
