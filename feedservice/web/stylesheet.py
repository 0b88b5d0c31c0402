"""The stylesheet of a site: ours, and after it what its theme says. Fonts are files of ours.

Nothing that an editor typed is written into it: a colour is six digits, a font one of a few names.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from feedservice.domain.theme import Font, Theme
from feedservice.feeds.feed import Document
from feedservice.web.respond import page_document

_ARABIC = (
    "U+600-6FF, U+750-77F, U+870-88E, U+890-891, U+897-8E1, U+8E3-8FF, U+200C-200E, U+2010-2011, "
    "U+204F, U+2E41, U+FB50-FDFF, U+FE70-FE74, U+FE76-FEFC"
)
_LATIN = (
    "U+0-FF, U+131, U+152-153, U+2BB-2BC, U+2C6, U+2DA, U+2DC, U+304, U+308, U+329, U+2000-200B, "
    "U+200F, U+2012-204E, U+2050-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF"
)
"""The letters of each file, as the packages have them that the files are from (see docs)."""


@dataclass(frozen=True, slots=True)
class _Face:
    """A font: what is set in it, as the stylesheet calls that, and its files.

    Each of these with its weights and its letters; what a page needs first comes first.
    """

    families: tuple[str, ...]
    files: tuple[tuple[str, str, str], ...]


_FACES = MappingProxyType(
    {
        Font.NASKH: _Face(
            ("Site UI", "Site Text"),
            (
                ("noto-naskh-arabic-arabic.woff2", "400 700", _ARABIC),
                ("noto-naskh-arabic-latin.woff2", "400 700", _LATIN),
            ),
        ),
        # For titles: who reads long in it tires. Its space is too narrow, so it brings no Latin.
        Font.KUFI: _Face(("Site Titles",), (("reem-kufi-arabic.woff2", "400 700", _ARABIC),)),
        Font.SANS: _Face(
            ("Site UI", "Site Text"),
            (
                ("ibm-plex-sans-arabic-arabic-400.woff2", "400", _ARABIC),
                ("ibm-plex-sans-arabic-latin-400.woff2", "400", _LATIN),
                ("ibm-plex-sans-arabic-arabic-700.woff2", "700", _ARABIC),
                ("ibm-plex-sans-arabic-latin-700.woff2", "700", _LATIN),
            ),
        ),
    }
)
_NAMES = frozenset(name for face in _FACES.values() for name, *_ in face.files)


@lru_cache(4)
def stylesheet(theme: Theme) -> Document:
    """Return the stylesheet of pages with this look; its digest is its version."""
    sheet = (files("feedservice.web") / "static" / "style.css").read_text()
    return page_document(sheet + "".join(_rules(theme)), "text/css; charset=utf-8")


def font_file(name: str) -> Document | None:
    """Return a font's file; its digest is its version."""
    if name not in _NAMES:
        return None
    file = files("feedservice.web") / "static" / "fonts" / name
    return page_document(file.read_bytes(), "font/woff2")


def preloaded(theme: Theme) -> str:
    """Return the path of the file that the first words of a page need; empty for none."""
    return _path(_FACES[theme.font].files[0][0]) if theme.font else ""


@lru_cache(len(_NAMES))
def _path(name: str) -> str:
    file = font_file(name)
    assert file is not None, name
    return f"/static/{file.etag}/{name}"


def _rules(theme: Theme) -> Iterator[str]:
    if theme.accent:
        light, dark = theme.shades
        yield f"\n:root {{ --accent: {light}; }}\n"
        yield "@media screen and (prefers-color-scheme: dark) { :root { --accent: "
        yield f"{dark}; }} }}\n"
    face = _FACES[theme.font] if theme.font else None
    for family in face.families if face else ():
        for name, weight, letters in face.files if face else ():
            path = _path(name).removeprefix("/static/")
            # Below the stylesheet's own folder, so that it says nothing of base_url.
            yield (
                f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
                f'font-display: swap; src: url("../{path}") format("woff2"); '
                f"unicode-range: {letters}; }}\n"
            )
