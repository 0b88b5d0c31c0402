"""Sites that the tests of export write down, and the service that they compare with."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import test_golden_site
from factories import moment, write_article
from feedservice.content.files import ContentFiles
from feedservice.exporting.export import ExportReport, export
from feedservice.exporting.folder import Folder
from feedservice.exporting.manifest import Record
from feedservice.index.engine import open_engine
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.service import wiring_export
from feedservice.settings import Settings

NOW = moment("2026-01-02")

SMALL_SITE = """\
title: صحيفة الاختبار
base_url: https://news.example
id: tag:news.example,2025
timezone: Asia/Damascus
categories:
  - {slug: field, name: field}
  - {slug: economy, name: اقتصاد}
"""


def write_small_site(root: Path) -> None:
    """A site of two articles."""
    (root / "site.yaml").write_text(SMALL_SITE, encoding="utf-8")
    write_article(root, "field/a.md", tags="[ماء]")
    write_article(root, "economy/b.md", aliases="[old]")
    (root / "media").mkdir()


def write_site(root: Path) -> None:
    """The golden site, and what export cares about besides."""
    test_golden_site.write_site(root)
    more = "redirects:\n  /old/page: /articles/lira\n  /قديم: https://example.org/س?a=$b\n  /Old/Page: /articles/both\n"
    more += (
        '  "/{year}/{month}/{slug}.html": "/articles/{slug}"\n  "/خبر/{slug}": "/articles/{slug}"\n'
    )
    more += '  "/?p={id}": "/articles/p-{id}"\n  "/?page_id=3": "/pages/who"\n'
    more += '  "/?cat=شأن": "/feeds"\n'
    more += '  "/news.php?name=News&sid={id}": "/articles/p-{id}"\n'
    text = (root / "site.yaml").read_text(encoding="utf-8")
    text = text.replace("name: ميداني,", "name: ميداني, aliases: [من الميدان, FIELD],")
    more += "theme: {font: kufi, accent: '#0b5a6b'}\n"
    (root / "site.yaml").write_text(text + more, encoding="utf-8")
    (root / "media" / "صور").mkdir()
    (root / "media" / "صور" / "خريطة كبيرة.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8"
    )
    (root / "media" / "table.csv").write_text("a,b\n" * 500, encoding="utf-8")
    (root / "media" / "all.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (root / "pages").mkdir()
    (root / "pages" / "من-نحن.md").write_text(
        "---\ntitle: من نحن\naliases: [about]\n---\nنحن [هنا](/feeds).\n", encoding="utf-8"
    )
    write_article(
        root,
        "field/مقال-عربي.md",
        tags="[RSS, ماء عذب]",
        aliases="[قديم جدا, older, p-7]",
        date="2025-12-20 10:00",
    )
    for number, tag in enumerate(("C", '"C++"', "C#", ".NET", "أحمد", "احمد", "أحـمد", '"18+"')):
        date = f"2025-12-04 0{number}:00"
        author = "أسماء" if number % 2 else "اسماء"
        write_article(root, f"economy/tag-{number}.md", date=date, tags=f"[{tag}]", author=author)
    for number in range(9):
        write_article(root, f"economy/many-{number}.md", date="2025-12-05 08:00", tags="[كثير]")


class Exported:
    """A content folder, and ``out`` beside it, into which it is exported."""

    def __init__(self, tmp_path: Path, base_url: str = "") -> None:
        self.content = tmp_path / "content"
        self.content.mkdir(parents=True, exist_ok=True)
        self.root = tmp_path / "out"
        self.settings = Settings.from_env(
            {
                "FEEDSERVICE_CONTENT": str(self.content),
                "FEEDSERVICE_STATE": str(tmp_path / "state"),
                "FEEDSERVICE_BASE_URL": base_url,
            }
        )
        self.now = NOW

    @classmethod
    def copy(cls, site: Path, tmp_path: Path) -> Self:
        """A copy of a site that was exported, with its index and its export."""
        shutil.copytree(site, tmp_path)
        return cls(tmp_path)

    def remove_export(self) -> None:
        """Remove the export; the index stays."""
        shutil.rmtree(self.root)

    def index(self) -> None:
        """Take up what the content folder holds, at this site's moment."""
        engine = open_engine(self.settings.database, readonly=False)
        index = IndexWriter(engine)
        index.prepare()
        Indexer(
            ContentFiles(self.content), index, lambda: self.now, pause=lambda seconds: None
        ).scan(accept_removals=True)
        engine.dispose()

    def export(self, now: datetime = NOW, *, jobs: int = 1, ask_all: bool = False) -> ExportReport:
        """Index and export."""
        self.now = now - timedelta(seconds=5)  # so that no stamp lies ahead
        self.index()
        self.now = now
        return export(
            wiring_export.exporting(self.settings), self.root, now, jobs=jobs, ask_all=ask_all
        )

    def records(self) -> dict[str, Record]:
        """What the manifest says of each address."""
        return Folder(self.root).read_manifest()[0].records

    def configuration(self) -> dict[str, str]:
        """Every file of nginx/; the folder's own name left out."""
        found = (self.root / "nginx").iterdir()
        return {
            path.name: path.read_text(encoding="utf-8").replace(str(self.root), "")
            for path in found
        }

    def files(self) -> dict[str, bytes]:
        """Every file of public/."""
        public = self.root / "public"
        return {
            path.relative_to(public).as_posix(): path.read_bytes()
            for path in public.rglob("*")
            if path.is_file()
        }
