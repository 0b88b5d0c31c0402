"""The pages that name all lists of a site: each once, in parts, whatever there is of them."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from asked import asked
from factories import NOW, article, at, fill, site
from feedservice.domain.errors import NotFound
from feedservice.domain.headline import Status
from feedservice.domain.model import Article
from feedservice.domain.selections import Selection
from feedservice.index.writer import IndexWriter
from feedservice.publishing import directory as lists
from feedservice.publishing.directory import directory, month, subscription_list
from feedservice.publishing.publisher import Publisher

MANY = 25


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PART", 10)


@pytest.fixture
def many(index: IndexWriter) -> IndexWriter:
    fill(
        index,
        *(
            article(f"a{n}", tags=[f"وسم {n}", "كل"], published=NOW - timedelta(days=n, hours=1))
            for n in range(MANY)
        ),
    )
    return index


@pytest.mark.usefixtures("many")
def test_each_list_is_on_one_page(publisher: Publisher) -> None:
    found: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        part = publisher.ask(partial(directory, at("/tags", [("page", str(page))])))
        assert (part.page, len(part.rows)) == (page, min(10, MANY + 1 - len(found)))
        found += [row.title for row in part.rows]
        page, pages = page + 1, part.pages
    assert sorted(found) == sorted(["كل", *(f"وسم {n}" for n in range(MANY))])
    with pytest.raises(NotFound):
        publisher.ask(partial(directory, at("/tags", [("page", str(pages + 1))])))


@pytest.mark.usefixtures("many")
def test_months_have_their_articles_and_lead_to_their_neighbours(publisher: Publisher) -> None:
    named = publisher.ask(partial(directory, at("/archive"))).rows
    counts = {row.path: row.count for row in named}
    assert sum(counts.values()) == MANY
    newest, oldest = (publisher.ask(partial(month, at(path))) for path in counts)
    assert (newest.newer, newest.older) == ("", list(counts)[1])
    assert (oldest.newer, oldest.older) == (next(iter(counts)), "")
    seen: list[str] = []
    for path in counts:
        for page in range(1, publisher.ask(partial(month, at(path))).pages + 1):
            part = publisher.ask(partial(month, at(path, [("page", str(page))])))
            seen += [card.path for card in part.cards]
    assert seen == [f"/articles/a{n}" for n in range(MANY)]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Riyadh", "America/St_Johns"])
def test_months_count_what_is_public_of_them(
    index: IndexWriter, publisher: Publisher, zone: str
) -> None:
    """Days are counted when articles are written: in UTC, and whatever they say of themselves."""
    index.put_site(site(timezone=zone), (), NOW)
    draw = random.Random(zone)
    turns = [datetime(2025, n, 1, tzinfo=ZoneInfo(zone)) for n in (8, 9, 10, 11, 12)]
    moments = [turn + timedelta(minutes=draw.randint(-1500, 1500)) for turn in turns * 8]
    moments += [turn + timedelta(seconds=away) for turn in turns for away in (-1, 0, 1)]
    moments.append(NOW + timedelta(hours=1))
    states = [Status.PUBLISHED] * 4 + [Status.DRAFT, Status.WITHDRAWN]

    def some(n: int, moment: datetime) -> Article:
        expires = moment + timedelta(days=draw.choice((1, 900))) if n % 3 == 0 else None
        slug = f"a{n if n % 7 else 0}"  # some claim one name
        return article(
            slug, path=f"field/{n}.md", published=moment.astimezone(UTC), expires=expires,
            status=draw.choice(states), id=f"i{n}",
        )  # fmt: skip

    for _ in range(2):
        draw.shuffle(moments)
        fill(index, *(some(n, moment) for n, moment in enumerate(moments)))
        index.write([], [f"field/{n}.md" for n in range(5)], NOW)
        rows = publisher.ask(partial(directory, at("/archive"))).rows
        with index.snapshot(NOW) as view:
            public = view.select(Selection(), 1000, teaser=True)
        expected = Counter(f"{each.published.astimezone(ZoneInfo(zone)):%Y-%m}" for each in public)
        assert [(row.title, row.count) for row in rows] == sorted(expected.items(), reverse=True)


def test_months_are_found_that_have_articles_only_on_days_they_share(
    index: IndexWriter, publisher: Publisher
) -> None:
    index.put_site(site(timezone="Asia/Riyadh"), (), NOW)
    turn = datetime(2025, 10, 1, tzinfo=ZoneInfo("Asia/Riyadh")).astimezone(UTC)
    for n, away in enumerate((-1, 0)):
        fill(index, article("only", published=turn + timedelta(seconds=away)))
        rows = publisher.ask(partial(directory, at("/archive"))).rows
        assert [(row.title, row.count) for row in rows] == [(("2025-09", "2025-10")[n], 1)]


def test_as_many_questions_are_asked_however_many_months_there_are(
    index: IndexWriter, publisher: Publisher
) -> None:
    index.put_site(site(timezone="Asia/Riyadh"), (), NOW)
    questions = []
    for days in (20, 200):
        fill(index, *(article(f"a{n}", published=NOW - timedelta(days=n)) for n in range(days)))
        with asked(index._engine) as statements:
            rows = publisher.ask(partial(directory, at("/archive"))).rows
        questions.append((len(rows) > 5, len(statements)))
    assert questions == [(False, questions[0][1]), (True, questions[0][1])]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("address", ["/archive/2020-01", "/archive/2026-13", "/archive/9999-01"])
def test_a_month_without_articles_is_not_there(publisher: Publisher, address: str) -> None:
    with pytest.raises(NotFound):
        publisher.ask(partial(month, at(address)))


def test_a_site_without_articles_has_its_pages(publisher: Publisher) -> None:
    for address in ("/tags", "/archive"):
        assert publisher.ask(partial(directory, at(address))).rows == ()


def test_no_page_asks_more_where_there_are_more_lists(
    many: IndexWriter, publisher: Publisher
) -> None:
    """Ten times the tags: as many questions, since names come with the one that counts."""
    asked: list[str] = []
    event.listen(many._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def questions(address: str) -> int:
        asked.clear()
        publisher.ask(partial(directory, at(address)))
        return len(asked)

    before = [questions(each) for each in ("/tags", "/feeds")]
    new = (article(f"b{n}", tags=[f"n{n}"], published=NOW - timedelta(hours=2)) for n in range(250))
    fill(many, *new)
    assert [questions(each) for each in ("/tags", "/feeds")] == before


@pytest.mark.usefixtures("many")
def test_opml_names_the_tags_with_most_articles(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MAX_TAGS", 2)
    body = publisher.ask(partial(subscription_list, at("/feeds.opml", [("tags", "1")]))).body
    plain = publisher.ask(partial(subscription_list, at("/feeds.opml"))).body
    assert body.count(b"<outline") == plain.count(b"<outline") + 2
    assert "كل" in body.decode()
