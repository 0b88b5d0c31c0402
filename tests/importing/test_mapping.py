"""From a neutral entry to a file: the parts that no source shows by itself."""

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import FrameType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import factories
import feedservice
from feedservice.content import article, frontmatter
from feedservice.content.decoding import decode
from feedservice.content.frontmatter import Value
from feedservice.content.site import read as read_site
from feedservice.domain.model import Author, Category
from feedservice.domain.text import one_line, slugify
from feedservice.i18n import render
from feedservice.importing.article_file import ArticleFile, article_file
from feedservice.importing.foreign_entry import ForeignEntry, Link, Person, Picture, Term
from feedservice.importing.naming import ExistingContent, Naming, Placement
from feedservice.importing.redirect_rules import (
    MAX_LITERAL,
    OldAddress,
    pattern_of,
    rules_for,
)
from feedservice.importing.site_edit import extend
from import_sources import Run, item, rss

PACKAGE = str(Path(feedservice.__file__).parent)
PLACED = Placement(slug="a", path="field/a.md", id="urn:a", categories=("field",))


def mapped(**fields: object) -> ArticleFile:
    given = {
        "place": "-",
        "title": "عنوان",
        "html": "<p>نص</p>",
        "published": factories.moment("2024-05-01T10:00"),
    }
    found = article_file(
        ForeignEntry(**{**given, **fields}),
        PLACED,
        factories.site(),
        factories.NOW,
        lambda url: "b" if url.endswith("/b") else "",
        lambda url: url,  # type: ignore[arg-type]
    )
    assert found is not None
    return found


def test_tags_that_signs_tell_apart_stay_apart_and_spellings_of_one_are_one() -> None:
    text = mapped(tags=("C", "C++", "C#", "أحمد", "احمد", "🔥")).text
    read, _ = article.read(text, "field/a.md", factories.site(), factories.NOW)
    assert read is not None
    assert [tag.label for tag in read.tags] == ["C", "C++", "C#", "أحمد"]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (
            datetime(2024, 5, 1, 10, 0, 30, tzinfo=timezone(timedelta(hours=3))),
            "2024-05-01 10:00:30",
        ),
        (datetime(2024, 5, 1, 10, 0, tzinfo=UTC), "2024-05-01 10:00+00:00"),
        (
            datetime(2024, 5, 1, 10, 0, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "2024-05-01 10:00-03:30",
        ),
        (
            datetime(2021, 10, 28, 23, 30, tzinfo=timezone(timedelta(hours=2))),
            "2021-10-28 23:30+02:00",
        ),
    ],
    ids=["the site's own", "utc", "far west", "the hour that came twice"],
)
def test_a_moment_is_written_so_that_it_is_read_as_the_same(moment: datetime, written: str) -> None:
    text = mapped(published=moment).text
    assert f"date: {written}\n" in text
    read, _ = article.read(text, "field/a.md", factories.site(), factories.NOW)
    assert read is not None
    assert read.published == moment


@pytest.mark.parametrize(
    "updated",
    [
        None,
        factories.moment("2024-05-01"),
        factories.moment("2027-01-01"),
        datetime(9999, 1, 1, tzinfo=UTC),
    ],
)
def test_an_update_before_publication_or_in_the_future_is_none(updated: datetime | None) -> None:
    assert "updated:" not in mapped(updated=updated).text


def test_related_pages_are_slugs_where_they_came_along_and_addresses_elsewhere() -> None:
    links = (
        Link(url="https://old.example/b"),
        Link(url="https://other.example/x", title="س: [ص]"),
        Link(url="javascript:x"),
    )
    assert (
        'related: [b, {url: "https://other.example/x", title: "س: [ص]"}]\n'
        in mapped(related=links).text
    )


def test_markup_in_a_title_is_text() -> None:
    assert "title: عنوان مهم\n" in mapped(title="عنوان <b>مهم</b>").text


SCALAR = st.text(alphabet="أب ج1-:,#[]{}'\"\\&*!|>%@`?=~ \u200f", max_size=12).map(str.strip)
VALUE = st.one_of(
    SCALAR,
    st.lists(SCALAR, max_size=3),
    st.dictionaries(st.sampled_from(["url", "alt"]), SCALAR, max_size=2),
)


@given(st.fixed_dictionaries({}, optional={"title": SCALAR, "tags": VALUE, "image": VALUE}))
def test_front_matter_comes_back_as_it_was_written(fields: dict[str, Value]) -> None:
    text = frontmatter.dump(fields)
    assert frontmatter.split(text + "نص", "x").fields.plain() == fields


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/2024/05/01/a/", "/{year}/{month}/{day}/{slug}"), ("/a.html", "/{slug}.html"), ("/blog/2024/a", "/blog/{year}/{slug}"),
        ("/12/a", "/12/{slug}"), ("/x/{y}/a", ""), ("/", ""),
    ],
)  # fmt: skip
def test_the_pattern_of_an_old_address(path: str, pattern: str) -> None:
    assert pattern_of(path) == pattern


def test_few_addresses_stay_literal_and_many_become_a_pattern_with_aliases_for_what_differs() -> (
    None
):
    few = rules_for([OldAddress(path="/x/a/", slug="a")], set())
    assert few.redirects == (("/x/a", "/articles/a"),)
    many = rules_for(
        [
            *(OldAddress(path=f"/x/{n}-a", slug=f"{n}-a") for n in range(9)),
            OldAddress(path="/x/old", slug="new"),
            OldAddress(path="/x/taken", slug="y"),
        ],
        {"taken"},
    )
    assert many.redirects == (("/x/taken", "/articles/y"), ("/x/{slug}", "/articles/{slug}"))
    assert many.aliases == {"old": "new"}


def test_what_site_yaml_has_no_room_for_is_told() -> None:
    settled = rules_for([OldAddress(path=f"/d{n}/x{n}", slug=f"{n}") for n in range(2000)], set())
    assert len(settled.redirects) == 1500
    assert [(remark.code, remark.facts["n"]) for remark in settled.remarks] == [
        ("redirects-many", 500)
    ]


def test_site_yaml_grows_without_losing_a_remark() -> None:
    text = factories.SITE_YAML.replace(
        "  - {slug: heritage, name: تراث}\n",
        "  - slug: heritage   # ملاحظة\n    name: تراث  # أخرى\n\n# الكتّاب\n",
    )
    before = factories.site()
    after = factories.site(
        categories=(*before.categories, Category(slug="new", name="جديد: قسم")),
        authors=(*before.authors, Author(slug="x", name="فلان #1")),
    )
    made = extend(text, before, after, (("/{year}/{slug}", "/articles/{slug}"),))
    lines = made.splitlines()
    assert [line for line in lines if line in text.splitlines()] == text.splitlines()
    assert lines.index("# الكتّاب") > lines.index('    name: "جديد: قسم"')
    assert extend(made, after, after, ()) == made


def test_site_yaml_grows_where_signs_stand_in_its_words_and_authors_are_open() -> None:
    text = factories.SITE_YAML.partition("authors:")[0] + "authors: open\n"
    text = text.replace("title: صحيفة الاختبار", "title: [تجربة] صحيفة: الاختبار #١")
    before, problems = read_site(text)
    assert before, problems
    author = Author(slug="x", name="فلان")
    made = extend(text, before, replace(before, authors=(author,)), ())
    assert "title: [تجربة] صحيفة: الاختبار #١\n" in made
    after, problems = read_site(made)
    assert after == replace(before, authors=(author,)), problems


ODD = st.text(
    alphabet="أب ج1-:,#[]{}'\"\\&*!|>%@`?=~</a\n\t\x00\x0b\u200f\u202e\ufeff\u0338\x85\u2028",
    max_size=25,
)


@example(">", "", "", "", [])
@given(ODD, ODD, ODD, ODD, st.lists(ODD, max_size=3))
def test_whatever_the_words_are_the_service_reads_the_file(
    title: str, html: str, summary: str, identity: str, tags: list[str]
) -> None:
    entry = ForeignEntry(
        place="-", id=identity, title=title, html=html, summary=summary, tags=tuple(tags), uncertain=tuple(tags),
        published=factories.moment("2024-05-01"), related=(Link(url=html, title=title),), image=Picture(src="https://x.example/a.png", alt=summary),
    )  # fmt: skip
    naming = Naming(factories.site(), ExistingContent(), "field")
    naming.take(entry)
    naming.close()
    placed = naming.placement(entry)
    assert placed is not None
    made = article_file(entry, placed, naming.site, factories.NOW, naming.find, lambda url: url)
    if made is not None:
        read, problems = article.read(
            decode(made.text.encode(), placed.path), placed.path, naming.site, factories.NOW
        )
        assert read is not None, problems
        assert read.title == one_line(read.title)


@pytest.mark.parametrize(
    "fields",
    [
        lambda n: {"title": "ماء"},
        lambda n: {"title": "ماء", "is_page": True},
        lambda n: {"title": "readme"},
        lambda n: {"title": f"ماء {n}", "authors": (Person(name=f"كاتب {n}", slug="k"),)},
        lambda n: {"title": f"ماء {n}", "categories": (Term(name=f"قسم {n}"),)},
    ],
    ids=["articles", "pages", "readme", "authors", "categories"],
)
def test_one_more_name_costs_the_same_however_many_there_are(
    fields: Callable[[int], dict[str, Any]],
) -> None:
    def cost(number: int) -> int:
        naming = Naming(factories.site(), ExistingContent(), "field")
        entries = [ForeignEntry(place="-", id=f"x{n}", **fields(n)) for n in range(number)]

        def named() -> None:
            for entry in entries:
                naming.take(entry)
            naming.close()
            placed = [naming.placement(entry) for entry in entries]
            assert len({each.path for each in placed if each}) == number

        return lines_run(named)

    once = cost(200)
    assert cost(400) <= 2.1 * once


def test_what_is_kept_of_an_entry_is_half_a_kilobyte() -> None:
    """So a hundred thousand posts take fifty megabytes, whatever their texts are."""
    naming = Naming(factories.site(), ExistingContent(), "field")

    def take(numbers: range) -> int:
        for n in numbers:
            address = f"https://old.example/2015/05/01/post-{n}/"
            naming.take(
                ForeignEntry(
                    place="-",
                    id=f"https://old.example/?p={n}",
                    url=address,
                    title=f"ماء {n}",
                    html="كلمة " * 1000,
                    known_as=(f"/?p={n}", f"/?page_id={n}", address),
                    tags=(f"وسم {n}",),
                )
            )
        return size_of(naming)

    before = take(range(1000))
    assert (take(range(1000, 5000)) - before) / 4000 < 550


def size_of(thing: object) -> int:
    """The bytes of an object and of all that it holds."""
    seen: set[int] = set()
    total, left = 0, [thing]
    while left:
        each = left.pop()
        if id(each) not in seen and not isinstance(each, (type, ModuleType, FunctionType)):
            seen.add(id(each))
            total += sys.getsizeof(each)
            left += gc.get_referents(each)
            left += each if isinstance(each, dict) else ()  # texts that are keys are no referents
    return total


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of feedservice something takes."""
    count = 0

    def trace(frame: FrameType, _event: str, _given: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_old_addresses_that_lead_on_and_those_that_do_not_are_counted(run: Run) -> None:
    links = ["/a/", "/articles/Old%20Name/", "/?p=3", "/2024/{x}/", "/x?3", "/x?4"]
    items = [
        item(n, link=f"https://old.example{link}", guid=f"x{n}")
        for n, link in enumerate(links, start=1)
    ]
    report = run(rss(*items), category="field", write=False)
    assert sorted({"address-query", "address-odd"} & report.kinds.keys()) == [
        "address-odd",
        "address-query",
    ]
    assert (report.known_addresses, report.unanswered) == (6, 3)
    assert render(report.answers, "en") == "old addresses: known 6 · answered 3 · not 3"
    assert [render(each, "en") for each in report.addresses.by_kind()] == [
        "articles: known 3 · answered 2 · not 1",
        "with a query: known 3 · answered 1 · not 2",
    ]


def test_a_path_that_queries_tell_apart_leads_to_each_by_its_query(run: Run) -> None:
    links = ["/index.php?id=3", "/index.php?id=4", "/story?utm_source=rss"]
    items = [
        item(n, link=f"https://old.example{link}", guid=f"x{n}")
        for n, link in enumerate(links, start=1)
    ]
    report = run(rss(*items), category="field", write=False)
    assert [old for old, _new in report.redirects] == [
        "/index.php?id=3",
        "/index.php?id=4",
        "/story",
    ]
    assert report.kinds["address-query"] == 0
    assert (report.known_addresses, report.unanswered) == (3, 0)


def test_many_numbers_of_one_make_are_one_line_whatever_goes_with_them(
    run: Run, content: Path
) -> None:
    def items(numbers: range) -> list[str]:
        link = "https://old.example/news.php?name=News&amp;sid={}&amp;utm_source=rss"
        return [item(n, link=link.format(n), guid=f"x{n}") for n in numbers]

    report = run(rss(*items(range(1, 8))), category="field")
    assert report.redirects == (("/news.php?name=News&sid={id}", "/articles/sid-{id}"),)
    assert (report.known_addresses, report.unanswered) == (7, 0)
    more = run(rss(*items(range(8, 10))), category="field")  # too few for a pattern of their own
    assert more.redirects == ()
    texts = [path.read_text(encoding="utf-8") for path in (content / "field").glob("*.md")]
    for n in range(1, 10):
        (text,) = [each for each in texts if f"id: x{n}\n" in each]
        assert f"aliases: [sid-{n}]\n" in text


def test_what_came_before_needs_no_line_of_its_own_when_more_comes(run: Run, content: Path) -> None:
    items = [item(n, link=f"https://old.example/a/{n}/") for n in range(1, 10)]
    run(rss(*items[:7]), category="field")
    before = (content / "site.yaml").read_text(encoding="utf-8")
    report = run(rss(*items), category="field")
    assert (content / "site.yaml").read_text(encoding="utf-8") == before
    assert (report.count, report.unanswered) == (2, 0)
    assert "aliases: [p-9]\n" in (content / "field" / "9.md").read_text(encoding="utf-8")


def test_blogs_whose_numbers_are_alike_have_aliases_of_their_own(run: Run, content: Path) -> None:
    items = [
        item(
            n, link=f"https://old.example{blog}/?p={n}", guid=f"{blog}{n}", title=f"خبر {blog} {n}"
        )
        for blog in ("", "/ar")
        for n in range(1, 7)
    ]
    report = run(rss(*items), category="field")
    assert dict(report.redirects) == {
        "/?p={id}": "/articles/p-{id}",
        "/ar?p={id}": "/articles/p2-{id}",
    }
    texts = [path.read_text(encoding="utf-8") for path in (content / "field").glob("*.md")]
    for n in range(1, 7):
        for alias in (f"p-{n}", f"p2-{n}"):
            assert sum(f"aliases: [{alias}]\n" in text for text in texts) == 1


def test_an_alias_that_is_taken_leaves_a_line_of_its_own(run: Run) -> None:
    numbers = [
        item(n, link=f"https://old.example/?p={n}", guid=f"x{n}", title=f"p {n + 1}")
        for n in range(2, 8)
    ]
    report = run(rss(*numbers), category="field")
    assert report.redirects == (
        *((f"/?p={n}", f"/articles/p-{n + 1}") for n in range(3, 8)),
        ("/?p={id}", "/articles/p-{id}"),
    )
    assert report.unanswered == 0


def test_links_to_such_a_path_mean_none_of_them_either(run: Run, content: Path) -> None:
    links = ["/index.php?id=3", "/index.php?id=4"]
    text = '<![CDATA[<p><a href="/index.php?id=4">إليه</a></p>]]>'
    items = [item(n, link=f"https://old.example{link}") for n, link in enumerate(links, 1)]
    run(rss(*items, item(3, description=text)), category="field")
    assert "](https://old.example/index.php?id=4)" in (content / "field/post-3.md").read_text()


@pytest.mark.parametrize("is_page", [False, True])
def test_a_number_in_a_query_says_what_its_path_does_not(is_page: bool) -> None:
    naming = Naming(factories.site(), ExistingContent(), "field")
    slug = "about" if is_page else ""
    naming.take(
        ForeignEntry(
            place="-",
            id="x",
            title="عنّا",
            url="https://old.example/blog/?page_id=2",
            slug=slug,
            is_page=is_page,
        )
    )
    naming.close()
    new = "/pages/about" if is_page else "/articles/blog"
    assert naming.redirects == (("/blog?page_id=2", new),)
    assert naming.remarks == []


def test_lists_that_site_yaml_has_no_room_for_are_told() -> None:
    naming = Naming(factories.site(), ExistingContent(), "field")
    lists = tuple((f"/ar/tags/{n}", f"/tags/{n}") for n in range(MAX_LITERAL + 2))
    naming.take(ForeignEntry(place="-", id="x", title="a", lists=lists))
    naming.close()
    assert naming.redirects == lists[:MAX_LITERAL]
    told = [(each.code, each.place, each.facts["n"]) for each in naming.remarks]
    assert told == [("redirects-many", f"/ar/tags/{MAX_LITERAL}", 2)]


def test_room_for_lists_goes_to_the_tags_that_most_articles_have() -> None:
    naming = Naming(factories.site(), ExistingContent(), "field")
    tags = tuple((f"t{n}", f"وسم {n}") for n in range(MAX_LITERAL + 1))
    for id_, had in (("x", tags), ("y", tags[1:])):
        naming.take(ForeignEntry(place="-", id=id_, title=id_, tag_slugs=had))
    naming.close()
    assert naming.redirects == tuple((f"/tags/{a}", f"/tags/{slugify(b)}") for a, b in tags[1:])
    told = [(each.code, each.place, each.facts["n"]) for each in naming.remarks]
    assert told == [("redirects-many", "/tags/t0", 1)]


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("ماء-حلو", "ماء  حلو"), ("احمد", "أحمد"), ("R_D", "R&D"), ("a/b", "c"), ("a{slug}", "c"),
        ("a?b=1", "c"), ("", "c"), ("a", "-"), ("a" * 3000, "c"), ("a", "c" * 3000),
    ],
)  # fmt: skip
def test_a_tag_needs_no_line_where_ours_answers_already_or_none_can_say_it(
    slug: str, name: str
) -> None:
    naming = Naming(factories.site(), ExistingContent(), "field")
    naming.take(ForeignEntry(place="-", id="x", title="a", tag_slugs=((slug, name),)))
    naming.close()
    assert naming.redirects == ()


def test_tags_that_have_the_slugs_of_each_other_go_in_no_circle() -> None:
    naming = Naming(factories.site(), ExistingContent(), "field")
    swapped = (("east", "west"), ("west", "east"))
    naming.take(ForeignEntry(place="-", id="x", title="a", tag_slugs=swapped))
    naming.close()
    assert naming.redirects == ()


def test_old_lists_and_pages_lead_on_in_the_folder_that_the_site_stays_in() -> None:
    site = factories.site(base_url="https://new.example/blog")
    naming = Naming(site, ExistingContent(), "field")
    lists = (("/blog/tags", "/tags"), ("/blog/ar/tags", "/tags"), ("/blogs/x", "/tags/x"))
    about = ForeignEntry(
        place="-", id="y", title="عنّا", url="https://old.example/blog/about/", is_page=True
    )
    for entry in (ForeignEntry(place="-", id="x", title="a", lists=lists), about):
        naming.take(entry)
    naming.close()
    assert naming.redirects == (
        ("/ar/tags", "/tags"),
        ("/blogs/x", "/tags/x"),
        ("/about", "/pages/about"),
    )


def test_numbers_go_to_what_is_free() -> None:
    naming = Naming(factories.site(), ExistingContent(names={"a-3"}), "field")
    for n in range(4):
        naming.take(ForeignEntry(place="-", id=f"x{n}", title="a"))
    naming.close()
    entries = (ForeignEntry(place="-", id=f"x{n}", title="a") for n in range(4))
    assert [naming.placement(each).slug for each in entries] == ["a", "a-2", "a-4", "a-5"]


def test_an_old_address_is_known_in_any_spelling_and_on_its_own_hosts_only() -> None:
    naming = Naming(factories.site(), ExistingContent(), "field")
    naming.take(
        ForeignEntry(
            place="-",
            id="x",
            title="ماء",
            url="https://www.old.example/2024/%D9%85%D8%A7%D8%A1/",
            known_as=("/?p=7",),
        )
    )
    for address in (
        "http://old.example/2024/ماء",
        "/2024/ماء/#x",
        "https://old.example/2024/ماء/index.html?utm=1",
        "https://old.example/?p=7",
        "/?p=7",
    ):
        assert naming.find(address) == "ماء"
    for address in (
        "https://other.example/2024/ماء/",
        "https://old.example/",
        "/",
        "",
        "https://old.example/?p=8",
        "http://[x",
    ):
        assert naming.find(address) == ""
