"""An export: brings a folder up to what the service answers at one moment.

Decides what is asked, kept and removed; `folder` and `tasks` act. What the index says has not
changed since the last export is not even asked for.
"""

import hashlib
import json
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from feedservice import __version__
from feedservice.domain import redirects
from feedservice.domain.errors import ExportError
from feedservice.exporting import nginx, static_hosts
from feedservice.exporting.addresses import Addresses, Request
from feedservice.exporting.folder import Folder, ForeignFile
from feedservice.exporting.hosting import Hosting
from feedservice.exporting.manifest import Headers, Manifest, Record
from feedservice.exporting.names import kind_of
from feedservice.exporting.statics import statics
from feedservice.exporting.tasks import (
    Application,
    Job,
    Outcome,
    Task,
    application,
    not_ours,
    run,
    shared_headers,
)
from feedservice.exporting.wsgi_client import ask
from feedservice.i18n import Message, _
from feedservice.index.reader import IndexReader
from feedservice.index.snapshot import Snapshot
from feedservice.system.child_process import begin_worker, hand

_LAYOUT = 4
"""How files and kinds are named, and which files are coded: another number asks for all anew."""

_CHUNK, _BATCH = 64, 2048
"""Addresses that one process is handed at once: any, and of one batch, which makes its entries."""
_AHEAD = 4
"""Parts that each other process has before it or under way while this one does one itself."""
_PARALLEL_FROM = 300
"""Fewer addresses are asked sooner than other processes are started."""

Progress = Callable[[int, int], object]
"""Is told how many addresses are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedSite:
    """What is exported.

    Attributes:
        make: makes, for a moment, what makes the application as of then; the latter is hashable,
            and pickled to other processes.
        index: read only.
        media: names files of media/ that may be served.
        key: what responses depend on besides the index and the release.
    """

    make: Callable[[datetime], Callable[[], Application]]
    index: IndexReader
    media: Callable[[], Iterable[str]]
    key: str


@dataclass(slots=True, kw_only=True)
class ExportReport:
    """What an export did, in files; ``asked`` in addresses.

    Attributes:
        reload: whether nginx has to read its configuration again.
        problems: what could not be written, and why.
    """

    addresses: int = 0
    asked: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    redirects: int = 0
    gone: int = 0
    reload: bool = False
    problems: list[Message] = field(default_factory=list)

    def after(self, earlier: "ExportReport") -> "ExportReport":
        """Return this report of a second pass with what the first one did."""
        return replace(
            self,
            asked=self.asked + earlier.asked,
            written=self.written + earlier.written,
            removed=self.removed + earlier.removed,
            reload=self.reload or earlier.reload,
        )


def export(
    exported: ExportedSite,
    root: Path,
    now: datetime,
    *,
    jobs: int = 1,
    ask_all: bool = False,
    progress: Progress | None = None,
) -> ExportReport:
    """Bring a folder up to date.

    Args:
        exported: what is exported.
        root: the folder; made where it does not exist.
        now: the moment; not before the index's latest stamp, or Last-Modified would be cut to it.
        jobs: processes.
        ask_all: ask for every address, whatever the index says.
        progress: is told.

    Raises:
        ExportError: the folder is not ours, or the service failed. What was there stays whole.
        IndexUnavailable: the index cannot be read.
    """
    folder = Folder(root)
    with folder.locked(), exported.index.snapshot(now) as view:
        return _Export(exported, folder, view, ask_all=ask_all).run(jobs, progress or _ignore)


class _Export:
    def __init__(
        self, exported: ExportedSite, folder: Folder, view: Snapshot, *, ask_all: bool
    ) -> None:
        self._site = view.site
        self._folder = folder
        self._old, added = folder.read_manifest()
        self._owned = {*self._old.files(), *added}
        base_url, make = view.site.base_url, exported.make(view.now)
        self._job = Job(make=make, root=folder.root, base_url=base_url, now=view.now)
        self._statics = statics(application(self._job), base_url)
        preflight = self._preflight()
        key = json.dumps([__version__, _LAYOUT, base_url, self._statics, exported.key])
        self._trusts_old = self._old.key == key and not ask_all
        self._new = Manifest(key=key)
        self._kinds = {**self._old.kinds} if self._trusts_old else {}
        self._kinds["preflight"] = preflight
        self._used_kinds = {"preflight"}
        self._addresses = Addresses(view, self._statics, exported.media())
        self._report = ExportReport(gone=len(self._addresses.gone))

    def run(self, jobs: int, progress: Progress) -> ExportReport:
        report = self._report
        tasks = []
        for request in self._distinct():
            report.addresses += 1
            old = self._old.records.get(request.address)
            if old and self._is_current(request, old):
                self._keep(request, old, 0, kind_of(request.path, old.status))
            else:
                ours = frozenset(_variants(request.file)) & self._owned
                tasks.append(Task(request=request, old=old, ours=ours))
        report.asked = len(tasks)
        self._announce(file for task in tasks for file in _variants(task.request.file))
        done = report.addresses - len(tasks)
        progress(done, report.addresses)
        for outcomes in _each_chunk(self._job, tasks, jobs):
            for outcome in outcomes:
                self._take(outcome)
            done += len(outcomes)
            progress(done, report.addresses)
        self._configure()
        for file in sorted(self._owned - set(self._new.files())):
            report.removed += self._folder.remove(file)
        self._folder.write_manifest(self._new)
        return report

    def _preflight(self) -> Headers:
        """The headers of a preflight for a feed."""
        base_url = self._job.base_url
        with ask(application(self._job), base_url, "/feed.rss", method="OPTIONS") as answer:
            return shared_headers(answer, "/feed.rss", base_url)

    def _distinct(self) -> Iterator[Request]:
        """What to ask, one address a file: cursors of next pages may end alike."""
        files: dict[str, str] = {}
        for request in self._addresses.requests():
            first = files.setdefault(request.file, request.address)
            if request.file and first != request.address:
                problem = _(
                    "{address} would be the file of {other}, so it is left out",
                    address=request.address,
                    other=first,
                )
                self._report.problems.append(problem)
            else:
                yield request

    def _is_current(self, request: Request, old: Record) -> bool:
        if not self._trusts_old or request.stamp is None or request.stamp != old.stamp:
            return False
        return old.status == 301 or (old.target == request.file and self._folder.holds_all(old))

    def _announce(self, files: Iterable[str]) -> None:
        self._folder.announce(file for file in files if file not in self._owned)

    def _take(self, outcome: Outcome) -> None:
        if outcome.problem:
            self._report.problems.append(outcome.problem)
        if outcome.record:
            self._keep(outcome.request, outcome.record, outcome.written, outcome.kind)
            if outcome.headers:
                self._kinds.setdefault(outcome.kind, outcome.headers)

    def _keep(self, request: Request, record: Record, written: int, kind: str) -> None:
        self._new.records[request.address] = record
        self._report.redirects += record.status == 301
        self._report.written += written
        self._report.unchanged += len(record.files) - written
        self._used_kinds.add(kind)

    def _configure(self) -> None:
        """Write configuration where it differs."""
        for file, text in self._configuration().items():
            digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
            self._new.plain[file] = digest
            if self._old.plain.get(file) == digest and self._folder.holds_text(file, text):
                self._report.unchanged += 1
                continue
            self._announce([file])
            try:
                self._folder.write(file, [text.encode()], is_ours=file in self._owned)
            except ForeignFile:
                del self._new.plain[file]
                self._report.problems.append(not_ours(file))
                continue
            self._report.written += 1
            self._report.reload |= file.startswith("nginx/")

    def _configuration(self) -> dict[str, str]:
        kinds = self._new.kinds
        kinds |= {kind: self._kinds[kind] for kind in sorted(self._used_kinds)}
        moved = (
            (address, record.target)
            for address, record in self._new.records.items()
            if record.status == 301
        )
        hosting = Hosting(
            folder=str(self._folder.root),
            base_url=self._job.base_url,
            kinds=kinds,
            redirects=sorted(moved),
            patterns=redirects.patterns(self._site.redirects),
            queries=redirects.queries(self._site.redirects),
            gone=sorted(self._addresses.gone),
            statics=self._statics,
        )
        texts = {f"nginx/{name}": text for name, text in nginx.configuration(hosting).items()}
        texts["public/_headers"] = static_hosts.headers_file(hosting)
        texts["public/_redirects"] = static_hosts.redirects_file(hosting)
        return texts


def _ignore(_done: int, _total: int) -> None:
    """Tell nobody."""


def _variants(file: str) -> tuple[str, ...]:
    return (file, f"{file}.gz", f"{file}.br") if file else ()


def _chunks(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Yield tasks in parts, no batch in two where that is not large."""
    for batch, alike in groupby(tasks, key=lambda task: task.request.batch):
        while part := list(islice(alike, _BATCH if batch else _CHUNK)):
            yield part


def _own(job: Job, chunk: list[Task]) -> Future[list[Outcome]]:
    """Do a part in this process, which has made the application anyway: to start one takes long."""
    done: Future[list[Outcome]] = Future()
    done.set_result(run(job, chunk))
    return done


def _each_chunk(job: Job, tasks: Sequence[Task], jobs: int) -> Iterator[list[Outcome]]:
    """Yield what became of tasks, chunk by chunk; in several processes where that is worth it."""
    chunks = _chunks(tasks)
    if jobs < 2 or len(tasks) < _PARALLEL_FROM:
        yield from (run(job, chunk) for chunk in chunks)
        return
    # A fork would inherit the database's connections.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs - 1, mp_context=context, initializer=begin_worker)
    try:
        handed: deque[tuple[list[Task], Future[list[Outcome]]]] = deque()
        for chunk in chunks:
            is_enough = sum(not future.done() for _, future in handed) >= _AHEAD * (jobs - 1)
            handed.append((chunk, _own(job, chunk) if is_enough else hand(pool, run, job, chunk)))
            while handed and handed[0][1].done():
                yield handed.popleft()[1].result()
        for number in reversed(range(len(handed))):  # what nobody has begun is done here, too
            chunk, future = handed[number]
            if future.cancel():
                handed[number] = chunk, _own(job, chunk)
        yield from (future.result() for _, future in handed)
    except BrokenProcessPool as error:
        raise ExportError(
            _("a process of the export was ended from outside: export again")
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)
