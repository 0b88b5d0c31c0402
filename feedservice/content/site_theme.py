"""``theme`` of site.yaml → Theme. Pure."""

import re

from feedservice.content.field_reader import FieldReader
from feedservice.content.invisible import bare
from feedservice.content.shapes import Strict
from feedservice.domain.text import one_line
from feedservice.domain.theme import LEAST, LIGHT, Font, Theme, contrast, read_color, shade

_UNQUOTED = re.compile(r"\s*accent\s*:\s+(#[0-9A-Fa-f]+)\s*")
"""What YAML takes for a remark."""


class ThemeField(Strict):
    """The look of the pages."""

    accent: str = ""
    font: str = ""
    logo_dark: str = ""


def read_theme(found: ThemeField, reader: FieldReader, text: str) -> Theme:
    """Return the look; reports what is wrong with it.

    Args:
        found: the values.
        reader: of the file.
        text: the file, where a ``#`` may have made a remark of a colour.
    """
    fonts, font = {str(each): each for each in Font}, bare(found.font).lower()
    if font and font not in fonts:
        reader.report("font-bad", "theme", "font", value=font)
    return Theme(
        accent=_accent(bare(found.accent), reader, text),
        font=fonts.get(font),
        logo_dark=reader.src(one_line(found.logo_dark), "theme", "logo_dark"),
    )


def _accent(value: str, reader: FieldReader, text: str) -> str:
    accent = read_color(value)
    if accent:
        best = shade(accent, LIGHT)
        if best != accent:
            ratio = min(contrast(accent, ground) for ground in LIGHT)
            facts = {"value": value, "other": f"{ratio:.1f}", "limit": str(LEAST), "nearest": best}
            reader.warn("accent-faint", "theme", "accent", **facts)
    elif value:
        reader.report("accent-bad", "theme", "accent", value=value)
    else:
        line = reader.fields.at("theme", "accent").key_line
        row = "".join(text.split("\n")[line - 1 : line])
        remark = _UNQUOTED.fullmatch(row)
        if remark:
            paste = row.replace(remark[1], f'"{remark[1]}"')
            reader.report("accent-bad", "theme", "accent", value=remark[1], paste=paste)
    return accent
