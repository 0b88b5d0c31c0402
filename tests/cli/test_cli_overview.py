"""The commands that show a site to its editors: status, preview."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from factories import SITE_YAML, write_article
from feedservice.cli.preview import has_display
from feedservice.domain.model import Problem, Template
from feedservice.service import wiring
from feedservice.service.gauges import IndexGauges
from feedservice.settings import Settings
from service_process import Site, free_port
from waiting import PATIENCE, comes_true


def test_status_tells_what_comes_ends_and_is_broken(
    content: Path, process: Callable[..., Any]
) -> None:
    write_article(content, "field/a.md", expires="2090-01-01")
    write_article(content, "field/later.md", date="2089-01-01")
    write_article(content, "field/draft.md", status="draft")
    write_article(content, "field/gone.md", status="withdrawn", updated="2026-01-02")
    broken = write_article(content, "field/b.md")
    table = process("status")
    assert "field/later.md" in table.stdout
    broken.write_text("---\ntitle: x\n", encoding="utf-8")
    (content / "field" / "n.md.txt").write_text("نص", encoding="utf-8")
    assert "field/n.md.txt" in process("status").stdout
    told = json.loads(process("status", "--format", "json").stdout)
    assert told["passed_over"] == [{"path": "field/n.md.txt", "code": "file-name"}]
    names = {
        key: [each["slug"] for each in told[key]]
        for key in ("scheduled", "expiring", "withdrawn", "drafts")
    }
    assert names == {
        "scheduled": ["later"],
        "expiring": ["a"],
        "withdrawn": ["gone"],
        "drafts": ["draft"],
    }
    assert told["published"] == 2
    assert [(each["path"], each["code"], each["stays"]["slug"]) for each in told["broken"]] == [
        ("field/b.md", "front-matter-open", "b")
    ]


def test_status_tells_what_is_gone_and_still_published(
    content: Path, process: Callable[..., Any]
) -> None:
    files = [write_article(content, f"field/a{n}.md") for n in range(4)]
    write_article(content, "economy/b.md")
    assert json.loads(process("status", "--format", "json").stdout)["held"] == []
    for file in files[:3]:
        file.unlink()
    told = json.loads(process("status", "--format", "json").stdout)
    assert (told["held"], told["published"]) == ([f"field/a{n}.md" for n in range(3)], 5)
    assert "--accept-removals" in process("status", "--lang", "en").stdout
    assert "field/a2.md" in process("status").stdout


def test_status_shows_a_person_what_is_next_and_what_was_last_and_a_program_all(
    content: Path, process: Callable[..., Any]
) -> None:
    for n in range(42):
        write_article(content, f"field/next{n:02}.md", date=f"20{40 + n}-01-01")
        write_article(content, f"field/draft{n:02}.md", date=f"19{50 + n}-01-01", status="draft")
    table = process("status", "--lang", "en").stdout
    shown = [[n for n in range(42) if f"{name}{n:02}.md" in table] for name in ("next", "draft")]
    assert shown == [[*range(40)], [*range(2, 42)]]
    assert "more of them: feedservice status --format json" in table
    told = json.loads(process("status", "--format", "json").stdout)
    assert (len(told["scheduled"]), len(told["drafts"])) == (42, 42)


@contextmanager
def preview_of(content: Path, root: Path, *arguments: object, **environment: str) -> Iterator[Site]:
    """A preview in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "feedservice", "preview", str(content), "--port", str(port)]
    with subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=root,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        site = Site(content, root, process, port)
        try:
            assert site.until(lambda: site.get("/preview")[0] == 200)
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def test_status_is_in_the_sites_zone_and_tells_warnings_and_what_is_published_on_request(
    content: Path, process: Callable[..., Any]
) -> None:
    write_article(content, "field/later.md", date="2089-01-01 02:30")
    write_article(content, "field/a.md", title="منشور هنا", related="[none]")
    (content / "field" / "b.md").symlink_to("a.md")
    table = process("status", "--lang", "en").stdout
    assert table.startswith(f"published: 1 · {content}\n")
    for told in ("Asia/Damascus", "2089-01-01 02:30", "warning", "field/a.md:"):
        assert told in table
    assert "منشور هنا" not in table
    (content / "site.yaml").write_text(f"{SITE_YAML}x: y\n", encoding="utf-8")
    arabic = process("status", "--published").stdout
    for told in ("منشور هنا", "معطوب", "site.yaml"):
        assert told in arabic
    told = json.loads(process("status", "--published", "--format", "json").stdout)
    assert [each["slug"] for each in told["published_articles"]] == ["a"]
    assert [each["code"] for each in told["warnings"]] == ["related-unknown"]
    assert [(each["path"], each["code"]) for each in told["broken"]] == [
        ("field/b.md", "file-twice"),
        ("site.yaml", "key-unknown"),
    ]
    assert told["scheduled"][0]["published"] == "2088-12-31T23:30:00+00:00"


@pytest.fixture(scope="module")
def previewing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("previewing")
    content = root / "content"
    content.mkdir()
    (content / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    write_article(content, "field/a.md", title="منشور")
    write_article(content, "field/draft.md", title="مسودة سرية", status="draft")
    write_article(content, "field/later.md", title="من الغد", date="2090-01-01", tags="[ماء]")
    write_article(content, "field/broken.md", date="31/02/2026")
    (content / "field" / "second-name.md").symlink_to("a.md")
    with preview_of(content, root) as site:
        yield site


def test_the_preview_shows_every_article_with_its_state_problems_feeds_and_entries(
    previewing: Site,
) -> None:
    listed = previewing.get("/preview")[1].decode()
    for part in ("منشور", "مسودة سرية", "من الغد", "field/broken.md:3:7", "لا وجود للتاريخ"):
        assert part in listed
    assert "الملف اسم ثانٍ للملف" in listed
    assert "اكتب في هذا الملف" not in listed, "an id for the link would be the article's"
    proof = previewing.get("/preview/articles/later")[1].decode()
    for part in (
        "مجدول",
        "2090",
        "/tags/%D9%85%D8%A7%D8%A1",
        "&lt;guid",
        "&lt;entry",
        "date_published",
    ):
        assert part in proof
    assert "ليس في أي خلاصة" in previewing.get("/preview/articles/draft")[1].decode()
    assert "من الغد" not in previewing.get("/feed.rss")[1].decode()
    assert previewing.get("/preview/articles/none")[0] == 404


def test_the_preview_opens_a_browser_where_there_is_a_display(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md")
    opened, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >> "{opened}"\n', encoding="utf-8")
    browser.chmod(0o700)
    with_display = {"BROWSER": str(browser), "DISPLAY": ":99"}
    with preview_of(content, tmp_path, **with_display) as site:
        assert site.until(opened.exists)
        assert site.until(lambda: opened.read_text("utf-8") == f"{site.url}/preview\n")
    with preview_of(content, tmp_path, "--no-browser", **with_display) as site:
        site.get("/preview/calendar")
    assert len(opened.read_text("utf-8").splitlines()) == 1


def test_without_a_display_no_browser_takes_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        assert not has_display()
        monkeypatch.setenv(name, ":0")
        assert has_display()


def test_the_preview_knows_the_last_good_version_that_the_service_has(
    content: Path, tmp_path: Path, process: Callable[..., Any]
) -> None:
    broken = write_article(content, "field/a.md", title="نص سليم")
    gone = write_article(content, "field/gone.md", title="ذهب")
    write_article(content, "field/b.md", title="الثاني")
    assert process("index").status == 0
    broken.write_text("---\ntitle: عطب\n", encoding="utf-8")
    gone.unlink()
    with preview_of(content, tmp_path) as site:
        assert "الملف معطوب" in site.get("/preview/articles/a")[1].decode()
        assert "نص سليم" in site.get("/preview?state=broken")[1].decode()
        assert site.until(lambda: "ذهب" not in site.get("/preview")[1].decode())


def test_the_preview_notices_a_save(previewing: Site) -> None:
    before = previewing.get("/preview/state")[1]
    write_article(previewing.content, "field/saved.md", title="مسودة معدلة", status="draft")
    assert previewing.until(lambda: previewing.get("/preview/state")[1] != before)
    assert comes_true(
        lambda: "مسودة معدلة" in previewing.get("/preview/articles/saved")[1].decode()
    )


@pytest.mark.parametrize("path", ["/preview", "/feed.json", "/", "/media/none.png", "/none"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::1"])
def test_the_preview_answers_to_no_other_name(previewing: Site, path: str, host: str) -> None:
    request = urllib.request.Request(previewing.url + path, headers={"Host": host})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=PATIENCE)
    with caught.value:
        assert caught.value.code == 403


def test_no_page_of_another_site_may_read_the_preview(previewing: Site) -> None:
    with urllib.request.urlopen(previewing.url + "/feed.json", timeout=PATIENCE) as answer:
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_template_that_fails_at_work_is_told_as_other_problems_are(
    content: Path, process: Callable[..., Any]
) -> None:
    write_article(content, "field/a.md")
    (content / "templates").mkdir()
    (content / "templates" / "list.html").write_text("\n{{ 1 // 0 }}", encoding="utf-8")
    given = Settings.from_env(os.environ)
    process("index")
    text = (content / "templates" / "list.html").read_text(encoding="utf-8")
    fault = Problem(
        path="templates/list.html",
        line=2,
        code="template-bad",
        facts={"value": "ZeroDivisionError"},
    )
    noted = wiring.metrics(given)
    noted.template_failed((Template(name="list.html", text=text),), fault)
    for arguments in (("status",), ("check",), ("check", content)):
        told = process(*arguments).stdout
        assert "templates/list.html" in told, arguments
        assert "ZeroDivisionError" in told
    counted = IndexGauges(wiring.reader(given), noted).now()
    assert [each["warning"] for each in counted.values() if "warning" in each] == [1]
    assert "templates" not in process("check", content / "field").stdout
    (content / "templates" / "list.html").write_text("ok", encoding="utf-8")
    assert "templates" not in process("check").stdout
