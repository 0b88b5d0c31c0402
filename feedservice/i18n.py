"""The catalogue: every sentence that a person reads, in English here and in Arabic in ar.po.

How to say something to a person::

    from feedservice.i18n import _, ngettext

    raise UsageError(_("{path} is not in {root}", path=path, root=root))
    ngettext("{n} file was written", "{n} files were written", report.written)

Both make a `Message`: the English text is gettext's msgid, a format string whose placeholders are
filled in from the facts. It is a value without a language: carry it (errors do, as their first
argument), and call `render(message, language)` where the reader's language is known. A fact may be
a message itself, or a tuple: a list with the language's commas. ``str(message)`` is English, for
logs. ``{{`` and ``}}`` are braces.

The text is a literal inside the call, never an f-string or a variable: Babel reads the source.
After a change run ``make messages`` and fill in the new ``msgstr`` lines of locale/ar.po; a test
fails while one is missing, stale, or has other placeholders. Two meanings of one English word are
two texts: make them differ, if only by a capital letter or a colon.

Imports nothing of ours, so that every room can use it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import c2py
from importlib.resources import files

LANGUAGES = ("ar", "en")
"""The languages of the catalogue."""

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')
_PLURAL = re.compile(r"plural=(.+);")


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


def render(message: Message, language: str) -> str:
    """Return a message in Arabic where ``language`` is Arabic, else in English."""
    facts = {name: _said(fact, language) for name, fact in message.facts.items()}
    return _template(message, language).format_map(facts)


def bilingual(message: Message, separator: str = " / ") -> str:
    """Return a message in both languages, for a reader whose language nobody knows."""
    return separator.join(render(message, language) for language in LANGUAGES)


def _said(fact: object, language: str) -> object:
    if isinstance(fact, tuple):
        return render(_(", "), language).join(str(_said(each, language)) for each in fact)
    return render(fact, language) if isinstance(fact, Message) else fact


def _template(message: Message, language: str) -> str:
    n = message.facts["n"] if message.plural else 1
    assert isinstance(n, int)
    english = message.text if n == 1 else message.plural
    if supported(language) == "en":
        return english
    texts, form = arabic()
    forms = texts.get(message.text, ("",))
    return forms[form(n) if message.plural else 0] or english


@lru_cache(maxsize=1)
def arabic() -> tuple[Mapping[str, tuple[str, ...]], Callable[[int], int]]:
    """Return the Arabic forms by their msgid, and which of them is for a number.

    Read here and not by Babel, which takes a tenth of a second: `check` runs at every save.
    """
    entries: list[dict[str, str]] = []
    name = ""
    for line in (files("feedservice") / "locale" / "ar.po").read_text("utf-8").splitlines():
        match = _LINE.fullmatch(line)
        if not match:
            continue
        name = match[1] or name
        if match[1] == "msgid":
            entries.append({})
        entries[-1][name] = entries[-1].get(name, "") + json.loads(match[2])
    texts = {
        entry["msgid"]: tuple(text for name, text in entry.items() if name.startswith("msgstr"))
        for entry in entries
    }
    plural = _PLURAL.search(texts[""][0])
    assert plural
    return texts, c2py(plural[1])
