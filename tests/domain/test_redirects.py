"""Redirects: literal ones, patterns, and what is no good pattern."""

import pytest

import factories
from factories import FixedClock
from feedservice.content import site as site_file
from feedservice.domain import redirects
from feedservice.domain.errors import Moved, MovedByQuery
from feedservice.domain.routes import parse
from feedservice.feeds.formats import FORMATS
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher

RULES = (
    ("/old/", "/articles/new"),
    ("/{year}/{month}/{slug}", "/articles/{slug}"),
    ("/blog/{slug}.html", "/articles/{slug}"),
    ("/{year}/{month}/{slug}/amp", "https://amp.example/{year}/{slug}"),
)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/old", "/articles/new"),
        ("/2025/12/داريا/", "/articles/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7"),
        ("/2025/1/a", "/articles/a"),
        ("/blog/a.html", "/articles/a"),
        ("/2025/12/a/amp", "https://amp.example/2025/a"),
    ],
)
def test_an_old_address_leads_on(path: str, address: str) -> None:
    found = redirects.find(path, redirects.rules(RULES))
    assert found is not None
    assert found.address == address


@pytest.mark.parametrize(
    "path", ["/", "/20255/12/a", "/2025/12", "/2025/12/a/b", "/blog/a", "/blog/a.htmlx", "/x"]
)
def test_other_addresses_lead_nowhere(path: str) -> None:
    assert redirects.find(path, redirects.rules(RULES)) is None


@pytest.mark.parametrize(
    "pair", ["/{jahr}/x: /articles/x", "/{slug}/{slug}: /articles/{slug}", "/x: /articles/{slug}"]
)
def test_a_pattern_that_cannot_be_one_is_told(pair: str) -> None:
    old, new = pair.split(": ")
    _, problems = site_file.read(factories.SITE_YAML + f'redirects: {{"{old}": "{new}"}}\n')
    assert [problem.code for problem in problems] == ["redirect-bad"]


QUERIES = (
    ("/?p=7", "/articles/lira"),
    ("/?cat=5", "/categories/اقتصاد"),
    ("/index.php?option=news&id=9", "/articles/daraya"),
    ("/?p=8", "https://other.example/8"),
)


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/?p=7", "/articles/lira"),
        ("/?utm=x&p=7", "/articles/lira"),
        ("/index.php?id=9&option=news", "/articles/daraya"),
        ("/?p=8", "https://other.example/8"),
        ("/?feed=rss2", "/feed.rss"),
        ("/?feed=atom", "/feed.atom"),
        ("/?feed=rss2&cat=5", "/categories/economy.rss"),
        ("/?feed=rss2&p=8", "https://other.example/8"),
        ("/categories/economy?feed=rdf", "/categories/economy.rss"),
        ("/?tag=a&feed=atom", "/tags/a.atom"),
        ("/feeds/posts/default?alt=rss", "/feed.rss"),
    ],
)
def test_an_old_address_with_a_query_leads_on(address: str, target: str) -> None:
    site = factories.site(redirects=QUERIES)
    path, _mark, query = address.partition("?")
    route = parse(path, query, site, FORMATS)
    assert isinstance(route.refusal, Moved)
    assert route.refusal.location == target
    assert not route.key  # or the front page would be kept under it, or for it


PATTERNS = (
    ("/?p={id}", "/articles/p-{id}"),
    ("/?p=9", "/pages/about"),
    ("/news.php?name=News&sid={id}", "/articles/sid-{id}"),
    ("/?y={year}&m={month}", "/archive/{year}-{month}"),
    ("/?topic={slug}", "/tags/{slug}"),
)


@pytest.mark.parametrize(
    ("address", "target", "slug"),
    [
        ("/?p=7", "/articles/p-7", "p-7"),
        ("/?utm=x&p=7&y=1", "/articles/p-7", "p-7"),
        ("/?p=9", "/pages/about", ""),
        ("/news.php?sid=12&name=News", "/articles/sid-12", "sid-12"),
        ("/?m=05&y=2019", "/archive/2019-05", ""),
        ("/?topic=اقتصاد", "/tags/%D8%A7%D9%82%D8%AA%D8%B5%D8%A7%D8%AF", ""),
    ],
)
def test_words_in_a_query_stand_for_whole_values(address: str, target: str, slug: str) -> None:
    path, _mark, query = address.partition("?")
    route = parse(path, query, factories.site(redirects=PATTERNS), FORMATS)
    assert isinstance(route.refusal, MovedByQuery)
    assert (route.refusal.location, route.refusal.slug, route.key) == (target, slug, "")


@pytest.mark.parametrize(
    "address",
    [
        "/?p=7x",
        "/?p=",
        "/?xp=7",
        "/news.php?sid=7&name=x",
        "/?y=20&m=5",
        "/?topic=a/b",
        "/?topic=%3Fx",
        "/a?p=7",
    ],
)
def test_other_values_are_no_words(address: str) -> None:
    path, _mark, query = address.partition("?")
    route = parse(path, query, factories.site(redirects=PATTERNS), FORMATS)
    assert not isinstance(route.refusal, MovedByQuery)


def test_paths_know_nothing_of_patterns_of_queries() -> None:
    assert redirects.find("/news.php", redirects.rules(PATTERNS)) is None
    assert not redirects.patterns(PATTERNS)
    assert redirects.queries(PATTERNS)[0] == ("/?p=9", "/pages/about")


@pytest.mark.parametrize("address", ["/?p=77", "/?p=", "/?feed=x", "/feed.rss?p=7", "/?cat=5x"])
def test_any_other_query_leads_nowhere(address: str) -> None:
    site = factories.site(redirects=QUERIES)
    path, _mark, query = address.partition("?")
    assert parse(path, query, site, FORMATS).refusal is None


@pytest.mark.parametrize(
    ("old", "is_good"),
    [
        ("/?p=7", True),
        ("/a/?p=7&x=1", True),
        ("/?", False),
        ("/?p={id}", True),
        ("/news.php?name=News&sid={id}", True),
        ("/{slug}?p=7", False),
        ("/{slug}?p={id}", False),
        ("/?p=a{id}", False),
        ("/?{id}=3", False),
        ("/?p={id}&p={slug}", False),
        ("/?p={nr}", False),
    ],
)
def test_an_old_query_has_parameters_and_words_that_are_whole_values(
    old: str, is_good: bool
) -> None:
    assert redirects.is_good(old, "/articles/x") is is_good


def test_two_words_side_by_side_are_refused_since_they_can_be_read_in_many_ways() -> None:
    assert not redirects.is_good("/{id}{slug}.html", "/articles/{slug}")
    assert redirects.is_good("/{id}-{slug}.html", "/articles/{slug}")


def test_a_pattern_leads_only_to_articles_that_readers_may_know_of(
    index: IndexWriter, clock: FixedClock
) -> None:
    site = factories.site(redirects=(("/{year}/{slug}", "/articles/{slug}"),))
    index.put_site(site, (), factories.NOW)
    later = factories.article("later", published=factories.moment("2026-06-01"))
    factories.fill(index, factories.article("a", aliases=("earlier",)), later)
    publisher = Publisher(index, clock)
    assert publisher.redirect("/2025/a") == "/articles/a"
    assert publisher.redirect("/2025/earlier") == "/articles/earlier"
    assert publisher.redirect("/2025/later") is None
    assert publisher.redirect("/2025/nothing") is None


@pytest.mark.parametrize(
    ("new", "is_good"),
    [
        ("https://old.example/{slug}", True),
        ("https://old.example/?p={slug}", True),
        ("https://old.example?p={slug}", True),
        ("https://{id}.old.example/{slug}", True),
        ("https://{slug}.old.example/", False),
        ("https://old.example{slug}", False),
        ("https://{slug}@old.example/", False),
        ("HTTPS://old.example:{slug}/", False),
    ],
)
def test_a_stranger_chooses_no_host(new: str, is_good: bool) -> None:
    assert redirects.is_good("/go/{id}/{slug}", new) is is_good
