"""An export: brings a folder up to what the service answers at one moment. Decides; `folder` and
`work` act.

What the index says has not changed since the last export is not even asked for.
"""

import hashlib
import html
import json
import multiprocessing
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from feedservice import __version__
from feedservice.domain import redirects
from feedservice.domain.errors import ExportError
from feedservice.exporting import hosts, nginx
from feedservice.exporting.folder import Folder, Foreign
from feedservice.exporting.inventory import Inventory, Wanted
from feedservice.exporting.manifest import Manifest, Record
from feedservice.exporting.names import ERRORS, kind_of, kind_of_redirect, prefix_of
from feedservice.exporting.nginx_maps import Facts
from feedservice.exporting.work import Job, Outcome, Task, headers_of, target_of, work
from feedservice.exporting.wsgi_client import ask
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot
from feedservice.system.child_process import begin_worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CHUNK = 16
_ALONE = 300
"""Addresses that one process asks sooner than others are started."""

Progress = Callable[[int, int], None]
"""Is told how many addresses are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is exported.

    Attributes:
        make: makes the application as it stands at a moment; what it returns is hashable, and
            pickled to processes.
        index: read only.
        media: names files of media/ that may be served.
        key: what answers depend on besides the index and the release.
    """

    make: Callable[[datetime], Callable[[], "WSGIApplication"]]
    index: IndexReader
    media: Callable[[], Iterable[str]]
    key: str


@dataclass(slots=True, kw_only=True)
class Report:
    """What an export did, in files; ``asked`` in addresses.

    Attributes:
        reload: whether nginx has to read its configuration again.
        troubles: what could not be written, and why.
    """

    addresses: int = 0
    asked: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    redirects: int = 0
    gone: int = 0
    reload: bool = False
    troubles: list[str] = field(default_factory=list)

    def after(self, earlier: "Report") -> "Report":
        """Return this report of a second pass with what the first one did."""
        return replace(
            self,
            asked=self.asked + earlier.asked,
            written=self.written + earlier.written,
            removed=self.removed + earlier.removed,
            reload=self.reload or earlier.reload,
        )


def export(
    source: Source,
    root: Path,
    now: datetime,
    *,
    jobs: int = 1,
    ask_all: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring a folder up to date.

    Args:
        source: what is exported.
        root: the folder; made where it is not there.
        now: the moment; not before the index's latest stamp, or Last-Modified would be cut to it.
        jobs: processes.
        ask_all: ask for every address, whatever the index says.
        progress: is told.

    Raises:
        ExportError: the folder is not ours, or the service failed. What was there stays whole.
        IndexUnavailable: the index cannot be read.
    """
    folder = Folder(root)
    with folder.taken(), source.index.snapshot(now) as view:
        return _Export(source, folder, view, ask_all=ask_all).run(jobs, progress or _unseen)


class _Export:
    def __init__(self, source: Source, folder: Folder, view: Snapshot, *, ask_all: bool) -> None:
        self._source = source
        self._site = view.site
        self._folder = folder
        self._base_url = view.site.base_url
        self._old, self._added = folder.read_manifest()
        self._owned = {*self._old.files(), *self._added}
        self._job = Job(
            make=source.make(view.now), root=folder.root, base_url=self._base_url, now=view.now
        )
        self._style, preflight = self._first_questions()
        key = json.dumps([__version__, self._base_url, self._style, source.key])
        self._trusts_old = self._old.key == key and not ask_all
        self._new = Manifest(key=key, kinds=dict(self._old.kinds) if self._trusts_old else {})
        self._new.kinds["preflight"] = preflight
        self._inventory = Inventory(view, self._style, source.media())
        self._report = Report(gone=len(self._inventory.gone))

    def run(self, jobs: int, progress: Progress) -> Report:
        wanted = self._distinct()
        report = self._report
        report.addresses = len(wanted)
        tasks = []
        for each in wanted:
            old = self._old.records.get(each.address)
            if old and self._still_holds(each, old):
                self._keep(each, old, 0)
            else:
                tasks.append(self._task(each, old))
        report.asked = len(tasks)
        self._folder.announce(
            name for task in tasks if (file := target_of(task.wanted, self._base_url)) for name in _family(file)
            if name not in self._owned
        )  # fmt: skip
        done = len(wanted) - len(tasks)
        progress(done, len(wanted))
        for outcomes in _each_chunk(self._job, tasks, jobs):
            for outcome in outcomes:
                self._take(outcome)
            done += len(outcomes)
            progress(done, len(wanted))
        self._configure()
        for file in sorted(self._owned - set(self._new.files())):
            report.removed += self._folder.remove(file)
        self._folder.write_manifest(self._new)
        return report

    def _distinct(self) -> list[Wanted]:
        """What is wanted, one address a file: cursors of a next page may end alike."""
        found: list[Wanted] = []
        files: dict[str, str] = {}
        for each in self._inventory.wanted():
            if each.file and files.setdefault(each.file, each.address) != each.address:
                self._report.troubles.append(
                    f"{each.address} would be the file of {files[each.file]}; left out"
                )
            else:
                found.append(each)
        return found

    def _first_questions(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The stylesheet that pages name, and what a script of another site is told before it
        asks.
        """
        app = self._job.make()
        with ask(app, self._base_url, "/") as answer:
            text = b"".join(answer.blocks).decode()
        found = re.search(r'href="([^"]*)(/static/[^/"]+/style\.css)"', text)
        if answer.status != 200 or found is None:
            raise ExportError(f"/: the service answers {answer.status}, and names no stylesheet")
        with ask(app, self._base_url, "/feed.rss", method="OPTIONS") as answer:
            preflight = headers_of(answer, "/feed.rss", self._base_url)
        return html.unescape(found[2]), preflight

    def _still_holds(self, wanted: Wanted, old: Record) -> bool:
        if not self._trusts_old or wanted.stamp is None or wanted.stamp != old.stamp:
            return False
        if old.status != 301 and old.target != target_of(wanted, self._base_url):
            return False
        return all(self._folder.holds(file, size, old.mtime) for file, size in old.files)

    def _task(self, wanted: Wanted, old: Record | None) -> Task:
        target = target_of(wanted, self._base_url)
        return Task(
            wanted=wanted,
            old=old,
            ours=frozenset(_family(target)) & self._owned if target else frozenset(),
        )

    def _take(self, outcome: Outcome) -> None:
        if outcome.kind:
            self._new.kinds.setdefault(outcome.kind, outcome.headers)
        if outcome.trouble:
            self._report.troubles.append(outcome.trouble)
        if outcome.record:
            self._keep(outcome.wanted, outcome.record, outcome.written)

    def _keep(self, wanted: Wanted, record: Record, written: int) -> None:
        self._new.records[wanted.address] = record
        self._report.redirects += record.status == 301
        self._report.written += written
        self._report.unchanged += len(record.files) - written

    def _kind_of(self, address: str, record: Record) -> str:
        if record.status == 301:
            return kind_of_redirect(address)
        below = record.target.removeprefix("public/")
        return kind_of(
            below
            if below in ERRORS
            else below.removeprefix(prefix_of(self._base_url).lstrip("/") + "/")
        )

    def _configure(self) -> None:
        records = self._new.records
        used = {self._kind_of(address, record) for address, record in records.items()} | {
            "preflight"
        }
        kinds = self._new.kinds = {
            kind: self._new.kinds[kind] for kind in sorted(used & self._new.kinds.keys())
        }
        facts = Facts(
            folder=str(self._folder.root),
            base_url=self._base_url,
            kinds=kinds,
            redirects=sorted(
                (path, each.target) for path, each in records.items() if each.status == 301
            ),
            patterns=redirects.patterns(self._site.redirects),
            gone=sorted(self._inventory.gone),
            style=self._style,
        )
        texts = {f"nginx/{name}": text for name, text in nginx.configuration(facts).items()}
        texts |= {
            "public/_headers": hosts.headers_file(facts),
            "public/_redirects": hosts.redirects_file(facts),
        }
        self._folder.announce(file for file in texts if file not in self._owned)
        for file, text in texts.items():
            digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
            self._new.plain[file] = digest
            if self._old.plain.get(file) == digest and self._folder.holds_text(file, text):
                self._report.unchanged += 1
                continue
            try:
                self._folder.write(file, [text.encode()], is_ours=file in self._owned)
            except Foreign:
                del self._new.plain[file]
                self._report.troubles.append(
                    f"{file} was not made by an export, so it stays: move it away"
                )
                continue
            self._report.written += 1
            self._report.reload |= file.startswith("nginx/")


def _unseen(_done: int, _total: int) -> None:
    """Nobody looks."""


def _family(file: str) -> tuple[str, str, str]:
    return file, f"{file}.gz", f"{file}.br"


def _each_chunk(job: Job, tasks: Sequence[Task], jobs: int) -> Iterator[list[Outcome]]:
    """Yield what became of tasks, chunk by chunk; in processes of their own where that is worth
    their start.
    """
    chunks = (tasks[start : start + _CHUNK] for start in range(0, len(tasks), _CHUNK))
    if jobs < 2 or len(tasks) < _ALONE:
        yield from (work(job, chunk) for chunk in chunks)
        return
    context = multiprocessing.get_context(
        "spawn"
    )  # a fork would inherit the database's connections
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=begin_worker)
    try:
        waiting: deque[Future[list[Outcome]]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(work, job, chunk))
            if len(waiting) >= 4 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise ExportError("a process of the export was ended from outside; export again") from error
    finally:
        pool.shutdown(cancel_futures=True)
