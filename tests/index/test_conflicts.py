"""Several files that claim one id, slug or alias, as the index decides it while they come and
go."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories import NOW, article, fill, moment, reading, site, snapshot
from feedservice.domain.headline import Status
from feedservice.domain.identity import Claims, decide
from feedservice.domain.model import Article, Problem
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.engine import write_transaction
from feedservice.index.rows import put_meta
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


@pytest.mark.parametrize("day", [1, 3])
def test_no_alias_takes_the_slug_of_what_is_published(index: IndexWriter, day: int) -> None:
    fill(index, claiming("f/slug.md", "s", 2))
    fill(index, claiming("f/new.md", "x", day, aliases=("s",)))
    assert told(index) == {"f/new.md": ("alias-duplicate", "s", "f/slug.md")}
    assert snapshot(index).by_slug(["s"])["s"].path == "f/slug.md"


COPIES: dict[str, dict[str, Any]] = {
    "a copy": {},
    "a draft": {"status": Status.DRAFT},
    "an older one": {"published": moment("2024-05-01")},
    "an expired one": {"published": moment("2024-05-01"), "expires": moment("2024-06-01")},
    "a withdrawn one": {
        "status": Status.WITHDRAWN,
        "published": moment("2024-05-01"),
        "updated": moment("2024-06-01"),
    },
    "an embargoed one": {"published": NOW + timedelta(days=1)},
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize("path", ["f/a - Copy.md", "a/a.md", "f/s (1).md"])
def test_nothing_takes_an_article_off_line(
    index: IndexWriter, copy: dict[str, Any], path: str
) -> None:
    fill(index, claiming("f/s.md", "s", identity="x"))
    fill(index, replace(claiming(path, "s", identity="x"), **copy))
    assert up(index) == {"f/s.md"}
    assert told(index) == {path: ("id-duplicate", "x", "f/s.md")}
    index.write([], ["f/s.md"], NOW)
    assert told(index) == {}, "who is left takes over"


def test_an_edit_of_the_holder_keeps_what_it_holds(index: IndexWriter) -> None:
    fill(index, claiming("f/s.md", "s", 2), claiming("f/t.md", "t", 1))
    fill(index, claiming("f/s.md", "s", 3), claiming("f/u.md", "s", 1))
    assert up(index) == {"f/s.md", "f/t.md"}


def test_a_file_that_was_moved_is_no_newcomer(index: IndexWriter) -> None:
    fill(index, claiming("f/s.md", "s", identity="x"))
    index.write([reading(claiming("g/s.md", "s", identity="x"))], ["f/s.md"], NOW)
    assert (up(index), told(index)) == ({"g/s.md"}, {})


def test_an_index_that_is_filled_anew_remembers_who_holds_what_several_claim(
    index: IndexWriter,
) -> None:
    holder, older = claiming("f/z.md", "s", 2), claiming("f/a.md", "s", 1)
    fill(index, holder)
    fill(index, older)
    assert up(index) == {"f/z.md"}
    with write_transaction(index._engine) as connection:
        put_meta(connection, "schema", "1")
    index.prepare()
    index.put_site(site(), (), NOW)
    index.write([reading(older)], (), NOW)
    index.write([reading(holder)], (), NOW)
    index.mark_filled()
    assert up(index) == {"f/z.md"}


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
    assert up(index) == {"f/c.md"}, "the other name of the second is the third's by now"
    index.write([], ["f/c.md"], NOW)
    assert up(index) == {"f/b.md"}
    fill(index, winner)
    assert up(index) == {"f/b.md"}


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


@pytest.mark.parametrize(("order", "kept"), [(1, "135"), (-1, "246")])
def test_a_chain_of_claims_is_decided_whole(index: IndexWriter, order: int, kept: str) -> None:
    chain = [claiming(f"f/{n}.md", f"s{n}", n, aliases=(f"s{n + 1}",)) for n in range(1, 7)]
    for each in chain[::order]:
        fill(index, each)
    assert up(index) == {f"f/{n}.md" for n in kept}


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
def test_while_an_index_is_filled_it_decides_as_if_all_files_came_at_once(
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
        lost: dict[str, Problem] = decide(Claims.of(each, NOW) for each in there.values())
        assert {problem.path: problem for problem in snapshot(index).problems()} == lost
        assert up(index) == there.keys() - lost.keys()
