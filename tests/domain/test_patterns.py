"""Regular expressions that are compiled when they are first asked."""

import re

import pytest

from feedservice.domain.patterns import rare


def test_a_rare_expression_is_compiled_once_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, int]] = []
    compiled = re.compile

    def told(pattern: str, flags: int) -> re.Pattern[str]:
        written.append((pattern, flags))
        return compiled(pattern, flags)

    monkeypatch.setattr(re, "compile", told)
    letters = rare("[a-z]+", re.IGNORECASE)
    assert written == []
    assert [letters.findall("One 2"), letters.findall("two")] == [["One"], ["two"]]
    assert written == [("[a-z]+", re.IGNORECASE)]


def test_a_rare_expression_is_told_wrong_where_it_is_asked() -> None:
    with pytest.raises(re.error):
        rare("(").search("")


@pytest.mark.parametrize("text", ["ab", b"ab"])
def test_a_rare_expression_reads_what_it_is_written_in(text: str | bytes) -> None:
    assert rare(text[:1]).fullmatch(text[:1])
