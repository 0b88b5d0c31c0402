"""Ids of entries: each its own, and in both readings the same."""

from hypothesis import given
from hypothesis import strategies as st

from factories import site
from feedservice.importing.entry_ids import EntryIds
from feedservice.importing.foreign_entry import ForeignEntry

ADDRESSES = ("https://o.example/a", "https://o.example/b", "/x", "")
IDS = ("k", "k#2", "k#2#2", "pages/a", *ADDRESSES)
ENTRIES = st.builds(
    ForeignEntry,
    place=st.just("-"),
    id=st.sampled_from(IDS),
    url=st.sampled_from(ADDRESSES),
    is_page=st.booleans(),
)


def id_of(entry: ForeignEntry, ids: EntryIds) -> str:
    return ids.of_page("a") if entry.is_page else ids.of(entry)


@given(st.lists(ENTRIES, max_size=9), st.sets(st.sampled_from(ADDRESSES[:2])))
def test_each_entry_has_an_id_of_its_own_and_the_same_when_it_is_read_again(
    entries: list[ForeignEntry], before: set[str]
) -> None:
    ids = EntryIds(site(), before)
    first = [id_of(entry, ids) for entry in entries]
    ids.begin_again()
    assert [id_of(entry, ids) for entry in entries] == first
    assert len(first) == len(set(first))


def test_many_that_share_an_id_cost_no_more_than_each_by_itself() -> None:
    ids = EntryIds(site(), ())
    many = [f"k#{n}" for n in range(2, 20_000)] + ["k"] * 20_000
    assert len({ids.of(ForeignEntry(place="-", id=each)) for each in many}) == len(many)
