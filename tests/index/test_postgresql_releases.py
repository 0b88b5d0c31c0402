"""Two releases beside each other in one database: neither takes the other's tables away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from databases import name_of
from factories import NOW, article, fill, site, snapshot
from feedservice.domain.errors import IndexFilling, IndexUnavailable
from feedservice.domain.selections import Selection
from feedservice.index import reader, tables
from feedservice.index.engine import open_engine
from feedservice.index.engines import postgresql, postgresql_releases
from feedservice.index.reader import IndexReader
from feedservice.index.schema import SCHEMA_VERSION, cache
from feedservice.index.writer import IndexWriter
from postgresql_cluster import Cluster

pytestmark = pytest.mark.system

OWN = f"public_index_{SCHEMA_VERSION}"


@contextmanager
def later_release() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (postgresql, postgresql_releases, reader, tables):
            patch.setattr(module, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
        yield


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Callable[..., Engine]:
    def make(address: str, *, readonly: bool = False) -> Engine:
        engine = open_engine(address, readonly=readonly)
        request.addfinalizer(engine.dispose)
        return engine

    return make


@pytest.fixture
def written(opened: Callable[..., Engine]) -> Callable[..., IndexWriter]:
    """Makes an index with one article."""

    def make(address: str, slug: str) -> IndexWriter:
        index = IndexWriter(opened(address))
        index.prepare()
        index.put_site(site(), (), NOW)
        fill(index, article(slug))
        index.mark_filled()
        return index

    return make


def slugs(index: IndexReader) -> list[str]:
    return [each.slug for each in snapshot(index).select(Selection(), 9)]


def a_day_later(index: IndexWriter) -> None:
    index._keeper._drops_at = index._keeper._looked = 0.0  # type: ignore[attr-defined]
    assert not index.heal()


@pytest.mark.parametrize("is_in_place", [False, True], ids=["beside", "as it was before"])
def test_readers_of_a_release_go_on_while_the_next_is_filled_and_until_its_tables_are_dropped(
    cluster: Cluster,
    opened: Callable[..., Engine],
    written: Callable[..., IndexWriter],
    is_in_place: bool,
) -> None:
    address = cluster.url(cluster.new())
    of_others = []
    for other in ("other", "public_index_7"):  # sites, too
        cluster.ask(f"CREATE SCHEMA {other}", name_of(address))
        of_others.append(written(f"{address}?options=-csearch_path%3D{other}", other))
    written(address, "old").close()
    if is_in_place:
        moved = "; ".join(
            f"ALTER TABLE {OWN}.{name} SET SCHEMA public" for name in [*cache.tables, "search"]
        )
        cluster.ask(f"{moved}; DROP SCHEMA {OWN}", name_of(address))
    old = IndexReader(opened(address, readonly=True))
    assert slugs(old) == ["old"]
    with later_release():
        new = IndexWriter(opened(address))
        new.prepare()
        assert not new.is_filled()
    assert slugs(old) == ["old"]
    with later_release():
        new.put_site(site(), (), NOW)
        fill(new, article("new"))
        new.mark_filled()
        assert slugs(new) == ["new"]
        new._keeper._looked = 0.0  # type: ignore[attr-defined]
        assert not new.heal()
    assert slugs(old) == ["old"]
    with later_release():
        a_day_later(new)
        assert slugs(new) == ["new"]
    with pytest.raises(IndexFilling):
        old.revision()
    assert [slugs(each) for each in of_others] == [["other"], ["public_index_7"]]

    # And back: the one before fills its own again, and takes nothing from the later one.
    back = written(address, "back")
    a_day_later(back)
    assert slugs(old) == ["back"]
    with later_release():
        assert slugs(new) == ["new"]


def of_guest(cluster: Cluster, address: str) -> str:
    """The address for who may make tables and no schemas."""
    cluster.ask(
        "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
        "GRANT CREATE ON SCHEMA public TO guest",
        name_of(address),
    )
    return address.replace("desk@", "guest@")


def test_who_may_make_no_schema_has_one_release_replace_the_other(
    cluster: Cluster, opened: Callable[..., Engine], written: Callable[..., IndexWriter]
) -> None:
    address = cluster.url(cluster.new())
    address = of_guest(cluster, address)
    assert slugs(written(address, "old")) == ["old"]
    old = IndexReader(opened(address, readonly=True))
    with later_release():
        assert slugs(written(address, "new")) == ["new"]
    with pytest.raises(IndexFilling):
        old.current()


def foreign(cluster: Cluster, address: str) -> Callable[[], list[str]]:
    """Makes tables of another program, and returns what tells which are there."""
    names = ["public.articles", "public.search", "public_index_7.articles"]
    made = "; ".join(f"CREATE TABLE {each} (title text)" for each in names)
    cluster.ask(f"CREATE SCHEMA public_index_7; {made}", name_of(address))

    def left() -> list[str]:
        wanted = " UNION ALL ".join(f"SELECT to_regclass('{each}')::text" for each in names)
        return [row[0] for row in cluster.ask(wanted, name_of(address))]

    return left


def test_no_table_of_another_program_is_dropped(
    cluster: Cluster, written: Callable[..., IndexWriter]
) -> None:
    address = cluster.url(cluster.new())
    left = foreign(cluster, address)
    index = written(address, "a")
    a_day_later(index)
    assert slugs(index) == ["a"]
    assert all(left())


def test_nor_by_who_may_make_no_schema_and_says_so(
    cluster: Cluster, opened: Callable[..., Engine]
) -> None:
    address = cluster.url(cluster.new())
    left = foreign(cluster, address)
    guest = of_guest(cluster, address)
    owned = "; ".join(f"ALTER TABLE {each} OWNER TO guest" for each in ("articles", "search"))
    cluster.ask(owned, name_of(address))
    with pytest.raises(IndexUnavailable):
        IndexWriter(opened(guest)).prepare()
    assert all(left())
