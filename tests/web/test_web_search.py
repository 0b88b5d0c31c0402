"""The page of a search: the best first or the newest, what is meant marked, and what else to ask."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from factories import article, fill
from feedservice.domain.headline import Status
from feedservice.index.writer import IndexWriter
from feedservice.publishing import search_page
from web_site import NOW

Served = Callable[..., FlaskClient]


@pytest.fixture
def served(client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]) -> Served:
    """Serve more articles: each a day older than the one before."""

    def make(*titles: str, **given: object) -> FlaskClient:
        index = site_of()
        days = enumerate(titles)
        fill(index, *(article(f"s{n}", title=title, published=NOW - timedelta(days=n), **given) for n, title in days), now=NOW)  # fmt: skip
        return client_of(index)

    return make


def page(client: FlaskClient, address: str) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    return html.fromstring(answer.text)


def titles(found: html.HtmlElement) -> list[str]:
    return [each.text_content() for each in found.xpath("//ol[@class='results']//h2")]


def way(found: html.HtmlElement, text: str) -> str:
    (href,) = found.xpath(f"//main//a[normalize-space()='{text}']/@href")
    return str(href)


def test_the_best_come_first_and_the_newest_by_one_link(served: Served) -> None:
    client = served("خبر", "جفاف السدود", "خبر آخر", text="ذكر الجفاف مرّة")
    found = page(client, "/search?q=جفاف")
    assert titles(found) == ["جفاف السدود", "خبر"]
    assert "3" in found.xpath("//p[@role='status']")[0].text
    newest = page(client, way(found, "الأحدث أولًا"))
    assert titles(newest) == ["خبر", "جفاف السدود"]
    assert titles(page(client, way(newest, "الأكثر صلة"))) == titles(found)
    feed = etree.fromstring(client.get("/search.atom?q=جفاف&order=best").data)
    names = feed.xpath("//a:entry/a:title/text()", namespaces={"a": "http://www.w3.org/2005/Atom"})
    assert names == ["خبر", "جفاف السدود"]


@pytest.mark.parametrize(
    "start", ["/search?q=جفاف", "/search?q=جفاف&order=newest", "/categories/field?q=جفاف"]
)
def test_every_match_is_on_one_page(served: Served, start: str) -> None:
    client = served(*(f"جفاف {n}" for n in range(5)))
    seen, address, pages = [], start, 0
    while address:
        found = page(client, address)
        seen += titles(found)
        pages += 1
        (address,) = found.xpath("//a[@rel='next']/@href") or [""]
        back = found.xpath("//a[@rel='prev']/@href")
        assert not back or titles(page(client, back[0])) == seen[-len(titles(found)) - 2 :][:2]
    assert (seen, pages) == ([f"جفاف {n}" for n in range(5)], 3)
    assert client.get(f"{start}&page=9").status_code == (200 if "newest" in start else 404)


def test_behind_the_best_the_newest_are_shown_all(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "MAX_BEST", 3)
    monkeypatch.setattr(search_page, "MAX_COUNT", 4)
    client = served(*(f"جفاف {n}" for n in range(5)))
    found = page(client, "/search?q=جفاف&page=2")
    assert titles(found) == ["جفاف 2"]
    assert "4" in found.xpath("//p[@role='status']")[0].text
    assert not found.xpath("//a[@rel='next']")
    assert titles(page(client, way(found, "الكل، الأحدث أولًا"))) == ["جفاف 0", "جفاف 1"]
    assert client.get("/search?q=جفاف&page=3").status_code == 404


def test_words_are_marked_as_they_are_spelt_and_nothing_of_a_text_is_markup(served: Served) -> None:
    text = "كلام " * 200 + "عن <script>«المَدينة» & مدينتنا</script> " + "كلام " * 200
    client = served("مُدُنٌ: مدينة <b>", summary="بلا", text=text)
    found = page(client, "/search?q=المدينه عن")
    (result,) = found.xpath("//ol[@class='results']/li")
    assert [each.text for each in result.xpath(".//mark")] == ["مدينة", "عن", "المَدينة"]
    assert not result.xpath(".//b | .//script")
    shown = result.xpath(".//p[@class='summary']")[0].text_content()
    assert "<script>«المَدينة» & مدينتنا</script>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 400


def test_an_article_is_shown_as_a_result_though_a_list_has_shown_it(served: Served) -> None:
    client = served("خبر الجفاف", summary="بلا")
    assert (
        len(html.fromstring(client.get("/").text).xpath("//article[contains(@class, 'card')]")) >= 1
    )
    for _ in range(2):
        (result,) = page(client, "/search?q=جفاف").xpath("//ol[@class='results']/li")
        assert not result.xpath(".//article//article")
        assert [each.text_content().split() for each in result.xpath(".//h2")] == [
            ["خبر", "الجفاف"]
        ]
        assert len(result.xpath(".//p[@class='facts']/time")) == 1


def test_a_summary_that_says_it_all_is_shown_whole(served: Served) -> None:
    client = served("خبر", summary="عن الجفاف في الشمال", text="الجفاف " * 50)
    (told,) = page(client, "/search?q=جفاف").xpath("//p[@class='summary']")
    assert told.text_content() == "عن الجفاف في الشمال"


def test_without_words_it_is_a_page_to_search_on(client: FlaskClient) -> None:
    for address in ("/search", "/search?q=", "/search?q=%20&order=newest"):
        found = page(client, address)
        assert found.xpath("//main//form[@role='search']//input[@name='q']")
        assert not found.xpath("//ol | //main//article | //*[@role='status']")
        assert found.xpath("//link[@rel='canonical']/@href") == ["https://news.example/search"]


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("الاقصاد", ["الاقتصاد"]),
        ("اقتاصد", ["الاقتصاد"]),
        ("قراءة الاقتصاذ", ["قراءة الاقتصاد", "قراءة"]),
        ("الاقتصاد قثصنمك", ["الاقتصاد"]),
        ("الاقتصاد داريا", ["داريا", "الاقتصاد"]),
        ("سريّ", []),
        ("قثصنمك", []),
    ],
)
def test_who_finds_nothing_is_told_what_finds_something(
    client_of: Callable[..., FlaskClient],
    site_of: Callable[..., IndexWriter],
    asked: str,
    offered: list[str],
) -> None:
    index = site_of()
    fill(
        index,
        article("s", title="قراءة في الاقتصاد", published=NOW),
        article("t", title="سرّ", status=Status.DRAFT),
        article("u", title="سرب", published=NOW + timedelta(days=1)),
        now=NOW,
    )
    client = client_of(index)
    found = page(client, f"/search?q={asked}")
    links = found.xpath("//section[@class='suggestions']//a")
    assert [each.text_content() for each in links] == offered
    assert all(titles(page(client, each.get("href"))) for each in links)


def test_a_search_in_a_section_is_offered_in_the_whole_site(served: Served) -> None:
    client = served("جفاف")
    found = page(client, "/categories/economy?q=جفاف")
    assert found.xpath("//section[@class='suggestions']//a/@href") == [
        "/search?q=%D8%AC%D9%81%D8%A7%D9%81"
    ]


@pytest.mark.parametrize("base_url", ["https://news.example", "https://host.example/news"])
def test_browsers_are_told_how_to_search(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter], base_url: str
) -> None:
    client = client_of(site_of(base_url=base_url, title="صحيفة طويلة الاسم جدًا"))
    below = base_url.removeprefix("https://").partition("/")[2]
    address = f"/{below}/opensearch.xml" if below else "/opensearch.xml"
    for path in ("/", "/search?q=x", "/articles/b", "/feeds", "/nowhere"):
        (link,) = html.fromstring(client.get(path).text).xpath("//link[@rel='search']")
        assert link.get("href") == address
        assert link.get("type") == "application/opensearchdescription+xml"
    answer = client.get("/opensearch.xml")
    assert answer.headers["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    assert "max-age" in answer.headers["Cache-Control"]
    assert client.get("/opensearch.xml", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304  # fmt: skip
    found = etree.fromstring(answer.data)
    names = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
    (short,) = found.xpath("o:ShortName/text()", namespaces=names)
    assert short.startswith("صحيفة")
    assert len(short) <= 16
    templates = found.xpath("o:Url[not(@rel)]/@template", namespaces=names)
    assert templates[0] == f"{base_url}/search?q={{searchTerms}}"
    for each in templates:
        assert (
            client.get(each.replace("{searchTerms}", "داريا").removeprefix(base_url)).status_code
            == 200
        )
