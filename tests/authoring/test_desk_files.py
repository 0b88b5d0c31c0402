"""What the desk makes of files: its own script in Node, with what Sveltia CMS does around it."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from feedservice.authoring.desk import UNSHOWN
from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.page import PageFront
from feedservice.content.shapes import keys_of

SCRIPT = Path(__file__).parent.parent / "js" / "desk.mjs"
TOLD = {
    "authors": {"التحرير": "desk"},
    "categories": {"ميداني": "field"},
    "site_id": "tag:news.example,2025",
    "timezone": "Asia/Damascus",
    "content_folder": "",
    "fields": sorted({*keys_of(FrontMatter), *keys_of(PageFront)} - UNSHOWN),
}
ARTICLE = """---
# ملاحظة
"title": 'خبر'
date: 2025-12-20T10:30
category: ميداني
summary: >
  ملخص
  طويل
image:
  src: media/hills.png
  alt: تلال   # كما هي
  caption: ""
author: كاتب آخر
translations: {en: hills}
og.title: عنوان آخر
body: مفتاح
constructor: مفتاح
_kind: page
__proto__: {title: x}
draft_note: |
    سطر

    آخر
id: tag:news.example,2025:hills

---
    شيفرة
"""
PAGE = """---
title: من نحن # عنوان
order: 3
image: media/us.png

# لا يُحذف
status: published
---

نحن.
"""
BOMB = "\n".join(
    ["---", "title: x", "translations:", "  a: &a [x, x, x, x]"]
    + [
        f"  {one}: &{one} [*{before}, *{before}, *{before}]"
        for before, one in zip("abcdefghij", "bcdefghijk", strict=True)
    ]
    + ["---", "نص"]
)


def _done(*cases: dict[str, Any]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if node is None:
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("node is not there")
        pytest.skip("needs node")
    given = json.dumps({"told": TOLD, "cases": cases}).encode()
    done = subprocess.run([node, SCRIPT], input=given, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("file", "text", "edit", "changed"),
    [
        ("field/hills.md", ARTICLE, {}, ("", "")),
        ("field/hills.md", ARTICLE, {"title": "آخر"}, ("\"title\": 'خبر'", "title: آخر")),
        ("field/hills.md", ARTICLE, {"date": ""}, ("", "")),
        ("pages/us.md", PAGE, {}, ("", "")),
        ("pages/us.md", PAGE, {"order": "4"}, ("order: 3", "order: '4'")),
        (
            "field/x.md",
            "---\n---\nنص\n\n---\n",
            {"title": "خبر"},
            ("---\n---", "---\n\ntitle: خبر\n---"),
        ),
    ],
    ids=["nothing", "title", "no-date", "page", "order", "empty"],
)
def test_no_line_but_that_of_what_was_edited_is_another(
    file: str, text: str, edit: dict[str, str], changed: tuple[str, str]
) -> None:
    [done] = _done({"file": file, "text": text, "edits": [edit]})
    before, after = changed
    [written] = done["written"]
    assert written.strip() == text.replace(before, after, 1).strip()


def test_pictures_and_names_are_shown_as_the_form_has_them() -> None:
    article, page = _done(
        {"file": "field/hills.md", "text": ARTICLE, "edits": []},
        {"file": "pages/us.md", "text": PAGE, "edits": []},
    )
    read = article["read"]
    assert read["image"] == {"src": "/media/hills.png", "alt": "تلال", "caption": ""}
    assert (read["title"], read["category"]) == ("خبر", "field")
    assert (read["_kind"], page["read"]["_kind"]) == ("article", "page")
    assert "author" not in read
    assert not {"og.title", "constructor", "draft_note", "id"} & read.keys()
    assert page["read"]["image"] == {"src": "/media/us.png"}


def test_a_new_article_keeps_its_id_and_moment_when_it_is_saved_again() -> None:
    [done] = _done({"edits": [{"title": "أول", "body": "نص"}, {"title": "ثان"}, {"body": "آخر"}]})
    first, second, third = done["written"]
    assert first.count("\nid: tag:news.example,2025:") == first.count("\ndate: ") == 1
    assert second == first.replace("أول", "ثان")
    assert third == second.replace("نص", "آخر")


def test_a_copy_of_an_article_is_another_one() -> None:
    [done] = _done(
        {
            "file": "field/hills.md",
            "text": ARTICLE,
            "edits": [{}, {"title": "نسخة"}],
            "copied": True,
        }
    )
    first, second = done["written"]
    assert "tag:news.example,2025:hills" not in first
    assert "\ntitle: خبر\n" in first
    assert first.count("\nid: tag:news.example,2025:") == 1
    assert second == first.replace("title: خبر", "title: نسخة")


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("field/README.md", "none"),
        ("field/_notes.md", "none"),
        ("media/notes.md", "none"),
        ("pages/us.md", "page"),
        ("field/a.md", "article"),
    ],
)
def test_what_the_service_passes_over_is_not_listed(file: str, kind: str) -> None:
    [done] = _done({"file": file, "text": ARTICLE, "edits": []})
    assert done["read"]["_kind"] == kind


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "---\ntitle: x\nkey" + " " * 200_000 + "\n---\nنص",
        "---\ntitle: [x]\ncategory: constructor\nimage: {src: [x]}\nmedia: {a: [x]}\n"
        "corrections: [x]\nsummary: {a: b}\n---\nنص",
    ],
    ids=["anchors", "spaces", "shapes"],
)
def test_what_no_field_can_show_stays_as_it_is(text: str) -> None:
    [done] = _done({"file": "field/x.md", "text": text, "edits": [{"lang": "en"}]})
    front, body = text.rsplit("\n---\n", 1)
    assert done["written"] == [f"{front}\nlang: en\n---\n{body}"]
    assert done["read"]["category"] in ("field", "constructor")
    assert not {"translations", "image", "media", "corrections", "summary"} & done["read"].keys()
