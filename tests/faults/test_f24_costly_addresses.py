"""An address with a hundred tags cost time that grew with the square of their number."""

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from effort import rounds
from factories import write_article
from machine import cpu
from service_process import Site, serving

TAGS = [f"t{number}" for number in range(120)]
COUNTS = (25, 50, 100)


def cost(site: Site, count: int, source: random.Random) -> float:
    """Seconds of processor for an answer to so many tags that nobody has asked for before."""
    before, times = used(site), rounds(30, 6)
    for _ in range(times):
        asked = urlencode([("tag", tag) for tag in source.sample(TAGS, count)])
        assert site.get(f"/feed.json?limit=5&{asked}")[0] == 200
    return (used(site) - before) / times


def used(site: Site) -> float:
    return sum(map(cpu, site.workers()))


def test_the_cost_of_an_address_grows_no_faster_than_its_names(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for number in range(200):
        write_article(content, f"field/{number}.md", tags=f"[{', '.join(TAGS)}]")
    source = random.Random(0)
    with serving(content, tmp_path / "state", "granian") as site:
        seconds = {count: cost(site, count, source) for count in COUNTS}
        assert site.get("/feed.json?" + urlencode([("tag", tag) for tag in TAGS]))[0] == 400
    for fewer, more in pairwise(COUNTS):
        assert seconds[more] < 3 * seconds[fewer], seconds
    told = ", ".join(f"{count} tags {1000 * took:.0f} ms" for count, took in seconds.items())
    record_property("f24", f"processor time over 200 articles: {told}")
