"""What a search for a common word takes, made anew: the page with the best matches, the one with
the newest, and the feed, of twenty words that stand in most articles and of two of them at once.

The wall's clock counts, from the request to the whole answer, without a cache and without HTTP.

python -m benchmarks.searching [SIZE]
"""

import statistics
import time
from itertools import pairwise
from urllib.parse import quote

from benchmarks import changing, program
from benchmarks.figures import Figure
from benchmarks.generate import NOUNS, PARTICLES
from benchmarks.saving import percentile
from benchmarks.sites import Site
from feedservice.settings import Settings

WORDS = (*PARTICLES[:10], *NOUNS[:10])


def measure(site: Site, rounds: int) -> list[Figure]:
    """Return p50 and p99 of all searches, each of them asked ``rounds`` times."""
    ask = changing.application(changing.publisher(Settings.from_env(site.environment())))
    asked = [*WORDS, *(f"{one} {other}" for one, other in pairwise(WORDS))]
    forms = ("/search?q=", "/search?order=newest&q=", "/search.atom?q=")
    addresses = [form + quote(words) for words in asked for form in forms]
    spans = []
    for turn in range(rounds + 1):
        for address in addresses:
            begin = time.perf_counter()
            ask(address)
            if turn:  # the first warms
                spans.append(time.perf_counter() - begin)
    note = f"{len(spans)} searches, longest {max(spans) * 1000:.0f} ms"
    found = (("searching-p50", statistics.median(spans)), ("searching-p99", percentile(spans, 99)))
    return [
        Figure(measure=name, size=site.size, value=value, unit="s", note=note)
        for name, value in found
    ]


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=5)
