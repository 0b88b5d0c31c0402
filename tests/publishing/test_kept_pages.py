"""Pages made of what is kept say what they say where nothing is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asked import asked
from effort import rounds
from factories import NOW, FixedClock, article, at, fill, site
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.page import FeedRow, Listing
from feedservice.index.writer import IndexWriter
from feedservice.publishing.directory import Directory, directory
from feedservice.publishing.publisher import Publisher

SPELLINGS = ("Open Desk", "open desk", "OPEN DESK")


def articles() -> st.SearchStrategy[Article]:
    """Versions of few articles: new ones, edits, drafts, withdrawals, embargoes, expiries."""
    hours = st.integers(-3, 3).map(lambda hour: NOW + timedelta(hours=hour))
    return st.builds(
        lambda n, published, ends, title, categories, spelling, status, name: article(
            f"a{n}",
            published=published,
            expires=published + timedelta(hours=ends) if ends else None,
            title=title,
            categories=categories,
            authors=(Author(slug="open-desk", name=spelling),),
            status=status,
            id=f"urn:{name}",
        ),
        st.integers(0, 4),
        hours,
        st.integers(0, 3),
        st.sampled_from(("عنوان", "آخر")),
        st.sampled_from((("field",), ("economy",), ("field", "economy"))),
        st.sampled_from(SPELLINGS),
        st.sampled_from((*[Status.PUBLISHED] * 4, Status.DRAFT, Status.WITHDRAWN)),
        st.integers(0, 5),
    )


steps = st.one_of(
    st.lists(articles(), min_size=1, max_size=3, unique_by=lambda each: each.path),
    st.integers(0, 4).map(lambda n: f"field/a{n}.md"),
    st.integers(1, 2).map(lambda hours: timedelta(hours=hours)),
    st.sampled_from(("ميداني", "الميدان")),
)


def pages(publisher: Publisher) -> tuple[list[Listing], Directory]:
    listings = [publisher.listing(at(path)) for path in ("/", "/categories/field")]
    return listings, publisher.ask(partial(directory, at("/feeds"), kept=publisher.rows))


@settings(
    max_examples=rounds(2000, 40), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(steps, max_size=9))
def test_after_any_change(new_index: Callable[[], IndexWriter], history: list[object]) -> None:
    index = new_index()
    index.put_site(site(), (), NOW)
    index.mark_filled()
    clock = FixedClock()
    kept = Publisher(index, clock)
    for step in history:
        if isinstance(step, timedelta):
            clock.now += step
        elif isinstance(step, list):
            fill(index, *step, now=clock.now)
        elif step.endswith(".md"):
            index.write([], [step], clock.now)
        else:
            first, *rest = site().categories
            renamed = site(categories=(replace(first, name=step), *rest))
            index.put_site(renamed, (), clock.now)
        assert pages(kept) == pages(Publisher(index, clock))
        with index.snapshot(clock.now) as view:
            rows = [row for row in pages(kept)[1].rows if not row.month]
            walked = {row.path: len(view.select(listed(row), 9)) for row in rows}
        assert {row.path: row.count for row in rows} == walked


def listed(row: FeedRow) -> Selection:
    slug = row.path.rpartition("/")[2]
    return Selection.of(Taxonomy(row.kind), slug) if slug else Selection()


def test_a_new_article_costs_one_card(index: IndexWriter, publisher: Publisher) -> None:
    fill(index, *(article(f"a{n}", published=NOW - timedelta(hours=n + 1)) for n in range(30)))
    assert cards_read(index, publisher) == 30
    assert cards_read(index, publisher) == 0
    fill(index, article("new", published=NOW))
    assert cards_read(index, publisher) == 1


def cards_read(index: IndexWriter, publisher: Publisher) -> int:
    with asked(index._engine) as questions:
        publisher.listing(at("/"))
    read = [q for q in questions if "bodies.number IN" in q.text and "teaser" in q.text]
    return len({number for question in read for number in question.parameters})
