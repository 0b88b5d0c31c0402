"""Labels that are spelt in several ways are one, by the spelling of who was published first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from factories import NOW, article, fill, moment, site, slugs, snapshot
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.snapshot import Snapshot
from feedservice.index.writer import IndexWriter

TAG, AUTHOR = Taxonomy.TAG, Taxonomy.AUTHOR


def day(number: int) -> dict[str, object]:
    return {"published": moment(f"2026-01-{number:02}")}


def tagged(view: Snapshot, tag: str) -> list[str]:
    return slugs(view.select(Selection.of(TAG, tag), 10))


FIRST = article("a", **day(1), tags=("أحمد", "C"))
SECOND = article("b", **day(2), tags=("احمد", "C++"))
THIRD = article("c", **day(3), tags=("أحـمد", "C#"))


@pytest.mark.parametrize("order", [(FIRST, SECOND, THIRD), (THIRD, SECOND, FIRST)])
def test_one_list_holds_all_spellings_and_is_called_by_the_first(
    index: IndexWriter, order: tuple[Article, ...]
) -> None:
    for each in order:
        fill(index, each)
    view = snapshot(index)
    for spelling in ("أحمد", "احمد", "أحـمد"):
        assert tagged(view, spelling) == ["c", "b", "a"]
        assert view.slugs([(TAG, spelling)]) == {(TAG, spelling): "أحمد"}
        assert view.tag_label(spelling) == "أحمد"
    for read in (*view.select(Selection(), 10), *view.by_slug("abc").values(), view.article("b")):
        assert read
        assert read.tags[0].label == read.tags[0].slug == "أحمد"
    assert view.labels(TAG) == [
        ("c", "C", 1), ("c-plus-plus", "C++", 1), ("c-sharp", "C#", 1), ("أحمد", "أحمد", 3),
    ]  # fmt: skip
    for tag, name in (("c", "a"), ("c-plus-plus", "b"), ("c-sharp", "c")):
        assert tagged(view, tag) == [name]


def test_conditions_and_relations_take_spellings_for_one(index: IndexWriter) -> None:
    fill(index, FIRST, SECOND, article("other", **day(2)))
    view = snapshot(index)
    wanted = Selection().narrow(TAG, ["احمد", "x"])
    unwanted = Selection().narrow(TAG, none_of=["أحـمد"])
    both = Selection().narrow(TAG, ["احمد"], ["أحمد", "x"], ["c-plus-plus"])
    assert slugs(view.select(wanted, 10)) == ["b", "a"]
    assert slugs(view.select(unwanted, 10)) == ["other"]
    assert slugs(view.select(both, 10)) == ["b"]
    assert slugs(view.related([SECOND], 1)["b"]) == ["a"]


@pytest.mark.parametrize(
    "left", [{"status": Status.WITHDRAWN, "updated": NOW}, {"expires": moment("2026-01-05")}]
)
def test_a_withdrawal_or_an_expiry_of_the_first_renames_nothing(
    index: IndexWriter, left: dict[str, object]
) -> None:
    fill(index, FIRST, SECOND)
    fill(index, replace(FIRST, **left))  # type: ignore[arg-type]
    view = snapshot(index)
    assert tagged(view, "أحمد") == ["b"]
    assert view.slugs([(TAG, "احمد")]) == {(TAG, "احمد"): "أحمد"}


def test_what_nobody_saw_names_nothing(index: IndexWriter) -> None:
    draft = replace(FIRST, status=Status.DRAFT)
    ahead = article("d", published=NOW + timedelta(days=1), tags=("آحمد",))
    fill(index, draft, ahead, SECOND)
    assert snapshot(index).tag_label("أحمد") == "احمد"
    assert snapshot(index, NOW + timedelta(days=2)).tag_label("أحمد") == "احمد"


def test_the_first_who_leaves_leaves_the_name_to_the_next(index: IndexWriter) -> None:
    fill(index, FIRST, SECOND)
    index.write([], [FIRST.path], NOW)
    assert snapshot(index).slugs([(TAG, "أحمد")]) == {(TAG, "أحمد"): "احمد"}


def test_a_guest_is_one_however_a_byline_spells_the_name(index: IndexWriter) -> None:
    names = ("أسماء الأحمد", "اسماء الاحمد")
    made = [
        article(f"g{n}", **day(n + 1), authors=(Author(slug=name.replace(" ", "-"), name=name),))
        for n, name in enumerate(names)
    ]
    fill(index, *made)
    view = snapshot(index)
    guest = Author(slug="أسماء-الأحمد", name="أسماء الأحمد")
    assert view.author("اسماء-الاحمد") == guest
    assert [each.authors for each in view.select(Selection(), 10)] == [(guest,), (guest,)]
    assert view.labels(AUTHOR) == [("أسماء-الأحمد", "أسماء الأحمد", 2)]
    assert view.slugs([(AUTHOR, "nobody")]) == {}


def test_an_author_of_the_site_is_called_what_the_site_says(index: IndexWriter) -> None:
    salma = Author(slug="سلمى", name="سلمى الحلبي", email="s@news.example")
    index.put_site(site(authors=(salma,)), (), NOW)
    index.mark_filled()
    fill(index, article("a", authors=(salma,)))
    view = snapshot(index)
    assert view.labels(AUTHOR) == [("سلمى", "سلمى الحلبي", 1)]
    assert [each.authors for each in view.select(Selection(), 10)] == [(salma,)]


def test_an_address_that_a_label_had_leads_to_the_one_that_it_has(index: IndexWriter) -> None:
    fill(index, SECOND)
    assert snapshot(index).slugs([(TAG, "c")]) == {(TAG, "c"): "c-plus-plus"}
    fill(index, FIRST)
    assert snapshot(index).slugs([(TAG, "c")]) == {(TAG, "c"): "c"}
    assert snapshot(index).slugs([(TAG, "nothing")]) == {}


def test_lists_of_one_key_change_together(index: IndexWriter) -> None:
    fill(index, FIRST)
    before = snapshot(index).last_modified(Selection.of(TAG, "أحمد"))
    fill(index, SECOND, now=NOW + timedelta(hours=1))
    late = NOW + timedelta(hours=2)
    after = snapshot(index, late).last_modified(Selection.of(TAG, "أحمد"))
    assert after == snapshot(index, late).last_modified(Selection.of(TAG, "احمد")) > before
