"""Pictures and recordings: into media/ where they can be, else they stay where they are, and are
told."""

from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from PIL import Image

from feedservice.i18n import LANGUAGES, render
from feedservice.importing.import_report import ImportReport
from feedservice.importing.media import AT_A_TIME, NotDownloaded, kind_of, name_of
from feedservice.importing.remarks import REASONS, describe, remark
from import_sources import Run, item, rss


def picture(form: str = "PNG") -> bytes:
    stream = BytesIO()
    Image.new("RGB", (2, 2), "teal").save(stream, form)
    return stream.getvalue()


MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 64


class Web:
    """Files by their addresses; remembers what was asked for."""

    def __init__(self, **files: bytes) -> None:
        self.files = {
            f"https://old.example/{name.replace('_', '.')}": data for name, data in files.items()
        }
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.files:
            raise NotDownloaded("fetch")
        return self.files[url]


def reasons(report: ImportReport) -> list[str]:
    return [remark.facts["reason"] for remark in report.remarks]


def brought(content: Path) -> list[str]:
    return sorted(path.relative_to(content).as_posix() for path in (content / "media").rglob("*.*"))


def test_picture_enclosure_and_body_pictures_are_fetched_once(run: Run, content: Path) -> None:
    web = Web(a_png=picture(), b_mp3=MP3)
    body = '<![CDATA[<p>نص <img src="/a.png" alt="بيت"></p>]]>'
    media = '<media:content url="https://old.example/a.png" type="image/png"/><enclosure url="https://old.example/b.mp3" type="audio/mpeg" length="9"/>'
    report = run(
        rss(item(1, description=body) + media, item(2, description=body)),
        category="field",
        download=web,
    )
    names = brought(content)
    assert [name.rpartition(".")[2] for name in names] == ["png", "mp3"]
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert f"image: {names[0]}\nmedia: [{names[1]}]\n" in text
    assert f"![بيت]({names[0]})" in text
    assert sorted(web.asked) == ["https://old.example/a.png", "https://old.example/b.mp3"]
    assert (report.media, report.remarks) == (2, [])


def test_a_picture_of_blogger_comes_whole_or_stays_as_it_was_shown(run: Run, content: Path) -> None:
    at, gone = "https://1.bp.blogspot.com/-a/b", "https://1.bp.blogspot.com/-c/d/w320-h200/x.png"
    web = Web()
    web.files[f"{at}/s1600/x.png"] = picture()
    body = f'<![CDATA[<p>نص <img src="{at}/s320/x.png" alt=""> <img src="{gone}" alt=""></p>]]>'
    media = f'<media:thumbnail url="{at}/s72-c/x.png"/>'
    report = run(rss(item(1, description=body) + media), category="field", download=web)
    (name,) = brought(content)
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert f"image: {name}\n" in text
    assert f"![]({name}) ![]({gone})" in text
    assert report.media == 1


@pytest.mark.parametrize("is_there", [True, False])
def test_a_picture_of_blogger_that_many_articles_show_is_asked_for_once(
    run: Run, *, is_there: bool
) -> None:
    web, logo = Web(), "https://blogger.googleusercontent.com/img/a/AVlogo"
    if is_there:
        web.files[f"{logo}=s1600"] = picture()
    shown = f'<![CDATA[<p>نص <img src="{logo}=s320"> <img src="{logo}=s72-c"></p>]]>'
    run(
        rss(*(item(n, title=f"خبر {n}", description=shown) for n in range(1, 20))),
        category="field",
        download=web,
    )
    assert web.asked == [f"{logo}=s1600"]


def test_a_dry_run_fetches_nothing(run: Run) -> None:
    web = Web(a_png=picture())
    assert (
        run(
            rss(item(1, description='<![CDATA[<img src="/a.png">]]>')),
            category="field",
            download=web,
            write=False,
        ).media
        == 1
    )
    assert web.asked == []


def test_a_dry_run_asks_what_files_weigh_and_tells_the_dead(run: Run) -> None:
    sizes = {"/a.png": 1000, "/b.png": None, "/c.png": 500}

    def weigh(url: str) -> int | None:
        path = url.removeprefix("https://old.example")
        if path not in sizes:
            raise NotDownloaded("fetch")
        return sizes[path]

    shown = "".join(f'<img src="{path}">' for path in (*sizes, "/dead.png", "/a.png"))
    source = rss(item(1, description=f"<![CDATA[{shown}]]>"))
    report = run(source, category="field", download=Web(), weigh=weigh, write=False)
    assert report.media == 4
    assert (report.estimate.told, report.estimate.size) == (2, 1500)
    assert [each.facts["value"] for each in report.remarks] == ["https://old.example/dead.png"]


def test_a_host_that_was_given_up_is_told_once_in_a_dry_run(run: Run) -> None:
    def weigh(url: str) -> int | None:
        raise NotDownloaded("silent")

    hosts = ("https://a.example", "https://b.example")
    shown = "".join(f'<img src="{host}/{n}.png">' for n in range(9) for host in hosts)
    source = rss(item(1, description=f"<![CDATA[{shown}]]>"))
    report = run(source, category="field", download=Web(), weigh=weigh, write=False)
    assert [each.facts["value"] for each in report.remarks] == [f"{host}/0.png" for host in hosts]


def test_a_second_import_does_not_fetch_what_lies_there(run: Run) -> None:
    web = Web(a_png=picture())
    body = '<![CDATA[<img src="/a.png">]]>'
    run(rss(item(1, description=body)), category="field", download=web)
    run(rss(item(1, description=body), item(2, description=body)), category="field", download=web)
    assert len(web.asked) == 1


def test_four_files_are_fetched_at_a_time(run: Run, content: Path) -> None:
    together = Barrier(AT_A_TIME, timeout=60)

    def download(url: str) -> bytes:
        together.wait()  # nobody goes on before four ask
        return picture() + url.encode()

    bodies = (f'<![CDATA[<img src="/{n}.png"><img src="/{n}b.png">]]>' for n in range(1, 5))
    items = (item(n, description=body) for n, body in enumerate(bodies, start=1))
    report = run(rss(*items), category="field", download=download)
    assert (report.media, report.remarks) == (8, [])
    assert len(brought(content)) == 8


def test_one_picture_under_two_addresses_is_one_file(run: Run, content: Path) -> None:
    web = Web(a_png=picture(), b_png=picture())
    body = '<![CDATA[نص <img src="/a.png" alt="ا"> <img src="/b.png" alt="ب">]]>'
    report = run(rss(item(1, description=body)), category="field", download=web)
    (name,) = brought(content)
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert f"![ا]({name}) ![ب]({name})" in text
    assert report.media == 1


@pytest.mark.parametrize(
    ("web", "reason"),
    [
        (Web(), "fetch"),
        (Web(a_png=b"<!DOCTYPE html><p>not here"), "type"),
        (Web(a_png=b""), "type"),
        (None, "unasked"),
    ],
    ids=["absent", "a page", "empty", "not asked for"],
)
def test_what_cannot_come_stays_at_its_address_and_is_told(
    run: Run, content: Path, web: Web | None, reason: str
) -> None:
    report = run(
        rss(item(1, description='<![CDATA[نص <img src="/a.png" alt="ا">]]>')),
        category="field",
        download=web,
    )
    assert "![ا](https://old.example/a.png)" in (content / "field" / "post-1.md").read_text(
        encoding="utf-8"
    )
    assert reasons(report) == [reason]
    assert not (content / "media").exists()


def test_a_picture_is_named_by_what_it_is(run: Run, content: Path) -> None:
    run(
        rss(item(1, description='<![CDATA[<img src="/a.jpg"><img src="/b.php">]]>')),
        category="field",
        download=Web(a_jpg=picture("WEBP"), b_php=picture()),
    )
    assert [name.rpartition(".")[2] for name in brought(content)] == ["webp", "png"]


def test_names_are_safe_whatever_the_address() -> None:
    for address in (
        "https://x.example/../../etc/passwd",
        "https://x.example/.htaccess",
        "https://x.example/" + "ص" * 300 + ".png",
        "https://x.example/a.php",
        "https://x.example/_x.jpg",
    ):
        name = name_of(address)
        assert "/" not in name
        assert not name.startswith((".", "_"))
        assert len(name.encode()) < 200
        assert not name.endswith(".php")
    assert name_of("https://x.example/1/a.png") != name_of("https://x.example/2/a.png")


def test_no_page_passes_for_a_picture() -> None:
    assert kind_of(b"\n<html>", ".png") == ""
    assert kind_of(picture(), ".html") == "image/png"
    assert kind_of(b"#!/bin/sh\n", ".sh") == ""


def test_a_symlink_in_the_content_folder_leads_nothing_out(
    run: Run, content: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (content / "media").symlink_to(tmp_path / "outside")
    with pytest.raises(NotADirectoryError):
        run(
            rss(item(1, description='<![CDATA[<img src="/a.png">]]>')),
            category="field",
            download=Web(a_png=picture()),
        )
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_told_in_both_languages(reason: str, language: str) -> None:
    told, remedy = describe(remark("media-remote", "-", value="x", reason=reason), language)
    assert render(REASONS[reason], language) in told
    assert "media/" in remedy
