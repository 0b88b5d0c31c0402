"""What only PostgreSQL does: it may hang, be lost and come back, and be another machine's."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

import tcp_proxy
from databases import make_tables, name_of
from factories import NOW, article, fill, site, snapshot, states_of
from feedservice.domain.errors import IndexFilling, IndexUnavailable
from feedservice.domain.selections import Selection
from feedservice.http.revision import Revision
from feedservice.index import query
from feedservice.index.engine import Look, database_at, open_engine, write_transaction
from feedservice.index.engines import (
    Leadership,
    postgresql,
    postgresql_leadership,
    postgresql_search,
)
from feedservice.index.engines.postgresql_session import Session, is_quiet
from feedservice.index.outbox import Outbox
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from postgresql_cluster import Cluster
from tcp_proxy import Proxy
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def empty(cluster: Cluster) -> str:
    return make_tables(cluster.url(cluster.new()))


@pytest.fixture
def address(cluster: Cluster, empty: str) -> str:
    """Of a database with an index that knows the site."""
    made = cluster.url(cluster.new(name_of(empty)))
    index = IndexWriter(open_engine(made, readonly=False))
    index.put_site(site(), (), NOW)
    index.mark_filled()
    index.close()
    return made


@pytest.fixture
def opened(request: pytest.FixtureRequest) -> Callable[..., Engine]:
    """Opens a database until the end of the test."""

    def make(address: str, *, readonly: bool = False, look: Look | None = None) -> Engine:
        engine = open_engine(address, readonly=readonly, look=look)
        request.addfinalizer(engine.dispose)
        return engine

    return make


@pytest.fixture
def proxy(cluster: Cluster) -> Iterator[Proxy]:
    with tcp_proxy.between(cluster.port) as made:
        yield made


@pytest.fixture
def through(address: str, cluster: Cluster, proxy: Proxy) -> str:
    """The same database, behind what may stop."""
    return address.replace(str(cluster.port), str(proxy.port))


def end_sessions(cluster: Cluster, address: str, where: str = "true") -> None:
    there = f"pg_stat_activity WHERE datname = '{name_of(address)}' AND ({where})"
    ended = cluster.ask(f"SELECT pid, pg_terminate_backend(pid) FROM {there}")
    pids = ", ".join(str(pid) for pid, _ in ended)
    assert comes_true(
        lambda: not cluster.ask(f"SELECT FROM pg_stat_activity WHERE pid IN ({pids})")
    )


def test_who_asks_a_database_that_hangs_is_refused_and_only_so_many_wait(
    opened: Callable[..., Engine], through: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "READS_WITHIN", 3.0)
    monkeypatch.setattr(postgresql, "CONNECTIONS", 2)
    engine = opened(through, readonly=True)
    reader = IndexReader(engine)
    assert reader.is_filled()
    refused: list[str] = []

    def ask() -> None:
        try:
            reader.revision()
        except IndexUnavailable as error:
            refused.append(str(error))

    proxy.stop()
    waiting = [threading.Thread(target=ask) for _ in range(2)]
    for each in waiting:
        each.start()
    assert comes_true(lambda: engine.pool.checkedout() == 2)  # type: ignore[attr-defined]
    for _ in range(4):
        with pytest.raises(IndexUnavailable, match="QueuePool limit"):
            reader.revision()
    for each in waiting:
        each.join()
    assert len(refused) == 2
    proxy.go_on()
    assert comes_true(lambda: _is_filled(reader))


def test_who_is_cut_off_while_it_reads_takes_no_place_of_those_who_come_after(
    opened: Callable[..., Engine], through: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "READS_WITHIN", 1.0)
    monkeypatch.setattr(postgresql, "CONNECTIONS", 1)
    reader = IndexReader(opened(through, readonly=True))
    assert reader.is_filled()
    proxy.stop()
    with pytest.raises(IndexUnavailable):
        reader.is_filled()
    proxy.go_on()
    assert comes_true(lambda: _is_filled(reader))


def _is_filled(reader: IndexReader) -> bool:
    try:
        return reader.is_filled()
    except IndexUnavailable:
        return False


def test_kept_answers_do_not_wait_for_a_revision_that_nobody_tells() -> None:
    answer, asked = threading.Event(), []

    def ask() -> int:
        asked.append(1)
        answer.wait()
        return len(asked)

    now = datetime(2026, 1, 1, tzinfo=UTC)
    revision = Revision(ask, timedelta(0), None, lambda error: None, patience=0.01)
    assert revision.at(now) is None
    assert revision.at(now + timedelta(seconds=1)) is None
    assert comes_true(lambda: bool(asked))
    assert len(asked) == 1  # one asks, the others do not even wait
    answer.set()
    assert comes_true(lambda: revision.at(now + timedelta(seconds=2)) is not None)


def refuse(_thread: object) -> None:
    raise RuntimeError("can't start new thread")


def test_who_leads_and_gets_no_thread_to_say_so_lets_another_lead(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (database_at(address).leadership(address) for _ in range(2))
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(IndexUnavailable):
            first.acquire()
    assert not first.is_held()
    assert comes_true(second.acquire)  # once the server has seen that the session is gone
    second.release()
    first.release()


def test_a_thread_that_the_system_refuses_is_an_outage_and_locks_nobody_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused: list[Exception] = []
    now = datetime(2026, 1, 1, tzinfo=UTC)
    asked = Revision(lambda: 7, timedelta(0), None, refused.append, patience=PATIENCE)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert asked.at(now) is None
        assert asked.at(now + timedelta(seconds=1)) is None
    assert (asked.lost_since, len(refused)) == (now, 1)
    assert asked.at(now + timedelta(seconds=2)) == 7
    assert asked.lost_since is None


@pytest.mark.parametrize("is_closed", [True, False])
def test_sessions_that_the_server_ended_are_not_felt(
    opened: Callable[..., Engine], cluster: Cluster, through: str, proxy: Proxy, is_closed: bool
) -> None:
    engine = opened(through, readonly=True)
    sessions: list[Session] = []
    event.listen(engine, "checkin", lambda session, _record: sessions.append(session))
    reader = IndexReader(engine)
    assert reader.is_filled()
    proxy.tells_ends = is_closed
    end_sessions(cluster, through)
    assert comes_true(lambda: not is_quiet(sessions[-1]))
    assert reader.is_filled()


def test_a_database_without_tables_is_an_index_that_is_being_made(
    opened: Callable[..., Engine], cluster: Cluster
) -> None:
    with pytest.raises(IndexFilling):
        IndexReader(opened(cluster.url(cluster.new()), readonly=True)).revision()


def test_no_fault_tells_the_password(opened: Callable[..., Engine], cluster: Cluster) -> None:
    for host in ("127.0.0.1:1", f"127.0.0.1:{cluster.port}"):
        address = f"postgresql+psycopg://nobody:S3cret@{host}/nothing"
        with pytest.raises(IndexUnavailable) as told:
            IndexReader(opened(address, readonly=True)).revision()
        assert "S3cret" not in "".join(
            (str(told.value), repr(told.value), str(told.value.__cause__))
        )


def test_dropped_tables_are_made_anew_and_a_scan_is_due(
    opened: Callable[..., Engine], address: str
) -> None:
    index = IndexWriter(opened(address))
    before = index.revision()
    assert not index.heal()
    with index._engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE meta, articles, search")
    index._keeper._looked -= postgresql.LOOK_EVERY  # type: ignore[attr-defined]
    assert index.heal()
    assert not index.is_filled()
    assert index.revision() > before


def test_what_is_cut_off_while_it_is_copied_is_not_there_and_is_written_again(
    opened: Callable[..., Engine],
    cluster: Cluster,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = IndexWriter(opened(address))
    many = [article(f"a{n}", published=NOW - timedelta(hours=n)) for n in range(60)]
    copied: list[object] = []
    write_row = psycopg.Copy.write_row

    def write_or_die(copy: psycopg.Copy, row: Sequence[object]) -> None:
        copied.append(row)
        if len(copied) == 200:
            end_sessions(cluster, address, "query LIKE 'COPY%'")
        write_row(copy, row)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Copy, "write_row", write_or_die)
        with pytest.raises(IndexUnavailable):
            fill(index, *many)
    assert states_of(index) == {}
    fill(index, *many)
    found = snapshot(index).select(Selection(), 99)
    assert [each.slug for each in found] == [each.slug for each in many]


def test_a_search_reads_as_many_articles_as_it_shows_of_a_stretch_of_time_where_there_are_enough(
    address: str, opened: Callable[..., Engine]
) -> None:
    index = IndexWriter(opened(address))
    there = [NOW, *(NOW - timedelta(days=4000, hours=12 * n) for n in range(600))]
    fill(index, *(article(f"a{n}", title="ماء", published=each) for n, each in enumerate(there)))
    question = query.select_listed(Selection(q="ماء"), 5)
    with index.connection() as connection:
        values = {**question.values, "moment": int(NOW.timestamp())}
        sql, told = question.statement._told(connection, values)
        ((plan,),) = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", told)
    read = {
        each["Index Name"]: each["Actual Rows"] * each["Actual Loops"]
        for each in _steps(plan[0]["Plan"])
        if "Index Name" in each
    }
    assert read["articles_pkey"] == 5
    of_a_stretch = (1 << postgresql_search.LENGTHS[1]) / timedelta(hours=12).total_seconds()
    assert 5 <= read["search_by_token"] <= 2 * of_a_stretch + 1


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _steps(each)


def test_what_is_filled_is_known_to_the_planner(
    opened: Callable[..., Engine], cluster: Cluster, address: str
) -> None:
    """Else it would walk through all that is public for each name that a save claims."""
    index = IndexWriter(opened(address))
    fill(index, *(article(f"a{n}", aliases=(f"b{n}", f"c{n}", f"d{n}")) for n in range(500)))
    of_tables = "FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind = 'r'"
    large = cluster.ask(
        f"SELECT relname, reltuples {of_tables} AND nspname LIKE 'public_index%'"
        " AND pg_relation_size(pg_class.oid) > 8 * 8192",
        name_of(address),
    )
    assert {"bodies", "claims", "search"} <= {name for name, _rows in large}
    assert {name: rows for name, rows in large if rows <= 0} == {}


def test_an_article_of_more_words_than_there_is_room_for_is_found_by_its_title(
    opened: Callable[..., Engine],
    address: str,
) -> None:
    index = IndexWriter(opened(address))
    text = " ".join(f"{n:x}" + "ط" * 180 for n in range(4000)) + " " + "ط" * 9000
    fill(index, article("a", title="سرد طويل", text=text, html=text))
    for asked in ("طويل", "ط" * 9000):
        found = snapshot(index).select(Selection(q=asked), 5)
        assert [each.slug for each in found] == (["a"] if asked == "طويل" else [])
    index.write((), ["field/a.md"], NOW)
    assert snapshot(index).select(Selection(q="طويل"), 5) == ()


@pytest.fixture
def told(address: str) -> Callable[[], object]:
    commits = database_at(address).commits(address)
    assert commits
    commits.follow()
    assert comes_true(lambda: isinstance(commits.value(), int))
    return commits.value


def test_commits_are_told_and_told_again_after_an_outage(
    opened: Callable[..., Engine], cluster: Cluster, address: str, told: Callable[[], object]
) -> None:
    index = IndexWriter(opened(address))
    for _ in range(2):
        before = told()
        fill(index, article("a", title=f"{before}"))
        assert comes_true(lambda before=before: told() != before)  # type: ignore[misc]
        end_sessions(cluster, address, "query LIKE 'LISTEN%'")
        assert comes_true(lambda: isinstance(told(), float))  # asked for meanwhile
        assert comes_true(lambda: isinstance(told(), int))


def test_another_site_in_the_database_is_not_told(
    opened: Callable[..., Engine], cluster: Cluster, address: str
) -> None:
    cluster.ask("CREATE SCHEMA other", name_of(address))
    other = f"{address}?options=-csearch_path%3Dother"
    index = IndexWriter(opened(other))
    index.prepare()
    commits = database_at(other).commits(other)
    assert commits
    commits.follow()
    assert comes_true(lambda: isinstance(commits.value(), int))
    before = commits.value()
    fill(IndexWriter(opened(address)), article("a"))
    assert states_of(index) == {}
    index.put_site(site(), (), NOW)
    assert comes_true(lambda: commits.value() != before)
    assert commits.value() == before + 1  # type: ignore[operator]


def test_each_site_in_the_database_has_who_writes_it(cluster: Cluster, address: str) -> None:
    cluster.ask("CREATE SCHEMA other", name_of(address))
    addresses = (address, f"{address}?options=-csearch_path%3Dother")
    sites = [database_at(each).leadership(each) for each in addresses]
    assert [each.acquire() for each in sites] == [True, True]
    sites[0].note("7")
    assert [each.published() for each in sites] == ["7", ""]
    for each in sites:
        each.release()


def test_one_leads_and_another_once_its_session_is_gone(cluster: Cluster, address: str) -> None:
    first, second = (database_at(address).leadership(address) for _ in range(2))
    assert first.acquire()
    assert not second.acquire()
    end_sessions(cluster, address, "query LIKE '%leadership%' OR query = 'SELECT 1'")
    assert comes_true(second.acquire)
    assert comes_true(lambda: not first.is_held())
    second.release()


def test_who_hangs_in_the_middle_of_a_write_keeps_nobody_from_leading(
    opened: Callable[..., Engine], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as ends:
        old, new = (database_at(address).leadership(address) for _ in range(2))
        ends.callback(old.release)
        ends.callback(new.release)
        assert old.acquire()
        with monkeypatch.context() as patch:
            patch.setattr(postgresql, "QUIET", "500ms")
            engine = opened(address, look=old.look)

        def write() -> None:
            with write_transaction(engine):
                old._session.close()  # type: ignore[attr-defined]
                assert comes_true(lambda: _leads(new))

        with pytest.raises(IndexUnavailable):
            write()
        fill(IndexWriter(opened(address, look=new.look)), article("b"))


def _leads(leadership: Leadership) -> bool:
    try:
        return leadership.acquire()
    except IndexUnavailable:
        return False


def test_who_lost_the_lock_without_knowing_writes_nothing_more(
    opened: Callable[..., Engine], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_leadership, "PING_EVERY", 10**6)
    with ExitStack() as ends:
        old, new = (database_at(address).leadership(address) for _ in range(2))
        ends.callback(old.release)
        ends.callback(new.release)
        assert old.acquire()
        engine = opened(address, look=old.look)
        index, outbox = IndexWriter(engine), Outbox(engine)
        fill(index, article("a"))
        old._session.close()  # type: ignore[attr-defined]
        assert comes_true(lambda: _leads(new))  # once the server has seen that
        assert old.is_held()  # as far as it knows
        with pytest.raises(IndexUnavailable, match="another machine writes"):
            index.write((), ["field/a.md"], NOW)
        with pytest.raises(IndexUnavailable, match="another machine writes"):
            outbox.forget("https://hub.example/")
        assert set(states_of(index)) == {"field/a.md"}
        fill(IndexWriter(opened(address, look=new.look)), article("b"))
        assert set(states_of(index)) == {"field/a.md", "field/b.md"}


def test_a_new_leader_waits_for_what_the_old_one_is_writing(
    opened: Callable[..., Engine], address: str
) -> None:
    old, new = (database_at(address).leadership(address) for _ in range(2))
    assert old.acquire()
    engine = opened(address, look=old.look)
    index = IndexWriter(engine)
    took: list[bool] = []
    with index._keeper.transaction() as connection:
        old._session.close()  # type: ignore[attr-defined]
        taking = threading.Thread(target=lambda: took.append(comes_true(lambda: _leads(new))))
        taking.start()
        connection.exec_driver_sql("INSERT INTO meta VALUES ('x', 'y')")
        assert comes_true(lambda: _waits_for_a_lock(index))
        assert took == []
    taking.join()
    assert took == [True]
    new.release()


def _waits_for_a_lock(index: IndexWriter) -> bool:
    with index.connection() as connection:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(connection.exec_driver_sql(sql).scalar())
