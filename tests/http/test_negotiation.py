"""The decisions behind the HTTP contract, each from its headers alone."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.http.negotiation import (
    choose_coding,
    cut_lifetimes,
    is_not_modified,
    last_modified_header,
    reach,
    read_date,
)

MOMENT = datetime(2025, 12, 22, 7, 0, tzinfo=UTC)
WRITTEN = "Mon, 22 Dec 2025 07:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0.5,gzip;q=0.5", "br"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0", "identity"),
        ("gzip ; q=0", "identity"),
        ("gzip;Q=0", "identity"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("gzip;q=0.1, *;q=0", "gzip"),
        ("identity", "identity"),
        ("identity, gzip", "gzip"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0.5, *;q=0.1", "identity"),
        ("identity;q=0", "identity"),
        ("identity;q=0, gzip", "gzip"),
        ("gzip;q=0.001", "gzip"),
        ("deflate", "identity"),
        ("gzip;q=high", "identity"),
        ("gzip;q=1.5", "identity"),
        ("gzip;level=9", "gzip"),
        (",, ;,", "identity"),
    ],
)
def test_accept_encoding_selects_one_coding(header: str | None, coding: str) -> None:
    assert choose_coding(header) == coding


@pytest.mark.parametrize(
    ("header", "coding"),
    [("br, gzip", "identity"), ("identity;q=0, gzip", "gzip"), ("*;q=0, br", "br")],
)
def test_small_bodies_stay_as_they_are_unless_identity_is_refused(header: str, coding: str) -> None:
    assert choose_coding(header, small=True) == coding


QVALUES = st.sampled_from(["", ";q=0", ";q=0.0", ";q=0.3", ";q=0.7", ";q=1", "; q=1.000"])


@given(
    st.dictionaries(st.sampled_from(["br", "gzip", "identity", "*", "deflate", "zstd"]), QVALUES)
)
def test_a_refused_coding_is_never_selected_while_another_is_acceptable(
    items: dict[str, str],
) -> None:
    header = ", ".join(name + q for name, q in items.items())
    refused = {name for name, q in items.items() if q in (";q=0", ";q=0.0")}
    coding = choose_coding(header)
    if coding != "identity":
        assert coding not in refused
        assert coding in items or "*" in items
    elif "identity" in refused:
        assert all(each in refused or (each not in items and ("*" in refused or "*" not in items))
                   for each in ("br", "gzip"))  # fmt: skip


@given(st.text(string.printable, max_size=60))
def test_no_accept_encoding_header_is_too_strange(header: str) -> None:
    assert choose_coding(header) in ("br", "gzip", "identity")


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        ('"a-gzip"', True),
        ('W/"a-gzip"', True),
        ('"x", "a-gzip"', True),
        ('"x",W/"a-gzip" , "y"', True),
        ("*", True),
        ('"a"', False),
        ('"a-br"', False),
        ('"x", "y"', False),
        ("", False),
        ('"', False),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(header: str, matches: bool) -> None:
    assert is_not_modified(header, None, "a-gzip", MOMENT) is matches


def test_headers_of_strange_length_are_not_read() -> None:
    assert choose_coding("gzip," + "x" * 8000) == "gzip"
    assert choose_coding("gzip," + "x" * 9000) == "identity"
    assert is_not_modified('"a",' + '"b",' * 1000, None, "a", None)
    assert not is_not_modified('"a",' + '"b",' * 3000, None, "a", None)


def test_if_none_match_goes_before_if_modified_since() -> None:
    assert not is_not_modified('"other"', WRITTEN, "a", MOMENT)
    assert not is_not_modified("", WRITTEN, "a", MOMENT)


@pytest.mark.parametrize(
    ("header", "matches"),
    [
        (WRITTEN, True),
        ("Mon, 22 Dec 2025 07:00:01 GMT", True),
        ("Mon, 22 Dec 2025 06:59:59 GMT", False),
        ("Monday, 22-Dec-25 07:00:00 GMT", True),
        ("Mon Dec 22 07:00:00 2025", True),
        ("yesterday", False),
        ("", False),
        ("Mon, 99 Dec 2025 07:00:00 GMT", False),
        ("Mon, 22 Dec 2025 07:00:00 +99999999999999999999", False),
    ],
)
def test_if_modified_since_is_compared_and_malformed_dates_are_ignored(
    header: str, matches: bool
) -> None:
    assert is_not_modified(None, header, "a", MOMENT) is matches


def test_without_a_last_modified_no_date_matches() -> None:
    assert not is_not_modified(None, WRITTEN, "a", None)


@given(st.text(string.printable, max_size=40))
def test_no_date_header_is_too_strange(text: str) -> None:
    moment = read_date(text)
    assert moment is None or (moment <= MOMENT) in (True, False)


@given(st.floats(0, 4e9), st.integers(-5, 5))
def test_what_last_modified_says_is_late_and_never_later_than_the_answer(
    stamp: float, seconds: int
) -> None:
    changed = datetime.fromtimestamp(stamp, UTC)
    now = changed + timedelta(seconds=seconds)
    said = last_modified_header(changed, now)
    assert said <= now
    assert said.microsecond == 0
    assert said >= changed or changed > now.replace(microsecond=0)


def test_a_stamp_that_lies_ahead_confirms_no_copy_that_was_fetched_before_it() -> None:
    ahead = MOMENT + timedelta(seconds=1)
    assert last_modified_header(ahead, MOMENT) == MOMENT
    assert not is_not_modified(None, WRITTEN, "a", ahead)


@pytest.mark.parametrize(
    ("caching", "seconds", "expected"),
    [
        ("max-age=300, stale-while-revalidate=60, stale-if-error=86400", 90_000, None),
        ("max-age=300, stale-while-revalidate=60, stale-if-error=86400", 86_699,
         "max-age=300, stale-while-revalidate=60, stale-if-error=86399"),
        ("max-age=300, stale-while-revalidate=60, stale-if-error=86400", 320,
         "max-age=300, stale-while-revalidate=20, stale-if-error=20"),
        ("max-age=300, stale-while-revalidate=60, stale-if-error=86400", 7,
         "max-age=7, stale-while-revalidate=0, stale-if-error=0"),
        ("max-age=300", -5, "max-age=0"),
        ("no-cache", 7, None),
        ("public, max-age=31536000, immutable", 9, "public, max-age=9, immutable"),
    ],
)  # fmt: skip
def test_no_lifetime_reaches_past_a_moment(
    caching: str, seconds: int, expected: str | None
) -> None:
    assert cut_lifetimes(caching, seconds) == (expected or caching)


def test_how_long_an_answer_may_be_given_counts_stale_time_too() -> None:
    assert reach("max-age=300, stale-while-revalidate=60, stale-if-error=86400") == 86_700
    assert reach("no-cache") == 0
