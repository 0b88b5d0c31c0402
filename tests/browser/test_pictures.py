"""A front page of photographs on a phone: small, still, and whole at every moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Request

from browser_site import served
from factories import write_article
from feedservice.content.derived_files import DerivedFiles
from feedservice.content.deriving_process import derived
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Media
from waiting import comes_true

MOST = 400 * 1024
CARDS = 12
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
SITE = """\
title: صحيفة الصور
base_url: https://news.example
id: tag:news.example,2026
categories: [{slug: field, name: ميداني}]
"""
SHIFTS = """() => new Promise(told => new PerformanceObserver(list => told(
    list.getEntries().reduce((sum, each) => sum + each.value, 0)
  )).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => told(0), 300))"""
SHOWN = """() => [...document.querySelectorAll('img')]
    .filter(each => each.getBoundingClientRect().top < innerHeight)
    .map(each => [each.complete, each.naturalWidth, each.currentSrc])"""
ALL_SHOWN = f"({SHOWN})().every(([complete, width]) => complete && width)"


def photograph() -> Image.Image:
    """As much detail at every size as a photograph of a crowd has, in 24 million pixels."""
    size = (1500, 1000)
    picture = Image.new("RGB", size, "grey")
    for width in (4, 12, 40, 120, 400, 1500):
        grains = [Image.effect_noise((width, width * 2 // 3), 120) for _ in range(3)]
        layer = Image.merge("RGB", grains).resize(size, Image.Resampling.BICUBIC)
        picture = Image.blend(picture, layer, 0.3)
    return picture.resize((6000, 4000), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    media = folder / "content" / "media"
    media.mkdir(parents=True)
    (folder / "content" / "site.yaml").write_text(SITE, encoding="utf-8")
    photograph().save(media / "0.jpg", quality=90)
    data = (media / "0.jpg").read_bytes()
    assert len(data) > 3_000_000
    for number in range(CARDS):
        # Behind a picture's end: other files, the same pixels.
        (media / f"{number}.jpg").write_bytes(data + bytes(number))
        write_article(
            folder / "content",
            f"field/{number}.md",
            f"![صورة](media/{number}.jpg)\n\nنص المقال.\n\n![رسم](media/drawing.svg)",
            title=f"عنوان من كلمات قليلة {number}",
            summary="جملة تقول ما في المقال. " * 3,
            date=f"2026-10-{number + 1:02}",
            image=f"{{src: media/{number}.jpg, alt: صورة}}",
        )
    (media / "drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder, "2026-11-01 12:00") as address:
        yield address


def make_all(folder: Path) -> None:
    kept, files = DerivedFiles(folder / "pictures"), ContentFiles(folder / "content")
    measured = [files.measure(Media(src=f"media/{number}.jpg")) for number in range(CARDS)]
    assert measured[0]
    made = derived(files, "media/0.jpg", measured[0].digest)
    for each in measured:
        assert each
        if not kept.has(each.digest):
            kept.put(each.digest, made)


def test_a_picture_that_is_not_made_yet_is_no_hole(browser: Browser, address: str) -> None:
    page = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/articles/0", wait_until="load")
    assert comes_true(lambda: page.evaluate("document.querySelector('.lead img').complete"))
    complete, width, src = page.evaluate(SHOWN)[0]
    assert (complete, width > 0) == (True, True)
    assert "/pictures/" in src
    page.context.close()


@pytest.mark.parametrize("scale", [2, 3])
def test_a_phones_front_page_is_under_400_kilobytes(
    browser: Browser, folder: Path, address: str, scale: int
) -> None:
    make_all(folder)
    page = browser.new_context(**PHONE | {"device_scale_factor": scale}).new_page()  # type: ignore[arg-type]
    asked: list[Request] = []

    def note(request: Request) -> None:  # Playwright sets attributes of what it calls
        asked.append(request)

    page.on("requestfinished", note)
    page.goto(address)
    page.evaluate("scrollTo(0, innerHeight)")
    assert comes_true(lambda: page.evaluate(ALL_SHOWN))
    sizes = [(each.url, each.sizes()) for each in asked]
    pictures = {url for url, _ in sizes if "/pictures/" in url}
    assert not [url for url, _ in sizes if "/media/" in url]
    assert all(url.endswith(".webp") for url in pictures)
    assert 3 <= len(pictures) < CARDS, "what is seen, and not all that there are"
    total = sum(size["responseBodySize"] + size["responseHeadersSize"] for _, size in sizes)
    assert total < MOST, sizes
    assert page.evaluate(SHIFTS) == 0
    page.context.close()


def test_nothing_moves_in_an_article(browser: Browser, folder: Path, address: str) -> None:
    make_all(folder)
    page = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/articles/3", wait_until="networkidle")
    page.keyboard.press("End")
    assert comes_true(lambda: page.evaluate("[...document.images].every(each => each.complete)"))
    assert page.evaluate(SHIFTS) == 0
    lead = page.locator(".lead img")
    assert lead.get_attribute("fetchpriority") == "high"
    assert lead.get_attribute("loading") is None
    inside = page.locator(".prose img")
    assert [each.get_attribute("loading") for each in inside.all()] == ["lazy", "lazy"]
    assert (inside.first.get_attribute("width"), inside.first.get_attribute("height")) == ("6000", "4000")  # fmt: skip
    page.context.close()
