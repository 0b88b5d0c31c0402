"""Writes into a Git repository: each file is a commit of whoever wrote it, pushed at once.

No work tree is made here either. A push that is refused since another was faster is made anew on
what is there then, as long as the file itself is still what was read.
"""

import re
import secrets
from pathlib import Path

from feedservice.domain.errors import Changed, SourceUnavailable
from feedservice.domain.text import one_line
from feedservice.i18n import _
from feedservice.ingest.sources.git import FETCH, HELD, Address, GitRepository
from feedservice.ingest.sources.git_output import FILE, LINK
from feedservice.ingest.sources.source_store import Author
from feedservice.system.turn import turn

TRIES = 5
"""Pushes, each on what another has pushed meanwhile."""
_HEAD = re.compile(r"ref: refs/heads/(\S+)\tHEAD")
_NOT_IN_NAMES = re.compile("[<>\n\0]")


class GitWriting(GitRepository):
    """A branch of a repository that is written to.

    Args:
        where: the repository.
        folder: for its objects: another one than that of who follows it.
    """

    def __init__(self, where: Address, folder: Path) -> None:
        super().__init__(where, folder)
        self._branch = where.branch

    def put(self, path: str, data: bytes, if_unchanged: bytes | None, author: Author) -> None:
        """Commit a file and push it.

        Args:
            path: below the folder of the site.
            data: its bytes.
            if_unchanged: the bytes that are to be there still; None where nothing is to be.
            author: of the commit.

        Raises:
            Changed: there is something else.
            SourceUnavailable: the repository cannot be asked or written to.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        with turn(self._folder.with_suffix(".lock")):
            self._unlock()
            for left in reversed(range(TRIES)):
                self._fetch()
                commit = self._commit(path, data, if_unchanged, author)
                if not commit:
                    return
                try:
                    self._push(commit)
                except SourceUnavailable:
                    if not left or not self._is_behind(commit):
                        raise
                    continue
                self.tidy()
                return

    def _push(self, commit: str) -> None:
        target = f"{commit}:refs/heads/{self._branch or self._named()}"
        self._git("push", "--quiet", "--", self._where.url, target, seconds=FETCH)
        self._has_grown = True

    def _is_behind(self, commit: str) -> bool:
        """Whether what was pushed has not the branch in its past, so that a push is refused."""
        self._fetch()
        parent = self._git("rev-parse", f"{commit}^").decode().strip()
        return parent != self._head()

    def _named(self) -> str:
        """The branch that the repository itself names."""
        told = self._git("ls-remote", "--symref", "--", self._where.url, "HEAD").decode()
        found = _HEAD.search(told)
        if not found:
            raise SourceUnavailable(_("the repository names no branch: write one behind a #"))
        self._branch = found[1]
        return self._branch

    def _head(self) -> str:
        return self._git("rev-parse", "--verify", f"{HELD}^{{commit}}").decode().strip()

    def _commit(self, path: str, data: bytes, if_unchanged: bytes | None, author: Author) -> str:
        """Make a commit; return nothing where the file is there: its push's answer was lost."""
        head, folder = self._head(), self._where.folder
        place = f"{folder}/{path}" if folder else path
        listed = self._git("ls-tree", "-z", "--full-tree", head, "--", place)
        name = self._folder / f"{secrets.token_hex(8)}.tmp"
        self._environment["GIT_INDEX_FILE"] = f"{name}.index"
        try:
            name.write_bytes(data)
            blob = self._git("hash-object", "-w", "--no-filters", "--", str(name)).decode().strip()
            if listed.startswith(f"{FILE} blob {blob}\t".encode()):
                return ""
            self._compare(listed, if_unchanged)
            self._git("read-tree", head)
            self._git("update-index", "--add", "--cacheinfo", f"{FILE},{blob},{place}")
            tree = self._git("write-tree").decode().strip()
        finally:
            del self._environment["GIT_INDEX_FILE"]
            name.unlink(missing_ok=True)
            Path(f"{name}.index").unlink(missing_ok=True)
        for role in ("AUTHOR", "COMMITTER"):
            named = one_line(_NOT_IN_NAMES.sub("", author.name)) or "feedservice"
            self._environment[f"GIT_{role}_NAME"] = named
            self._environment[f"GIT_{role}_EMAIL"] = _NOT_IN_NAMES.sub("", author.email)
        return self._git("commit-tree", tree, "-p", head, "-m", place).decode().strip()

    def _compare(self, listed: bytes, if_unchanged: bytes | None) -> None:
        record = listed.partition(b"\t")[0].split()
        if not record and if_unchanged is None:
            return
        if not record or if_unchanged is None or record[0].decode() == LINK or record[1] != b"blob":
            raise Changed
        if self._git("cat-file", "blob", record[2].decode()) != if_unchanged:
            raise Changed
