"""Several files that claim one id, slug or alias, as the index decides it while they come and
go."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories import NOW, article, fill, moment, reading, snapshot
from feedservice.domain.identity import Claims, decide
from feedservice.domain.model import Article, Problem
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.writer import IndexWriter


def claiming(
    path: str, slug: str, day: int = 1, *, identity: str = "", aliases: tuple[str, ...] = ()
) -> Article:
    return article(
        slug,
        path=path,
        id=identity or f"id-{path}",
        published=moment(f"2025-01-0{day}"),
        aliases=aliases,
    )


def up(index: IndexWriter) -> set[str]:
    return {each.path for each in snapshot(index).select(Selection(), 100)}


def told(index: IndexWriter) -> dict[str, tuple[str, str, str]]:
    return {
        each.path: (each.code, each.facts["value"], each.facts["other"])
        for each in snapshot(index).problems()
    }


def test_an_alias_loses_against_an_earlier_slug_and_wins_against_a_later_one(
    index: IndexWriter,
) -> None:
    fill(index, claiming("f/slug.md", "s", 2), claiming("f/late.md", "x", 3, aliases=("s",)))
    assert told(index) == {"f/late.md": ("alias-duplicate", "s", "f/slug.md")}
    fill(index, claiming("f/early.md", "y", 1, aliases=("s",)))
    assert told(index) == {
        "f/late.md": ("alias-duplicate", "s", "f/early.md"),
        "f/slug.md": ("slug-duplicate", "s", "f/early.md"),
    }
    assert snapshot(index).by_slug(["s"])["s"].path == "f/early.md"
    assert snapshot(index).article("s") is None


def test_two_files_of_one_id_are_told_of_both(index: IndexWriter) -> None:
    fill(index, claiming("f/b.md", "b", identity="x"), claiming("f/a.md", "a", identity="x"))
    assert up(index) == {"f/a.md"}
    assert told(index) == {"f/b.md": ("id-duplicate", "x", "f/a.md")}


def test_a_loser_comes_back_when_the_winner_changes_its_name(index: IndexWriter) -> None:
    fill(index, claiming("f/a.md", "s", 1), claiming("f/b.md", "s", 2))
    fill(index, claiming("f/a.md", "t", 1))
    assert (up(index), told(index)) == ({"f/a.md", "f/b.md"}, {})


def test_a_loser_that_comes_back_takes_back_what_it_claims_besides(index: IndexWriter) -> None:
    winner, loser = claiming("f/a.md", "s", 1), claiming("f/b.md", "s", 2, aliases=("t",))
    third = claiming("f/c.md", "t", 3)
    fill(index, winner, loser, third)
    assert up(index) == {"f/a.md", "f/c.md"}
    index.write([], ["f/a.md"], NOW)
    assert up(index) == {"f/b.md"}
    fill(index, winner)
    assert up(index) == {"f/a.md", "f/c.md"}


def test_two_that_swap_their_slugs_in_one_write_are_no_conflict(index: IndexWriter) -> None:
    fill(index, claiming("f/a.md", "s"), claiming("f/b.md", "t"))
    fill(index, claiming("f/a.md", "t"), claiming("f/b.md", "s"))
    assert (up(index), told(index)) == ({"f/a.md", "f/b.md"}, {})
    assert snapshot(index).by_slug(["s"])["s"].path == "f/b.md"


def test_a_loser_is_found_by_nobody(index: IndexWriter) -> None:
    fill(index, claiming("f/a.md", "s", 1), claiming("f/b.md", "s", 2, aliases=("mine",)))
    assert snapshot(index).by_slug(["mine"]) == {}
    assert snapshot(index).by_path(["f/b.md"]) == {}
    assert snapshot(index).labels(Taxonomy.CATEGORY) == [("field", "field", 1)]


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_of_claims_is_decided_whole(index: IndexWriter, order: int) -> None:
    chain = [claiming(f"f/{n}.md", f"s{n}", n, aliases=(f"s{n + 1}",)) for n in range(1, 7)]
    for each in chain[::order]:
        fill(index, each)
    assert up(index) == {"f/1.md", "f/3.md", "f/5.md"}


names = st.sampled_from("stu")
claimants = st.builds(
    claiming,
    st.sampled_from(["f/a.md", "f/b.md", "f/c.md", "f/d.md"]),
    names,
    st.integers(1, 3),
    identity=st.sampled_from("xyz"),
    aliases=st.lists(names, max_size=1).map(tuple),
)
writes = st.lists(
    st.tuples(
        st.lists(claimants, max_size=3, unique_by=lambda each: each.path),
        st.sets(st.sampled_from(["f/a.md", "f/b.md", "f/c.md"]), max_size=1),
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(writes)
def test_however_files_come_and_go_the_index_decides_as_if_they_came_at_once(
    new_index: Callable[[], IndexWriter], history: list[tuple[list[Article], set[str]]]
) -> None:
    index = new_index()
    there: dict[str, Article] = {}
    for fresh, removed in history:
        gone = removed - {each.path for each in fresh}
        index.write([reading(each) for each in fresh], gone, NOW)
        there = {path: each for path, each in there.items() if path not in gone} | {
            each.path: each for each in fresh
        }
        lost: dict[str, Problem] = decide(Claims.of(each) for each in there.values())
        assert {problem.path: problem for problem in snapshot(index).problems()} == lost
        assert up(index) == there.keys() - lost.keys()
