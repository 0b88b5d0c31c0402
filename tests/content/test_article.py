import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedservice.content import article as article_file
from feedservice.content import messages
from feedservice.content.decoding import decode
from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.shapes import keys_of
from feedservice.domain import internal_links, urls
from feedservice.domain.headline import Status
from feedservice.domain.model import (
    Article,
    Author,
    Category,
    Problem,
    Related,
    Severity,
    Site,
    Tag,
)
from feedservice.i18n import LANGUAGES

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SITE = Site(
    title="صحيفة",
    base_url="https://news.example",
    id="tag:news.example,2025",
    timezone="Asia/Damascus",
    categories=(
        Category(slug="field", name="ميداني", aliases=("ميدان",)),
        Category(slug="economy", name="اقتصاد"),
    ),
    authors=(
        Author(slug="desk", name="هيئة التحرير", email="d@news.example"),
        Author(slug="guest", name="كاتب ضيف"),
        Author(slug="account", name="@حساب"),
        Author(slug="visitor", name="ضيف"),
        Author(slug="colon", name="كاتب: ضيف"),
    ),
)
CASES = Path(__file__).parent / "cases"
WORDS = st.sampled_from(
    [
        "",
        " ",
        "أ",
        "!!",
        "desk",
        "2025-12-21",
        "withdrawn",
        "media/a.png",
        "https://",
        "x" * 400,
        "٣",
    ]
)
JUNK = st.recursive(
    WORDS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.sampled_from(["src", "url", "note"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def read(
    front: str, body: str = "نص المقال.", path: str = "field/a.md"
) -> tuple[Article | None, tuple[Problem, ...]]:
    return article_file.read(f"---\n{front}\n---\n\n{body}\n", path, SITE, NOW)


def article_of(front: str, body: str = "نص المقال.", path: str = "field/a.md") -> Article:
    article, problems = read(f"title: عنوان\ndate: 2025-12-20\n{front}", body, path)
    assert article, problems
    return article


def codes_of(front: str, body: str = "نص المقال.", path: str = "field/a.md") -> set[str]:
    return {problem.code for problem in read(front, body, path)[1]} - {
        "id-missing",
        "summary-missing",
    }


def test_every_key_is_carried() -> None:
    article = article_of(
        """updated: 2025-12-22 09:00
category: [economy, ميداني]
tags: [داريا, التحالف الدولي]
author: [desk, كاتب ضيف]
summary: "  جملة   أولى. "
image: {src: media/a.png, alt: وصف, caption: شرح, credit: حق}
media: [media/a.mp3]
related:
  - 2025-12-19-x
  - {url: "https://example.org/x", title: خارجي, summary: ملخص}
id: tag:news.example,2025:a
slug: Daraya Operation
aliases: [old-slug]
expires: 2026-06-01
lang: ar
translations: {en: a-en}
corrections: [{date: 2025-12-22, note: صُحّح}]
views: ٣٧""",
        "## عنوان\n\nفقرة.",
    )
    assert article.slug == "daraya-operation"
    assert article.categories == ("economy", "field")
    assert article.tags == (
        Tag(slug="داريا", label="داريا"),
        Tag(slug="التحالف-الدولي", label="التحالف الدولي"),
    )
    assert article.authors == SITE.authors[:2]
    assert article.summary == "جملة أولى."
    assert article.image
    assert (article.image.src, article.image.alt, article.image.caption) == (
        "media/a.png",
        "وصف",
        "شرح",
    )
    assert [media.src for media in article.media] == ["media/a.mp3"]
    assert article.related == (
        Related(slug="2025-12-19-x"),
        Related(url="https://example.org/x", title="خارجي", summary="ملخص"),
    )
    assert (article.id, article.aliases, article.views) == (
        "tag:news.example,2025:a",
        ("old-slug",),
        37,
    )
    assert article.translations == (("en", "a-en"),)
    assert article.corrections[0].note == "صُحّح"
    assert article.expires == datetime(2026, 5, 31, 21, tzinfo=UTC)
    assert article.modified == datetime(2025, 12, 22, 6, tzinfo=UTC)
    assert article.text == "عنوان فقرة."


def test_the_folder_is_the_category_where_none_is_named() -> None:
    assert article_of("", path="economy/deep/a.md").categories == ("economy",)


@pytest.mark.parametrize("name", ["field", "ميداني", "الميداني", "ميدان", "مَيْداني", "FIELD"])
def test_a_category_is_known_by_slug_name_and_alias(name: str) -> None:
    known = read(f"title: ع\ndate: 2025-12-20\ncategory: {name}", path="economy/a.md")[0]
    assert (known.categories if known else ()) == (("field",) if name != "الميداني" else ())


@pytest.mark.parametrize(
    "typed", ["[أ، ب, ج]", "[أ, ب، ج]", "[أ، ب، ج]", "[أ، ب, ج،]", "\n  - أ، ب\n  - ج"]
)
def test_commas_of_both_scripts_may_be_mixed(typed: str) -> None:
    assert [tag.label for tag in article_of(f"tags: {typed}").tags] == ["أ", "ب", "ج"]


@pytest.mark.parametrize(
    "typed", ["[أ, ب]", "أ، ب", "أ, ب", "[أ، ب]", "أ ،، ب،", "\n  - أ\n  - ب\n  - أ"]
)
def test_tags_are_a_list_or_a_line(typed: str) -> None:
    assert [tag.label for tag in article_of(f"tags: {typed}").tags] == ["أ", "ب"]


def test_labels_with_one_slug_are_one_tag() -> None:
    tags = article_of("tags: [التحالف الدولي, التحالف-الدولي, التحالف  الدولي, RSS, rss]").tags
    assert tags == (
        Tag(slug="التحالف-الدولي", label="التحالف الدولي"),
        Tag(slug="rss", label="RSS"),
    )


def test_spellings_of_one_label_are_one_tag_or_author_called_by_the_first() -> None:
    typed = 'tags: [أحمد, احمد, "C++", C, C#, c++, "#أنقذوا_حلب", أنقذوا-حلب, "❤️"]\nauthor: أسماء، اسماء، سلمى'
    article, problems = read(f"title: ع\ndate: 2025-12-20\ncategory: field\n{typed}")
    assert article
    assert [tag.label for tag in article.tags] == ["أحمد", "C++", "C", "C#", "أنقذوا_حلب"]
    assert [tag.slug for tag in article.tags][1:4] == ["c-plus-plus", "c", "c-sharp"]
    assert [author.name for author in article.authors] == ["أسماء", "سلمى"]
    assert [each.facts["value"] for each in problems if each.code == "tag-empty"] == ["❤️"]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("desk", ["هيئة التحرير"]), ("هيئه التحرير", ["هيئة التحرير"]), ("ضيف", ["ضيف"]),
        ("[desk, هيئة التحرير]", ["هيئة التحرير"]), ("[ضيف, desk]", ["ضيف", "هيئة التحرير"]),
    ],
)  # fmt: skip
def test_an_author_is_a_slug_a_name_or_somebody_new(typed: str, names: list[str]) -> None:
    assert [author.name for author in article_of(f"author: {typed}").authors] == names


@pytest.mark.parametrize(
    ("typed", "src"),
    [
        ("media/a.png", "media/a.png"), ("/media/a.png", "media/a.png"), ("./media//a.png", "media/a.png"),
        ("https://x.example/a.png", "https://x.example/a.png"), ("{src: media/a.png}", "media/a.png"),
        ("media/صورة 1.png", "media/صورة 1.png"),
    ],
)  # fmt: skip
def test_an_image_is_a_file_of_media_or_an_address(typed: str, src: str) -> None:
    image = article_of(f"image: {typed}").image
    assert image
    assert image.src == src


@pytest.mark.parametrize(
    "typed",
    [
        "media/../a.png",
        "../media/a.png",
        "/etc/passwd",
        "a.png",
        "media",
        "media/",
        "media/x/../../a.png",
    ],
)
def test_what_climbs_out_of_media_is_refused_at_its_place(typed: str) -> None:
    for front, column in (
        (f"image: {typed}", 8),
        (f"image: {{src: {typed}}}", 14),
        (f"media: [x, {typed}]", 12),
    ):
        _, problems = read(f"title: ع\ndate: 2025-12-20\n{front}")
        assert ("media-outside", 4, column) in {(p.code, p.line, p.column) for p in problems}


@pytest.mark.parametrize(
    "url", ["https://", "http://a b.example/", "https://x.example:port/", "https://[x/"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    for front in (
        f'image: "{url}"',
        f'media: ["{url}"]',
        f'related: ["{url}"]',
        f'related: [{{url: "{url}", title: ع}}]',
    ):
        assert codes_of(f"title: ع\ndate: 2025-12-20\n{front}") - {"image-alt-missing"} == {
            "url-bad"
        }


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("2025-12-19-x", "2025-12-19-x"), ("field/2025-12-19-x.md", "2025-12-19-x"), ("خبر آخر", "خبر-آخر"),
        ("/articles/x-y", "x-y"), ("/articles/%D8%AE%D8%A8%D8%B1", "خبر"),
    ],
)  # fmt: skip
def test_a_related_article_is_named_by_slug_file_or_address(typed: str, slug: str) -> None:
    assert article_of(f"related: [{typed}]").related == (Related(slug=slug),)


def test_a_related_address_is_its_own_title_where_none_is_given() -> None:
    url = "https://x.example/a"
    assert article_of(f"related: ['{url}']").related == (Related(url=url, title=url),)
    assert article_of(f"related: [{{url: '{url}', title: ''}}]").related == (
        Related(url=url, title=url),
    )


@pytest.mark.parametrize(
    ("front", "code", "column"),
    [
        ("related: [أ, '!!']", "slug-empty", 14),
        ("translations: {en: '!!'}", "slug-empty", 20),
        ("translations: {عربي: a}", "lang-bad", 22),
        ("tags: [أ, '!!']", "tag-empty", 11),
        ("author: ['!!']", "author-empty", 10),
        ("corrections: [{date: 2025-12-21, note: ' '}]", "key-missing", 15),
        ("corrections: [{date: ' ', note: x}]", "key-missing", 22),
        ("corrections: [{date: أمس, note: x}]", "date-unreadable", 22),
        ("category: [field, econmy]", "category-unknown", 19),
        ("media: [[a]]", "value-shape", 9),
        ("media: [{src: a, type: mp3}]", "media-type-bad", 24),
        ("related: [[a]]", "value-shape", 11),
    ],
)
def test_a_problem_of_a_list_stands_at_its_item(front: str, code: str, column: int) -> None:
    _, problems = read(f"title: ع\ndate: 2025-12-20\n{front}")
    assert (code, 4, column) in {(p.code, p.line, p.column) for p in problems}


@pytest.mark.parametrize(
    ("front", "codes"),
    [
        ("expires: 2025-12-21", set()), ("expires: 2025-12-20", {"expires-before-date"}),
        ("expires: 2025-12-19", {"expires-before-date"}), ("updated: 2025-12-20", set()),
        ("updated: 2025-12-19 23:59", {"updated-before-date"}), ("updated: 2026-01-01 03:00", set()),
        ("updated: 2026-01-01 03:01", {"updated-future"}), ("status: withdrawn", {"withdrawn-updated"}),
        ("status: withdrawn\nupdated: أمس", {"date-unreadable"}), ("status: draft", set()),
        ("status: withdrawn\nupdated: 2025-12-22", set()),
    ],
)  # fmt: skip
def test_moments_keep_their_order(front: str, codes: set[str]) -> None:
    assert codes_of(f"title: ع\ndate: 2025-12-20\n{front}") == codes


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("field/2025-12-21-daraya.md", "2025-12-21-daraya"), ("field/خبر عاجل.MD", "خبر-عاجل"),
        ("field/تقرير 1.5.md", "تقرير-1-5"), ("field/deep/Ab_C.md", "ab-c"),
    ],
)  # fmt: skip
def test_the_slug_is_made_of_the_whole_file_name(path: str, slug: str) -> None:
    article = article_of("", path=path)
    assert (article.slug, article.id.rpartition(":")[2]) == (slug, urls.percent(slug))
    assert article_of('slug: " "', path=path).slug == slug


def test_aliases_are_slugs_without_repetition_and_without_its_own() -> None:
    assert article_of("aliases: [Old One, old-one, a, '']").aliases == ("old-one",)


@pytest.mark.parametrize(("typed", "views"), [("٣٧", 37), ("۳۷", 37), ("0", 0), ("37", 37)])
def test_views_are_digits_of_any_kind(typed: str, views: int) -> None:
    assert article_of(f"views: {typed}").views == views


def test_a_summary_without_a_sentence_is_cut_at_a_word() -> None:
    summary = article_of("", "كلمة " * 200).summary
    assert len(summary) <= 300
    assert summary.endswith("كلمة…")
    assert article_of("summary: سطر\u200f  آخر").summary == "سطر\u200f آخر"


def test_a_bidi_control_is_told_where_it_stands() -> None:
    for front, body, place in (
        ("author: ب\u202eج", "نص", (4, 10)),
        ("", "نص\n\nسطر\u202e", (9, 4)),
        ("# ملاحظة \u2066", "نص", (4, 10)),
    ):
        _, problems = read(f"title: عنوان\ndate: 2025-12-20\n{front}", body)
        assert [(p.line, p.column) for p in problems if p.code == "bidi-control"] == [place]


def test_a_value_of_several_lines_is_one_line() -> None:
    assert article_of("summary: >\n  سطر\n  آخر\nid: x:y").summary == "سطر آخر"


@given(st.dictionaries(st.sampled_from(sorted(keys_of(FrontMatter))), JUNK, max_size=6))
def test_whatever_keys_hold_there_is_an_article_or_an_error(fields: dict[str, object]) -> None:
    article, problems = read(
        json.dumps({"title": "ع", "date": "2025-12-20", **fields}, ensure_ascii=False)
    )
    assert (article is None) == any(p.severity is Severity.ERROR for p in problems)
    for problem in problems:
        assert problem.line >= 1
        assert all(all(messages.describe(problem, language)) for language in LANGUAGES)


def test_without_an_id_the_slug_is_the_id_and_the_editor_is_told() -> None:
    article, problems = read("title: ع\ndate: 2025-12-20", path="field/خبر.md")
    assert article
    assert article.id == "tag:news.example,2025:%D8%AE%D8%A8%D8%B1"
    assert [(p.code, p.severity) for p in problems] == [
        ("summary-missing", Severity.WARNING),
        ("id-missing", Severity.WARNING),
    ]


def test_the_summary_is_the_first_paragraph_cut_at_a_sentence() -> None:
    long = "جملة أولى طويلة فيها كلام. " * 30
    summary = article_of("", f"# عنوان\n\n{long}\n\nثانية").summary
    assert len(summary) <= 300
    assert summary.endswith(".")


def test_one_reading_tells_all_that_is_wrong() -> None:
    assert codes_of("title: ع\ndate: 31/02/2025\nstatus: x\ncategory: y\nviews: كثير") == {
        "date-impossible",
        "status-unknown",
        "category-unknown",
        "views-bad",
    }


@pytest.mark.parametrize(
    "typed",
    [
        "C:\\Users\\سلمى\\ورشة.jpg",
        "D:/ورشة.jpg",
        "\\\\server\\صور\\ورشة.jpg",
        "file:///home/salma/ورشة.jpg",
        "/Users/salma/ورشة.jpg",
        "~/home/ورشة.jpg",
        "http://localhost:8000/ورشة.jpg",
        "http://127.0.0.1/ورشة.jpg",
    ],
)
@pytest.mark.parametrize("key", ["image", "media"])
def test_a_place_on_the_editors_machine_is_to_be_uploaded(key: str, typed: str) -> None:
    _, problems = read(f"title: ع\ndate: 2025-12-20\n{key}: {typed}")
    problem = next(each for each in problems if each.code == "media-local")
    assert (problem.line, problem.facts["paste"]) == (4, f"{key}: media/ورشة.jpg")


def test_hashtags_are_tags_without_their_sign() -> None:
    for typed in ("#سوريا #حلب", "[#سوريا, #حلب]", "#سوريا، حلب", "\n  - #سوريا\n  - حلب"):
        assert [tag.label for tag in article_of(f"tags: {typed}").tags] == ["سوريا", "حلب"]


def test_a_wrong_shape_hides_nothing_else() -> None:
    _, problems = read(
        "titel: ع\ndate: 31/02/2025\nslug: [أ]\nimage: {scr: media/a.png}\nviews: كثير\nid: {a: b}"
    )
    assert {(p.code, p.line, p.facts.get("key")) for p in problems} == {
        ("key-unknown", 2, "titel"),
        ("date-impossible", 3, "date"),
        ("value-shape", 4, "slug"),
        ("summary-missing", 2, None),
        ("key-unknown", 5, "scr"),
        ("views-bad", 6, None),
        ("value-shape", 7, "id"),
    }


@pytest.mark.parametrize(
    ("front", "key", "nearest"),
    [
        ("catgory: field", "catgory", "category"),
        ("image: {src: media/a.png, capton: x}", "capton", "caption"),
        ("related: [{url: 'https://x.example/', titel: x, title: y}]", "titel", "title"),
        ("corrections: [{date: 2025-12-21, not: x}]", "not", "note"),
    ],
)
def test_an_unknown_key_names_the_nearest_wherever_it_stands(
    front: str, key: str, nearest: str
) -> None:
    _, problems = read(f"title: ع\ndate: 2025-12-20\n{front}")
    found = next(p for p in problems if p.code == "key-unknown")
    paste = {"paste": "category: field"} if nearest == "category" else {}
    assert found.facts == {"key": key, "nearest": nearest, **paste}
    assert (found.line, found.column) == (4, 1 + front.index(key))


@pytest.mark.parametrize("front", ["xyz: 1", "image: {src: media/a.png, qqq: x}"])
def test_an_unknown_key_that_is_near_to_none_is_told_which_there_are(front: str) -> None:
    _, problems = read(f"title: ع\ndate: 2025-12-20\n{front}")
    assert next(p for p in problems if p.code == "key-unknown").facts["known"]


@pytest.mark.parametrize(
    "key",
    "updated category tags author summary image media related id slug aliases status expires lang translations "
    "corrections views".split(),
)
def test_a_key_without_a_value_is_as_if_it_were_not_there(key: str) -> None:
    assert article_of(f"{key}:") == article_of("") == article_of(f'{key}: ""')


@pytest.mark.parametrize(
    "typed", ["title: 2025", "title: نعم", "title: 12:30", "title: null", "title: 0x10", "title: ~"]
)
def test_a_title_stays_what_was_typed(typed: str) -> None:
    article, _ = read(f"{typed}\ndate: 2025-12-20")
    assert article
    assert article.title == typed.removeprefix("title: ")


def test_an_unknown_folder_names_the_nearest_category() -> None:
    problem = next(
        p
        for p in read("title: ع\ndate: 2025-12-20", path="feild/a.md")[1]
        if p.code == "folder-unknown"
    )
    assert problem.facts["nearest"] == "field"
    told, line = messages.describe(problem, "en")[1].splitlines()
    assert told.endswith("Or write into the file:")  # beside no line that would be wrong
    assert line == "category: field"


def test_a_withdrawn_article_keeps_its_moment() -> None:
    article = article_of("status: withdrawn\nupdated: 2025-12-25")
    assert article.status is Status.WITHDRAWN
    assert article.is_gone(NOW)


def test_a_withdrawal_without_a_moment_is_told_with_the_line_of_this_one() -> None:
    _, problems = read("title: ع\ndate: 2025-12-20\nstatus: withdrawn")
    problem = next(each for each in problems if each.code == "withdrawn-updated")
    line = messages.describe(problem, "ar")[1].splitlines()[1]
    assert line == f"updated: {NOW.astimezone(ZoneInfo(SITE.timezone)):%Y-%m-%d %H:%M}"
    article = article_of(f"status: withdrawn\n{line}")
    assert article.updated == NOW


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("draft: true", "status: draft"),
        ("draft: نعم", "status: draft"),
        ("published: false", "status: draft"),
        ("draft: false", ""),
        ("published: true", ""),
        ("status: \u200fDraft\u200f", "status: draft"),
        ("categories: [economy]", "category: economy"),
        ("tag: ماء، نهر", "tags: [ماء, نهر]"),
        ("keywords: ماء", "tags: [ماء]"),
        ("description: كلام", "summary: كلام"),
        ("cover: media/a.png", "image: media/a.png"),
        ("cover:\n  image: media/a.png\n  alt: وصف\n  relative: false", "image: {src: media/a.png, alt: وصف}"),
        ("lastmod: 2025-12-21", "updated: 2025-12-21"),
        ("AUTHOR : desk", "author: desk"),
        ("lang: \u200fen\u200f\nviews: \u200f١٠", "lang: en\nviews: ١٠"),
        ("image: \u200fmedia/a.png\u200f", "image: media/a.png"),
        ("related:\n- {url: \u200fhttps://e.example/\u200f, title: س}", "related:\n- {url: https://e.example/, title: س}"),
        ("related: [\u200fhttps://e.example/\u200f]\u200f", "related: [https://e.example/]"),
        ("expires: \u2060\ufeff2026-12-21\u00a0", "expires: 2026-12-21"),
        ("category: ميداني، اقتصاد", "category: [field, economy]"),
        ("category: field # ملاحظة", "category: field"),
        ("author: desk، كاتب ضيف؛ ضيف", "author: [desk, كاتب ضيف, ضيف]"),
        ("author: desk, ضيف", "author: [desk, ضيف]"),
        ("aliases: [أول، ثان]", "aliases: [أول, ثان]"),
        ("related: أول، ثان", "related: [أول, ثان]"),
        ("related: https://x.example/a,b", "related: ['https://x.example/a,b']"),
        ("media: [media/a.mp3؛ media/b.mp3]", "media: [media/a.mp3, media/b.mp3]"),
    ],
)  # fmt: skip
def test_what_has_one_meaning_here_is_read_with_it(typed: str, ours: str) -> None:
    assert article_of(typed) == article_of(ours)


def test_a_name_with_a_comma_in_site_yaml_is_one() -> None:
    smith = Author(slug="smith", name="Smith, John")
    site = replace(SITE, authors=(*SITE.authors, smith))
    found, _ = article_file.read(
        "---\ntitle: ع\ndate: 2025-12-20\nauthor: Smith, John\n---\nنص\n", "field/a.md", site, NOW
    )
    assert found
    assert found.authors == (smith,)


def test_an_author_is_known_by_aliases_and_shown_by_the_name() -> None:
    salma = Author(
        slug="salma", name="سلمى الحلبي", url="https://salma.example", aliases=("سلمى", "s-h")
    )
    site = replace(SITE, authors=(*SITE.authors, salma))
    for typed in ("سلمى", "s-h", "سلمي", "salma", "سلمى الحلبي", "[s-h, سلمى]"):
        text = f"---\ntitle: ع\ndate: 2025-12-20\nauthor: {typed}\n---\nنص\n"
        found, problems = article_file.read(text, "field/a.md", site, NOW)
        assert found
        assert found.authors == (replace(salma, aliases=()),)
        assert "author-unknown" not in {each.code for each in problems}


MOVED = replace(
    SITE, base_url="https://new.example/ar", former_urls=("https://old.example", "http://127.0.0.1:8700")
)  # fmt: skip


def moved(front: str, body: str = "نص") -> Article:
    text = f"---\ntitle: ع\ndate: 2025-12-20\n{front}\n---\n{body}\n"
    found, problems = article_file.read(text, "field/a.md", MOVED, NOW)
    assert found, problems
    return found


@pytest.mark.parametrize("mark", ["\u200f", "\ufeff", "\u00a0", "\u200b"])
def test_what_nobody_sees_around_an_id_is_none_of_it(mark: str) -> None:
    assert article_of(f"id: {mark}tag:a.example,2025:a{mark}").id == "tag:a.example,2025:a"


@pytest.mark.parametrize("base", [MOVED.base_url, *MOVED.former_urls, "http://old.example:80"])
def test_what_names_an_earlier_address_of_the_site_is_its_own(base: str) -> None:
    body = f"[أ]({base}/articles/n1#x) ![ص]({base}/media/a.png) [ب]({base}/categories/field.rss)"
    assert list(internal_links.targets(moved("", body).html)) == [
        ("article", "n1"), ("media", "a.png"), ("path", "categories/field.rss")
    ]  # fmt: skip
    found = moved(
        f"image: {{src: '{base}/media/a%20b.png?w=300', alt: ص}}\nmedia: ['{base}/media/b.mp3', '{base}/uploads/c.mp3']\n"
        f"related: ['{base}/articles/%D8%B9?x=1#y', '{base}/feeds', {{url: '{base}/feeds', title: الخلاصات}}]"
    )  # fmt: skip
    assert found.image
    assert found.image.src == "media/a b.png"
    assert [each.src for each in found.media] == [
        "media/b.mp3", "https://new.example/ar/uploads/c.mp3"
    ]  # fmt: skip
    feeds = "https://new.example/ar/feeds"
    assert found.related == (
        Related(slug="ع"), Related(url=feeds, title=feeds), Related(url=feeds, title="الخلاصات")
    )  # fmt: skip


def test_an_address_of_another_site_stays() -> None:
    found = moved(
        "image: {src: 'https://x.example/media/a.png', alt: ص}\nrelated: https://x.example/articles/a"
    )
    assert found.image
    assert (found.image.src, found.related[0].url) == (
        "https://x.example/media/a.png", "https://x.example/articles/a"
    )  # fmt: skip


def test_two_keys_that_mean_the_same_are_told_at_the_second() -> None:
    for first, second in (
        ("category: field", "categories: economy"),
        ("status: published", "draft: true"),
    ):
        _, problems = read(f"title: ع\ndate: 2025-12-20\n{first}\n{second}")
        key = second.partition(":")[0]
        assert ("key-duplicate", 5, key) in {(p.code, p.line, p.facts.get("key")) for p in problems}


@pytest.mark.parametrize(
    ("typed", "paste"),
    [("العنوان: كلام", "title: كلام"), ("الكاتب: desk", "author: desk"), ("وسوم: ماء", "tags: ماء"), ("sumary: أ", "summary: أ")],
)  # fmt: skip
def test_an_arabic_key_is_told_with_ours(typed: str, paste: str) -> None:
    _, problems = read(f"date: 2025-12-20\nviews: 1\n{typed}")
    problem = next(each for each in problems if each.code == "key-unknown")
    assert (problem.line, problem.facts["paste"]) == (4, paste)


@pytest.mark.parametrize("typed", ["العنوان: خبر", "titel: خبر"])
def test_a_key_that_is_there_already_is_named_and_no_line_offered(typed: str) -> None:
    _, problems = read(f"title: ع\ndate: 2025-12-20\n{typed}")
    problem = next(each for each in problems if each.code == "key-unknown")
    assert (problem.facts["nearest"], "paste" in problem.facts) == ("title", False)


def test_an_author_who_is_not_in_site_yaml_is_told_with_the_nearest() -> None:
    text = "---\ntitle: ع\ndate: 2025-12-20\nauthor: [desk, dsek]\n---\nنص\n"
    article, problems = article_file.read(text, "field/a.md", SITE, NOW)
    problem = next(each for each in problems if each.code == "author-unknown")
    assert (problem.severity, problem.line, problem.column) == (Severity.WARNING, 4, 16)
    assert problem.facts == {"value": "dsek", "nearest": "desk", "paste": "author: [desk, desk]"}
    assert article
    for site in (replace(SITE, has_open_authors=True), replace(SITE, authors=())):
        assert "author-unknown" not in {
            p.code for p in article_file.read(text, "field/a.md", site, NOW)[1]
        }


def test_where_no_author_is_near_the_known_ones_are_told_as_far_as_a_message_goes() -> None:
    many = tuple(Author(slug=f"n{n}", name=f"كاتب {n}") for n in range(21))
    text = "---\ntitle: ع\ndate: 2025-12-20\nauthor: ليلى\n---\nنص\n"
    for authors, known in ((many[:2], "n0 (كاتب 0)، n1 (كاتب 1)"), (many, "n19 (كاتب 19)، …")):
        _, problems = article_file.read(text, "field/a.md", replace(SITE, authors=authors), NOW)
        problem = next(each for each in problems if each.code == "author-unknown")
        assert problem.facts.keys() == {"value", "known"}
        assert problem.facts["known"].endswith(known)


def test_an_unknown_category_brings_its_line() -> None:
    _, problems = read("title: ع\ndate: 2025-12-20\ncategory: econmy")
    problem = next(each for each in problems if each.code == "category-unknown")
    assert (problem.facts["nearest"], problem.facts["paste"]) == ("economy", "category: economy")


@pytest.mark.parametrize("letter", ["ك", "a", "字"])
def test_a_name_that_no_file_can_have_is_told(letter: str) -> None:
    fits = letter * (247 // len(letter.encode()))
    for key, where in (("slug", 4), ("tags", 4), ("author", 4), ("aliases", 4)):
        for name, is_told in ((fits, False), (fits + letter, True)):
            _, problems = read(f"title: ع\ndate: 2025-12-20\n{key}: {name}")
            told = [(p.line, p.severity) for p in problems if p.code == "name-long"]
            assert told == [(where, Severity.WARNING)] * is_told


def cases(kind: str) -> list[Path]:
    return sorted((CASES / kind).glob("*.md"))


@pytest.mark.parametrize("path", cases("good") + cases("bad"), ids=lambda path: path.stem)
def test_a_case_file_holds_what_its_first_line_says(path: Path) -> None:
    first, _, text = decode(path.read_bytes(), path.name).partition("\n")
    code, _, place = first.removeprefix("# expect: ").partition(" ")
    article, problems = article_file.read(text, f"field/{path.name}", SITE, NOW)
    found = {(p.code, f"{p.line}:{p.column}") for p in problems}
    if code == "good":
        assert article, found
        assert not found
    else:
        assert (code, place) in found
        for problem in problems:
            assert all(
                part and not re.search(r"\{\w+\}", part)
                for lang in ("ar", "en")
                for part in messages.describe(problem, lang)
            )


def test_there_are_cases_of_both_kinds() -> None:
    assert len(cases("good")) >= 15
    assert len(cases("bad")) >= 30


def test_each_code_that_one_file_can_show_has_a_case() -> None:
    shown = {path.read_text(encoding="utf-8").split()[2] for path in cases("bad")}
    others = {
        "encoding",
        "nul",
        "file-size",
        "file-unreadable",
        "date-gap",
        "folder-unknown",
    }  # need bytes, a zone, a folder
    whole_site = {
        "reading-died", "reading-slow", "picture-harmful", "picture-large", "media-pointer",
        "file-name", "file-place", "file-link", "folder-closed", "file-twice", "file-twin",
        "image-missing", "media-missing", "media-unreadable", "media-type",
        "link-broken", "link-nowhere", "anchor-unknown", "related-unknown", "translation-unknown",
        "id-duplicate", "slug-duplicate", "alias-duplicate", "slug-changed", "site-missing", "site-id", "site-slug-duplicate",
        "zone-unknown", "limit-bad", "content-bad", "redirect-bad", "slugs-bad", "feed-type-bad", "base-url-local", "site-id-example",
        "category-gone", "author-gone", "name-changed", "base-url-changed", "page-gone", "name-shared", "redirect-circle", "redirect-taken", "order-bad", "template-bad", "template-name", "template-large", "menu-target", "menu-category", "accent-bad", "accent-faint", "font-bad",
            "notify-to", "notify-address", "notify-token", "notify-open",
    }  # fmt: skip
    assert messages.WORDINGS.keys() - shown - others - whole_site == set()
