import doctest
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.domain import urls
from feedservice.domain.model import Content
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(urls).failed == 0


def test_the_identity_of_a_list_is_its_address_without_how_much_of_it() -> None:
    chosen = replace(Selection.of(Taxonomy.TAG, "ماء"), q="x", limit=3, content=Content.SUMMARY)
    assert urls.identity(chosen) == "/tags/%D9%85%D8%A7%D8%A1?q=x"


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/", "/feed.rss"), ("/?limit=2", "/feed.rss?limit=2"), ("/search?q=x", "/search.rss?q=x"),
        ("/tags/a?limit=2", "/tags/a.rss?limit=2"), ("/archive/2025-12", "/archive/2025-12.rss"),
    ],
)  # fmt: skip
def test_a_feed_lies_beside_its_page(page: str, feed: str) -> None:
    assert urls.feed_path(page, ".rss") == feed


def test_paths_are_percent_encoded_once() -> None:
    assert urls.article_path("مقال") == "/articles/%D9%85%D9%82%D8%A7%D9%84"
    assert urls.media_path("media/صورة 1.png") == "/media/%D8%B5%D9%88%D8%B1%D8%A9%201.png"
    assert (
        urls.percent_path("/مقال?س=1&x=%20#ق") == "/%D9%85%D9%82%D8%A7%D9%84?%D8%B3=1&x=%20#%D9%82"
    )


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        (
            "https://مثال.example/ب ج?س=1#ق",
            "https://xn--mgbh0fb.example/%D8%A8%20%D8%AC?%D8%B3=1#%D9%82",
        ),
        ("https://a.example/%D8%A8?x=1&y=2", "https://a.example/%D8%A8?x=1&y=2"),
        ("https://u:p@a.example:8080/", "https://u:p@a.example:8080/"),
        (f"https://{'ب' * 70}.example/ب", f"https://{'ب' * 70}.example/%D8%A8"),
        ("https://%22.مثال/", "https://%22.مثال/"),
        ('https://a.example/"<>', "https://a.example/%22%3C%3E"),
    ],
)
def test_an_iri_becomes_a_uri_once(iri: str, uri: str) -> None:
    assert urls.uri(iri) == uri
    assert urls.uri(uri) == uri


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_any_path_becomes_ascii_that_stays(path: str) -> None:
    made = urls.uri(f"https://a.example/{path}")
    assert made.isascii()
    assert urls.uri(made) == made
    assert urlsplit(made).netloc == "a.example"


@pytest.mark.parametrize(
    ("iri", "uri"),
    [
        ("https://a%2Fb@e.example/", "https://a%2Fb@e.example/"),
        ("https://x:y@مثال.example:8443/", "https://x:y@xn--mgbh0fb.example:8443/"),
        ("https://مثال%2F@e.example/", "https://%D9%85%D8%AB%D8%A7%D9%84%2F@e.example/"),
        ("https://e.example/100%", "https://e.example/100%25"),
        ("https://e.example/a%zz?b=%", "https://e.example/a%25zz?b=%25"),
    ],
)
def test_the_host_of_an_iri_never_changes_and_a_lone_percent_sign_is_encoded(
    iri: str, uri: str
) -> None:
    assert urls.uri(iri) == uri
    assert urls.uri(uri) == uri
