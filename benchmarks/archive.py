"""What grows with the archive: each question of readers, of /metrics and of `status`, asked for the
first time after a new article, of indexes of several sizes, in SQLite or PostgreSQL; and what a look
at all files takes.

Articles are written straight into the index, one every five minutes, in 200 categories and of 300
authors, each with two of 20,000 tags; half of them have one tag, and one has a tag of its own. Some
have expired, some were withdrawn. Their files are there, so that a look at them is true; none of them
is read. It is processor time that counts, that of the database's server too.

python -m benchmarks.archive [SIZE …] [--database postgresql+psycopg://…] [--rounds N]
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import text

from benchmarks import changing, generate, sites
from benchmarks.processes import (
    Unmeasurable,
    cpu_seconds,
    descendants,
    end_on_signals,
    ended_cpu_seconds,
    free_port,
    get,
    running,
    wait_for,
    wait_until_idle,
)
from benchmarks.sites import FEEDSERVICE, Site
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author, Tag
from feedservice.domain.selections import Selection
from feedservice.index.engine import open_engine
from feedservice.index.overview import overview, tally
from feedservice.index.packed import Packed, pack
from feedservice.index.writer import IndexWriter
from feedservice.ingest.batches import Readers
from feedservice.ingest.search_filling import fill_search
from feedservice.settings import Settings

CATEGORIES, AUTHORS, TAGS = 200, 300, 20_000
RARE, HALF, ONE = "فريدة", "half", "alone"
_APART, _AT_ONCE = timedelta(minutes=5), 5_000
_INODE_BITS = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A filled index, and the processes that answer for it beside this one."""

    site: Site
    settings: Settings
    writer: IndexWriter
    newest: Article

    def spent(self) -> float:
        """Return the processor time so far, in seconds, of this process and of the server, with
        what those of its processes spent that have ended.
        """
        here = time.process_time()
        if self.settings.database.startswith("sqlite"):
            return here
        with self.writer.connection() as connection:
            backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
        return here + cpu_seconds([parent, *descendants(parent)]) + ended_cpu_seconds(parent)


def addresses(index: Index) -> dict[str, str]:
    """Return what readers ask for, by what it is."""
    section = f"section-{int(index.newest.categories[0].rpartition('-')[2])}"
    month = f"{index.newest.published:%Y-%m}"
    return {
        "the feed of the site": "/feed.atom",
        "a category's": f"/categories/{section}.atom",
        "a tag's that half have": f"/tags/{HALF}.atom",
        "a tag's that one has": f"/tags/{ONE}.atom",
        "a category narrowed by that tag": f"/categories/{section}.atom?tag={ONE}",
        "one of 20,000 tags, narrowed by half": f"/tags/t0.atom?tag={HALF}",
        "a category without that tag": f"/categories/{section}.atom?tag=-{HALF}",
        "an article's page": f"/articles/{index.newest.slug}",
        "page 100 of the site": "/?page=100",
        "a search for a rare word": f"/search?q={quote(RARE)}",
        "for a common word": f"/search?q={quote(generate.PARTICLES[0])}",
        "for two, newest first": f"/search.atom?q={quote(' '.join(generate.PARTICLES[:2]))}",
        "for none": f"/search?q={quote('ليسهنا')}",
        "/archive": "/archive",
        "a day of the archive": f"/archive/{month}-20.atom",
        "a month of a category": f"/categories/{section}/archive/{month}.atom",
        "a month's page": f"/archive/{month}",
        "/sitemap.xml": "/sitemap.xml",
        "a month's sitemap": f"/sitemap-{month}.xml",
        "/sitemap-news.xml": "/sitemap-news.xml",
        "/feeds": "/feeds",
        "/feeds.opml": "/feeds.opml",
        "with 20,000 tags": "/feeds.opml?tags=1",
        "/tags": "/tags",
        "/authors": "/authors",
    }


def questions(index: Index) -> dict[str, Callable[[], object]]:
    """Return what operators ask, by what it is."""

    def asked(question: Callable[..., object]) -> Callable[[], object]:
        def ask() -> object:
            with index.writer.snapshot(datetime.now(UTC)) as view:
                return question(view)

        return ask

    return {
        "a count of all": asked(lambda view: view.count(Selection())),
        "/metrics' tally": asked(tally),
        "status": asked(lambda view: overview(view, most=41)),
        "problems": asked(lambda view: view.problems()),
        "the next moment": asked(lambda view: view.next_moment()),
    }


def measure(index: Index, rounds: int) -> dict[str, float]:
    """Return the least processor time of each question, in milliseconds."""
    found: dict[str, float] = {}
    turn = 0

    def note(name: str, ask: Callable[[], object]) -> None:
        nonlocal turn
        for _ in range(rounds):
            turn += 1
            changing.publish(index.writer, index.newest, turn)
            before = index.spent()
            try:
                ask()
            except Unmeasurable as reason:
                print(f"{name}: {reason}", file=sys.stderr)
            took = 1000 * (index.spent() - before)
            found[name] = min(took, found.get(name, took))

    for name, path in addresses(index).items():
        with_templates = changing.application(changing.publisher(index.settings))
        with_templates("/feeds")

        def ask(path: str = path, ask: Callable[[str], None] = with_templates) -> None:
            ask(path)

        note(name, ask)
    for name, question in questions(index).items():
        note(name, question)
    before = index.spent()
    changing.edit(index.writer, index.newest, 1)
    found["an edit of a title"] = 1000 * (index.spent() - before)
    return found


def serving(index: Index) -> dict[str, float]:
    """Return seconds of a start's first answer and of a look at all files, and megabytes.

    Of a save in PostgreSQL also when the readers of a replica see it.
    """
    port, log = free_port(), index.site.folder / "serving.log"
    database, ports = index.settings.database, {"save to feed, s": port}
    command = (*FEEDSERVICE, "serve", "--workers", "1", "--port")
    with ExitStack() as stack:
        environment = _environment(index.site, database)
        process = stack.enter_context(running((*command, str(port)), log, environment=environment))
        first = wait_for(process, port, "/feed.rss", log, 900)
        if not database.startswith("sqlite"):
            ports["save to a replica's feed, s"] = free_port()
            of_replica = (*command, str(ports["save to a replica's feed, s"]), "--replica")
            environment = _environment(index.site, database, "replica")
            replica = stack.enter_context(running(of_replica, log, environment=environment))
            wait_for(replica, ports["save to a replica's feed, s"], "/feed.rss", log)
        wait_until_idle(process.pid, 1800)
        writers = [each for each in descendants(process.pid) if b"--watch" in _command(each)]
        path = index.site.content / "section-0" / "saved.md"
        mark = "علامة فارقة"
        path.write_text(
            f"---\ntitle: {mark}\ndate: {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n---\n\nنص\n",
            encoding="utf-8",
        )
        begin, seen = time.perf_counter(), dict[str, float]()
        while len(seen) < len(ports):
            for name, asked in ports.items():
                if name not in seen and mark.encode() in get(asked, "/feed.rss").body:
                    seen[name] = time.perf_counter() - begin
            if time.perf_counter() - begin > 120:
                raise Unmeasurable("a save is not seen")
            time.sleep(0.01)
        return {
            "start to first answer, s": first,
            "a look at all files, s of processor": cpu_seconds(writers),
            "writer's memory at most, MB": max(map(_peak, writers)),
            **seen,
        }


def fill(site: Site, settings: Settings) -> Index:
    """Make an index of as many articles as the site is to have, in a database without tables."""
    like, key, its_site = _samples(site)
    writer = IndexWriter(open_engine(settings.database, readonly=False))
    writer.prepare()
    now = datetime.now(UTC)
    writer.put_site(its_site, (), now)
    made = _articles(site, like, key)
    while some := [packed for packed, _ in zip(made, range(_AT_ONCE), strict=False)]:
        writer.apply(some, (), now)
    writer.mark_filled()
    fill_search(writer, Readers(1), look=lambda: None, stop=lambda: False)
    with writer.snapshot(now) as view:
        (newest,) = view.select(Selection(), 1)
    return Index(site=site, settings=settings, writer=writer, newest=newest)


def _samples(site: Site) -> tuple[tuple[Article, ...], str, object]:
    """Articles that were read, what their reading depended on, and the site."""
    generate.generate(site.content, CATEGORIES, CATEGORIES)
    site.index("samples")
    given = Settings.from_env(site.environment("samples"))
    index = IndexWriter(open_engine(given.database, readonly=False))
    with index.snapshot(datetime.now(UTC)) as view:
        found = view.select(Selection(), CATEGORIES)
    key, its_site = next(index.states()).key, index.site()
    index.close()
    for path in site.content.glob("*/*.md"):
        path.unlink()
    return found, key, its_site


def _articles(site: Site, like: tuple[Article, ...], key: str) -> Iterator[Packed]:
    """All articles, the oldest first."""
    for number in range(site.size):
        name, section = f"n{number:07d}", f"section-{number % CATEGORIES}"
        path = site.content / section / f"{name}.md"
        path.write_text(f"---\ntitle: {name}\n---\n", encoding="utf-8")
        status = path.stat()
        sample = like[number % len(like)]
        paragraph = sample.text.partition("\n")[0]
        tags = [f"t{2 * number % TAGS}", f"t{(2 * number + 1) % TAGS}"]
        tags += [HALF] * (number % 2) + [ONE] * (number == site.size // 2)
        published = generate.FIRST - (site.size - number) * _APART
        is_withdrawn, has_expired = number % 1000 == 500, number % 200 == 100
        words = f"{paragraph} {RARE}" if number == site.size // 3 else paragraph
        article = replace(
            sample,
            path=f"{section}/{name}.md",
            slug=name,
            id=f"urn:{name}",
            title=f"{sample.title} {number}",
            published=published,
            updated=published + _APART if is_withdrawn else None,
            expires=published + 2 * _APART if has_expired else None,
            status=Status.WITHDRAWN if is_withdrawn else Status.PUBLISHED,
            categories=(section,),
            tags=tuple(Tag(slug=tag, label=tag) for tag in tags),
            authors=(Author(slug=f"a{number % AUTHORS}", name=f"a{number % AUTHORS}"),),
            aliases=(),
            html=f"<p>{words}</p>",
            text=words,
        )
        state = FileState(
            path=article.path,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            ctime_ns=status.st_ctime_ns,
            inode=status.st_ino & _INODE_BITS,
            digest=name,
            key=key,
        )
        yield pack(Reading(state=state, article=article, problems=(), text=""))


def _environment(site: Site, database: str, state: str = "state") -> dict[str, str]:
    return site.environment(state) | ({"FEEDSERVICE_DATABASE": database} if database else {})


def _command(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _peak(process: int) -> float:
    rows = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM:")) / 1000


def main() -> None:
    """Measure, and print a table with a column a size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000], metavar="SIZE")
    parser.add_argument("--database", default="", help="a database in PostgreSQL; SQLite without")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    end_on_signals()
    columns = {}
    try:
        for size in given.sizes:
            with sites.temporary(size, generated=False) as site:
                columns[size] = _measured(site, given.database, given.rounds)
    except Unmeasurable as reason:
        sys.exit(f"not measured: {reason}")
    print(f"| | {' | '.join(f'{size:,}' for size in columns)} |\n|---|{'---|' * len(columns)}")
    for name in columns[given.sizes[0]]:
        cells = (f"{column[name]:,.1f}" for column in columns.values())
        print(f"| {name} | {' | '.join(cells)} |")


def _measured(site: Site, database: str, rounds: int) -> dict[str, float]:
    if database:
        schema = f"articles_{site.size}"
        engine = open_engine(database, readonly=False)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        engine.dispose()
        database += f"?options=-csearch_path%3D{schema}"
    settings = Settings.from_env(_environment(site, database))
    begin = time.process_time()
    index = fill(site, settings)
    found = {"filling, ms an article": 1000 * (index.spent() - begin) / site.size}
    print(f"{site.size:,}: filled, {found}", file=sys.stderr, flush=True)
    found |= measure(index, rounds)
    print(found, file=sys.stderr, flush=True)
    index.writer.close()
    return found | serving(index)


if __name__ == "__main__":
    main()
