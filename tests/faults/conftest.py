"""The lane of faults: real processes that are killed, starved, and served damaged files.

Each fault has a test here; `make faults` repeats each as often as docs/reliability.md says, the
other runs of CI do it a few times.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.faults)
