"""What the page of an article says besides: to machines, to who passes it on, on paper."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

from factories import article, fill
from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Correction, Media, Profile
from feedservice.index.writer import IndexWriter
from feedservice.web import formatting
from web_site import NOW, OPERATION

ADDRESS = "/articles/daraya-operation"
HOSTILE = "</script><script>alert(1)</script> <!-- <script> \u2028 ]]> & \" ' \\"


def tree(client: FlaskClient, address: str = ADDRESS) -> html.HtmlElement:
    return html.document_fromstring(client.get(address).text)


def data_of(page: html.HtmlElement) -> dict[str, Any]:
    (script,) = page.xpath("//script[@type='application/ld+json']")
    return json.loads(script.text)


def test_machines_are_told_all_that_an_article_says(client: FlaskClient) -> None:
    data = data_of(tree(client))
    home = "https://news.example"
    assert (data["@context"], data["@type"]) == ("https://schema.org", "NewsArticle")
    assert data["headline"] == OPERATION.title
    assert data["datePublished"] == "2025-12-21T11:30:00+00:00"
    assert data["dateModified"] == "2025-12-22T06:00:00+00:00"
    (author,) = data["author"]
    assert (author["name"], author["url"]) == ("رئيس التحرير", f"{home}/authors/desk")
    assert data["publisher"]["logo"]["url"] == f"{home}/media/logo.png"
    (image,) = data["image"]
    assert image["url"] == f"{home}/media/daraya.png"
    assert (image["width"], image["height"]) == (800, 450)
    assert (data["articleSection"], data["keywords"]) == (["ميدان"], ["داريا"])
    assert data["isAccessibleForFree"] is True
    (correction,) = data["correction"]
    assert correction["text"] == "صُحّح عدد الموقوفين"
    plain = data_of(tree(client, "/articles/en"))
    assert not {"image", "correction", "keywords", "articleSection"} & plain.keys()


def test_nothing_that_an_article_says_leaves_the_data_of_machines(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    fill(
        written,
        article(
            "x",
            title=HOSTILE,
            summary=HOSTILE,
            published=NOW,
            tags=("</script>",),
            authors=(Author(slug="a", name=HOSTILE),),
            image=Media(src="media/a.png", caption=HOSTILE, alt=HOSTILE, credit=HOSTILE),
            corrections=(Correction(date=NOW, note=HOSTILE),),
        ),
    )
    page = tree(client_of(written), "/articles/x")
    assert len(page.xpath("//script")) == 2
    data = data_of(page)
    said = [data["headline"], data["description"], data["author"][0]["name"]]
    said += [data["image"][0]["caption"], data["correction"][0]["text"]]
    assert said == [HOSTILE] * 5


def test_messengers_are_told_how_to_show_it(client: FlaskClient) -> None:
    page = tree(client)
    told: dict[str, list[str]] = {}
    for each in page.xpath("//meta[@property or @name]"):
        told.setdefault(each.get("property") or each.get("name"), []).append(each.get("content"))
    assert {name: told[name] for name in told if name.startswith(("article:", "twitter:"))} == {
        "twitter:card": ["summary_large_image"],
        "article:published_time": ["2025-12-21T14:30:00+03:00"],
        "article:modified_time": ["2025-12-22T09:00:00+03:00"],
        "article:author": ["https://news.example/authors/desk"],
        "article:section": ["ميدان"],
        "article:tag": ["داريا"],
    }
    assert {name: told[f"og:{name}"] for name in ("image:width", "image:height", "image:type")} == {
        "image:width": ["800"],
        "image:height": ["450"],
        "image:type": ["image/png"],
    }
    assert told["og:image:alt"] == ['منظر "عام" من داريا']
    assert (told["og:locale"], told["og:locale:alternate"]) == (["ar_AR"], ["en_US"])


def test_messengers_are_given_a_photograph_without_its_place(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    digest = "0123456789abcdef0123"
    photo = Media(
        src="media/a.avif", media_type="image/avif", width=6000, height=4000, digest=digest
    )
    fill(written, article("x", published=NOW, image=photo))
    page = tree(client_of(written), "/articles/x")
    url = f"https://news.example/pictures/{digest}/1600/a.avif.webp"
    assert data_of(page)["image"][0]["url"] == url
    told = {each.get("property"): each.get("content") for each in page.xpath("//meta[@property]")}
    assert {name: told[name] for name in told if name.startswith("og:image")} == {
        "og:image": url,
        "og:image:type": "image/webp",
        "og:image:width": "1600",
        "og:image:height": "1067",
    }


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("ar", "ar_AR"),
        ("ar-SY", "ar_SY"),
        ("en", "en_US"),
        ("fr-CA", "fr_CA"),
        ("ku-Arab", "ku_TR"),
    ],
)
def test_open_graph_names_a_territory(language: str, locale: str) -> None:
    assert formatting.open_graph_locale(language) == locale


@pytest.mark.parametrize(
    ("minutes", "arabic", "english"),
    [(1, "دقيقة", "1 minute"), (2, "دقيقتان", "2 minutes"), (3, "3 دقائق", "3 minutes"),
     (10, "10 دقائق", "10 minutes"), (11, "11 دقيقة", "11 minutes"), (100, "100 دقيقة", "100 minutes"),
     (103, "103 دقائق", "103 minutes")],
)  # fmt: skip
def test_minutes_are_counted_as_each_language_counts(
    minutes: int, arabic: str, english: str
) -> None:
    assert formatting.format_minutes(minutes, "ar") == arabic
    assert formatting.format_minutes(minutes, "en") == english


def test_how_long_reading_takes_is_told(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    fill(written, article("long", text="كلمة " * 138 * 4, published=NOW), article("zh", lang="zh"))
    client = client_of(written)
    page = tree(client, "/articles/long")
    assert "مدة القراءة: 4 دقائق" in page.xpath("//main")[0].text_content()
    assert data_of(page)["timeRequired"] == "PT4M"
    assert "مدة القراءة" not in client.get("/articles/zh").text


def test_an_article_is_passed_on_by_plain_links(client: FlaskClient) -> None:
    page = tree(client)
    url = f"https://news.example{ADDRESS}"
    (share,) = page.xpath("//section[@class='share']")
    links = [urlsplit(each) for each in share.xpath(".//a/@href")]
    assert [each.netloc for each in links] == [
        "",
        *("wa.me", "t.me", "x.com", "www.facebook.com"),
    ]
    for each in links:
        said = " ".join(value for values in parse_qs(each.query).values() for value in values)
        assert url in said
        assert OPERATION.title in said or each.netloc == "www.facebook.com"
    assert share.xpath(".//input/@value") == [url]
    assert not page.xpath("//main//script | //main//iframe")
    assert all(each.startswith("/") for each in page.xpath("//script/@src"))


def test_the_script_that_copies_is_allowed_and_no_other(client: FlaskClient) -> None:
    policy = client.get(ADDRESS).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_articles_beside_one_are_those_of_its_category(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    day = datetime(2025, 6, 1, tzinfo=UTC)
    fill(
        written,
        *(article(name, published=day, categories=("economy",)) for name in ("m1", "m2", "m3")),
        article("other", published=day + timedelta(hours=1), categories=("field",)),
        article("draft", published=day + timedelta(hours=2), categories=("economy",), status=Status.DRAFT),
        article("later", published=day + timedelta(days=1), categories=("economy", "field")),
        article("alone", published=day, categories=()),
    )  # fmt: skip
    client = client_of(written)

    def beside(name: str) -> dict[str, str]:
        links = tree(client, f"/articles/{name}").xpath("//nav[@class='beside']/a")
        return {each.get("rel"): each.get("href").removeprefix("/articles/") for each in links}

    # Lists go by date, newest first, ties by slug.
    assert beside("later") == {"prev": "m1", "next": "b"}
    assert beside("m1") == {"prev": "m2", "next": "later"}
    assert beside("m2") == {"prev": "m3", "next": "m1"}
    assert beside("m3") == {"next": "m2"}
    assert beside("b") == {"prev": "later"}
    assert beside("alone") == {}


def test_on_paper_its_address_and_date_are_told(client: FlaskClient) -> None:
    (printed,) = tree(client).xpath("//p[@class='printed']")
    text = printed.text_content()
    for part in (f"https://news.example{ADDRESS}", "21 كانون الأول 2025، 14:30", "موقع الأخبار"):
        assert part in text


PROFILE = Profile(
    bio="يحرّر <الأخبار> منذ 2011",
    image="media/desk.png",
    links=(("Mastodon", "https://m.example/@desk"),),
)


def test_an_author_is_told_of_on_the_authors_page_and_below_articles(
    client_of: Callable[..., FlaskClient], site_of: Callable[..., IndexWriter]
) -> None:
    desk = Author(slug="desk", name="رئيس التحرير", profile=PROFILE)
    client = client_of(site_of(authors=(desk, Author(slug="b", name="آخر"))))
    for address in (ADDRESS, "/authors/desk", "/authors/desk?before=2025-12-25T00:00:00Z,x"):
        (box,) = tree(client, address).xpath("//section[@class='author']")
        assert PROFILE.bio in box.text_content()
        assert box.xpath(".//img/@src") == ["/media/desk.png"]
        assert box.xpath(".//ul//a/@href") == ["https://m.example/@desk"]
    assert data_of(tree(client))["author"][0]["sameAs"] == ["https://m.example/@desk"]
    for address in ("/authors/b", "/", "/?author=desk&tag=x", "/articles/en"):
        assert not tree(client, address).xpath("//section[@class='author']"), address
