"""Dates of foreign sources: the zone that was written stays, and nothing is guessed."""

from datetime import datetime

import pytest

from feedservice.importing.dates import moment_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-05-01 10:00:00 +0300", "2024-05-01T10:00:00+03:00"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01 10:00", "2024-05-01T10:00:00+03:00"),
        ("2024-05-01 10:00 UTC", "2024-05-01T10:00:00+00:00"),
        ("Wed, 01 May 2024 10:00:00 +0100", "2024-05-01T10:00:00+01:00"),
        ("Wed, 01 May 2024 10:00:00 EST", "2024-05-01T10:00:00-05:00"),
        ("20 كانون الأول 2024", "2024-12-20T00:00:00+03:00"),
    ],
)
def test_dates_are_read_with_their_zone_else_in_the_sites(written: str, read: str) -> None:
    assert moment_of(written, "Asia/Damascus") == datetime.fromisoformat(read)


@pytest.mark.parametrize(
    "written",
    [
        *("", "12/5/2024", "10:00", "قريبًا", "Mon, 30 Nov -0001 00:00:00 +0000"),
        *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+03:00"),
    ],
)
def test_what_could_mean_two_days_or_none_is_not_read(written: str) -> None:
    assert moment_of(written, "Asia/Damascus") is None
