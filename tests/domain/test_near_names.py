"""The name that was meant, where one plausibly was; of many, without comparing with all."""

import pytest

from feedservice.domain.near_names import Nearest, nearest_name

NAMES = tuple(f"2025-{month:02d}-{n:02d}-خبر-{n * 37}" for month in range(1, 13) for n in range(99))


@pytest.mark.parametrize("name", NAMES[::117])
def test_a_name_with_a_letter_too_many_or_too_few_is_found(name: str) -> None:
    nearest = Nearest(NAMES)
    assert nearest(name + "x") == name
    assert nearest(name.replace("ب", "")) == name


@pytest.mark.parametrize("name", ["", "x", "xyzxyz", "-", "/", "./.."])
def test_where_none_is_near_none_is_named(name: str) -> None:
    assert Nearest(["daraya", "homs"])(name) == ""


def test_without_names_none_is_near() -> None:
    assert Nearest(())("daraya") == ""


def test_a_name_is_not_its_own_misspelling() -> None:
    nearest = Nearest(["rain-1", "rain"])
    assert nearest("rain-2") == "rain"
    assert nearest("rain-2", but={"rain"}) == ""


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("العلووم", "العلوم"),
        ("المكتبه الوطنيّة", "المكتبة الوطنية"),
        ("زراعه", "الزراعة"),
        ("المكتبةالوطنية", "المكتبة الوطنية"),
        ("الوطنية", "المكتبة الوطنية"),
        ("rain-in-homs", "2025-12-21-rain-in-homs"),
        ("2025-12-20-rain", "2025-12-21-rain"),
        ("٢٠٢٥-١٢-٢١-مطر", "2025-12-21-مطر"),
        ("field/مطر.md", "economy/مطر.md"),
        ("media/نهر الفرات.jpg", "media/2025/نهر-الفرات.png"),
        ("Europe/Damascus", "Asia/Damascus"),
    ],
)
def test_a_misspelling_is_near(typed: str, known: str) -> None:
    for names in ([known], ["غيرها", known, "other"]):
        assert nearest_name(typed, names) == known
        assert Nearest(names)(typed) == known


def test_two_letters_may_stand_in_each_others_place() -> None:
    assert [nearest_name(name, ["src", "rain"]) for name in ("scr", "rian")] == ["src", "rain"]


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("رياضة", "سياسة"),
        ("رياضة", "رأي"),
        ("رياضة", "شؤون عامة"),
        ("sport", "report"),
        ("سعاد منصور", "سعاد مراد"),
        ("s.amer", "s.omar"),
        ("2025-12-21-rain", "2025-12-21-wind"),
        ("2025-12-21-مطر", "2025-12-21-ثلج"),
        ("media/wind.jpg", "media/logo.jpg"),
        ("media/IMG_0231.jpg", "media/IMG_1764.jpg"),
    ],
)
def test_another_name_is_not_near(typed: str, known: str) -> None:
    assert nearest_name(typed, [known]) == Nearest([known])(typed) == ""


def test_of_a_file_the_one_of_the_same_suffix_goes_first() -> None:
    assert nearest_name("media/نهرر.jpg", ["media/نهر.png", "media/نهر.jpg"]) == "media/نهر.jpg"
