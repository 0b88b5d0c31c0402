"""The nearest of many names, without comparing with all."""

import pytest

from feedservice.domain.references import Nearest

NAMES = tuple(f"2025-{month:02d}-{n:02d}-خبر-{n * 37}" for month in range(1, 13) for n in range(99))


@pytest.mark.parametrize("name", NAMES[::117])
def test_a_name_with_a_letter_too_many_or_too_few_is_found(name: str) -> None:
    nearest = Nearest(NAMES)
    assert nearest(name + "x") == name
    assert nearest(name.replace("ب", "")) == name


@pytest.mark.parametrize("name", ["", "x", "xyzxyz"])
def test_where_none_is_near_none_is_named(name: str) -> None:
    assert Nearest(["daraya", "homs"])(name) == ""


def test_without_names_none_is_near() -> None:
    assert Nearest(())("daraya") == ""
