"""Faults 20 and 21: a file that is written in parts is served whole, and delays no other."""

import time
from pathlib import Path

from effort import rounds
from factories import write_article
from service_process import serving

END = "تمت المقالة"


def test_a_file_in_parts_is_served_whole_and_delays_no_other(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md")
    with serving(content, tmp_path / "state", "granian") as site:
        for number in range(rounds(10, 1)):
            for apart in (0.08, 0.3, 1.0):
                name = f"parts-{number}-{apart}"
                file = write_article(content, f"field/{name}.md", title=name, body="")
                unfinished: set[bytes] = set()
                others = 0
                with file.open("a", encoding="utf-8") as parts:
                    for n in range(4):
                        parts.write("فقرة من المقال. " * 50 + "\n\n")
                        parts.flush()
                        write_article(content, f"field/{name}-other-{n}.md")
                        time.sleep(apart)
                        status, body, _ = site.get(f"/articles/{name}")
                        if status == 200:
                            unfinished.add(body)
                        others += site.get(f"/articles/{name}-other-{max(n - 1, 0)}")[0] == 200
                    parts.write(END)
                assert site.until(
                    lambda name=name: END.encode() in site.get(f"/articles/{name}")[1]
                ), site.log()
                assert len(unfinished) <= 1, (apart, len(unfinished))
                assert others or apart < 0.5, "one that is not finished held the others back"
