"""Search: the same word however it is spelt, and no text that can hurt."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from factories import NOW, article, fill, moment, slugs, snapshot
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.domain.routes import MAX_QUERY
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import tokens
from feedservice.index import finding, search
from feedservice.index.writer import IndexWriter

HOSTILE = ['"', "'", "*", "a*", "^a", "-", "+", "(", ")", ":", "{a b}:c", "NEAR(a b, 2)", "AND", "OR", "NOT", "a AND",
           "tokens:a", '"" ""', "\\", "%", "_", ";--", "😀", "😀 👩‍👩‍👧", "\u200f\u202e", "ـــ", "ًًً", "\ud7ff", "ﷺ",
           "½", "𞤀𞤁", "\U000e0100", "x\0y", " "]  # fmt: skip


def found(index: IndexWriter, query: str) -> list[str]:
    return slugs(snapshot(index).select(Selection(q=query), 10))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("مُحَمَّدٌ", "محمد"), ("محمد", "مُحَمَّد"), ("الأمم", "امم"), ("إسكان", "اسكان"), ("آثار", "اثار"), ("ٱلحبر", "حبر"),
        ("مدرسة", "مدرسه"), ("مستشفى", "مستشفي"), ("مسؤول", "مسءول"), ("كـــتاب", "كتاب"), ("١٩٧٣", "1973"), ("1973", "۱۹۷۳"),
        ("ﷲ", "الله"), ("ﻼجئ", "لاجئ"), ("کتاب", "كتاب"), ("RSS", "rss"), ("Café", "cafe"), ("STRASSE", "straße"),
        ("للمدرسة", "المدرسة"), ("بالمدينة", "مدينة"), ("والسلام", "سلام"),
        ("المح\u200bافظة", "المحافظة"), ("سو\u00adريا", "سوريا"), ("عرا\u2060ق", "عراق"), ("ب\u200fيروت", "بيروت"),
        ("می\u200cخواهد", "میخواهد"), ("حلب\u3164", "حلب"), ("مسو\u034f\u0654ول", "مسؤول"), ("ٱلۡعَـٰلَمِين", "العالمين"),
        ("العالمين", "ٱلۡعَـٰلَمِين"), ("ٱلرَّحْمَـٰن", "الرحمن"), ("لَهُۥ", "له"), ("ٱلصَّلَوٰة", "الصلاة"), ("ﻣﺤﻤﹼﺪ", "محمد"),
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_spelt(index: IndexWriter, written: str, asked: str) -> None:
    fill(index, article("a", title=written), article("b", title="سواه"))
    assert found(index, asked) == ["a"]
    assert found(index, written) == ["a"]


def test_two_quranic_words_must_both_be_found(index: IndexWriter) -> None:
    fill(index, article("a", title="رب العالمين الرحمن"), article("b", title="العالمين"))
    assert found(index, "ٱلۡعَـٰلَمِين ٱلرَّحْمَـٰن") == ["a"]


def test_every_word_must_be_found_wherever_it_stands(index: IndexWriter) -> None:
    fill(
        index,
        article(
            "a",
            title="ماء عذب",
            summary="نهر",
            text="سد",
            tags=["زراعة"],
            authors=(Author(slug="x", name="سليم"),),
        ),
        article("b", title="ماء"),
    )
    assert found(index, "سليم زراعة سد نهر عذب ماء") == ["a"]
    assert found(index, "ماء") == ["a", "b"]
    assert found(index, "ماء بحر") == []


def test_what_left_a_search_is_found_among_few_and_among_many(index: IndexWriter) -> None:
    def gone(name: str, days: int, text: str) -> Article:
        left = NOW - timedelta(days=days)
        return article(name, published=NOW - timedelta(days=99), expires=left, text=text)

    others = (gone(f"o{n}", n % 3 + 1, "نهر") for n in range(search.FEW))
    fill(index, *others, gone("first", 9, "ماء عذب"), gone("second", 5, "ماء عذب"))
    view, selection = snapshot(index), Selection(q="عذب ماء")
    for after, left in ((None, 5), (10, 5), (6, 5), (5, None), (4, None)):
        since = NOW - timedelta(days=after) if after else None
        found = view.left(selection, since)
        assert found == (NOW - timedelta(days=left) if left else None)
    with_it = replace(article("last"), text="ماء عذب", status=Status.WITHDRAWN, updated=NOW)
    fill(index, with_it)
    assert snapshot(index).left(selection, NOW - timedelta(hours=1)) == NOW


def test_a_part_of_a_word_is_not_the_word(index: IndexWriter) -> None:
    fill(index, article("a", title="مهرجان"))
    assert found(index, "مهر") == []


def test_what_an_edit_took_out_is_found_no_more(index: IndexWriter) -> None:
    fill(index, article("a", title="قديم"))
    fill(index, article("a", title="جديد"))
    assert (found(index, "قديم"), found(index, "جديد")) == ([], ["a"])


@pytest.mark.sqlite
def test_a_row_that_goes_leaves_none_of_its_words(index: IndexWriter) -> None:
    fill(index, article("a", title="بقرة"), article("b", title="شجرة"))
    fill(index, article("a", title="شجرة"))
    index.write([], ["field/b.md"], NOW)
    with index.connection() as connection:
        left = text("SELECT rowid FROM search WHERE search MATCH :word")
        words = [" ".join(tokens(word)) for word in ("بقرة", "شجرة")]
        found = [connection.execute(left, {"word": word}).all() for word in words]
    assert [len(rows) for rows in found] == [0, 1]


def test_a_search_goes_with_every_other_condition(index: IndexWriter) -> None:
    fill(
        index,
        article("a", title="ماء"),
        article("b", title="ماء"),
        article("c", title="ماء", categories=("economy",)),
        article("d", title="ماء", status=Status.DRAFT),
    )
    chosen = Selection(
        q="ماء",
        filters=Selection.of(Taxonomy.CATEGORY, "field").filters,
        before=Cursor(published=article("a").published, slug="a"),
    )
    assert slugs(snapshot(index).select(chosen, 9)) == ["b"]


@pytest.mark.parametrize("query", HOSTILE, ids=ascii)
def test_what_looks_like_an_operator_is_none(index: IndexWriter, query: str) -> None:
    fill(index, article("zzz", title="zzz"))
    assert found(index, query) == []
    assert snapshot(index).count(Selection(q=query)) == 0


def test_no_query_is_no_condition(index: IndexWriter) -> None:
    fill(index, article("zzz"))
    assert found(index, "") == ["zzz"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=MAX_QUERY))
def test_no_text_can_raise(index: IndexWriter, query: str) -> None:
    snapshot(index).select(Selection(q=query), 3)


def test_the_longest_query_of_different_words_is_answered(index: IndexWriter) -> None:
    words = [chr(0x627 + number) for number in range(20)] + [
        chr(0x4E00 + number) for number in range(80)
    ]
    query = " ".join(words)[:MAX_QUERY]
    fill(index, article("a", text=query), article("b"))
    assert found(index, query) == ["a"]


def best(index: IndexWriter, query: str, limit: int = 10) -> list[str]:
    with index.snapshot(NOW) as view:
        return [each.slug for each in finding.best(view.ask, Selection(q=query), limit)]


def test_the_best_match_comes_first_and_of_equal_ones_the_newest(index: IndexWriter) -> None:
    def told(slug: str, day: int, **given: object) -> Article:
        return article(slug, published=moment(f"2026-01-{day:02}"), **given)

    fill(
        index,
        told("title", 1, title="أزمة الماء"),
        told("passing", 9, text="ماء مرّة"),
        told("newer", 2, title="ماء"),
        told("often", 3, text="ماء ثم ماء ثم ماء"),
        told("summary", 4, summary="عن المياه والماء"),
        told("tag", 5, tags=["ماء"]),
        told("draft", 8, title="ماء", status=Status.DRAFT),
        told("to-come", 20, title="ماء"),
        told("none", 10),
    )
    everything = ["newer", "title", "tag", "summary", "often", "passing"]
    assert best(index, "ماء") == everything
    assert [best(index, "الماء", limit) for limit in range(7)] == [
        everything[:limit] for limit in range(7)
    ]
    assert found(index, "ماء") == ["passing", "tag", "summary", "often", "newer", "title"]


def test_of_several_words_all_in_the_title_go_before_one(index: IndexWriter) -> None:
    fill(
        index,
        article("neither", text="ماء مع خبز"),
        article("one", title="خبز", text="ماء"),
        article("about", summary="ماء", tags=["خبز"]),
        article("both", title="خبز بلا ماء"),
        article("other", title="خبز وملح"),
    )
    assert best(index, "ماء خبز") == ["both", "about", "one", "neither"]
    assert best(index, "خبز ٱلرَّحْمَـٰن") == best(index, "") == best(index, "؟!") == []


def test_what_came_in_one_second_is_in_the_order_of_slugs_whatever_is_shown(
    index: IndexWriter,
) -> None:
    names = ["d", "b", "e", "a", "c"]
    fill(index, *(article(each, title="ماء") for each in names), article("old", published=moment("2025-01-01"), title="ماء"))  # fmt: skip
    everything = [*sorted(names), "old"]
    for limit in range(1, 7):
        assert slugs(snapshot(index).select(Selection(q="ماء"), limit)) == everything[:limit]
        assert best(index, "ماء", limit) == everything[:limit]
        last = snapshot(index).listed(Selection(q="ماء"), limit)[-1]
        older = Selection(q="ماء", before=Cursor(published=last.published, slug=last.slug))
        assert slugs(snapshot(index).select(older, 9)) == everything[limit:]


@pytest.mark.parametrize("year", [1900, 1969, 1970, 2100])
def test_a_search_knows_every_time_at_which_there_may_be_an_article(
    index: IndexWriter, year: int
) -> None:
    now = moment("2100-12-31")
    fill(index, article("a", title="ماء", published=moment(f"{year}-01-01")), article("b", title="ماء"), now=now)  # fmt: skip
    view = snapshot(index, now)
    assert {each.slug for each in view.listed(Selection(q="ماء"), 9)} == {"a", "b"}
    since = Selection(q="ماء", since=moment(f"{year}-01-01"), until=moment(f"{year}-01-02"))
    assert [each.slug for each in view.listed(since, 9)] == ["a"]
    assert view.edge(Selection(q="ماء"), oldest=year < 2026) == moment(f"{year}-01-01")


@pytest.mark.parametrize("year", ["0002", "1800", "4200", "6000", "7000", "9990"])
def test_a_search_is_narrowed_to_any_time_as_a_list_is(index: IndexWriter, year: str) -> None:
    fill(index, article("b", title="ماء"))
    view, asked = snapshot(index), moment(f"{year}-01-01")
    narrowed = {"since": asked}, {"until": asked}, {"before": Cursor(published=asked, slug="a")}
    for how in narrowed:
        listed = view.listed(Selection(**how), 9)  # type: ignore[arg-type]
        assert view.listed(Selection(q="ماء", **how), 9) == listed  # type: ignore[arg-type]


def test_what_is_found_is_counted_no_further_than_asked(index: IndexWriter) -> None:
    fill(index, *(article(f"a{n}", title="ماء") for n in range(9)))
    asked = Selection(q="ماء")
    assert [snapshot(index).count(asked, most) for most in (1, 5, 20)] == [1, 5, 9]
