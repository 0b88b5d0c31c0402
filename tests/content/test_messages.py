import re
from pathlib import Path

import pytest

import feedservice
from feedservice.content.messages import WORDINGS, catalogue, describe
from feedservice.domain.model import Problem

PACKAGE = Path(feedservice.__file__).parent
SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "messages.py"
)


@pytest.mark.parametrize("code", WORDINGS)
def test_every_wording_belongs_to_a_problem_that_can_occur(code: str) -> None:
    assert f'"{code}"' in SOURCE


def test_every_problem_that_is_made_has_a_wording() -> None:
    made = set(
        re.findall(
            r'(?:code=|code = |\.(?:report|warn|add)\(\s*|_problem\(|at_key\(path, |in_body\(path, |DateError\(|MarkupError\()"([a-z]+(?:-[a-z0-9]+)*)"',
            SOURCE,
        )
    )
    assert len(made) > 40
    assert made <= WORDINGS.keys()


@pytest.mark.parametrize("code", WORDINGS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_problem_is_told_in_its_language_with_a_remedy(code: str, language: str) -> None:
    facts = dict.fromkeys(
        ("value", "key", "limit", "known", "nearest", "other", "first", "second"), "X"
    )
    wrong, remedy = describe(Problem(path="a", code=code, facts=facts), language)
    for text in (wrong, remedy):
        assert text
        assert (re.search("[\u0620-\u064a]", text) is not None) == (language == "ar")


def test_what_nobody_knows_is_left_out_of_the_remedy() -> None:
    problem = Problem(path="a", code="key-unknown", facts={"key": "x", "known": "title"})
    assert describe(problem, "en")[1] == "Known: title"


@pytest.mark.parametrize(
    "text", sorted({text for wording in WORDINGS.values() for text in wording})
)
def test_every_text_has_a_translation_with_its_placeholders(text: str) -> None:
    translated = catalogue()[text]
    assert set(re.findall(r"\{(\w+)", translated)) == set(re.findall(r"\{(\w+)", text))


def test_the_catalogue_holds_no_text_that_nobody_says() -> None:
    assert catalogue().keys() == {text for wording in WORDINGS.values() for text in wording}


FACTS = {  # the facts that every problem of a code brings; the others may be absent
    "key": ["key-duplicate", "key-missing", "key-unknown", "value-shape"],
    "other": ["key-duplicate", "id-duplicate", "slug-duplicate", "alias-duplicate"],
    "first": ["date-ambiguous"],
    "second": ["date-ambiguous"],
    "limit": ["file-size", "yaml-size", "yaml-depth", "html-nesting"],
}


@pytest.mark.parametrize("code", WORDINGS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_without_its_optional_facts_a_message_is_still_whole(code: str, language: str) -> None:
    facts = {"value": "X", **{fact: "X" for fact, codes in FACTS.items() if code in codes}}
    if code in ("status-unknown", "key-unknown"):
        facts["known"] = "X"
    wrong, remedy = describe(Problem(path="a", code=code, facts=facts), language)
    assert wrong
    assert remedy
    assert "?" not in wrong.replace("(a Hijri year?)", "") + remedy
    assert "؟؟" not in wrong + remedy
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


@pytest.mark.parametrize(
    ("language", "arabic"),
    [("ar", True), ("ar-SY", True), ("AR", True), ("en", False), ("fr", False)],
)
def test_the_language_is_arabic_or_english(language: str, arabic: bool) -> None:
    assert (
        describe(Problem(path="a", code="nul"), language)
        == describe(Problem(path="a", code="nul"), "ar")
    ) is arabic
