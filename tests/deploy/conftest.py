"""nginx before an application that does what a test says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nginx_process import SHOWN, Nginx, Script, nginx_in_front_of, scripted


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as made:
        yield made


@pytest.fixture
def nginx(script: Script, tmp_path: Path) -> Iterator[Nginx]:
    """Nginx before the scripted application; it tells what it did."""
    with nginx_in_front_of(script.port, tmp_path / "nginx", SHOWN) as running:
        yield running
