import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import feedservice
from feedservice.domain.theme import DARK, LEAST, LIGHT, Theme, contrast, read_color

STYLE = Path(feedservice.__file__).parent / "web" / "static" / "style.css"
COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    "typed",
    [
        "red;}body{", "red", "#12", "#1234", "#12345g", "##123456", "#123456;", "rgb(1,2,3)", "var(--x)", "url(x)", "#12345６", "", "#\n123",
        "expression(alert(1))", "</style>", "#123456\n",
    ],
)  # fmt: skip
def test_what_is_no_colour_in_hexadecimal_digits_is_none(typed: str) -> None:
    assert read_color(typed) == ""


@given(COLORS)
def test_a_shade_can_be_read_on_paper_and_card_and_what_can_be_read_stays(color: str) -> None:
    light, dark = Theme(accent=color).shades
    for shade, grounds in ((light, LIGHT), (dark, DARK)):
        assert min(contrast(shade, ground) for ground in grounds) >= LEAST
        if min(contrast(color, ground) for ground in grounds) >= LEAST:
            assert shade == color
    assert contrast(light, "#ffffff") >= LEAST, "white on a button"
    assert contrast(dark, "#1d1210") >= LEAST, "ink on a button"


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    values = [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block))
        for block in re.findall(r":root \{([^}]*)\}", STYLE.read_text())
        if "--paper" in block
    ]
    shown = [
        tuple(read_color(each[name]) for name in ("paper", "card", "on-accent")) for each in values
    ]
    assert shown == [(*LIGHT, "#ffffff"), (*DARK, "#1d1210")]
