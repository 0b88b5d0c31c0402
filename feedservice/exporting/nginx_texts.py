"""Texts in nginx's configuration: quoted, so that none ends where it stands. Pure."""

import re

_UNSAFE = re.compile(r"[\x00-\x1f\x7f$]")


class Variable(str):
    """The name of a variable of nginx within the parts of a value."""


def as_value(*parts: str) -> str:
    """Return parts as one quoted value.

    ``$`` would begin a variable, and a control character a header: both are percent-encoded.
    """
    return quoted(
        "".join(
            f"${{{part}}}" if isinstance(part, Variable) else _UNSAFE.sub(_percent, part)
            for part in parts
        )
    )


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"


def as_key(text: str) -> str:
    """Return a map's key, or a pattern, quoted; no variables are looked for there."""
    return quoted(text)


def quoted(text: str) -> str:
    """Return a text in quotes, as it is otherwise."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
