"""Dates, numbers and words as each language writes them."""

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from feedservice.web import phrases
from feedservice.web.errors import STATUSES


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("ar", "21 كانون الأول 2025، 14:30"),
        ("ar-EG", "21 ديسمبر 2025، 14:30"),
        ("en", "December 21, 2025, 14:30"),
        ("fr", "21 décembre 2025, 14:30"),
        ("xx-nonsense-1", "December 21, 2025, 14:30"),
    ],
)
def test_a_moment_is_written_in_the_sites_zone_and_language(language: str, written: str) -> None:
    moment = datetime(2025, 12, 21, 11, 30, tzinfo=UTC)
    assert phrases.format_moment(moment, language, "Asia/Damascus") == written


def test_midnight_is_a_day_without_a_time() -> None:
    moment = datetime(2025, 12, 20, 21, 0, tzinfo=UTC)
    assert phrases.format_moment(moment, "ar", "Asia/Damascus") == "21 كانون الأول 2025"


@pytest.mark.parametrize(
    ("length", "arabic", "english"),
    [(12, "12 بايت", "12 B"), (2100, "2 ك.ب", "2 KB"), (1_440_000, "1.4 م.ب", "1.4 MB")],
)
def test_sizes_are_rounded_for_people(length: int, arabic: str, english: str) -> None:
    assert phrases.format_size(length, "ar") == arabic
    assert phrases.format_size(length, "en") == english


@pytest.mark.parametrize("each", [phrases.ARABIC, phrases.ENGLISH])
def test_no_word_is_missing(each: phrases.Words) -> None:
    assert all(getattr(each, one.name) for one in fields(each))
    assert {*STATUSES.values(), 405, 416, 500} <= set(dict(each.titles)) & set(dict(each.texts))


def test_an_unknown_status_has_the_words_of_a_fault() -> None:
    assert phrases.ENGLISH.title(418) == phrases.ENGLISH.title(500)


def test_every_arabic_has_arabic_words_and_others_have_english() -> None:
    assert phrases.words("ar-SY") is phrases.ARABIC
    assert phrases.words("arc") is phrases.ENGLISH
