"""The query of a list, read into a selection and written back as the canonical address."""

from contextlib import suppress
from datetime import datetime
from time import process_time
from urllib.parse import unquote, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factories import moment, site
from feedservice.domain import queries, urls
from feedservice.domain.errors import BadParameter
from feedservice.domain.model import Category, Content
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy

SLUGS = ("a", "ب", "c-d", "٣")
SITE = site(
    categories=tuple(Category(slug=each, name=each) for each in (*SLUGS, "field", "economy"))
)
KINDS = {"categories": "category", "tags": "tag", "authors": "author"}
ALL = Selection()
Pairs = list[tuple[str, str]]


def read(pairs: Pairs, base: Selection = ALL) -> Selection:
    return queries.select(base, queries.read_pairs(urlencode(pairs)), SITE)


def read_back(address: str) -> Selection:
    """What a canonical address asks for, as a server takes it apart."""
    path, _, query = address.partition("?")
    parts = [unquote(part) for part in path.strip("/").split("/")]
    base = Selection.of(Taxonomy(KINDS[parts[0]]), parts[1]) if parts[0] in KINDS else Selection()
    return queries.select(base, queries.read_pairs(query), SITE)


slugs = st.sampled_from(SLUGS)
groups = st.sets(slugs, min_size=1)
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)).map(  # noqa: DTZ001
    lambda each: moment(each.replace(microsecond=0).isoformat())
)
texts = st.text(max_size=30).map(lambda text: read([("q", text)]).q)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    """Any selection that an address can ask for."""
    chosen = Selection(
        q=draw(texts),
        since=draw(st.none() | moments),
        before=draw(st.none() | st.builds(Cursor, published=moments, slug=slugs)),
        limit=draw(st.sampled_from([None, 1, 100])),
        content=draw(st.sampled_from([None, Content.SUMMARY])),
    )
    for name, any_of, none_of in draw(
        st.lists(st.tuples(st.sampled_from([*KINDS.values()]), groups, groups), max_size=4)
    ):
        chosen = chosen.narrow(Taxonomy(name), any_of, none_of=none_of - any_of)
    return chosen


@settings(max_examples=60)
@given(selections())
def test_a_canonical_address_reads_back_to_its_selection(chosen: Selection) -> None:
    address = urls.canonical(chosen)
    assert read_back(address) == chosen
    assert urls.canonical(read_back(address)) == address
    assert address.isascii()
    assert " " not in address


@settings(max_examples=40)
@given(selections(), selections())
def test_different_selections_have_different_addresses(one: Selection, other: Selection) -> None:
    assert (urls.canonical(one) == urls.canonical(other)) == (one == other)


conditions = st.tuples(
    st.sampled_from([*KINDS.values()]),
    st.lists(st.sampled_from(["a", "ب", "-a", "-ب", "A ", " c d"]), min_size=1, max_size=3).map(
        ",".join
    ),
)


@given(st.lists(conditions, max_size=5), st.randoms())
def test_the_order_and_repetition_of_conditions_do_not_matter(pairs: Pairs, order: object) -> None:
    again = [*pairs, *pairs[:2], ("utm_source", "x")]
    order.shuffle(again)  # type: ignore[attr-defined]
    assert urls.canonical(read(again)) == urls.canonical(read(pairs))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["category", "tag", "author", "q", "since", "before", "limit", "content", "x"]
            ),
            st.text(max_size=20)
            | st.sampled_from(
                [
                    "2025-12-01",
                    "2025-12-01T00:00:00Z,a,b",
                    "9999-12-31",
                    "0001-01-01",
                    "5",
                    "summary",
                ]
            ),
        ),
        max_size=4,
    )
)
def test_any_query_is_taken_or_refused_and_what_is_taken_reads_back(pairs: Pairs) -> None:
    with suppress(BadParameter):
        chosen = read(pairs)
        assert read_back(urls.canonical(chosen)) == chosen


@pytest.mark.parametrize("year", ["0002", "0999", "1900", "9998"])
def test_a_year_of_any_length_reads_back(year: str) -> None:
    chosen = read([("since", f"{year}-06-01T00:00:00+00:00")])
    assert urls.canonical(chosen) == f"/?since={year}-06-01T00:00:00Z"
    assert read_back(urls.canonical(chosen)) == chosen


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2025-12-01", "2025-11-30T21:00:00Z"), ("2025-12-01T10:00", "2025-12-01T07:00:00Z"),
        ("2025-12-01T10:00:00.9Z", "2025-12-01T10:00:00Z"), ("2025-12-01T10:00:00-02:00", "2025-12-01T12:00:00Z"),
    ],
)  # fmt: skip
def test_a_moment_without_a_zone_is_one_of_the_site(value: str, wanted: str) -> None:
    assert urls.canonical(read([("since", value)])) == f"/?since={wanted}"


def test_values_equal_to_the_defaults_of_the_site_vanish() -> None:
    terse = site(limit=5, content=Content.SUMMARY)
    pairs = [("limit", "5"), ("content", "summary")]
    assert queries.select(ALL, pairs, terse) == ALL
    assert queries.select(ALL, pairs, SITE) == Selection(limit=5, content=Content.SUMMARY)


def test_an_address_keeps_of_a_search_what_shapes_its_letters() -> None:
    assert read([("q", "\u200fسو\u00adريا\u200b ")]).q == "سوريا"
    assert read([("q", "می\u200cخواهد")]).q == "می\u200cخواهد"


@pytest.mark.parametrize("name", ["q", "since", "before", "limit", "content"])
def test_what_may_appear_once_is_refused_twice(name: str) -> None:
    value = {
        "q": "x",
        "since": "2025-01-01",
        "before": "2025-01-01T00:00:00Z,a",
        "limit": "3",
        "content": "full",
    }[name]
    with pytest.raises(BadParameter) as caught:
        read([(name, value), (name, value)])
    assert caught.value.parameter == name


@pytest.mark.parametrize(
    "pairs",
    [
        [("tag", ",".join(f"t{n}" for n in range(queries.MAX_NAMES + 1)))],
        [("tag", "،" * queries.MAX_NAMES)],
        [("category", "a,b"), ("author", ",".join(["-t"] * (queries.MAX_NAMES - 1)))],
    ],
    ids=["one group", "commas", "mixed"],
)
def test_more_names_than_an_index_can_bear_are_refused(pairs: Pairs) -> None:
    with pytest.raises(BadParameter, match="at most 100 names"):
        read(pairs)


def test_as_many_names_as_are_allowed_are_taken() -> None:
    (chosen,) = read([("tag", ",".join(f"t{n}" for n in range(queries.MAX_NAMES)))]).filters
    assert len(chosen.any_of) == queries.MAX_NAMES


def test_unknown_parameters_are_ignored_however_many_they_are() -> None:
    assert read([(f"utm_{n}", "x") for n in range(1000)]) == ALL


@pytest.mark.parametrize("name", ["q", "tag", "before", "limit"])
def test_a_known_parameter_that_is_not_utf8_is_named(name: str) -> None:
    with pytest.raises(BadParameter) as refused:
        queries.read_pairs(f"x=%ff&{name}=%ff")
    assert refused.value.parameter == name


def test_reading_a_query_takes_time_that_grows_with_its_names() -> None:
    def seconds(names: int) -> float:
        query = "&".join(f"tag=t{n},u{n}" for n in range(names))
        began = process_time()
        for _ in range(20):
            queries.select(ALL, queries.read_pairs(query), SITE)
        return process_time() - began

    seconds(48)
    assert min(seconds(48) for _ in range(3)) < 9 * min(seconds(12) for _ in range(3))


def test_a_group_that_another_implies_vanishes() -> None:
    both = Selection().narrow(Taxonomy.TAG, ["a", "b"]).narrow(Taxonomy.TAG, ["a"])
    assert both == Selection.of(Taxonomy.TAG, "a")
    assert both.narrow(Taxonomy.TAG, ["a", "c"]) == both


@pytest.mark.parametrize(
    ("chosen", "is_narrowed"),
    [
        (Selection(), False), (Selection(limit=5, content=Content.SUMMARY), False),
        (Selection(before=Cursor(published=moment("2025-01-01"), slug="a")), False),
        (Selection.of(Taxonomy.CATEGORY, "field"), False), (Selection.of(Taxonomy.TAG, "a"), False), (Selection.of(Taxonomy.AUTHOR, "desk"), False),
        (Selection(q="x"), True), (Selection().narrow(Taxonomy.TAG, ["a", "b"]), True), (Selection.of(Taxonomy.TAG, "a").narrow(Taxonomy.TAG, ["b"]), True),
        (Selection().narrow(Taxonomy.TAG, none_of=["a"]), True), (Selection(since=moment("2025-01-01")), True),
        (Selection.of(Taxonomy.CATEGORY, "field").narrow(Taxonomy.TAG, ["a"]), True),
    ],
)  # fmt: skip
def test_a_list_is_narrowed_when_it_is_more_than_one_label(
    chosen: Selection, is_narrowed: bool
) -> None:
    assert chosen.is_narrowed is is_narrowed


@example("a%41")
@given(st.text(min_size=1, max_size=20))
def test_the_slug_of_a_cursor_is_decoded_once(slug: str) -> None:
    chosen = Selection(before=Cursor(published=moment("2025-12-01"), slug=slug))
    assert read_back(urls.canonical(chosen)) == chosen


def test_a_query_has_one_order_since_ids_are_made_of_it() -> None:
    pairs = [
        ("content", "summary"), ("limit", "5"), ("before", "2026-01-02T00:00:00Z,ب"), ("since", "2025-12-01T00:00:00Z"), ("q", "نهر & سد"),
        ("author", "-x"), ("author", "desk"), ("tag", "-ج"), ("tag", "ب,أ"), ("category", "-economy"), ("category", "field"),
    ]  # fmt: skip
    assert urls.canonical(read(pairs)) == (
        "/categories/field?category=-economy&tag=%D8%A3,%D8%A8&tag=-%D8%AC&author=desk&author=-x"
        "&q=%D9%86%D9%87%D8%B1%20%26%20%D8%B3%D8%AF&since=2025-12-01T00:00:00Z&before=2026-01-02T00:00:00Z,%D8%A8"
        "&limit=5&content=summary"
    )
