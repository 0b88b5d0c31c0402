"""Articles that are called otherwise now: where readers knew them leads to them still."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories import NOW, FixedClock, article, fill, moment, reading, site, snapshot
from feedservice.domain.errors import Gone, Moved, NotFound
from feedservice.domain.headline import Status
from feedservice.domain.model import Article
from feedservice.index import tables
from feedservice.index.engine import write_transaction
from feedservice.index.rows import put_meta
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher


def called(slug: str, identity: str = "x", **overrides: Any) -> Article:
    path = overrides.pop("path", f"field/{slug}.md")
    return article(slug, path=path, id=identity, **overrides)


def rename(index: IndexWriter, old: Article, new: Article) -> None:
    index.write([reading(new)], [old.path], NOW)


def answer(index: IndexWriter, slug: str) -> str:
    """What readers get at a slug: the article's own, where it leads, or why they get nothing."""
    try:
        return Publisher(index, FixedClock()).article(slug).card.path.removeprefix("/articles/")
    except Moved as moved:
        return f"→ {moved.location}"
    except Gone:
        return "gone"
    except NotFound:
        return "no"


def told(index: IndexWriter) -> dict[str, str]:
    """The line that each file lacks."""
    found = snapshot(index).problems()
    return {each.path: each.facts["paste"] for each in found if each.code == "slug-changed"}


def test_a_renamed_article_answers_where_readers_knew_it_and_its_file_is_told(
    index: IndexWriter,
) -> None:
    fill(index, called("old"))
    rename(index, called("old"), called("new"))
    assert (answer(index, "old"), answer(index, "new")) == ("→ /articles/new", "new")
    assert told(index) == {"field/new.md": "aliases: [old]"}
    fill(index, called("new", aliases=("old",)))
    assert (answer(index, "old"), told(index)) == ("→ /articles/new", {})


def test_so_does_one_whose_slug_was_edited_again_and_again(index: IndexWriter) -> None:
    for slug in ("one", "two", "three", "one"):
        fill(index, called(slug, path="field/a.md", aliases=("zero",)))
    assert {slug: answer(index, slug) for slug in ("one", "two", "three")} == {
        "one": "one",
        "two": "→ /articles/one",
        "three": "→ /articles/one",
    }
    assert told(index) == {"field/a.md": "aliases: [zero, three, two]"}


@pytest.mark.parametrize("claim", [{"slug": "old"}, {"slug": "z", "aliases": ("old",)}])
def test_who_publishes_something_else_there_has_it(
    index: IndexWriter, claim: dict[str, Any]
) -> None:
    fill(index, called("old"))
    rename(index, called("old"), called("new"))
    other = replace(called("other", "y"), **claim)
    draft = replace(other, status=Status.DRAFT)
    fill(index, draft)
    assert (answer(index, "old"), told(index)) == ("→ /articles/new", {}), "readers see no draft"
    fill(index, other)
    assert answer(index, "old") in ("old", "→ /articles/z")
    assert told(index) == {}
    index.write([], [other.path], NOW)
    assert (answer(index, "old"), told(index)) == ("no", {}), "it was another article's since"


def test_one_that_comes_by_time_has_it_from_then_on(index: IndexWriter) -> None:
    fill(index, called("old"))
    rename(index, called("old"), called("new"))
    later = NOW + timedelta(days=1)
    fill(index, replace(called("old", "y"), published=later, path="field/later.md"))
    assert answer(index, "old") == "→ /articles/new"
    clock = FixedClock()
    clock.now = later
    assert Publisher(index, clock).article("old").card.path == "/articles/old"


def test_what_is_removed_answers_nowhere_and_everywhere_when_it_comes_back(
    index: IndexWriter,
) -> None:
    fill(index, called("old"))
    rename(index, called("old"), called("new"))
    index.write([], ["field/new.md"], NOW)
    assert (answer(index, "old"), answer(index, "new"), told(index)) == ("no", "no", {})
    fill(index, called("third"))
    assert (answer(index, "old"), answer(index, "new")) == ("→ /articles/third",) * 2


HIDDEN: dict[str, dict[str, Any]] = {
    "draft": {"status": Status.DRAFT},
    "to come": {"published": NOW + timedelta(days=1)},
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_where_nobody_knew_it_nothing_answers(index: IndexWriter, hidden: dict[str, Any]) -> None:
    fill(index, replace(called("old"), **hidden))
    rename(index, called("old"), called("new"))
    assert (answer(index, "old"), told(index)) == ("no", {})


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_when_it_is_renamed_answers_once_it_is_public_again(
    index: IndexWriter, hidden: dict[str, Any]
) -> None:
    fill(index, called("old"))
    fill(index, replace(called("old"), **hidden))
    assert (answer(index, "old"), told(index)) == ("no", {})
    rename(index, called("old"), replace(called("new"), **hidden))
    assert (answer(index, "old"), told(index)) == ("no", {})
    fill(index, called("new"))
    assert answer(index, "old") == "→ /articles/new"


def test_what_is_withdrawn_says_so_where_it_is_and_leads_nobody_there(
    index: IndexWriter, caplog: pytest.LogCaptureFixture
) -> None:
    fill(index, called("old"))
    rename(index, called("old"), called("new"))
    withdrawn = {"status": Status.WITHDRAWN, "updated": moment("2026-01-02")}
    fill(index, replace(called("new"), **withdrawn))
    assert (answer(index, "new"), answer(index, "old"), told(index)) == ("gone", "no", {})
    assert "as /articles/new" not in caplog.text, "it is called so still"


def test_a_copy_is_no_rename_and_what_is_left_of_the_two_is_one(index: IndexWriter) -> None:
    fill(index, called("old"))
    fill(index, called("copy"))
    assert (answer(index, "old"), answer(index, "copy"), told(index)) == ("old", "no", {})
    index.write([], ["field/copy.md"], NOW)
    assert (answer(index, "copy"), told(index)) == ("no", {})
    fill(index, called("copy"))
    index.write([], ["field/old.md"], NOW)
    assert (answer(index, "old"), answer(index, "copy")) == ("→ /articles/copy", "copy")


@pytest.mark.parametrize("is_at_once", [True, False])
def test_two_that_swap_their_names_are_both_where_they_say(
    index: IndexWriter, is_at_once: bool
) -> None:
    fill(index, called("a", "1"), called("b", "2"))
    swapped = [called("b", "1"), called("a", "2")]
    if is_at_once:
        fill(index, *swapped)
    else:
        index.write([], ["field/a.md"], NOW)
        rename(index, called("b", "2"), swapped[1])
        fill(index, swapped[0])
    assert (answer(index, "a"), answer(index, "b"), told(index)) == ("a", "b", {})


def test_what_stays_what_it_is_called_is_told_of_nothing(index: IndexWriter) -> None:
    fill(index, called("a"))
    rename(index, called("a"), called("a", path="economy/a.md"))
    index.write([], ["economy/a.md"], NOW)  # some editors save so
    fill(index, called("a", path="economy/a.md", html="<p>نص آخر</p>"))
    assert (answer(index, "a"), told(index)) == ("a", {})


def test_an_index_that_is_filled_anew_remembers(index: IndexWriter) -> None:
    fill(index, called("old"))
    rename(index, called("old"), called("new"))
    with write_transaction(index._engine) as connection:
        put_meta(connection, "schema", "1")
    assert tables.make(index._engine)
    index.put_site(site(), (), NOW)
    fill(index, called("new"))
    index.mark_filled()
    assert answer(index, "old") == "→ /articles/new"
    assert told(index) == {"field/new.md": "aliases: [old]"}


names = st.sampled_from("abc")
writes = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from("12"),
            names,
            st.sets(names, max_size=1),
            st.sampled_from(["public", "draft", "removed"]),
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda each: each[0],
    ),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(writes)
def test_whatever_two_articles_go_through_a_name_leads_to_who_had_it_last(
    new_index: Callable[[], IndexWriter], history: list[list[tuple[str, str, set[str], str]]]
) -> None:
    index = new_index()
    index.put_site(site(), (), NOW)
    index.mark_filled()
    had: dict[str, str] = {}
    states: dict[str, str] = {}
    for write in history:
        removed = [f"field/{who}.md" for who, _, _, what in write if what == "removed"]
        fresh = [
            called(
                name,
                who,
                path=f"field/{who}.md",
                aliases=tuple(aliases - {name}),
                status=Status.DRAFT if what == "draft" else Status.PUBLISHED,
            )
            for who, name, aliases, what in write
            if what != "removed"
        ]
        index.write([reading(each) for each in fresh], removed, NOW)
        with index.snapshot(NOW) as view:
            public = {
                each.slug: each for each in view.by_path(["field/1.md", "field/2.md"]).values()
            }
            public = {slug: each for slug, each in public.items() if each.is_public(NOW)}
        aliased = {alias: each.slug for each in public.values() for alias in each.aliases}
        had = {name: who for name, who in had.items() if name not in aliased}
        had |= {slug: each.id for slug, each in public.items()}
        states = {each.id: slug for slug, each in public.items()}
        for name in "abc":
            leads = aliased.get(name) or states.get(had.get(name, ""))
            expected = name if name in public else f"→ /articles/{leads}" if leads else "no"
            assert answer(index, name) == expected
