import re
from pathlib import Path

import pytest

import feedservice
from feedservice.content.messages import WORDINGS, catalogue, describe
from feedservice.model import Problem

PACKAGE = Path(feedservice.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "messages.py")


@pytest.mark.parametrize("code", WORDINGS)
def test_every_wording_belongs_to_a_problem_that_can_occur(code: str) -> None:
    assert f'"{code}"' in SOURCE


def test_every_problem_that_is_made_has_a_wording() -> None:
    made = set(
        re.findall(
            r'(?:code=|code = |_report\(\s*|_warn\(\s*|_add\(\s*|_problem\(|DateError\(|MarkupError\()"([a-z]+(?:-[a-z0-9]+)*)"',
            SOURCE,
        )
    )
    assert len(made) > 40
    assert made <= WORDINGS.keys()


@pytest.mark.parametrize("code", WORDINGS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_problem_is_told_in_its_language_with_a_remedy(code: str, language: str) -> None:
    facts = dict.fromkeys(("value", "key", "limit", "known", "nearest", "other", "first", "second"), "X")
    wrong, remedy = describe(Problem(path="a", code=code, facts=facts), language)
    for text in (wrong, remedy):
        assert text
        assert (re.search("[\u0620-\u064a]", text) is not None) == (language == "ar")


def test_what_nobody_knows_is_left_out_of_the_remedy() -> None:
    problem = Problem(path="a", code="key-unknown", facts={"key": "x", "known": "title"})
    assert describe(problem, "en")[1] == "Known: title"


@pytest.mark.parametrize("text", sorted({text for wording in WORDINGS.values() for text in wording}))
def test_every_text_has_a_translation_with_its_placeholders(text: str) -> None:
    translated = catalogue()[text]
    assert set(re.findall(r"\{(\w+)", translated)) == set(re.findall(r"\{(\w+)", text))


def test_the_catalogue_holds_no_text_that_nobody_says() -> None:
    assert catalogue().keys() == {text for wording in WORDINGS.values() for text in wording}
