import pytest

from factories import SITE_YAML, site
from feedservice.content import messages
from feedservice.content import site as site_file
from feedservice.domain.model import Author, Category, Content, Profile, Severity, Site
from feedservice.domain.taxonomy import find_author
from feedservice.i18n import LANGUAGES


def test_a_good_file_is_read_whole() -> None:
    found, problems = site_file.read(SITE_YAML)
    assert problems == ()
    assert found == site()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("title: صحيفة الاختبار\n", "", "key-missing", 1),
        ("title: صحيفة الاختبار", 'title: ""', "key-missing", 1),
        ("id: tag:news.example,2025", "id: news", "site-id", 4),
        ("https://news.example", "news.example", "url-bad", 3),
        ("https://news.example", "https://news.example/?x=1", "url-bad", 3),
        ("Asia/Damascus", "Asia/Damascs", "zone-unknown", 5),
        ("description: موقع", "descripton: موقع", "key-unknown", 2),
        ("id: tag:news", "feed:\nlimit: 50\nid: tag:news", "key-outside", 5),
        ("id: tag:news", "limit: 50\nid: tag:news", "key-unknown", 4),
        ("slug: economy", "slug: field", "site-slug-duplicate", 8),
        ("{slug: economy, name: اقتصاد}", "{slug: economy}", "key-missing", 8),
        ("id: tag:news", "feed: {limit: 101}\nid: tag:news", "limit-bad", 4),
        ("id: tag:news", "feed: {content: half}\nid: tag:news", "content-bad", 4),
        ("id: tag:news", "hubs: [hub]\nid: tag:news", "url-bad", 4),
        ("id: tag:news", "redirects: {old: /new}\nid: tag:news", "redirect-bad", 4),
        ("id: tag:news", "slugs: arabic\nid: tag:news", "slugs-bad", 4),
        ("id: tag:news", "theme: {accent: 'red;}body{'}\nid: tag:news", "accent-bad", 4),
        ("id: tag:news", "theme:\n  accent: #8a2b1c\nid: tag:news", "accent-bad", 5),
        ("id: tag:news", "theme: {font: comic}\nid: tag:news", "font-bad", 4),
        ("id: tag:news", "theme: {font: 'x;}'}\nid: tag:news", "font-bad", 4),
        ("id: tag:news", "theme: {logo_dark: ../x.png}\nid: tag:news", "media-outside", 4),
        ("id: tag:news", "theme: {color: red}\nid: tag:news", "key-unknown", 4),
        ("id: tag:news", "feed: {type: html}\nid: tag:news", "feed-type-bad", 4),
        ("id: tag:news", "icon: ../x.png\nid: tag:news", "media-outside", 4),
        ("id: tag:news", "language: عربي\nid: tag:news", "lang-bad", 4),
        ("title: صحيفة", "title: &x صحيفة", "yaml-anchor", 1),
        ("https://news.example", "https://news.example:99999", "url-bad", 3),
        ("https://news.example", "https://أخبار.example", "url-bad", 3),
        ("https://news.example", "ftp://news.example", "url-bad", 3),
        ("https://news.example", '"https://news.example/\\x01"', "url-bad", 3),
        ("https://news.example", "https://news.example/%22%3B%7D%20server", "url-bad", 3),
        ("https://news.example", "https://news.example/a%0Ab", "url-bad", 3),
        ("https://news.example", "https://news.example/a/%2E%2E", "url-bad", 3),
        ("https://news.example", "http://a;}server{return/x", "url-bad", 3),
        ("id: tag:news", 'hubs: ["https://hub.example/\\x01"]\nid: tag:news', "url-bad", 4),
        ("id: tag:news", 'hubs: ["https://hub.example/>;"]\nid: tag:news', "url-bad", 4),
        ("id: tag:news", 'redirects: {/old: "https://[x"}\nid: tag:news', "redirect-bad", 4),
        (
            "id: tag:news",
            "redirects:\n  /old/{slug}: 'https://a\"; } server {slug}'\nid: tag:news",
            "redirect-bad",
            5,
        ),
        ("https://news.example", "https://news.example#x", "url-bad", 3),
        ("Asia/Damascus", "../../etc/passwd", "zone-unknown", 5),
        ("Asia/Damascus", "دمشق", "zone-unknown", 5),
        ("Asia/Damascus", '""', "zone-unknown", 5),
        ("slug: economy", "slug: '!!'", "slug-empty", 8),
        ("name: اقتصاد", "nam: اقتصاد", "key-unknown", 8),
        ("email: desk", "mail: desk", "key-unknown", 11),
        ("email: desk@news.example", "url: desk", "url-bad", 11),
        ("id: tag:news", "logo: media/../site.yaml\nid: tag:news", "media-outside", 4),
        ("id: tag:news", "logo: https://\nid: tag:news", "url-bad", 4),
        ("id: tag:news", "feed: 30\nid: tag:news", "value-shape", 4),
        ("id: tag:news", "feed: {limt: 3}\nid: tag:news", "key-unknown", 4),
        ("id: tag:news", "feed: {limit: 0}\nid: tag:news", "limit-bad", 4),
        ("id: tag:news", "feed:\n  content: half\nid: tag:news", "content-bad", 5),
        ("id: tag:news", "hubs:\n  - https://hub.example\n  - ftp://x\nid: tag:news", "url-bad", 6),
        ("id: tag:news", "redirects:\n  /a: /b\n  /c: //d\nid: tag:news", "redirect-bad", 6),
        ("id: tag:news", "redirects: [/a]\nid: tag:news", "value-shape", 4),
        ("timezone: Asia", "timezone: Asia: Asia", "yaml-colon", 5),
        ("title: صحيفة الاختبار\n", "title: أ\ntitle: ب\n", "key-duplicate", 2),
        ("tag:news.example,2025", "tag:news.example,25", "site-id", 4),
        ("tag:news.example,2025", '"tag:news example,2025"', "site-id", 4),
    ],
)
def test_each_bad_value_is_told_with_its_line(old: str, new: str, code: str, line: int) -> None:
    assert old in SITE_YAML
    found, problems = site_file.read(SITE_YAML.replace(old, new, 1))
    assert found is None
    assert (code, line) in {(problem.code, problem.line) for problem in problems}


def test_an_unknown_zone_names_the_nearest() -> None:
    _, problems = site_file.read(SITE_YAML.replace("Asia/Damascus", "Asia/Damascs"))
    assert "Asia/Damascus" in messages.describe(problems[0], "ar")[1]


WHOLE = """\
title: صحيفة
description: "وصف  في   سطر"
base_url: https://news.example/ar/
id: tag:news.example,2025-01-02
language: ar-SY
timezone: Asia/Damascus
copyright: حقوق
icon: /media/icon.png
logo: https://cdn.example/logo.png
categories:
  - {slug: Field, name: ميداني, description: وصف, aliases: [ميدان, جبهة]}
  - slug: حقوق الإنسان
    name: حقوق
    aliases: إنسان
authors:
  - {slug: desk, name: التحرير, email: d@news.example, url: https://ar.wikipedia.org/wiki/محمد?x=1}
feed: {limit: 50, content: summary}
hubs: [https://hub.example/?a=1]
redirects: {/old: /articles/new, /قديم: https://x.example/}
"""


def test_every_key_is_carried() -> None:
    found, problems = site_file.read(WHOLE)
    assert problems == ()
    assert found == Site(
        title="صحيفة",
        description="وصف في سطر",
        base_url="https://news.example/ar",
        id="tag:news.example,2025-01-02",
        language="ar-SY",
        timezone="Asia/Damascus",
        copyright="حقوق",
        icon="media/icon.png",
        logo="https://cdn.example/logo.png",
        categories=(
            Category(slug="field", name="ميداني", description="وصف", aliases=("ميدان", "جبهة")),
            Category(slug="حقوق-الإنسان", name="حقوق", aliases=("إنسان",)),
        ),
        authors=(
            Author(
                slug="desk",
                name="التحرير",
                email="d@news.example",
                url="https://ar.wikipedia.org/wiki/محمد?x=1",
            ),
        ),
        limit=50,
        content=Content.SUMMARY,
        hubs=("https://hub.example/?a=1",),
        redirects=(("/old", "/articles/new"), ("/قديم", "https://x.example/")),
    )


@pytest.mark.parametrize(
    "key",
    ["description", "icon", "categories", "authors", "feed", "hubs", "redirects", "copyright"],
)
def test_a_key_without_a_value_is_as_if_it_were_not_there(key: str) -> None:
    least = "title: ع\nbase_url: https://news.example\nid: tag:news.example,2025\n"
    assert site_file.read(f"{least}{key}:\n") == site_file.read(least)
    assert site_file.read(least)[0]


def test_several_problems_are_told_together() -> None:
    _, problems = site_file.read(
        WHOLE.replace("Asia/Damascus", "x")
        .replace("limit: 50", "limit: x")
        .replace("https://n", "n")
    )
    assert {problem.code for problem in problems} == {"zone-unknown", "limit-bad", "url-bad"}


@pytest.mark.parametrize("text", ["", "# ملاحظة\n"])
def test_an_empty_file_lacks_what_is_required(text: str) -> None:
    assert [problem.facts["key"] for problem in site_file.read(text)[1]] == [
        "title",
        "base_url",
        "id",
    ]


@pytest.mark.parametrize("zone", ["Nowhere", "", "دمشق"])
def test_a_zone_that_is_near_to_none_is_given_an_example(zone: str) -> None:
    _, problems = site_file.read(SITE_YAML.replace("Asia/Damascus", f'"{zone}"'))
    for language in LANGUAGES:
        assert "Asia/Damascus" in messages.describe(problems[0], language)[1]


def test_rows_of_the_index_depend_on_what_reading_an_article_uses() -> None:
    assert site_file.as_fields(site()) != site_file.as_fields(site(timezone="UTC"))
    assert site_file.as_fields(site()) == site_file.as_fields(site(limit=7, description="آخر"))


@pytest.mark.parametrize(("given", "is_xml"), [("xml", True), (" XML ", True), ("feed", False)])
def test_feeds_are_what_browsers_show_where_that_is_asked_for(given: str, is_xml: bool) -> None:
    text = SITE_YAML + f"feed: {{type: {given}}}\n"
    found, problems = site_file.read(text)
    assert found, problems
    assert found.has_xml_feeds is is_xml


@pytest.mark.parametrize(
    ("authors", "slugs", "is_open"),
    [
        ("open", [], True),
        ("[open, {slug: a, name: أ}]", ["a"], True),
        ("[{slug: a, name: أ}]", ["a"], False),
        ("{slug: a, name: أ}", ["a"], False),
        ("", [], False),
    ],
)
def test_authors_may_be_open(authors: str, slugs: list[str], is_open: bool) -> None:
    text = f"title: ص\nbase_url: https://a.example\nid: tag:a.example,2025\nauthors: {authors}\n"
    found, problems = site_file.read(text)
    assert found, problems
    assert ([each.slug for each in found.authors], found.has_open_authors) == (slugs, is_open)


def test_another_word_among_authors_is_told() -> None:
    text = "title: ص\nbase_url: https://a.example\nid: tag:a.example,2025\nauthors: [أحمد]\n"
    found, problems = site_file.read(text)
    assert (found, [(p.code, p.line) for p in problems]) == (None, [("value-shape", 4)])


def test_invisible_characters_decide_nothing_in_site_yaml() -> None:
    text = (
        "title: ص\nbase_url: \u200ehttps://a.example\u200e\nid: tag:a.example,2025\u200f\n"
        "timezone: \ufeffAsia/Damascus\u00a0\nlanguage: \u200far\nfeed: {limit: 20\u200f}\n"
        "authors:\n  - {slug: a\u200f, name: س, email: \u200fa@a.example\u200f, url: \u200fhttps://a.example/a\u200f}\u200f\n"
    )
    found, problems = site_file.read(text)
    assert found, problems
    assert (found.base_url, found.id, found.timezone) == (
        "https://a.example", "tag:a.example,2025", "Asia/Damascus",
    )  # fmt: skip
    assert (found.language, found.limit) == ("ar", 20)
    (author,) = found.authors
    assert (author.slug, author.email, author.url) == ("a", "a@a.example", "https://a.example/a")


def test_a_key_may_begin_with_a_capital_letter() -> None:
    found, problems = site_file.read(
        SITE_YAML.replace("title:", "Title :").replace("id:", "ID:", 1)
    )
    assert found, problems
    assert found.title == "صحيفة الاختبار"
    _, problems = site_file.read(f"{SITE_YAML}Title: آخر\n")
    assert [(each.code, each.facts["key"]) for each in problems] == [("key-unknown", "Title")]


def test_an_author_has_other_names_as_a_category_has() -> None:
    text = SITE_YAML.replace("email: desk@news.example", "aliases: [editor، هيئة تحرير الموقع]")
    found, problems = site_file.read(text)
    assert found, problems
    assert found.authors[0].aliases == ("editor", "هيئة تحرير الموقع")


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("https://old.example/", ("https://old.example",)),
        ("[https://old.example, http://old.example/news]", ("https://old.example", "http://old.example/news")),
        ("https://a.example، \u200fhttps://b.example\u200f", ("https://a.example", "https://b.example")),
        ("", ()),
    ],
)  # fmt: skip
def test_former_addresses_of_the_site_are_base_urls(typed: str, urls: tuple[str, ...]) -> None:
    found, problems = site_file.read(f"{SITE_YAML}former_urls: {typed}\n")
    assert found, problems
    assert found.former_urls == urls


@pytest.mark.parametrize(
    "typed", ["old.example", "https://old.example/?x=1", "[https://a.example, ftp://b.example]", "https://قديم.example", "{a: b}"]
)  # fmt: skip
def test_a_former_address_that_is_no_base_url_is_told(typed: str) -> None:
    found, problems = site_file.read(f"{SITE_YAML}former_urls: {typed}\n")
    assert found is None
    assert {(each.code, each.line) for each in problems} <= {("url-bad", 12), ("value-shape", 12)}


def test_a_slug_that_no_file_can_have_is_told_and_the_site_stays_good() -> None:
    for slug in ("field", "desk"):
        found, problems = site_file.read(
            SITE_YAML.replace(f"slug: {slug},", f"slug: {'ك' * 200},", 1)
        )
        assert found, problems
        assert [(each.code, each.severity) for each in problems] == [
            ("name-long", Severity.WARNING)
        ]


def test_a_picture_of_the_site_at_its_own_address_is_its_file() -> None:
    found, problems = site_file.read(
        f"{SITE_YAML}former_urls: https://old.example\nlogo: https://old.example/media/logo.png\n"
        "icon: https://news.example/media/icon.png?v=2\n"
    )
    assert found, problems
    assert (found.logo, found.icon) == ("media/logo.png", "media/icon.png")


@pytest.mark.parametrize("value", ["latin", "Latin", " latin\u200f"])
def test_slugs_may_be_latin(value: str) -> None:
    found, _problems = site_file.read(SITE_YAML + f"slugs: {value}\n")
    assert found
    assert found.has_latin_slugs


@pytest.mark.parametrize(
    ("base_url", "id_", "codes"),
    [
        ("http://127.0.0.1:8000", "tag:news.example,2025", {"base-url-local", "site-id-example"}),
        ("http://localhost:8000/x", "tag:rawaq.org,2025", {"base-url-local"}),
        ("http://dev.localhost", "tag:rawaq.org,2025", {"base-url-local"}),
        ("http://[::1]:8000", "tag:rawaq.org,2025", {"base-url-local"}),
        ("https://rawaq.org", "tag:news.example,2025", {"site-id-example"}),
        ("https://rawaq.org", "tag:desk@example.com,2025", {"site-id-example"}),
        ("https://rawaq.org", "tag:rawaq.org,2025", set()),
        ("https://rawaq.org", "tag:myexample.org,2025", set()),
        ("https://rawaq.org", "tag:example.co,2025", set()),
        ("https://news.example", "tag:news.example,2025", set()),
        ("http://192.168.1.5", "tag:rawaq.org,2025", set()),
        ("https://localhost.rawaq.org", "tag:rawaq.org,2025", set()),
    ],
)
def test_what_is_right_for_a_trial_only_is_a_warning(
    base_url: str, id_: str, codes: set[str]
) -> None:
    text = SITE_YAML.replace("https://news.example", base_url).replace("tag:news.example,2025", id_)
    found, problems = site_file.read(text)
    assert found
    assert {problem.code for problem in problems} == codes
    assert {problem.severity for problem in problems} <= {Severity.WARNING}
    assert {problem.line for problem in problems} <= {3, 4}


@pytest.mark.parametrize(
    ("labels", "places", "other"),
    [
        (
            """
categories:
  - {slug: field, name: ميداني, aliases: [الميدان, جبهة]}
  - {slug: front, name: جَبهه}
""",
            ["7:42"],
            "front",
        ),
        (
            """
categories:
  - {slug: field, name: ميداني}
  - slug: front
    name: جبهة
    aliases: [خطوط, Field]
""",
            ["10:14"],
            "field",
        ),
        (
            """
authors:
  - open
  - {slug: a, name: سلمى}
  - {slug: b, name: سلمي, aliases: [A]}
""",
            ["9:21", "9:36"],
            "a",
        ),
        ("\ncategories: [{slug: a, name: أ, aliases: [a, أ]}, {slug: b, name: ب}]", [], ""),
        ("\ncategories: [{slug: a, name: أ}]\nauthors: [{slug: b, name: أ}]", [], ""),
    ],
)
def test_a_name_to_which_another_answers_is_a_warning(
    labels: str, places: list[str], other: str
) -> None:
    found, problems = site_file.read(SITE_YAML.partition("categories:")[0].rstrip() + labels)
    assert found
    assert {(each.code, each.severity) for each in problems} <= {("name-shared", "warning")}
    assert [f"{each.line}:{each.column}" for each in problems] == places
    assert {each.facts["other"] for each in problems} <= {other}


@pytest.mark.parametrize(
    ("pairs", "lines"),
    [
        (["/a: /b", "/b: /a"], [5]),
        (["/x: /a", "/a: /b", "/b: /c/", "/c: /a"], [6]),
        (["/a: /a/"], [5]),
        (["/أ: /%D8%A3?x=1"], [5]),
        (["/a: https://news.example/b", "/b: /a#x"], [5]),
        (["/a: /b", "/b: /c", "/d: /b", "/a/{slug}: /a", "/?p=7: /a"], []),
        (["/a: https://old.example/a", "/b: https://old.example/"], []),
    ],
)
def test_redirects_in_a_circle_are_told_once(pairs: list[str], lines: list[int]) -> None:
    text = SITE_YAML.replace("id: tag", "redirects:\n  " + "\n  ".join(pairs) + "\nid: tag")
    found, problems = site_file.read(text)
    assert found
    assert [(each.code, each.line) for each in problems] == [("redirect-circle", n) for n in lines]


@pytest.mark.parametrize(
    ("old", "is_told"),
    [
        *((old, True) for old in ("/", "/tags", "/authors/", "/archive", "/subscribe", "/search")),
        *(
            (old, True)
            for old in ("/robots.txt", "/categories/field", "/authors/desk", "/tags?x=1")
        ),
        *(
            (old, False)
            for old in ("/?p=7", "/search?s=x", "/tags/a", "/archive/2025-12", "/about")
        ),
        *(
            (old, False)
            for old in ("/categories/gone", "/authors/desk.php", "/{slug}", "/articles/a")
        ),
    ],
)
def test_a_redirect_from_where_a_page_of_the_site_is_is_told(old: str, is_told: bool) -> None:
    text = SITE_YAML.replace("id: tag", f"redirects:\n  '{old}': /new\nid: tag")
    found, problems = site_file.read(text)
    assert found
    told = [(each.code, each.line, each.facts["value"]) for each in problems]
    assert told == [("redirect-taken", 5, f"{old}: /new")] * is_told


def test_an_author_has_a_profile() -> None:
    told = (
        "bio: ' تكتب  في الاقتصاد', image: media/a.png, links: {Mastodon: 'https://m.example/@a'}"
    )
    text = SITE_YAML.replace("name: هيئة التحرير,", f"name: هيئة التحرير, {told},")
    found, problems = site_file.read(text)
    assert found
    assert problems == ()
    links = (("Mastodon", "https://m.example/@a"),)
    profile = Profile(bio="تكتب في الاقتصاد", image="media/a.png", links=links)
    assert found.authors[0].profile == profile
    # What is told of an author is no part of the articles: they stay as they are when it changes.
    plain, _ = site_file.read(SITE_YAML)
    assert plain
    assert plain.authors[0].profile is None
    assert site_file.as_fields(found) == site_file.as_fields(plain)
    by_name = find_author("desk", found)
    assert by_name
    assert by_name.profile is None


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("image: ../a.png", "media-outside"),
        ("image: 'javascript:x'", "media-outside"),
        ("links: {X: 'javascript:alert(1)'}", "url-bad"),
        ("links: {X: x.example}", "url-bad"),
        ("links: [x]", "value-shape"),
        ("bio: [a]", "value-shape"),
        ("picture: media/a.png", "key-unknown"),
    ],
)
def test_a_fault_in_a_profile_is_told_at_its_line(told: str, code: str) -> None:
    text = SITE_YAML.replace("name: هيئة التحرير,", f"name: هيئة التحرير, {told},")
    found, problems = site_file.read(text)
    assert found is None
    assert [(each.code, each.line) for each in problems] == [(code, 11)]


def test_a_second_slug_is_told_at_its_author_when_anybody_may_write() -> None:
    authors = "authors:\n  - open\n  - {slug: a, name: أ}\n  - {slug: a, name: ب}\n"
    _, problems = site_file.read(SITE_YAML.partition("authors:")[0] + authors)
    (problem,) = problems
    line = SITE_YAML.partition("authors:")[0].count("\n") + 4
    assert (problem.code, problem.line) == ("site-slug-duplicate", line)


def test_of_a_file_that_cannot_be_used_the_errors_alone_are_told() -> None:
    text = SITE_YAML.replace("https://news.example", "http://127.0.0.1")
    found, problems = site_file.read(text.replace("Damascus", "Damascs"))
    assert found is None
    assert [problem.code for problem in problems] == ["zone-unknown"]


def test_a_look_is_read_and_a_colour_may_stand_without_its_sign() -> None:
    look = "theme: {accent: 8A2B1C, font: Naskh, logo_dark: media/dark.png}\n"
    found, problems = site_file.read(SITE_YAML + look)
    assert found is not None
    assert problems == ()
    theme = found.theme
    assert (theme.accent, theme.font, theme.logo_dark) == ("#8a2b1c", "naskh", "media/dark.png")


def test_a_colour_that_yaml_takes_for_a_remark_is_given_in_quotes() -> None:
    found, (problem,) = site_file.read(SITE_YAML + "theme:\n  accent: #8a2b1c\n")
    assert found is None
    assert problem.facts["paste"] == '  accent: "#8a2b1c"'


def test_an_accent_that_is_too_light_is_told_with_the_nearest_that_is_not() -> None:
    found, (problem,) = site_file.read(SITE_YAML + "theme: {accent: '#fc0'}\n")
    assert found is not None, "pages use the shade"
    assert (problem.code, problem.severity) == ("accent-faint", Severity.WARNING)
    assert problem.facts["nearest"] == found.theme.shades[0] == "#8c7000"
    assert problem.facts["other"] == "1.4"


def test_a_menu_leads_to_categories_pages_and_elsewhere() -> None:
    given = """menu:
  - economy
  - {label: الميدان, target: ميداني}
  - {label: مال, target: /categories/اقتصاد}
  - {label: من نحن, target: /pages/من-نحن}
  - {label: إذاعة, target: https://radio.example/}
"""
    found, problems = site_file.read(SITE_YAML + given)
    assert problems == ()
    assert found is not None
    assert [(each.label, each.path, each.category) for each in found.menu] == [
        ("اقتصاد", "/categories/economy", "economy"),
        ("الميدان", "/categories/field", "field"),
        ("مال", "/categories/economy", "economy"),
        ("من نحن", "/pages/%D9%85%D9%86-%D9%86%D8%AD%D9%86", ""),
        ("إذاعة", "https://radio.example/", ""),
    ]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "\\\\evil.example", "vbscript:x", "mailto:a@b.example",
        "http:evil", "ftp://a.example", "./x", "/a b", "", "java\tscript:x",
    ],
)  # fmt: skip
def test_a_menu_leads_nowhere_else(target: str) -> None:
    found, problems = site_file.read(SITE_YAML + f"menu:\n  - {{label: x, target: '{target}'}}\n")
    assert found is None
    assert [(each.code, each.line) for each in problems] == [("menu-target", 13)]


def test_an_unknown_category_of_a_menu_is_told_and_left_out() -> None:
    found, problems = site_file.read(SITE_YAML + "menu: [econmy, field, {label: x, target: غير}]\n")
    assert found is not None
    assert [each.category for each in found.menu] == ["field"]
    assert [(each.code, each.severity) for each in problems] == [
        ("menu-category", Severity.WARNING)
    ] * 2
    assert problems[0].facts == {"value": "econmy", "nearest": "economy"}
    assert problems[1].facts.keys() == {"value", "known"}
