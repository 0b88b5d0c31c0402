"""Two writers over one database, as on two machines: one leads, the other takes over."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from factories import write_article
from feedservice.clock import utc_now
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.selections import Selection
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from postgresql_cluster import Cluster
from service_process import ROOT
from waiting import comes_true

pytestmark = pytest.mark.system


class Writer:
    """A writer with a state folder of its own."""

    def __init__(self, state: Path, content: Path, address: str) -> None:
        self._log = state.with_suffix(".log")
        environment = {
            **os.environ,
            "FEEDSERVICE_CONTENT": str(content),
            "FEEDSERVICE_STATE": str(state),
            "FEEDSERVICE_DATABASE": address,
            "FEEDSERVICE_LANG": "en",
        }
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "feedservice", "index", "--watch"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def says(self, what: str) -> bool:
        return what in self._log.read_text()

    def end(self, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)


@pytest.fixture
def address(cluster: Cluster) -> str:
    return cluster.url(cluster.new())


@pytest.fixture
def begin(content: Path, address: str, tmp_path: Path) -> Iterator[Callable[[str], Writer]]:
    with ExitStack() as ends:

        def make(name: str) -> Writer:
            writer = Writer(tmp_path / name, content, address)
            ends.callback(writer.process.wait)
            ends.callback(writer.end, signal.SIGKILL)
            return writer

        yield make


@pytest.fixture
def titles(address: str) -> Iterator[Callable[[], set[str]]]:
    """What readers see."""
    engine = open_engine(address, readonly=True)
    reader = IndexReader(engine)

    def ask() -> set[str]:
        try:
            with reader.snapshot(utc_now()) as view:
                return {each.title for each in view.select(Selection(), 100) if view.site}
        except IndexUnavailable:
            return set()

    yield ask
    engine.dispose()


def test_who_is_killed_or_hangs_is_followed_by_another_and_writes_nothing_more(
    content: Path, begin: Callable[[str], Writer], titles: Callable[[], set[str]]
) -> None:
    write_article(content, "field/a.md", title="أول")
    first = begin("first")
    assert comes_true(lambda: titles() == {"أول"})
    second, third = begin("second"), begin("third")
    assert comes_true(lambda: second.says("stands by") and third.says("stands by"))

    first.end(signal.SIGKILL)
    write_article(content, "field/b.md", title="ثان")
    assert comes_true(lambda: titles() == {"أول", "ثان"})

    # Whoever leads now hangs, and wakes when another leads.
    leading, other = (second, third) if second.says("writes now") else (third, second)
    leading.end(signal.SIGSTOP)
    write_article(content, "field/c.md", title="ثالث")
    assert comes_true(lambda: titles() == {"أول", "ثان", "ثالث"})
    (content / "field/c.md").unlink()
    assert comes_true(lambda: titles() == {"أول", "ثان"})
    leading.end(signal.SIGCONT)
    assert comes_true(lambda: leading.process.poll() is not None)
    assert other.process.poll() is None
    assert titles() == {"أول", "ثان"}
