from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedservice.feeds.sitemap import News, Page, render_index, render_news, render_sitemap

NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
MOMENT = datetime(2025, 12, 1, 9, tzinfo=UTC)


def test_a_sitemap_names_pages_with_their_dates_pictures_and_translations() -> None:
    page = Page(
        url="https://n.example/a?x=1&y=2",
        lastmod=MOMENT,
        images=("https://n.example/a.jpg",),
        alternates=(("ar", "https://n.example/a"), ("en", "https://n.example/a-en")),
    )
    root = etree.fromstring(render_sitemap([page, Page(url="https://n.example/b")]))
    assert root.tag == f"{{{NS['s']}}}urlset"
    first, second = root
    assert first.findtext("s:loc", None, NS) == page.url
    assert first.findtext("s:lastmod", None, NS) == "2025-12-01T09:00:00+00:00"
    assert first.findtext("image:image/image:loc", None, NS) == page.images[0]
    assert [
        (x.get("rel"), x.get("hreflang"), x.get("href")) for x in first.iterfind("x:link", NS)
    ] == [("alternate", language, url) for language, url in page.alternates]
    assert [child.tag for child in second] == [f"{{{NS['s']}}}loc"]


ADDRESSES = st.text("ab&<>'\"/?=%é", min_size=1)


@given(st.lists(st.tuples(ADDRESSES, st.lists(ADDRESSES, max_size=2), st.booleans()), max_size=3))
def test_a_sitemap_is_written_as_its_tree_would_be(
    rows: list[tuple[str, list[str], bool]],
) -> None:
    pages = [
        Page(
            url=url,
            lastmod=MOMENT if is_dated else None,
            images=tuple(others),
            alternates=tuple(("ar", other) for other in others),
        )
        for url, others, is_dated in rows
    ]
    made = render_sitemap(pages)
    tree = etree.fromstring(made, etree.XMLParser(remove_blank_text=True))
    assert [node.findtext("s:loc", None, NS) for node in tree] == [page.url for page in pages]
    assert [node.get("href") for node in tree.iterfind(".//x:link", NS)] == [
        other for page in pages for other in page.images
    ]
    assert tree.xpath("//image:loc/text()", namespaces=NS) == [
        other for page in pages for other in page.images
    ]
    if pages:
        written = etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        assert made.replace(b"&quot;", b'"') == written.replace(b"&quot;", b'"')


def test_an_index_names_sitemaps() -> None:
    root = etree.fromstring(
        render_index([Page(url="https://n.example/sitemap-1.xml", lastmod=MOMENT)])
    )
    assert root.tag == f"{{{NS['s']}}}sitemapindex"
    assert root.findtext("s:sitemap/s:loc", None, NS) == "https://n.example/sitemap-1.xml"


def test_a_news_sitemap_names_the_publication_language_date_and_title() -> None:
    article = News(
        url="https://n.example/a",
        title="عنوان & خبر",
        published=MOMENT,
        publication="أخبار",
        language="ar",
    )
    (url,) = etree.fromstring(render_news([article]))
    news = url.find("news:news", NS)
    assert news is not None
    names = (
        "news:publication/news:name",
        "news:publication/news:language",
        "news:publication_date",
        "news:title",
    )
    found = [news.findtext(name, None, NS) for name in names]
    assert found == ["أخبار", "ar", "2025-12-01T09:00:00+00:00", "عنوان & خبر"]


def test_nothing_to_name_is_still_a_document() -> None:
    for render in (render_sitemap, render_index, render_news):
        assert len(etree.fromstring(render([]))) == 0
