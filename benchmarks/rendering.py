"""A document of 50 full entries that were seen before, against plain feedgen making the same from
the same facts.

Ours and the peer's are made in turns in one process, and compared entry by entry before they are
timed. It is processor
time that counts: on a busy machine the wall's clock would favour whichever fits between two turns
of the scheduler.

python -m benchmarks.rendering [SIZE]
"""

import statistics
import time
from collections.abc import Callable

import feedparser

from benchmarks import program
from benchmarks.figures import Figure
from benchmarks.peers import facts, plain_feedgen
from benchmarks.processes import Unmeasurable
from benchmarks.sites import Site
from feedservice.feeds.formats import FORMATS, Entries

Render = Callable[[], bytes]


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return documents a second: kept entries in each format, and for information without any, and
    from the index.
    """
    feeds = {name: facts.newest(site, form.suffix) for name, form in FORMATS.items()}
    entries = Entries()
    seen: dict[str, Render] = {
        name: lambda name=name: FORMATS[name].render(feeds[name], entries=entries)  # type: ignore[misc]
        for name in feeds
    }
    plain: dict[str, Render] = {
        "atom": lambda: plain_feedgen.atom(feeds["atom"]),
        "rss": lambda: plain_feedgen.rss(feeds["rss"]),
    }
    for name, peer in plain.items():
        _see_the_same(seen[name](), peer())
    seen["json"]()
    ours = {f"rendering-{name}": render for name, render in seen.items()}
    ours["rendering-cold"] = lambda: FORMATS["atom"].render(feeds["atom"])
    ours["rendering-whole"] = _from_the_index(site, entries)
    pace = _in_turns(ours | plain, rounds)
    return [
        Figure(
            measure=name,
            size=site.size,
            value=pace[name],
            unit="doc/s",
            peer="plain feedgen",
            peer_value=pace["rss" if name == "rendering-rss" else "atom"],
            note="peer makes Atom" if name == "rendering-json" else "",
        )
        for name in ours
    ]


def _from_the_index(site: Site, entries: Entries) -> Render:
    """What the first request after a change costs: the query, related articles, and the
    document.
    """
    index = facts.reader(site)
    return lambda: FORMATS["atom"].render(facts.newest_of(index, ".atom"), entries=entries)


def _in_turns(renders: dict[str, Render], rounds: int) -> dict[str, float]:
    """Return documents a second of each: the median over rounds in which each has its turn."""
    times: dict[str, list[float]] = {name: [] for name in renders}
    for turn in range(rounds + 1):
        for name, render in renders.items():
            begin = time.process_time()
            render()
            if turn:  # the first warms
                times[name].append(time.process_time() - begin)
    return {name: 1 / statistics.median(spans) for name, spans in times.items()}


def _see_the_same(ours: bytes, theirs: bytes) -> None:
    """See that a reader finds the same entries in both documents.

    Raises:
        Unmeasurable: they differ.
    """
    views = []
    for document in (ours, theirs):
        found = feedparser.parse(document)
        views.append(
            [(e.id, e.title, e.content[0].value, len(e.tags), e.published) for e in found.entries]
        )
    if views[0] != views[1] or len(views[0]) != facts.ENTRIES:
        raise Unmeasurable("ours and the peer's documents hold different entries")


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=100)
