"""Everything that can be wrong at once: the rest stays published, each fault is told, and every
message can occur."""

import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from copy import copy
from pathlib import Path

import pytest

from factories import NOW, SITE_YAML, FixedClock, moment, snapshot, write_article
from feedservice.authoring import check
from feedservice.content import messages, passed_over
from feedservice.content import site as site_file
from feedservice.content.files import ContentFiles
from feedservice.content.pictures import MAX_PICTURE
from feedservice.content.reader import FileReader, Task
from feedservice.content.reading_process import read_here
from feedservice.content.seen import Seen, Walk, asset, unknown
from feedservice.domain.model import Problem
from feedservice.domain.selections import Selection
from feedservice.i18n import LANGUAGES
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.system.worker import Died

CASES = Path(__file__).parent / "cases" / "bad"
HEAD = "---\ntitle: عنوان\ndate: 2025-12-20\nsummary: ملخص\n"

BAD: dict[str, bytes] = {
    "windows-1256": "---\ntitle: عنوان المقال".encode("cp1256"),
    "utf-16": "---\ntitle: عنوان".encode("utf-16"),
    "nul": f"{HEAD}---\nن\0ص".encode(),
    "empty": b"",
    "only-front-matter": f"{HEAD}---\n".replace("summary: ملخص\n", "").encode(),
    "not-closed": HEAD.encode(),
    "tab": b"---\ntitle: x\n\tdate: 2025-12-20\n---\nx",
    "alias-bomb": (
        "---\na: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(50)) + "---\nx"
    ).encode(),
    "merge-bomb": b"---\na: &a {k: v}\n<<: [*a, *a]\n---\nx",
    "brackets": b"---\ntitle: " + b"[" * 30_000 + b"\n---\nx",
    "long-title": b"---\ntitle: " + b"x" * 10_000_000 + b"\n---\nx",
    "long-front-matter": b"---\ntitle: " + b"x" * 100_000 + b"\n---\nx",
    "divs": f"{HEAD}---\n".encode() + b"<div>" * 100_000,
    "duplicate-key": f"{HEAD}title: x\n---\nx".encode(),
    "february": b"---\ntitle: x\ndate: 31 February 2025\n---\nx",
    "ambiguous": b"---\ntitle: x\ndate: 05/01/2024\n---\nx",
    "hijri": "---\ntitle: x\ndate: ١٤٤٦-٠٥-٠٥\n---\nx".encode(),
    "year-1": b"---\ntitle: x\ndate: 0001-01-01\n---\nx",
    "year-9999": b"---\ntitle: x\ndate: 9999-12-31\n---\nx",
    "climbs": f"{HEAD}image: media/../../etc/passwd\n---\nx".encode(),
    "many-documents": b"---\ntitle: x\n--- x\n---\nx",
}
MILD: dict[str, bytes] = {
    "bom": b"\xef\xbb\xbf" + f"{HEAD}id: x:bom\n---\nنص\n".encode(),
    "crlf": f"{HEAD}id: x:crlf\n---\nنص\n".replace("\n", "\r\n").encode(),
    "script": f"{HEAD}id: x:s\n---\n<script>alert(1)</script><b onclick=x>نص</b> [x](javascript:alert)\n".encode(),
}


@pytest.fixture
def hostile(content: Path) -> Path:
    """A content folder with one good article and everything else that people and machines leave in
    folders."""
    write_article(content, "field/good.md", title="السليم")
    folder = content / "field"
    for name, data in {**BAD, **MILD}.items():
        (folder / f"{name}.md").write_bytes(data)
    write_article(
        content, "field/same-id.md", id="tag:news.example,2025:good", date="2026-01-02 09:00"
    )
    os.mkfifo(folder / "pipe.md")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "folder.md").mkdir()
    return content


def test_every_fault_is_told_and_everything_else_is_published(
    hostile: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    index = new_index()
    Indexer(ContentFiles(hostile), index, clock, pause=lambda seconds: None).scan()
    published = {article.slug: article for article in snapshot(index).select(Selection(), 100)}
    assert published.keys() == {"good", *MILD}
    told = {
        problem.path.removeprefix("field/").removesuffix(".md")
        for problem in snapshot(index).problems()
        if problem.severity == "error"
    }
    assert told == {*BAD, "same-id"}
    assert "<script" not in published["script"].html
    assert "onclick" not in published["script"].html


def test_check_shows_no_traceback(hostile: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "feedservice", "check", str(hostile)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert all(f"field/{name}.md" in done.stdout for name in BAD)
    assert (
        max(map(len, done.stdout.splitlines())) < 1000
    )  # a title of ten megabytes is not repeated


class Vanishing(ContentFiles):
    """A folder whose files are gone, or may not be read, when they are opened."""

    def stat(self, path: str) -> Seen | None:
        return unknown(path) if path == "media/unread.png" else super().stat(path)

    def read_seen(self, path: str) -> tuple[bytes, Seen]:
        if path.endswith("gone.md"):
            raise FileNotFoundError(2, "No such file or directory")
        if path.endswith("locked.md"):
            raise PermissionError(13, "Permission denied")
        return super().read_seen(path)


def test_a_file_that_vanishes_is_no_error_and_one_that_may_not_be_read_is(
    content: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    for name in ("gone", "locked", "good"):
        write_article(content, f"field/{name}.md")
    index = new_index()
    report = Indexer(Vanishing(content), index, clock, pause=lambda seconds: None).scan()
    assert [(problem.path, problem.code) for problem in report.problems] == [
        ("field/locked.md", "file-unreadable")
    ]
    assert [article.slug for article in snapshot(index).select(Selection(), 9)] == ["good"]


SITE_FAULTS = (
    SITE_YAML.replace("title: صحيفة الاختبار", 'title: ""'),
    SITE_YAML.replace("tag:news.example,2025", "news"),
    SITE_YAML.replace("Asia/Damascus", "Nowhere"),
    SITE_YAML.replace("slug: economy", "slug: field"),
    SITE_YAML + "feed: {limit: 0}\n",
    SITE_YAML + "feed: {content: half}\n",
    SITE_YAML + "redirects: {x: y}\n",
    SITE_YAML + "redirects: {/x: /y, /y: /x}\n",
    SITE_YAML.replace("name: اقتصاد", "name: ميدان"),
    SITE_YAML + "slugs: arabic\n",
    SITE_YAML.replace("https://news.example", "http://localhost"),
    SITE_YAML + "feed: {type: html}\n",
    SITE_YAML + "theme: {accent: red, font: comic}\n",
    SITE_YAML + "theme: {accent: '#ffff88'}\n",
    SITE_YAML + "menu: ['javascript:x']\n",
    SITE_YAML + "menu: [nowhere]\n",
    SITE_YAML + "redirects: {/search: /articles/a}\n",
    SITE_YAML + "notify: [{to: pigeon, address: x}, {to: mail, address: x}]\n",
    SITE_YAML + "notify: {to: telegram, address: '@desk'}\n",
    SITE_YAML + "notify: {to: slack, address: 'https://chat.example/'}\n",
)


SITE_CHANGES = (
    ("slug: field", "slug: ground"),
    ("slug: desk", "slug: office"),
    ("name: هيئة التحرير", "name: مكتب"),
    ("https://news.example", "https://other.example"),
)
"""What articles use of it, and of which its readers know: what it was, what it becomes."""


def occurring(root: Path, index: IndexWriter, clock: FixedClock) -> set[Problem]:
    """Every problem that can be made to occur, by the roads that editors take."""
    found: list[Problem] = []
    for path in CASES.glob("*.md"):
        (root / "field" / f"case-{path.name}").write_text(
            path.read_text(encoding="utf-8").partition("\n")[2], encoding="utf-8"
        )
    write_article(root, "fild/a.md")
    write_article(root, "field/twin.md", slug="good", aliases="[other]")
    write_article(root, "field/alias.md", aliases="[good]", date="2026-01-03 09:00")
    write_article(
        root,
        "field/links.md",
        "[x](none.md) [x](/none) [x](by.md#none) ![x](media/none.png)",
        related="[none]",
        translations="{en: none}",
        media="[media/x.html, media/none.mp3]",
        image="{src: media/none.png, alt: و}",
    )
    write_article(root, "field/words.md", tags='["!!"]', author='["!!"]', slug='"!!"')
    (root / "media").mkdir()
    (root / "media" / "x.html").write_text("<p>x</p>", encoding="utf-8")
    write_article(root, "media/e.md")
    write_article(root, "field/unread.md", image="{src: media/unread.png, alt: و}")
    (root / "field" / "e.md.txt").write_text("نص", encoding="utf-8")
    write_article(root, "field/locked.md")
    large = root / "media" / "large.png"
    large.write_bytes(b"")
    os.truncate(large, MAX_PICTURE + 1)
    write_article(root, "field/large.md", image="{src: media/large.png, alt: و}")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    (root / "media" / "lfs.jpg").write_text(pointer, encoding="utf-8")
    write_article(root, "field/lfs.md", image="{src: media/lfs.jpg, alt: و}")
    write_article(root, "field/by.md", author="هيئة التحرير")
    write_article(root, "pages/about.md", order="first")
    (root / "templates").mkdir()
    for name, text in (("list.html", "{% if %}"), ("Other.html", ""), ("page.html", "x" * 70_000)):
        (root / "templates" / name).write_text(text, encoding="utf-8")
    write_article(root, "field/at.md", "[x](https://news.example/articles/by)")
    (root / "field" / "second.md").symlink_to("by.md")
    found += ends_its_reader(root)
    for form in ("NFC", "NFD"):
        (root / "field" / unicodedata.normalize(form, "café.txt")).write_text("", encoding="utf-8")
    files = Vanishing(root)
    Indexer(files, index, clock, pause=lambda seconds: None).scan()
    found += snapshot(index).problems()
    found += check.check([root], NOW)[0]
    found += passed_over.problems(files, Walk(unreadable=["field/closed"]))
    for old, new in SITE_CHANGES:
        (root / "site.yaml").write_text(SITE_YAML.replace(old, new), encoding="utf-8")
        Indexer(files, index, clock, pause=lambda seconds: None).scan()
        found += snapshot(index).problems()
    once = SITE_YAML.replace(
        "  - {slug: economy", "  - {slug: past, name: سالف}\n  - {slug: economy"
    )
    last, renamed = write_article(root, "past/last.md"), write_article(root, "field/once.md")
    for text in (once, SITE_YAML):
        (root / "site.yaml").write_text(text, encoding="utf-8")
        Indexer(files, index, clock, pause=lambda seconds: None).scan()
        last.unlink(missing_ok=True)
        if renamed.exists():
            renamed.rename(root / "field" / "now.md")
    found += snapshot(index).problems()
    for text in SITE_FAULTS:
        found += site_file.read(text)[1]
    clocks_forward = SITE_YAML.replace("Asia/Damascus", "Europe/Berlin")
    (root / "site.yaml").write_text(clocks_forward, encoding="utf-8")
    write_article(root, "field/gap.md", date="2025-03-30 02:30")
    found += check.check([root / "field" / "gap.md"], moment("2026-02-01"))[0]
    (root / "site.yaml").unlink()
    Indexer(files, index, clock, pause=lambda seconds: None).scan()
    found += snapshot(index).problems()
    return {
        Problem(path=p.path, code=p.code, facts=_Hashable(p.facts), severity=p.severity)
        for p in found
    }


def ends_its_reader(root: Path) -> tuple[Problem, ...]:
    """What is told of files at which a process died that read them."""
    (root / "media" / "bad.png").write_bytes(b"")
    write_article(root, "field/bad.md", image="{src: media/bad.png, alt: و}")
    files = ContentFiles(root)
    file, picture = files.stat("field/bad.md"), files.stat("media/bad.png")
    assert file
    unmeasured = frozenset({asset("media/bad.png", picture)})
    task = Task(files=files, site=check.read_site(root), unmeasured=unmeasured)
    readings = [
        *read_here(task, [(file, None)], NOW, copy).made,
        FileReader(task).held_back(file, Died(file.path, -signal.SIGPROF)),
        FileReader(task).held_back(file, Died(file.path, -signal.SIGSEGV)),
    ]
    return tuple(problem for each in readings for problem in each.problems)


class _Hashable(dict[str, str]):
    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


def test_every_message_can_occur_in_both_languages(
    hostile: Path, new_index: Callable[[], IndexWriter], clock: FixedClock
) -> None:
    found = occurring(hostile, new_index(), clock)
    missing = sorted(messages.WORDINGS.keys() - {problem.code for problem in found})
    assert not missing, " ".join(missing)
    for problem in found:
        for language in LANGUAGES:
            wrong, remedy = messages.describe(problem, language)
            assert wrong
            assert remedy
            assert "?" not in wrong.replace("(a Hijri year?)", "").replace(
                problem.facts.get("value", "?"), ""
            ), problem
