"""Which lists a change touches, and when each last changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import NOW, article, broken, fill, moment, site, snapshot
from feedservice.domain.headline import SAID, Status
from feedservice.domain.model import Article, Author, Correction, Media, Related
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import ALL_LISTS, SITE, changed_lists, seen_elsewhere, shown
from feedservice.index.writer import IndexWriter

ALL = Selection()
FIELD = ("category", "field")


def of(kind: str, slug: str) -> Selection:
    return ALL.narrow(Taxonomy(kind), [slug])


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_new_newest_article_moves_its_own_lists_and_no_other(index: IndexWriter) -> None:
    lists = [ALL, of("category", "field"), of("tag", "ماء"), of("author", "ضيف"), Selection(q="نص")]
    others = [of("category", "economy"), of("tag", "نهر")]
    fill(index, article("old", categories=("economy",), tags=["نهر"]))
    before = [snapshot(index).last_modified(each) for each in [*lists, *others]]
    fill(
        index,
        article("new", published=NOW, tags=["ماء"], authors=(Author(slug="ضيف", name="ضيف"),)),
        now=later(60),
    )
    after = [snapshot(index, later(60)).last_modified(each) for each in [*lists, *others]]
    moved = [late > early for early, late in zip(before, after, strict=True)]
    assert moved == [True] * len(lists) + [False] * len(others)


def test_searches_and_combinations_move_with_the_site(index: IndexWriter) -> None:
    narrowed = [
        Selection(q="ماء"),
        of("category", "economy").narrow(Taxonomy.TAG, ["ماء"]),
        ALL.narrow(Taxonomy.CATEGORY, ["economy", "heritage"]),
        ALL.narrow(Taxonomy.CATEGORY, none_of=["economy"]),
    ]
    fill(index, article("a"))
    for each in narrowed:
        assert snapshot(index).last_modified(each) == snapshot(index).last_modified(ALL)


def test_a_changed_site_moves_every_list_even_one_that_nothing_stood_in(index: IndexWriter) -> None:
    before = snapshot(index).last_modified(of("tag", "لا-شيء"))
    index.put_site(site(title="صحيفة أخرى"), (), later(60))
    assert snapshot(index, later(60)).last_modified(of("tag", "لا-شيء")) > before


@pytest.mark.parametrize("fraction", [0, 1, 999_999])
def test_no_stamp_is_earlier_than_its_change(index: IndexWriter, fraction: int) -> None:
    now = later(60) + timedelta(microseconds=fraction)
    fill(index, article("a"), now=now)
    assert now <= snapshot(index, now).last_modified(ALL) < now + timedelta(seconds=1)


def test_a_clock_that_goes_back_takes_no_stamp_back(index: IndexWriter) -> None:
    fill(index, article("a"), now=later(3600))
    first = snapshot(index, later(3600)).last_modified(ALL)
    fill(index, article("a", title="آخر"), now=NOW)
    assert snapshot(index, later(3600)).last_modified(ALL) > first


@pytest.mark.parametrize(
    "hidden",
    [{"status": Status.DRAFT}, {"published": later(3600)}],
    ids=["a draft", "an embargoed one"],
)
def test_what_nobody_is_shown_touches_no_list(
    index: IndexWriter, hidden: dict[str, object]
) -> None:
    fill(index, article("a"))
    before = snapshot(index).last_modified(ALL)
    assert fill(index, article("b", **hidden), now=later(60)) == frozenset()
    assert fill(index, article("b", title="آخر", **hidden), now=later(60)) == frozenset()
    assert index.write([], ["field/b.md"], later(60)) == frozenset()
    assert snapshot(index, later(60)).last_modified(ALL) == before


def test_an_embargo_that_is_moved_is_news_to_who_keeps_documents(index: IndexWriter) -> None:
    fill(index, article("b", published=later(3600)))
    revision = index.revision()
    fill(index, article("b", published=later(60)))
    assert index.revision() > revision
    assert snapshot(index).next_moment() == later(60)


def test_drafts_and_embargoed_articles_do_not_make_a_new_article_an_old_one(
    index: IndexWriter,
) -> None:
    fill(
        index,
        article("draft", status=Status.DRAFT, published=NOW),
        article("later", published=later(3600)),
    )
    touched = fill(index, article("new", published=moment("2026-01-14")))
    assert touched == {SITE, FIELD}


def test_a_draft_that_is_published_as_the_newest_touches_its_own_lists(index: IndexWriter) -> None:
    fill(
        index,
        article("a", categories=("economy",)),
        article("b", status=Status.DRAFT, published=NOW),
    )
    assert fill(index, article("b", published=NOW)) == {SITE, FIELD}


def test_a_draft_that_an_older_article_names_touches_its_lists_when_it_is_published(
    index: IndexWriter,
) -> None:
    fill(
        index,
        article("a", related=(Related(slug="b"),), categories=("economy",)),
        article("b", status=Status.DRAFT, published=NOW),
    )
    before = snapshot(index).last_modified(of("category", "economy"))
    assert fill(index, article("b", published=NOW), now=later(60)) == {SITE, FIELD}
    assert snapshot(index, later(99)).last_modified(of("category", "economy")) > before


def test_a_label_that_is_spelt_in_another_way_touches_every_list(index: IndexWriter) -> None:
    first = article("a", tags=["Ökologie"], published=moment("2025-01-01"))
    fill(index, first, article("b", tags=["ökologie"], categories=("economy",)))
    assert ALL_LISTS not in fill(index, replace(first, title="آخر"), now=later(60))
    assert ALL_LISTS in fill(index, replace(first, tags=()), now=later(120))


def test_both_the_lists_that_are_left_and_those_that_are_entered_are_touched(
    index: IndexWriter,
) -> None:
    fill(index, article("a", tags=["ماء"]))
    assert {FIELD, ("tag", "ماء"), ("category", "economy"), ("tag", "نهر")} <= fill(
        index, article("a", categories=("economy",), tags=["نهر"])
    )


def test_a_removal_touches_its_lists(index: IndexWriter) -> None:
    fill(index, article("a"))
    assert index.write([], ["field/a.md"], NOW) == {SITE, FIELD}


def test_a_loser_that_comes_in_moves_every_list(index: IndexWriter) -> None:
    fill(index, article("a", published=moment("2025-01-01")))
    fill(index, article("a", path="economy/a.md", categories=("economy",)))
    before = snapshot(index).last_modified(of("category", "economy"))
    assert ALL_LISTS in index.write([], ["field/a.md"], later(60))
    assert snapshot(index, later(60)).last_modified(of("category", "economy")) > before


def test_broken_and_equal_readings_change_nothing(index: IndexWriter) -> None:
    fill(index, article("a"))
    revision, stamp = index.revision(), snapshot(index).last_modified(ALL)
    assert fill(index, article("a"), now=later(60)) == frozenset()
    assert (
        index.write([broken("field/a.md"), broken("field/new.md")], ["field/none.md"], later(60))
        == frozenset()
    )
    assert (index.revision(), snapshot(index, later(60)).last_modified(ALL)) == (revision, stamp)


def test_a_first_filling_is_one_change_to_everything(new_index: Callable[[], IndexWriter]) -> None:
    empty = new_index()
    empty.put_site(site(), (), NOW)
    assert fill(empty, article("a"), article("b")) == {SITE, ALL_LISTS}


def test_scheduled_moments_move_every_list_only_once_they_have_passed(index: IndexWriter) -> None:
    fill(index, article("later", published=later(60)), article("ends", expires=later(120)))
    for chosen in (ALL, of("category", "field"), of("category", "economy"), Selection(q="نص")):
        seen = [
            snapshot(index, later(seconds)).last_modified(chosen)
            for seconds in (59, 60, 119, 120, 9999)
        ]
        assert seen[0] < later(59)
        assert seen[1:] == [later(60), later(60), later(120), later(120)]


def test_the_next_moment_is_told_by_what_will_be_seen_alone(index: IndexWriter) -> None:
    fill(
        index,
        article("draft", status=Status.DRAFT, published=later(1)),
        article("gone", status=Status.WITHDRAWN, updated=NOW, expires=later(2)),
        article("winner", published=moment("2020-01-01")),
        article("winner", path="field/loser.md", published=later(3)),
    )
    assert snapshot(index).next_moment() is None
    fill(index, article("later", published=later(30), expires=later(40)))
    assert snapshot(index).next_moment() == later(30)
    assert snapshot(index, later(30)).next_moment() == later(40)
    assert snapshot(index, later(40)).next_moment() is None


articles = st.builds(
    article,
    st.just("a"),
    title=st.sampled_from("أب"),
    status=st.sampled_from(SAID),
    published=st.sampled_from([NOW - timedelta(days=1), NOW, NOW + timedelta(seconds=1)]),
    categories=st.sampled_from([("field",), ("economy", "field")]),
    tags=st.sampled_from([[], ["ماء"]]),
    html=st.sampled_from(["<p>أ</p>", "<p>ب</p>"]),
    related=st.sampled_from([(), (Related(slug="b"),)]),
    media=st.sampled_from([(), (Media(src="media/a.mp3"),)]),
    corrections=st.sampled_from([(), (Correction(date=NOW, note="صُحّح"),)]),
)


@given(articles, articles)
def test_a_page_is_in_no_list_and_named_by_every_page(old: Article, new: Article) -> None:
    page = replace(new, status=Status.PAGE)
    assert changed_lists(page, replace(page, title="ج")) == {ALL_LISTS}
    assert changed_lists(None, page) == changed_lists(page, None) == {ALL_LISTS}
    before = shown(old, NOW)
    assert changed_lists(before, page) == {ALL_LISTS} | changed_lists(before, None)


@given(articles, articles)
def test_whatever_is_shown_before_or_after_has_its_lists_touched(
    old: Article, new: Article
) -> None:
    seen = [each for each in (shown(old, NOW), shown(new, NOW)) if each]
    lists = changed_lists(shown(old, NOW), shown(new, NOW))
    assert {("category", slug) for each in seen for slug in each.categories} <= lists
    assert {("tag", tag.slug) for each in seen for tag in each.tags} <= lists
    assert (SITE in lists) == bool(seen)
    if old.is_public(NOW) != new.is_public(NOW):
        assert seen_elsewhere(shown(old, NOW), shown(new, NOW)) == seen
