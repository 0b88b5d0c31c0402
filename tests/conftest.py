"""What every room of the suite shares."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask.templating import Environment
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

import databases
import factories
import postgresql_cluster
import s3_server
from databases import Databases, Files, InCluster, address_of
from feedservice.content.files import ContentFiles
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher
from postgresql_cluster import Cluster
from s3_server import S3

# A busy machine fails no test: what hypothesis says of slowness is no finding.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="the database of the indexes that fixtures make",
    )
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/feeds/golden from what is rendered now",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is said of SQLite alone where indexes are in another database."""
    if config.getoption("--engine") == "sqlite":
        return
    for item in items:
        if item.get_closest_marker("sqlite"):
            item.add_marker(pytest.mark.skip(reason="of SQLite alone"))


class TemplatesOnce(Environment):
    """Compile each template once, and not again for each of the hundreds of apps of the suite."""

    compiled: ClassVar[dict[object, object]] = {}

    def compile(self, source: str, name: str | None = None, *arguments: Any) -> Any:
        if (name, source) not in self.compiled:
            self.compiled[name, source] = super().compile(source, name, *arguments)
        return self.compiled[name, source]


Flask.jinja_environment = TemplatesOnce


@pytest.fixture(autouse=True, scope="session")
def no_state_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What no test says a state folder for keeps nothing where the user's services do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("states")))
        yield


ONCE = {
    "tests/benchmarks/test_bench_plot.py": "matplotlib",
    "tests/cli/test_cli_overview.py": "a preview",
    "tests/cli/test_cli_source_on_postgresql.py": "PostgreSQL",
    "tests/deploy/test_nginx_over_the_service.py": "nginx over a service",
    "tests/deploy/test_varnish.py": "varnish",
    "tests/deploy/test_varnish_over_the_service.py": "varnish over a service",
    "tests/exporting/test_nginx_configuration.py": "nginx over exports",
    "tests/index/test_databases.py": "PostgreSQL",
    "tests/index/test_postgresql.py": "PostgreSQL",
    "tests/index/test_postgresql_releases.py": "PostgreSQL",
    "tests/service/test_backup.py": "PostgreSQL",
    "tests/ingest/test_media_store.py": "S3",
    "tests/ingest/test_source_store.py": "S3",
    "tests/service/test_content_copy.py": "PostgreSQL",
    "tests/service/test_operating.py": "every server",
    "tests/service/test_processes.py": "every server",
    "tests/service/test_replica_media.py": "PostgreSQL",
    "tests/service/test_replicas.py": "PostgreSQL",
    "tests/service/test_server.py": "every server",
    "tests/service/test_taking_over.py": "PostgreSQL",
    "tests/service/test_two_machines.py": "PostgreSQL",
    "tests/test_golden_site.py": "the golden site",
    "tests/test_i18n.py": "what the source says",
    "tests/test_subscriber.py": "a subscribed service",
}
"""What is costly to start, by the modules that need it: their tests run in one worker."""


class Grouped(LoadScopeScheduling):
    """Keep the tests of `ONCE`, of each fault and of a browser together, and spread all others.

    xdist's own groups do nothing since pytest 9.2, without a word (pytest-xdist, issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return (
            module
            if module.startswith(("tests/browser/", "tests/faults/"))
            else ONCE.get(module, nodeid)
        )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Grouped:
    return Grouped(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests measured: `record_property` by the name of what it was done for."""
    for report in terminalreporter.getreports("passed"):
        for name, figures in report.user_properties:
            terminalreporter.write_line(f"{name}: {figures}")


@pytest.fixture
def clock() -> factories.FixedClock:
    return factories.FixedClock()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder with a site and no article."""
    root = tmp_path / "content"
    root.mkdir()
    (root / "site.yaml").write_text(factories.SITE_YAML, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL, started when a test first asks for it."""
    with postgresql_cluster.running() as running:
        yield running


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """An S3 server, started when a test first asks for it."""
    with s3_server.running() as running:
        yield running


@pytest.fixture(scope="session")
def databases_in(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Path], Databases]:
    """Makes what makes databases: files in a folder, unless ``--engine postgresql`` is given."""
    if request.config.getoption("--engine") == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        empty = databases.make_tables(cluster.url(cluster.new()))
        return lambda _folder: InCluster(cluster, empty)
    empty = databases.make_tables(f"sqlite:///{tmp_path_factory.mktemp('index')}/empty.sqlite3")
    return lambda folder: Files(folder, empty)


@pytest.fixture
def its_databases(tmp_path: Path, databases_in: Callable[[Path], Databases]) -> Iterator[Databases]:
    """Makes databases for one test."""
    made = databases_in(tmp_path)
    yield made
    made.drop()


@pytest.fixture
def new_index(
    its_databases: Databases, request: pytest.FixtureRequest
) -> Callable[[], IndexWriter]:
    """Makes empty indexes, each in a database of its own."""

    def make() -> IndexWriter:
        engine = open_engine(its_databases.new(), readonly=False)
        request.addfinalizer(engine.dispose)
        index = IndexWriter(engine)
        index.prepare()
        return index

    return make


@pytest.fixture
def index(new_index: Callable[[], IndexWriter]) -> IndexWriter:
    """An index that knows the site and no article."""
    index = new_index()
    index.put_site(factories.site(), (), factories.NOW)
    index.mark_filled()
    return index


@pytest.fixture
def reader(index: IndexWriter) -> Iterator[IndexReader]:
    """A second, read-only door to the same database."""
    engine = open_engine(address_of(index), readonly=True)
    yield IndexReader(engine)
    engine.dispose()


@pytest.fixture
def monotonic() -> factories.Seconds:
    return factories.Seconds()


@pytest.fixture
def indexer(
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: factories.FixedClock,
    monotonic: factories.Seconds,
) -> Indexer:
    """Brings the content folder into an index of its own."""
    return Indexer(
        ContentFiles(content),
        new_index(),
        clock,
        pause=lambda seconds: None,
        monotonic=monotonic,
    )


@pytest.fixture
def publisher(index: IndexWriter, clock: factories.FixedClock) -> Publisher:
    return Publisher(index, clock)


@pytest.fixture
def its_index(indexer: Indexer) -> IndexWriter:
    """The index that `indexer` writes."""
    return indexer._index
