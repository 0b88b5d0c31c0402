"""Dates, numbers and sizes as each language writes them."""

from datetime import UTC, datetime

import pytest

from feedservice.web import formatting


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
    assert formatting.format_moment(moment, language, "Asia/Damascus") == written


def test_midnight_is_a_day_without_a_time() -> None:
    moment = datetime(2025, 12, 20, 21, 0, tzinfo=UTC)
    assert formatting.format_moment(moment, "ar", "Asia/Damascus") == "21 كانون الأول 2025"


@pytest.mark.parametrize(
    ("length", "arabic", "english"),
    [(12, "12 بايت", "12 B"), (2100, "2 ك.ب", "2 KB"), (1_440_000, "1.4 م.ب", "1.4 MB")],
)
def test_sizes_are_rounded_for_people(length: int, arabic: str, english: str) -> None:
    assert formatting.format_size(length, "ar") == arabic
    assert formatting.format_size(length, "en") == english
