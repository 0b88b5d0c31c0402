"""What editors do wrong, and what each is told: the line that is right, or that it works as meant.

A test for each kind of mistake, by the road that an editor takes: the file, `check`, `check --fix`.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from factories import NOW, snapshot, write_article
from feedservice.authoring import check, report
from feedservice.content import messages
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Problem
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer

FRONT = {"title": "ورشة", "date": "2025-12-20", "summary": "ملخص", "id": "tag:x,2025:a"}


@pytest.fixture
def file(content: Path) -> Path:
    """Where the editor writes; two other articles and two pictures are there."""
    write_article(content, "field/b.md")
    write_article(content, "field/c.md")
    (content / "media").mkdir()
    for name in ("ورشة.png", "صورة الورشة.jpg"):
        Image.new("RGB", (8, 6)).save(content / "media" / name)
    return content / "field" / "a.md"


def write(file: Path, *lines: str, body: str = "نص", fence: str = "---") -> None:
    """Write an article whose lines take the place of those with the same key."""
    given = {line.strip().split(":")[0].split("：")[0].strip() for line in lines}
    kept = [f"{key}: {value}" for key, value in FRONT.items() if key not in given]
    text = "\n".join([fence, *kept[:1], *lines, *kept[1:], fence, "", body, ""])
    file.write_text(text, encoding="utf-8")


def told(file: Path) -> dict[str, Problem]:
    """What `check` says of the file, by code."""
    root = file.parents[1]
    return {each.code: each for each in check.hinted(check.check([file], NOW)[0], root)}


def fixed(file: Path) -> str:
    for _ in check.fix_files([file], NOW, write=True):
        pass
    return file.read_text(encoding="utf-8")


@pytest.fixture
def article(file: Path, indexer: Indexer, its_index: IndexWriter) -> Callable[[], Article]:
    """Reads the article as it is published."""

    def read() -> Article:
        indexer.scan()
        found = snapshot(its_index).article("a")
        assert found
        return found

    return read


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('title: "ورشة', 'title: "ورشة"'),
        ("title: 'ورشة", "title: 'ورشة'"),
        ('author: "desk', 'author: "desk"'),
        ('tags: ["ماء, نار]', 'tags: ["ماء", نار]'),
        ('title: "ورشة: جديدة”', 'title: "ورشة: جديدة"'),
        ('title: "قال “نعم”', 'title: "قال “نعم”"'),
        ('title: "قال «نعم»', 'title: "قال «نعم»"'),
        ('tags:\n  - "ماء\n  - نار', '  - "ماء"'),
    ],
)
def test_a_quote_that_is_not_closed_is_told_where_it_opens_with_the_closed_line(
    file: Path, wrong: str, right: str
) -> None:
    write(file, wrong)
    (problem,) = told(file).values()
    assert (problem.code, problem.facts["paste"]) == ("yaml-quote", right)
    line = file.read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert line in wrong.split("\n")
    assert line[problem.column - 1] in "\"'"
    assert "أغلق علامة التنصيص" in messages.describe(problem, "ar")[1]


def test_typographic_quotes_are_text_in_a_title_and_quotes_elsewhere(
    file: Path, article: Callable[[], Article]
) -> None:
    write(
        file,
        "title: “ورشة: جديدة”",
        "date: “2025-12-20 14:30”",
        "category: “economy”",
        "lang: „en“",
        "image: {src: “media/ورشة.png”, alt: “صورة”}",
    )
    assert told(file) == {}
    found = article()
    assert (found.title, found.categories) == ("“ورشة: جديدة”", ("economy",))
    assert found.lang == "en"
    assert found.image
    assert (found.image.src, found.image.alt) == ("media/ورشة.png", "“صورة”")
    lines = fixed(file).splitlines()
    assert 'date: "2025-12-20 14:30"' in lines
    assert "title: “ورشة: جديدة”" in lines
    assert told(file) == {}


@pytest.mark.parametrize("quotes", ["“”", "””", "„“", "‘’", "«»", '"”', '“"', "‹›"])
def test_quotes_of_any_kind_around_what_is_no_text_are_quotes(file: Path, quotes: str) -> None:
    write(file, f"date: {quotes[0]}2025-12-20{quotes[1]}")
    if quotes[0] == '"':
        assert told(file)["yaml-quote"].facts["paste"] == 'date: "2025-12-20"'
    else:
        assert told(file) == {}
    assert 'date: "2025-12-20"\n' in fixed(file)
    assert told(file) == {}


def test_quotation_marks_of_a_text_stay_wherever_it_stands(
    file: Path, article: Callable[[], Article]
) -> None:
    write(
        file,
        "image: {src: «media/ورشة.png», alt: «صورة», caption: من ورشة «الحياة»}",
        "tags: [«الحياة», ‘ماء’]",
        "related: [{url: 'https://x.example/', title: “نعم”}]",
    )
    assert told(file) == {}
    found = article()
    assert found.image
    assert found.image.src == "media/ورشة.png"
    assert (found.image.alt, found.image.caption) == ("«صورة»", "من ورشة «الحياة»")
    assert [tag.label for tag in found.tags] == ["«الحياة»", "‘ماء’"]
    assert found.related[0].title == "“نعم”"


@pytest.mark.parametrize(
    "tags", ["[“ماء”, „كهرباء“]", "“ماء”، ”كهرباء”", "\n  - “ماء”\n  - “#كهرباء”"]
)
def test_typographic_quotes_around_a_whole_name_are_no_part_of_it(
    file: Path, article: Callable[[], Article], tags: str
) -> None:
    write(file, f"tags: {tags}", "author: “desk”")
    assert told(file) == {}
    assert [tag.label for tag in article().tags] == ["ماء", "كهرباء"]
    assert [author.slug for author in article().authors] == ["desk"]


def test_typographic_quotes_in_a_name_stay(file: Path, article: Callable[[], Article]) -> None:
    write(file, "tags: [“أ” و“ب”, حملة “ماء”]")
    assert [tag.label for tag in article().tags] == ["“أ” و“ب”", "حملة “ماء”"]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("مسودة", "draft"),
        ("مسوده", "draft"),
        ("منشور", "published"),
        ("publishd", "published"),
        ("منشورة", "published"),
        ("مسحوبة", "withdrawn"),
    ],
)
def test_an_unknown_status_is_told_with_the_one_that_was_meant(
    file: Path, typed: str, right: str
) -> None:
    write(file, f"status: {typed}")
    assert told(file)["status-unknown"].facts["paste"] == f"status: {right}"


def test_a_date_in_words_is_told_with_an_example_that_runs_from_the_left(file: Path) -> None:
    write(file, "date: غدًا الساعة 5 عصرًا")
    (problem,) = told(file).values()
    assert problem.code == "date-unreadable"
    shown = report.as_text(problem, "", "a.md", "ar", is_terminal=True)
    assert "\u20662025-12-20 14:30\u2069" in shown


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("category: econmy", "category: economy"),
        ("category: [field, اقتصادد]", "category: [field, economy]"),
        ("category: field، econmy", "category: field، economy"),
    ],
)
def test_an_unknown_category_is_told_with_the_nearest_as_a_line_and_all(
    file: Path, wrong: str, right: str
) -> None:
    write(file, wrong)
    (problem,) = told(file).values()
    assert problem.code == "category-unknown"
    assert (problem.facts["nearest"], problem.facts["paste"]) == ("economy", right)
    assert all(slug in problem.facts["known"] for slug in ("field", "economy", "heritage"))


def test_a_category_like_none_is_told_with_all_and_no_line(file: Path) -> None:
    write(file, "category: رياضة")
    (problem,) = told(file).values()
    assert problem.facts.keys() == {"value", "known"}


def test_a_tab_before_a_key_is_to_be_deleted_and_fix_does(file: Path) -> None:
    write(file, "\ttags: [ماء]")
    (problem,) = told(file).values()
    assert (problem.code, problem.facts["paste"]) == ("yaml-tab", "tags: [ماء]")
    assert "\ntags: [ماء]\n" in fixed(file)
    assert told(file) == {}


def test_a_missing_picture_is_told_with_the_nearest_name(file: Path) -> None:
    write(file, "image: {src: media/ورشه.jpg, alt: و}", body="![و](media/ورشه.jpg)")
    found = told(file)
    assert found.keys() == {"image-missing", "media-missing"}
    assert {each.facts["nearest"] for each in found.values()} == {"media/ورشة.png"}
    assert {each.severity for each in found.values()} == {"warning"}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (r"image: C:\Users\me\ورشة.jpg", "image: media/ورشة.jpg"),
        (r'image: "C:\Users\me\ورشة.jpg"', 'image: "media/ورشة.jpg"'),
        (r'image: "c:\temp\new.jpg"', 'image: "media/new.jpg"'),
        (r'image: "C:\\Users\\me\\ورشة.jpg"', 'image: "media/ورشة.jpg"'),
        (r'image: {src: "D:\x\y.jpg", alt: و}', 'image: {src: "media/y.jpg", alt: و}'),
        ("image: file:///home/me/x.jpg", "image: media/x.jpg"),
        ("image: http://localhost/x.jpg", "image: media/x.jpg"),
        ("media: [media/ورشة.png, /Users/me/a.mp3]", "media: [media/ورشة.png, media/a.mp3]"),
    ],
)
def test_a_file_on_the_editors_machine_is_to_be_uploaded(
    file: Path, wrong: str, right: str
) -> None:
    write(file, wrong)
    problem = told(file)["media-local"]
    assert problem.facts["paste"] == right
    assert "ارفع الملف" in messages.describe(problem, "ar")[1]


@pytest.mark.parametrize(
    "source",
    [r"C:\Users\me\x.jpg", "file:///home/me/x.jpg", "http://localhost:8000/x.jpg",
     "http://127.0.0.1/media/x.jpg", "https://LOCALHOST/x.jpg", "~/x.jpg", "/Users/me/x.jpg",
     "/home/me/x.jpg", r"\\server\x.jpg"],
)  # fmt: skip
def test_so_is_one_in_the_body(file: Path, source: str) -> None:
    write(file, body=f"نص ![و]({source})")
    assert told(file).keys() == {"picture-local"}


def test_a_picture_on_localhost_is_the_sites_own_where_the_site_is_there(
    content: Path, file: Path
) -> None:
    site = content / "site.yaml"
    text = site.read_text(encoding="utf-8").replace("https://news.example", "http://127.0.0.1:8000")
    site.write_text(text, encoding="utf-8")
    write(file, body="نص ![و](http://127.0.0.1:8000/media/ورشة.png)")
    assert told(file) == {}


def test_of_a_copy_the_copy_is_told_with_a_new_id(content: Path, file: Path) -> None:
    write(file)
    copy = content / "economy" / "a (1).md"
    copy.parent.mkdir()
    copy.write_bytes(file.read_bytes())
    assert told(file) == {}
    problem = told(copy)["id-duplicate"]
    assert problem.facts["other"] == "field/a.md"
    assert f"id: {problem.facts['new']}\n" in fixed(copy)
    assert told(copy) == {}


def test_arabic_commas_separate(file: Path, article: Callable[[], Article]) -> None:
    write(
        file,
        "related: [b، c]",
        "author: desk، هيئة التحرير",
        "category: field، economy",
        "image: {src: media/ورشة.png، alt: صورة}",
    )
    assert told(file) == {}
    found = article()
    assert [each.slug for each in found.related] == ["b", "c"]
    assert [each.slug for each in found.authors] == ["desk"]
    assert found.categories == ("field", "economy")
    assert found.image
    assert found.image.alt == "صورة"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("author: dsek", "author: desk"),
        ("author: هيئة التحرر", "author: desk"),
        ("author: [سعاد، dsek]", "author: [سعاد، desk]"),
    ],
)
def test_an_unknown_author_is_told_with_the_nearest(file: Path, wrong: str, right: str) -> None:
    write(file, wrong)
    problems = [each for each in check.check([file], NOW)[0] if "nearest" in each.facts]
    (problem,) = problems
    assert (problem.code, problem.severity) == ("author-unknown", "warning")
    assert (problem.facts["nearest"], problem.facts["paste"]) == ("desk", right)


@pytest.mark.parametrize(
    ("wrong", "code", "right"),
    [
        ("العنوان: ورشة", "key-unknown", "title: ورشة"),
        ("title：ورشة", "yaml-no-colon", "title: ورشة"),
        ("title： ورشة", "yaml-no-colon", "title: ورشة"),
        ("date：2025-12-20", "yaml-no-colon", "date: 2025-12-20"),
        ("titel: ورشة", "key-unknown", "title: ورشة"),
        ("title： ورشة: جديدة", "key-unknown", "title: ورشة: جديدة"),
        ("title = ورشة", "yaml-no-colon", "title: ورشة"),
        ("title؛ ورشة", "yaml-no-colon", "title: ورشة"),
    ],
)
def test_a_key_of_another_keyboard_is_named_with_ours(
    file: Path, wrong: str, code: str, right: str
) -> None:
    lines = [f"{key}: {value}" for key, value in FRONT.items() if not right.startswith(key)]
    place = 0 if right.startswith("title") else 1
    lines.insert(place, wrong)
    file.write_text("\n".join(["---", *lines, "---", "", "نص", ""]), encoding="utf-8")
    (problem,) = told(file).values()
    assert (problem.code, problem.line, problem.facts["paste"]) == (code, place + 2, right)


def test_keys_with_a_space_or_a_capital_are_simply_read(
    file: Path, article: Callable[[], Article]
) -> None:
    text = "---\nTitle : ورشة\ndate : 2025-12-20\nSUMMARY: ملخص\nid: tag:x,2025:a\n---\n\nنص\n"
    file.write_text(text, encoding="utf-8")
    assert told(file) == {}
    assert article().title == "ورشة"


def test_keys_of_other_tools_have_their_meaning_and_fix_rewrites_them(
    file: Path, article: Callable[[], Article]
) -> None:
    text = (
        "---\ntitle: ورشة\ndate: 2025-12-20\nid: tag:x,2025:a\ndraft: true\npublished: false\n"
        "categories: [economy]\ntag: ماء\ndescription: ملخص\ncover: {image: media/ورشة.png, alt: و}\n"
        "---\n\nنص\n"
    )
    file.write_text(text, encoding="utf-8")
    assert told(file) == {}
    found = article()
    assert (found.status, found.categories) == (Status.DRAFT, ("economy",))
    assert ([tag.label for tag in found.tags], found.summary) == (["ماء"], "ملخص")
    assert found.image
    assert found.image.src == "media/ورشة.png"
    lines = fixed(file).splitlines()
    for line in ("status: draft", "category: [economy]", "tags: ماء", "summary: ملخص"):
        assert line in lines
    assert told(file) == {}


@pytest.mark.parametrize("key", ["layout: post", "permalink: /x", "weight: 3", "subtitle: سطر"])
def test_a_key_that_means_nothing_here_is_no_line_with_another_value(file: Path, key: str) -> None:
    write(file, key)
    (problem,) = told(file).values()
    assert problem.code == "key-unknown"
    assert "paste" not in problem.facts


@pytest.mark.parametrize("fence", ["--", "—", "–", "----"])
def test_other_dashes_are_a_fence(file: Path, article: Callable[[], Article], fence: str) -> None:
    write(file, fence=fence)
    assert told(file) == {}
    assert article().title == "ورشة"
    assert fixed(file).startswith("---\n")


def test_what_word_leaves_loses_its_classes_and_no_word(
    file: Path, article: Callable[[], Article]
) -> None:
    body = (
        "<p class=MsoNormal>مقدمة <o:p></o:p></p>\n\n• واحد\n• اثنان\n\n**عنوان فرعي**\n\n"
        '<p class="MsoListParagraph"><span style="mso-list:Ignore">·&nbsp;</span>ثلاثة</p>'
    )
    write(file, body=body)
    assert told(file) == {}
    html = article().html
    assert not re.search("Mso|mso|class|style|•|·", html)
    assert html.count("<li>") == 3
    for word in ("مقدمة", "واحد", "اثنان", "عنوان فرعي", "ثلاثة"):
        assert word in html


def test_a_frame_is_a_card_and_a_script_is_told(file: Path, article: Callable[[], Article]) -> None:
    write(
        file,
        body='<iframe src="https://www.youtube.com/embed/abc"></iframe>\n\n<script>alert(1)</script>\n',
    )
    assert told(file).keys() == {"html-removed"}
    html = article().html
    assert '<a href="https://www.youtube.com/watch?v=abc">' in html
    assert "script" not in html
    assert "iframe" not in html


@pytest.mark.parametrize("name", ["media/صورة الورشة.jpg", "صورة الورشة.jpg"])
def test_a_picture_whose_name_has_a_space_works_with_and_without_its_folder(
    file: Path, article: Callable[[], Article], name: str
) -> None:
    write(file, body=f"نص ![صورة]({name})")
    assert told(file) == {}
    assert "media/%D8%B5" in article().html


def test_a_picture_in_the_front_matter_is_told_with_its_folder(file: Path) -> None:
    write(file, "image: صورة الورشة.jpg")
    problem = told(file)["media-outside"]
    assert problem.facts["paste"] == "image: media/صورة الورشة.jpg"


def test_a_picture_without_a_description_is_told_in_the_body_too(file: Path) -> None:
    write(file, "image: media/ورشة.png", body="نص ![](media/ورشة.png)")
    found = told(file)
    assert found.keys() == {"image-alt-missing", "picture-alt-missing"}
    assert {each.severity for each in found.values()} == {"warning"}


def test_a_large_photograph_needs_nothing(content: Path, file: Path) -> None:
    Image.new("RGB", (6000, 4000)).save(content / "media" / "large.jpg")
    write(file, "image: {src: media/large.jpg, alt: و}", body="نص ![و](media/large.jpg)")
    assert told(file) == {}


@pytest.mark.parametrize(
    "line",
    ["tags: [أ: ب: ج", "title: &", "status: *", "slug: !x", "id: %", "lang: @", "date: ]", "a: - b",
     "views: {", "? x", "slug: a: b", "expires: |\n x\n  y: z\n- d", 'slug: "\\q"'],
)  # fmt: skip
def test_no_word_of_a_library_reaches_an_editor(file: Path, line: str) -> None:
    write(file, line)
    for problem in told(file).values():
        wrong, remedy = messages.describe(problem, "ar")
        facts = re.escape("|".join(problem.facts.values()))
        rest = re.sub(r"«[^»]*»", "", wrong + remedy.split("\n")[0]).replace(facts, "")
        assert re.search("[\u0620-\u064a]", wrong)
        assert not re.search(r"expected|found|token|scalar|mapping|while|could not", rest)


@pytest.mark.parametrize(("line", "place"), [("summary:", (3, 9)), ("id:", (3, 4)), ("", (2, 1))])
def test_an_empty_key_is_told_at_its_place_and_a_missing_one_at_the_beginning(
    file: Path, line: str, place: tuple[int, int]
) -> None:
    lines = ["---", "title: ورشة", *filter(None, [line]), "date: 2025-12-20", "---", "", "نص", ""]
    file.write_text("\n".join(lines), encoding="utf-8")
    found = told(file)
    code = "id-missing" if line.startswith("id") else "summary-missing"
    assert (found[code].line, found[code].column) == place


def test_of_an_unknown_encoding_nothing_is_guessed(file: Path) -> None:
    file.write_bytes("---\ntitle: ورشة\n".encode() + b"caf\xe9\n---\n")
    (problem,) = told(file).values()
    for language in ("ar", "en"):
        text = " ".join(messages.describe(problem, language))
        assert "?" not in text
        assert "UTF-8" in text
    file.write_bytes("---\ntitle: ورشة جديدة".encode("cp1256"))
    (problem,) = told(file).values()
    assert "windows-1256" in messages.describe(problem, "ar")[1]
