"""Which way a text runs: the way of its script, which its language tells. Pure. Door to babel.

A tag with a script (``ku-Arab``) is believed. Without one, CLDR's likely subtags tell the script,
and the first letters of the text may outvote them: what nobody gave a language has the site's.
Letters of addresses do not count.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from babel.core import get_global

from feedservice.domain.model import Article, Site

RLM = "\u200f"
LRM = "\u200e"

_RIGHT_TO_LEFT = frozenset(
    """Adlm Arab Aran Armi Avst Chrs Cprt Elym Gara Hatr Hebr Hung Khar Lydi Mand Mani Mend Merc
    Mero Narb Nbat Nkoo Orkh Ougr Palm Phli Phlp Phlv Phnx Prti Rohg Samr Sarb Sidt Sogd Sogo Syrc
    Syre Syrj Syrn Thaa Yezi""".split()
)
"""Codes of ISO 15924; all whose letters Unicode's Bidi_Class has as R or AL, a test says."""
_EXTENSION = re.compile("-[a-z0-9]-")
"""RFC 5646 §2.1: what follows is no script, as in ``ar-u-nu-latn``."""
_ADDRESS = re.compile(
    r"(?<!\S)(?:(?:https?://)?+[^\s/.]++\.[^\s/]++/\S*+|YouTube video player(?!\S))"
    r"(?: — \w++(?: Maps(?!\S))?+)?+"
)
"""In words no language is told by: an address, with the service's name as `content.embeds` has it,
and what YouTube calls its frames."""
_RUNS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_FIRST = 400
"""Characters of a text that are looked at: a title, and more than that of what follows."""
_SURE, _KNOWN, _LIKELY = _FIRST, 5, 1
"""How many letters that run the other way one of the language outvotes: a foreign name in a title
is longer than its Arabic words; what is written both ways (Kurdish) runs as most of it."""


def direction(language: str, text: str = "") -> str:
    """Return ``rtl`` or ``ltr`` for a language tag (BCP 47) and a text that is called so."""
    return _direction(language, text[:_FIRST])


# An entry is asked for several times, in each format and on each page that names it.
@lru_cache(maxsize=512)
def _direction(language: str, beginning: str) -> str:
    said, weight = _said(language)
    if weight == _SURE:
        return said
    counted = dict.fromkeys(("ltr", "rtl", ""), 0)
    if "/" in beginning or "YouTube" in beginning:  # as few do, and each word would be looked at
        beginning = _ADDRESS.sub("", beginning)
    for char, times in Counter(beginning).items():
        counted[_RUNS.get(unicodedata.bidirectional(char), "")] += times
    other = "ltr" if said == "rtl" else "rtl"
    return other if counted[other] > counted[said] * weight else said


def of_article(article: Article) -> str:
    """Return the direction of an article, by its language and how it begins."""
    return direction(article.lang, f"{article.title} {article.summary} {article.text[:_FIRST]}")


def of_site(site: Site) -> str:
    """Return the direction of a site's pages; its names count where its language runs both ways."""
    if _said(site.language)[1] > _LIKELY:
        return direction(site.language)
    names = (site.title, site.description, *(category.name for category in site.categories))
    return direction(site.language, " ".join(names))


def mark(text: str, wanted: str) -> str:
    """Return ``text`` with a direction mark before it where it begins the other way than wanted.

    Readers that drop ``dir`` go by the first strong character (UAX #9 P2). Digits and punctuation
    are not strong.
    """
    found = next(filter(None, map(_RUNS.get, map(unicodedata.bidirectional, text))), wanted)
    return text if found == wanted else (RLM if wanted == "rtl" else LRM) + text


@lru_cache(maxsize=256)
def _said(language: str) -> tuple[str, int]:
    """The direction of a language, and how much that weighs."""
    tag = _EXTENSION.split(language.lower())[0].split("-")
    script = next((part for part in tag[1:] if len(part) == 4 and part.isalpha()), "")
    if script:
        return _runs(script), _SURE
    likely = get_global("likely_subtags")
    name = get_global("language_aliases").get(tag[0], tag[0])
    base = name.partition("_")[0]
    keys = [f"{base}_{part.upper()}" for part in tag[1:]]
    keys += [name, base] if base != "und" else []
    full = next((likely[key] for key in keys if key in likely), "")
    if not full:
        return "ltr", _LIKELY
    written = {_way_of(likely[key]) for key in likely if key.partition("_")[0] == base}
    return _way_of(full), _KNOWN if len(written) == 1 else _LIKELY


def _way_of(full: str) -> str:
    """The direction of what CLDR makes of a tag: language, script and territory."""
    return _runs(full.split("_")[1])


def _runs(script: str) -> str:
    return "rtl" if script.capitalize() in _RIGHT_TO_LEFT else "ltr"
