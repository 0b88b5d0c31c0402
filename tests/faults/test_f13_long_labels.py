"""Labels that strangers made up stayed in memory: 60 KB each, thousands of them."""

from collections.abc import Callable
from pathlib import Path

from effort import rounds
from machine import memory
from newsroom import fill
from service_process import Site, serving

LENGTHS = {"as long as an address may be": 1_900, "too long": 60_000}
MEGABYTES = 35.0
"""By which both workers may grow: 55 KB of each request were kept once."""


def test_labels_that_nobody_has_written_stay_in_no_memory(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    fill(content, 20)
    requests = rounds(4_000, 200)
    with serving(content, tmp_path / "state", "granian", FEEDSERVICE_CACHE="1") as site:
        for kind, length in LENGTHS.items():
            warm = memory_after(site, 100, length)
            grown = memory_after(site, requests, length) - warm
            assert grown < MEGABYTES
            record_property("f13", f"{requests} labels {kind}: two workers grow by {grown:.1f} MB")


def memory_after(site: Site, requests: int, length: int) -> float:
    """Megabytes of the workers once so many labels were asked for."""
    for number in range(requests):
        label = f"{requests}-{number}-".ljust(length, "x")
        assert site.get(f"/tags/{label}")[0] in {200, 404, 414}
    return sum(map(memory, site.workers()))
