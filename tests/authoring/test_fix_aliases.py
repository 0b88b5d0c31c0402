import pytest

from feedservice.authoring.fix_aliases import fixed

LINE = "aliases: [old]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: خبر\nid: x\ndate: 2026-01-01\n", f"title: خبر\nid: x\n{LINE}\ndate: 2026-01-01\n"),
        ("title: خبر # كما هو\nslug: new\n# ملاحظة\nid: x\n", f"title: خبر # كما هو\nslug: new\n{LINE}\n# ملاحظة\nid: x\n"),
        ("  title: خبر\n  id: x\n", f"  title: خبر\n  id: x\n  {LINE}\n"),
        ("tags: [a]\n", f"tags: [a]\n{LINE}\n"),
        ("aliases:\nid: x\n", f"{LINE}\nid: x\n"),
        ("Aliases: older\nid: x\n", f"{LINE}\nid: x\n"),
        ("id: x\naliases:\n  - older\n  - oldest\ntitle: خبر\n", f"id: x\n{LINE}\ntitle: خبر\n"),
    ],
)  # fmt: skip
def test_the_line_comes_in_or_takes_the_place_of_one(before: str, after: str) -> None:
    assert fixed(f"---\n{before}---\n\nنص\n", "f/a.md", LINE) == f"---\n{after}---\n\nنص\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\naliases: [older]  # كان كذلك\nid: x\n---\nنص\n",
        "---\naliases:\n  - older  # كان كذلك\nid: x\n---\nنص\n",
        "---\naliases: [older,\n  oldest\n  ]\nid: x\n---\nنص\n",
        "---\ntitle: >\n  خبر\n  طويل\n---\nنص\n",
        "---\n{title: خبر, id: x}\n---\nنص\n",
        "---\n\ttitle: خبر\n---\nنص\n",
        "---\n---\nنص\n",
        "نص\n",
        "",
    ],
)
def test_what_is_not_sure_stays_as_it_is(text: str) -> None:
    assert fixed(text, "f/a.md", LINE) == text
