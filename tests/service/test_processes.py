"""The whole service, by real processes: what a newsroom switches on."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories import write_article
from feedservice.service.lock import WriterLock
from service_process import PATIENCE, SERVERS, SOON, Site, free_port, serving, started, wait_for


@pytest.mark.parametrize("server", SERVERS)
def test_what_editors_do_shows_in_every_worker_and_ends_with_the_server(
    content: Path, tmp_path: Path, server: str
) -> None:
    write_article(content, "field/a.md", title="الأول")
    state = tmp_path / "state"
    with serving(content, state, server) as site:
        assert site.shows("الأول")
        assert len(writers(state)) == 1
        file = write_article(content, "field/b.md", title="جديد")
        assert site.until(lambda: site.shows("جديد"), SOON)
        write_article(content, "field/b.md", title="مكسور", date="31/02/2026")
        write_article(content, "field/c.md", title="بعده")
        assert site.until(lambda: site.shows("بعده"), SOON)
        assert site.shows("جديد")
        file.rename(content / "field" / "d.md")
        write_article(content, "field/d.md", title="مصلح", id="tag:news.example,2025:b")
        assert site.until(lambda: site.shows("مصلح") and not site.shows("جديد"), SOON)
        (content / "field" / "d.md").unlink()
        assert site.until(lambda: not site.shows("مصلح"), SOON)
    if server != "flask":  # its development server has no way of its own to end
        assert site.process.returncode == 0
    lock = WriterLock(state)
    deadline = time.monotonic() + SOON
    while not (lock.is_free() and not writers(state)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (lock.is_free(), writers(state)) == (True, []), "a writer outlives its server"


def writers(state: Path) -> list[int]:
    """The writer processes of one site, found by their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and b"--with-parent" in (entry / "cmdline").read_bytes()
                and os.fsencode(f"FEEDSERVICE_STATE={state}\0") in (entry / "environ").read_bytes()
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_another_writer_takes_over_when_one_dies(content: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(content, state, "granian") as site:
        # Two supervisors may each start one; the one without the lock ends at once.
        assert site.until(lambda: len(writers(state)) == 1)
        (first,) = writers(state)
        os.kill(first, signal.SIGKILL)
        write_article(content, "field/a.md", title="بعد الموت")
        assert site.until(lambda: site.shows("بعد الموت"), PATIENCE)
        # Supervisors may have started several at once; those that did not get the lock end.
        assert site.until(lambda: len(writers(state)) == 1)
        assert writers(state) != [first]


def test_nothing_outlives_a_server_that_is_killed_outright(content: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    port = free_port()
    with started(content, state, "granian", port) as site:
        wait_for(site)
        os.kill(site.process.pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while (site.get("/healthz")[0] or writers(state)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert (site.get("/healthz")[0], writers(state)) == (0, [])
    with serving(content, state, "granian", port) as site:
        assert site.get("/feed.rss")[0] == 200


def test_two_services_over_the_same_content_give_the_same_bytes(
    content: Path, tmp_path: Path
) -> None:
    for name in "abc":
        write_article(content, f"field/{name}.md", tags="[ماء]")
    with (
        started(content, tmp_path / "one", "granian") as one,
        started(content, tmp_path / "two", "gunicorn") as two,
    ):
        wait_for(one)
        wait_for(two)
        for path in (
            "/feed.rss",
            "/categories/field.atom",
            "/tags/%D9%85%D8%A7%D8%A1.json",
            "/feeds.opml",
            "/articles/a",
        ):
            assert one.get(path) == two.get(path)
            assert one.get(path)[0] == 200


def command(*arguments: str, content: Path, state: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "FEEDSERVICE_CONTENT": str(content),
        "FEEDSERVICE_STATE": str(state),
    }
    return subprocess.run(
        [sys.executable, "-m", "feedservice", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_check_tells_place_and_remedy_and_exits_with_one(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", date="31/02/2026")
    done = command("check", str(content), content=content, state=tmp_path)
    assert done.returncode == 1
    assert "field/a.md:3:7: خطأ [date-impossible]" in done.stdout
    assert "2025-12-20 14:30" in done.stdout
    english = command("check", "--lang", "en", str(content), content=content, state=tmp_path)
    assert "there is no such date" in english.stdout


def test_check_mends_what_is_safe_and_shows_it(content: Path, tmp_path: Path) -> None:
    file = write_article(content, "field/a.md", date="٢٠ كانون الأول ٢٠٢٥   # متى")
    shown = command("check", "--fix", "--dry-run", str(content), content=content, state=tmp_path)
    assert "+date: 2025-12-20   # متى" in shown.stdout
    assert "كانون" in file.read_text(encoding="utf-8")
    done = command("check", "--fix", str(content), content=content, state=tmp_path)
    assert done.returncode == 0
    assert "date: 2025-12-20   # متى" in file.read_text(encoding="utf-8")
    assert [path.name for path in file.parent.iterdir()] == ["a.md"]


def test_check_speaks_to_programs(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", date="31/02/2026")
    done = command(
        "check", "--format", "json", "--lang", "en", str(content), content=content, state=tmp_path
    )
    assert (json.loads(done.stdout)[0]["code"], done.returncode) == ("date-impossible", 1)
    github = command("check", "--format", "github", str(content), content=content, state=tmp_path)
    assert github.stdout.startswith("::error file=")


def test_a_new_site_passes_check_and_has_an_article(content: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert command("init", str(folder), content=content, state=tmp_path).returncode == 0
    assert command("check", str(folder), content=content, state=tmp_path).returncode == 0
    assert (
        command(
            "new", "خبر", "--category", "أخبار", content=folder, state=tmp_path / "s"
        ).returncode
        == 0
    )
    assert command("init", str(folder), content=content, state=tmp_path).returncode == 2


def test_status_tells_what_comes_ends_and_is_broken(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md", expires="2090-01-01")
    write_article(content, "field/later.md", date="2089-01-01")
    write_article(content, "field/draft.md", status="draft")
    write_article(content, "field/gone.md", status="withdrawn", updated="2026-01-02")
    broken = write_article(content, "field/b.md")
    state = tmp_path / "state"
    command("index", content=content, state=state)
    broken.write_text("---\ntitle: x\n", encoding="utf-8")
    found = json.loads(command("status", "--format", "json", content=content, state=state).stdout)
    names = {
        key: [each["slug"] for each in found[key]]
        for key in ("scheduled", "expiring", "withdrawn", "drafts")
    }
    assert names == {
        "scheduled": ["later"],
        "expiring": ["a"],
        "withdrawn": ["gone"],
        "drafts": ["draft"],
    }
    assert found["published"] == 2
    assert [(each["path"], each["code"], each["stays"]["slug"]) for each in found["broken"]] == [
        ("field/b.md", "front-matter-open", "b")
    ]
    table = command("status", content=content, state=state)
    assert "field/later.md" in table.stdout


def test_schemas_are_printed_and_wired(content: Path, tmp_path: Path) -> None:
    printed = json.loads(command("schema", "site", content=content, state=tmp_path).stdout)
    assert set(printed["required"]) == {"title", "base_url", "id"}
    command("schema", "--write", str(content), content=content, state=tmp_path)
    wired = json.loads((content / ".vscode" / "settings.json").read_text(encoding="utf-8"))
    assert all((content / path).is_file() for path in wired["yaml.schemas"])


def test_index_tells_what_it_did_and_reads_nothing_twice(content: Path, tmp_path: Path) -> None:
    write_article(content, "field/a.md")
    assert (
        "articles 1, read 1, removed 0, errors 0"
        in command("index", content=content, state=tmp_path).stdout
    )
    assert (
        "articles 1, read 0, removed 0, errors 0"
        in command("index", content=content, state=tmp_path).stdout
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "/nowhere"),
        ("serve", "--content", "/nowhere"),
        ("index", "--content", "/nowhere"),
        ("new", "عنوان", "--category", "none"),
        ("init", "/"),
        ("status", "--content", "/nowhere"),
        ("check", "--fix", "/nowhere"),
        ("serve", "--port", "x"),
        ("nothing",),
    ],
)
def test_no_command_shows_a_traceback(
    content: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = command(*arguments, content=content, state=tmp_path)
    assert done.returncode == 2
    assert done.stderr or done.stdout
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_refused_by_name(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDSERVICE_CONTNT", "x")
    done = command("index", content=content, state=tmp_path)
    assert done.returncode == 2
    assert "FEEDSERVICE_CONTNT" in done.stderr


@pytest.fixture
def previewing(content: Path, tmp_path: Path) -> Iterator[Site]:
    write_article(content, "field/a.md", title="منشور")
    write_article(content, "field/draft.md", title="مسودة سرية", status="draft")
    write_article(content, "field/later.md", title="من الغد", date="2090-01-01", tags="[ماء]")
    write_article(content, "field/broken.md", date="31/02/2026")
    port = free_port()
    arguments = [sys.executable, "-m", "feedservice", "preview", str(content), "--port", str(port)]
    with subprocess.Popen(
        arguments, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        site = Site(content, tmp_path, process, port)
        try:
            assert site.until(lambda: site.get("/preview")[0] == 200, 30)
            yield site
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def test_the_preview_shows_every_article_with_its_state_problems_feeds_and_entries(
    previewing: Site,
) -> None:
    listed = previewing.get("/preview")[1].decode()
    for part in ("منشور", "مسودة سرية", "من الغد", "field/broken.md:3:7", "لا وجود للتاريخ"):
        assert part in listed
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


def test_the_preview_notices_a_save(previewing: Site) -> None:
    before = previewing.get("/preview/state")[1]
    write_article(previewing.content, "field/draft.md", title="مسودة معدلة", status="draft")
    assert previewing.until(lambda: previewing.get("/preview/state")[1] != before)
    assert "مسودة معدلة" in previewing.get("/preview/articles/draft")[1].decode()


def test_the_preview_answers_to_no_other_name(previewing: Site) -> None:
    request = urllib.request.Request(previewing.url + "/preview", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=PATIENCE)
    with caught.value:
        assert caught.value.code == 403


def many_at_once(content: Path, aside: Path) -> None:
    """Move a category with more articles than one process reads alone into the content folder."""
    for number in range(1600):
        write_article(aside, f"heritage/{number:04d}.md")
    (aside / "heritage").rename(content / "heritage")


def test_feeds_are_answered_while_many_articles_are_indexed_at_once(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md", title="الأول")
    with serving(content, tmp_path / "state", "granian") as site:
        many_at_once(content, tmp_path / "aside")
        answers = []
        deadline = time.monotonic() + 60
        while site.get("/articles/1599")[0] != 200 and time.monotonic() < deadline:
            answers.append(site.get("/categories/field.rss"))
        assert site.get("/articles/1599")[0] == 200
        assert {status for status, *_ in answers} == {200}
        assert all("الأول".encode() in body for _, body, _ in answers)


def test_a_server_that_ends_amid_a_large_batch_leaves_nothing_behind_and_goes_on_when_started_again(
    content: Path, tmp_path: Path
) -> None:
    write_article(content, "field/a.md")
    state = tmp_path / "state"
    with serving(content, state, "granian") as site:
        many_at_once(content, tmp_path / "aside")
        deadline = time.monotonic() + 30
        while not processes(state, b"spawn_main") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert processes(state, b"spawn_main"), "nothing reads beside"
    deadline = time.monotonic() + 30
    while processes(state) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes(state) == []
    with serving(content, state, "granian") as site:
        assert site.until(lambda: site.get("/articles/1599")[0] == 200, 60)


def processes(state: Path, command: bytes = b"") -> list[int]:
    """Every process of one site whose command line has ``command``."""
    wanted = os.fsencode(f"FEEDSERVICE_STATE={state}\0")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (
                wanted in (entry / "environ").read_bytes()
                and command in (entry / "cmdline").read_bytes()
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found
