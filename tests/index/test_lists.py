"""Lists of the index against a plain list of articles, and walked page by page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asked import asked
from factories import NOW, article, fill, moment, slugs, snapshot, states_of
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import snapshot as index_snapshot
from feedservice.index.writer import IndexWriter

LABELS = {"category": ("economy", "field"), "tag": ("أ", "ب", "ج"), "author": ("desk", "ضيف")}
days = st.integers(-3, 1).map(lambda day: NOW + timedelta(days=day))


@st.composite
def archives(draw: st.DrawFn) -> list[Article]:
    """Articles of few dates and few labels, so that they tie and overlap."""

    def some(name: str) -> list[str]:
        return sorted(draw(st.sets(st.sampled_from(LABELS[name]), max_size=2)))

    return [
        article(
            f"a{number}",
            published=draw(days),
            expires=draw(st.none() | st.just(NOW) | st.just(NOW + timedelta(seconds=1))),
            status=draw(st.sampled_from([*[Status.PUBLISHED] * 6, Status.DRAFT, Status.WITHDRAWN])),
            categories=tuple(some("category")),
            tags=some("tag"),
            authors=tuple(Author(slug=slug, name=slug) for slug in some("author")),
        )
        for number in range(draw(st.integers(0, 9)))
    ]


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    chosen = Selection(since=draw(st.none() | days), until=draw(st.none() | days))
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(list(LABELS)))
        picked = draw(st.sets(st.sampled_from(LABELS[name]), min_size=1, max_size=2))
        is_wanted = draw(st.booleans())
        chosen = chosen.narrow(
            Taxonomy(name), picked if is_wanted else (), none_of=() if is_wanted else picked
        )
    return chosen


def belongs(each: Article, chosen: Selection) -> bool:
    """What a selection means, said as plainly as can be."""
    labels = {
        Taxonomy.CATEGORY: set(each.categories),
        Taxonomy.TAG: {tag.slug for tag in each.tags},
        Taxonomy.AUTHOR: {author.slug for author in each.authors},
    }
    return (
        each.is_public(NOW)
        and (chosen.since is None or each.published >= chosen.since)
        and (chosen.until is None or each.published < chosen.until)
        and all(
            not wanted.any_of or labels[wanted.taxonomy] & set(wanted.any_of)
            for wanted in chosen.filters
        )
        and not any(labels[wanted.taxonomy] & set(wanted.none_of) for wanted in chosen.filters)
    )


def pages(index: IndexWriter, chosen: Selection, size: int) -> Iterator[Article]:
    """Walk a list as a reader does."""
    for _ in range(
        20
    ):  # more than there are articles: a page that leads to itself must not be walked for ever
        found = snapshot(index).select(chosen, size)
        if not found:
            return
        yield from found
        chosen = replace(chosen, before=Cursor(published=found[-1].published, slug=found[-1].slug))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(archives(), st.lists(selections(), min_size=1, max_size=6), st.integers(1, 3))
def test_every_list_is_what_a_plain_list_would_be_and_so_are_its_pages(
    new_index: Callable[[], IndexWriter], made: list[Article], asked: list[Selection], size: int
) -> None:
    index = new_index()
    fill(index, *made)
    for chosen in asked:
        wanted = sorted(
            (each for each in made if belongs(each, chosen)),
            key=lambda each: (-each.published.timestamp(), each.slug),
        )
        assert snapshot(index).select(chosen, 100) == tuple(wanted)
        assert slugs(pages(index, chosen, size)) == slugs(wanted)
        assert snapshot(index).count(chosen) == len(wanted)
        dates = [each.published for each in wanted]
        assert snapshot(index).edge(chosen, oldest=True) == min(dates, default=None)
        assert snapshot(index).edge(chosen, oldest=False) == max(dates, default=None)


def test_a_page_is_not_upset_by_what_comes_or_goes_before_it(index: IndexWriter) -> None:
    fill(index, *(article(name, published=moment("2026-01-01")) for name in "abcd"))
    cursor = Cursor(published=moment("2026-01-01"), slug="b")
    fill(index, article("aa", published=moment("2026-01-01")), article("new", published=NOW))
    index.write([], ["field/b.md"], NOW)
    assert slugs(snapshot(index).select(Selection(before=cursor), 9)) == ["c", "d"]


def test_a_limit_bounds_and_a_teaser_has_no_text(index: IndexWriter) -> None:
    fill(index, article("a"), article("b"))
    (found,) = snapshot(index).select(Selection(), 1, teaser=True)
    assert (found.slug, found.html, found.text, found.title) == ("a", "", "", "عنوان a")


def test_since_is_inclusive_and_until_is_not(index: IndexWriter) -> None:
    fill(index, *(article(f"d{day}", published=moment(f"2026-01-0{day}")) for day in (1, 2, 3)))
    within = Selection(since=moment("2026-01-02"), until=moment("2026-01-03"))
    assert slugs(snapshot(index).select(within, 9)) == ["d2"]


def test_labels_are_counted_by_public_articles(index: IndexWriter) -> None:
    fill(
        index,
        article("a", tags=["ماء", "نهر"], authors=(Author(slug="ضيف", name="ضيف"),)),
        article("b", tags=["ماء"], categories=("economy", "field")),
        article("c", tags=["سر"], status=Status.DRAFT),
    )
    assert snapshot(index).labels(Taxonomy.TAG) == [("ماء", "ماء", 2), ("نهر", "نهر", 1)]
    assert snapshot(index).labels(Taxonomy.CATEGORY) == [
        ("economy", "economy", 1),
        ("field", "field", 2),
    ]
    assert snapshot(index).labels(Taxonomy.AUTHOR) == [("ضيف", "ضيف", 1)]
    assert snapshot(index).author("ضيف") == Author(slug="ضيف", name="ضيف")
    assert snapshot(index).author("desk") is None


def test_withdrawn_articles_are_asked_for_by_themselves(index: IndexWriter) -> None:
    fill(
        index,
        article("a"),
        article("gone", status=Status.WITHDRAWN, updated=NOW),
        article("elsewhere", status=Status.WITHDRAWN, updated=NOW, categories=("economy",)),
        article("draft", status=Status.DRAFT),
    )
    field = Selection.of(Taxonomy.CATEGORY, "field")
    assert slugs(snapshot(index).withdrawn(Selection())) == ["elsewhere", "gone"]
    assert slugs(snapshot(index).withdrawn(field)) == ["gone"]


def test_more_articles_than_a_statement_has_room_for_are_written_found_and_removed(
    index: IndexWriter,
) -> None:
    made = [
        article(f"a{number:04d}", tags=["ماء"], aliases=(f"old{number}",)) for number in range(1200)
    ]
    fill(index, *made)
    assert snapshot(index).count(Selection()) == 1200
    assert len(snapshot(index).by_slug([f"old{number}" for number in range(1200)])) == 1200
    assert len(snapshot(index).by_path([each.path for each in made])) == 1200
    index.write([], [each.path for each in made], NOW)
    assert snapshot(index).count(Selection()) == 0
    assert states_of(index) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_related_articles_do_not_depend_on_the_order_of_writing(
    index: IndexWriter, order: int
) -> None:
    made = [
        article(f"n{number}", tags=["ماء"], published=moment("2025-06-01")) for number in range(8)
    ]
    asked = article("asked", tags=["ماء"], published=moment("2026-01-10"))
    for each in [*made, asked][::order]:
        fill(index, each)
    assert slugs(snapshot(index).related([asked], 5)[asked.slug]) == ["n0", "n1", "n2", "n3", "n4"]


def test_the_author_weighs_less_than_a_category_and_that_less_than_a_tag(
    index: IndexWriter,
) -> None:
    guest = (Author(slug="ضيف", name="ضيف"),)
    asked = article("asked", tags=["ماء"], authors=guest, published=moment("2026-01-10"))
    old = {"published": moment("2025-01-01")}
    fill(
        index,
        asked,
        article("author", categories=("economy",), authors=guest, published=moment("2026-01-09")),
        article("category", published=moment("2026-01-08")),
        article("tag", categories=("economy",), tags=["ماء"], **old),
        article("tag-and-author", categories=("economy",), tags=["ماء"], authors=guest, **old),
    )
    assert slugs(snapshot(index).related([asked], 9)[asked.slug]) == [
        "tag-and-author",
        "tag",
        "category",
        "author",
    ]


def test_an_article_of_the_same_moment_is_not_related(index: IndexWriter) -> None:
    one, other = (article(name, tags=["ماء"]) for name in "ab")
    fill(index, one, other)
    assert snapshot(index).related([one, other], 5) == {"a": (), "b": ()}


def test_the_related_articles_of_a_whole_feed_are_those_of_each_of_its_articles(
    index: IndexWriter,
) -> None:
    made = [
        article(
            f"a{number:03d}",
            categories=(("economy", "field")[number % 2],),
            tags=[("ماء", "هواء", "تراب")[number % 3]],
            published=NOW - timedelta(hours=number // 2),
        )
        for number in range(150)
    ]
    fill(index, *made)
    at_once = snapshot(index).related(made, 5)
    assert at_once == {each.slug: snapshot(index).related([each], 5)[each.slug] for each in made}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "selection",
    [
        Selection.of(Taxonomy.CATEGORY, "field"),
        Selection().narrow(Taxonomy.CATEGORY, ["economy", "field"]),
        Selection.of(Taxonomy.CATEGORY, "field").narrow(Taxonomy.TAG, ["ماء"]),
        Selection(q="كلمة"),
        Selection(),
    ],
)
def test_lists_are_walked_by_date_and_labels_looked_up_by_article(
    index: IndexWriter, selection: Selection
) -> None:
    """SQLite's planner knows no numbers; a query that is written in another way can read every
    article."""
    with index.snapshot(NOW) as view:
        with asked(view.connection) as questions:
            view.select(selection, 30)
        # Of several labels it asks before which has fewest articles.
        plan = next(each for each in questions if "LIMIT" in each.text).plan(view.connection)
    by_words = "SCAN search VIRTUAL TABLE INDEX 192:M1<"  # the sign: no further than a row
    assert plan[0].startswith(
        (
            "SEARCH articles USING INDEX articles_by_date",
            "SEARCH labels USING PRIMARY KEY",
            by_words,
        )
    )
    assert not [step for step in plan if "TEMP B-TREE" in step]
    inner = [step for step in plan if "labels_" in step]
    assert all(
        "USING INDEX labels_of" in step or "COVERING INDEX labels_of" in step for step in inner
    ), plan


@pytest.mark.sqlite
@pytest.mark.parametrize("short", [1, 1000])
@pytest.mark.parametrize(
    "selection",
    [
        Selection.of(Taxonomy.CATEGORY, "field"),
        Selection.of(Taxonomy.CATEGORY, "field").narrow(Taxonomy.TAG, ["أ"]),
    ],
    ids=["a list", "a narrowed list"],
)
def test_no_long_list_is_walked_for_what_left_it(
    index: IndexWriter, monkeypatch: pytest.MonkeyPatch, selection: Selection, short: int
) -> None:
    monkeypatch.setattr(index_snapshot, "SHORT", short)
    left = NOW - timedelta(hours=1)
    fill(
        index,
        article("a", published=NOW - timedelta(days=2), tags=("أ",), expires=left),
        article("b", published=NOW - timedelta(days=1), tags=("أ",)),
    )
    with index.snapshot(NOW) as view:
        with asked(view.connection) as questions:
            assert view.left(selection) == left
        plan = questions[-1].plan(view.connection)
    way = "articles USING INDEX articles_by_leaving" if short == 1 else "labels USING PRIMARY KEY"
    assert plan[0].startswith(f"SEARCH {way}")
