"""The page of an article as a browser runs it: its policy, its button, its paper."""

import subprocess
from pathlib import Path

from browser_site import Visit
from nginx_process import require
from waiting import comes_true

WATCH = """window.refused = [];
addEventListener("securitypolicyviolation", each => window.refused.push(each.violatedDirective));"""


def test_the_policy_refuses_nothing_of_an_article_and_its_address_is_copied(visit: Visit) -> None:
    page = visit("/")
    page.add_init_script(WATCH)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit("/articles/asking")
    told = "JSON.parse(document.querySelector('[type=\"application/ld+json\"]').text)['@type']"
    assert page.evaluate(told) == "NewsArticle"
    page.get_by_role("button", name="نسخ").click()
    assert comes_true(
        lambda: page.evaluate("document.getElementById('copied').textContent === 'نُسخ'")
    )
    assert page.evaluate("navigator.clipboard.readText()").endswith("/articles/asking")
    # Of the styles of an editor's table the policy lets none through, which the sheet makes up for.
    assert set(page.evaluate("window.refused")) <= {"style-src-attr"}


def test_paper_tells_the_address_and_the_date(visit: Visit, tmp_path: Path) -> None:
    page = visit("/articles/english")
    assert not page.is_visible(".printed")
    page.pdf(path=tmp_path / "page.pdf")
    asked = [require("pdftotext", "poppler-utils"), "-raw", tmp_path / "page.pdf", "-"]
    told = subprocess.run(asked, capture_output=True, check=True, text=True).stdout
    assert "/articles/english" in told
    assert "2026" in told
