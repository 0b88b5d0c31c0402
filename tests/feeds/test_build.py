"""What every format says of a list, decided once."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import NOW, article, inside, moment, site
from feedservice.domain.direction import LRM, RLM
from feedservice.domain.headline import Status
from feedservice.domain.model import (
    Article,
    Author,
    Category,
    Content,
    Correction,
    Media,
    Related,
    Site,
)
from feedservice.domain.periods import Place
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build
from feedservice.feeds.feed import Feed, Item, Link, Person
from feedservice.feeds.link_context import MAX_RELATED, LinkContext, atom_id
from feedservice.feeds.titles import Channel, channel_of

SITE = site()
BASE = SITE.base_url
ALL = Selection()


def around(*known: Article, given_site: Site = SITE, **overrides: object) -> LinkContext:
    """LinkContext that know some articles by slug, alias and file."""
    by_slug = {name: each for each in known for name in (each.slug, *each.aliases)}
    given_: dict[str, object] = {"base_url": given_site.base_url, "by_slug": by_slug}
    given_["by_path"] = {each.path: each for each in known}
    return LinkContext(site=given_site, now=NOW, **{**given_, **overrides})  # type: ignore[arg-type]


def channel(selection: Selection, given_site: Site = SITE) -> Channel:
    return channel_of(selection, given_site, {"ماء": "ماء عذب"}.get, lambda slug: None)


def of(kind: str, *slugs: str, **overrides: object) -> Selection:
    return replace(Selection().narrow(Taxonomy(kind), slugs), **overrides)  # type: ignore[arg-type]


def feed(
    selection: Selection = ALL, *articles: Article, given_site: Site = SITE, **overrides: object
) -> Feed:
    surroundings = around(*articles, given_site=given_site)
    given_: dict[str, object] = {"suffix": ".atom", **overrides}
    return build.feed(channel(selection, given_site), articles, surroundings, **given_)  # type: ignore[arg-type]


def item(given_: Article, *others: Article, **overrides: object) -> Item:
    return build.item(given_, around(*others, **overrides))


def test_a_feed_says_whose_and_what_it_is() -> None:
    made = feed(of("category", "field"))
    assert (made.title, made.description) == ("ميداني — صحيفة الاختبار", "على الأرض")
    assert (made.page_url, made.self_url) == (
        f"{BASE}/categories/field",
        f"{BASE}/categories/field.atom",
    )
    assert made.author == Person(name="صحيفة الاختبار", url=f"{BASE}/")
    assert (feed().title, feed().description, feed().self_url) == (
        "صحيفة الاختبار",
        "موقع للاختبار",
        f"{BASE}/feed.atom",
    )


@pytest.mark.parametrize(
    ("selection", "path"),
    [
        (Selection(), "/"),
        (of("category", "field"), "/categories/field"),
        (of("tag", "ماء"), "/tags/%D9%85%D8%A7%D8%A1"),
        (Selection(q="ماء"), "/search?q=%D9%85%D8%A7%D8%A1"),
        (of("category", "field", "economy"), "/?category=economy,field"),
    ],
)
def test_a_feed_has_one_id_in_every_format_however_much_of_it_is_asked_for(
    selection: Selection, path: str
) -> None:
    spelt = [
        feed(replace(selection, limit=limit, content=content), suffix=suffix).id
        for limit in (None, 5)
        for content in (None, Content.SUMMARY)
        for suffix in (".rss", ".atom", ".json")
    ]
    assert set(spelt) == {f"tag:news.example,2025:{path}"}


def test_ids_outlive_a_change_of_domain() -> None:
    moved = site(base_url="https://elsewhere.example/news")
    one, other = feed(ALL, article("a")), feed(ALL, article("a"), given_site=moved)
    assert (one.id, one.items[0].id) == (other.id, other.items[0].id)
    assert other.items[0].url == "https://elsewhere.example/news/articles/a"
    assert other.page_url == "https://elsewhere.example/news/"


def test_an_empty_list_is_of_the_first_of_january_of_the_id() -> None:
    assert feed().updated == datetime(2025, 1, 1, tzinfo=UTC)
    assert feed(given_site=site(id="tag:news.example,2019-06-30")).updated == datetime(
        2019, 1, 1, tzinfo=UTC
    )


def test_a_feed_is_as_new_as_its_latest_modification() -> None:
    made = feed(ALL, article("a", published=NOW), article("b", updated=moment("2026-01-15T13:00")))
    assert made.updated == moment("2026-01-15T13:00")


def test_pages_and_archives_are_linked_in_the_same_format() -> None:
    page = "/tags/a?before=2026-01-01T00:00:00Z,a"
    made = feed(of("tag", "a"), next_page=page, place=Place(previous="/tags/a/archive/2025-12"))
    assert made.next_url == f"{BASE}/tags/a.atom?before=2026-01-01T00:00:00Z,a"
    assert made.previous_archive_url == f"{BASE}/tags/a/archive/2025-12.atom"
    assert (made.next_archive_url, made.current_url, made.archive) == ("", "", False)
    archive = feed(
        of("tag", "a"),
        place=Place(archive="/tags/a/archive/2025-12", next="/tags/a/archive/2026-01"),
    )
    assert (archive.self_url, archive.current_url) == (
        f"{BASE}/tags/a/archive/2025-12.atom",
        f"{BASE}/tags/a.atom",
    )
    assert archive.next_archive_url == f"{BASE}/tags/a/archive/2026-01.atom"
    assert archive.archive


@pytest.mark.parametrize(
    ("selection", "is_told"),
    [
        (Selection(), True), (of("category", "field"), True), (of("tag", "a"), True), (Selection(limit=3), False),
        (Selection(content=Content.SUMMARY), False), (Selection(before=Cursor(published=NOW, slug="a")), False),
        (Selection(q="x"), False), (of("tag", "a", "b"), False), (Selection(since=NOW), False),
    ],
)  # fmt: skip
def test_only_feeds_that_hubs_are_told_of_name_them(selection: Selection, is_told: bool) -> None:
    hubs = ("https://hub.example/",)
    assert feed(selection, given_site=site(hubs=hubs)).hubs == (hubs if is_told else ())


def test_an_archive_document_names_no_hub() -> None:
    archive = feed(
        of("tag", "a"),
        given_site=site(hubs=("https://hub.example/",)),
        place=Place(archive="/tags/a/archive/2025-12"),
    )
    assert archive.hubs == ()


def test_icon_and_logo_are_files_of_ours_or_of_others() -> None:
    made = feed(given_site=site(icon="media/شعار.png", logo="https://cdn.example/ش.png"))
    assert made.icon_url == f"{BASE}/media/%D8%B4%D8%B9%D8%A7%D8%B1.png"
    assert made.logo_url == "https://cdn.example/%D8%B4.png"
    assert (feed().icon_url, feed().logo_url) == ("", "")


@pytest.mark.parametrize(
    ("asked", "default", "has_text"),
    [
        (None, Content.FULL, True), (None, Content.SUMMARY, False),
        (Content.FULL, Content.SUMMARY, True), (Content.SUMMARY, Content.FULL, False),
    ],
)  # fmt: skip
def test_the_address_says_how_much_of_an_article_else_the_site(
    asked: Content | None, default: Content, has_text: bool
) -> None:
    made = feed(Selection(content=asked), article("a"), given_site=site(content=default))
    assert bool(made.items[0].html) is has_text
    assert made.items[0].summary == "ملخص a"


def test_a_withdrawn_article_is_a_tombstone_of_the_same_id() -> None:
    gone = article("gone", id="معرف", status=Status.WITHDRAWN, updated=NOW)
    (told,) = feed(ALL, withdrawn=(gone,)).tombstones
    assert (told.id, told.atom_id, told.when) == ("معرف", atom_id("معرف", SITE), NOW)
    assert told.url == f"{BASE}/articles/gone"


def test_an_entry_is_never_modified_before_it_is_published() -> None:
    assert item(article("a", published=NOW, updated=moment("2020-01-01"))).updated == NOW


def test_entries_name_authors_categories_and_tags_by_their_pages() -> None:
    made = item(
        article(
            "a",
            categories=("field", "nowhere"),
            tags=["ماء عذب"],
            authors=(
                Author(slug="desk", name="هيئة", email="desk@news.example"),
                Author(slug="x", name="كاتب", url="https://ك.example/"),
            ),
        )
    )
    assert made.authors == (
        Person(name="هيئة", email="desk@news.example", url=f"{BASE}/authors/desk"),
        Person(name="كاتب", url="https://xn--fhb.example/"),
    )
    assert [(term.slug, term.label, term.url, term.scheme) for term in made.terms] == [
        ("field", "ميداني", f"{BASE}/categories/field", f"{BASE}/categories"),
        (
            "ماء-عذب",
            "ماء عذب",
            f"{BASE}/tags/%D9%85%D8%A7%D8%A1-%D8%B9%D8%B0%D8%A8",
            f"{BASE}/tags",
        ),
    ]


def test_entries_carry_pictures_and_files() -> None:
    picture = Media(
        src="media/ص.png",
        media_type="image/png",
        length=9,
        width=3,
        height=2,
        alt="و",
        caption="ش",
        credit="م",
    )
    made = item(article("a", image=picture, media=(Media(src="https://cdn.example/x"),)))
    assert made.image
    assert (made.image.url, made.image.length, made.image.width) == (
        f"{BASE}/media/%D8%B5.png",
        9,
        3,
    )
    assert (made.image.alt, made.image.caption, made.image.credit) == ("و", "ش", "م")
    assert [(each.url, each.media_type) for each in made.attachments] == [
        ("https://cdn.example/x", "application/octet-stream")
    ]


def test_nothing_that_a_feed_says_tells_how_often_an_article_was_read() -> None:
    assert item(article("a", views=37)) == item(article("a"))


class TestRelated:
    """Related links of an entry."""

    def related(
        self, given_: Article, *others: Article, computed: tuple[Article, ...] = ()
    ) -> list[str]:
        made = item(given_, *others, computed={given_.slug: computed})
        return [link.url.removeprefix(f"{BASE}/articles/") for link in made.related]

    def test_the_editors_come_first_and_computed_ones_fill_up_to_five(self) -> None:
        computed = tuple(article(f"c{n}") for n in range(9))
        chosen = article(
            "a", related=(Related(slug="b"), Related(url="https://e.example/", title="خارج"))
        )
        assert self.related(chosen, article("b"), computed=computed) == [
            "b",
            "https://e.example/",
            "c0",
            "c1",
            "c2",
        ]
        assert len(self.related(article("a"), computed=computed)) == MAX_RELATED

    def test_more_than_five_of_the_editors_are_cut(self) -> None:
        others = [article(f"b{n}") for n in range(7)]
        chosen = article("a", related=tuple(Related(slug=each.slug) for each in others))
        assert self.related(chosen, *others) == ["b0", "b1", "b2", "b3", "b4"]

    def test_none_stands_twice_and_none_is_the_article_itself(self) -> None:
        other = article("b", aliases=("old",))
        chosen = article("a", related=(Related(slug="a"), Related(slug="old"), Related(slug="b")))
        assert self.related(chosen, other, chosen, computed=(other, chosen, article("c"))) == [
            "b",
            "c",
        ]

    @pytest.mark.parametrize(
        "hidden",
        [
            {"status": Status.DRAFT}, {"status": Status.WITHDRAWN, "updated": NOW}, {"expires": NOW},
            {"published": moment("2026-01-15T12:00:01")},
        ],
        ids=["draft", "withdrawn", "expired", "embargoed"],
    )  # fmt: skip
    def test_none_is_hidden(self, hidden: dict[str, object]) -> None:
        other = article("b", **hidden)
        chosen = article(
            "a", related=(Related(slug="b"), Related(slug="none")), translations=(("en", "b"),)
        )
        assert self.related(chosen, other, computed=(other,)) == []
        assert item(chosen, other).translations == ()

    def test_a_translation_is_no_computed_one(self) -> None:
        other = article("b", lang="en", title="English")
        made = item(article("a", translations=(("en", "b"),)), other, computed={"a": (other,)})
        assert made.related == ()
        assert made.translations == (
            Link(url=f"{BASE}/articles/b", title="English", language="en"),
        )

    def test_they_stand_in_the_text_too_escaped(self) -> None:
        chosen = article(
            "a",
            related=(
                Related(url='https://e.example/?a="1"&b=2', title="<b> & س"),
                Related(url="https://x.example/"),
            ),
        )
        assert item(chosen).html.endswith(
            '<h2>مقالات ذات صلة</h2>\n<ul>\n<li><a href="https://e.example/?a=%221%22&amp;b=2">&lt;b&gt; &amp; س</a></li>\n'
            '<li><a href="https://x.example/">https://x.example/</a></li>\n</ul></div>'
        )


def test_links_of_a_body_get_addresses_and_those_to_hidden_articles_vanish() -> None:
    html = (
        f"<p><a{inside('article', 'old', '#t')}>أ</a><a{inside('file', 'field/b.md')}>ب</a>"
        f"<a{inside('article', 'draft')}>ج</a><a{inside('file', 'field/none.md')}>د</a>"
        f"<img{inside('media', 'ص.png', attribute='src')}><a{inside('path', 'search?q=1')}>ه</a></p>"
    )
    others = (article("b", aliases=("old",)), article("draft", status=Status.DRAFT))
    made = around(*others).body(article("a", html=html))
    assert made == (
        f'<p><a href="{BASE}/articles/b#t">أ</a><a href="{BASE}/articles/b">ب</a><a>ج</a><a>د</a>'
        f'<img src="{BASE}/media/%D8%B5.png"><a href="{BASE}/search?q=1">ه</a></p>'
    )
    assert 'href="/articles/b"' in around(*others, base_url="").body(article("a", html=html))


@pytest.mark.parametrize(
    ("language", "text", "mark"),
    [
        ("ar", "RSS ملف", RLM), ("ar", "ملف RSS", ""), ("ar", "12 «RSS» ملف", RLM), ("ar", "«ملف» RSS", ""), ("ar", "2025", ""),
        ("en", "ملف RSS", LRM), ("en", "RSS ملف", ""), ("fa", "RSS بود", RLM), ("fa", "RSS", ""), ("ar-Latn", "RSS", ""),
    ],
)  # fmt: skip
def test_text_that_begins_the_other_way_has_a_mark_before_it(
    language: str, text: str, mark: str
) -> None:
    made = item(
        article(
            "a", lang=language, title=text, summary=text, html=f"<p>\n<b>{text}</b></p>", text=text
        )
    )
    assert (made.title, made.summary) == (mark + text, mark + text)
    assert f"<b>{mark}{text}</b>" in made.html


@pytest.mark.parametrize(
    ("language", "direction"), [("ar", "rtl"), ("en", "ltr"), ("fa", "rtl"), ("fr-CA", "ltr")]
)
def test_full_text_says_its_language_and_direction(language: str, direction: str) -> None:
    made = item(article("a", lang=language, text=""))
    assert made.language == language
    assert made.html == f'<div dir="{direction}" lang="{language}"><p>نص a</p></div>'


def test_corrections_are_dated_by_the_day_of_the_site_and_called_by_the_language_of_the_article() -> (
    None
):
    notes = (
        Correction(date=moment("2026-01-14T22:00"), note="1 < 2 & 3"),
        Correction(date=moment("2026-01-14T20:00"), note="ب"),
    )
    arabic, english = (
        item(article("a", lang=language, corrections=notes, text="")) for language in ("ar", "en")
    )
    assert (
        "<h2>تصويبات</h2>\n<ul>\n<li><time>2026-01-15</time>: 1 &lt; 2 &amp; 3</li>\n<li><time>2026-01-14</time>: ب</li>\n</ul>"
        in arabic.html
    )
    assert "<h2>Corrections</h2>" in english.html


def test_an_article_without_a_text_has_none() -> None:
    assert item(article("a", html="", text="")).html == ""


@given(st.text("abcxyz ابت<>&\"'", max_size=20), st.sampled_from(["ar", "en"]))
def test_full_text_is_well_formed_whatever_people_typed(typed: str, language: str) -> None:
    made = item(
        article(
            "a",
            lang=language,
            corrections=(Correction(date=NOW, note=typed),),
            related=(Related(url="https://e.example/?x=1&y=2", title=typed),),
        )
    )
    read = ET.fromstring(made.html)
    assert [each.text for each in read.iter("a")] == [typed or "https://e.example/?x=1&y=2"]
    assert ["".join(each.itertext()).partition(": ")[2] for each in read.findall("ul[1]/li")] == [
        typed
    ]


@pytest.mark.parametrize(
    ("identity", "wanted"),
    [
        ("tag:news.example,2025:a", "tag:news.example,2025:a"), ("https://old.example/?p=7", "https://old.example/?p=7"),
        ("urn:uuid:0", "urn:uuid:0"), ("https://old.example/%D8%A8", "https://old.example/%D8%A8"),
        ("7", "tag:news.example,2025:7"), ("معرف 1", "tag:news.example,2025:%D9%85%D8%B9%D8%B1%D9%81%201"),
        ("http://a b", "tag:news.example,2025:http%3A//a%20b"), ("https://س.example/", "tag:news.example,2025:https%3A//%D8%B3.example/"),
    ],
)  # fmt: skip
def test_an_id_that_is_no_ascii_iri_is_made_one_for_atom(identity: str, wanted: str) -> None:
    assert atom_id(identity, SITE) == wanted


@pytest.mark.parametrize(
    ("selection", "title"),
    [
        (Selection(), ""), (of("category", "field"), "ميداني"), (of("category", "gone"), "gone"), (of("tag", "ماء"), "ماء عذب"),
        (of("tag", "لا-شيء"), "لا شيء"), (of("author", "desk"), "هيئة التحرير"), (of("author", "x"), "x"),
        (of("category", "field", "economy"), "اقتصاد أو ميداني"), (of("category", "field", q="نهر"), "ميداني وبحث: نهر"),
        (of("category", "field").narrow(Taxonomy.TAG, none_of=["ماء"]), "ميداني دون ماء عذب"),
        (Selection().narrow(Taxonomy.AUTHOR, none_of=["desk"]), "صحيفة الاختبار دون هيئة التحرير"),
        (Selection(since=moment("2025-12-01")), "صحيفة الاختبار منذ 2025-12-01"),
    ],
)  # fmt: skip
def test_a_list_is_called_by_what_it_is_of(selection: Selection, title: str) -> None:
    assert channel(selection).title == title


def test_a_list_of_an_english_site_is_called_in_english() -> None:
    english = site(
        title="News",
        language="en",
        categories=(Category(slug="a", name="Field"), Category(slug="b", name="City")),
    )
    assert channel(of("category", "a", "b"), english).title == "Field or City"
    assert (
        channel(Selection().narrow(Taxonomy.CATEGORY, none_of=["a"]), english).title
        == "News without Field"
    )


def test_a_description_belongs_to_a_whole_category_alone() -> None:
    assert (
        channel(of("category", "field", before=Cursor(published=NOW, slug="a"))).description
        == "على الأرض"
    )
    assert channel(of("category", "field", q="x")).description == ""
