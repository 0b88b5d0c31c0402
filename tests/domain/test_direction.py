"""A text runs the way of its script, which its language tells, or it itself."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import article, site
from feedservice.content import markup
from feedservice.domain import direction

KURMANJI, SORANI, ARABIC = "Rojnameya kurdî", "هەواڵی کوردی", "خبر من دمشق"
RIGHT_TO_LEFT = {
    "ADLAM": "Adlm", "ARABIC": "Arab", "IMPERIAL ARAMAIC": "Armi", "AVESTAN": "Avst", "CHORASMIAN": "Chrs",
    "CYPRIOT": "Cprt", "ELYMAIC": "Elym", "GARAY": "Gara", "HATRAN": "Hatr", "HEBREW": "Hebr", "OLD HUNGARIAN": "Hung",
    "KHAROSHTHI": "Khar", "LYDIAN": "Lydi", "MANDAIC": "Mand", "MANICHAEAN": "Mani", "MENDE KIKAKUI": "Mend",
    "MEROITIC CURSIVE": "Merc", "MEROITIC HIEROGLYPHIC": "Mero", "OLD NORTH ARABIAN": "Narb", "NABATAEAN": "Nbat",
    "NKO": "Nkoo", "OLD TURKIC": "Orkh", "OLD UYGHUR": "Ougr", "PALMYRENE": "Palm", "INSCRIPTIONAL PAHLAVI": "Phli",
    "PSALTER PAHLAVI": "Phlp", "PHOENICIAN": "Phnx", "INSCRIPTIONAL PARTHIAN": "Prti", "HANIFI ROHINGYA": "Rohg",
    "SAMARITAN": "Samr", "OLD SOUTH ARABIAN": "Sarb", "SIDETIC": "Sidt", "SOGDIAN": "Sogd", "OLD SOGDIAN": "Sogo",
    "SYRIAC": "Syrc", "THAANA": "Thaa", "YEZIDI": "Yezi",
}  # fmt: skip
"""Scripts as the names of their characters begin → their codes."""


def script_of(char: str) -> str:
    """The code of a right-to-left script that the name of a character begins with, or nothing."""
    name = unicodedata.name(char)
    names = [script for script in RIGHT_TO_LEFT if name.startswith(f"{script} ")]
    return RIGHT_TO_LEFT[max(names, key=len)] if names else ""


LETTERS = [
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(char)[0] == "L" and unicodedata.bidirectional(char) in ("R", "AL")
]


@pytest.mark.parametrize("char", {script_of(char): char for char in LETTERS}.values(), ids=ascii)
def test_every_script_whose_letters_unicode_runs_from_the_right_does(char: str) -> None:
    assert script_of(char), "a script that is not known here"
    assert direction.direction(f"und-{script_of(char)}") == "rtl"
    assert direction.direction("und", char) == "rtl"


@given(st.sampled_from(LETTERS), st.integers(1, 40))
def test_what_no_language_is_known_of_runs_as_most_of_its_first_letters(
    char: str, count: int
) -> None:
    assert direction.direction("qaa", f"12 {char * count} {'a' * (count - 1)}") == "rtl"
    assert direction.direction("qaa", f"12 {char * count} {'a' * count}") == "ltr"


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        *((tag, "rtl") for tag in """
        ar AR ar-SY ar-Arab-SY arb arz apc ajp acm ary aeb apd ars shu fa fa-AF prs pes ps pbu ur bal skr mzn glk lrc lki sdh
        ckb ku-Arab ku-arab ks sd pa-PK pa-Arab ug az-Arab az-IR uz-Arab uz-AF kk-CN tr-Arab tk-Arab ha-Arab ms-Arab
        he iw yi ji lad-Hebr dv nqo man-Nkoo syr arc sam rhg ff-Adlm fa-Aran und-Arab und-SY ar-u-nu-latn ar-EG-x-latn
        """.split()),
        *((tag, "ltr") for tag in """
        en tr fr-CA ku ku-Latn kmr ar-Latn fa-Latn sd-Deva sd-IN uz kk az ff ff-Latn pa ha mt bm am ka zh-Hant und mul zxx qaa
        qaa-x-arab ar-Latn-x-arab de-1996 sr sh sl-rozaj
        """.split()),
    ],
)  # fmt: skip
def test_a_language_runs_as_its_likely_script(language: str, wanted: str) -> None:
    assert direction.direction(language) == wanted


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("ku", KURMANJI, "ltr"), ("ku", SORANI, "rtl"), ("ku-Latn", SORANI, "ltr"), ("ckb", SORANI, "rtl"), ("kmr", SORANI, "rtl"),
        ("az", "خبر", "rtl"), ("sd", "सिंधी पाठ", "ltr"), ("ug", "Хәвәр", "ltr"), ("ug", "خەۋەر", "rtl"), ("rhg", "Rohingya", "ltr"),
        ("ar", "BBC", "ltr"), ("ar", "BBC: خبر", "rtl"), ("ar", "Samsung Galaxy S25 Ultra vs iPhone 17 Pro Max: أيهما أفضل لك هذا العام", "rtl"),
        ("ar", "Israeli strike kills three in Daraya", "ltr"), ("en", f"{ARABIC} (SANA)", "ltr"), ("en", ARABIC, "rtl"), ("ar", "Al Jazeera (الجزيرة) journalist is killed in Gaza City, its editors say", "ltr"),
        ("ar-Arab", "Israeli strike kills three in Daraya", "rtl"), ("ar", "", "rtl"), ("qaa", "", "ltr"), ("", ARABIC, "rtl"),
    ],
)  # fmt: skip
def test_letters_outvote_a_language_that_does_not_say_its_script(
    language: str, text: str, wanted: str
) -> None:
    assert direction.direction(language, text) == wanted


def test_a_site_runs_as_its_language_or_as_its_names_where_that_runs_both_ways() -> None:
    assert direction.of_site(site(title="The Daily Report of Everything", categories=())) == "rtl"
    assert direction.of_site(site(language="ku", title=SORANI)) == "rtl"
    assert direction.of_site(site(language="ku", title=KURMANJI * 4, categories=())) == "ltr"


def test_an_article_runs_as_it_begins() -> None:
    assert direction.of_article(article("a", lang="ku", title="١", summary=SORANI)) == "rtl"
    named = article("a", title="Windows 11", summary="Windows 11 24H2", text=f"Windows. {ARABIC}")
    assert direction.of_article(named) == "rtl"


@pytest.mark.parametrize(
    "frame",
    [
        "https://www.youtube.com/embed/AbCdEfGhIjK", "https://player.example/live/damascus-news?id=1",
        "https://www.openstreetmap.org/export/embed.html?marker=33.51,36.29", "https://www.google.com/maps/embed/v1/place?q=Damascus",
        'https://www.youtube.com/embed/AbC" title="YouTube video player',
    ],
)  # fmt: skip
def test_an_address_that_stands_for_a_frame_outvotes_no_language(frame: str) -> None:
    body = markup.render(f'<iframe src="{frame}"></iframe>', path="x/x.md", base_urls=())
    shown = article("a", title="خبر", summary=body.first_paragraph, text=body.text)
    assert direction.of_article(shown) == "rtl"
    assert direction.direction("ar", f"{body.text} Israeli strike kills three") == "ltr"


@pytest.mark.parametrize(
    ("text", "wanted", "marked"),
    [
        ("RSS عربي", "rtl", "\u200fRSS عربي"),
        ("عربي RSS", "rtl", "عربي RSS"),
        ("2025: خبر", "rtl", "2025: خبر"),
        ("عربي first", "ltr", "\u200eعربي first"),
        ("123", "rtl", "123"),
    ],
)
def test_a_mark_comes_first_where_the_first_strong_letter_runs_the_other_way(
    text: str, wanted: str, marked: str
) -> None:
    assert direction.mark(text, wanted) == marked
