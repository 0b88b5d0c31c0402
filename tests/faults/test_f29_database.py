"""A database that is killed, hangs or takes no session, and a state folder without room beside it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import tcp_proxy
from effort import rounds
from newsroom import MAIN_FEEDS, Newsroom, Readers, fill
from postgresql_cluster import Cluster
from service_process import Site, serving
from tcp_proxy import Proxy
from test_f02_full_disk import fill_up, own_disk
from waiting import comes_true


@contextmanager
def killed(cluster: Cluster, _proxy: Proxy) -> Iterator[None]:
    cluster.stop()
    yield
    cluster.start()


@contextmanager
def hanging(_cluster: Cluster, proxy: Proxy) -> Iterator[None]:
    proxy.stop()
    yield
    proxy.go_on()


@contextmanager
def taking_no_session(cluster: Cluster, _proxy: Proxy) -> Iterator[None]:
    cluster.ask("ALTER ROLE desk_at_sea CONNECTION LIMIT 0")
    cluster.ask(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'desk_at_sea'"
    )
    yield
    cluster.ask("ALTER ROLE desk_at_sea CONNECTION LIMIT -1")


AWAY: tuple[Callable[[Cluster, Proxy], AbstractContextManager[None]], ...] = (
    killed,
    hanging,
    taking_no_session,
)


def every_worker_keeps_feeds(site: Site, state: Path) -> bool:
    """Whether each has answered all three formats, as the counts of each say: else one that has not
    is asked for what it has nothing of."""
    answered = [
        {key[2] for *key, _count in json.loads(file.read_text()) if key[0] == "answers"}
        for file in (state / "metrics").glob("*.json")
    ]
    return sum(formats >= {"rss", "atom", "json"} for formats in answered) == len(site.workers())


def test_who_reads_notices_nothing_and_what_was_saved_meanwhile_shows_after_it(
    content: Path,
    cluster: Cluster,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    fill(content, 30)
    newsroom = Newsroom(content)
    newsroom.save("n")
    state = tmp_path / "state"
    state.mkdir()
    database = cluster.new()
    cluster.ask("CREATE ROLE desk_at_sea LOGIN")  # a superuser has sessions always
    cluster.ask(f"ALTER DATABASE {database} OWNER TO desk_at_sea")
    cluster.ask("ALTER SCHEMA public OWNER TO desk_at_sea", database)
    with (
        tcp_proxy.between(cluster.port) as proxy,
        serving(
            content,
            state,
            "granian",
            prefix=own_disk(state),
            FEEDSERVICE_RESCAN="86400",
            FEEDSERVICE_DATABASE=f"postgresql+psycopg://desk_at_sea@127.0.0.1:{proxy.port}/{database}",
        ) as site,
        Readers(site, *MAIN_FEEDS) as readers,
    ):
        assert site.until(lambda: newsroom.is_shown(site, MAIN_FEEDS)), site.log()
        seen = Path(f"/proc/{site.process.pid}/root{state}")
        assert comes_true(lambda: every_worker_keeps_feeds(site, seen)), site.log()
        for _ in range(rounds(5, 1)):
            for away in AWAY:
                with away(cluster, proxy):
                    newsroom.save("n")
                    assert comes_true(lambda: site.get("/readyz")[1].startswith(b"degraded since"))
                    asked = len(readers.polls)
                    assert comes_true(lambda asked=asked: len(readers.polls) > asked + 60)
                assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS)), site.log()
            filler = fill_up(seen)
            newsroom.save("n")
            assert comes_true(lambda: newsroom.is_shown(site, MAIN_FEEDS)), site.log()
            filler.unlink()
    assert readers.statuses().keys() == {200}
    lags = newsroom.lags(readers.polls)
    record_property("f29", f"{len(lags)} saves: {readers}; seen after {lags[-1]:.1f} s (most)")
