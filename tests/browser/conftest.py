"""The sample site and some articles that ask much of a page, served on loopback to Chromium."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from browser_site import CHROMIUM, QUIET, ROOT, Visit, served, write_asking, write_dressed
from waiting import PATIENCE


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site is served, as of a moment that stands."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(ROOT / "content", folder / "content")
    write_asking(folder / "content")
    with served(folder, "2026-11-01 12:00") as address:
        yield address


@pytest.fixture(scope="session")
def dressed_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the sample site is served with a look, a menu and templates of its own."""
    folder = tmp_path_factory.mktemp("dressed")
    shutil.copytree(ROOT / "content", folder / "content")
    write_dressed(folder / "content")
    with served(folder, "2026-11-01 12:00") as address:
        yield address


@pytest.fixture(scope="session")
def xml_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the sample site is served, with feeds that browsers show."""
    folder = tmp_path_factory.mktemp("xml")
    shutil.copytree(ROOT / "content", folder / "content")
    file = folder / "content" / "site.yaml"
    told = file.read_text(encoding="utf-8").replace("\nfeed:\n", "\nfeed:\n  type: xml\n")
    file.write_text(told, encoding="utf-8")
    with served(folder, "2026-11-01 12:00") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; ended with its module, since Playwright's loop runs on until then, and other tests
    start theirs."""
    if not CHROMIUM.exists():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail(f"{CHROMIUM} is not there: apt-get install chromium fonts-noto-core")
        pytest.skip(f"needs {CHROMIUM} (Debian's packages chromium and fonts-noto-core)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def _tab(browser: Browser, address: str) -> Page:
    page = browser.new_context(base_url=address).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    return page


@pytest.fixture
def visit(_tab: Page) -> Visit:
    """Open a page of the site; ``features`` are those of CSS that `Page.emulate_media` takes."""

    def visited(path: str, *, width: int = 1280, **features: object) -> Page:
        _tab.set_viewport_size({"width": width, "height": 900})
        as_usual = {"color_scheme": "light", "forced_colors": "none"}
        _tab.emulate_media(**{**as_usual, **features})  # type: ignore[arg-type]
        _tab.goto(path)
        return _tab

    return visited
