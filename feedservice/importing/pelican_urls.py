"""Slugs, addresses and ids as Pelican 4 makes them. Pure.

Pelican's own rules, not ours: titles are written in Latin letters unless a setting says otherwise.
"""

import re
import unicodedata
from datetime import datetime
from urllib.parse import quote, urlsplit

from text_unidecode import unidecode  # type: ignore[import-untyped]

from feedservice.domain.text import nfc
from feedservice.importing.addresses import join, split_or_none
from feedservice.importing.front_matter import Fields
from feedservice.importing.markdown import plain_text

_HEBREW = str.maketrans(
    {"א": "A", "ח": "H", "ט": "T", "ך": "KH", "כ": "KH", "ץ": "TS", "צ": "TS", "ק": "k", "ש": "SH"}
    | {"־": "-", "ְ": "", "ֺ": "o", "ּ": ""}
)
"""What Pelican's tables have otherwise than ours."""
_WORD = re.compile(r"\{(slug|category|lang|author)\}|\{date:([^{}]*)\}")


def slugify(text: str, config: Fields) -> str:
    """Return a slug as ``pelican.utils.slugify`` makes it by the settings of a site."""
    text = unicodedata.normalize("NFKC", nfc(plain_text(text)))
    if config.text("slugify_use_unicode") != "true":
        text = "".join(map(_latin, text.translate(_HEBREW)))
    text = re.sub(r"[^\w\s-]", "", text).strip()
    text = re.sub(r"[-\s]+", "-", text)
    return text if config.text("slugify_preserve_case") == "true" else text.lower()


def _latin(char: str) -> str:
    known = str(unidecode(char))
    return "" if known.startswith("[?]") else known


def address(
    config: Fields,
    fields: Fields,
    slug: str,
    category: str,
    published: datetime | None,
    kind: str = "article",
) -> str:
    """Return the address of an article or a page, joined to SITEURL as the feed's writer does it.

    It is empty where the settings say that there is none (``PAGE_SAVE_AS = False``).

    Args:
        config: the site's settings.
        fields: the article's metadata; its ``url`` goes before every pattern.
        slug: its slug.
        category: name of its category.
        published: its date.
        kind: ``article`` or ``page``.
    """
    language = fields.text("lang")
    is_other = language and language != (config.text("default_lang") or "en")
    below = "pages/" if kind == "page" else ""
    named = f"{kind}_lang" if is_other else kind
    usual = f"{below}{{slug}}-{{lang}}.html" if is_other else f"{below}{{slug}}.html"
    pattern = config.text(f"{named}_url") or usual
    own = fields.text("url")
    if own and not _is_said(own):
        own = fields.text("save_as")
    said = (str(config.values.get(f"{named}_{what}", usual)) for what in ("url", "save_as"))
    if not own and not all(map(_is_said, said)):
        return ""
    words = {
        "slug": slug,
        "category": slugify(category or "misc", config),
        "lang": language or config.text("default_lang") or "en",
        "author": slugify((fields.texts("authors", "author", cut=";,") or ("",))[0], config),
    }

    def word(match: re.Match[str]) -> str:
        if match[1]:
            return words[match[1]]
        return published.strftime(match[2]) if published else ""

    path = own or _WORD.sub(word, pattern)
    site = config.text("siteurl").rstrip("/")
    parts = split_or_none(site)
    if not (parts and parts.scheme):
        return "/" + path.lstrip("/")
    return join(f"{site}/", path.lstrip("/"))


def _is_said(address: str) -> bool:
    return address.lower() not in ("", "false")


def escaped(url: str) -> str:
    """Return an address as Pelican's feeds write it (RFC 3987 §3.1)."""
    return quote(url, safe="/#%[]=:;$&()+,!?*@'~")


def tag_uri(url: str, published: datetime | None) -> str:
    """Return the id that Pelican's feeds give an article (RFC 4151); empty without a host."""
    parts = split_or_none(url)
    if parts is None or not parts.hostname or not published:
        return ""
    fragment = f"/{parts.fragment}" if parts.fragment else ""
    return f"tag:{parts.hostname},{published:%Y-%m-%d}:{urlsplit(url).path}{fragment}"
