"""What `changing` measures, over an index of a million articles, which are written straight into it.

A thousand are generated and indexed as always. All others are older ones of the same lists, made
without files, one every five minutes, with a paragraph of text: what a reader waits for walks
through rows and their indexes, and reads the texts of a page at most. Making them takes some
minutes, and two gigabytes of disk.

python -m benchmarks.reads [SIZE]
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from benchmarks import changing, generate, program
from benchmarks.figures import Figure
from benchmarks.sites import Site
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.model import Article
from feedservice.domain.selections import Selection
from feedservice.index.engine import open_engine
from feedservice.index.packed import Packed, pack
from feedservice.index.writer import IndexWriter
from feedservice.settings import Settings

SIZE = 1_000_000
_FILES, _APART, _AT_ONCE = 1_000, timedelta(minutes=5), 5_000


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return documents a second, over a site of its own."""
    large = Site(folder=site.folder / "reads", size=site.size)
    generate.generate(large.content, _FILES)
    large.index()
    fill(large)
    return changing.over(large, "state", rounds)


def fill(site: Site) -> None:
    """Write as many older articles into its index as it lacks."""
    settings = Settings.from_env(site.environment())
    index = IndexWriter(open_engine(settings.database, readonly=False))
    now = datetime.now(UTC)
    with index.snapshot(now) as view:
        there = view.select(Selection(), _FILES)
    older = _older(there, site.size - len(there))
    while some := list(islice(older, _AT_ONCE)):
        index.apply(some, (), now)
    index.close()


def _older(there: tuple[Article, ...], count: int) -> Iterator[Packed]:
    """Articles like those that are there, each older than the one before."""
    for number in range(count):
        like = there[number % len(there)]
        name = f"older-{number}"
        paragraph = like.text.partition("\n")[0]
        article = replace(
            like,
            path=f"{name}.md",
            slug=name,
            id=f"urn:{name}",
            published=generate.FIRST - (number + 1) * _APART,
            updated=None,
            aliases=(),
            html=f"<p>{paragraph}</p>",
            text=paragraph,
        )
        state = FileState(path=article.path, size=1, mtime_ns=1, digest=name, key="")
        yield pack(Reading(state=state, article=article, problems=(), text=""))


if __name__ == "__main__":
    program.run(measure, __doc__, size=SIZE, rounds=10, generated=False)
