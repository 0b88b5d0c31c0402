"""Figures, bounds and tables, on made-up figures."""

import pytest

from benchmarks import figures, growth, saving
from benchmarks.figures import TARGETS, WORDING, Figure, Target


def figure(
    measure: str = "serving-200", size: int = 1000, value: float = 10.0, **more: object
) -> Figure:
    return Figure(**{"measure": measure, "size": size, "value": value, "unit": "req/s", **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "at_least", "reached"),
    [(6.0, True, True), (5.9, True, False), (6.0, False, True), (6.1, False, False)],
)
def test_a_bound_on_the_ratio_is_reached_at_the_bound_itself(
    value: float, at_least: bool, reached: bool
) -> None:
    target = Target(measure="serving-200", size=1000, limit=0.6, at_least=at_least)
    assert target.reached(figure(value=value, peer="nginx", peer_value=10.0)) is reached


def test_a_bound_on_a_ratio_is_not_reached_without_a_peer() -> None:
    assert not Target(measure="indexing", size=1000, limit=1e9).reached(figure("indexing"))


def test_a_bound_on_the_value_ignores_the_peer() -> None:
    target = Target(measure="starting", size=1000, limit=3, of_value=True)
    assert target.reached(figure("starting", value=2.9, peer="Flask", peer_value=0.1))
    assert not target.reached(figure("starting", value=3.1, peer="Flask", peer_value=100.0))


def test_every_target_has_a_row_with_what_was_found_or_that_nothing_was() -> None:
    target = TARGETS[0]
    rows = figures.verdicts(
        [figure(target.measure, target.size, 7.0, peer="nginx", peer_value=10.0)]
    ).splitlines()
    assert len(rows) == len(TARGETS) + 2
    assert [cell.strip() for cell in rows[2].split("|")[1:-1]] == [
        WORDING[target.measure], "100,000", "7 req/s", "10 req/s (nginx)", "0.70 ×", "≥ 0.6 ×", "yes"
    ]  # fmt: skip
    assert all("not measured" in row for row in rows[3:])


def test_what_misses_its_bound_stands_out() -> None:
    target = TARGETS[0]
    found = figure(target.measure, target.size, 5.0, peer="nginx", peer_value=10.0)
    assert "**no**" in figures.verdicts([found]).splitlines()[2]


def test_what_was_measured_on_a_busy_machine_is_neither_reached_nor_missed() -> None:
    target = TARGETS[0]
    found = figure(
        target.measure,
        target.size,
        7.0,
        peer="nginx",
        peer_value=10.0,
        doubt="peer had 12% of a core",
    )
    assert "| in doubt: peer had 12% of a core" in figures.verdicts([found]).splitlines()[2]


def test_the_table_of_growth_has_a_column_for_each_size_and_a_row_for_each_measure() -> None:
    table = figures.growth(
        [figure(size=1000), figure(size=10), figure("memory", 10, unit="MB")]
    ).splitlines()
    assert [cell.strip() for cell in table[0].split("|")[2:4]] == ["10 articles", "1,000 articles"]
    assert len(table) == 4
    assert "–" in table[3]


def test_figures_survive_being_written() -> None:
    found = [figure(peer="nginx", peer_value=3.0, note="ملاحظة"), figure("memory", unit="MB")]
    assert figures.from_json(figures.to_json(found, "آلة")) == found


def test_of_two_measurements_of_one_thing_the_later_one_stays() -> None:
    assert figures.ordered([figure(value=1.0), figure(value=2.0)]) == [figure(value=2.0)]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0456, "s", "45.6 ms"),
        (1.5, "s", "1.5 s"),
        (12345.6, "req/s", "12,346 req/s"),
        (0.2, "MB", "0.2 MB"),
    ],
)
def test_quantities_read_well(value: float, unit: str, text: str) -> None:
    assert figures.quantity(value, unit) == text


def test_the_page_keeps_what_a_person_wrote_around_the_tables() -> None:
    text = f"before\n{growth.BEGIN}\nof yesterday\n{growth.END}\nafter\n"
    made = growth.page(text, [figure()], "Measured here.")
    assert made.startswith(f"before\n{growth.BEGIN}\nMeasured here.")
    assert made.endswith(f"{growth.END}\nafter\n")
    assert "of yesterday" not in made
    assert growth.page(made, [figure()], "Measured here.") == made


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="figures"):
        growth.page("nothing", [], "")


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(50, 0, -1)]
    assert saving.percentile(values, 99) == 50.0
    assert saving.percentile(values, 50) == 25.0


def test_the_page_in_docs_has_its_marks() -> None:
    text = growth.PAGE.read_text(encoding="utf-8")
    assert growth.page(text, [], "")
    assert f"({growth.PICTURE.name})" in text
