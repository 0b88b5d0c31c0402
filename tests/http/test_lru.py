"""What is kept within a budget, and what leaves first."""

from hypothesis import given
from hypothesis import strategies as st

from feedservice.http.lru import SegmentedLRU


def test_what_was_asked_for_again_outlives_a_flood_of_what_was_not() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(100)
    kept.put("main", "m", 30)
    kept.get("main")
    for number in range(1000):
        kept.put(number, "x", 10)
    assert kept.get("main") == "m"
    assert kept.size <= 100


def test_of_what_was_asked_for_once_the_oldest_leaves_first() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(30)
    for name in "abcd":
        kept.put(name, name, 10)
    assert [kept.get(name) for name in "abcd"] == [None, "b", "c", "d"]


def test_of_what_was_asked_for_again_the_least_recently_used_leaves_first() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(50)
    for name in "abcd":
        kept.put(name, name, 10)
        kept.get(name)
    kept.get("a")
    kept.put("e", "e", 10)
    kept.get("e")
    kept.put("f", "f", 10)
    assert [kept.get(name) for name in "ab"] == ["a", None]


def test_a_value_larger_than_half_the_budget_is_not_kept() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(100)
    kept.put("small", "s", 10)
    kept.put("large", "l", 51)
    assert kept.get("large") is None
    assert kept.get("small") == "s"


def test_a_new_value_takes_the_place_of_the_old_one() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(100)
    kept.put("a", "old", 40)
    kept.put("a", "new", 10)
    assert (kept.get("a"), kept.size, len(kept)) == ("new", 10, 1)
    kept.put("a", "too large", 51)
    assert (kept.get("a"), kept.size) == (None, 0)


def test_nothing_is_kept_without_a_budget() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(0)
    kept.put("a", "a", 1)
    assert (kept.get("a"), kept.size) == (None, 0)


def test_what_grows_is_weighed_again() -> None:
    kept: SegmentedLRU[str] = SegmentedLRU(100)
    kept.put("a", "a", 40)
    kept.put("b", "b", 40)
    kept.weigh("b", 70)
    assert (kept.get("a"), kept.get("b"), kept.size) == (None, "b", 70)
    kept.weigh("nobody", 5)
    assert kept.size == 70


steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "get", "weigh", "drop"]), st.integers(0, 8), st.integers(0, 60)
    ),
    max_size=60,
)


@given(steps)
def test_the_size_is_that_of_what_is_kept_and_stays_within_the_budget(
    given_: list[tuple[str, int, int]],
) -> None:
    kept: SegmentedLRU[int] = SegmentedLRU(100)
    sizes: dict[int, int] = {}
    for step, key, size in given_:
        if step == "put":
            kept.put(key, key, size)
            sizes[key] = size
        elif step == "weigh":
            kept.weigh(key, size)
            sizes[key] = size
        elif step == "drop":
            kept.drop(key)
        else:
            assert kept.get(key) in (key, None)
        assert kept.size <= 100
    assert kept.size == sum(sizes[key] for key in range(9) if kept.get(key) is not None)


def test_of_what_is_asked_for_in_turn_all_but_what_has_no_room_stays() -> None:
    kept: SegmentedLRU[int] = SegmentedLRU(100)
    missed = [sum(_ask(kept, key) for key in range(12)) for _ in range(4)]
    assert missed == [12, 2, 2, 2]


def test_what_is_asked_for_no_more_leaves_to_what_is() -> None:
    kept: SegmentedLRU[int] = SegmentedLRU(100)
    for key in [*range(9), *range(9)]:
        _ask(kept, key)
    for key in range(10, 19):
        for _ in range(9):
            _ask(kept, key)
    assert sum(kept.peek(key) is not None for key in range(10, 19)) >= 8


def test_a_look_is_no_asking() -> None:
    kept: SegmentedLRU[int] = SegmentedLRU(30)
    _put(kept, 1)
    assert kept.peek(1) == 1
    for key in range(2, 5):
        _put(kept, key)
    assert kept.peek(1) is None


def _ask(kept: SegmentedLRU[int], key: int) -> bool:
    """Have it kept; return whether it was not."""
    is_missed = kept.get(key) is None
    if is_missed:
        _put(kept, key)
    return is_missed


def _put(kept: SegmentedLRU[int], key: int) -> None:
    kept.put(key, key, 10)
