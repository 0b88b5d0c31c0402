"""The catalogue: every sentence that a person reads, in English here and in Arabic in ar.po.

How to say something to a person::

    from feedservice.i18n import _, ngettext

    raise UsageError(_("{path} is not in {root}", path=path, root=root))
    ngettext("{n} file was written", "{n} files were written", report.written)

Both make a `Message`: the English text is gettext's msgid, a format string whose placeholders are
filled in from the facts. It is a value without a language: carry it (errors do, as their first
argument), and call `render(message, language)` where the reader's language is known. A fact may be
a message itself, or a tuple: a list with the language's commas. ``str(message)`` is English, for
logs. ``{{`` and ``}}`` are braces. Code in an Arabic msgstr stands between backticks: what runs
from the left (``2025-12-20 14:30``) would be turned round among words that run from the right.

The text is a literal inside the call, never an f-string or a variable: Babel reads the source.
After a change run ``make messages`` and fill in the new ``msgstr`` lines of locale/ar.po; a test
fails while one is missing, stale, or has other placeholders. Two meanings of one English word are
two texts: make them differ, if only by a capital letter or a colon.

Imports nothing of ours, so that every room can use it.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pkgutil import get_data

LANGUAGES = ("ar", "en")
"""The languages of the catalogue."""

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
"""Isolates (UAX #9 §2.4): from the left, from the right, as the first letter says; the end."""
_LRM = "\u200e"
_CODE = re.compile("`([^`]*)`")
_SIGNS = re.compile("[`{}]")
_ISOLATES = re.compile(f"[{LRI}{RLI}{FSI}{PDI}]")


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence in no language yet.

    Attributes:
        text: the English text, or the English text for one.
        facts: what its placeholders stand for.
        plural: the English text for several; ``facts["n"]`` says how many. Empty: nothing counts.
    """

    text: str
    facts: Mapping[str, object] = field(default_factory=dict)
    plural: str = ""

    def __str__(self) -> str:
        return render(self, "en")


def _(text: str, /, **facts: object) -> Message:
    """Return a message; ``text`` is English."""
    return Message(text, facts)


def ngettext(one: str, several: str, n: int, /, **facts: object) -> Message:
    """Return a message about ``n`` things, whose texts may say ``{n}``."""
    return Message(one, {**facts, "n": n}, several)


def supported(language: str) -> str:
    """Return the catalogue's language for a reader of ``language`` (a BCP 47 tag)."""
    return "ar" if language.partition("-")[0].lower() == "ar" else "en"


def render(message: Message, language: str, *, isolated: bool = False) -> str:
    """Return a message in Arabic where ``language`` is Arabic, else in English.

    Args:
        message: what to say.
        language: the reader's (BCP 47).
        isolated: with isolates around code and around each text among the facts, so that none
            turns its neighbours round; code has direction marks at its ends otherwise.
    """
    template = _template(message, language)
    if not message.facts and not _SIGNS.search(template):
        return template
    facts = {name: _said(fact, language, isolated) for name, fact in message.facts.items()}
    begin, end = (LRI, PDI) if isolated else (_LRM, _LRM)
    template = _CODE.sub(rf"{begin}\1{end}", template)
    return template.format_map(facts)


class _Isolated(str):
    """A fact within isolates; its own are taken out, so that each that begins also ends."""

    __slots__ = ()

    def __new__(cls, text: str) -> "_Isolated":
        return super().__new__(cls, _ISOLATES.sub("", text))

    def __format__(self, spec: str) -> str:
        return f"{FSI}{super().__format__(spec)}{PDI}"

    def __repr__(self) -> str:
        return f"{FSI}{super().__repr__()}{PDI}"


def _said(fact: object, language: str, isolated: bool) -> object:
    if isinstance(fact, tuple):
        parts = (f"{_said(each, language, isolated)}" for each in fact)
        return render(_(", "), language).join(parts)
    if isinstance(fact, Message):
        return render(fact, language, isolated=isolated)
    return _Isolated(fact) if isolated and isinstance(fact, str) else fact


def _template(message: Message, language: str) -> str:
    catalogue = _arabic() if supported(language) == "ar" else NullTranslations()
    if not message.plural:
        return catalogue.gettext(message.text)
    n = message.facts["n"]
    assert isinstance(n, int)
    return catalogue.ngettext(message.text, message.plural, n)


@lru_cache(maxsize=1)
def _arabic() -> GNUTranslations:
    """The catalogue as `make messages` compiles it: reading the .po takes a tenth of a second."""
    compiled = get_data("feedservice", "locale/ar.mo")
    assert compiled is not None
    return GNUTranslations(io.BytesIO(compiled))
