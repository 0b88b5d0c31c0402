"""What a page looks like to who reads it: on a screen, on paper, in two scripts."""

import re
import subprocess
import unicodedata
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from browser_site import PAGES, RUNS, Visit
from nginx_process import require

LETTERS = """selector => {
  const range = document.createRange(), found = [];
  const texts = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) for (let at = 0; at < texts.currentNode.length; at++) {
    range.setStart(texts.currentNode, at); range.setEnd(texts.currentNode, at + 1);
    const [box] = range.getClientRects();
    if (box) found.push([Math.round(box.bottom / 10), box.left, texts.currentNode.data[at]]);
  }
  return found;
}"""
"""Each letter of an element, with its line and where it stands on that."""


@pytest.mark.parametrize("path", ["/", "/articles/asking", "/articles/english", "/feeds"])
def test_a_printed_page_has_every_word_on_the_paper(
    visit: Visit, tmp_path: Path, path: str
) -> None:
    page = visit(path)
    wanted = page.inner_text("main > :first-child h1, main h1").split()
    shown = "\n".join(page.locator(".prose, .cards").all_inner_texts()[:1])
    page.pdf(path=tmp_path / "page.pdf")
    told = subprocess.run(
        [require("pdftotext", "poppler-utils"), "-bbox", tmp_path / "page.pdf", "-"],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    width = float(re.findall(r'page width="([\d.]+)"', told)[0])
    words = re.findall(r'xMin="([-\d.]+)" yMin="[-\d.]+" xMax="([\d.]+)".*?>(.*?)</word>', told)
    assert len(words) > 50
    assert not [word for left, right, word in words if float(left) < 0 or float(right) > width]
    # Letters of a PDF stand as they are drawn, ligatures among them.
    printed = {"".join(sorted(re.sub(r"\W", "", word))) for _, _, word in words}
    assert {"".join(sorted(re.sub(r"\W", "", word))) for word in wanted} <= printed | {""}
    # A wide table is scrolled on a screen, and paper holds what fits of it.
    cells = "".join(page.locator(".prose table").last.all_inner_texts()) if "asking" in path else ""
    lost = letters(shown) - letters("".join(word for _, _, word in words)) - letters(cells)
    assert not lost


def letters(text: str) -> Counter[str]:
    """How often each letter stands in a text, however it is drawn."""
    return Counter(filter(str.isalpha, unicodedata.normalize("NFKC", unescape(text))))


def test_paper_is_white_where_screens_are_dark(visit: Visit, tmp_path: Path) -> None:
    visit("/", color_scheme="dark").pdf(path=tmp_path / "page.pdf", print_background=True)
    drawing = [require("pdftoppm", "poppler-utils"), "-r", "10", "-png", "-singlefile"]
    subprocess.run([*drawing, tmp_path / "page.pdf", tmp_path / "page"], check=True)
    with Image.open(tmp_path / "page.png") as picture:
        assert picture.convert("L").getpixel((1, 1)) > 240  # type: ignore[operator]


@pytest.mark.parametrize(
    ("path", "selector"),
    [("/articles/asking", ".prose p:nth-of-type(2)"), ("/articles/english", ".prose p")],
    ids=["Arabic", "English"],
)
def test_a_line_has_sixty_to_seventy_five_letters(visit: Visit, path: str, selector: str) -> None:
    lines: dict[int, int] = {}
    for line, _, _ in visit(path).evaluate(LETTERS, selector):
        lines[line] = lines.get(line, 0) + 1
    full = [lines[line] for line in sorted(lines)][:-1]
    assert 60 <= sum(full) / len(full) <= 75, full
    assert max(full) <= 80


@pytest.mark.parametrize("selector", ["h1", ".prose p"])
def test_english_is_drawn_in_a_latin_face_with_its_punctuation(visit: Visit, selector: str) -> None:
    page = visit("/articles/english")
    browser = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        browser.send(f"{domain}.enable")
    root = browser.send("DOM.getDocument")["root"]["nodeId"]
    node = browser.send("DOM.querySelector", {"nodeId": root, "selector": selector})
    fonts = browser.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
    assert not [font["familyName"] for font in fonts if "Arabic" in font["familyName"]]


@pytest.mark.parametrize(
    ("selector", "drawn"),
    [
        (".prose p code", "git commit -m 'a'"),
        (".prose p code:nth-of-type(2)", 'print("x")'),
        (".tags a[href*=plus]", "C++"),
    ],
)
def test_latin_runs_among_arabic_words_stand_as_they_are_typed(
    visit: Visit, selector: str, drawn: str
) -> None:
    page = visit("/articles/asking")
    page.evaluate(f"document.querySelector('{selector}').style.whiteSpace = 'nowrap'")
    found = page.evaluate(LETTERS, selector)
    assert "".join(letter for _, _, letter in sorted(found, key=lambda each: each[1])) == drawn


def test_signs_at_the_ends_of_a_latin_run_stay_there(visit: Visit) -> None:
    for selector in ("h1", "a[href='/articles/latin']"):
        page = visit("/articles/latin" if selector == "h1" else "/categories/technology")
        page.evaluate(f"document.querySelector(\"{selector}\").style.whiteSpace = 'nowrap'")
        found = page.evaluate(LETTERS, selector)
        drawn = "".join(letter for _, _, letter in sorted(found, key=lambda each: each[1]))
        assert "C++" in drawn
        assert "GPT-4 (beta)" in drawn
    page = visit("/articles/latin")
    for place, run in enumerate(RUNS, 1):
        found = page.evaluate(LETTERS, f".prose p:nth-of-type({place})")
        drawn = "".join(letter for _, _, letter in sorted(found, key=lambda each: each[1]))
        assert run in drawn


def test_headings_inside_an_article_are_smaller_than_its_title(visit: Visit) -> None:
    for width in (390, 1280):
        page = visit("/articles/asking", width=width)
        title, part = (
            page.evaluate(
                "s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize)", selector
            )
            for selector in ("h1", ".prose h2")
        )
        assert part < title


def test_each_line_of_code_runs_the_way_of_its_first_letter(visit: Visit) -> None:
    page = visit("/articles/asking")
    lines: dict[int, list[tuple[float, str]]] = {}
    for line, left, letter in page.evaluate(LETTERS, ".prose pre"):
        if letter.strip():
            lines.setdefault(line, []).append((left, letter))
    first, *_, last = (lines[line] for line in sorted(lines))
    assert "".join(letter for _, letter in sorted(first)) == "ifx==1:"
    # An Arabic remark begins at the right, with its sign.
    assert max(last)[1] == "#"


def test_tables_are_as_wide_as_they_are_and_apart_from_the_text(visit: Visit) -> None:
    page = visit("/articles/asking", width=390)
    small, wide = page.query_selector_all(".prose table")
    column = page.query_selector(".prose").bounding_box()  # type: ignore[union-attr]
    for table in (small, wide):
        box = table.bounding_box()
        assert box is not None
        assert column["x"] - 1 <= box["x"]  # type: ignore[index]
        assert box["width"] <= column["width"] + 1  # type: ignore[index]
        margins = table.evaluate(
            "e => [getComputedStyle(e).marginTop, getComputedStyle(e).marginBottom].map(parseFloat)"
        )
        assert min(margins) >= 16
    assert wide.evaluate("e => e.scrollWidth > e.clientWidth")
    aligned = [
        cell.evaluate("e => getComputedStyle(e).textAlign")
        for cell in small.query_selector_all("th")
    ]
    assert aligned == ["start", "right", "center"]


@pytest.mark.parametrize("width", [360, 1280])
def test_addresses_of_feeds_begin_at_one_place_with_their_buttons_beside_them(
    visit: Visit, width: int
) -> None:
    page = visit("/subscribe")
    page.set_viewport_size({"width": width, "height": 900})
    fields = page.locator(".address input").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().right)"
    )
    buttons = page.locator(".address button").evaluate_all(
        """all => all.map(e => e.getBoundingClientRect().top
          - e.parentElement.querySelector('input').getBoundingClientRect().bottom)"""
    )
    assert (len(fields), len(set(fields))) == (3, 1)
    assert max(buttons) < 0


def test_superscripts_leave_lines_where_they_are(visit: Visit) -> None:
    page = visit("/articles/asking")
    height = page.evaluate(
        "document.querySelector('.prose table + p').getBoundingClientRect().height"
    )
    page.evaluate(
        "document.querySelectorAll('.prose table + p :is(sup, sub)').forEach(e => e.remove())"
    )
    assert height == page.evaluate(
        "document.querySelector('.prose table + p').getBoundingClientRect().height"
    )


def test_the_site_is_described_on_its_front_page_only(visit: Visit) -> None:
    described = "الموقع التجريبي"
    assert described in visit("/").inner_text("main")
    for name in ("tag", "author", "search", "older"):
        page = visit(PAGES[name])
        assert described not in page.inner_text("main")
        assert page.query_selector("meta[name=description]") is None


def test_an_older_page_is_named_and_leads_back(visit: Visit) -> None:
    page = visit("/")
    page.click(".next a[rel=next]")
    assert "قبل" in page.inner_text("h1")
    assert page.title().startswith(page.inner_text("h1"))
    page.click(".next a[rel=first]")
    assert page.url.endswith("/")
    assert page.query_selector(".next a[rel=first]") is None


@pytest.mark.parametrize(("path", "title"), [("/feed.rss", "item > title"), ("/feed.atom", "entry > title")])  # fmt: skip
def test_a_feed_with_a_stylesheet_is_a_list_of_titles_from_the_right(
    xml_address: str, browser: Browser, path: str, title: str
) -> None:
    page = browser.new_page(base_url=xml_address)
    page.goto(path)
    shown = page.locator(title)
    assert shown.count() > 10
    look = "e => { const s = getComputedStyle(e); return [s.display, parseInt(s.fontWeight)]; }"
    assert shown.first.evaluate(look) == ["block", 700]
    assert page.locator("item, entry").first.evaluate("e => getComputedStyle(e).display") == "block"
    hidden = page.locator("guid, entry > id, content, encoded").first
    assert hidden.evaluate("e => getComputedStyle(e).display") == "none"
    edges = """e => {
      const range = document.createRange(); range.selectNodeContents(e);
      const text = range.getBoundingClientRect(), box = e.getBoundingClientRect();
      return [box.right - text.right, text.left - box.left];
    }"""
    arabic = page.locator(title).filter(has_text=re.compile("^[\u0621-\u064a ]{4,20}$")).first
    right, left = arabic.evaluate(edges)
    assert right < 2 < left
    page.close()
