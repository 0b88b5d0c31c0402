import pytest

from feedservice.content import frontmatter
from feedservice.content.source import MAX_BYTES, decode
from feedservice.errors import ContentError


def fields_of(text: str) -> object:
    return frontmatter.parse(text, "a.md").plain()


def problem_of(text: str) -> tuple[str, int, int]:
    with pytest.raises(ContentError) as caught:
        frontmatter.split(text, "a.md")
    return caught.value.problem.code, caught.value.problem.line, caught.value.problem.column


@pytest.mark.parametrize(
    "typed", ["2025", "نعم", "yes", "12:30", "null", "~", "true", "0x10", "1e3", "2025-12-20", "<<"]
)
def test_a_scalar_stays_what_was_typed(typed: str) -> None:
    assert fields_of(f"title: {typed}") == {"title": typed}


def test_front_matter_and_body_are_taken_apart() -> None:
    source = frontmatter.split("---\ntitle: أ\ntags: [ب, ج]\n---\n\nنص\n", "a.md")
    assert source.fields.plain() == {"title": "أ", "tags": ["ب", "ج"]}
    assert (source.body, source.body_line) == ("\nنص\n", 5)


def test_a_field_knows_its_line_and_column_in_characters() -> None:
    node = frontmatter.split("---\nعنوان: قيمة\nلائحة:\n  - أولى\n  - ثانية\n---\n", "a.md").fields
    assert (node.at("عنوان").line, node.at("عنوان").column) == (2, 8)
    assert (node.at("لائحة", 1).line, node.at("لائحة", 1).column) == (5, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("file-empty", 1, 1)),
        ("نص بلا مقدمة", ("front-matter-missing", 1, 1)),
        ("---\ntitle: أ\n", ("front-matter-open", 1, 1)),
        ("---\ntitle: أ\ntitle: ب\n---\n", ("key-duplicate", 3, 1)),
        ("---\ntitle: &a أ\n---\n", ("yaml-anchor", 2, 8)),
        ("---\ntitle: *a\n---\n", ("yaml-anchor", 2, 8)),
        ("---\nx: &a {k: v}\n<<: *a\n---\n", ("yaml-anchor", 2, 4)),
        ("---\ntitle: !!python/object:os.system x\n---\n", ("yaml-tag", 2, 8)),
        ("---\nعنوان: قيمة: أخرى\n---\n", ("yaml-colon", 2, 12)),
        ("---\ntitle: أ\n\tdate: ب\n---\n", ("yaml-tab", 3, 1)),
        ("---\n[أ, ب]\n---\n", ("yaml-no-mapping", 2, 1)),
        ("---\n? [a]\n: b\n---\n", ("yaml-key", 2, 3)),
        ('---\ntitle: "أ\n---\n', ("yaml", 2, 8)),
    ],
)
def test_each_mistake_has_its_name_and_place(text: str, expected: tuple[str, int, int]) -> None:
    assert problem_of(text) == expected


def test_thirty_thousand_brackets_are_refused_by_their_depth() -> None:
    assert problem_of("---\ntitle: " + "[" * 30_000 + "\n---\n")[0] == "yaml-depth"


def test_size_and_number_of_values_are_bounded() -> None:
    assert problem_of("---\ntitle: " + "ا" * frontmatter.MAX_CHARACTERS + "\n---\n")[0] == "yaml-size"
    assert problem_of("---\ntags: [" + "a," * frontmatter.MAX_NODES + "]\n---\n")[0] == "yaml-size"


def test_what_dump_writes_is_read_back() -> None:
    fields = {"title": 'قال: "نعم" \\ لا', "date": "2025-12-20 14:30", "empty": "", "odd": "- # !"}
    assert frontmatter.split(frontmatter.dump(fields), "a.md").fields.plain() == fields


def test_utf8_with_or_without_a_bom_and_any_line_end_is_read() -> None:
    assert decode("\ufeffسطر\r\nسطر\rسطر".encode(), "a.md") == "سطر\nسطر\nسطر"


@pytest.mark.parametrize(
    ("data", "code", "guess", "line"),
    [
        ("---\ntitle: عنوان المقال".encode("cp1256"), "encoding", "windows-1256", 2),
        ("عنوان".encode("utf-16"), "encoding", "UTF-16", 1),
        (b"a\nb\xff\xfe\xfd", "encoding", "?", 2),
        (b"a\n\xd8\xa8\0", "nul", None, 2),
        (b"a" * (MAX_BYTES + 1), "file-size", str(MAX_BYTES + 1), 1),
    ],
    ids=["windows-1256", "utf-16", "neither", "nul", "large"],
)
def test_other_encodings_are_refused_by_name(data: bytes, code: str, guess: str | None, line: int) -> None:
    with pytest.raises(ContentError) as caught:
        decode(data, "a.md")
    problem = caught.value.problem
    assert (problem.code, problem.facts.get("value"), problem.line) == (code, guess, line)


def test_other_control_characters_are_removed() -> None:
    assert decode("ا\u0001ب\u000bج".encode(), "a.md") == "ابج"
