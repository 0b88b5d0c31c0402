"""Moments in the attributes of pages."""

from datetime import UTC, datetime

import pytest

from feedservice.web.render import View


@pytest.mark.parametrize(
    ("year", "written"),
    [
        (1890, "1890-05-01T10:00:00+00:00"),  # Damascus had a local mean time of 2:25:12 then
        (1905, "1905-05-01T10:00:00+00:00"),
        (2025, "2025-05-01T13:00:00+03:00"),
    ],
)
def test_an_offset_is_one_that_html_has(year: int, written: str) -> None:
    view = View(None, "ar", "Asia/Damascus", "rtl")
    assert view.iso(datetime(year, 5, 1, 10, tzinfo=UTC)) == written
