"""Pictures of every kind of page, for people to look at after a run."""

from collections.abc import Callable

import pytest

from browser_site import PAGES, ROOT, Visit

SCREENSHOTS = ROOT / "screenshots"
SHOWN = ("front", "older", "search", "article", "feeds", "not-found")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pictures_are_kept(
    visit: Visit, record_property: Callable[[str, object], None], width: int, scheme: str
) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    for name in SHOWN:
        page = visit(PAGES[name], width=width, color_scheme=scheme)
        file = SCREENSHOTS / f"{name}-{width}-{scheme}.png"
        page.screenshot(path=file, full_page=name == "article")
        assert file.stat().st_size > 1000
    record_property(f"screenshots at {width} px, {scheme}", str(SCREENSHOTS))
