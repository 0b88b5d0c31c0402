"""Fault 22: what is saved while many files arrive is not published last."""

from functools import partial
from pathlib import Path

from effort import rounds
from factories import write_article
from service_process import Site, serving
from waiting import comes_true

ARRIVING = rounds(20_000, 2_000)


def is_there(site: Site, path: str) -> bool:
    return site.get(path)[0] == 200


def test_an_urgent_save_is_published_long_before_the_last_of_many(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md")
    with serving(content, tmp_path / "state", "granian") as site:
        behind: list[int] = []
        # On a machine that stands still meanwhile all are read before anybody asks: more, then.
        for times in (1, 2, 4):
            arriving = range(ARRIVING * times)
            names = [f"bulk-{times}-{n:05d}" for n in arriving]
            for n, name in enumerate(names):
                write_article(content, f"field/{name}.md", title=f"كثير {n}")
            urgent = f"urgent-{times}"
            write_article(content, f"field/{urgent}.md", title="عاجل")
            assert comes_true(partial(is_there, site, f"/articles/{urgent}"), 120), site.log()
            behind = [
                n
                for n in arriving[:: ARRIVING // 50]
                if site.get(f"/articles/{names[n]}")[0] != 200
            ]
            if behind:
                break
        assert behind, "nothing was left to do when it was published: that shows nothing"
        assert comes_true(
            lambda: all(site.get(f"/articles/{each}")[0] == 200 for each in (names[0], names[-1])),
            300,
        )
