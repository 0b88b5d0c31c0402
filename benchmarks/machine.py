"""What the figures were measured on, in one line, and what would spoil them."""

import os
import platform
import re
import subprocess
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from benchmarks.processes import can_pin, tool

BUSY = 0.5
"""Load average above which somebody else is at work here."""


def describe() -> str:
    """Return processor, memory, system and the versions of what was measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    tools = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("granian", "Django", "hugo")),
    ]
    said = subprocess.run(
        [tool("nginx", "nginx"), "-v"], capture_output=True, text=True, check=False
    ).stderr
    if found := re.search(r"nginx/([\d.]+)", said):
        tools.append(f"nginx {found[1]}")
    system = f"{platform.system()} {platform.release()}"
    return f"{cores} cores of {_processor()}, {memory:.0f} GB, {system}; {', '.join(tools)}"


def warnings() -> list[str]:
    """Return what makes figures of this moment doubtful."""
    found = []
    if not can_pin():
        found.append("servers and load could not be given a core each")
    load = os.getloadavg()[0]
    if load > BUSY:
        found.append(
            f"the machine was busy when it began (load average {load:.1f}): its seconds are too many"
        )
    return found


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
