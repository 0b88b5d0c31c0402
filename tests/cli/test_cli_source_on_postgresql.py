"""Commands over an object store and a shared database, while nobody on this machine follows it."""

import gc
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.progress import Progress

from factories import SITE_YAML, write_article
from feedservice.cli.exporting import update_index
from feedservice.cli.main import group
from feedservice.clock import utc_now
from feedservice.domain.selections import Selection
from feedservice.ingest.sources import object_store
from feedservice.ingest.sources.source import Item, Listing
from feedservice.service import wiring, wiring_source, wiring_writer
from postgresql_cluster import Cluster

pytestmark = pytest.mark.system

STORED = {"site.yaml": SITE_YAML}


class Stored(object_store.ObjectStore):
    """A store of this process, which knows of the past what any store knows."""

    def __init__(self, _source: str) -> None:
        self._overtaken = ""

    def look(self) -> Listing:
        return Listing(generation=str(len(STORED)), files=dict.fromkeys(STORED, "1"))

    def read(self, wanted: Mapping[str, str]) -> Iterator[Item]:
        return (Item(path, (STORED[path].encode(),)) for path in wanted)


@pytest.fixture
def brought(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """Stores an article, which another process brings to this machine."""
    for name, value in {
        "SOURCE": "s3://bucket/site",
        "STATE": str(tmp_path / "state"),
        "DATABASE": cluster.url(cluster.new()),
    }.items():
        monkeypatch.setenv(f"FEEDSERVICE_{name}", value)
    monkeypatch.setattr(object_store, "ObjectStore", Stored)

    def ask(title: str) -> None:
        file = write_article(tmp_path, f"field/{title}.md")
        monkeypatch.setitem(STORED, f"field/{title}.md", file.read_text(encoding="utf-8"))
        wiring_source.following(wiring.settings()).once()

    yield ask
    gc.collect()  # the sessions of commands, which end with their processes


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_was_brought_since_it_was_published_is_newer_for_status_and_export(
    brought: Callable[[str], None],
) -> None:
    for title, published in (("a", 1), ("b", 2)):
        brought(title)
        told = CliRunner().invoke(group, ["status", "--format", "json"], catch_exceptions=False)
        found = json.loads(told.stdout)
        assert (found["published"], "is_older" in found) == (published, False)
    brought("c")
    lock = wiring_writer.lock(wiring.settings())
    update_index(wiring.settings(), lock, Progress())
    lock.release()
    with wiring.reader(wiring.settings()).snapshot(utc_now()) as view:
        assert view.count(Selection()) == 3
