import re

import pytest

from feedservice.content.frontmatter import split
from feedservice.content.messages import WORDINGS, describe
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem


@pytest.mark.parametrize("code", WORDINGS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_problem_is_told_in_its_language_with_a_remedy(code: str, language: str) -> None:
    facts = dict.fromkeys(
        ("value", "key", "limit", "known", "nearest", "other", "first", "second", "new"), "X"
    )
    wrong, remedy = describe(Problem(path="a", code=code, facts=facts), language)
    for text in (wrong, remedy):
        assert text
        assert (re.search("[\u0620-\u064a]", text) is not None) == (language == "ar")


@pytest.mark.parametrize("name", ["EACCES", "EIO", "ELOOP", "EXDEV", "MemoryError"])
def test_no_word_of_the_system_reaches_a_reader_of_arabic(name: str) -> None:
    facts = {"value": "Some English words", "errno": name if name.isupper() else ""}
    facts["value"] = facts["value"] if name.isupper() else name
    wrong, _ = describe(Problem(path="a", code="file-unreadable", facts=facts), "ar")
    assert "English" not in wrong
    assert wrong.startswith("تعذّرت قراءة الملف: ")


@pytest.mark.parametrize("comma", [", ", "، "])
def test_what_is_known_has_the_commas_of_the_language(comma: str) -> None:
    facts = {"value": "x", "known": f"field (ميداني){comma}economy"}
    problem = Problem(path="a", code="category-unknown", facts=facts)
    assert describe(problem, "ar")[1].endswith("field (ميداني)، economy")
    assert describe(problem, "en")[1].endswith("field (ميداني), economy")
    told = describe(problem, "ar", isolated=True)[1]
    assert told.endswith("\u2068field (ميداني)\u2069، \u2068economy\u2069")


def test_what_is_known_besides_follows_the_remedy() -> None:
    problem = Problem(path="a", code="key-unknown", facts={"key": "x", "known": "title"})
    assert describe(problem, "en")[1] == "Correct the key, or delete the line. Known: title"


@pytest.mark.parametrize(
    "line",
    ["a: [1, 2", "a: {b: c", 'a: "x', 'a: "\\q"', "- a\nb: c", "a: ]", "a: @x", "a: b\n- c", " a: b\nc: d",
     "a: |x\n b", "a: \tb\n\tc: d", "a: - b", "a: ? b"],
)  # fmt: skip
def test_what_libyaml_says_is_told_in_arabic_to_a_reader_of_arabic(line: str) -> None:
    with pytest.raises(ContentError) as caught:
        split(f"---\n{line}\n---\nx\n", "field/a.md")
    assert not re.search("[a-z]{4}", describe(caught.value.problem, "ar")[0])


@pytest.mark.parametrize(("code", "fact"), [("id-duplicate", "new"), ("id-missing", "value")])
def test_a_line_to_paste_is_whole_however_long_the_name_of_the_file(code: str, fact: str) -> None:
    new = "tag:news.example,2025:" + 100 * "%D9%85"
    facts = {"value": "tag:news.example,2025:a", "other": "field/a.md", fact: new}
    _wrong, remedy = describe(Problem(path="field/b.md", code=code, facts=facts), "ar")
    assert remedy.split("\n")[1] == f"id: {new}"


FACTS = {  # the facts that every problem of a code brings; the others may be absent
    "key": ["key-duplicate", "key-missing", "key-outside", "key-unknown", "value-shape"],
    "other": [
        "key-outside",
        "key-duplicate",
        "id-duplicate",
        "slug-duplicate",
        "alias-duplicate",
        "category-gone",
        "author-gone",
        "name-changed",
        "name-shared",
        "file-twice",
        "accent-faint",
    ],
    "new": ["id-duplicate"],
    "first": ["date-ambiguous"],
    "second": ["date-ambiguous"],
    "limit": [
        "file-size",
        "yaml-size",
        "yaml-depth",
        "html-nesting",
        "reading-slow",
        "picture-large",
        "name-long",
        "accent-faint",
        "template-large",
    ],
}


@pytest.mark.parametrize("code", WORDINGS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_without_its_optional_facts_a_message_is_still_whole(code: str, language: str) -> None:
    facts = {"value": "X", **{fact: "X" for fact, codes in FACTS.items() if code in codes}}
    wrong, remedy = describe(Problem(path="a", code=code, facts=facts), language)
    assert wrong
    assert remedy
    assert "{" not in (wrong + remedy).replace("{src:", "")


@pytest.mark.parametrize(
    "value", ["{x}", "{value!r}", "{0}", "}{", "%s", "أ" * 10_000, "سطر\nآخر", "\u202e"]
)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_value_is_repeated_as_it_is_and_cut_where_it_is_long(value: str, language: str) -> None:
    wrong, _ = describe(Problem(path="a", code="title-markup", facts={"value": value}), language)
    assert len(wrong) < 400
    assert "\n" not in wrong
    assert "\u202e" not in wrong
    assert value.strip() in wrong or len(value) > 300 or "\n" in value or "\u202e" in value
