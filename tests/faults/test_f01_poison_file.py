"""Fault 1: a file at which the reading dies, hangs, or takes all memory stops nothing else."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

import poison
from effort import rounds
from factories import write_article
from service_process import ROOT, serving

LIST = "/feed.rss?limit=100"
"""Long enough for all that is saved here."""


def test_what_is_saved_after_a_file_that_ends_its_reader_is_published(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md", title="قبل")
    parsers = tmp_path / "parsers"
    parsers.mkdir()
    search = poison.search_path(parsers)
    (content / "media").mkdir()
    with serving(content, tmp_path / "state", "granian", PYTHONPATH=search) as site:
        (writer,) = site.writers()
        for n in range(rounds(5, 1)):
            for way in (*poison.WAYS, "MEMORY"):
                picture = content / "media" / f"{way}-{n}.png"
                Image.new("RGB", (8, 6)).save(picture)
                with picture.open("ab") as file:
                    file.write(f"POISON-{way}".encode())
                write_article(
                    content,
                    f"field/pictured-{way}-{n}.md",
                    title=f"مصور {way} {n}",
                    image=f"{{src: media/{picture.name}, alt: و}}",
                )
                write_article(content, f"field/{way}-{n}.md", body=f"POISON-{way}")
            write_article(content, f"field/after-{n}.md", title=f"بعد {n}")
            assert site.until(lambda n=n: site.shows(f"بعد {n}", LIST)), site.log()
            assert all(site.shows(f"مصور {way} {n}", LIST) for way in poison.WAYS), site.log()
        assert site.writers() == [writer]
    checked = subprocess.run(
        [sys.executable, "-m", "feedservice", "check", str(content), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": search},
    )
    assert checked.returncode == 1
    for way in poison.WAYS:
        assert f"field/{way}-0.md" in checked.stdout
    assert "ended the program that read it (SIGSEGV)" in checked.stdout
    assert "takes longer than 5 seconds" in checked.stdout
