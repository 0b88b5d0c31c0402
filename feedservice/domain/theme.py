"""A newspaper's own look: its accent, in shades that can be read, its font and its logo. Pure.

Contrast is WCAG 2.2's: `LEAST` is what level AA asks of text (§1.4.3).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LEAST = 4.5
"""The ratio of luminances that text needs."""
LIGHT = ("#fbfaf7", "#ffffff")
DARK = ("#161513", "#1f1e1b")
"""What text of the accent stands on, paper and card, as the stylesheet has them."""

_COLOR = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_STEPS = 255


class Font(StrEnum):
    """The kinds of Arabic letters that a site may choose."""

    NASKH = "naskh"
    KUFI = "kufi"
    SANS = "sans"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What site.yaml says of the look.

    Attributes:
        accent: ``#rrggbb``, or empty.
        font: None for what readers' systems have.
        logo_dark: the logo on dark paper: ``media/…`` or an absolute URL, or empty.
    """

    accent: str = ""
    font: Font | None = None
    logo_dark: str = ""

    @property
    def shades(self) -> tuple[str, str]:
        """The accent on light and on dark paper, as near to it as it can be read there."""
        return shade(self.accent, LIGHT), shade(self.accent, DARK)


def read_color(value: str) -> str:
    """Return a colour as ``#rrggbb``; empty for what is none.

    >>> read_color("#8A2B1C"), read_color("a31"), read_color("red;}body{")
    ('#8a2b1c', '#aa3311', '')
    """
    found = _COLOR.fullmatch(value.lower())
    if not found:
        return ""
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(2 * each for each in digits))


def shade(color: str, grounds: tuple[str, str]) -> str:
    """Return the shade of a colour that can be read on all ``grounds``, the nearest of its hue.

    It is darkened on light grounds and lightened on dark ones until it can.
    """
    end = 0 if grounds is LIGHT else 255
    for step in range(_STEPS):
        mixed = "#" + "".join(
            f"{round(each + (end - each) * step / _STEPS):02x}" for each in _channels(color)
        )
        if all(contrast(mixed, ground) >= LEAST for ground in grounds):
            return mixed
    return f"#{end:02x}{end:02x}{end:02x}"


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' luminances, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    """The relative luminance of sRGB (WCAG 2.2, from 0 to 1)."""
    linear = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in _channels(color))
    )
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _channels(color: str) -> bytes:
    return bytes.fromhex(color[1:])
