"""Golden documents: what is rendered today is what was rendered yesterday, byte for byte."""

from collections.abc import Callable

import pytest

import feed_factories as make
from feedservice.feeds.feed import Feed
from feedservice.feeds.formats import FORMATS, Format

CASES = {"full": make.full_feed, "empty": make.empty_feed, "summary": make.summary_feed}


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(("case", "build"), CASES.items(), ids=CASES)
def test_a_document_is_its_golden_file(
    case: str, build: Callable[[], Feed], form: Format, golden
) -> None:
    golden(case + form.suffix, form.render(make.in_format(build(), form.suffix)))
