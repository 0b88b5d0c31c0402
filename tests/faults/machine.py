"""What processes take of a machine, as /proc tells it."""

import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression
from typing import Self

from service_process import Site

_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


def memory(process: int) -> float:
    """Megabytes of a process, what it shares being shared out (proc_pid_smaps(5), Pss)."""
    found = _PSS.search(Path(f"/proc/{process}/smaps_rollup").read_text())
    return int(found[1]) / 1024 if found else 0.0


def cpu(process: int) -> float:
    """Seconds of processor that a process has used (proc_pid_stat(5))."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors(process: int) -> int:
    return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())


def roles(site: Site) -> dict[int, str]:
    """The processes of a service, with what each is."""
    kinds = {"writer": site.writers(), "worker": site.workers(), "server": site.servers()}
    kinds["keeper"] = [site.process.pid]
    named = {process: role for role, found in kinds.items() for process in found}
    return {process: named.get(process, "reader") for process in site.processes()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    moment: float
    megabytes: float
    descriptors: int


class Samples:
    """Look at every process of a service again and again while in a `with`."""

    def __init__(self, site: Site, every: float) -> None:
        self.by_process: dict[tuple[str, int], list[Sample]] = {}
        self._site = site
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            for process, role in roles(self._site).items():
                try:
                    sample = Sample(
                        moment=time.monotonic(),
                        megabytes=memory(process),
                        descriptors=descriptors(process),
                    )
                except OSError:  # it ended
                    continue
                self.by_process.setdefault((role, process), []).append(sample)


def growth(samples: list[Sample], of: Callable[[Sample], float]) -> float:
    """By how much something grows in a minute, along a line through the later two thirds."""
    settled = samples[len(samples) // 3 :]
    if len(settled) < 2:
        return 0.0
    moments, values = zip(*((each.moment / 60, of(each)) for each in settled), strict=True)
    return linear_regression(moments, values).slope
