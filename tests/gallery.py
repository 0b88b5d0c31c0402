"""Pictures of the sample site's pages for docs/gallery, with the page that shows them.

make gallery        or PYTHONPATH=.:tests python tests/gallery.py
"""

import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from browser_site import CHROMIUM, QUIET, ROOT, served, write_dressed

FOLDER = ROOT / "docs" / "gallery"
SHOWN = {
    "front": ("/", "The front page"),
    "article": ("/articles/2026-02-20-right-to-left", "An article"),
    "english": ("/articles/2026-02-15-about-en", "An article in English"),
    "category": ("/categories/technology", "A section"),
    "tag": ("/tags/لغة", "A tag"),
    "subscribe": ("/subscribe?tag=لغة", "Subscribing to a tag"),
    "feeds": ("/feeds", "All feeds"),
    "search": ("/search?q=الأسواق", "A search"),
    "archive": ("/archive", "The archive"),
    "about": ("/pages/about", "A page beside the news"),
    "not-found": ("/articles/الخط", "Nothing at an address"),
    "withdrawn": ("/articles/2026-03-01-council-hours", "A withdrawn article"),
}
DRESSED = {"dressed": ("/", "The front page with an accent, a font and a menu of its own")}
SIZES = {390: 844, 1280: 900}
SCHEMES = ("light", "dark")
HEAD = """# Gallery

The pages of the sample site as Chromium shows them, on a phone and on a desk, in light and dark. `make gallery` makes
all of it anew: a change of a template or the stylesheet comes with the pictures that it changed.
"""


def pictures(page: Page, address: str, shown: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Write each page's pictures, and yield its part of the gallery."""
    for name, (path, title) in shown.items():
        yield f"\n## {title}\n\n| light | dark |\n|---|---|\n"
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            row = []
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.goto(address + path, wait_until="networkidle")
                file = FOLDER / f"{name}-{width}-{scheme}.webp"
                with Image.open(io.BytesIO(page.screenshot())) as picture:
                    picture.convert("RGB").save(file, quality=60, method=6)
                row.append(f"![{title}, {width} px, {scheme}]({file.name})")
            yield f"| {' | '.join(row)} |\n"


def main() -> None:
    """Make the gallery."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    parts = [HEAD]
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        for shown, dress in ((SHOWN, None), (DRESSED, write_dressed)):
            place = Path(folder, "dressed" if dress else "plain")
            shutil.copytree(ROOT / "content", place / "content")
            if dress:
                dress(place / "content")
            with served(place, "2026-11-01 12:00") as address:
                parts += pictures(page, address, shown)
        browser.close()
    (FOLDER / "README.md").write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
