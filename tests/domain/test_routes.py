"""Addresses and what they ask for: one table, and laws that hold for any."""

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factories import site
from feedservice.domain import urls
from feedservice.domain.errors import AddressTooLong, BadParameter, Moved, NotFound, Refusal
from feedservice.domain.model import Author, Site
from feedservice.domain.route import Kind, Route
from feedservice.domain.routes import MAX_PATH, MAX_QUERY, parse
from feedservice.domain.selections import Selection
from feedservice.domain.spelling import resolve
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.formats import FORMATS

SITE = site()
ALL = Selection()
FIELD = Selection.of(Taxonomy.CATEGORY, "field")


def route(address: str, given: Site | None = SITE) -> Route:
    """The route of an address whose path is written decoded."""
    path, _, query = address.partition("?")
    return parse(path, query, given, FORMATS)


def shown(wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """What an index answers in which a guest is an author, and a tag has two spellings."""
    tags = {("tag", each): each for each in ("a", "v1-2", "ماء", "rss-feeds", "أحمد")}
    known = {**tags, ("author", "ضيف"): "ضيف", ("tag", "احمد"): "أحمد"}
    return {label: known[label] for label in wanted if label in known}


def resolved(address: str) -> Selection:
    return resolve(route(address), SITE, shown)


@pytest.mark.parametrize(
    ("address", "kind", "format_", "label", "name", "selection", "is_indexed"),
    [
        ("/", "site", "html", "site", "", ALL, True),
        ("/?utm_source=x&limit=30", "site", "html", "site", "", ALL, True),
        ("/feed.rss", "site", "rss", "site", "", ALL, True),
        ("/feed.json?limit=5", "site", "json", "site", "", Selection(limit=5), True),
        ("/?category=field", "site", "html", "site", "", FIELD, False),
        ("/categories/field", "category", "html", "category", "field", FIELD, True),
        ("/categories/field.atom", "category", "atom", "category", "field", FIELD, True),
        ("/categories/field?q=a", "category", "html", "category", "field",
         Selection(filters=FIELD.filters, q="a"), False),
        ("/tags/داريا.rss", "tag", "rss", "tag", "داريا", Selection.of(Taxonomy.TAG, "داريا"), True),
        ("/authors/desk", "author", "html", "author", "desk", Selection.of(Taxonomy.AUTHOR, "desk"), True),
        ("/authors/ضيف", "author", "html", "author", "ضيف", Selection.of(Taxonomy.AUTHOR, "ضيف"), True),
        ("/search", "search", "html", "search", "", ALL, False),
        ("/search.rss?q=a", "search", "rss", "search", "", Selection(q="a"), False),
        ("/archive/2025-12.rss", "site", "rss", "archive", "", ALL, True),
        ("/archive/2025-12.rss?q=x", "site", "rss", "archive", "", ALL, True),
        ("/categories/field/archive/2025-12-05.json", "category", "json", "archive", "field", FIELD, True),
        ("/tags/داريا/archive/2025-12-05-3.atom", "tag", "atom", "archive", "داريا", Selection.of(Taxonomy.TAG, "داريا"), True),
        ("/articles/a", "article", "html", "article", "a", ALL, True),
        ("/articles/v1.2", "article", "html", "article", "v1.2", ALL, True),
        ("/articles/a.rss", "article", "html", "article", "a.rss", ALL, True),
        ("/subscribe", "subscribe", "html", "subscribe", "subscribe", ALL, False),
        ("/subscribe?category=field&before=2025-12-01T00:00:00Z,b", "subscribe", "html", "subscribe", "subscribe", FIELD, False),
        ("/tags", "directory", "html", "directory", "tags", ALL, True),
        ("/archive/2025-12?page=2", "directory", "html", "archive", "archive", ALL, True),
        ("/feeds", "feeds", "html", "feeds", "feeds", ALL, True),
        ("/feeds.opml", "feeds", "opml", "feeds", "feeds.opml", ALL, True),
        ("/sitemap.xml", "sitemap", "xml", "sitemap", "", ALL, True),
        ("/sitemap-news.xml", "sitemap", "xml", "sitemap", "news", ALL, True),
        ("/sitemap-2025-12.xml", "sitemap", "xml", "sitemap", "2025-12", ALL, True),
        ("/robots.txt", "robots", "txt", "robots", "robots.txt", ALL, True),
        ("/opensearch.xml", "opensearch", "xml", "opensearch", "opensearch.xml", ALL, True),
        ("/media/a/b.png", "media", "", "media", "a/b.png", ALL, True),
        ("/static/abc/style.css", "static", "css", "static", "abc", ALL, True),
        ("/healthz", "health", "", "health", "healthz", ALL, True),
        ("/readyz", "health", "", "health", "readyz", ALL, True),
        ("/metrics", "metrics", "", "metrics", "metrics", ALL, True),
        ("/preview", "preview", "", "preview", "", ALL, True),
        ("/preview/articles/a", "preview", "", "preview", "", ALL, True),
        ("//feed.rss", "site", "rss", "site", "", ALL, True),
    ],
)  # fmt: skip
def test_an_address_asks_for(
    address: str,
    kind: str,
    format_: str,
    label: str,
    name: str,
    selection: Selection,
    is_indexed: bool,
) -> None:
    found = route(address)
    assert found.refusal is None
    assert (found.kind, found.format, found.label, found.name) == (kind, format_, label, name)
    assert (found.selection, found.is_indexed) == (selection, is_indexed)


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "/wp-login.php", "/x/archive/y.exe", "/archive/2025-12-05", "/archive/.rss", "/search/archive/2025-12.rss",
     "/categories/", "/categories", "/categories/.rss", "/categories/a/b", "/authors//desk", "/categories/field/more",
     "/tags/a/b.rss", "/tags/a/archive/", "/tags/a/archive/x/y.rss", "/articles/", "/articles/a/b", "/.rss", "/feed", "/feed.xml",
     "/sitemap-.xml", "/sitemap-a/b.xml", "/static/style.css", "/static/a/other.css", "/media/", "/media", "/previews", "/a\0b", "/\ufffd"],
)  # fmt: skip
def test_nothing_lives_at_other_addresses(address: str) -> None:
    found = route(address)
    assert (found.kind, found.format, found.label) == (Kind.OTHER, "", "other")
    assert isinstance(found.refusal, NotFound)


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("/categories/ميداني", "/categories/field"), ("/categories/ميدان.rss", "/categories/field.rss"),
        ("/categories/مَيدانى?limit=5", "/categories/field?limit=5"), ("/authors/هيئة-التحرير.atom?x=1", "/authors/desk.atom?x=1"),
        ("/tags/RSS Feeds", "/tags/rss-feeds"), ("/tags/v1.2", "/tags/v1-2"),
        ("/categories/ميداني/archive/2025-12.rss?x=1", "/categories/field/archive/2025-12.rss"),
        ("/categories/ميداني?q=%D9%85 &utm=100%&b=a%26b", "/categories/field?q=%D9%85%20&utm=100%25&b=a%26b"),
        ("/categories/ميداني?limit=0", "/categories/field?limit=0"),
        ("/categories/field/", "/categories/field"), ("/tags/داريا/?limit=5", "/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7?limit=5"),
        ("/feed.rss/", "/feed.rss"), ("/feeds//", "/feeds"), ("/tags/?page=2", "/tags?page=2"), ("/media/cafe\u0301.png?x", "/media/caf%C3%A9.png"),
    ],
)  # fmt: skip
def test_another_spelling_leads_to_the_canonical_one_and_takes_the_query_along(
    address: str, location: str
) -> None:
    asked = route(address)
    if asked.names_list:
        with pytest.raises(Moved) as caught:
            resolved(address)
        assert caught.value.location == location
    else:
        assert isinstance(asked.refusal, Moved)
        assert asked.refusal.location == location


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("/categories/none", NotFound), ("/tags/!!", NotFound), ("/tags/a\0b", NotFound), ("/tags/\ufffd.rss", NotFound),
        ("/search?q=%ff", BadParameter), ("/tags?page=0", BadParameter), ("/archive?page=x", BadParameter),
        ("/search?q=a&page=0", BadParameter), ("/search?q=a&order=random", BadParameter), ("/?q=a&order=newest&order=best", BadParameter),
        ("/authors?page=2&page=3", BadParameter), ("/feeds?page=9999999", BadParameter), ("/feeds.opml?tags=yes", BadParameter),
        ("/media/a/.b", NotFound), ("/media/a//b", NotFound), ("/media/a\\b", NotFound), ("/media/a/", NotFound),
        ("/" + "a" * MAX_PATH, AddressTooLong), ("/?" + "a" * (MAX_QUERY + 1), AddressTooLong),
    ],
)  # fmt: skip
def test_an_address_is_refused(address: str, refusal: type[Refusal]) -> None:
    assert isinstance(route(address).refusal, refusal)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=5&limit=5", "content=half", "since=yesterday", "since=9999-99-99",
     "before=x", "before=", "before=2025-12-01T00:00:00Z", "category=", "category=-", "category=nowhere", "author=nobody",
     "q=" + "x" * 201]
)  # fmt: skip
def test_a_bad_value_is_refused_by_name(query: str) -> None:
    with pytest.raises(BadParameter) as caught:
        resolved(f"/?{query}")
    assert caught.value.parameter == query.partition("=")[0]


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/?category=field", "/categories/field"), ("/categories/field?category=ميداني", "/categories/field"),
        ("/?category=اقتصاد,field", "/?category=economy,field"), ("/?category=field،economy,field", "/?category=economy,field"),
        ("/categories/field?category=field,economy", "/categories/field"), ("/?category=field,ميدان", "/categories/field"),
        ("/?category=ميداني&category=field", "/categories/field"), ("/categories/field?tag=b&tag=a", "/categories/field?tag=a&tag=b"),
        ("/tags/a?category=field&tag=b", "/categories/field?tag=a&tag=b"), ("/tags/a?tag=b", "/tags/a?tag=b"),
        ("/?category=-economy", "/?category=-economy"), ("/?category=field,-economy", "/categories/field?category=-economy"),
        ("/?author=هيئة+التحرير", "/authors/desk"), ("/?author=ضيف", "/authors/%D8%B6%D9%8A%D9%81"),
        ("/search?q=++ماء+++عذب+", "/search?q=%D9%85%D8%A7%D8%A1%20%D8%B9%D8%B0%D8%A8"), ("/categories/field?q=x", "/categories/field?q=x"),
        ("/search", "/"), ("/?limit=30&content=full", "/"), ("/?content=summary&limit=5", "/?limit=5&content=summary"),
        ("/?since=2025-12-01", "/?since=2025-11-30T21:00:00Z"), ("/?unknown=%ff&utm_source=x", "/"),
        ("/tags/ماء?category=ميدان,اقتصاد&category=-تراث&author=-هيئة التحرير",
         "/tags/%D9%85%D8%A7%D8%A1?category=economy,field&category=-heritage&author=-desk"),
    ],
)  # fmt: skip
def test_one_selection_has_one_address(address: str, wanted: str) -> None:
    assert urls.canonical(resolved(address)) == wanted


def test_an_author_whom_only_articles_name_is_asked_for_in_the_index() -> None:
    assert route("/authors/ضيف").unresolved == (("author", "ضيف"),)
    assert route("/authors/desk?author=هيئة التحرير").unresolved == ()
    assert resolved("/authors/ضيف") == Selection.of(Taxonomy.AUTHOR, "ضيف")
    with pytest.raises(NotFound):
        resolved("/authors/nobody")
    with pytest.raises(BadParameter):
        resolved("/authors/ضيف?author=nobody")
    with pytest.raises(Moved, match=r"^/authors/%D8%B6%D9%8A%D9%81\.rss\?limit=5$"):
        resolved("/authors/ضيف!.rss?limit=5")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("/authors/old-desk", "/authors/desk"), ("/authors/old-desk.rss?limit=5", "/authors/desk.rss?limit=5"),
        ("/authors/فريق-التحرير.json", "/authors/desk.json"), ("/authors/فريق التحرير.atom", "/authors/desk.atom"),
        ("/authors/old-desk/archive/2025-12.atom", "/authors/desk/archive/2025-12.atom"),
    ],
)  # fmt: skip
def test_another_name_of_an_author_leads_to_the_slug(address: str, wanted: str) -> None:
    desk = Author(slug="desk", name="هيئة التحرير", aliases=("old-desk", "فريق التحرير"))
    known = site(authors=(desk,))
    with pytest.raises(Moved) as caught:
        resolve(route(address, known), known, shown)
    assert caught.value.location == wanted
    for name in desk.aliases:
        selection = resolve(route(f"/?author={name}", known), known, shown)
        assert urls.canonical(selection) == "/authors/desk"


def test_another_spelling_of_a_tag_leads_to_the_one_that_shows() -> None:
    tag = Selection.of(Taxonomy.TAG, "أحمد")
    assert resolved("/tags/أحمد.rss") == tag
    moved = {
        "/tags/احمد": "",
        "/tags/احمد.atom?limit=5": ".atom?limit=5",
        "/tags/احمد/archive/2025-12.json": "/archive/2025-12.json",
        "/tags/#أحمد!": "",
    }
    for address, rest in moved.items():
        with pytest.raises(Moved) as caught:
            resolved(address)
        assert unquote(caught.value.location) == f"/tags/أحمد{rest}"
    assert resolved("/?tag=احمد,أحمد") == tag
    assert resolved("/?tag=-احمد&tag=-أحمد") == Selection().narrow(Taxonomy.TAG, none_of=["أحمد"])


def test_addresses_that_share_a_key_lead_to_one_place() -> None:
    for address in ("/tags/احمد", "/tags/احمد?utm_source=x", "/tags/احمد?limit=30"):
        assert route(address).key == route("/tags/احمد").key
        with pytest.raises(Moved) as caught:
            resolved(address)
        assert unquote(caught.value.location) == "/tags/أحمد"


def test_a_narrowed_list_is_one_answer_whichever_of_its_labels_is_in_the_path() -> None:
    one, other = "/tags/احمد.rss?category=field", "/categories/field.rss?tag=احمد"
    assert route(one).key == route(other).key != ""
    assert resolved(one) == resolved(other) == FIELD.narrow(Taxonomy.TAG, ["أحمد"])


def test_an_address_is_read_again_where_the_site_changed_since() -> None:
    asked = route("/feed.rss?limit=30", None)
    assert (asked.site, asked.selection) == (None, ALL)
    assert resolve(asked, SITE, shown) == ALL
    assert resolve(route("/feed.rss?limit=30"), site(limit=50), shown) == Selection(limit=30)
    with pytest.raises(NotFound):
        resolve(route("/categories/economy"), site(categories=()), shown)


def test_a_refusal_of_an_unknown_category_names_the_known_ones() -> None:
    refusal = route("/?category=nowhere").refusal
    assert "field (ميداني)" in str(refusal)
    assert "heritage (تراث)" in str(refusal)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/feed.rss", "/feed.rss?utm_source=x&fbclid=1"),
        ("/feed.rss", "/feed.rss?limit=30"),
        ("/feed.rss?limit=5", "/feed.rss?x=1&limit=5"),
        ("/feed.rss?category=field,economy", "/feed.rss?category=اقتصاد,ميدان"),
        ("/feed.rss?tag=ب&tag=أ", "/feed.rss?tag=أ&tag=ب"),
        ("/categories/field.atom?tag=أ", "/tags/أ.atom?category=field"),
        ("/search?q=سد+النهضة", "/search?q=سد++النهضة"),
        ("/search?q=a", "/search?page=1&order=best&q=a"),
        ("/search?q=a&order=newest", "/search?q=a&order=newest&page=2"),
        (
            "/search?q=a&before=2025-12-01T00:00:00Z,b",
            "/search?q=a&before=2025-12-01T00:00:00Z,b&order=newest",
        ),
        ("/search.rss?q=a", "/search.rss?q=a&order=newest&page=2"),
        ("/search", "/search?q=&page=2&order=newest"),
        ("/categories/field", "/categories/field?page=2&order=newest"),
        ("/articles/a", "/articles/a?from=mail"),
        ("/feeds.opml", "/feeds.opml?x"),
        ("/subscribe?tag=أ", "/subscribe?x=1&tag=أ&before=2025-12-01T00:00:00Z,b"),
        ("/tags", "/tags?page=1&x=y"),
        ("/feeds.opml?x", "/feeds.opml?tags=0"),
        ("/sitemap.xml", "/sitemap.xml?1"),
        ("/nowhere", "/nowhere?random=1"),
    ],
)
def test_spellings_of_one_address_share_a_key(one: str, other: str) -> None:
    assert route(one).key == route(other).key != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/feed.rss", "/feed.atom"),
        ("/feed.rss", "/"),
        ("/feed.rss", "/feed.rss?limit=5"),
        ("/feed.rss", "/feed.rss?content=summary"),
        ("/subscribe", "/"),
        ("/subscribe", "/search"),
        ("/subscribe?q=a", "/search?q=a"),
        ("/search", "/?q="),
        ("/search?q=a", "/search?q=a&page=2"),
        ("/search?q=a", "/search?q=a&order=newest"),
        ("/categories/field?q=a", "/categories/field?q=a&page=2"),
        ("/subscribe?category=field", "/categories/field?category=field"),
        ("/tags", "/tags?page=2"),
        ("/archive/2025-12?page=2", "/archive/2025-12?page=3"),
        ("/feeds.opml", "/feeds.opml?tags=1"),
        ("/feed.rss", "/search.rss"),  # the one is for search engines, the other is noindex
        ("/categories/field", "/?category=field"),
        ("/feed.rss?category=field", "/feed.rss?category=-field"),
        ("/tags/x.rss", "/tags/x"),
        ("/archive/2025-12.rss", "/archive/2025-11.rss"),
        ("/categories/ميدان", "/categories/field"),
    ],
)
def test_different_answers_have_different_keys(one: str, other: str) -> None:
    assert route(one).key != route(other).key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/.rss", "/feed.rss"), ("/authors/هيئة التحرير.rss", "/authors/desk.rss"), ("/authors/هيئة التحرير", "/authors/desk"),
        ("/tags/%D8%A3", "/tags/أ"), ("/?limit=5", "/%3Flimit=5"), ("/search noindex", "/search"), ("/.rss", "/"),
    ],
)  # fmt: skip
def test_an_address_that_looks_like_the_key_of_another_has_one_of_its_own(
    one: str, other: str
) -> None:
    assert route(one).key != route(other).key


@pytest.mark.parametrize(
    "address",
    [
        "/feed.rss/?limit=5", "/feed.rss?limit=1000", "/feed.rss?category=nothing", "/feed.rss?since=soon",
        "/categories/ميدان?limit=5", "/categories/ميدان?utm_source=x", "/categories/nothing?limit=5", "/feed.rss?limit=5&limit=6",
        "/search?q=%ff", "/authors/zzz?q=a", "/?author=zzz",
    ],
)  # fmt: skip
def test_what_depends_on_more_than_the_site_has_no_key(address: str) -> None:
    assert route(address).key == ""


names = st.sampled_from(
    ["field", "desk", "ضيف", "a", "ب", "2025-12", "a.b", "صورة 1.png"]
) | st.text(max_size=9)
paths = st.sampled_from([
    "/", "/feed.{}", "/search", "/search.{}", "/categories/{}", "/tags/{}.rss", "/authors/{}.json", "/archive/{}.atom",
    "/tags/{}/archive/2025-12.rss", "/articles/{}", "/feeds", "/feeds.opml", "/subscribe", "/tags", "/authors", "/archive", "/archive/{}", "/sitemap.xml", "/sitemap-{}.xml", "/robots.txt",
    "/media/{}", "/static/{}/style.css", "/healthz", "/readyz", "/metrics", "/preview/{}", "/{}", "/{}/",
])  # fmt: skip
query_strings = st.sampled_from(
    [
        "",
        "limit=5",
        "category=field,economy",
        "tag=a&tag=b",
        "q=a",
        "utm=1",
        "author=desk",
        "page=2",
        "tags=1",
        "content=full",
    ]
)
addresses = st.builds(
    lambda path, name, query: f"{path.replace('{}', name)}?{query}", paths, names, query_strings
)


@settings(max_examples=150)
@given(addresses)
def test_an_address_that_is_built_reads_back_to_its_route(address: str) -> None:
    found = route(address)
    if found.refusal is None:
        path, _, query = found.address.partition("?")
        again = parse(unquote(path), query, SITE, FORMATS)
        assert again.refusal is None
        assert again.address == found.address
        assert (again.format, again.period, again.selection) == (
            found.format, found.period, found.selection,
        )  # fmt: skip
        assert found.address.isascii()


@settings(max_examples=150)
@given(addresses, addresses)
@example("/?category=field,economy", "/search?category=field,economy")
@example("/tags/a.rss?category=field", "/categories/field.rss?tag=a")
@example("/categories/field", "/tags/field")
def test_routes_with_one_key_ask_for_the_same(one: str, other: str) -> None:
    first, second = route(one), route(other)
    if first.key == second.key != "" and first.refusal is None:
        if first.is_list and not first.is_indexed:
            # A narrowed list is one answer, whichever path of it is asked.
            first = replace(first, kind=second.kind)
        assert first == second


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_address_has_a_route(path: str, query: str) -> None:
    for given_site in (SITE, None):
        assert parse(path, query, given_site, FORMATS).label in {*Kind, "archive"}
