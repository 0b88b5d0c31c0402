"""Sites that are exported once for many tests."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from export_factories import Exported, write_site, write_small_site
from factories import write_article


def once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one process of the suite makes for all of them."""
    root = temporary.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = root / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            folder.mkdir()
            make(folder)
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A site of every kind of address, exported; read only."""

    def make(folder: Path) -> None:
        exported = Exported(folder, "https://news.example")
        write_site(exported.content)
        assert exported.export().problems == []

    return Exported(once(tmp_path_factory, "golden", make), "https://news.example")


@pytest.fixture(scope="session")
def below_a_path(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A small site, exported below a path; read only."""
    base = "https://news.example/ar"

    def make(folder: Path) -> None:
        exported = Exported(folder, base)
        write_small_site(exported.content)
        site = exported.content / "site.yaml"
        redirects = 'redirects: {/old/page: /articles/a, "/{year}/{slug}": "/articles/{slug}"}\n'
        site.write_text(site.read_text("utf-8") + "feed: {limit: 1}\n" + redirects, "utf-8")
        write_article(
            exported.content,
            "field/gone.md",
            date="2025-12-01",
            status="withdrawn",
            updated="2025-12-02",
        )
        (exported.content / "media" / "table.csv").write_text("a,b\n", encoding="utf-8")
        assert exported.export().problems == []

    return Exported(once(tmp_path_factory, "below_a_path", make), base)


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        exported = Exported(folder / "site")
        write_small_site(exported.content)
        assert exported.export().problems == []

    return once(tmp_path_factory, "small", make) / "site"


@pytest.fixture
def small(_small: Path, tmp_path: Path) -> Exported:
    """A site of two articles, exported at NOW, for one test."""
    return Exported.copy(_small, tmp_path / "site")


@pytest.fixture
def unexported(small: Exported) -> Exported:
    """The site of two articles, without its export."""
    small.remove_export()
    return small
