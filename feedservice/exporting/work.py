"""One address after another: ask, compare with what is there, write what differs. Runs in any
process.
"""

import errno
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.http import parse_date

from feedservice.domain import urls
from feedservice.exporting.folder import Folder, Foreign
from feedservice.exporting.inventory import Wanted
from feedservice.exporting.manifest import Headers, Record
from feedservice.exporting.names import ERRORS, kind_of, kind_of_redirect, prefix_of
from feedservice.exporting.precompress import twins
from feedservice.exporting.wsgi_client import Answer, ask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_PER_ANSWER = frozenset(
    {"accept-ranges", "content-length", "date", "etag", "expires", "last-modified", "location"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every task of an export shares; equal values in every process.

    Attributes:
        make: makes the application as it stands at ``now``; hashable, and pickled to other
            processes.
        root: the folder.
    """

    make: Callable[[], "WSGIApplication"]
    root: Path
    base_url: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An address, what it was, and which of its files an export made before."""

    wanted: Wanted
    old: Record | None
    ours: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an address.

    Attributes:
        record: None where it has nothing to write down.
        kind, headers: of its answer.
        trouble: why it could not be written, for the operator.
    """

    wanted: Wanted
    record: Record | None = None
    written: int = 0
    kind: str = ""
    headers: Headers = ()
    trouble: str = ""


def target_of(wanted: Wanted, base_url: str) -> str:
    """Return the file of an address below the folder; empty where it has none."""
    if not wanted.file:
        return ""
    if wanted.file in ERRORS:
        return f"public/{wanted.file}"
    return f"public{prefix_of(base_url)}/{wanted.file}"


def work(job: Job, tasks: Iterable[Task]) -> list[Outcome]:
    """Do some tasks.

    Raises:
        ExportError: the service failed, or the folder cannot be written.
    """
    worker = _worker(job)
    return [worker.do(task) for task in tasks]


@lru_cache(maxsize=1)
def _worker(job: Job) -> "_Worker":
    """The application is made once in each process."""
    return _Worker(job)


class _Worker:
    def __init__(self, job: Job) -> None:
        self._job = job
        self._app = job.make()
        self._folder = Folder(job.root)

    def do(self, task: Task) -> Outcome:
        wanted, base_url = task.wanted, self._job.base_url
        with ask(self._app, base_url, wanted.path, wanted.query) as answer:
            if answer.status == 301:
                return Outcome(
                    wanted=wanted,
                    record=Record(301, answer.headers["Location"], stamp=wanted.stamp),
                    kind=kind_of_redirect(wanted.path),
                    headers=headers_of(answer, wanted.path, base_url),
                )
            if answer.status != wanted.status or not wanted.file:
                return Outcome(wanted=wanted)
            kind = kind_of(wanted.file)
            outcome = Outcome(
                wanted=wanted, kind=kind, headers=headers_of(answer, wanted.path, base_url)
            )
            target = target_of(wanted, base_url)
            try:
                record, written = self._take(task, target, answer, kind)
            except Foreign as error:
                return replace(
                    outcome, trouble=f"{error} was not made by an export, so it stays: move it away"
                )
            except OSError as error:
                if error.errno not in (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL):
                    raise
                return replace(
                    outcome, trouble=f"{target}: {error.strerror}: give it a shorter slug"
                )
            return replace(outcome, record=record, written=written)

    def _take(self, task: Task, target: str, answer: Answer, kind: str) -> tuple[Record, int]:
        is_media = kind.startswith("media.")
        old = task.old if task.old and task.old.target == target else None
        body = b"" if is_media else b"".join(answer.blocks)
        etag = answer.etag or hashlib.blake2b(body, digest_size=16).hexdigest()
        is_same = old is not None and old.etag == etag
        if (
            old
            and is_same
            and all(self._folder.holds(file, size, old.mtime) for file, size in old.files)
        ):
            return replace(old, stamp=task.wanted.stamp), 0
        mtime = self._mtime(answer, old, is_same=is_same)
        size = self._write(task, target, answer.blocks if is_media else [body], mtime)
        made = Record(answer.status, target, etag, task.wanted.stamp, size, mtime)
        if is_media:
            return made, 1
        packed, small = twins(body, is_rare=kind.startswith("archive."))
        for suffix, twin in ((".gz", packed), (".br", small)):
            if twin:
                self._write(task, target + suffix, [twin], mtime)
        return replace(made, gzip=len(packed), brotli=len(small)), 1 + bool(packed) + bool(small)

    def _write(self, task: Task, file: str, blocks: Iterable[bytes], mtime: int) -> int:
        return self._folder.write(file, blocks, mtime, is_ours=file in task.ours)

    def _mtime(self, answer: Answer, old: Record | None, *, is_same: bool) -> int:
        """Last-Modified, where there is one. Other bytes never have an older time: servers make
        ETags of it.
        """
        if old and is_same:
            return old.mtime
        found = parse_date(answer.headers.get("Last-Modified"))
        mtime = int((found or self._job.now).timestamp())
        return max(mtime, old.mtime + 1) if old else mtime


def headers_of(answer: Answer, path: str, base_url: str) -> Headers:
    """Return the headers that answers of a kind share: what names the address itself is left
    open.
    """
    own = f"<{base_url}{urls.percent(path)}>"
    name = quote(path.rpartition("/")[2], safe="")
    return tuple(
        (header, value.replace(own, "<{self}>").replace(f"''{name}", "''{name}"))
        for header, value in answer.headers.items()
        if header.lower() not in _PER_ANSWER
    )
