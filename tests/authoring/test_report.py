import json

import pytest

from feedservice.authoring import report
from feedservice.domain.model import Problem, Severity

PROBLEM = Problem(
    path="field/a.md", line=3, column=7, code="date-impossible", facts={"value": "31/02"}
)


def plain(text: str) -> str:
    return text.replace("\u2067", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("date: 31/02/2026", 7),
        ("title: عنوان المقال", 8),
        ("title: عنوان المقال", 12),
        ("title: مَقَال", 10),
        ("عنوان: x", 1),
        ("x", 9),
    ],
)
def test_the_caret_sits_under_its_character_where_nothing_is_reordered(
    line: str, column: int
) -> None:
    shown, mark = map(plain, report.caret(line, column))
    place = min(column, len(line)) - 1
    assert shown == line
    assert mark.index("^") == report._width(line[:place])


def test_the_caret_moves_with_its_run_where_text_runs_from_the_right() -> None:
    shown, mark = report.caret("title: عنوان آخر", 8)
    assert shown == "title: \u2067عنوان آخر\u2069"
    assert mark == "       \u2067^        \u2069"


def test_an_empty_line_has_no_caret() -> None:
    assert report.caret("  \n", 1) == ()


def test_a_person_reads_place_line_message_and_remedy() -> None:
    text = report.as_text(PROBLEM, "date: 31/02", "field/a.md", "ar")
    assert text.splitlines() == [
        "field/a.md:3:7: خطأ [date-impossible] لا وجود للتاريخ «31/02»",
        "    date: 31/02",
        "          ^",
        "    ← اكتب مثلًا: \u200e2025-12-20 14:30",
    ]


def test_programs_read_json() -> None:
    (told,) = json.loads(report.as_json((PROBLEM,), "en"))
    assert (told["code"], told["line"], told["severity"]) == ("date-impossible", 3, "error")
    assert told["remedy"] == "Write for example: 2025-12-20 14:30"


def test_github_reads_one_command_a_problem() -> None:
    warning = Problem(
        path="a,b.md", code="id-missing", facts={"value": "x%\ny"}, severity=Severity.WARNING
    )
    line = report.as_github(warning, "content/a,b.md", "en")
    assert line.startswith("::warning file=content/a%2Cb.md,line=1,col=1,title=id-missing::")
    assert "x%25 y" in line
    assert "\n" not in line


def test_no_command_of_a_terminal_comes_through() -> None:
    problem = Problem(
        path="field/\x1b]0;x\x07.md", code="category-unknown", facts={"value": "\x1b[2J"}
    )
    told = report.as_text(problem, "category: \x1b[2J\x9b1m\u202e", "field/\x1b]0;x\x07\n.md", "en")
    assert not set(told) & set("\x1b\x07\x9b\u202e")
    assert told.count("\n") == 3, "a name of two lines is one line"
