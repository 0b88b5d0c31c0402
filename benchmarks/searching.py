"""What a search for a common word takes, made anew: the page with the best matches, the one with
the newest, and the feed, of twenty words that stand in most articles and of two of them at once.

The wall's clock counts, from the request to the whole answer, without a cache and without HTTP; what
of it was the processor's is told beside it.

python -m benchmarks.searching [SIZE]
"""

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
    spans, spent = [], []
    for turn in range(rounds + 1):
        for address in addresses:
            begin, worked = time.perf_counter(), time.process_time()
            ask(address)
            if turn:  # the first warms
                spans.append(time.perf_counter() - begin)
                spent.append(time.process_time() - worked)
    figures = []
    for name, share in (("searching-p50", 50), ("searching-p99", 99)):
        note = (
            f"{percentile(spent, share) * 1000:.1f} ms of processor time; {len(spans)} searches,"
            f" longest {max(spans) * 1000:.0f} ms"
        )
        value = percentile(spans, share)
        figures.append(Figure(measure=name, size=site.size, value=value, unit="s", note=note))
    return figures


if __name__ == "__main__":
    program.run(measure, __doc__, size=1000, rounds=5)
