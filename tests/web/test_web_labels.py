"""A tag that is spelt in several ways is one list at one address; the others lead to it."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient

import factories
from feedservice.domain.model import Author
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from web_site import NOW, Shelf

SUFFIXES = ["", *(form.suffix for form in FORMATS.values())]


@pytest.fixture
def spelt(written: IndexWriter, client_of: Callable[..., FlaskClient], shelf: Shelf) -> FlaskClient:
    labels = [("أحمد", "أسماء"), ("احمد", "اسماء"), ("C++", "desk"), ("C#", "desk")]
    factories.fill(
        written,
        *(
            factories.article(
                f"s{n}",
                published=datetime(2025, 10, n + 1, tzinfo=UTC),
                tags=(tag,),
                authors=(Author(slug=author, name=author),),
            )
            for n, (tag, author) in enumerate(labels)
        ),
        now=NOW,
    )
    return client_of(Publisher(written, lambda: NOW))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/tags/احمد", "/tags/أحمد"), ("/tags/أحــمد", "/tags/أحمد"), ("/tags/#أحمد", "/tags/أحمد"), ("/tags/أحم\u200cد", "/tags/أحمد"),
        ("/tags/C++", "/tags/c-plus-plus"), ("/tags/c#", "/tags/c-sharp"), ("/authors/اسماء", "/authors/أسماء"),
    ],
)  # fmt: skip
def test_another_spelling_leads_to_the_first_one(
    spelt: FlaskClient, asked: str, shown: str, suffix: str
) -> None:
    answer = spelt.get(f"{quote(asked)}{suffix}?limit=1")
    assert answer.status_code == 301
    assert unquote(answer.headers["Location"]) == f"{shown}{suffix}?limit=1"
    assert spelt.get(f"{shown}{suffix}").status_code == 200


def test_archives_of_another_spelling_lead_on_too(spelt: FlaskClient) -> None:
    answer = spelt.get("/tags/احمد/archive/2025-10.atom")
    assert answer.status_code == 301
    assert unquote(answer.headers["Location"]) == "/tags/أحمد/archive/2025-10.atom"
    assert spelt.get("/tags/أحمد/archive/2025-10.atom").status_code == 200


def test_a_tag_without_articles_of_its_name_leads_to_the_one_that_was_there(
    spelt: FlaskClient,
) -> None:
    answer = spelt.get("/tags/c.rss")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/tags/c-plus-plus.rss")


def test_every_entry_and_page_says_the_first_spelling(spelt: FlaskClient) -> None:
    feed = spelt.get("/tags/أحمد.json").json
    assert feed
    assert feed["title"].startswith("أحمد")
    assert [item["tags"] for item in feed["items"]] == [["ميدان", "أحمد"]] * 2
    assert [item["authors"][0]["name"] for item in feed["items"]] == ["أسماء"] * 2
    page = spelt.get("/articles/s1").text
    assert f'href="/tags/{quote("أحمد")}"' in page
    assert quote("احمد") not in page


@pytest.mark.parametrize("query", ["tag=احمد", "tag=أحمد", "tag=أحمد,احمد", "tag=احمد&tag=أحـمد"])
def test_spellings_in_a_query_give_the_same_bytes(spelt: FlaskClient, query: str) -> None:
    wanted = spelt.get("/categories/field.rss?tag=أحمد")
    answer = spelt.get(f"/categories/field.rss?{query}")
    assert answer.data == wanted.data
    assert unquote(answer.headers["Link"]).startswith(
        "<https://news.example/categories/field.rss?tag=أحمد>"
    )
    assert spelt.get(f"/tags/{quote('احمد')}.rss?category=field").data == wanted.data


def test_an_older_spelling_that_comes_later_changes_every_entry(
    spelt: FlaskClient, written: IndexWriter
) -> None:
    assert spelt.get("/tags/أحمد.json").status_code == 200
    older = factories.article("old", published=datetime(2025, 9, 1, tzinfo=UTC), tags=("آحمد",))
    factories.fill(written, older, now=NOW)
    assert spelt.get("/tags/أحمد.json").status_code == 301
    after = spelt.get("/tags/آحمد.json")
    assert after.json
    assert [item["tags"] for item in after.json["items"]] == [["ميدان", "آحمد"]] * 2
    assert [item["tags"] for item in spelt.get("/authors/أسماء.json").json["items"]] == [  # type: ignore[index]
        ["ميدان", "آحمد"]
    ] * 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nobody_keeps_what_led_to_the_first_spelling_when_another_becomes_that(
    spelt: FlaskClient, written: IndexWriter, suffix: str
) -> None:
    before, after = (f"/tags/{quote(tag)}{suffix}" for tag in ("أحمد", "آحمد"))
    there = spelt.get(after)
    older = factories.article("old", published=datetime(2025, 9, 1, tzinfo=UTC), tags=("آحمد",))
    factories.fill(written, older, now=NOW)
    back = spelt.get(before)
    assert (there.headers["Location"], back.headers["Location"]) == (before, after), "a circle"
    assert {each.headers["Cache-Control"] for each in (there, back)} == {"no-cache"}


def test_nobody_keeps_where_a_period_was_cut(spelt: FlaskClient) -> None:
    answer = spelt.get("/archive/2025-10-01-1.atom")
    assert answer.headers["Location"] == "/archive/2025-10.atom"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/{}?category=field,economy", "/search{}?category=field,economy"),
        ("/search{}?category=field", "/categories/field{}?category=field"),
        ("/tags/أحمد{}?category=field", "/categories/field{}?tag=أحمد"),
        ("/tags/أحمد{}?q=نص", "/search{}?q=نص&tag=أحمد"),
    ],
)
def test_a_narrowed_list_is_one_answer_whichever_path_of_it_is_asked(
    spelt: FlaskClient, one: str, other: str
) -> None:
    for suffix in SUFFIXES:
        answers = []
        for address in (one, other):
            answer = spelt.get(address.format(suffix).replace("/.", "/feed."))
            assert answer.status_code == 200
            answers.append(([*answer.headers], answer.data))
        assert answers[0] == answers[1]
