"""One address after another: ask, compare with what is there, write what differs.

Runs in any process.
"""

import errno
import gc
import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from werkzeug.http import parse_date

from feedservice.domain import urls
from feedservice.domain.errors import reason_of
from feedservice.exporting.addresses import Request
from feedservice.exporting.folder import Folder, ForeignFile
from feedservice.exporting.manifest import Headers, Record
from feedservice.exporting.names import kind_of
from feedservice.exporting.precompress import precompress
from feedservice.exporting.wsgi_client import Answer, ask
from feedservice.http.prepared_response import COMPRESSED
from feedservice.i18n import Message, _
from feedservice.system.importing import uncollected

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PER_ADDRESS = frozenset(
    {"accept-ranges", "content-length", "date", "etag", "expires", "last-modified", "location"}
)
_LOOK_EVERY = 8
"""Addresses after which garbage is looked for, among what is new."""
_BAD_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)


class Application(Protocol):
    """The service as of one moment."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", /
    ) -> Iterable[bytes]:
        """Answer one request."""

    def batch(self, name: str) -> AbstractContextManager[None]:
        """Let nobody else be asked within, and what is asked have much in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every task of an export shares; equal values in every process.

    Attributes:
        make: makes the application as of ``now``; hashable, and pickled to other processes.
        root: the folder.
    """

    make: Callable[[], Application]
    root: Path
    base_url: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An address to export.

    Attributes:
        request: what to ask.
        old: what the last export recorded.
        ours: which of its files an export made before, and may be replaced.
    """

    request: Request
    old: Record | None
    ours: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an address.

    Attributes:
        kind: of the response; empty where there is nothing to record.
        record: None where there is nothing to record.
        written: how many files were.
        headers: those that responses of its kind share; with the first one of a kind.
        problem: why it could not be written.
    """

    request: Request
    kind: str = ""
    record: Record | None = None
    written: int = 0
    headers: Headers = ()
    problem: Message | None = None


def run(job: Job, tasks: Sequence[Task]) -> list[Outcome]:
    """Do some tasks of one batch.

    Raises:
        ExportError: the service failed, or the folder cannot be written.
    """
    worker, outcomes = _Worker(job), []
    batch = tasks[0].request.batch if tasks else ""
    with uncollected(), application(job).batch(batch):
        for number, task in enumerate(tasks, 1):
            outcomes.append(worker.run(task))
            if number % _LOOK_EVERY == 0:  # while what templates leave behind is at hand
                gc.collect(0)
    return outcomes


@lru_cache(maxsize=1)
def application(job: Job) -> Application:
    """Return the application, which is made once in each process."""
    return job.make()


class _Worker:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._app = application(job)
        self._folder = Folder(job.root)
        self._told: set[str] = set()

    def run(self, task: Task) -> Outcome:
        request = task.request
        with ask(self._app, self._job.base_url, request.path, request.query) as answer:
            if answer.status == 301:
                record = Record(301, answer.headers["Location"], stamp=request.stamp)
                return self._outcome(request, answer, record)
            if answer.status != request.status or not request.file:
                return Outcome(request=request)
            try:
                record, written = self._store(task, answer)
            except ForeignFile:
                return Outcome(request=request, problem=not_ours(request.file))
            except OSError as error:
                if error.errno not in _BAD_NAME:
                    raise
                problem = _(
                    "{file}: the file system refuses this name ({reason}): give a shorter slug",
                    file=request.file,
                    reason=reason_of(error),
                )
                return Outcome(request=request, problem=problem)
            return self._outcome(request, answer, record, written)

    def _outcome(
        self, request: Request, answer: Answer, record: Record, written: int = 0
    ) -> Outcome:
        """What became of an address, with the headers of its kind where it is the first here."""
        kind = kind_of(request.path, record.status)
        is_told = kind in self._told
        self._told.add(kind)
        headers = () if is_told else shared_headers(answer, request.path, self._job.base_url)
        return Outcome(request=request, kind=kind, record=record, written=written, headers=headers)

    def _store(self, task: Task, answer: Answer) -> tuple[Record, int]:
        """Write an address's files where they differ; what to record, and how many were written."""
        request = task.request
        is_rare = kind_of(request.path).startswith("archive.")
        old = task.old if task.old and task.old.target == request.file else None
        if old and is_rare:
            old = replace(old, brotli=0)  # which exports made of it once
        is_media = request.path.startswith(("/media/", "/pictures/"))
        # What stands in for a picture that could not be made now is asked for again.
        caching = answer.headers.get("Cache-Control", "")
        is_made = "immutable" in caching or not request.path.startswith("/pictures/")
        stamp = request.stamp if is_made else None
        body = b"" if is_media else b"".join(answer.blocks)
        etag = answer.etag or hashlib.blake2b(body, digest_size=16).hexdigest()
        is_same = old is not None and old.etag == etag
        if old and is_same and self._folder.holds_all(old):
            return replace(old, stamp=stamp), 0
        mtime = old.mtime if old and is_same else self._mtime(answer, old)
        size = self._write(task, "", answer.blocks if is_media else [body], mtime)
        coded: tuple[bytes, bytes] = b"", b""
        if not is_media and answer.headers.get("Content-Type") not in COMPRESSED:
            coded = precompress(body, is_rare=is_rare)
        for suffix, each in zip((".gz", ".br"), coded, strict=True):
            if each:
                self._write(task, suffix, [each], mtime)
        record = Record(answer.status, request.file, etag, stamp, size, mtime, *map(len, coded))
        return record, len(record.files)

    def _write(self, task: Task, suffix: str, blocks: Iterable[bytes], mtime: int) -> int:
        file = task.request.file + suffix
        return self._folder.write(file, blocks, mtime, is_ours=file in task.ours)

    def _mtime(self, answer: Answer, old: Record | None) -> int:
        """Last-Modified, or now; other bytes get a later time, since servers make ETags of it."""
        mtime = _seconds(answer.headers.get("Last-Modified")) or int(self._job.now.timestamp())
        return max(mtime, old.mtime + 1) if old else mtime


# Pages have that of the whole site.
@lru_cache(maxsize=64)
def _seconds(date: str | None) -> int:
    """A date header as Unix seconds; 0 where there is none."""
    moment = parse_date(date)
    return int(moment.timestamp()) if moment else 0


def not_ours(file: str) -> Message:
    """Say that a file is in the way of one to export."""
    return _("{file} was not made by an export and is kept: move it away", file=file)


def shared_headers(answer: Answer, path: str, base_url: str) -> Headers:
    """Return the headers that responses of a kind share; what names the address is left open."""
    own = f"<{base_url}{urls.percent(path)}>"
    name = quote(path.rpartition("/")[2], safe="")
    return tuple(
        (header, value.replace(own, "<{self}>").replace(f"''{name}", "''{name}"))
        for header, value in answer.headers.items()
        if header.lower() not in _PER_ADDRESS
    )
