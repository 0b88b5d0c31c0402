"""The few words that documents add to what editors wrote, in the language of the text that they
stand in. Pure.
"""

from types import MappingProxyType

_WORDS = MappingProxyType(
    {
        "related": ("مقالات ذات صلة", "Related articles"),
        "corrections": ("تصويبات", "Corrections"),
        "or": ("أو", "or"),
        "and": ("و", "and"),
        "without": ("دون", "without"),
        "search": ("بحث", "Search"),
        "since": ("منذ", "since"),
    }
)


def word(name: str, language: str) -> str:
    """Return the word in Arabic where the language is Arabic, else in English."""
    arabic, english = _WORDS[name]
    return arabic if language.partition("-")[0].lower() == "ar" else english
