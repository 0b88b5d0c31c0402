from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content.dates import DateError, parse_date

ZONE = "Asia/Damascus"  # three hours east of Greenwich, all year


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2025-12-20", "2025-12-19T21:00"),
        ("2025-12-20 14:30", "2025-12-20T11:30"),
        ("2025-12-20T14:30:15Z", "2025-12-20T14:30:15"),
        ("2025-12-20T14:30:15.999+0300", "2025-12-20T11:30:15"),
        ("2025-12-20 14:30 -05:00", "2025-12-20T19:30"),
        ("٢٠٢٥-١٢-٢٠ ١٤:٣٠", "2025-12-20T11:30"),
        ("20 ديسمبر 2025", "2025-12-19T21:00"),
        ("20 كانون الأول 2025", "2025-12-19T21:00"),
        ("20 ديسمبر/كانون الأول 2025", "2025-12-19T21:00"),
        ("20 كانون الأول/ديسمبر 2025", "2025-12-19T21:00"),
        ("20 كانون الأول (ديسمبر) 2025", "2025-12-19T21:00"),
        ("٢٠/١٢/٢٠٢٥ ١٤:٣٠", "2025-12-20T11:30"),
        ("۲۰/۱۲/۲۰۲۵", "2025-12-19T21:00"),
        ("٢٠ كانون الأول ٢٠٢٥", "2025-12-19T21:00"),
        ("السبت 20 ديسمبر 2025", "2025-12-19T21:00"),
        ("يوم السبت، 20 ديسمبر 2025، 9:30 ص", "2025-12-20T06:30"),
        ("20 ديسمبر 2025 9:30 م", "2025-12-20T18:30"),
        ("20 ديسمبر 2025 الساعة 5:30 مساءً", "2025-12-20T14:30"),
        ("20 ديسمبر 2025م", "2025-12-19T21:00"),
        ("2025/12/20", "2025-12-19T21:00"),
        ("12/12/2025", "2025-12-11T21:00"),
        ("Sat, 20 Dec 2025 14:30:00 +0300", "2025-12-20T11:30"),
        ("Sat, 20 Dec 2025 14:30:00 GMT", "2025-12-20T14:30"),
        ("Sat Dec 20 14:30:00 UTC 2025", "2025-12-20T14:30"),
        ("Dec 20th, 2025", "2025-12-19T21:00"),
        ("2025-12-20T14:30+03", "2025-12-20T11:30"),
        ("٢٠ / ١٢ / ٢٠٢٥", "2025-12-19T21:00"),
        ("20 12 2025", "2025-12-19T21:00"),
        ("٢٠٢٥/١٢/٢٠م", "2025-12-19T21:00"),
        ("20/12/2025م 9:30 م", "2025-12-20T18:30"),
        ("السبت: 20 ديسمبر 2025", "2025-12-19T21:00"),
        ("الثلثاء 23 كانون أول 2025", "2025-12-22T21:00"),
        ("يوم السبت الموافق 20 ديسمبر 2025", "2025-12-19T21:00"),
        ("20 ديسمبر 2025 14:30 بتوقيت غرينتش", "2025-12-20T14:30"),
        ("9:30 م، 20 ديسمبر 2025", "2025-12-20T18:30"),
        ("20 ديسمبر 2025 14h30", "2025-12-20T11:30"),
        ("20 ديسمبر 2025، 12:30 ص", "2025-12-19T21:30"),
        ("20 ديسمبر 2025، 12:30 م", "2025-12-20T09:30"),
    ],
)
def test_what_newsrooms_type_is_read(typed: str, moment: str) -> None:
    assert parse_date(typed, ZONE) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("names", "month"),
    [
        ("يناير جانفي", 1), ("فبراير فيفري شباط", 2), ("مارس آذار اذار", 3), ("أبريل إبريل ابريل أفريل نيسان", 4),
        ("مايو ماي مايس أيار", 5), ("يونيو جوان حزيران", 6), ("يوليو جويلية تموز يوليوز", 7), ("أغسطس أوت آب غشت", 8),
        ("سبتمبر أيلول شتنبر", 9), ("أكتوبر", 10), ("نوفمبر نونبر", 11), ("ديسمبر دجنبر", 12),
    ],
)  # fmt: skip
def test_every_school_of_month_names_is_known(names: str, month: int) -> None:
    assert [parse_date(f"15 {name} 2025", "UTC").month for name in names.split()] == [month] * len(
        names.split()
    )


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("كانون الثاني", 1), ("تشرين الأول", 10), ("تشرين الثاني", 11), ("كانون الأول", 12),
        ("كانون ثاني", 1), ("تشرين أول", 10), ("تشرين ثاني", 11), ("كانون أول", 12),
    ],
)  # fmt: skip
def test_levantine_names_of_two_words_are_known(name: str, month: int) -> None:
    assert parse_date(f"15 {name} 2025", "UTC").month == month


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("05/01/2024", "date-ambiguous"),
        ("3-4-2025", "date-ambiguous"),
        ("20 ديسمبر/كانون الثاني 2025", "date-ambiguous"),
        ("2025-02-31", "date-impossible"),
        ("31/02/2025", "date-impossible"),
        ("31 شباط 2025", "date-impossible"),
        ("2025-12-20 25:00", "date-impossible"),
        ("الأحد 20 ديسمبر 2025", "date-impossible"),
        ("14:30", "date-unreadable"),
        ("20 ديسمبر", "date-unreadable"),
        ("ديسمبر 2025", "date-unreadable"),
        ("20/12/25", "date-unreadable"),
        ("أمس", "date-unreadable"),
        ("20 Dec 2025 10:00 EST", "date-zone"),
        ("20 Dec 2025 10:00 GMT+3", "date-zone"),
        ("20 Dec 2025 10:00 Asia/Damascus", "date-zone"),
        ("2025", "date-unreadable"),
        ("x" * 1000, "date-unreadable"),
        ("1446-05-05", "date-range"),
        ("1446/05/05", "date-range"),
        ("5 رجب 1446 هـ", "date-range"),
        ("5 رجب 1446", "date-range"),
        ("20 جمادى الأولى 1446", "date-range"),
        ("20 ديسمبر 0001", "date-range"),
        ("5 1 2024", "date-ambiguous"),
        ("٥ / ١ / ٢٠٢٤", "date-ambiguous"),
        ("5 . 1 . 2024", "date-ambiguous"),
        ("5-1/2024", "date-unreadable"),
        ("2024 5 1", "date-unreadable"),
        ("20 ديسمبر 2025 14", "date-unreadable"),
        ("20 ديسمبر 2025 0930 م", "date-unreadable"),
        ("20 ديسمبر 2025 2024", "date-unreadable"),
        ("20 ديسمبر 2025 0:30 م", "date-unreadable"),
        ("20 ديسمبر 2025 14:30 م", "date-unreadable"),
        ("20 Dec 2025 10:30 am pm", "date-unreadable"),
        ("20 Dec 2025 14:30 M", "date-unreadable"),
        ("Sat 20 Dec 2025 Sun", "date-unreadable"),
        ("@13@ 20 2025", "date-unreadable"),
        ("@3@ 20 2025", "date-unreadable"),
        ("2025-12-20 14:30+03:75", "date-impossible"),
        ("20 Dec 2025 14:30 +2500", "date-impossible"),
        ("20 Dec 2025 EST", "date-zone"),
        ("Sat Dec 20 14:30:00 EST 2025", "date-zone"),
        ("20 ديسمبر 2025 14:30 بتوقيت دمشق", "date-zone"),
        ("0001-01-01", "date-range"),
        ("9999-12-31", "date-range"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(typed, ZONE)
    assert caught.value.code == code


def test_an_ambiguous_date_names_both_readings() -> None:
    with pytest.raises(DateError) as caught:
        parse_date("05/01/2024", ZONE)
    assert {caught.value.facts["first"], caught.value.facts["second"]} == {
        "2024-01-05",
        "2024-05-01",
    }


def test_two_month_names_that_disagree_are_named_as_they_were_typed() -> None:
    with pytest.raises(DateError) as caught:
        parse_date("20 ديسمبر/شباط 2025", ZONE)
    assert caught.value.facts == {
        "value": "20 ديسمبر/شباط 2025",
        "first": "ديسمبر",
        "second": "شباط",
    }


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("2026-03-29 02:30", "Europe/Berlin"),
        ("29 مارس 2026 2:30 ص", "Europe/Berlin"),
        ("2022-03-25 00:00", ZONE),
        ("2011-12-30", "Pacific/Apia"),
    ],
    ids=["ISO", "Arabic", "midnight in Damascus", "a day that Samoa left out"],
)
def test_an_hour_that_clocks_skip_is_refused(typed: str, zone: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(typed, zone)
    assert caught.value.code == "date-gap"


@pytest.mark.parametrize(
    ("typed", "zone", "first"),
    [
        ("2022-03-25", ZONE, datetime(2022, 3, 24, 22, 0, tzinfo=UTC)),
        ("25 آذار 2022", ZONE, datetime(2022, 3, 24, 22, 0, tzinfo=UTC)),
        ("1919-03-31", "America/Toronto", datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
    ],
    ids=["ISO", "Arabic", "a gap from 23:30 to 0:30"],
)
def test_a_day_whose_midnight_clocks_skip_begins_with_its_first_moment(
    typed: str, zone: str, first: datetime
) -> None:
    assert parse_date(typed, zone) == first


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert parse_date("2026-10-25 02:30", "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "zone", ["Asia/Nowhere", "", "../../etc/passwd", "a\0b", "Africa", "دمشق", "x" * 100_000]
)
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date("2025-12-20", zone)
    assert caught.value.code == "date-zone"


@pytest.mark.parametrize(
    "huge",
    ["x" * 10_000_000, "٢" * 10_000_000, " " * 10_000_000, "\ufdfa" * 100],
    ids=["x", "digits", "spaces", "ligatures"],
)
def test_a_long_text_costs_nothing(huge: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(huge, ZONE)
    assert caught.value.code == "date-unreadable"
    assert len(caught.value.facts["value"]) <= 100


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30)))  # noqa: DTZ001 - hypothesis wants them so
def test_one_day_in_every_spelling_is_one_moment(day: datetime) -> None:
    arabic = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split()
    wanted = day.replace(second=0, microsecond=0, tzinfo=UTC)
    typed = [
        f"{day:%Y-%m-%dT%H:%M}",
        f"{day.day} {arabic[day.month - 1]} {day.year} {day:%H:%M}",
        f"{day:%Y/%m/%d %H:%M}",
    ]
    indic = [text.translate({48 + n: 0x660 + n for n in range(10)}) for text in typed]
    assert {parse_date(text, "UTC") for text in typed + indic} == {wanted}


WORDS = st.sampled_from(
    "السبت 20 31 ديسمبر كانون الأول 2025 05/01/2024 ١٢ م ص 14:30 / - , EST +03:00 T Z jan am @13@ ( 1e400 nan 0 h30".split()
)


@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=7).map(" ".join)))
def test_any_text_is_a_moment_or_a_reason(text: str) -> None:
    with suppress(DateError):
        moment = parse_date(text, ZONE)
        assert moment.tzinfo is UTC
        assert 1899 <= moment.year <= 2101
