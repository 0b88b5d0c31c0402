import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import site
from feedservice import addresses
from feedservice.errors import BadParameter, Moved, NotFound
from feedservice.model import Author, Content, Selection
from feedservice.selecting import read_selection

SITE = site()


def guest(slug: str) -> Author | None:
    return Author(slug="ضيف", name="ضيف") if slug == "ضيف" else None


def canonical(path: str, query: str = "") -> str:
    pairs = [tuple(part.split("=", 1)) for part in query.split("&") if part]
    return addresses.canonical(read_selection(path, pairs, SITE, guest))  # type: ignore[arg-type]


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
    assert caught.value.accepted_ar
    assert caught.value.accepted_en


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/categories/ميداني", "/categories/field"), ("/categories/ميدان", "/categories/field"),
        ("/categories/مَيدانى", "/categories/field"), ("/authors/هيئة-التحرير", "/authors/desk"),
        ("/tags/RSS Feeds", "/tags/rss-feeds"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_path_lead_to_the_slug_and_keep_the_query(path: str, location: str) -> None:
    with pytest.raises(Moved) as caught:
        canonical(path, "limit=5")
    assert caught.value.location == f"{location}?limit=5"


@pytest.mark.parametrize("path", ["/categories/none", "/authors/none", "/tags/!!", "/nothing/x", "/tags/a/b"])
def test_unknown_lists_are_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        canonical(path)


SLUGS = st.sets(st.sampled_from(["a", "ب", "c-d"]), min_size=1)


@given(
    st.lists(st.tuples(st.sampled_from(["category", "tag", "author"]), SLUGS, SLUGS), max_size=4),
    st.sampled_from([None, 1, 100]),
    st.sampled_from([None, Content.SUMMARY]),
    st.text(max_size=20).map(lambda text: " ".join(text.split())),
)
def test_a_canonical_address_reads_back_to_its_selection(
    conditions: list[tuple[str, set[str], set[str]]], limit: int | None, content: Content | None, q: str
) -> None:
    chosen = Selection(limit=limit, content=content, q=addresses.read_query([("q", q)], Selection(), SITE).q)
    for name, any_of, none_of in conditions:
        chosen = addresses.merge(chosen, name, any_of, none_of - any_of)
    address = addresses.canonical(chosen)
    path, _, query = address.partition("?")
    base = Selection()
    kinds = {"categories": "category", "tags": "tag", "authors": "author"}
    parts = [addresses.unquote(part) for part in path.strip("/").split("/")]
    if parts[0] in kinds:
        base = addresses.merge(base, kinds[parts[0]], [parts[1]])
    pairs = [tuple(map(addresses.unquote, part.split("=", 1))) for part in query.split("&") if part]
    again = addresses.read_query(pairs, base, SITE)  # type: ignore[arg-type]
    assert addresses.canonical(again) == address
    assert again == chosen
    assert address.isascii()


def test_a_feed_lies_beside_its_page() -> None:
    assert addresses.feed_path("/", ".rss") == "/feed.rss"
    assert addresses.feed_path("/tags/a?limit=2", ".json") == "/tags/a.json?limit=2"


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        ("https://مثال.example/ب ج?س=1#ق", "https://xn--mgbh0fb.example/%D8%A8%20%D8%AC?%D8%B3=1#%D9%82"),
        ("https://a.example/%D8%A8?x=1&y=2", "https://a.example/%D8%A8?x=1&y=2"),
    ],
)
def test_an_iri_becomes_a_uri_once(iri: str, uri: str) -> None:
    assert addresses.uri(iri) == uri
    assert addresses.uri(uri) == uri
