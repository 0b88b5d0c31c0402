from pathlib import Path

import pytest

from feedservice.feeds import _feedgen


@pytest.fixture(autouse=True)
def release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Atom names the release; golden documents outlive it."""
    monkeypatch.setattr(_feedgen, "__version__", "0.0.0")


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compare a document with its golden file, byte for byte, or rewrite the file."""
    folder = Path(__file__).parent / "golden"

    def compare(name: str, document: bytes) -> None:
        path = folder / name
        if request.config.getoption("--update-golden"):
            path.write_bytes(document)
        assert document == path.read_bytes()

    return compare
