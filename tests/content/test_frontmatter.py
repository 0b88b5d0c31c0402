import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content import frontmatter
from feedservice.domain.errors import ContentError
from feedservice.domain.text import one_line


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
        ('---\ntitle: "أ\n---\n', ("yaml-quote", 2, 8)),
        ("---\ntitle: أ\ntags: [أ, ب\ndate: 2025-12-20\n---\n", ("yaml-bracket", 3, 7)),
        ("---\ntitle: أ\nكلام بلا نقطتين\ndate: ب\n---\n", ("yaml-no-colon", 3, 1)),
        ("---\nعنوان: *مهم* جدًا\n---\n", ("yaml-anchor", 2, 8)),
        ("---\nعنوان: &مهم\n---\n", ("yaml-anchor", 2, 8)),
        ("---\nعنوان: !هام جدًا\n---\n", ("yaml-tag", 2, 8)),
        ("---\nعنوان: !<هام> جدًا\n---\n", ("yaml-tag", 2, 8)),
        ("---\nعنوان: !x!هام\n---\n", ("yaml-tag", 2, 8)),
        ("---\nعنوان: !e!a ب\n---\n", ("yaml-tag", 2, 8)),
        ("---\nعنوان: @حساب\n---\n", ("yaml", 2, 8)),
        ("---\nعنوان: 😀😀 أ: ب\n---\n", ("yaml-colon", 2, 12)),
        ("---\ntitle: أ\n\ttable: ب\n---\n", ("yaml-tab", 3, 1)),
        ("---\ntags:\n  \t- أ\n---\n", ("yaml-tab", 3, 3)),
        ("---\nعنوان: {أ: 1, أ: 2}\n---\n", ("key-duplicate", 2, 15)),
        ("---\nعنوان: [أ, &x ب]\n---\n", ("yaml-anchor", 2, 12)),
        ("---\nعنوان: [أ, !x ب]\n---\n", ("yaml-tag", 2, 12)),
        ("---\ntitle: أ\n--- ب\n---\n", ("yaml-documents", 3, 1)),
        ("---\nعنوان: " + "[" * 9 + "\n---\n", ("yaml-depth", 2, 15)),
        ("---\nنص\n---\n", ("yaml-no-mapping", 2, 1)),
        ("\nنص\n---\ntitle: أ\n---\n", ("front-matter-missing", 1, 1)),
        ("...\ntitle: أ\n---\n", ("front-matter-missing", 1, 1)),
        (" \n\n", ("file-empty", 1, 1)),
        ("---", ("front-matter-open", 1, 1)),
        ("---\ntitle: أ\n --- \n", ("front-matter-open", 1, 1)),
    ],
)
def test_each_mistake_has_its_name_and_place(text: str, expected: tuple[str, int, int]) -> None:
    assert problem_of(text) == expected


def test_thirty_thousand_brackets_are_refused_by_their_depth() -> None:
    assert problem_of("---\ntags: " + "[" * 30_000 + "\n---\n")[0] == "yaml-depth"


def test_size_and_number_of_values_are_bounded() -> None:
    assert (
        problem_of("---\ntitle: " + "ا" * frontmatter.MAX_CHARACTERS + "\n---\n")[0] == "yaml-size"
    )
    assert problem_of("---\ntags: [" + "a," * frontmatter.MAX_NODES + "]\n---\n")[0] == "yaml-size"


def test_what_dump_writes_is_read_back() -> None:
    fields = {"title": 'قال: "نعم" \\ لا', "date": "2025-12-20 14:30", "empty": "", "odd": "- # !"}
    assert frontmatter.split(frontmatter.dump(fields), "a.md").fields.plain() == fields


@pytest.mark.parametrize("typed", ["title: أ\tب", "title:\tأ ب"])
def test_a_tab_inside_a_line_is_a_space(typed: str) -> None:
    assert fields_of(typed) in ({"title": "أ\tب"}, {"title": "أ ب"})


def test_the_place_of_both_is_told_where_a_key_stands_twice() -> None:
    with pytest.raises(ContentError) as caught:
        frontmatter.split("---\ntitle: أ\ndate: ب\n\ntitle: ج\n---\n", "a.md")
    problem = caught.value.problem
    assert (problem.line, problem.facts) == (5, {"key": "title", "other": "2"})


@pytest.mark.parametrize(
    "text", ["---\n---\n", "---\n\n---", "---\n# ملاحظة\n...\n", "---\n''\n---\n"]
)
def test_front_matter_may_hold_nothing(text: str) -> None:
    source = frontmatter.split(text, "a.md")
    assert (source.fields.plain(), source.body) == ({}, "")


def test_eight_levels_are_allowed() -> None:
    assert fields_of("a: " + "[" * 7 + "]" * 7)


def test_text_below_a_second_fence_is_body() -> None:
    source = frontmatter.split("---\ntitle: أ\n---\nنص\n---\nنص\n", "a.md")
    assert source.body == "نص\n---\nنص\n"


def test_a_place_that_is_not_there_is_the_nearest_on_the_way() -> None:
    fields = frontmatter.parse("a: [b, {c: d}]", "a.md")
    assert fields.at("a", 1, "<tag>", "c").value == "d"
    assert fields.at("a", 7, "x") == fields.at("a")
    assert fields.at("none") == fields


@pytest.mark.parametrize(
    ("body", "word", "place"),
    [
        ("نص [x](old-b.md) [y](b.md)", "b", (4, 22)),
        ("نص [x](/articles/مطر-غزير) [y](/articles/%D9%85%D8%B7%D8%B1)", "مطر", (4, 42)),
        ("[x](c.md#box2)\n[y](c.md#box)", "#box", (5, 9)),
        ("نص ab", "b", (4, 5)),
        ("نص", "b", (4, 1)),
        ("نص", "", (4, 1)),
        ("ab " * 60 + "b", "b", (4, 2)),
    ],
)
def test_a_word_is_found_by_itself_before_it_is_as_a_part_of_another(
    body: str, word: str, place: tuple[int, int]
) -> None:
    source = frontmatter.split(f"---\ntitle: أ\n---\n{body}\n", "a.md")
    assert source.find(word=word) == place


@given(st.text().map(one_line))
def test_any_line_that_dump_writes_is_read_back(value: str) -> None:
    value = value.translate(dict.fromkeys(range(0x7F, 0xA0)))  # `source` lets none of these through
    assert frontmatter.split(frontmatter.dump({"title": value}), "a.md").fields.plain() == {
        "title": value
    }


@given(st.text(alphabet="ab أ:-[]{}#&*!|>'\"%@`,?\t\n", max_size=60))
def test_any_front_matter_is_read_or_refused_at_a_line_of_the_file(text: str) -> None:
    text = f"---\n{text}\n---\nنص"
    lines = text.split("\n")
    try:
        source = frontmatter.split(text, "a.md")
    except ContentError as error:
        problem = error.problem
    else:
        assert lines[source.body_line - 1 :] == source.body.split("\n")
        return
    assert 1 <= problem.line <= len(lines)
    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
