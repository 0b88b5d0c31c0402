"""Either database finds the same; each is asked here, whatever ``--engine`` says."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from databases import Files, InCluster, make_tables
from effort import rounds
from factories import NOW, article, at, fill, site, states_of
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import tokens
from feedservice.index import finding
from feedservice.index.engine import open_engine
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from postgresql_cluster import Cluster

pytestmark = pytest.mark.system

WORDS = "ماء نهر سد ٱلرَّحْمَـٰن العالمين والسلام مدرسة RSS Café 1973 ا'ب \\ § " + "ط" * 3000
AGES = [timedelta(days=days) for days in (0, 0, 0, 0, 1, 2, 30, 200, 4000, 30_000, 200_000)]
LABELS = ["News", "news2", "أ", "ب", "Ä", "a-b", "_"]


@pytest.fixture(scope="module")
def pair(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[IndexWriter]]:
    """An empty index in each database."""
    empty = make_tables(cluster.url(cluster.new()))
    file = make_tables(f"sqlite:///{tmp_path_factory.mktemp('pair')}/empty.sqlite3")
    made = []
    for databases in (Files(tmp_path_factory.mktemp("pair"), file), InCluster(cluster, empty)):
        index = IndexWriter(open_engine(databases.new(), readonly=False))
        index.prepare()
        index.put_site(site(), (), NOW)
        index.mark_filled()
        made.append(index)
    yield made
    for index in made:
        index.close()


def drawn(chance: Random, number: int) -> Article:
    def some(most: int) -> list[str]:
        return chance.choices(WORDS.split(), k=chance.randrange(most))

    text = " ".join(some(12))
    published = NOW + timedelta(hours=chance.randrange(-9, 2)) - chance.choice(AGES)
    return article(
        f"{chance.choice(LABELS)}{number}",
        path=f"{chance.choice(LABELS)}/{number}.md",
        id=f"urn:{number}",
        title=" ".join(some(4)) or "x",
        summary=" ".join(some(4)),
        text=text,
        html=f"<p>{text}</p>",
        published=published,
        expires=chance.choice([None, None, published + timedelta(hours=3)]),
        status=chance.choice([*[Status.PUBLISHED] * 5, Status.WITHDRAWN, Status.DRAFT]),
        categories=tuple(chance.sample(["field", "economy"], chance.randrange(3))),
        tags=chance.sample(LABELS, chance.randrange(4)),
        authors=tuple(
            Author(slug=slug, name=slug)
            for slug in chance.sample(["desk", "ضيف"], chance.randrange(3))
        ),
    )


def asked(chance: Random) -> Selection:
    chosen = Selection(
        q=" ".join(chance.choices(WORDS.split(), k=chance.randrange(1, 4))),
        since=chance.choice([None, NOW - timedelta(hours=5) - chance.choice(AGES)]),
        until=chance.choice(
            [None, NOW - timedelta(hours=1) - chance.choice(AGES), NOW + timedelta(days=10**6)]
        ),
    )
    if chance.randrange(2):
        slugs = chance.sample(["أ", "ب", "news2"], 2)
        chosen = (
            chosen.narrow(Taxonomy.TAG, slugs)
            if chance.randrange(2)
            else chosen.narrow(Taxonomy.TAG, (), none_of=slugs)
        )
    if chance.randrange(3) == 0:
        moment = NOW - timedelta(hours=2) - chance.choice(AGES)
        chosen = replace(chosen, before=Cursor(published=moment, slug="a"))
    return chosen


ANSWERS: tuple[Callable[[IndexWriter, Selection], object], ...] = (
    lambda index, chosen: view(index, lambda v: v.listed(chosen, 4)),
    lambda index, chosen: view(index, lambda v: v.listed(chosen, 3, skip=2)),
    lambda index, chosen: view(index, lambda v: finding.best(v.ask, chosen, 5)),
    lambda index, chosen: view(index, lambda v: v.count(chosen)),
    lambda index, chosen: view(index, lambda v: v.count(chosen, 2)),
    lambda index, chosen: view(index, lambda v: v.edge(chosen, oldest=True)),
    lambda index, chosen: view(index, lambda v: v.edge(chosen, oldest=False)),
    lambda index, chosen: view(index, lambda v: v.select(replace(chosen, q=""), 5)),
    lambda index, chosen: view(
        index, lambda v: [*finding.words(v.connection, " ".join(tokens(chosen.q)).split())]
    ),
    lambda index, chosen: view(index, lambda v: v.labels(Taxonomy.TAG)),
    lambda index, chosen: view(index, lambda v: v.problems()),
)


def view(index: IndexWriter, ask: Callable[..., object]) -> object:
    with index.snapshot(NOW) as found:
        return ask(found)


def test_a_site_and_a_search_are_the_same_in_either_database(pair: list[IndexWriter]) -> None:
    chance = Random(5)
    numbers = iter(range(10**6))
    for _ in range(rounds(300, 12)):
        there = [drawn(chance, next(numbers)) for _ in range(chance.randrange(1, 15))]
        for index in pair:
            fill(index, *there)
        for _ in range(4):
            chosen = asked(chance)
            for ask in ANSWERS:
                one, other = (ask(index, chosen) for index in pair)
                assert one == other, chosen
        gone = [each.path for each in there if chance.randrange(2)]
        for index in pair:
            index.write((), gone, NOW)
    feeds = [Publisher(index, lambda: NOW).feed(at("/", (), "atom")).body for index in pair]
    assert feeds[0] == feeds[1]
    assert states_of(pair[0]) == states_of(pair[1])
    assert pair[0].known_below(["News"]) == pair[1].known_below(["News"])
