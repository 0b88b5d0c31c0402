"""What is said where nothing is: what may have been meant, and what is gone."""

import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from lxml import html

from factories import article, fill
from feedservice.domain.headline import Status
from feedservice.domain.model import Author
from feedservice.index.writer import IndexWriter
from web_site import NOW


def offered(client: FlaskClient, address: str) -> tuple[list[str], list[str]]:
    """The slugs that the page offers as what was meant, and as the newest."""
    answer = client.get(address)
    assert answer.status_code == 404, address
    page = html.document_fromstring(answer.text)
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    found = {}
    for section in page.xpath("//section[@class='suggested']"):
        links = section.xpath(".//a/@href")
        assert all(each.startswith("/articles/") for each in links)
        found[section.xpath("./h2")[0].text] = [each[10:] for each in links]
    return found.get("لعلك تبحث عن", []), found.get("الأحدث", [])


@pytest.fixture
def client(client_of: Callable[..., FlaskClient], written: IndexWriter) -> FlaskClient:
    day = datetime(2025, 6, 1, tzinfo=UTC)
    fill(
        written,
        article("2025-06-01-bread-prices", title="أسعار الخبز", text="أسعار الخبز في دمشق", published=day),
        article("fuel", title="أسعار الوقود", text="أسعار الوقود في حلب", published=day),
        article("bread-draft", title="أسعار الخبز", status=Status.DRAFT),
        article("bread-later", title="أسعار الخبز", published=NOW + timedelta(days=1)),
    )  # fmt: skip
    return client_of(written)


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("/2019/05/أسعار-الخبز/", ["2025-06-01-bread-prices"]),
        ("/articles/اسعار-الخبز-في-حمص", ["2025-06-01-bread-prices"]),
        ("/أسعار", ["fuel", "2025-06-01-bread-prices"]),
        ("/articles/2025-06-01-bre", ["2025-06-01-bread-prices"]),  # cut off on its way
        ("/2025/daraya-operation.html", ["daraya-operation"]),
        ("/old/news.php", []),
        ("/articles/bread-draft", []),
        ("/articles/bread-later", []),
        ("/authors/أسعار-الخبز", ["2025-06-01-bread-prices"]),
        ("/", None),
    ],
)
def test_what_is_not_there_offers_what_may_be_meant(
    client: FlaskClient, address: str, meant: list[str] | None
) -> None:
    if meant is None:
        assert b"suggested" not in client.get(address).data
        return
    found, newest = offered(client, address)
    assert found[: len(meant)] == meant
    assert meant or not found
    assert newest
    assert not set(found) & set(newest)
    assert not {"bread-draft", "bread-later", "withdrawn"} & {*found, *newest}


@pytest.mark.parametrize(
    "address", ["/a.png", "/media/أسعار.jpg", "/.env", "/x/.git/config", "/static/1/app.js", "/tags/لا.rss.gz"]
)  # fmt: skip
def test_nothing_is_searched_for_where_a_file_is_asked_for(
    client: FlaskClient, address: str
) -> None:
    assert offered(client, address)[0] == []


@pytest.mark.parametrize("address", ["/media/x.jpg", f"/pictures/{'0' * 20}/480/x.jpg"])
def test_nothing_is_offered_where_a_picture_is_missing(client: FlaskClient, address: str) -> None:
    assert offered(client, address) == ([], [])


def lists_offered(client: FlaskClient, address: str) -> list[str]:
    """The addresses of lists that the page offers as what was meant, which go before articles."""
    answer = client.get(address)
    assert answer.status_code == 404, address
    page = html.document_fromstring(answer.text)
    links = page.xpath("//section[@class='suggested'][h2='لعلك تبحث عن']//a/@href")
    lists = [each for each in links if not each.startswith("/articles/")]
    assert links[: len(lists)] == lists
    return [unquote(each) for each in lists]


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/categories/feild", ["/categories/field"]),
        ("/categories/ميدانيي", ["/categories/field"]),
        ("/categories/feild.rss", ["/categories/field.rss"]),
        ("/categories/feild/feed.rss", ["/categories/field.rss"]),
        ("/categories/field/feed.atom", ["/categories/field.atom"]),
        ("/categories/feild/archive/2025-01.rss", ["/categories/field.rss"]),
        ("/feild", ["/categories/field"]),
        ("/economy", ["/categories/economy"]),
        ("/tags/econmy", ["/categories/economy"]),
        ("/tags/قهوة", []),
        ("/tags/اليرة", ["/tags/الليرة"]),
        ("/categories/اللييرة", ["/tags/الليرة"]),
        ("/authors/دسك", []),
        ("/authors/dekk", ["/authors/desk"]),
        ("/authors/سلمى-العم", ["/authors/سلمى-العمر"]),
        ("/tags/مستقبلل", []),
        ("/categories/xyzxyz", []),
        ("/categories/" + "f" * 300, []),
        ("/2025/feild", []),
    ],
)
def test_a_misspelt_list_or_feed_offers_the_nearest_one_first(
    client_of: Callable[..., FlaskClient], written: IndexWriter, address: str, near: list[str]
) -> None:
    later = NOW + timedelta(days=1)
    guest = Author(slug="سلمى-العمر", name="سلمى العمر")
    fill(
        written,
        article("lira", tags=("الليرة",), authors=(guest,)),
        article("later", tags=("مستقبل",), published=later),
    )
    assert lists_offered(client_of(written), address) == near


def test_a_program_that_asks_for_a_feed_is_offered_no_articles(client: FlaskClient) -> None:
    page = html.document_fromstring(client.get("/categories/feild.rss").text)
    links = page.xpath("//section[@class='suggested']//a/@href")
    assert links == ["/categories/field.rss"]


def test_of_many_tags_those_beside_the_address_are_compared(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    fill(written, *(article(f"n{n}", tags=(f"label{n:04}",)) for n in range(1000)))
    client = client_of(written)
    assert lists_offered(client, "/tags/label0500x") == ["/tags/label0500"]


def test_no_address_breaks_the_search(client: FlaskClient) -> None:
    chance = random.Random(int(os.environ.get("PYTEST_SEED", "7")))
    signs = [
        '"',
        "'",
        "*",
        "(",
        ")",
        " OR ",
        " NEAR ",
        "^",
        ":",
        "-",
        "\u200f",
        "أ",
        "a",
        "%",
        "_",
        "\U0001f600",
        "ﷺ",
    ]
    for _ in range(60):
        name = "".join(chance.choices(signs, k=chance.randrange(1, 40)))
        offered(client, f"/{name}x")
        offered(client, f"/articles/{name}x")
    offered(client, "/" + "كلمة-" * 300)


def test_what_was_withdrawn_is_named_with_the_moment_and_the_reason(
    client_of: Callable[..., FlaskClient], written: IndexWriter
) -> None:
    gone = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    fill(
        written,
        article("w", title="خبر <سُحب>", status=Status.WITHDRAWN, updated=gone, reason="لم يثبت الخبر & صُحّح"),
        article("e", title="عرض محدود", expires=gone),
    )  # fmt: skip
    client = client_of(written)
    told = {}
    for name in ("w", "e", "withdrawn"):
        answer = client.get(f"/articles/{name}")
        assert answer.status_code == 410
        told[name] = html.document_fromstring(answer.text).xpath("//main")[0].text_content()
    for part in ("خبر <سُحب>", "سُحب: 5 كانون الثاني 2026، 12:30", "السبب: لم يثبت الخبر & صُحّح"):
        assert part in told["w"]
    assert "عرض محدود" in told["e"]
    assert "انتهى عرضه: 5 كانون الثاني 2026، 12:30" in told["e"]
    assert "السبب" not in told["e"] + told["withdrawn"]
    # An export has one page for all that is gone, and names none.
    neutral = client.get("/.gone")
    assert (neutral.status_code, "سُحب أو انتهى" in neutral.text) == (410, False)
    assert "خبر" not in neutral.text
