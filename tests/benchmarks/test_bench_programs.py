"""Each program of the benchmarks still finds what it measures."""

from importlib import import_module
from pathlib import Path

import pytest

import benchmarks

FOLDER = Path(benchmarks.__file__).parent
PROGRAMS = sorted({path.stem for path in FOLDER.glob("*.py")} - {"__init__", "plot"})
"""Without the one that needs matplotlib: its own tests skip where that is absent."""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_starts(name: str) -> None:
    assert import_module(f"benchmarks.{name}").__doc__
