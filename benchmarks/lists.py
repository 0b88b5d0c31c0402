"""All feeds of 200 categories, in three formats, once one new article was written, and once the
title of an older one was edited: 600 requests, with the cache of answers before the application.

It is processor time that counts, without that of the write.

python -m benchmarks.lists [SIZE]
"""

import statistics
import time
from datetime import UTC, datetime

from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import changing, program, sites
from benchmarks.figures import Figure
from benchmarks.generate import generate
from benchmarks.processes import Unmeasurable
from feedservice.domain.selections import Selection
from feedservice.feeds.formats import FORMATS
from feedservice.index.engine import open_engine
from feedservice.index.writer import IndexWriter
from feedservice.publishing.publisher import Publisher
from feedservice.service import wiring, wiring_web
from feedservice.settings import Settings
from feedservice.web.app import create_app

CATEGORIES = 200


def measure(site: sites.Site, rounds: int) -> list[Figure]:
    """Return seconds for all feeds, over a site of its own that is as large."""
    many = sites.Site(folder=site.folder / "lists", size=site.size)
    generate(many.content, many.size, CATEGORIES)
    many.index()
    settings = Settings.from_env(many.environment())
    index = IndexWriter(open_engine(settings.database, readonly=False))
    publisher = Publisher(wiring.reader(settings), lambda: datetime.now(UTC))
    app = wiring_web.around(
        create_app(publisher, lambda _: None), publisher.known, budget=settings.cache * 1024 * 1024
    )
    addresses = [
        f"/categories/section-{n}{form.suffix}"
        for n in range(CATEGORIES)
        for form in FORMATS.values()
    ]
    with index.snapshot(datetime.now(UTC)) as view:
        newest = view.select(Selection(), changing.facts.ENTRIES)
    spent: dict[str, list[float]] = {"changing-lists": [], "changing-lists-edit": []}
    for turn in range(rounds + 1):
        for name, found in spent.items():
            if name == "changing-lists":
                changing.publish(index, newest[turn], turn)
            else:
                changing.edit(index, newest[turn], turn)
            time.sleep(0.2)  # until the cache asks for the revision again
            begin = time.process_time()
            for address in addresses:
                headers = {"Accept-Encoding": "gzip"}
                environ = EnvironBuilder(address, headers=headers).get_environ()
                _, status, _ = run_wsgi_app(app.wsgi_app, environ, buffered=True)
                if status != "200 OK":
                    raise Unmeasurable(f"{address} was answered {status}")
            if turn:  # the first warms
                found.append(time.process_time() - begin)
    return [
        Figure(measure=name, size=site.size, value=statistics.median(found), unit="s")
        for name, found in spent.items()
    ]


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=3, indexed=False)
