import json

import pytest

from feedservice.authoring import report
from feedservice.domain.model import Problem, Severity

PROBLEM = Problem(
    path="field/a.md", line=3, column=7, code="date-impossible", facts={"value": "31/02"}
)


LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"


def problem(column: int, value: str = "") -> Problem:
    facts = {"value": value} if value else {}
    return Problem(path="field/a.md", column=column, code="date-unreadable", facts=facts)


@pytest.mark.parametrize(
    ("line", "column", "value", "marked"),
    [
        ("date: 31/02/2026", 7, "", "date: ‹31/02/2026›"),
        ("title: عنوان المقال", 8, "", "title: ‹عنوان› المقال"),
        ("date: غدًا الساعة 5", 7, "غدًا الساعة 5", "date: ‹غدًا الساعة 5›"),
        ("category: [أ, ب]", 15, "ب", "category: [أ, ‹ب›]"),
        ("date: x", 7, "غير هذا", "date: ‹x›"),
        ("«نص [و](x.md)».", 9, "media/x.md", "«نص [و](‹x.md›)»."),
        ("قال: «في x.md».", 10, "media/x.md", "قال: «في ‹x.md›»."),
        ("[و](a_(1).md) ثم", 5, "", "[و](‹a_(1).md›) ثم"),
        ("related: {url: x}", 16, "", "related: {url: ‹x›}"),
        ("date: [2026-11-20]", 7, "", "date: ‹[2026-11-20]›"),
        ("image: [a.jpg, b.jpg]", 8, "", "image: ‹[a.jpg,› b.jpg]"),
        ("«كلام»، [^1].", 9, "", "«كلام»، ‹[^1].›"),
        ("tags: ]x", 7, "", "tags: ‹]x›"),
        ("نص ![و](media/x.png) ثم", 1, "media/x.png", "نص ![و](‹media/x.png›) ثم"),
        ("\tdate: x", 1, "", "‹› date: x"),
        ("summary:", 9, "", "summary:‹›"),
        ("x", 99, "", "x‹›"),
        ("  \n", 1, "", ""),
    ],
)
def test_the_place_is_marked_in_the_line_itself(
    line: str, column: int, value: str, marked: str
) -> None:
    assert report.marked(line, problem(column, value)) == marked


def test_on_a_terminal_the_place_is_in_reverse_video() -> None:
    shown = report.marked("title: عنوان المقال", problem(8), is_terminal=True)
    assert shown == "title: \x1b[7mعنوان\x1b[27m المقال"
    assert report.marked("title:", problem(7), is_terminal=True) == "title:\x1b[7m \x1b[27m"


@pytest.mark.parametrize("column", [1, 5, 400, 990, 2000])
def test_of_a_long_line_the_part_around_the_place_is_shown(column: int) -> None:
    words = " ".join(f"{n:04}" for n in range(200))
    shown = report.marked(words, problem(column))
    assert len(shown) <= report.MAX_LINE + 2
    place = shown.index("‹")
    assert shown.replace("‹", "").replace("›", "") in words
    assert words[: column - 1].endswith(shown[:place])


def test_a_person_reads_place_line_message_and_remedy() -> None:
    text = report.as_text(PROBLEM, "date: 31/02", "field/a.md", "ar")
    assert text.splitlines() == [
        "field/a.md:3:7: خطأ [date-impossible] لا وجود للتاريخ «31/02»",
        "    date: ‹31/02›",
        "    ← اكتب مثلًا: \u200e2025-12-20 14:30\u200e",
    ]


def test_on_a_terminal_nothing_turns_its_neighbours_round() -> None:
    text = report.as_text(PROBLEM, "", "field/a.md", "ar", is_terminal=True)
    assert text.splitlines() == [
        f"field/a.md:3:7: خطأ [date-impossible] {RLI}لا وجود للتاريخ «{FSI}31/02{PDI}»{PDI}",
        f"    {RLI}← اكتب مثلًا: {LRI}2025-12-20 14:30{PDI}{PDI}",
    ]
    assert report.as_text(PROBLEM, "", "field/a.md", "en", is_terminal=True).splitlines() == [
        f"field/a.md:3:7: error [date-impossible] there is no such date as {FSI}'31/02'{PDI}",
        "    ← Write for example: 2025-12-20 14:30",
    ]


PASTED = Problem(
    path="field/a.md",
    code="yaml-quote",
    facts={"paste": 'title: "ورشة"'},
)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_line_to_paste_stands_alone_as_it_is_to_be_written(language: str) -> None:
    text = report.as_text(PASTED, 'title: "ورشة', "field/a.md", language, is_terminal=True)
    assert text.splitlines()[-1] == '    title: "ورشة"'
    lost = Problem(
        path="a.md", code="id-duplicate", facts={"value": "x", "other": "b", "new": "y:z"}
    )
    told = report.as_text(lost, "", "a.md", language, is_terminal=True)
    assert told.splitlines()[-1] == "    id: y:z"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_programs_are_given_no_direction_marks(language: str) -> None:
    for each in (PROBLEM, PASTED):
        told = report.as_json((each,), language) + report.as_github(each, "a.md", language)
        assert not set(told) & {LRI, RLI, FSI, PDI, "\u200e"}
    (told,) = json.loads(report.as_json((PASTED,), language))
    assert told["remedy"].splitlines()[1:] == [told["facts"]["paste"]]


@pytest.mark.parametrize("value", ["\u2066x", "x\u2069", "\u2067\u2068x\u202e"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_isolates_of_a_value_end_none_of_ours(value: str, language: str) -> None:
    found = Problem(path="a.md", code="category-unknown", facts={"value": value, "known": value})
    for row in report.as_text(found, "", "a.md", language, is_terminal=True).splitlines():
        depth = 0
        for char in row:
            depth += (char in {LRI, RLI, FSI}) - (char == PDI)
            assert depth >= 0
        assert depth == 0


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
    assert told.count("\n") == 2, "a name of two lines is one line"
