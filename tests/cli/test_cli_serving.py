"""The command that fills the index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from factories import write_article


def test_index_tells_what_it_did_and_reads_nothing_twice(
    content: Path, process: Callable[..., Any]
) -> None:
    write_article(content, "field/a.md")
    assert "articles 1, read 1, removed 0, errors 0" in process("index", "--lang", "en").stdout
    assert "articles 1, read 0, removed 0, errors 0" in process("index", "--lang", "en").stdout
