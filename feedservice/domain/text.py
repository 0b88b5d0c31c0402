"""Arabic and Unicode text: normal forms, slugs, folding, truncation. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import chain, islice, product, takewhile
from types import MappingProxyType

MAX_MARKS = 30
"""Combining marks in a row, as Stream-Safe Text has them (UAX #15 §13)."""
LONGEST_TOKEN = 500
"""Characters of a token of which an article is made; each database takes so many in any letters."""
LONG_NAME = 200
"""Characters from which on a name is not remembered: strangers send what they like."""
_MOST = 32_768
"""Words whose tokens are remembered."""

_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_HIDDEN_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Characters that are none themselves and are taken apart into combining marks."""
_MAYBE_MARK = re.compile(rf"[^\w\s!-/:-@\[-`{{-~،؛؟«»]|[{_HIDDEN_MARKS}]")
_SENTENCE_END = re.compile(r"[.!?؟…。]+[»”\"')\]]*(?=\s)")


def is_plain(text: str) -> bool:
    """Whether ``text`` has letters, digits, marks, punctuation, spaces and line feeds only.

    Nothing that `xml_legal` or `strip_bidi` would take is among them, and asking costs a quarter of
    what they do.
    """
    return text.replace("\n", "").isprintable()


@cache
def _illegal() -> re.Pattern[str]:
    """Return what finds it, made when it is first needed: that takes longer than this module."""
    planes = "".join(
        f"{chr(plane)}-{chr(plane + 0xFFFD)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    return re.compile(f"[^\t\n\r\u0020-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{planes}]")


def xml_legal(text: str) -> str:
    """Return ``text`` without what XML 1.0 forbids (§2.2) and without noncharacters."""
    return text if is_plain(text) else _illegal().sub("", text)


def strip_bidi(text: str) -> str:
    """Return ``text`` without U+202A-202E and U+2066-2069; LRM, RLM and ALM stay."""
    return text if is_plain(text) else _BIDI_CONTROLS.sub("", text)


def nfc(text: str) -> str:
    """Return ``text`` in NFC; more than 30 combining marks in a row are cut (UAX #15 §13).

    Normalising takes time quadratic in the length of such a run.
    """
    if text.isascii():
        return text
    if len(text) > MAX_MARKS and _has_long_run_of_marks(text):
        text = "".join(_with_bounded_marks(text))
    return unicodedata.normalize("NFC", text)


def _is_mark(char: str) -> bool:
    return unicodedata.combining(char) != 0 or char in _HIDDEN_MARKS


def _has_long_run_of_marks(text: str) -> bool:
    # A run that is too long covers one character in every `step`: looking at those alone is cheap.
    step = MAX_MARKS + 1
    for sample in _MAYBE_MARK.finditer(text[::step]):
        place = sample.start() * step
        before = reversed(text[max(place - MAX_MARKS, 0) : place])
        behind = text[place : place + step]
        if _is_mark(sample[0]) and _leading_marks(before) + _leading_marks(behind) > MAX_MARKS:
            return True
    return False


def _leading_marks(chars: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(_is_mark, chars))


def _with_bounded_marks(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        marks = marks + 1 if _is_mark(char) else 0
        if marks <= MAX_MARKS:
            yield char


def visible(text: str) -> str:
    """Return ``text`` for a terminal: controls, line breaks and bidi controls as escapes."""
    return _COMMANDS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def legal(text: str) -> str:
    """Return ``text`` without characters that XML forbids and without bidi controls."""
    return text if is_plain(text) else strip_bidi(xml_legal(text))


def clean(text: str) -> str:
    """Return `legal` text in NFC."""
    return nfc(legal(text))


def one_line(text: str) -> str:
    """Return `clean` text with each run of white space as one space, trimmed."""
    return " ".join(clean(text).split())


def slugify(label: str) -> str:
    """Return the slug of a label: lower case, NFC; anything but letters, marks, digits: a hyphen.

    >>> slugify("التحالف الدولي")
    'التحالف-الدولي'
    """
    return _slug(label) if len(label) < LONG_NAME else _slug.__wrapped__(label)


@lru_cache(maxsize=4096)
def _slug(label: str) -> str:
    kept = []
    for char in nfc(label).lower():
        category = unicodedata.category(char)
        kept.append(char if category[0] in "LM" or category == "Nd" else "-")
    return unicodedata.normalize("NFC", re.sub("-+", "-", "".join(kept)).strip("-"))


def truncate(text: str, limit: int) -> str:
    """Return one line of at most ``limit`` characters, cut at a sentence or a word (``…``).

    A cut never falls inside a word or before a combining mark; a single word longer than ``limit``
    is cut before a character that is not a mark.
    """
    text = one_line(text)
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: limit + 1])]
    if ends and ends[-1] >= limit // 3:
        return text[: ends[-1]]
    cut = text.rfind(" ", 0, limit)
    if cut <= 0:
        cut = limit - 1
        while cut > 1 and unicodedata.category(text[cut])[0] == "M":
            cut -= 1
    return text[:cut].rstrip(" ،؛,;:-–—") + "…"


INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""What Unicode gives no shape of its own: Default_Ignorable_Code_Point (UAX #44)."""

# Blocks in which marks are; to look at each character would take a tenth of a process's start.
_LOW = (*range(0x300, 0x3100), *range(0xA600, 0xAC00), *range(0xFB00, 0xFE30))
_HIGH = (*range(0x10000, 0x12000), *range(0x16A00, 0x17000), *range(0x1BC00, 0x1F000))
# Letters that stay are named too: for one that is not there, `translate` raises and catches.
_FOLD: dict[int, int | None] = {
    **{code: code for code in range(0x700)},
    **str.maketrans("أإآٱٲٳىیةؤئک٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "ااااااييهءءك01234567890123456789"),
    **dict.fromkeys(range(0x870, 0x883), ord("ا")),  # with the marks of Quranic spelling attached
    **dict.fromkeys(map(ord, "ـۥۦࣉ")),
    **dict.fromkeys(code for code in _HIGH if unicodedata.category(chr(code)) == "Mn"),
}
_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "ه", "ي")
_WORD = re.compile(r"[^\W_]+")
_UNSEEN = re.compile(f"{INVISIBLE.pattern[:-1]}\ufc5e-\ufc63\ufe70-\ufe7f]")
"""`INVISIBLE`, and the forms of vowel signs that stand alone, which NFKC makes a space of."""
_ALL_MARKS = "".join(char for char in map(chr, _LOW) if unicodedata.category(char) == "Mn")
_MARKS = re.compile(f"[{_ALL_MARKS}]")

_SPELT = MappingProxyType(
    {
        "وٰ": ("و", "ا", "وا"),
        "ىٰ": ("ى", "ا", "ىا"),
        "یٰ": ("ی", "ا", "یا"),
        "ٰ": ("", "ا"),
        "ۥ": ("", "و"),
        "ۦ": ("", "ي"),
        "ۧ": ("", "ي"),
        "ۨ": ("", "ن"),
        "ـٔ": ("", "ا", "ء"),
        "ءا": ("ءا", "ا"),
    }
)
"""What Quranic spelling writes, and what is written for it elsewhere; first what `fold` makes."""
_MAX_SPELLINGS = 16
_QURANIC = re.compile(f"({'|'.join(_SPELT)})")
_QURANIC_SIGN = re.compile("[ٰۥۦۧۨءٔ]")
_MARKED_WORD = re.compile(r"(?:[^\W_]|[ٰۧۨٔ])+")


def fold(text: str) -> str:
    """Return ``text`` as search and name matching see it.

    NFKC; no diacritics, small letters, tatweel or invisible characters; alef, yeh, teh marbuta,
    hamza and kaf variants as one; both Arabic digit sets as ASCII; case folded.
    """
    return _without_variants(_compatible(text))


def _compatible(text: str) -> str:
    """The text without what would keep letters and marks apart, in NFKC."""
    if text.isascii():
        return text
    text = _UNSEEN.sub("", text)
    return unicodedata.normalize("NFKC", nfc(text) if len(text) > MAX_MARKS else text)


def _without_variants(text: str) -> str:
    text = text.translate(_FOLD)
    if not unicodedata.is_normalized("NFD", text):
        text = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _MARKS.sub("", text)).casefold()


def stem(word: str) -> str:
    """Return the light stem of a folded word: an affix less each side, where three letters stay."""
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def tokens(text: str) -> Iterator[str]:
    """Return the search tokens of ``text``, in order: `stem` of each word of its `fold`.

    A word in Quranic spelling is several tokens with spaces between, any of which may be meant.
    """
    chunks = text.split()
    if max(map(len, chunks), default=0) < LONG_NAME:
        return chain.from_iterable(map(_tokens_of, chunks))
    return chain.from_iterable(map(tokens_of, chunks))


def unlike_tokens(chunks: Iterable[bytes]) -> dict[bytes, None]:
    """Return the `tokens` of what is between white space, in order and each once, all as UTF-8.

    Of those in Quranic spelling each by itself; of each no more than `LONGEST_TOKEN` characters.
    """
    return dict.fromkeys(chain.from_iterable(map(_apart.__getitem__, chunks)))


class _Apart(dict[bytes, tuple[bytes, ...]]):
    """The tokens of a chunk: a dictionary is asked at half of what a cache costs.

    Those that were met since it was last full are kept, and those of the time before. Bytes are
    split, counted and joined in less time than letters.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[bytes, tuple[bytes, ...]] = {}

    def __missing__(self, chunk: bytes) -> tuple[bytes, ...]:
        said = self._before.get(chunk)
        if said is None:
            typed = chunk.decode()
            split = " ".join(_tokens_of.__wrapped__(typed)).split()
            said = tuple(token[:LONGEST_TOKEN].encode() for token in split)
            # One sign may become eighteen.
            if len(typed) >= LONG_NAME or sum(map(len, split)) >= LONG_NAME:
                return said
        if len(self) >= _MOST:
            self._before = dict(self)
            self.clear()
        self[chunk] = said
        return said


_apart = _Apart()


def tokens_of(chunk: str) -> tuple[str, ...]:
    """Return the `tokens` of what is between white space."""
    return _tokens_of(chunk) if len(chunk) < LONG_NAME else _tokens_of.__wrapped__(chunk)


@cache
def _vowel_signs() -> re.Pattern[str]:
    return re.compile(f"[{re.sub('[ٰۧۨٔ]', '', _ALL_MARKS)}]")


@lru_cache(maxsize=_MOST)
def _tokens_of(chunk: str) -> tuple[str, ...]:
    """The tokens of what is between white space; most of a text was met before."""
    seen = _compatible(chunk)
    if not _QURANIC_SIGN.search(seen):
        return tuple(map(stem, _WORD.findall(_without_variants(seen))))
    words = map(_spellings, _MARKED_WORD.findall(_vowel_signs().sub("", seen)))
    return tuple(" ".join(dict.fromkeys(map(stem, word))) for word in words if word)


def _spellings(word: str) -> list[str]:
    """What a word may be without Quranic spelling, folded; first its `fold`, if that is a word."""
    parts = (_SPELT.get(part, (part,)) for part in _QURANIC.split(word))
    spelt = ("".join(choice) for choice in islice(product(*parts), _MAX_SPELLINGS))
    folded = list(map(_without_variants, spelt))
    return folded if folded[0] else []
