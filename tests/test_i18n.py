import tomllib
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message as Entry
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

import feedservice
from feedservice.i18n import Message, _, ngettext, render

PACKAGE = Path(feedservice.__file__).parent
PYPROJECT = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
MAPPINGS = [(each["pattern"], each["method"]) for each in PYPROJECT["tool"]["babel"]["mappings"]]
with (PACKAGE / "locale" / "ar.po").open("rb") as file:
    CATALOGUE = {entry.id: entry for entry in read_po(file, locale="ar") if entry.id}


class _Anything(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return name


@cache
def texts_of_the_source() -> dict[str | tuple[str, str], str]:
    """Each text that the source says (a pair where it counts), and a file that says it."""
    found = extract_from_dir(PACKAGE, method_map=MAPPINGS, keywords=DEFAULT_KEYWORDS)
    return {message: file for file, _line, message, *_ in found}


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name}


def forms(entry: Entry) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def test_every_text_has_a_translation() -> None:
    missing = {
        text: file
        for text, file in texts_of_the_source().items()
        if text not in CATALOGUE or not all(forms(CATALOGUE[text]))
    }
    assert missing == {}, "run `make messages` and fill in msgstr"


def test_the_catalogue_holds_no_text_that_nobody_says() -> None:
    assert CATALOGUE.keys() - texts_of_the_source().keys() == set(), "run `make messages`"


@pytest.mark.parametrize("text", CATALOGUE, ids=str)
def test_a_translation_has_the_placeholders_of_its_text(text: str | tuple[str, str]) -> None:
    said = placeholders(text if isinstance(text, str) else text[1])
    for form in forms(CATALOGUE[text]):
        # Arabic says one and two in words.
        assert placeholders(form) | ({"n"} & said) == said


def test_what_is_read_was_compiled_from_the_catalogue(tmp_path: Path) -> None:
    with (PACKAGE / "locale" / "ar.mo").open("rb") as compiled:
        told = GNUTranslations(compiled)
    for text, entry in CATALOGUE.items():
        if isinstance(text, str):
            assert told.gettext(text) == entry.string, "run `make messages`"
        else:
            examples = (0, 1, 2, 3, 11, 100)
            assert tuple(told.ngettext(*text, n) for n in examples) == forms(entry)


@pytest.mark.parametrize(
    ("n", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (103, 3)]
)
def test_arabic_counts_in_six_ways(n: int, form: int) -> None:
    one, several = next(
        text for text in CATALOGUE if isinstance(text, tuple) and text[1].count("{") == 1
    )
    expected = forms(CATALOGUE[one, several])[form]
    assert render(Message(one, _Anything(n=n), several), "ar") == expected.format_map(
        _Anything(n=n)
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "full أو summary"),
        ("ar-SY", "full أو summary"),
        ("AR", "full أو summary"),
        ("en", "full or summary"),
        ("fr", "full or summary"),
        ("arc", "full or summary"),
    ],
)
def test_a_reader_of_arabic_reads_arabic_and_everybody_else_english(
    language: str, text: str
) -> None:
    assert render(_("full or summary"), language) == text


def test_facts_stand_where_the_language_wants_them() -> None:
    known = _("one of the authors: {known}", known=("a", "{b}"))
    assert render(known, "ar") == "أحد الكتّاب: a، {b}"
    assert str(known) == "one of the authors: a, {b}"


def test_a_message_may_be_a_fact_of_another() -> None:
    outer = Message("-{inner}-", {"inner": _("full or summary")})
    assert render(outer, "ar") == "-full أو summary-"


def test_a_number_chooses_the_english_form() -> None:
    assert [str(ngettext("{n} file", "{n} files", n)) for n in (0, 1, 2)] == [
        "0 files", "1 file", "2 files",
    ]  # fmt: skip
