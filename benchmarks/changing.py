"""What the first to ask waits for after a change: a feed of 50 full entries, an article's page, a
list's, /feeds and /archive, made anew once a new article was written; the feed once the title of an
older one was edited, too, in an application that has seen nothing, and in one that took up the
entries which another kept.

It is processor time that counts, without that of the write; a peer makes a feed of the same entries
by plain feedgen, from facts that it holds in memory, in turns with ours. What pages cost is told in
units of that feed, too: the ratio holds between machines.

python -m benchmarks.changing [SIZE]
"""

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.peers import facts, plain_feedgen
from benchmarks.processes import Unmeasurable
from benchmarks.sites import Site
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.model import Article
from feedservice.domain.selections import Selection
from feedservice.index.engine import open_engine
from feedservice.index.writer import IndexWriter
from feedservice.publishing import entries_file
from feedservice.publishing.publisher import Publisher
from feedservice.service import kept_answers, wiring
from feedservice.settings import Settings
from feedservice.web.app import create_app
from feedservice.web.routing import Routing


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return documents a second, over a copy of the site's index."""
    shutil.copytree(site.folder / "state", site.folder / "changing")
    return over(site, "changing", rounds)


def over(site: Site, state: str, rounds: int) -> list[Figure]:
    """Return documents a second, over the index in a folder of the site, which is written to."""
    settings = Settings.from_env(site.environment(state))
    index = IndexWriter(open_engine(settings.database, readonly=False))
    kept = publisher(settings)
    ask, newest = application(kept), _newest(index)
    feed = facts.newest_of(index, ".atom")
    asks = dict.fromkeys(("changing-feed", "changing-edit"), "/feed.atom")
    asks |= dict.fromkeys(("changing-restart", "changing-nothing-seen"), "/feed.atom")
    asks |= {"changing-list": "/", "changing-feeds": "/feeds", "changing-archive": "/archive"}
    asks["changing-article"] = f"/articles/{newest[20].slug}"
    spent: dict[str, list[float]] = {name: [] for name in (*asks, "plain")}
    for turn in range(rounds + 1):
        publish(index, newest[turn % len(newest)], turn)
        for name, found in spent.items():
            if name == "plain":
                took = _timed(lambda: plain_feedgen.atom(feed))
            else:
                asked = ask
                if name in ("changing-restart", "changing-nothing-seen"):
                    asked = _afresh(settings, kept if name == "changing-restart" else None)
                if name == "changing-edit":
                    edit(index, newest[turn % 10], turn)
                took = _timed(partial(asked, asks[name]))
            if turn:  # the first warms
                found.append(took)
    pace = {name: 1 / statistics.median(each) for name, each in spent.items()}
    plain = pace.pop("plain")
    return [
        Figure(
            measure=name,
            size=site.size,
            value=value,
            unit="doc/s",
            peer="plain feedgen",
            peer_value=plain,
            note=f"{1000 / value:.1f} ms of processor time",
        )
        for name, value in pace.items()
    ]


def _timed(make: Callable[[], object]) -> float:
    """How many seconds of processor time it takes."""
    begin = time.process_time()
    make()
    return time.process_time() - begin


def _afresh(settings: Settings, other: Publisher | None) -> Callable[[str], None]:
    """An application that has seen nothing, or took up what another kept."""
    made = publisher(settings)
    if other:
        data = entries_file.pack("", other.entries.items(), kept_answers.ENTRIES_LIMIT)
        made.entries.restore(entries_file.unpack(data, ""))
    return application(made)


def publisher(settings: Settings) -> Publisher:
    """Return one over the index of a site, that has seen nothing."""
    return Publisher(wiring.reader(settings), lambda: datetime.now(UTC))


def application(asked: Publisher) -> Callable[[str], None]:
    """Return what asks an application, without a cache before it, for an address."""
    routing = Routing(asked.known)
    routing.revision()
    app = routing.before(create_app(asked, lambda _: None))

    def ask(path: str) -> None:
        _, status, _ = run_wsgi_app(app, EnvironBuilder(path).get_environ(), buffered=True)
        if status != "200 OK":
            raise Unmeasurable(f"{path} was answered {status}")

    return ask


def _newest(index: IndexWriter) -> tuple[Article, ...]:
    with index.snapshot(datetime.now(UTC)) as view:
        return view.select(Selection(), facts.ENTRIES)


def publish(index: IndexWriter, like: Article, number: int) -> None:
    """Write an article that is newer than all others, as most changes are."""
    now = datetime.now(UTC).replace(microsecond=0)
    name = f"changing-{number}"
    article = replace(
        like,
        path=f"{name}.md",
        slug=name,
        id=f"urn:{name}",
        published=now + timedelta(seconds=number - 3600),
        aliases=(),
        translations=(),
    )
    _write(index, article)


def edit(index: IndexWriter, old: Article, number: int) -> None:
    """Write an older article under another title, which others show."""
    _write(index, replace(old, title=f"{old.title} {number}"))


def _write(index: IndexWriter, article: Article) -> None:
    state = FileState(path=article.path, size=1, mtime_ns=1, digest=article.title, key="")
    reading = Reading(state=state, article=article, problems=(), text="")
    index.write([reading], (), datetime.now(UTC))


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=30)
