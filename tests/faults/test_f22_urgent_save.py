"""Fault 22: what is saved while many files arrive is not published last."""

from pathlib import Path

from effort import rounds
from factories import write_article
from service_process import serving
from waiting import comes_true

ARRIVING = rounds(20_000, 2_000)


def test_an_urgent_save_is_published_long_before_the_last_of_many(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md")
    with serving(content, tmp_path / "state", "granian") as site:
        for n in range(ARRIVING):
            write_article(content, f"field/bulk-{n:05d}.md", title=f"كثير {n}")
        write_article(content, "field/urgent.md", title="عاجل")
        first, *_rest, last = (f"/articles/bulk-{n:05d}" for n in range(ARRIVING))
        assert comes_true(lambda: site.get("/articles/urgent")[0] == 200, 120), site.log()
        behind = [
            n
            for n in range(0, ARRIVING, ARRIVING // 50)
            if site.get(f"/articles/bulk-{n:05d}")[0] != 200
        ]
        assert behind, "nothing was left to do when it was published: that shows nothing"
        assert comes_true(lambda: site.get(first)[0] == site.get(last)[0] == 200, 300)
