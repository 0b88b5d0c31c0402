"""What an editor writes where YAML has signs of its own arrives, or the editor is told."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content import frontmatter, yaml_text
from feedservice.content.decoding import decode
from feedservice.content.messages import describe
from feedservice.content.site import read as read_site
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem


def fields_of(lines: str) -> object:
    return frontmatter.split(f"---\n{lines}\n---\nنص\n", "a.md").fields.plain()


def problem_of(lines: str) -> Problem:
    with pytest.raises(ContentError) as caught:
        frontmatter.split(f"---\n{lines}\n---\nنص\n", "a.md")
    return caught.value.problem


@pytest.mark.parametrize(
    "words",
    [
        "حملة #أنقذوا_حلب تتصدر",
        "#عاجل انفجار",
        "خبر # ثم كلام",
        "10 #أسباب",
        "الوزير: لا تراجع",
        "الوزير:",
        "[عاجل] انفجار",
        "[عاجل]",
        "{قوس} كلام",
        '"نعم" قالها الوزير',
        "'نعم' و'لا'",
        "@وزير يغرّد",
        "%50 من الناس",
        "- شرطة",
        "? سؤال",
        "> سهم",
        "># سهم",
        ">50 من الناس",
        "> #عاجل",
        '"نعم"#وسم',
        "'نعم'#وسم",
        "| عمود",
        "! تنبيه",
        "*مهم* خبر",
        "**مهم** خبر",
        "& شركاه",
        "`رمز",
        "«نعم»: قالها",
        "“ورشة: جديدة”",
        "C:\\ مسار # آخر",
        "أ, ب] ج} #د",
    ],
)
@pytest.mark.parametrize("key", ["title", "summary", "author", "tags"])
def test_the_words_of_a_text_are_kept_whatever_signs_are_among_them(key: str, words: str) -> None:
    if words == "[عاجل]":
        key = "alt"  # where several may stand, it is a list
    assert fields_of(f"{key}: {words}\ndate: 2025-12-20") == {key: words, "date": "2025-12-20"}


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ("tags: [#سوريا, #حلب # المدينة, @س]", {"tags": ["#سوريا", "#حلب # المدينة", "@س"]}),
        ("tags:\n  - #سوريا\n  - حلب #المدينة", {"tags": ["#سوريا", "حلب #المدينة"]}),
        ("tags:\n- [عاجل] خبر\n- قال: نعم", {"tags": ["[عاجل] خبر", "قال: نعم"]}),
        ('tags: ["نعم" قالها, %5]', {"tags": ['"نعم" قالها', "%5"]}),
        ("tags: [\n  أ, # ملاحظة\n  #ب,\n  ج]", {"tags": ["أ", "#ب", "ج"]}),
        (
            "image: {src: media/a.png، alt: قال: نعم #وسم}",
            {"image": {"src": "media/a.png", "alt": "قال: نعم #وسم"}},
        ),
        ('title: "قال: "نعم" وذهب"', {"title": 'قال: "نعم" وذهب'}),
        ('title: "نعم" قالها و"لا"', {"title": '"نعم" قالها و"لا"'}),
        ("translations: {en: a، fr: b}", {"translations": {"en": "a", "fr": "b"}}),
        ('image: {src: "a.png"، alt: "ب"}', {"image": {"src": "a.png", "alt": "ب"}}),
        (
            "image:\n  src: a.png\n  alt: ملصق #حملة",
            {"image": {"src": "a.png", "alt": "ملصق #حملة"}},
        ),
        ("summary: كلام\n  #وسم ثم: كلام", {"summary": "كلام #وسم ثم: كلام"}),
        ("media: media/نهر #1.mp3", {"media": "media/نهر #1.mp3"}),
        (
            "media:\n  - media/نهر #1.mp3\n  - src: b #2.pdf",
            {"media": ["media/نهر #1.mp3", {"src": "b #2.pdf"}]},
        ),
        ("image: media/نهر #1.png # ملاحظة", {"image": "media/نهر #1.png"}),
        (
            "image:\n  src: media/نهر #1.png\n  alt: ب",
            {"image": {"src": "media/نهر #1.png", "alt": "ب"}},
        ),
        ("related:\n  - https://x.example/a #ب", {"related": ["https://x.example/a #ب"]}),
        (
            "title: [أ]\nimage: {src: a, alt: ب}",
            {"title": "[أ]", "image": {"src": "a", "alt": "ب"}},
        ),
        ("image:\n  src: a\n  alt: [ب]", {"image": {"src": "a", "alt": "[ب]"}}),
        ("summary: |\n  title: #x\n  [ب: ج", {"summary": "title: #x\n[ب: ج\n"}),
        ("summary: >\n  أ #ب\ntitle: ج #د", {"summary": "أ #ب\n", "title": "ج #د"}),
        ('title: \u200f"أ: ب"\u200f', {"title": "أ: ب"}),
        ("aliases: \u200f[أ, ب]\u200f", {"aliases": ["أ", "ب"]}),
        ("tags: [أ, ب]\u200f", {"tags": ["أ", "ب"]}),
        ("tags: [أ,\n  ب]\u200b", {"tags": ["أ", "ب"]}),
        ("image: {src: a}\u200f\ntitle: ب", {"image": {"src": "a"}, "title": "ب"}),
        ("\u200ftitle\u200e:\u00a0أ", {"title": "أ"}),
        ("tags:\n\u00a0\u00a0-\u00a0أ", {"tags": ["أ"]}),
    ],
)
def test_lists_pairs_and_lines_that_go_on_are_read_as_meant(lines: str, fields: object) -> None:
    assert fields_of(lines) == fields


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ("# ملاحظة\ntitle: أ", {"title": "أ"}),
        ("title: أ\n  # ملاحظة\ndate: ب", {"title": "أ", "date": "ب"}),
        ('title: "أ" # ملاحظة', {"title": "أ"}),
        ('title: "قال \\"نعم\\": لا" # ملاحظة', {"title": 'قال "نعم": لا'}),
        ("date: 2025-12-20 14:30 # ملاحظة", {"date": "2025-12-20 14:30"}),
        ("draft: true # ملاحظة", {"draft": "true"}),
        ("views: 12 #ملاحظة", {"views": "12"}),
        ("title: 2025 # ملاحظة", {"title": "2025"}),
        ("summary: # يُكتب لاحقًا\ntitle: أ", {"summary": "", "title": "أ"}),
        ("tags: [أ, ب] # ملاحظة", {"tags": ["أ", "ب"]}),
        ("tags: [, أ,, ب,, ,]", {"tags": ["أ", "ب"]}),
        ("related: أ # ملاحظة", {"related": "أ"}),
        ("image: media/a.png #غلاف", {"image": "media/a.png"}),
        ("image: media/a.png #b.png", {"image": "media/a.png"}),
        ("media: media/a # b.png", {"media": "media/a"}),
        ("media: [media/a.png] #b.png", {"media": ["media/a.png"]}),
        ("id: tag:news.example,2025:x # ملاحظة", {"id": "tag:news.example,2025:x"}),
    ],
)
def test_a_remark_stays_one_where_it_can_be_nothing_else(lines: str, fields: object) -> None:
    assert fields_of(lines) == fields


def test_site_yaml_keeps_its_words_too() -> None:
    site, problems = read_site(
        "title: صحيفة #الرصيف\ndescription: نتابع: سوريا #لحظة\nbase_url: https://a.example\n"
        "id: tag:a.example,2026\ncategories:\n  - slug: sport\n    name: رياضة #كأس_العالم\n"
        "  - {slug: tech, name: تقنية #جديدة، aliases: [علوم، فضاء]}\n"
    )
    assert site, problems
    assert (site.title, site.description) == ("صحيفة #الرصيف", "نتابع: سوريا #لحظة")
    assert [each.name for each in site.categories] == ["رياضة #كأس_العالم", "تقنية #جديدة"]
    assert site.categories[1].aliases == ("علوم", "فضاء")


@pytest.mark.parametrize(
    ("lines", "code", "line", "right"),
    [
        ('title: "أ\ndate: 2025-12-20\nsummary: "ب"', "yaml-quote", 2, 'title: "أ"'),
        ('date: 2025-12-20\ntitle: "أ', "yaml-quote", 3, 'title: "أ"'),
        ('title: "أ\ndate: 2025-12-20', "yaml-quote", 2, 'title: "أ"'),
        ("author: 'أ\ndate: 2025-12-20", "yaml-quote", 2, "author: 'أ'"),
        ("tags: [أ, ب،\ndate: 2025-12-20", "yaml-bracket", 2, "tags: [أ, ب]"),
        ("image: {src: a, alt: ب\ndate: 2025-12-20", "yaml-bracket", 2, "image: {src: a, alt: ب}"),
        ("date: 2025-12-20\ntitle：أ", "yaml-no-colon", 3, "title: أ"),
        ("title:أ", "yaml-no-colon", 2, "title: أ"),
        ("title: أ\n  date: 2025-12-20", "yaml-indent", 3, "date: 2025-12-20"),
        ("tags: [أ, ب]\n  date: 2025-12-20", "yaml-indent", 3, "date: 2025-12-20"),
        ("tags: [أ,\n  ب]\n\n # نص\n author:\ndate: أ", "yaml-indent", 6, "author:"),
        ("image: {src: a, alt: ب}\n   tags: [أ, ب]", "yaml-indent", 3, "tags: [أ, ب]"),
        ("title: 'أ'\n  author: \"أ: ب\"", "yaml-indent", 3, 'author: "أ: ب"'),
        ("tags: [أ]\n  summary: أ: ب", "yaml-indent", 3, "summary: أ: ب"),
        ("title: أ\n  summary: أ: ب", "yaml-indent", 3, "summary: أ: ب"),
        ("related:\n  - url: أ\n  title: ب", "yaml-align", 4, "    title: ب"),
        ("related:\n  - url: أ\n   title: ب", "yaml-align", 4, "    title: ب"),
        ("related:\n  - url: أ\n       title: ب: ج", "yaml-align", 4, "    title: ب: ج"),
        ("image:\n  src: أ\n\n  # نص\n alt: ب", "yaml-align", 6, "  alt: ب"),
        ("tags:\n  - أ\n  author: ب", "yaml-indent", 4, "author: ب"),
        ("tags:\n  - أ\n author: ب", "yaml-indent", 4, "author: ب"),
        ("image: ![أ: ب](media/c.jpg)", "yaml-tag", 2, 'image: {src: "media/c.jpg", alt: "أ: ب"}'),
        ("image: [أ](media/c.jpg)", "yaml", 2, 'image: {src: "media/c.jpg", alt: "أ"}'),
        ("tags: [أ]\n  author = ب", "yaml-no-colon", 3, "author: ب"),
        ("title: أ\n\tdate: 2025-12-20", "yaml-tab", 3, "date: 2025-12-20"),
        ("slug: أ: ب", "yaml-colon", 2, 'slug: "أ: ب"'),
        ('title: "على\\مسار"', "yaml", 2, "title: 'على\\مسار'"),
        ("  title: أ\ndate: ب", "yaml-indent", 2, "title: أ"),
        ("slug: @أ", "yaml", 2, 'slug: "@أ"'),
        ("title: !x أ", "yaml-tag", 2, 'title: "!x أ"'),
        ("title: &a أ", "yaml-anchor", 2, 'title: "&a أ"'),
    ],
)
def test_what_cannot_be_sure_is_told_where_it_begins_with_the_line_to_paste(
    lines: str, code: str, line: int, right: str
) -> None:
    problem = problem_of(lines)
    assert (problem.code, problem.line, problem.facts["paste"]) == (code, line, right)
    assert right in describe(problem, "ar")[1]
    text = f"---\n{lines}\n---\nنص\n".split("\n")
    text[line - 1] = right
    frontmatter.split("\n".join(text), "a.md")


@pytest.mark.parametrize("line", ["  ب", "  - ب", "  [ب]"])
def test_of_a_line_below_a_list_that_is_closed_no_line_is_told(line: str) -> None:
    problem = problem_of(f"tags: [أ]\n{line}\ndate: 2025-12-20")
    assert (problem.code, problem.line, "paste" in problem.facts) == ("yaml-no-colon", 3, False)


@pytest.mark.parametrize(
    "fence", ["--", "—", "–", "—-", "----", "\u200f---", "---\u00a0", "\ufeff---"]
)
def test_a_fence_is_three_hyphens_or_what_programs_make_of_them(fence: str) -> None:
    source = frontmatter.split(f"{fence}\ntitle: أ\n{fence}\nنص\n---\nنص\n", "a.md")
    assert (source.fields.plain(), source.body, source.body_line) == (
        {"title": "أ"}, "نص\n---\nنص\n", 4,
    )  # fmt: skip


@pytest.mark.parametrize("before", ["\n", " \n\n", "\ufeff\n", " "])
def test_what_nobody_sees_before_front_matter_does_not_matter(before: str) -> None:
    text = decode(f"\ufeff{before}---\ntitle: أ\n---\nنص\n".encode(), "a.md")
    assert frontmatter.split(text, "a.md").fields.plain() == {"title": "أ"}


@given(st.text(alphabet="ab أ:-[]{}#&*!|>'\"%@`,،?\\\n\u200f\u00a0", max_size=80))
def test_covering_moves_nothing(text: str) -> None:
    covered = yaml_text.cover(text)
    assert len(covered) == len(text)
    assert covered.count("\n") == text.count("\n")
    same = yaml_text.uncover(covered)
    odd = [(a, b) for a, b in zip(text, same, strict=True) if a != b]
    assert all(a in "،,\"'\u200f\u00a0" and b in " ," for a, b in odd)


@pytest.mark.parametrize(
    "sign", ['"', "'", "[", "{", "، a: ", "#", " #", ": ", '"\\', "- ", "\u00a0", "\n #", '\na: "']
)
@pytest.mark.parametrize("key", ["title: ", "tags: [", "image: {a: ", "x"])
def test_covering_takes_linear_time(key: str, sign: str) -> None:
    begin, said = time.process_time(), ""
    try:
        frontmatter.split(f"---\n{key}{sign * (60_000 // len(sign))}\n---\n", "a.md")
    except ContentError as error:
        said = describe(error.problem, "ar")[0]
    assert not re.search("[a-z]{5}", said.replace("title", ""))
    assert time.process_time() - begin < 2
