"""What a page is to who enlarges it, chooses other colours, has a small screen or no pointer."""

import os

import pytest
from playwright.sync_api import Page

from browser_site import EDITORS, PAGES, ROOT, Visit, overflow
from waiting import comes_true

AXE = ROOT / "tests" / "js" / "node_modules" / "axe-core" / "axe.min.js"
BY_PAGE = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.exists():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("axe-core is not there: npm ci --prefix tests/js")
        pytest.skip("needs axe-core: npm ci --prefix tests/js")
    return AXE.read_text(encoding="utf-8")


@BY_PAGE
def test_axe_finds_nothing(visit: Visit, axe: str, name: str) -> None:
    page = visit(PAGES[name], width=390, color_scheme="dark" if name > "f" else "light")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def test_axe_finds_nothing_in_what_editors_see_and_a_phone_shows_it_all(
    visit: Visit, axe: str
) -> None:
    for path in EDITORS:
        page = visit(path, width=320)
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        assert not [(each["id"], [node["html"] for node in each["nodes"]]) for each in found], path
        assert not overflow(page), path
    assert page.locator("aside.preview").is_visible()  # which the shared one has, shown last


@BY_PAGE
def test_nothing_overflows_on_the_smallest_screen_nor_at_twice_the_size(
    visit: Visit, name: str
) -> None:
    page = visit(PAGES[name], width=320)
    assert not overflow(page)
    page.set_viewport_size({"width": 640, "height": 450})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert not overflow(page)


def test_every_section_is_seen_on_a_phone(visit: Visit) -> None:
    page = visit("/categories/guide", width=390)
    items = page.query_selector_all("header nav li")
    assert len(items) == 9
    for item in items:
        box = item.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.inner_text("nav [aria-current]") == "دليل القارئ"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_border_of_a_field_and_its_hint_can_be_seen(visit: Visit, scheme: str) -> None:
    page = visit("/", color_scheme=scheme)
    border, hint, ground, paper = page.evaluate("""() => {
      const field = document.querySelector(".search input"), style = getComputedStyle(field);
      const hint = getComputedStyle(field, "::placeholder");
      return [style.borderTopColor, hint.color, style.backgroundColor,
              getComputedStyle(document.body).backgroundColor];
    }""")
    assert contrast(border, ground) >= 3
    assert contrast(border, paper) >= 3
    assert contrast(hint, ground) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two opaque colours of CSS (§1.4.3)."""
    lesser, greater = sorted((luminance(one), luminance(other)))
    return (greater + 0.05) / (lesser + 0.05)


def luminance(color: str) -> float:
    parts = [int(part) / 255 for part in color.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(each * weight for each, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_buttons_and_the_current_section_are_told_apart_in_forced_colours(visit: Visit) -> None:
    page = visit("/", forced_colors="active")
    for selector in (".search button", ".next a", "a.feed", "nav [aria-current]"):
        assert border(page, selector) > 0, selector
    assert border(page, "nav li + li a") == 0


def border(page: Page, selector: str) -> float:
    """The width below an element."""
    width: float = page.evaluate(
        "s => parseFloat(getComputedStyle(document.querySelector(s)).borderBottomWidth)", selector
    )
    return width


@pytest.mark.parametrize("path", ["/", "/articles/asking"])
def test_nothing_moves_for_who_asks_for_rest(visit: Visit, path: str) -> None:
    page = visit(path, reduced_motion="reduce")
    moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter(each => {
      const style = getComputedStyle(each);
      return style.transitionDuration !== "0s" || style.animationName !== "none" ||
             style.scrollBehavior !== "auto";
    }).length""")
    assert not moving


def test_a_keyboard_comes_to_the_content_and_through_a_search(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    box = page.query_selector(".skip").bounding_box()  # type: ignore[union-attr]
    assert box is not None
    assert box["width"] > 50
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.goto("/")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("الأسواق")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.query_selector_all(".results mark")


def test_a_keyboard_comes_from_a_search_to_its_newest_and_to_what_it_may_have_meant(
    visit: Visit,
) -> None:
    page = visit("/search")
    assert (
        page.evaluate("document.activeElement.closest('main') && document.activeElement.name")
        == "q"
    )
    page.keyboard.type("الاسواف")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    press_until(page, ".suggestions a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".results")
    press_until(page, ".orders li + li a")
    page.keyboard.press("Enter")
    page.wait_for_url("**order=newest")
    press_until(page, ".results a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/*")


def test_a_keyboard_comes_from_an_article_to_a_feeds_address_and_copies_it(visit: Visit) -> None:
    page = visit("/articles/asking")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press_until(page, ".subscribe a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/subscribe?*")
    press_until(page, "#feed")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert comes_true(lambda: page.evaluate("document.getElementById('copied').textContent"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.input_value("#feed")
    press_until(page, "a[href^='feed:']")
    press_until(page, ".ways a[href*=feedly]")


def press_until(page: Page, selector: str) -> None:
    """Press the tab key until an element has the focus, and see that this is seen."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            style = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(style) != "none"
            return
    raise AssertionError(f"no way to {selector}")
