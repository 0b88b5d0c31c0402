"""The plot, on made-up figures."""

import os
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from benchmarks.figures import TARGETS, Figure

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def plot() -> ModuleType:
    """The module that draws; its library comes with the group `bench`."""
    try:
        from benchmarks import plot  # noqa: PLC0415
    except ImportError:
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("matplotlib is not there: make .venv/.bench-ready")
        pytest.skip("needs matplotlib: make .venv/.bench-ready")
    return plot


def made_up() -> list[Figure]:
    return [
        Figure(
            measure=target.measure, size=size, value=0.5, unit="s", peer="a peer", peer_value=1.0
        )
        for target in TARGETS
        for size in (1_000, 10_000, 100_000)
    ]


@pytest.fixture(scope="module")
def drawn(plot: ModuleType) -> str:
    return str(plot.draw(made_up()))


def test_the_plot_is_svg_and_names_what_it_shows(drawn: str) -> None:
    root = ET.fromstring(drawn)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = {node.text for node in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"restart to first answer", "a peer", "feedservice", "100,000", "articles"} <= texts


def test_the_same_figures_give_the_same_bytes(plot: ModuleType, drawn: str) -> None:
    assert plot.draw(made_up()) == drawn


def test_a_panel_without_figures_is_empty(plot: ModuleType) -> None:
    assert ET.fromstring(plot.draw(made_up()[:1])) is not None


def test_every_target_has_a_panel(plot: ModuleType) -> None:
    assert {target.measure for target in TARGETS} == {
        measure for panel in plot.PANELS for measure in panel
    }
