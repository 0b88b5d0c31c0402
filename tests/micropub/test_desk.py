"""What becomes of a request: files of the content folder, written whole, never over another's."""

import errno
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from factories import write_article
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import Changed, SourceUnavailable
from feedservice.i18n import _
from feedservice.micropub import beside, done, work
from feedservice.micropub.actions import Refused
from feedservice.micropub.done import Done
from feedservice.micropub.tokens import Token
from micropub_desk import TOKEN, URL, Newsroom, picture
from poison import poisonable


@pytest.fixture
def newsroom(content: Path) -> Newsroom:
    return Newsroom(content)


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it has so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    made = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        made += struct.pack(">I", len(data)) + kind + data
        made += struct.pack(">I", zlib.crc32(kind + data))
    return made


def test_an_entry_becomes_a_file_of_ours(newsroom: Newsroom) -> None:
    done = newsroom.create(
        name=["عنوان: خبر"],
        summary=["جملة."],
        content=["نص **مهم**\n\nثان"],
        category=["اقتصاد", "حلب", "الشمال، سورية", "field"],
        published=["2026-01-14T10:30:15+01:00"],
        photo=[
            {"value": "https://news.example/media/a.jpg", "alt": "ما في الصورة"},
            {"value": "https://x.example/b.jpg", "alt": "أخرى [ثانية]"},
        ],
        audio=["https://news.example/media/%D8%AD.mp3"],
        mp_slug=["Khabar 1"],
        in_reply_to=["https://x.example/"],
    )
    assert newsroom.text("economy/khabar-1.md") == (
        "---\n"
        'title: "عنوان: خبر"\n'
        "date: 2026-01-14 12:30:15\n"
        "id: tag:news.example,2025:khabar-1\n"
        "author: desk\n"
        "category: [economy, field]\n"
        "tags: [حلب, الشمال سورية]\n"
        "summary: جملة.\n"
        "image: {src: media/a.jpg, alt: ما في الصورة}\n"
        "media: [media/ح.mp3]\n"
        "---\n\n"
        "نص **مهم**\n\nثان\n\n"
        "![أخرى \\[ثانية\\]](<https://x.example/b.jpg>)\n"
    )
    assert (done.url, done.is_new, done.is_public) == (f"{URL}khabar-1", True, True)
    assert done.ignored == ("in-reply-to",)
    assert any("media/a.jpg" in told for told in done.warnings)


def test_html_becomes_markdown_and_what_has_no_title_gets_one(newsroom: Newsroom) -> None:
    html = '<p>أول <b>مهم</b><script>x</script></p><img src="https://news.example/media/a.jpg">'
    newsroom.create(content=[{"html": html}], post_status=["draft"], mp_slug=["x"])
    text = newsroom.text("field/x.md")
    assert "title: أول مهم\n" in text
    assert "status: draft\n" in text
    assert text.endswith("\n---\n\nأول **مهم**\n\n![](media/a.jpg)\n")


def test_draft_and_scheduled_are_not_public(newsroom: Newsroom) -> None:
    assert not newsroom.create(name=["أ"], post_status=["draft"]).is_public
    assert not newsroom.create(name=["ب"], published=["2026-02-01"]).is_public
    assert "summary" not in newsroom.text("field/2026-01-15-أ.md")
    assert newsroom.text("field/2026-01-15-أ.md").endswith("---\n\nأ\n")


def test_a_slug_that_exists_gets_a_number_and_nothing_is_overwritten(newsroom: Newsroom) -> None:
    kept = write_article(newsroom.content, "economy/x.md").read_bytes()
    newsroom.names["x-2"] = "field/other.md"
    newsroom.ids.add("tag:news.example,2025:x-3")
    slugs = [newsroom.create(name=[name], mp_slug=["x"]).url for name in "أب"]
    assert slugs == [f"{URL}x-4", f"{URL}x-5"]
    assert (newsroom.content / "economy/x.md").read_bytes() == kept
    assert newsroom.create(name=["أ"], mp_slug=["readme"]).url == f"{URL}readme-2"


def test_an_entry_that_is_sent_again_is_one_article(newsroom: Newsroom) -> None:
    def sent(newsroom: Newsroom, token: Token = TOKEN) -> Done:
        return newsroom.create(("photo", "a.jpg", picture()), token=token, name=["أ"])

    with ThreadPoolExecutor(4) as workers:
        [first, *others] = workers.map(sent, [newsroom] * 4)
    assert others == [first] * 3
    (newsroom.content / first.path).write_text("---\ntitle: ب\n---\n", encoding="utf-8")
    another_process = Newsroom(newsroom.content)
    assert sent(another_process) == first
    assert len(newsroom.written()) == 2
    (newsroom.content / first.path).unlink()
    assert sent(newsroom) == first
    assert newsroom.text(first.path).startswith("---\ntitle: أ\n")
    assert sent(newsroom, replace(TOKEN, digest="0")) != first
    newsroom.now += done.KEPT
    assert sent(newsroom) == first
    newsroom.now += timedelta(seconds=1)
    assert sent(newsroom) != first


def test_entries_that_were_sent_are_kept_within_bounds(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(done, "MOST", 2)
    for number in range(5):
        newsroom.create(name=[f"خبر {number}"])
        newsroom.now += timedelta(seconds=1)
    kept = newsroom.content.parent / "state" / "done"
    assert len([*kept.iterdir()]) == 3
    next(kept.iterdir()).write_bytes(b"[1")  # a disk that was full, say
    newsroom.create(name=["خبر 4"])
    assert newsroom.create(name=["خبر 4"]).url == newsroom.create(name=["خبر 4"]).url


def test_an_entry_that_content_has_not_followed_yet_is_made_once(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[str] = []

    def put(path: str, *_given: object) -> None:
        if path in there:
            raise Changed(path)
        there.append(path)

    monkeypatch.setattr(newsroom.desk._store, "put", put)
    assert newsroom.create(name=["أ"]) == newsroom.create(name=["أ"])
    assert len(there) == 1


def test_a_file_that_appears_meanwhile_stays(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = work.new_file

    def late(files: ContentFiles, draft: work.Draft, slug: str, *rest: Any) -> work.Checked:
        if slug == "x":
            write_article(newsroom.content, "field/x.md", title="لغيره")
        return made(files, draft, slug, *rest)

    monkeypatch.setattr(work, "new_file", late)
    assert newsroom.create(name=["أ"], mp_slug=["x"]).url == f"{URL}x-2"
    assert "لغيره" in newsroom.text("field/x.md")


@pytest.mark.parametrize(
    "slug", ["../../etc/passwd", "/etc/passwd", "..", "a\0b", "C:\\x", "ش" * 999]
)
def test_a_slug_leads_nowhere_else(newsroom: Newsroom, slug: str) -> None:
    newsroom.create(name=["أ"], mp_slug=[slug])
    (path,) = newsroom.written()
    assert path.startswith("field/")
    assert len(Path(path).name.encode()) < 255


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({}, "words"),
        ({"content": [""]}, "words"),
        ({"name": ["<b>x</b>"]}, "HTML"),
        ({"name": ["x"], "published": ["31/02/2026"]}, "no such date"),
        ({"name": ["x"], "published": ["05/01/2024"]}, "can be read as"),
        ({"name": ["x", "y"]}, "one value"),
        ({"name": ["x"], "visibility": ["private"]}, "public"),
        ({"name": ["x"], "post_status": ["secret"]}, "published or draft"),
        ({"name": ["x"], "content": [{"html": "<div>" * 5000}]}, "nested"),
        ({"name": ["x"], "photo": ["javascript:alert(1)"]}, "media/"),
        ({"name": ["x"], "photo": ["media/../site.yaml"]}, "media/"),
        ({"name": ["x"], "content": ["ن" * 3_000_000]}, "bytes"),
    ],
)  # fmt: skip
def test_what_would_not_be_published_is_not_written(
    newsroom: Newsroom, properties: dict[str, Any], told: str
) -> None:
    with pytest.raises(Refused) as refused:
        newsroom.create(("photo", "a.jpg", picture()), **properties)
    assert refused.value.status == 400
    assert told in str(refused.value.description)
    assert newsroom.written() == []


def test_files_that_come_with_an_entry_lie_below_their_digests(newsroom: Newsroom) -> None:
    done = newsroom.create(
        ("photo", "IMG 1.PNG", picture()), ("photo", "b.png", picture(5)), name=["أ"], mp_slug=["x"]
    )
    first, second = [path for path in newsroom.written() if path.startswith("media/")]
    assert {Path(first).suffix, Path(second).suffix} == {".jpg"}
    text = newsroom.text("field/x.md")
    assert first in text
    assert second in text
    assert not any("media/" in told for told in done.warnings)


def test_a_file_that_is_sent_twice_is_one(newsroom: Newsroom) -> None:
    url = newsroom.desk.upload(picture(), "a.jpg", TOKEN)
    assert url == newsroom.desk.upload(picture(), "b.png", TOKEN)
    assert url.startswith("https://news.example/media/uploads/")
    assert len(newsroom.written()) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.jpg"), (b"\xff\xd8\xff\xe0" + bytes(100), "a.jpg"), (bomb(60_000, 60_000), "a.png"),
        (b"<!doctype html><script>", "a.pdf"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
        (b"MZ", "a.exe"), (b"text", ""), (b"#!/bin/sh", "../../x.sh"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_a_known_type_is_refused(
    newsroom: Newsroom, data: bytes, name: str
) -> None:
    with pytest.raises(Refused) as refused:
        newsroom.desk.upload(data, name, TOKEN)
    assert refused.value.status == 400
    assert newsroom.written() == []


def test_recordings_and_documents_are_known_by_their_names(newsroom: Newsroom) -> None:
    assert newsroom.desk.upload(b"ID3" + bytes(200), "a.mp3", TOKEN).endswith(".mp3")
    assert newsroom.desk.upload(b"%PDF-1.7\n" + bytes(99), "A.PDF", TOKEN).endswith(".pdf")


EDITED = """\
---
# تعليق
title: قديم
date: 2026-01-10 09:00
tags: [أ, ب]   # وسوم
# قبل الصورة
image: {src: media/a.jpg, alt: وصف, credit: المكتب}
expires: 2027-01-01
---

نص.
"""


@pytest.fixture
def old(newsroom: Newsroom) -> Newsroom:
    path = newsroom.content / "field" / "old.md"
    path.parent.mkdir()
    path.write_text(EDITED, encoding="utf-8")
    newsroom.names["old"] = "field/old.md"
    return newsroom


def test_the_source_of_an_article(old: Newsroom) -> None:
    told, version = old.desk.source(f"{URL}old", [])
    assert told == {
        "type": ["h-entry"],
        "properties": {
            "name": ["قديم"],
            "content": ["نص."],
            "published": ["2026-01-10T09:00:00+03:00"],
            "category": ["أ", "ب"],
            "photo": [{"value": "https://news.example/media/a.jpg", "alt": "وصف"}],
            "post-status": ["published"],
        },
    }
    assert old.desk.source(f"{URL}old", ["name", "x"]) == (
        {"properties": {"name": ["قديم"]}},
        version,
    )


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        ({"replace": {"name": ["جديد"]}}, "title: قديم\n", "title: جديد\n"),
        ({"replace": {"content": ["آخر\n"]}}, "\nنص.\n", "\nآخر\n"),
        (
            {"add": {"category": ["ب", "ج", "اقتصاد"]}},
            "tags: [أ, ب]   # وسوم\n# قبل الصورة\nimage: {src: media/a.jpg, alt: وصف, credit: المكتب}\n"
            "expires: 2027-01-01\n",
            "tags: [أ, ب, ج]\n# قبل الصورة\nimage: {src: media/a.jpg, alt: وصف, credit: المكتب}\n"
            "expires: 2027-01-01\ncategory: [economy]\n",
        ),
        ({"delete": {"category": ["أ"]}}, "tags: [أ, ب]   # وسوم\n", "tags: [ب]\n"),
        ({"delete": ["category"]}, "tags: [أ, ب]   # وسوم\n", ""),
        (
            {"replace": {"photo": [{"value": "https://news.example/media/a.jpg", "alt": "آخر"}]}},
            "alt: وصف",
            "alt: آخر",
        ),
        ({"delete": {"photo": ["https://news.example/media/a.jpg"]}},
         "image: {src: media/a.jpg, alt: وصف, credit: المكتب}\n", ""),
        ({"add": {"summary": ["جملة"]}}, "2027-01-01\n", "2027-01-01\nsummary: جملة\n"),
        ({"replace": {"post-status": ["draft"]}}, "2027-01-01\n", "2027-01-01\nstatus: draft\n"),
        ({"replace": {"published": ["2026-01-10T08:00:00+03:00"]}}, "10 09:00", "10 08:00"),
        ({"add": {"syndication": ["https://x.example"]}}, "", ""),
        ({"replace": {"name": ["قديم"]}}, "", ""),
    ],
)  # fmt: skip
def test_an_update_changes_what_it_names_and_no_other_byte(
    old: Newsroom, asked: dict[str, Any], before: str, after: str
) -> None:
    done = old.change("old", **asked)
    assert old.text("field/old.md") == EDITED.replace(before, after)
    assert done.url == f"{URL}old"
    assert done.is_other == (before != after)


@pytest.mark.parametrize(
    "asked",
    [
        {"delete": ["name"]}, {"delete": ["published"]}, {"replace": {"published": ["2026-02-31"]}},
        {"add": {"name": ["ثان"]}}, {"replace": {"post-status": ["gone"]}}, {"replace": {"name": ["<i>"]}},
        {"replace": {"content": [""]}, "delete": ["summary"]},
    ],
)  # fmt: skip
def test_an_update_that_would_hold_the_article_back_is_refused(
    old: Newsroom, asked: dict[str, Any]
) -> None:
    with pytest.raises(Refused):
        old.change("old", **asked)
    assert old.text("field/old.md") == EDITED


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/articles/old", f"{URL}none", f"{URL}../site.yaml", f"{URL}old/x", "old", "",
        "https://news.example/", "https://news.example:99999/articles/old", f"{URL}%2e%2e%2fsite", f"{URL}a%00",
    ],
)  # fmt: skip
def test_an_address_that_no_article_is_at(old: Newsroom, url: str) -> None:
    with pytest.raises(Refused, match="400"):
        old.desk.source(url, [])


def test_an_article_that_the_index_does_not_know_yet_is_found_by_its_file(
    newsroom: Newsroom,
) -> None:
    done = newsroom.create(name=["أ"], category=["تراث"])
    assert newsroom.desk.source(done.url, ["name"])[0] == {"properties": {"name": ["أ"]}}


def test_two_editors_at_once_the_second_is_told(
    old: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    _told, version = old.desk.source(f"{URL}old", [])
    old.change("old", version, replace={"name": ["الأول"]})
    with pytest.raises(Refused) as refused:
        old.change("old", version, replace={"name": ["الثاني"]})
    assert refused.value.status == 412
    made = work.changed_file

    def late(files: ContentFiles, path: str, *rest: Any) -> work.Checked:
        checked = made(files, path, *rest)
        (old.content / path).write_text("another's", encoding="utf-8")
        return checked

    monkeypatch.setattr(work, "changed_file", late)
    with pytest.raises(Refused) as refused:
        old.change("old", replace={"name": ["الثاني"]})
    assert refused.value.status == 412
    assert old.text("field/old.md") == "another's"


def test_an_article_that_was_public_is_withdrawn_and_brought_back(old: Newsroom) -> None:
    assert not old.turn("delete", "old").is_public
    withdrawn = EDITED.replace(
        "2027-01-01\n", "2027-01-01\nstatus: withdrawn\nupdated: 2026-01-15 15:00\n"
    )
    assert old.text("field/old.md") == withdrawn
    assert not old.turn("delete", "old").is_other
    with pytest.raises(Refused, match="400"):
        old.change("old", replace={"post-status": ["published"]})
    assert old.turn("undelete", "old").is_public
    assert old.text("field/old.md") == withdrawn.replace("status: withdrawn\n", "")
    assert not old.turn("undelete", "old").is_other


def test_what_was_never_public_is_withdrawn_as_a_draft(newsroom: Newsroom) -> None:
    url = newsroom.create(name=["أ"], published=["2026-02-01"], mp_slug=["x"]).url
    newsroom.turn("delete", url.removeprefix(URL))
    text = newsroom.text("field/x.md")
    assert "status: draft\n" in text
    assert "updated" not in text
    assert not newsroom.turn("undelete", "x").is_public


def test_permissions_and_line_ends_of_a_file_stay(old: Newsroom) -> None:
    path = old.content / "field" / "old.md"
    path.write_bytes(EDITED.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    old.change("old", replace={"name": ["جديد"]})
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == EDITED.replace("قديم", "جديد").replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.EROFS, "read-only"), "the disk is read-only"),
        (SourceUnavailable(_("git: away")), "git: away"),
    ],
)
def test_what_cannot_be_written_is_told_and_can_be_sent_again(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def refuse(*_given: object) -> None:
        raise error

    monkeypatch.setattr(newsroom.desk._store, "put", refuse)
    with pytest.raises(Refused) as refused:
        newsroom.create(name=["أ"])
    assert (refused.value.status, refused.value.error) == (503, "temporarily_unavailable")
    assert told in str(refused.value.description)


@pytest.mark.usefixtures(poisonable.__name__)
def test_what_ends_the_process_that_reads_it_is_refused() -> None:
    with beside.child() as ask:
        with pytest.raises(Refused, match="400"):
            ask("upload", picture() + b"POISON-CRASH", "a.jpg")
        assert ask("upload", picture(), "a.jpg").endswith(".jpg")
