"""A site to measure: generated articles, and an index of them, in a folder that is removed
afterwards.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import generate

FEEDSERVICE = (sys.executable, "-m", "feedservice")
LISTED = "lists and feeds can be asked for"
"""Which `index` says where there are many articles, before its search takes them up."""
SEARCHED = "the search has all articles"
"""Which it says then, before it closes the index and ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A content folder of ``size`` articles below ``folder``, which is scratch space too."""

    folder: Path
    size: int

    @property
    def content(self) -> Path:
        """The content folder."""
        return self.folder / "content"

    @property
    def newest(self) -> Path:
        """The file of the newest article."""
        number = self.size - 1
        return next(self.content.glob(f"*/{number:07d}.md"))

    def environment(self, state: str = "state", *, rescan: int = 60) -> dict[str, str]:
        """Return the environment for a command of ours over this site.

        Args:
            state: the folder of the index, below ``folder``.
            rescan: seconds between full scans.
        """
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("FEEDSERVICE_")
        }
        return kept | {
            "FEEDSERVICE_CONTENT": str(self.content),
            "FEEDSERVICE_STATE": str(self.folder / state),
            "FEEDSERVICE_RESCAN": str(rescan),
        }

    def index(self, state: str = "state") -> tuple[float, str]:
        """Bring the index up to date; return how many seconds that took, and what the command
        said.
        """
        begin = time.perf_counter()
        done = subprocess.run(
            [*FEEDSERVICE, "index"],
            env=self.environment(state),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return time.perf_counter() - begin, done.stdout.strip()

    def fill(self) -> tuple[float, float]:
        """Make the index from nothing; return after how many seconds feeds can be asked for, and
        searches too.

        Raises:
            subprocess.CalledProcessError: it was not made.
        """
        begin, command = time.perf_counter(), [*FEEDSERVICE, "index"]
        with subprocess.Popen(
            command,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr
            said = [(time.perf_counter() - begin, line) for line in process.stderr]
        end = time.perf_counter() - begin
        if process.returncode:
            told = "".join(line for _, line in said)
            raise subprocess.CalledProcessError(process.returncode, command, stderr=told)
        listed, searched = (
            next((seconds for seconds, line in said if word in line), end)
            for word in (LISTED, SEARCHED)
        )
        return listed, searched


@contextmanager
def temporary(size: int, *, indexed: bool = True, generated: bool = True) -> Iterator[Site]:
    """Make a site of ``size`` articles, with its index unless told otherwise; remove it in the
    end. Without its articles it is a folder, and a size.
    """
    with tempfile.TemporaryDirectory(
        prefix="feedservice-bench-", ignore_cleanup_errors=True
    ) as scratch:
        site = Site(folder=Path(scratch), size=size)
        if generated:
            generate(site.content, size)
            if indexed:
                site.index()
        yield site
