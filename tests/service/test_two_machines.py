"""Writers over one database, as on several machines: one leads, another takes over."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from factories import SITE_YAML, write_article
from feedservice.clock import utc_now
from feedservice.domain.errors import IndexUnavailable
from feedservice.domain.selections import Selection
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from git_server import Repository, repository
from postgresql_cluster import Cluster
from service_process import ROOT
from waiting import comes_true

pytestmark = pytest.mark.system


class Writer:
    """A writer with a state folder of its own."""

    def __init__(self, state: Path, address: str, **given: str) -> None:
        self._log = state.with_suffix(".log")
        self.settings = {
            "FEEDSERVICE_STATE": str(state),
            "FEEDSERVICE_DATABASE": address,
            "FEEDSERVICE_LANG": "en",
            **given,
        }
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "feedservice", "index", "--watch"],
                cwd=ROOT,
                env={**os.environ, **self.settings},
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
def begin(content: Path, address: str, tmp_path: Path) -> Iterator[Callable[..., Writer]]:
    with ExitStack() as ends:

        def make(name: str, **given: str) -> Writer:
            given = given or {"FEEDSERVICE_CONTENT": str(content)}
            writer = Writer(tmp_path / name, address, **given)
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


def test_a_machine_whose_repository_is_behind_waits_until_it_is_not_or_is_told_that_it_is_right(
    begin: Callable[..., Writer],
    titles: Callable[[], set[str]],
    tmp_path: Path,
) -> None:
    def told(writer: Writer, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "feedservice", *command],
            cwd=ROOT,
            env={**os.environ, **writer.settings},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    origin = repository(tmp_path / "origin", {"site.yaml": SITE_YAML})
    write_article(origin.folder, "field/a.md", title="أول")
    origin.commit()
    behind, anew = Repository(tmp_path / "behind"), Repository(tmp_path / "anew")
    for each in (behind, anew):
        origin.git("clone", "--quiet", str(origin.folder), str(each.folder))
    first = begin("first", FEEDSERVICE_SOURCE=f"git+{origin.url}", FEEDSERVICE_SOURCE_EVERY="5")
    assert comes_true(lambda: titles() == {"أول"})
    write_article(origin.folder, "field/b.md", title="عاجل")
    origin.commit()
    assert comes_true(lambda: titles() == {"أول", "عاجل"})
    first.end(signal.SIGKILL)

    second = begin("second", FEEDSERVICE_SOURCE=f"git+{behind.url}")
    assert comes_true(lambda: second.says("older than what is published"))
    assert "is older than what is published" in told(second, "status")
    assert titles() == {"أول", "عاجل"}
    behind.git("pull", "--quiet")
    assert comes_true(lambda: second.says("this machine writes now"))
    assert titles() == {"أول", "عاجل"}
    second.end(signal.SIGKILL)

    anew.git("rm", "--quiet", "-r", "field")
    write_article(anew.folder, "field/c.md", title="من جديد")
    anew.git("add", "--all")
    anew.git("commit", "--quiet", "--amend", "--message", "من جديد")
    third = begin("third", FEEDSERVICE_SOURCE=f"git+{anew.url}")
    assert comes_true(lambda: third.says("older than what is published"))
    assert titles() == {"أول", "عاجل"}
    told(third, "index", "--accept-older")
    assert comes_true(lambda: titles() == {"من جديد"})
