"""`feedservice export` of a whole site, of the same site with one article more, and Hugo's build of
the same files.

python -m benchmarks.exporting [COUNT]

Processor time of all processes, which says more than the clock on a machine that is busy. Hugo writes
pages, paginated lists and RSS of each section, tag and author; an export also Atom, JSON Feed, archive
documents of every list in three formats, pages to subscribe on, and compressed forms of each.
"""

import hashlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from benchmarks.indexing import RELATED_UP_TO, processor_time
from benchmarks.peers import hugo
from benchmarks.sites import FEEDSERVICE, Site, temporary
from feedservice.clock import utc_now
from feedservice.exporting.addresses import Addresses, Request
from feedservice.exporting.folder import Folder
from feedservice.exporting.statics import statics
from feedservice.exporting.tasks import Job, Task, application, run
from feedservice.service import wiring_export
from feedservice.settings import Settings

NEW = "---\ntitle: خبر جديد\ndate: 2025-01-01T10:00:00Z\ntags: [تراث]\nauthor: قسم العلوم\n---\n\nنص الخبر.\n"
Files = Mapping[Path, tuple[int, bytes]]


def export(site: Site, folder: Path) -> tuple[float, str]:
    """Export a site; return the processor time in seconds, and what the command said."""
    begin = processor_time()
    done = subprocess.run(
        [*FEEDSERVICE, "export", str(folder), "--lang", "en"],
        env=site.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    return processor_time() - begin, done.stdout.splitlines()[0]


def kind_of(request: Request) -> str:
    """Return what an address is of."""
    path, suffix = request.path, request.path.rpartition(".")[2]
    if not request.file:
        return "redirects"
    if path.startswith("/articles/"):
        return "articles"
    if request.batch:
        return f"archive documents, {suffix}" if "/archive/" in path else "next pages"
    if path.endswith((".rss", ".atom", ".json")):
        return f"feeds, {suffix}"
    if path == "/subscribe":
        return "pages to subscribe on"
    return "lists" if path.startswith(("/categories/", "/tags/", "/authors/")) else "others"


def by_kind(site: Site, root: Path) -> None:
    """Print processor time and files of each kind of address, asked for one after another."""
    root.mkdir()
    exported = wiring_export.exporting(Settings.from_env(site.environment()))
    now, spent, asked, written = utc_now(), Counter[str](), Counter[str](), Counter[str]()
    with Folder(root).locked(), exported.index.snapshot(now) as view:
        base_url = view.site.base_url
        job = Job(make=exported.make(now), root=root, base_url=base_url, now=now)
        named = statics(application(job), base_url)
        requests = Addresses(view, named, exported.media()).requests()
        while True:
            begin = time.process_time()
            request = next(requests, None)
            spent["addresses themselves"] += time.process_time() - begin
            if request is None:
                break
            kind, begin = kind_of(request), time.process_time()
            (outcome,) = run(job, [Task(request=request, old=None, ours=frozenset())])
            spent[kind] += time.process_time() - begin
            asked[kind] += 1
            written[kind] += outcome.written
    for kind, seconds in spent.most_common():
        print(
            f"  {kind:24} {asked[kind]:7} addresses {written[kind]:7} files {seconds:7.2f} s"
            f"  {1000 * seconds / site.size:6.2f} ms an article"
        )


def files_of(root: Path) -> Files:
    """Return inode and digest of each file that is served."""
    files = (path for path in (root / "public").rglob("*") if path.is_file())
    return {
        path: (path.stat().st_ino, hashlib.sha256(path.read_bytes()).digest()) for path in files
    }


def rewritten_in_vain(before: Files, after: Files) -> list[Path]:
    """Return files that were written anew though their bytes stayed."""
    return [
        path
        for path, (inode, digest) in after.items()
        if path in before and before[path][1] == digest and before[path][0] != inode
    ]


def main() -> None:
    """Print what it takes."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    with temporary(size) as site:
        root = site.folder / "exported"
        seconds, said = export(site, root)
        print(
            f"{size} articles: {seconds:.1f} s, {1000 * seconds / size:.2f} ms an article\n  {said}"
        )
        before = files_of(root)
        (site.content / "section-0" / "new.md").write_text(NEW, encoding="utf-8")
        seconds, said = export(site, root)
        after = files_of(root)
        vain = rewritten_in_vain(before, after)
        print(f"one article more: {seconds:.1f} s, {len(vain)} files written in vain\n  {said}")
        by_kind(site, site.folder / "by-kind")
        is_related = site.size <= RELATED_UP_TO
        begin = processor_time()
        hugo.build(hugo.prepare(site, related=is_related))
        theirs = processor_time() - begin
        print(f"Hugo: {theirs:.1f} s, {1000 * theirs / size:.2f} ms an article")
        if vain:
            raise SystemExit(f"written in vain: {vain[:5]}")


if __name__ == "__main__":
    main()
