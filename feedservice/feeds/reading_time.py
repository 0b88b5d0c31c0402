"""How long an article takes to read. Pure."""

from types import MappingProxyType

_PACE = MappingProxyType({"ar": 138, "en": 228})
_USUAL_PACE = 184
"""Words a minute, read with care: the means of a language, and of seventeen of them (Trauzettel-
Klosinski and Dietz, "Standardized Assessment of Reading Performance", 2012)."""
_WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "km", "my"})
"""Languages in which no space tells the words apart."""


def minutes(words: int, language: str) -> int:
    """Return the minutes that so many words of a language (BCP 47) take, 0 where nobody knows."""
    base = language.partition("-")[0].lower()
    if not words or base in _WITHOUT_SPACES:
        return 0
    return max(round(words / _PACE.get(base, _USUAL_PACE)), 1)
