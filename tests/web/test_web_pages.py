"""What people look at: whole HTML, in the site's language and direction, with everything that they
were promised."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import html

from factories import article, fill
from feedservice.domain.headline import Status
from feedservice.domain.model import Category, Related
from feedservice.domain.urls import feed_path
from feedservice.feeds.formats import FORMATS
from feedservice.http.lru import SegmentedLRU
from feedservice.index.writer import IndexWriter
from web_site import NOW, OPERATION

VOID = {"meta", "link", "img", "input", "br", "hr", "source"}
PAGES = [
    "/",
    "/categories/field",
    "/search?q=داريا",
    "/articles/daraya-operation",
    "/feeds",
    "/tags",
    "/authors",
    "/archive",
    "/archive/2025-12",
    "/subscribe?tag=داريا",
    "/nowhere",
    "/?limit=x",
    "/old",
]


class Balance(HTMLParser):
    """Finds start tags without their end tags, and the other way round."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), tag
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tree(client: FlaskClient, address: str) -> html.HtmlElement:
    return html.document_fromstring(client.get(address).text)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_balanced_html_without_scripts_in_it(
    client: FlaskClient, address: str
) -> None:
    text = client.get(address).text
    balance = Balance()
    balance.feed(text)
    assert balance.open == []
    assert text.lower().startswith("<!doctype html>\n<html lang=")
    assert not html.document_fromstring(text).xpath(
        "//script[not(starts-with(@src, '/static/') or @type='application/ld+json')]"
        " | //script[@src and node()] | //*[@style] | //style"
    )
    assert "None" not in text
    assert "Undefined" not in text


@pytest.mark.parametrize(
    ("language", "direction", "more"), [("ar", "rtl", "المزيد"), ("en", "ltr", "More")]
)
def test_language_and_direction_are_the_sites(
    client_of: Callable[..., FlaskClient],
    site_of: Callable[..., IndexWriter],
    language: str,
    direction: str,
    more: str,
) -> None:
    page = tree(client_of(site_of(language=language)), "/")
    assert (page.get("lang"), page.get("dir")) == (language, direction)
    assert page.xpath("//a[@rel='next']")[0].text == more


def test_an_article_that_runs_the_other_way_says_so_though_its_language_is_the_sites(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    index = site_of()
    elsewhere = (Related(url="https://e.example/", title="Elsewhere"),)
    english = article(
        "z",
        title="News of today",
        summary="It rains.",
        text="It rains.",
        published=NOW,
        related=elsewhere,
    )
    fill(index, english)
    client = client_of(index)
    card = tree(client, "/").xpath("//article")[0]
    assert (card.get("lang"), card.get("dir")) == (None, "ltr")
    assert [each.get("dir") for each in card.xpath(".//p[@class='facts']")] == ["rtl"]
    page = tree(client, "/articles/z")
    heading, prose, related, *_ours = page.xpath(
        "//h1 | //div[@class='prose'] | //section//article"
    )
    assert [each.get("dir") for each in (page, heading, prose, related)] == ["rtl", *["ltr"] * 3]
    assert related.get("lang") is None


def feeds_of(page: str) -> list[tuple[str, str]]:
    return [(form.media_type, feed_path(page, form.suffix)) for form in FORMATS.values()]


@pytest.mark.parametrize("path", ["/", "/categories/field", "/articles/daraya-operation"])
def test_pages_lead_readers_to_their_feeds(client: FlaskClient, path: str) -> None:
    page = tree(client, path)
    found = [
        (each.get("type"), each.get("href"))
        for each in page.xpath("//head/link[@rel='alternate' and not(@hreflang)]")
    ]
    assert found[: len(FORMATS)] == feeds_of(path if "articles" not in path else "/")
    assert len(found) % len(FORMATS) == 0


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("/", ""),
        ("/categories/field", "?category=field"),
        ("/categories/field?limit=1", "?category=field&limit=1"),
        ("/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7", "?tag=%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7"),
        ("/search?q=a%26b", "?q=a%26b"),
        ("/articles/daraya-operation", "?category=field"),
    ],
)
def test_from_each_page_one_link_leads_to_its_subscription_and_none_to_a_feed(
    client: FlaskClient, page: str, named: str
) -> None:
    found = tree(client, page)
    assert found.xpath("//p[@class='subscribe']/a/@href") == [f"/subscribe{named}"]
    suffixes = tuple(form.suffix for form in FORMATS.values())
    assert not [each for each in found.xpath("//body//a/@href") if each.endswith(suffixes)]


def test_a_card_shows_all_that_is_known(client: FlaskClient) -> None:
    card = tree(client, "/").xpath("//article")[0]
    image = card.xpath(".//img")[0]
    assert (image.get("alt"), image.get("src"), image.get("width")) == (
        'منظر "عام" من داريا',
        "/media/daraya.png",
        "800",
    )
    text = card.text_content()
    for part in (
        OPERATION.title,
        OPERATION.summary,
        "ميدان",
        "رئيس التحرير",
        "عدد القراءات: 1,234",
        "21 كانون الأول 2025، 14:30",
    ):
        assert part in text
    assert card.xpath(".//time")[0].get("datetime") == "2025-12-21T14:30:00+03:00"


def test_a_card_in_another_language_says_so(client: FlaskClient) -> None:
    arabic, english = tree(client, "/").xpath("//article")
    assert (english.get("lang"), english.get("dir")) == ("en", "ltr")
    assert arabic.get("lang") is None


def test_the_next_page_is_linked_only_where_there_is_one(client: FlaskClient) -> None:
    assert tree(client, "/").xpath("//main//a[@rel='next']/@href") == [
        "/?before=2025-12-20T00:00:00Z,en"
    ]
    assert not tree(client, "/tags/داريا").xpath("//a[@rel='next']")


def test_a_tag_is_a_page_once_an_article_had_it_and_not_indexed_while_none_has(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    index = site_of()
    withdrawn = article("w", tags=("مسحوب",), status=Status.WITHDRAWN, published=NOW, updated=NOW)
    draft = article("d", tags=("سرّ",), status=Status.DRAFT)
    fill(index, withdrawn, draft)
    client = client_of(index)
    for nobody in ("/tags/لا-شيء", "/tags/سرّ"):
        assert client.get(nobody).status_code == 404, nobody
    # Its feed may be waited for, and narrowed it is the answer that /?tag= gives.
    assert client.get("/tags/لا-شيء?since=2025-01-01").headers["X-Robots-Tag"] == "noindex"
    assert client.get("/tags/لا-شيء.rss").status_code == 200
    empty = client.get("/tags/مسحوب")
    assert (empty.status_code, empty.headers.get("X-Robots-Tag")) == (200, "noindex")
    page = html.document_fromstring(empty.text)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert "لا مقالات هنا بعد" in page.text_content()
    assert "X-Robots-Tag" not in client.get("/tags/داريا").headers
    assert "X-Robots-Tag" not in client.get("/categories/economy").headers


def test_the_search_field_keeps_the_question(client: FlaskClient) -> None:
    form = tree(client, '/search?q="داريا"').xpath("//form")[0]
    assert form.get("action") == "/search"
    assert form.xpath(".//input[@name='q']")[0].get("value") == '"داريا"'


def test_categories_are_the_navigation_and_the_current_one_is_marked(client: FlaskClient) -> None:
    links = tree(client, "/categories/economy").xpath("//nav//a")
    assert [each.get("href") for each in links] == ["/", "/categories/field", "/categories/economy"]
    assert [each.get("aria-current") for each in links] == [None, None, "page"]
    assert tree(client, "/").xpath("//nav//a")[0].get("aria-current") == "page"


def test_an_article_shows_all_that_is_known(client: FlaskClient) -> None:
    page = tree(client, "/articles/daraya-operation")
    text = page.xpath("//main")[0].text_content()
    for part in (
        OPERATION.title,
        "داريا في الشتاء",
        "تصوير: المكتب",
        "عدد القراءات: 1,234",
        "22 كانون الأول 2025، 09:00",
        "صُحّح عدد الموقوفين",
        "report.pdf",
        "1.4 م.ب",
        "داريا",
    ):
        assert part in text
    assert page.xpath("//div[@class='prose']/p/strong")[0].text == "المقال"
    assert page.xpath("//audio/@src") == ["/media/interview.mp3"]
    assert page.xpath("//video/@src") == ["/media/clip.mp4"]
    assert page.xpath("//link[@rel='canonical']/@href") == [
        "https://news.example/articles/daraya-operation"
    ]
    assert page.xpath("//a[@hreflang='en']/@href") == ["/articles/en"]
    assert page.xpath("//a[@rel='tag']")[0].text == "داريا"


def test_an_article_tells_other_sites_how_to_show_it(client: FlaskClient) -> None:
    page = tree(client, "/articles/daraya-operation")
    told = {each.get("property"): each.get("content") for each in page.xpath("//meta[@property]")}
    assert told["og:title"] == OPERATION.title
    assert told["og:type"] == "article"
    assert told["og:image"] == "https://news.example/media/daraya.png"
    assert told["article:published_time"] == "2025-12-21T14:30:00+03:00"


def test_related_articles_have_title_summary_picture_and_figure(client: FlaskClient) -> None:
    related = tree(client, "/articles/daraya-operation").xpath("//section[@class='related']")[0]
    assert related.xpath("./h2")[0].text == "مقالات ذات صلة"
    english, outside, last = related.xpath(".//article")
    assert english.get("dir") == "ltr"
    assert outside.xpath(".//a/@href") == ["https://other.example/x"]
    assert last.xpath(".//img/@src") == ["/media/b.png"]
    assert "عدد القراءات: 7" in last.text_content()


def test_the_feeds_page_names_every_list(client: FlaskClient) -> None:
    page = tree(client, "/feeds")
    hrefs = page.xpath("//table//td/a/@href")
    named = ("", "?category=field", "?category=economy", "?author=desk", f"?tag={quote('داريا')}")
    assert hrefs == [f"/subscribe{each}" for each in named]
    assert "/feeds.opml" in page.xpath("//main//a/@href")


def test_pages_link_below_the_path_of_base_url(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    index = site_of(base_url="https://host.example/news")
    for address in ("/", "/articles/daraya-operation", "/feeds", "/nowhere"):
        page = tree(client_of(index), address)
        links = page.xpath(
            "//*[not(ancestor::div[@class='prose'])]/@*[name()='href' or name()='src' or name()='action']"
        )
        assert links
        assert all(each.startswith(("/news/", "https://", "mailto:", "#")) for each in links), links


def test_the_request_never_names_an_address(client: FlaskClient) -> None:
    assert (
        "evil"
        not in client.get("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil"}).text
    )


def test_markup_in_names_is_shown_and_not_obeyed(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    hostile = replace(OPERATION, title="<img src=x onerror=1>", summary="</p><script>1</script>")
    fill(written, hostile)
    page = tree(client_of(written), "/")
    assert not page.xpath("//script | //*[@onerror]")
    assert "<img src=x onerror=1>" in page.text_content()


def test_the_stylesheets_address_carries_its_version(client: FlaskClient) -> None:
    address = tree(client, "/").xpath("//link[@rel='stylesheet']/@href")[0]
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    other = client.get("/static/older/style.css")
    assert other.data == answer.data
    assert "immutable" not in other.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/sitemap.xml", b"/articles/b<"),
        ("/sitemap-2025-12.xml", b"/articles/b<"),
    ],
)
def test_search_engines_find_sitemaps(client: FlaskClient, path: str, part: bytes) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert part in answer.data


def test_there_is_no_sitemap_of_another_name_nor_one_of_news_without_news(
    client: FlaskClient,
) -> None:
    assert client.get("/sitemap-x.xml").status_code == 404
    assert client.get("/sitemap-news.xml").status_code == 404


def test_robots_may_read_everything(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    base = "https://news.example"
    assert answer.text == (f"User-agent: *\nDisallow:\nSitemap: {base}/sitemap.xml\n")


@pytest.mark.parametrize(
    "change",
    [
        {"language": "en"},
        {"timezone": "Asia/Tokyo"},
        {"base_url": "https://host.example/news"},
        {"categories": (Category(slug="field", name="اسم آخر"),)},
        {"title": "en"},
    ],
    ids=str,
)
def test_what_is_kept_of_a_card_is_what_it_would_be_now(
    client_of: Callable[..., FlaskClient],
    site_of: Callable[..., IndexWriter],
    change: dict[str, object],
) -> None:
    index = site_of()
    client = client_of(index)
    before = client.get("/").text, client.get("/articles/daraya-operation").text
    site_of(**change)
    after = client.get("/").text, client.get("/articles/daraya-operation").text
    assert after != before
    fresh = client_of(index)
    assert after == (fresh.get("/").text, fresh.get("/articles/daraya-operation").text)


def test_a_card_is_made_anew_only_where_it_changed(
    client_of: Callable[..., FlaskClient],
    written: IndexWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(written)
    client.get("/")
    made = []
    put = SegmentedLRU.put
    monkeypatch.setattr(
        SegmentedLRU, "put", lambda self, *kept: made.append(kept) or put(self, *kept)
    )
    fill(written, replace(OPERATION, title="مصحّح"), article("new", published=NOW))
    page = client.get("/").text
    assert "مصحّح" in page
    cards = [text for _, text, _ in made if isinstance(text, str) and "<article" in text]
    assert len(cards) == page.count("<article") == 2  # of a page of two, both are others now
    made.clear()
    fill(written, replace(OPERATION, title="مصحّح", html="<p>نص</p>"))
    client.get("/")
    assert not [text for _, text, _ in made if isinstance(text, str) and "<article" in text]
