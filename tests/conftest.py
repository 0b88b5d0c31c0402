"""What every room of the suite shares."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import factories
from feedservice.content.files import ContentFiles
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.publisher import Publisher

# A busy machine fails no test: what hypothesis says of slowness is no finding.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/feeds/golden from what is rendered now",
    )


SHARED = ("services", "both", "previewing", "subscribed")
"""Fixtures that start processes for many tests: those run in one worker, so they start once."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for name in SHARED:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))


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


@pytest.fixture
def new_index(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], IndexWriter]:
    """Makes empty indexes, each in a database of its own."""
    made = []

    def make() -> IndexWriter:
        engine = open_engine(f"sqlite:///{tmp_path / f'{len(made)}.sqlite3'}", readonly=False)
        request.addfinalizer(engine.dispose)
        index = IndexWriter(engine)
        index.prepare()
        made.append(index)
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
def reader(tmp_path: Path, index: IndexWriter) -> Iterator[IndexReader]:
    """A second, read-only door to the same database."""
    engine = open_engine(f"sqlite:///{tmp_path / '0.sqlite3'}", readonly=True)
    yield IndexReader(engine)
    engine.dispose()


@pytest.fixture
def indexer(
    content: Path, new_index: Callable[[], IndexWriter], clock: factories.FixedClock
) -> Indexer:
    """Brings the content folder into an index of its own."""
    return Indexer(ContentFiles(content), new_index(), clock, pause=lambda seconds: None)


@pytest.fixture
def publisher(index: IndexWriter, clock: factories.FixedClock) -> Publisher:
    return Publisher(index, clock)


@pytest.fixture
def its_index(indexer: Indexer) -> IndexWriter:
    """The index that `indexer` writes."""
    return indexer._index
