"""Pictures on pages and in feeds: derived sizes, and the original only where there are none."""

import re
from dataclasses import replace

import pytest

from factories import NOW, article, inside, site
from feedservice.domain.model import Article, Media
from feedservice.feeds import build, pictures
from feedservice.feeds.build_page import article_page
from feedservice.feeds.link_context import LinkContext
from feedservice.feeds.structured_data import news_article

DIGEST = "0123456789abcdef0123"
PHOTO = Media(
    src="media/a b.jpg", media_type="image/jpeg", width=6000, height=4000, digest=DIGEST, alt='"و"'
)
DRAWING = Media(src="media/d.svg", media_type="image/svg+xml")
SRC = inside("media", "a b.jpg", attribute="src")
MADE = f"/pictures/{DIGEST}"


def on_page(found: Article) -> str:
    around = LinkContext(site=site(), base_url="", now=NOW)
    base_url = "https://news.example/base"
    page = article_page(found, around, base_url=base_url, last_modified=None, good_until=None)
    return page.html


def in_feed(found: Article) -> str:
    around = LinkContext(site=site(), base_url="https://news.example", now=NOW)
    return build.item(found, around).html


@pytest.mark.parametrize(
    ("picture", "path", "media_type", "size"),
    [
        (PHOTO, f"{MADE}/1600/a%20b.jpg", "image/jpeg", (1600, 1067)),
        (replace(PHOTO, width=900, height=600), f"{MADE}/900/a%20b.jpg", "image/jpeg", (900, 600)),
        (
            replace(PHOTO, media_type="image/avif"),
            f"{MADE}/1600/a%20b.jpg.webp",
            "image/webp",
            (1600, 1067),
        ),
        (replace(PHOTO, digest=""), "/media/a%20b.jpg", "image/jpeg", (6000, 4000)),
    ],
)
def test_other_sites_are_given_the_widest_that_says_nothing_of_its_place(
    picture: Media, path: str, media_type: str, size: tuple[int, int]
) -> None:
    around = LinkContext(site=site(), base_url="", now=NOW)
    base_url = "https://news.example/base"
    page = article_page(
        article(image=picture), around, base_url=base_url, last_modified=None, good_until=None
    )
    assert page.image
    assert (page.image.media_type, page.image.alt) == (media_type, picture.alt)
    assert news_article(page)["image"] == [
        {
            "@type": "ImageObject",
            "url": page.image_url,
            "width": size[0],
            "height": size[1],
            "caption": picture.alt,
        }
    ]
    assert page.image_url == f"{base_url}{path}"


def test_a_body_shows_its_pictures_in_the_size_that_fits() -> None:
    html = on_page(article(html=f'<p>نص <img{SRC} alt="a > b"></p>', pictures=(PHOTO,)))
    widths = (480, 960, 1600)
    choice = ", ".join(f"/base{MADE}/{width}/a%20b.jpg.webp {width}w" for width in widths)
    assert html == (
        f'<p>نص <picture><source type="image/webp" srcset="{choice}" sizes="{pictures.TEXT}">'
        f'<img src="/base{MADE}/960/a%20b.jpg" alt="a > b" width="6000" height="4000" '
        'loading="lazy" decoding="async"></picture></p>'
    )


def test_what_the_editor_says_of_a_size_stays() -> None:
    html = on_page(article(html=f'<img{SRC} width="300">', pictures=(PHOTO,)))
    assert (html.count('width="'), html.count('height="')) == (1, 0)


def test_what_no_smaller_ones_are_made_of_is_shown_as_it_is() -> None:
    drawing = inside("media", "d.svg", attribute="src")
    html = on_page(
        article(html=f'<img{drawing}><img src="https://other.example/x.jpg">', pictures=(DRAWING,))
    )
    assert re.findall('src="([^"]*)"', html) == ["/base/media/d.svg", "https://other.example/x.jpg"]
    assert html.count('loading="lazy"') == 2
    assert "<picture" not in html


@pytest.mark.parametrize(
    ("picture", "src"),
    [
        (PHOTO, f"{MADE}/1600/a%20b.jpg"),
        (replace(PHOTO, width=1200, height=800), f"{MADE}/1200/a%20b.jpg"),
        (replace(PHOTO, media_type="image/avif"), f"{MADE}/1600/a%20b.jpg.webp"),
        (DRAWING, "/media/d.svg"),
    ],
)
def test_the_lead_opens_the_full_text_of_an_entry(picture: Media, src: str) -> None:
    found = article(html="<p>نص</p>", image=replace(picture, caption="ش & ح", credit="من"))
    html = in_feed(found)
    assert f'<figure><img src="https://news.example{src}"' in html
    assert html.index("<figure>") < html.index("<p>نص")
    assert "<figcaption>ش &amp; ح – من</figcaption></figure>" in html
    item = build.item(found, LinkContext(site=site(), base_url="https://news.example", now=NOW))
    assert item.image
    assert "/media/" in item.image.url


@pytest.mark.parametrize(
    ("html", "is_there"),
    [
        (f"<p><img{SRC}></p><p>نص</p>", False),
        (f"\n<figure><a href='#x'><img{SRC}></a></figure>", False),
        (f"<p>نص <img{SRC}></p>", True),
        (f'<p><img src="https://other.example/a.jpg"><img{SRC}></p>', True),
        ("<p>نص</p>", True),
        ("", True),
    ],
)
def test_the_lead_is_shown_once(html: str, is_there: bool) -> None:
    assert ("<figure><img src" in in_feed(article(html=html, image=PHOTO))) is is_there


def test_the_lead_of_another_host_is_shown_once() -> None:
    lead = Media(src="https://other.example/ص.jpg")
    shown = '<p><img src="https://other.example/%D8%B5.jpg"></p>'
    assert "<figure>" not in in_feed(article(html=shown, image=lead))
    assert '<figure><img src="https://other.example/%D8%B5.jpg" alt=""></figure>' in in_feed(
        article(html="<p>نص</p>", image=lead)
    )
