"""What came back or was swapped while nobody watched was seen after a minute (26), or never (27)."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from effort import rounds
from factories import SITE_YAML, write_article
from service_process import Site, serving

DAY = {"FEEDSERVICE_RESCAN": "86400"}
"""It scans once a day: what it takes up before, a watcher told it."""


def lag(site: Site, title: str) -> float:
    began = time.monotonic()
    assert site.until(lambda: site.shows(title)), site.log()
    return time.monotonic() - began


def test_a_content_folder_that_was_gone_is_looked_at_when_it_is_back(
    content: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    lags = []
    write_article(content, "field/stays.md", title="يبقى")
    with serving(content, tmp_path / "state", "granian", **DAY) as site:
        assert site.until(lambda: site.shows("يبقى"))
        for number in range(rounds(6, 2)):
            if number % 2:
                shutil.copytree(content, tmp_path / "copy")
                shutil.rmtree(content)  # and made anew
            else:
                content.rename(tmp_path / "copy")  # and the same one back
            time.sleep(1.5)  # as long as it is gone
            assert site.shows("يبقى")
            write_article(tmp_path / "copy", f"field/n{number}.md", title=f"بعد العودة {number}")
            (tmp_path / "copy").rename(content)
            lags.append(lag(site, f"بعد العودة {number}"))
            assert site.shows("يبقى")
        write_article(tmp_path / "moved", "in/m.md", title="نُقل", category="field")
        (tmp_path / "moved" / "in").rename(content / "heritage")
        lags.append(lag(site, "نُقل"))
    record_property("f26", f"{len(lags)} returns, seen after {max(lags):.1f} s (most)")


def publish(root: Path, number: int) -> None:
    """Put files into a volume as Kubernetes does: a hidden folder, a link to it, links into that."""
    release = root / f"..2026_{number}"
    (release / "field").mkdir(parents=True)
    write_article(release, "field/a.md", title=f"إصدار {number}")
    (release / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    (root / "..data_tmp").symlink_to(release.name)
    (root / "..data_tmp").rename(root / "..data")
    for name in ("site.yaml", "field"):
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"..data/{name}")
    if number:
        shutil.rmtree(root / f"..2026_{number - 1}")


def test_a_volume_of_kubernetes_is_served_and_its_swaps_are_seen(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    root = tmp_path / "volume"
    root.mkdir()
    publish(root, 0)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (root / "media").symlink_to(pictures)
    lags = []
    settings = {**DAY, "FEEDSERVICE_LINKS": str(pictures)}
    with serving(root, tmp_path / "state", "granian", **settings) as site:
        assert site.until(lambda: site.shows("إصدار 0"))
        (pictures / "x.png").write_bytes(b"x")
        assert site.until(lambda: site.get("/media/x.png")[0] == 200)
        for number in range(1, rounds(20, 3)):
            publish(root, number)
            lags.append(lag(site, f"إصدار {number}"))
    record_property("f27", f"{len(lags)} swaps, seen after {max(lags):.1f} s (most)")
