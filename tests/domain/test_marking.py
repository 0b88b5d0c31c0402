"""Words that a search means, marked in the spelling of a text."""

import pytest

from feedservice.domain import marking


def test_a_text_that_writes_a_word_in_thousands_of_ways_is_not_looked_through_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = []
    standing = marking._standing

    def count(text: str, chunk: str) -> object:
        looked.append(chunk)
        return standing(text, chunk)

    monkeypatch.setattr(marking, "_standing", count)
    text = "مقدمة " + " ".join(f"ماء،{n:x}" for n in range(4000))
    found = marking.excerpt(text, marking.words_of("ماء"))
    assert found[:3] == (("مقدمة ", False), ("ماء", True), ("،0 ", False))
    assert len(looked) <= 2 * marking.MAX_PLACES
