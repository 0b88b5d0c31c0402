import pytest

from factories import NOW, site
from feedservice.authoring.fix import fix
from feedservice.content import article as article_file
from feedservice.content import frontmatter

SITE = site()
ID = "id: tag:news.example,2025:a\n"


def fixed(text: str, path: str = "field/a.md") -> str:
    return fix(text, path, SITE)


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("٢٠ كانون الأول ٢٠٢٥", "2025-12-20"), ("20 ديسمبر/كانون الأول 2025", "2025-12-20"),
        ("٢٠/١٢/٢٠٢٥ ١٤:٣٠", "2025-12-20 14:30"), ("السبت 20 ديسمبر 2025 9:30 م", "2025-12-20 21:30"),
        ("2025-12-20", "2025-12-20"), ("2025-12-20T14:30Z", "2025-12-20T14:30Z"), ("05/01/2024", "05/01/2024"),
        ("٢٠٢٥-١٢-٢٠", "2025-12-20"),
    ],
)  # fmt: skip
def test_dates_become_iso_where_that_is_no_guess(typed: str, iso: str) -> None:
    text = f"---\ntitle: ع\ndate: {typed}   # ملاحظة\n{ID}---\nنص\n"
    assert fixed(text) == f"---\ntitle: ع\ndate: {iso}   # ملاحظة\n{ID}---\nنص\n"


def test_a_quoted_date_keeps_its_quotes() -> None:
    assert 'date: "2025-12-20"' in fixed(f'---\ntitle: ع\ndate: "20 ديسمبر 2025"\n{ID}---\nنص\n')


def test_the_id_that_an_article_goes_by_is_written_below_its_date() -> None:
    text = "---\n# رأس\ntitle: ع\ndate: 2025-12-20 # متى\ntags: [أ]\n---\nنص\n"
    assert fixed(text, "field/خبر.md") == text.replace(
        "متى\n", "متى\nid: tag:news.example,2025:%D8%AE%D8%A8%D8%B1\n"
    )
    assert "id: tag:news.example,2025:slug\n" in fixed(
        "---\nslug: Slug\ntitle: ع\ndate: 2025-12-20\n---\nنص\n"
    )


def test_an_empty_id_is_filled() -> None:
    assert (
        fixed("---\ntitle: ع\nid:\ndate: 2025-12-20\n---\nنص\n")
        == f"---\ntitle: ع\n{ID}date: 2025-12-20\n---\nنص\n"
    )


def test_tabs_bidi_controls_and_other_normal_forms_go() -> None:
    text = f"---\ntitle: e\u0301\u202eع\n\tdate: 2025-12-20\n{ID}---\nن\u2066ص\tx\n"
    assert fixed(text) == f"---\ntitle: éع\ndate: 2025-12-20\n{ID}---\nنص\tx\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "نص",
        "---\ntitle: ع\n",
        "---\n[a]\n---\n",
        "---\ntags: [\n---\n",
        f"---\ntitle: ع\ndate: أمس\n{ID}---\nن\n",
    ],
)
def test_what_would_need_a_guess_is_left_alone(text: str) -> None:
    assert fixed(text) == text


def test_what_was_mended_needs_no_second_mending_and_means_the_same() -> None:
    text = "---\ntitle: ع\ndate: ٢٠ كانون الأول ٢٠٢٥\nexpires: ٢٠/١٢/٢٠٢٦ ١٤:٣٠\n---\nنص\n"
    once = fixed(text)
    assert fixed(once) == once
    before, after = (article_file.read(each, "field/a.md", SITE, NOW)[0] for each in (text, once))
    assert before == after


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("draft: true # ليس بعد", "status: draft # ليس بعد"),
        ("published: false", "status: draft"),
        ("categories: [field]", "category: [field]"),
        ("tag: ماء", "tags: ماء"),
        ("description: ملخص: كامل", "summary: ملخص: كامل"),
        ("cover: media/a.png", "image: media/a.png"),
        ("Author: desk", "author: desk"),
        ("التصنيف: field", "category: field"),
        ("\u200fauthor:\u00a0desk", "author: desk"),
        ("summary：ملخص", "summary: ملخص"),
        ("summary:ملخص", "summary: ملخص"),
        ("\tsummary: ملخص", "summary: ملخص"),
        ("slug: أ: ب", 'slug: "أ: ب"'),
        ("author : desk", "author : desk"),
        ("cover: {image: media/a.png}", "cover: {image: media/a.png}"),
        ("catgory: field", "catgory: field"),
        ("summary: “أ: ب” #ج", "summary: “أ: ب” #ج"),
    ],
)
def test_keys_of_other_tools_and_keyboards_become_ours_and_nothing_else_moves(
    typed: str, written: str
) -> None:
    text = f"---\ntitle: ع #١\n{typed}\ndate: 2025-12-20\n{ID}---\nنص\n"
    assert fixed(text) == text.replace(typed, written)


def test_what_says_nothing_goes() -> None:
    text = f"---\ntitle: ع\ndraft: false\npublished: true\ndate: 2025-12-20\n{ID}---\nنص\n"
    assert fixed(text) == text.replace("draft: false\npublished: true\n", "")


def test_two_keys_that_mean_the_same_are_left_to_the_editor() -> None:
    text = f"---\ntitle: ع\ncategory: field\ncategories: economy\ndate: 2025-12-20\n{ID}---\nنص\n"
    assert fixed(text) == text


@pytest.mark.parametrize("fence", ["--", "—", "\ufeff---", "----"])
def test_fences_become_three_hyphens(fence: str) -> None:
    text = f"{fence}\ntitle: ع\ndate: 2025-12-20\n{ID}{fence}\nنص\n—\nنص\n"
    assert fixed(text) == f"---\ntitle: ع\ndate: 2025-12-20\n{ID}---\nنص\n—\nنص\n"


@pytest.mark.parametrize(
    "lines",
    [
        "title: ع\n  يكمل",
        "title: ع\ndate: 2025-12-20\n# ملاحظة\ntags: [أ]",
        "\ntags:\n  - أ\ntitle: >\n  ع\n\n  ب",
        "  title: ع\n  date: 2025-12-20",
        "tags: [أ]",
    ],
)
def test_the_id_is_written_between_keys_and_never_into_a_value(lines: str) -> None:
    text = f"---\n{lines}\n---\nنص\n"
    before = frontmatter.split(text, "a.md").fields.plain()
    after = frontmatter.split(fixed(text), "a.md").fields.plain()
    assert after == before | {"id": "tag:news.example,2025:a"}
    assert fixed(fixed(text)) == fixed(text)


@pytest.mark.parametrize(
    "lines", ["{title: ع, date: 2025-12-20}", "title: ع\n  slug: أ: ب\n: ج: د"]
)
def test_what_does_not_help_is_not_written(lines: str) -> None:
    text = f"---\n{lines}\n---\nنص\n"
    assert fixed(text) == text
