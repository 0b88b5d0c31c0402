"""A site with a look, a menu, pages and templates of its own, as a browser shows it."""

import pytest
from playwright.sync_api import Browser, Page

from browser_site import overflow
from waiting import comes_true

ACCENT = "rgb(138, 43, 28)"
WATCH = """window.refused = [];
addEventListener("securitypolicyviolation", each => window.refused.push(each.blockedURI));"""


@pytest.fixture(scope="module")
def page(browser: Browser, dressed_address: str) -> Page:
    page = browser.new_context(base_url=dressed_address).new_page()
    page.add_init_script(WATCH)
    return page


def test_its_font_is_drawn_from_its_own_address(page: Page) -> None:
    asked: list[str] = []

    def note(request: object) -> None:  # Playwright sets attributes of what it calls
        asked.append(request.url)  # type: ignore[attr-defined]

    page.on("request", note)
    page.goto("/")
    assert comes_true(lambda: page.evaluate("document.fonts.status === 'loaded'"))
    assert page.evaluate("document.fonts.check('16px \"Site UI\"', 'م')")
    assert [url for url in asked if url.endswith("naskh-arabic-arabic.woff2")]
    assert all(url.startswith(page.evaluate("location.origin")) for url in asked)
    assert not page.evaluate("refused"), "the pages' policy lets its own look through"


def test_its_accent_and_logo_follow_the_screen(page: Page) -> None:
    of_button = "getComputedStyle(document.querySelector('.search button')).backgroundColor"
    logo = "document.querySelector('.brand img').currentSrc"
    page.emulate_media(color_scheme="light")
    page.goto("/")
    assert page.evaluate(of_button) == ACCENT
    assert page.evaluate(logo).endswith("/media/logo.png")
    begins = "document.querySelector('.brand img').getBoundingClientRect().right"
    assert page.evaluate(begins) == page.evaluate(
        "document.querySelector('nav a').getBoundingClientRect().right"
    )
    page.emulate_media(color_scheme="dark")
    assert comes_true(lambda: page.evaluate(f"{logo}.endsWith('/media/icon.png')"))
    assert page.evaluate(of_button) != ACCENT
    page.emulate_media(color_scheme="light")


def test_its_menu_and_pages_lead_to_each_other(page: Page) -> None:
    page.goto("/")
    menu = page.locator("header nav a")
    assert menu.all_inner_texts() == ["الرئيسية", "ميداني", "من نحن"]
    menu.last.click()
    page.wait_for_url("**/pages/about")
    assert page.locator("header nav [aria-current]").inner_text() == "من نحن"
    page.locator("footer").get_by_role("link", name="اتصل بنا").click()
    page.wait_for_url("**/pages/contact")


@pytest.mark.parametrize("path", ["/", "/articles/2026-02-20-right-to-left"])
def test_its_templates_are_used_and_overflow_nowhere(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(path)
    assert page.locator("p.notice").count() == 1
    assert not overflow(page)
