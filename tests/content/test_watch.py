import threading
import time
from pathlib import Path

import pytest

from factories import write_article
from feedservice.content.watch import watch


@pytest.mark.parametrize("poll", [False, True], ids=["told", "polled"])
def test_saved_moved_and_deleted_files_are_named_within_five_seconds(tmp_path: Path, poll: bool) -> None:
    (tmp_path / "field").mkdir()
    stop = threading.Event()
    seen: set[str] = set()
    ready = threading.Event()

    def follow() -> None:
        for batch in watch(tmp_path, stop, poll=poll, tick_ms=100):
            ready.set()
            seen.update(batch)

    thread = threading.Thread(target=follow)
    thread.start()

    def named(path: str) -> bool:
        deadline = time.monotonic() + 5
        while path not in seen and time.monotonic() < deadline:
            time.sleep(0.02)
        return path in seen

    try:
        assert ready.wait(5)
        write_article(tmp_path, "field/خبر.md")
        assert named("field/خبر.md")
        (tmp_path / "field" / "خبر.md").rename(tmp_path / "field" / "b.md")
        assert named("field/b.md")
        seen.clear()
        (tmp_path / "field" / "b.md").unlink()
        assert named("field/b.md")
    finally:
        stop.set()
        thread.join(10)
