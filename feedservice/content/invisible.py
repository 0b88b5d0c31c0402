"""Characters that nobody sees, which come along with what is pasted: they decide nothing. Pure.

Text keeps them, since some shape letters; words that mean something to us are compared without.
"""

from types import MappingProxyType

INVISIBLE = (
    "\u00a0\u00ad\u034f\u061c\u180e\u2007\u200b\u200c\u200d\u200e\u200f\u202f\u2060\u3000\ufeff"
)
_SPACES = MappingProxyType({ord(char): " " if char.isspace() else None for char in INVISIBLE})


def without_invisible(text: str) -> str:
    """Return ``text`` without what nobody sees; spaces of all kinds are spaces."""
    return text if text.isascii() else text.translate(_SPACES)


def bare(word: str) -> str:
    """Return a word of ours as it was typed: without invisible characters, trimmed."""
    return without_invisible(word).strip()


def trimmed(name: str) -> str:
    """Return a name of somebody else's without what nobody sees at its ends."""
    return name.strip(INVISIBLE + " \t\n")
