"""Characters that nobody sees, which come along with what is pasted: they decide nothing. Pure.

Text keeps them, since some shape letters; words that mean something to us are compared without, and
so are the signs of Markdown.
"""

import re
from types import MappingProxyType

from feedservice.domain import text
from feedservice.domain.patterns import rare

_SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
    "\u3000"
)
# Between them are no others: what was looked at would take a while at each process's start.
_LOOKED_AT = (*range(0xAD, 0x3200), *range(0xFE00, 0x10000))
_SHAPELESS = "".join(text.INVISIBLE.findall("".join(map(chr, _LOOKED_AT))))
INVISIBLE = _SHAPELESS + _SPACES
_PLAIN = MappingProxyType(str.maketrans(_SPACES, " " * len(_SPACES), _SHAPELESS))

_SIGN = rf"""(?:
      [-+*•●○▪▫■□◦‣⁃∙·◆►] [\s{_SHAPELESS}] | \#{{1,6}} | [|<] | `{{3}} | ~{{3}}
    | \[\^? [^\]\n]{{1,99}} \]: | (?: [0-9٠-٩۰-۹]{{1,9}} | [اأ-ي] ) [{_SHAPELESS}]*+ [.)\-–ـ]
    | (?: [-*_][ \t]*+ ){{3,}}+ $ | $
)"""
_ABOUT_SIGNS = tuple(
    rare(pattern, re.MULTILINE | re.VERBOSE)
    for pattern in (
        rf"^ (?: [\ \t{_SHAPELESS}]*+ > )++",
        rf"^ [\ \t>]*+ [{_SHAPELESS}] [\ \t{_SHAPELESS}]*+ (?={_SIGN})",
        rf"""^ [\ \t>]*+ (?: [-+*] | \#{{1,6}} | [0-9٠-٩۰-۹]{{1,9}} [{_SHAPELESS}]*+ [.)\-–ـ] )
        [{_SHAPELESS}]*+ [\ {_SPACES}]?+""",
    )
)
_BETWEEN = rare(rf"(?<=\])[{_SHAPELESS}]++(?=[(\[:])|(?<=!)[{_SHAPELESS}]++(?=\[)")
_ADDRESS = rare(r"(?:(?<=\]\()|(?<=<)(?=https?:|mailto:))[^\s()<>]++")


def without_invisible(typed: str) -> str:
    """Return ``typed`` without what nobody sees; spaces of all kinds are spaces."""
    return typed if typed.isascii() else typed.translate(_PLAIN)


def bare(word: str) -> str:
    """Return a word of ours as it was typed: without invisible characters, trimmed."""
    return without_invisible(word).strip()


def trimmed(name: str) -> str:
    """Return a name of somebody else's without what nobody sees at its ends."""
    return name.strip(INVISIBLE + " \t\n")


def with_bare_signs(markdown: str) -> str:
    """Return Markdown without what nobody sees about signs of lines, links and addresses."""
    if text.is_plain(markdown):
        return markdown
    for signs in _ABOUT_SIGNS:
        markdown = signs.sub(lambda found: without_invisible(found[0]), markdown)
    return _ADDRESS.sub(lambda found: trimmed(found[0]), _BETWEEN.sub("", markdown))
