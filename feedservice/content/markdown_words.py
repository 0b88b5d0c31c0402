"""Emphasis, addresses and pictures as Arabic writers type them → CommonMark. Pure.

A sign of emphasis beside punctuation inside a word does not count (CommonMark §6.2), which takes it
from every particle that is written together with a quoted word: ``و**«الحياة»**``. Where the other
side of a sign says what it is, a `MARK` beside it says it to the library, and is taken out again.
"""

import re
import unicodedata
from dataclasses import dataclass

from feedservice.content.markdown_events import Events, Stretch, stretches
from feedservice.domain.patterns import rare
from feedservice.domain.text import one_line, truncate

MARK = "\v"
"""White space to the library, and in no text that was cleaned (XML §2.2)."""

_OPENING = "«“‘„‹([{<"
_CLOSING = "،؛؟!.,:;?)]}»”’›…%٪>"
_SUSPECT = rare(
    # It begins at a sign, for which text is looked through at a twentieth of what a letter costs.
    rf"""
    [*~_] (?:
      (?: (?<=[^\W_].) | (?<=[^\W_][\u064b-\u0655\u0670].) )
      (?: (?<=\*)\** | (?<=~)~ | (?<=_)_ ) [^\w\s*~{re.escape(_CLOSING)}]
    | (?<=[^\w\s*~{re.escape(_OPENING)}].) (?: (?<=\*)\** | (?<=~)~ | (?<=_)_ ) [^\W_]
    | (?<=[^\W\d_]_) _\w
    | (?<=\w_) _[^\W\d_]
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_TOKEN = re.compile(
    rb"""
      \\.                                                        # an escaped sign is none
    | (?P<label> !? \[ [^\[\]\n]*+ \] ) \( [ ]?                  # an address with spaces in it
      (?P<name> [^\s<>()"'] (?: [^()<>"\n] | \([^()\n]*\) )*? )
      (?P<title> [ ]"[^"\n]*" )? [ ]? \)
    | (?P<url> (?:https?://|www\.) (?: [^\s<>*] | \*(?!\*) )*+ )
    | (?P<run> \*+ | __+ | ~~+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACED = rare(r"\]\([^()<>\n]* [^<>\n\"]")
_URL = rare(r"(?:https?://|www\.)[^\s<>]*+")
_FILE = re.compile(rb"\.\w{2,5}$|^(?:https?://|/|media/)")
_IN_URL = re.compile(rb"[*_~]")
_END_OF_URL = b"*_~"

Edit = tuple[int, int, bytes]
"""A range in bytes, and what goes in its place."""


@dataclass(slots=True)
class _Run:
    """Signs of emphasis in a row, with the characters beside them."""

    start: int
    end: int
    sign: bytes
    before: str
    after: str

    @property
    def key(self) -> tuple[bytes, int]:
        return self.sign, self.end - self.start

    def may_open(self) -> bool:
        return not self.after.isspace() and not (_is_word(self.before) and self.after in _CLOSING)

    def may_close(self) -> bool:
        return not self.before.isspace() and not (_is_word(self.after) and self.before in _OPENING)

    def is_inside_word(self) -> bool:
        return _is_word(self.before) and _is_word(self.after)

    def opens(self) -> bool:
        """Whether it does by CommonMark's rules."""
        left = not self.after.isspace() and (_is_word(self.after) or not _is_word(self.before))
        return left and not (self.sign == b"_" and self.is_inside_word())

    def closes(self) -> bool:
        """Whether it does by CommonMark's rules."""
        right = not self.before.isspace() and (_is_word(self.before) or not _is_word(self.after))
        return right and not (self.sign == b"_" and self.is_inside_word())

    def is_loose(self) -> bool:
        return self.before.isspace() and self.after.isspace()


def is_concerned(markdown: str) -> bool:
    """Whether anything may have to be rewritten: asked of every body, so it is cheap."""
    # To look for one character costs a third of looking for two.
    is_signed = "*" in markdown or "~" in markdown or "_" in markdown
    if is_signed and _SUSPECT.search(markdown):
        return True
    if "]" in markdown and _SPACED.search(markdown):
        return True
    if ":" in markdown or ("w" in markdown and "www." in markdown):
        return any(not set(url[0]).isdisjoint("*_~") for url in _URL.finditer(markdown))
    return False


def rewritten(markdown: str, events: Events) -> tuple[str, list[str]]:
    """Return Markdown that the library reads as it was meant.

    Args:
        markdown: clean text.
        events: how the library reads it now.

    Returns:
        The Markdown; and the signs that go on standing for themselves, with the words after them.
    """
    data = markdown.encode()
    edits: list[Edit] = []
    shown: list[str] = []
    for stretch in stretches(events):
        runs = list(_runs(data, stretch, edits))
        pairs, alone = _paired(runs)
        if any(not (first.opens() and last.closes()) for first, last in pairs):
            for first, last in pairs:
                if not first.before.isspace():
                    edits.append((first.start, first.start, MARK.encode()))
                if not last.after.isspace():
                    edits.append((last.end, last.end, MARK.encode()))
        for run in _unspaced(data, alone, edits):
            line = data[run.start :].split(b"\n", 1)[0][:80]
            shown.append(line.decode(errors="ignore").strip())
    return edited(data, edits), shown


def edited(data: bytes, edits: list[Edit]) -> str:
    """Return a text with its edits made."""
    parts: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits):
        parts += (data[at:start], new)
        at = end
    return b"".join((*parts, data[at:])).decode()


def _runs(data: bytes, stretch: Stretch, edits: list[Edit]) -> list[_Run]:
    """The signs of a stretch; addresses are edited on the way."""
    found: list[_Run] = []
    masks = iter([*stretch.masks, (stretch.end, stretch.end)])
    mask = next(masks)
    at = stretch.start
    while token := _TOKEN.search(data, at, stretch.end):
        while mask[1] <= token.start() and mask[0] < stretch.end:
            mask = next(masks)
        if mask[0] <= token.start() < mask[1]:
            at = mask[1]
            continue
        at = token.end()
        if token["run"]:
            found.append(
                _Run(
                    token.start(),
                    at,
                    token["run"][:1],
                    _char_before(data, token.start(), stretch.start),
                    _char_after(data, at, stretch.end),
                )
            )
        elif token["url"]:
            url = token["url"].rstrip(_END_OF_URL)
            at = token.start() + len(url)
            escaped = _IN_URL.sub(rb"\\\g<0>", url)
            if escaped != url:
                edits.append((token.start(), at, escaped))
        elif token["name"]:
            is_file = token["label"].startswith(b"!") or _FILE.search(token["name"])
            if b" " in token["name"].strip() and is_file:
                edits.append((*token.span("name"), b"<" + token["name"].strip() + b">"))
            else:
                at = token.start("label") + 1
    return [run for run in found if not _is_plain(run)]


def _is_plain(run: _Run) -> bool:
    """Whether signs are a part of a name in Latin letters (``a__b``)."""
    return run.sign == b"_" and (run.before + run.after).isascii() and run.is_inside_word()


def _paired(runs: list[_Run]) -> tuple[list[tuple[_Run, _Run]], list[_Run]]:
    """The signs that belong together, as a writer sees them; and those that stay alone."""
    open_: dict[tuple[bytes, int], list[_Run]] = {}
    pairs: list[tuple[_Run, _Run]] = []
    for run in runs:
        waiting = open_.setdefault(run.key, [])
        if waiting and run.may_close():
            pairs.append((waiting.pop(), run))
        elif run.may_open():
            waiting.append(run)
    pairs = [(first, last) for first, last in pairs if _is_meant(first, last)]
    taken = {id(run) for pair in pairs for run in pair}
    return pairs, [run for run in runs if id(run) not in taken]


def _is_meant(first: _Run, last: _Run) -> bool:
    """Stars are signs of sums and notes too; one alone counts where it is attached to Arabic."""
    if first.before in "0123456789" and last.after in "0123456789":
        return False
    if first.key != (b"*", 1):
        return True
    is_latin_before = _is_word(first.before) and first.before.isascii()
    is_latin_after = _is_word(last.after) and last.after.isascii()
    return (first.opens() or not is_latin_before) and (last.closes() or not is_latin_after)


def _unspaced(data: bytes, alone: list[_Run], edits: list[Edit]) -> list[_Run]:
    """Bring signs to words that spaces part them from, on one line; return those that stay."""
    left: list[_Run] = []
    pending: _Run | None = None
    for run in alone:
        if run.key[1] != 2:
            continue
        first, pending = pending, None
        if first and b"\n" not in data[first.end : run.start]:
            words = data[first.end : run.start]
            if words.strip() and words.strip() != words:
                lead, trail = len(words) - len(words.lstrip()), len(words) - len(words.rstrip())
                begin = b"" if first.before.isspace() else b" "
                end = b"" if run.after.isspace() or run.after in _CLOSING else b" "
                edits += (
                    (first.start, first.start, begin),
                    (first.end, first.end + lead, b""),
                    (run.start - trail, run.start, b""),
                    (run.end, run.end, end),
                )
                continue
        if first:
            left.append(first)
        if run.before == "\n" or not run.after.isspace():
            pending = run
        else:
            left.append(run)
    return [run for run in (*left, *filter(None, (pending,))) if not run.is_loose()]


def _is_word(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char)[0] not in "PS"


def _char_before(data: bytes, at: int, start: int) -> str:
    return data[max(start, at - 4) : at].decode(errors="ignore")[-1:] or "\n"


def _char_after(data: bytes, at: int, end: int) -> str:
    return data[at : min(end, at + 4)].decode(errors="ignore")[:1] or "\n"


def titled(text: str) -> str:
    """Return a title of a text's first words, without Markdown's signs; empty for no word."""
    plain = one_line(re.sub(r"!\[|[*_`#>\[\]\\|]|<[^<>]*>|\([^()]*\)", " ", text))
    return truncate(plain, 60) if re.search(r"\w", plain) else ""
