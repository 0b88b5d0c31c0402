"""A Git repository as a source: fetched by git's own program, read as blobs, never checked out.

No hook, filter, attribute or submodule of a repository runs or is followed, since no work tree is
made: a commit's tree is listed, and the bytes of what changed are asked for.
"""

import base64
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from feedservice.domain.errors import SourceUnavailable
from feedservice.i18n import _
from feedservice.ingest.sources.git_output import (
    LINK,
    Tree,
    changed,
    item,
    listed,
    reason,
    sizes_of,
)
from feedservice.ingest.sources.source import Item, Listing

DEPTH = 100
"""Commits that are kept: the past in which another generation is looked for."""
DEEPER = 20_000
"""Commits that are fetched where it is not among these, as after days without any writer."""
FETCH, LOCAL = 900.0, 120.0
"""Seconds that git may take to fetch, and for anything else."""
PACK = 16 * 2**30
"""Bytes that git may write into one file."""
HELD = "refs/feedservice/published"
_PASSED_ON = (
    "PATH", "HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY",
)  # fmt: skip
_SSH = (
    "ssh -o BatchMode=yes -o ConnectTimeout=15 -o StrictHostKeyChecking=yes "
    "-o ClearAllForwardings=yes"
)
_SAFE = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "gc.autoDetach=false",
    "gc.pruneExpire=now", "http.lowSpeedLimit=1000", "http.lowSpeedTime=30",
)  # fmt: skip
"""Nothing that a repository could bring runs: it has no work tree, and this for what is left."""
_FILE = (
    "--upload-pack=GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL= git -c 'safe.directory=*' upload-pack"
)
"""Lets the one repository of this machine that is named be somebody else's.

What serves it heeds no hook and no program of its configuration (git-upload-pack(1), "Security"),
and asks no other repository, whose address could name a program, for objects that are missing.
"""
_DAMAGED = re.compile(
    "corrupt|bad object|object file|loose object|not a git repo|inflate|unable to read|missing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a repository is.

    Attributes:
        url: as git is told it, without a password.
        branch: its branch; empty for the one that the repository itself names.
        folder: of the site in the repository; empty where it is all of it.
        secret: the header that lets in; empty for none.
    """

    url: str
    branch: str = ""
    folder: str = ""
    secret: str = field(default="", repr=False)


def address(source: str) -> Address:
    """Return where ``git+https://host/path#branch:folder`` is; the latter two may be left out."""
    url, _mark, fragment = source.removeprefix("git+").partition("#")
    branch, _colon, folder = fragment.partition(":")
    parts, secret = urlsplit(url), ""
    if parts.scheme in ("http", "https") and parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        secret = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return Address(url=url, branch=branch, folder=folder.strip("/"), secret=secret)


class GitRepository:
    """A branch of a repository; its objects are kept beside the mirror.

    Args:
        where: the repository.
        folder: for its objects.
    """

    def __init__(self, where: Address, folder: Path) -> None:
        self._where = where
        self._folder = folder
        self._environment = _environment(where)
        self._tree, self._commit_seen = Tree(), ""
        self._is_new = True
        self._has_grown = False
        self._depth = DEPTH

    def look(self) -> Listing:
        """Fetch, and list the commit that the branch is at; a damaged store is begun anew."""
        try:
            return self._look()
        except SourceUnavailable as error:
            self._unlock()
            if not _DAMAGED.search(str(error)):
                raise
            shutil.rmtree(self._folder, ignore_errors=True)
            self._is_new, self._commit_seen = True, ""
            return self._look()

    def _look(self) -> Listing:
        self._fetch()
        commit = self._git("rev-parse", "--verify", f"{HELD}^{{commit}}").decode().strip()
        if commit != self._commit_seen:
            self._tree, self._has_grown = self._changed(commit) or self._listed(commit), True
            self._commit_seen = commit
        return self._tree.listing(commit)

    def _listed(self, commit: str) -> Tree:
        printed = self._git("ls-tree", "-r", "-l", "-z", "--full-tree", self._place(commit))
        return Tree().next(*listed(printed))

    def _changed(self, commit: str) -> Tree | None:
        """Return the tree of a commit by what changed since the one before.

        None where that is not kept: what it costs does not grow with the repository.
        """
        if not self._commit_seen:
            return None
        try:
            places = self._place(self._commit_seen), self._place(commit)
            found = changed(self._git("diff-tree", "-r", "-z", "--raw", "--no-renames", *places))
            blobs = "".join(f"{entry.blob}\n" for entry in found.values() if entry.is_file)
            printed = self._git("cat-file", "--batch-check", stdin=blobs.encode())
        except SourceUnavailable:
            return None
        return self._tree.next(found, sizes_of(printed))

    def _place(self, commit: str) -> str:
        return f"{commit}:{self._where.folder}" if self._where.folder else commit

    def read(self, wanted: Mapping[str, str]) -> Iterator[Item]:
        """Bring the blobs of the listing."""
        if not wanted:
            return
        command = self._command("cat-file", "--batch")
        with subprocess.Popen(  # git, and no shell # nosec B603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
        ) as process:
            assert process.stdin
            assert process.stdout
            try:
                for path, version in wanted.items():
                    mode, _space, blob = version.partition(" ")
                    process.stdin.write(f"{blob}\n".encode())
                    process.stdin.flush()
                    yield item(path, process.stdout, is_link=mode == LINK)
            finally:
                process.kill()

    def contains(self, generation: str, earlier: str) -> bool | None:
        """Whether a commit has another in its past, as far as the past is kept here."""
        if generation == earlier:
            return True
        try:
            self._git("merge-base", "--is-ancestor", "--", earlier, generation)
        except SourceUnavailable:
            with suppress(SourceUnavailable):
                self._git("cat-file", "-e", f"{earlier}^{{commit}}")
                return False
            return None
        return True

    def tidy(self) -> None:
        """Pack what is held, where that is much."""
        if self._has_grown:
            self._has_grown = False
            with suppress(SourceUnavailable):
                self._git("gc", "--auto", "--quiet", seconds=FETCH)

    def look_back(self, earlier: str) -> None:
        """Fetch more of the past, where a commit is not in what is kept of it."""
        with suppress(SourceUnavailable):
            self._git("cat-file", "-e", f"{earlier}^{{commit}}")
            return
        if self._depth < DEEPER:  # once: all of it comes anew where less was fetched in between
            self._depth = DEEPER
            self._fetch()

    def author_of(self, path: str) -> str:
        """Return who made the last change of a file, as far as the past is kept; else nothing.

        Where the past was cut off, everything seems to come from the commit that is left there.
        """
        inside = f"{self._where.folder}/{path}".lstrip("/")
        with suppress(SourceUnavailable):
            told = self._git("log", "-1", "--format=%P%n%an", HELD, "--", f":(literal){inside}")
            parents, _line, name = told.decode(errors="replace").partition("\n")
            if parents or not (self._folder / "shallow").exists():
                return name.strip()
        return ""

    def _fetch(self) -> None:
        if self._is_new:
            self._git("init", "--quiet", "--bare", "--", str(self._folder), is_inside=False)
            self._unlock()
        self._is_new = False
        branch = self._where.branch
        self._git(
            "fetch", "--quiet", f"--depth={self._depth}", "--no-tags", "--no-write-fetch-head",
            "--no-recurse-submodules", "--no-auto-gc",
            *((_FILE,) if self._where.url.startswith("file:") else ()), "--", self._where.url,
            f"+{f'refs/heads/{branch}' if branch else 'HEAD'}:{HELD}",
            seconds=FETCH,
        )  # fmt: skip

    def _unlock(self) -> None:
        """Remove locks of a git that was killed: nobody else uses this repository."""
        for lock in self._folder.rglob("*.lock"):
            lock.unlink(missing_ok=True)

    def _command(self, *given: str, is_inside: bool = True) -> list[str]:
        safe = [part for each in _SAFE for part in ("-c", each)]
        where = [f"--git-dir={self._folder}"] if is_inside else []
        return ["git", *safe, *where, *given]

    def _git(
        self, *given: str, seconds: float = LOCAL, is_inside: bool = True, stdin: bytes = b""
    ) -> bytes:
        command = self._command(*given, is_inside=is_inside)
        try:
            process = subprocess.Popen(  # git, and no shell # nosec B603
                command,
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise SourceUnavailable(_("git is not installed on this machine")) from error
        with process:
            _bound(process)
            try:
                out, err = process.communicate(stdin or None, timeout=seconds)
            except subprocess.TimeoutExpired as error:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                told = _("git took longer than {seconds} seconds", seconds=round(seconds))
                raise SourceUnavailable(told) from error
        if process.returncode:
            raise SourceUnavailable(_("git: {reason}", reason=reason(err)))
        return out


def _bound(process: "subprocess.Popen[bytes]") -> None:
    """Keep git from filling the disk: what it fetches is one file."""
    import resource  # noqa: PLC0415 - of Unix

    if hasattr(resource, "prlimit"):
        with suppress(OSError, ValueError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (PACK, PACK))


def _environment(where: Address) -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh:file",
        "GIT_SSH_COMMAND": _SSH,
    }
    if where.secret:  # in the environment, since a command line is for everybody to see
        environment |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{where.url}.extraHeader",
            "GIT_CONFIG_VALUE_0": where.secret,
        }
    return environment
