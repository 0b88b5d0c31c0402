"""What YAML gives and models say, against msgspec's own reading of the same model."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content.shapes import Strict, Wrong, fit


class Person(Strict):
    """A mapping within."""

    name: str
    role: str = ""


class Meeting(Strict):
    """Each shape that a value may have."""

    place: str
    note: str = "-"
    topics: list[str] = []
    chair: Person | None = None
    host: str | Person = ""
    guests: list[str | Person] = []
    seats: dict[str, str] = {}


KEYS = [*Meeting.__struct_fields__, "غريب"]
JUNK = st.recursive(
    st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "role", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def as_msgspec_has_it(fields: dict[str, object]) -> dict[str, object]:
    """The same without what `fit` allows besides: a list of one, a key without a value."""
    found = dict(fields)
    for name in ("topics", "guests"):
        if isinstance(found.get(name), (str, dict)):
            found[name] = [found[name]]
    blank = [name for name in ("topics", "guests", "chair", "seats") if fields.get(name) == ""]
    return {name: value for name, value in found.items() if name not in blank}


@given(st.dictionaries(st.sampled_from(KEYS), JUNK))
def test_what_fits_is_what_msgspec_takes(fields: dict[str, object]) -> None:
    found, faults = fit(Meeting, fields)
    try:
        expected = msgspec.convert(as_msgspec_has_it(fields), Meeting)
    except msgspec.ValidationError:
        assert found is None
        assert faults
    else:
        assert found == expected
        assert not faults


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [(Wrong.MISSING, ("place",))]),
        ({"place": ["x"]}, [(Wrong.SHAPE, ("place",))]),
        ({"place": "x", "plce": "y"}, [(Wrong.UNKNOWN, ("plce",))]),
        (
            {"place": "x", "topics": ["a", {"b": "c"}, ["d"]]},
            [
                (Wrong.SHAPE, ("topics", 1)),
                (Wrong.SHAPE, ("topics", 2)),
            ],
        ),
        (
            {"place": "x", "guests": [{"rle": "y"}]},
            [
                (Wrong.MISSING, ("guests", 0, "name")),
                (Wrong.UNKNOWN, ("guests", 0, "rle")),
            ],
        ),
        ({"place": "x", "seats": {"a": ["b"]}}, [(Wrong.SHAPE, ("seats", "a"))]),
        ({"place": "x", "seats": "many"}, [(Wrong.SHAPE, ("seats",))]),
    ],
)
def test_each_fault_is_told_at_its_place(
    fields: dict[str, object], expected: list[tuple[Wrong, tuple[str | int, ...]]]
) -> None:
    found, faults = fit(Meeting, fields)
    assert found is None
    assert [(each.wrong, each.place) for each in faults] == expected
