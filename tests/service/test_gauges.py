"""What a scrape asks of the index."""

from pathlib import Path

import pytest

from factories import FixedClock, Seconds, write_article
from feedservice.content.files import ContentFiles
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.service import gauges
from feedservice.service.gauges import QUICK, SHARE, IndexGauges
from feedservice.service.metrics import Metrics


@pytest.mark.parametrize(("took", "is_kept"), [(QUICK, False), (2 * QUICK, True)])
def test_problems_that_take_long_to_count_are_not_counted_at_each_scrape(
    content: Path,
    index: IndexWriter,
    reader: IndexReader,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    took: float,
    is_kept: bool,
) -> None:
    monotonic, count = Seconds(), gauges.problem_counts
    indexer = Indexer(ContentFiles(content), index, clock)

    def slow(view: object) -> dict[str, int]:
        monotonic.now += took
        return count(view)

    monkeypatch.setattr(gauges, "problem_counts", slow)
    scraped = IndexGauges(reader, Metrics(tmp_path / "metrics"), monotonic)

    def errors() -> float:
        return next(each["error"] for each in scraped.now().values() if "error" in each)

    indexer.scan()
    assert errors() == 0
    write_article(content, "field/a.md", date="بلا")
    indexer.scan()
    assert errors() == (0 if is_kept else 1)
    monotonic.now += SHARE * took
    assert errors() == 1
