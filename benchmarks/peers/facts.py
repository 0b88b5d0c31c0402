"""The facts of one feed, handed to peers as a file: the neutral `Feed` of the newest entries of a
site.
"""

import os
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.sites import Site
from feedservice.feeds.feed import Feed

if TYPE_CHECKING:
    from feedservice.index.reader import IndexReader

PLACE = "BENCHMARK_FACTS"
"""Names the file, in a peer's environment."""

ENTRIES = 50


def write(site: Site) -> dict[str, str]:
    """Write the facts of a site's newest entries; return what a peer's environment needs to find
    them.
    """
    path = site.folder / "facts.pickle"
    path.write_bytes(pickle.dumps(newest(site)))
    return {PLACE: str(path)}


def read() -> Feed:
    """Return the facts that this process was handed."""
    found = pickle.loads(Path(os.environ[PLACE]).read_bytes())
    assert isinstance(found, Feed)
    return found


def newest(site: Site, suffix: str = ".atom") -> Feed:
    """Return the neutral feed of a site's newest entries, as the publisher makes it."""
    return newest_of(reader(site), suffix)


def reader(site: Site) -> "IndexReader":
    """Return the reading side of a site's index."""
    # Here and below, since a peer's process reads the facts without the rest of feedservice.
    from feedservice.service import wiring  # noqa: PLC0415
    from feedservice.settings import Settings  # noqa: PLC0415

    return wiring.reader(Settings.from_env(site.environment()))


def newest_of(index: "IndexReader", suffix: str) -> Feed:
    """Return the neutral feed of the newest entries of an index, for the format with that
    suffix.
    """
    from feedservice.domain.selections import Selection  # noqa: PLC0415
    from feedservice.feeds import build  # noqa: PLC0415
    from feedservice.feeds.titles import channel_of  # noqa: PLC0415
    from feedservice.publishing import link_contexts  # noqa: PLC0415

    with index.snapshot(datetime.now(UTC)) as view:
        articles = view.select(Selection(), ENTRIES)
        channel = channel_of(Selection(), view.site, view.tag_label, view.author)
        context = link_contexts.load(view, articles, view.site.base_url)
    return build.feed(channel, articles, context, suffix=suffix)
