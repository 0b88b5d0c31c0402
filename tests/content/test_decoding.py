import time

import pytest

from feedservice.content.decoding import MAX_BYTES, bidi_control_in, decode
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem


def problem_of(data: bytes) -> Problem:
    with pytest.raises(ContentError) as caught:
        decode(data, "a.md")
    return caught.value.problem


def test_utf8_with_or_without_a_bom_and_any_line_end_is_read() -> None:
    assert decode("\ufeffسطر\r\nسطر\rسطر".encode(), "a.md") == "سطر\nسطر\nسطر"


@pytest.mark.parametrize(
    ("data", "guess", "line", "column"),
    [
        ("---\ntitle: عنوان المقال".encode("cp1256"), "windows-1256", 2, 8),
        ("أ عنوان".encode() + "عنوان".encode("cp1256"), "windows-1256", 1, 8),
        ("عنوان".encode("utf-16"), "UTF-16", 1, 1),
        ("---\ntitle: عنوان\n".encode("utf-16-le"), "UTF-16", 1, 1),
        ("---\ntitle: عنوان\n".encode("utf-16-be"), "UTF-16", 1, 1),
        (b"a\nb\xff\xfe\xfd", None, 2, 2),
        ("نص".encode() + b"\xff", None, 1, 3),
    ],
    ids=[
        "windows-1256",
        "mixed",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "neither",
        "column-in-characters",
    ],
)
def test_another_encoding_is_named_where_it_can_be_told(
    data: bytes, guess: str | None, line: int, column: int
) -> None:
    problem = problem_of(data)
    assert (problem.code, problem.facts.get("encoding"), problem.line, problem.column) == (
        "encoding",
        guess,
        line,
        column,
    )


def test_a_nul_is_told_with_its_place() -> None:
    problem = problem_of("سطر أول طويل\nنص\0نص".encode())
    assert (problem.code, problem.line, problem.column) == ("nul", 2, 3)


def test_ten_megabytes_are_refused_at_once() -> None:
    data = b"---\ntitle: " + b"x" * 10_000_000 + b"\n---\n"
    began = time.process_time()
    problem = problem_of(data)
    assert time.process_time() - began < 0.5
    assert (problem.code, problem.facts) == ("file-size", {"limit": str(MAX_BYTES)})


@pytest.mark.parametrize(
    "control", ["\u0001", "\u000b", "\u000c", "\u001c", "\u007f", "\u0092", "\ufffe", "\ufdd0"]
)
def test_other_control_characters_are_removed(control: str) -> None:
    assert decode(f"ا{control}ب".encode(), "a.md") == "اب"


@pytest.mark.parametrize("separator", ["\u0085", "\u2028", "\u2029"])
def test_line_separators_that_no_editor_counts_are_spaces(separator: str) -> None:
    assert decode(f"ا{separator}ب".encode(), "a.md") == "ا ب"


def test_marks_joiners_and_emoji_stay() -> None:
    text = "مَرْحَبًا\u200c\u200d\u200f\u200e😀\t\u00a0"
    assert decode(text.encode(), "a.md") == text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("نص\u200f", None),
        ("سطر\nنص \u202eنص", (2, 4)),
        ("\u2066", (1, 1)),
        ("أ\u202a\u202b", (1, 2)),
    ],
)
def test_the_first_bidi_control_is_found(text: str, place: tuple[int, int] | None) -> None:
    assert bidi_control_in(text) == place
