from contextlib import suppress
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import site
from feedservice.domain import urls
from feedservice.domain.errors import BadParameter, Moved, NotFound, Refusal
from feedservice.domain.model import Author
from feedservice.domain.routes import read_selection
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.i18n import render

SITE = site()


def guest(slug: str) -> Author | None:
    return Author(slug="ضيف", name="ضيف") if slug == "ضيف" else None


def canonical(path: str, query: str = "") -> str:
    pairs = [tuple(part.split("=", 1)) for part in query.split("&") if part]
    return urls.canonical(read_selection(path, pairs, SITE, guest))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "query", "wanted"),
    [
        ("/", "", "/"),
        ("/", "category=field", "/categories/field"),
        ("/categories/field", "category=ميداني", "/categories/field"),
        ("/", "category=اقتصاد,field", "/?category=economy,field"),
        ("/", "category=field،economy,field", "/?category=economy,field"),
        ("/categories/field", "category=field,economy", "/categories/field"),
        ("/categories/field", "tag=b&tag=a", "/categories/field?tag=a&tag=b"),
        ("/tags/a", "category=field&tag=b", "/categories/field?tag=a&tag=b"),
        ("/tags/a", "tag=b", "/tags/a?tag=b"),
        ("/", "category=-economy", "/?category=-economy"),
        ("/", "category=field,-economy", "/categories/field?category=-economy"),
        ("/", "author=desk", "/authors/desk"),
        ("/", "author=هيئة التحرير", "/authors/desk"),
        ("/", "author=ضيف", "/authors/%D8%B6%D9%8A%D9%81"),
        ("/search", "q=  ماء   عذب ", "/search?q=%D9%85%D8%A7%D8%A1%20%D8%B9%D8%B0%D8%A8"),
        ("/categories/field", "q=x", "/categories/field?q=x"),
        ("/search", "", "/"),
        ("/", "limit=30&content=full", "/"),
        ("/", "content=summary&limit=5", "/?limit=5&content=summary"),
        ("/", "since=2025-12-01", "/?since=2025-11-30T21:00:00Z"),
        ("/", "unknown=1&utm_source=x", "/"),
    ],
)
def test_one_selection_has_one_address(path: str, query: str, wanted: str) -> None:
    assert canonical(path, query) == wanted


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=5&limit=5", "content=half", "since=yesterday", "since=9999-99-99",
     "before=x", "before=2025-12-01T00:00:00Z", "category=", "category=-", "category=nowhere", "author=nobody",
     "q=" + "x" * 201]
)  # fmt: skip
def test_a_bad_value_is_refused_by_name_in_both_languages(query: str) -> None:
    with pytest.raises(BadParameter) as caught:
        canonical("/", query)
    assert caught.value.parameter == query.partition("=")[0]
    assert render(caught.value.accepted, "ar") != render(caught.value.accepted, "en")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/categories/ميداني", "/categories/field"), ("/categories/ميدان", "/categories/field"),
        ("/categories/مَيدانى", "/categories/field"), ("/authors/هيئة-التحرير", "/authors/desk"),
        ("/tags/RSS Feeds", "/tags/rss-feeds"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_path_lead_to_the_slug_and_keep_the_query(
    path: str, location: str
) -> None:
    with pytest.raises(Moved) as caught:
        canonical(path, "limit=5")
    assert caught.value.location == f"{location}?limit=5"


@pytest.mark.parametrize(
    "path", ["/categories/none", "/authors/none", "/tags/!!", "/nothing/x", "/tags/a/b"]
)
def test_unknown_lists_are_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        canonical(path)


def test_names_in_a_query_are_resolved_in_every_group_and_refusal() -> None:
    pairs = [("category", "ميدان,اقتصاد"), ("category", "-تراث"), ("author", "-هيئة التحرير")]
    chosen = read_selection("/tags/ماء", pairs, SITE, guest)
    assert chosen == (
        Selection.of(Taxonomy.TAG, "ماء")
        .narrow(Taxonomy.CATEGORY, ["economy", "field"], ["heritage"])
        .narrow(Taxonomy.AUTHOR, (), ["desk"])
    )


def test_two_names_of_one_category_are_one_condition() -> None:
    assert canonical("/", "category=field,ميدان") == "/categories/field"
    assert canonical("/", "category=ميداني&category=field") == "/categories/field"


def test_a_refusal_of_an_unknown_category_names_the_known_ones() -> None:
    with pytest.raises(BadParameter) as caught:
        canonical("/", "category=nowhere")
    for accepted in (render(caught.value.accepted, language) for language in ("ar", "en")):
        assert "field (ميداني)" in accepted
        assert "heritage (تراث)" in accepted


def test_a_query_that_moves_along_is_encoded_and_keeps_what_nobody_knows() -> None:
    with pytest.raises(Moved) as caught:
        read_selection("/categories/ميداني", [("q", "ماء & نار"), ("utm", "x y")], SITE, guest)
    assert caught.value.location == (
        "/categories/field?q=%D9%85%D8%A7%D8%A1+%26+%D9%86%D8%A7%D8%B1&utm=x+y"
    )


def test_a_bad_query_of_a_path_that_moved_is_told_at_its_new_address() -> None:
    with pytest.raises(Moved):
        canonical("/categories/ميداني", "limit=0")


@pytest.mark.parametrize("path", ["/authors/ضيف", "/tags/داريا", "/authors/desk", "/search", "/"])
def test_what_is_already_spelt_as_its_slug_moves_nowhere(path: str) -> None:
    assert unquote(canonical(path)) == ("/" if path == "/search" else path)


@pytest.mark.parametrize(
    "path",
    ["/categories/", "/authors/", "/tags/", "/tags//", "/categories/field/more", "/authors//desk"],
)
def test_half_a_path_and_more_than_a_path_are_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        canonical(path)


@given(st.text(max_size=12))
def test_any_name_is_answered_or_refused(name: str) -> None:
    for kind in ("categories", "tags", "authors"):
        with suppress(Refusal):
            read_selection(f"/{kind}/{name}", (), SITE, guest)
