from codecs import BOM_UTF8
from typing import Any

import pytest

from feedservice.content import article
from feedservice.content.decoding import decode
from feedservice.micropub.actions import Refused
from feedservice.micropub.front_matter_edit import as_before, edited

ARTICLE = """\
---
# رأس الملف
title:   "عنوان: قديم"   # بين علامتين
date: 20 كانون الأول 2025

# الوسوم
tags:
  - داريا
  # لا تحذف
  - 'حلب'
Summary: >-
  سطر
  وآخر
custom: {a: b}

# قبل الكاتب
author: [desk]   # من؟

# النهاية
---

نص **المقال**.

---
خط
"""


@pytest.mark.parametrize(
    ("changes", "before", "after"),
    [
        ({"title": "جديد"}, 'title:   "عنوان: قديم"   # بين علامتين\n', "title: جديد\n"),
        (
            {"tags": ["أ", "ب، ج"]},
            "tags:\n  - داريا\n  # لا تحذف\n  - 'حلب'\n",
            "tags: [أ, ب، ج]\n",
        ),
        ({"tags": None}, "tags:\n  - داريا\n  # لا تحذف\n  - 'حلب'\n", ""),
        ({"summary": "جملة"}, "Summary: >-\n  سطر\n  وآخر\n", "Summary: جملة\n"),
        ({"author": None}, "author: [desk]   # من؟\n", ""),
        (
            {"image": {"src": "media/a.jpg", "alt": "وصف: ما"}},
            "# النهاية\n---",
            '# النهاية\nimage: {src: media/a.jpg, alt: "وصف: ما"}\n---',
        ),
        ({"status": None}, "", ""),
    ],
)
def test_a_key_is_written_and_every_other_byte_stays(
    changes: dict[str, Any], before: str, after: str
) -> None:
    assert edited(ARTICLE, "field/a.md", changes) == ARTICLE.replace(before, after)


def test_several_keys_and_a_body_at_once() -> None:
    made = edited(ARTICLE, "field/a.md", {"title": None, "status": "draft"}, "\n\nجديد\n\n")
    front, _fence, body = made.rpartition("---\n")
    assert body == "\nجديد\n"
    head = ARTICLE.partition("\n---\n\n")[0]
    assert front == head.replace('title:   "عنوان: قديم"   # بين علامتين\n', "") + (
        "\nstatus: draft\n"
    )


def test_what_other_tools_call_a_key_stays_its_name() -> None:
    text = "---\nTitle: أ\ndraft: true\ncategories: field\n---\n\nنص\n"
    assert edited(text, "field/a.md", {"status": None}) == text.replace("draft: true\n", "")
    assert "status: withdrawn" in edited(text, "field/a.md", {"status": "withdrawn"})
    assert "categories: [field, economy]" in edited(
        text, "field/a.md", {"category": ["field", "economy"]}
    )


def test_what_cannot_be_changed_alone_is_refused() -> None:
    with pytest.raises(Refused, match="conflict"):
        edited("---\n{title: أ, date: 2025-12-20}\n---\n\nنص\n", "field/a.md", {"title": "ب"})


def test_line_ends_and_the_mark_at_the_start_stay() -> None:
    before = BOM_UTF8 + ARTICLE.replace("\n", "\r\n").encode()
    text = decode(before, "a.md")
    assert as_before(text, before) == before
    made = as_before(edited(text, "a.md", {"title": "جديد"}), before)
    assert made.startswith(BOM_UTF8)
    assert made.count(b"\n") == made.count(b"\r\n")
    assert article.take_apart(decode(made, "a.md"), "a.md").fields.plain()["title"] == "جديد"
