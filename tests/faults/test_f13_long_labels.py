"""Labels that strangers made up stayed in memory: 60 KB each, thousands of them."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from effort import rounds
from machine import memory
from newsroom import fill
from service_process import serving

LENGTHS = {"as long as an address may be": 1_900, "too long": 60_000}
MEGABYTES = 40.0
"""By which both workers may grow, having answered: the first found kept 55 KB of each request."""


@pytest.mark.parametrize("kind", LENGTHS)
def test_labels_that_nobody_has_written_stay_in_no_memory(
    content: Path, tmp_path: Path, kind: str, record_property: Callable[[str, object], None]
) -> None:
    fill(content, 20)
    requests = rounds(4_000, 500)
    with serving(content, tmp_path / "state", "granian", FEEDSERVICE_CACHE="1") as site:

        def ask(times: int) -> float:
            """Megabytes of the workers once so many labels were asked for."""
            for _ in range(times):
                label = f"{next(numbers)}-".ljust(LENGTHS[kind], "x")
                assert site.get(f"/tags/{label}")[0] in {200, 404, 414}
            return sum(map(memory, site.workers()))

        numbers = count()
        warm = ask(100)
        grown = ask(requests) - warm
    assert grown < MEGABYTES
    record_property("f13", f"{requests} labels {kind}: two workers grow by {grown:.1f} MB")
