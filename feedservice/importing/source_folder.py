"""A folder of a site generator as a `Source`: read, never written; links out of it not followed."""

import os
import posixpath
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, Protocol
from urllib.parse import unquote

from feedservice.i18n import Message
from feedservice.importing.addresses import split_or_none
from feedservice.importing.foreign_entry import ForeignEntry, Progress
from feedservice.importing.front_matter import FrontMatterError
from feedservice.importing.remarks import Remark, remark

MAX_FILE = 64 * 1024 * 1024
_SHOWN = frozenset((".eleventy.js",))
"""Hidden files that are looked at all the same."""
_NEVER = frozenset(("node_modules", "__pycache__"))
_MADE = frozenset(("public", "_site", "output", "themes", "resources", "vendor"))
"""Folders that generators make or keep programs in, in the root of a site; below it a section."""
MARKUP = frozenset(
    """
    .md .markdown .mdown .mkdown .mkdn .mkd .mdtext .mdwn .html .htm .xhtml .rst .adoc .asciidoc .ad
    .org .pandoc .pdc .textile .txt .ipynb .mdx .njk .liquid
    """.split()
)
"""Endings of the files that generators make pages of: what lies among articles is one of them."""


class Files(Protocol):
    """A folder, wherever it lies."""

    def paths(self) -> tuple[str, ...]:
        """Return the path of every file, sorted."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file; None where there is none so small."""

    def modified(self, path: str) -> datetime | None:
        """Return when a file was last written; None where nothing says it."""


def is_of_source(path: str) -> bool:
    """Whether a file below a folder is one that somebody wrote, and no program made."""
    *folders, name = path.split("/")
    passed = any(each[:1] == "." or each in _NEVER for each in folders)
    return _is_shown(name) and not passed and (not folders or folders[0] not in _MADE)


def _is_shown(name: str) -> bool:
    return name[:1] != "." or name in _SHOWN


class Generator(Protocol):
    """What the folder of one generator looks like.

    Attributes:
        kind: one of `KINDS`.
        configs: files that configure a site in its root, the one that wins first.
        parts: more files of its configuration, each with the key that it fills (empty: many).
        carried: endings of articles that can be imported, in lower case.
    """

    kind: ClassVar[str]
    configs: ClassVar[tuple[str, ...]]
    parts: ClassVar[tuple[tuple[str, str], ...]]
    carried: ClassVar[tuple[str, ...]]

    def holds(self, path: str) -> bool:
        """Whether an article lives at ``path``."""

    def media_paths(self, src: str) -> tuple[str, ...]:
        """Return where in the folder a picture may be."""

    def read(self, path: str, text: str) -> ForeignEntry | str | None:
        """Return the entry of a file.

        The code of a remark says why there is none; None that the file holds nothing.

        Raises:
            FrontMatterError: its front matter cannot be read.
        """


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """The files of a folder; their names are NFC outside, whatever the disk holds."""

    root: Path

    def paths(self) -> tuple[str, ...]:
        """Return the path of every file, sorted."""
        paths: list[str] = []
        for folder, names, files in os.walk(self.root):
            below = Path(folder).relative_to(self.root)
            passed = _NEVER if below.parts else _NEVER | _MADE
            names[:] = [name for name in names if name[0] != "." and name not in passed]
            paths += [(below / name).as_posix() for name in files if _is_shown(name)]
        return tuple(sorted(paths))

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a regular file of the folder; None where there is none so small."""
        real = self.inside(path)
        try:
            return real.read_bytes() if real and real.stat().st_size <= MAX_FILE else None
        except OSError:
            return None

    def modified(self, path: str) -> datetime | None:
        """See `Files`."""
        real = self.inside(path)
        try:
            return datetime.fromtimestamp(real.stat().st_mtime, UTC) if real else None
        except (OSError, OverflowError, ValueError):
            return None

    def inside(self, path: str) -> Path | None:
        """Return where a regular file of the folder lies; None where it is none, or outside."""
        named = self.root / path
        try:
            if not named.exists():
                named = self.root / unicodedata.normalize("NFD", path)
            real = named.resolve(strict=True)
            return real if real.is_relative_to(self.root.resolve()) and real.is_file() else None
        except OSError:
            return None


@dataclass(frozen=True, slots=True)
class Below:
    """The files of a folder of others, by their paths there; what is beside it can be read too."""

    files: Files
    folder: str

    def paths(self) -> tuple[str, ...]:
        """See `Files`."""
        start = f"{self.folder}/"
        below = (path for path in self.files.paths() if path.startswith(start))
        return tuple(path.removeprefix(start) for path in below)

    def read(self, path: str) -> bytes | None:
        """See `Files`."""
        data = self.files.read(f"{self.folder}/{path}")
        return self.files.read(path) if data is None else data

    def modified(self, path: str) -> datetime | None:
        """See `Files`."""
        return self.files.modified(f"{self.folder}/{path}")


@dataclass(slots=True)
class FolderSource:
    """The folder of one generator, read file by file."""

    folder: Files
    generator: Generator
    found: int = 0
    _remarks: dict[tuple[str, str], Remark] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """See `Source`."""
        return self.generator.kind

    def entries(self, progress: Progress) -> Iterator[ForeignEntry]:
        """See `Source`."""
        paths = self.folder.paths()
        self.found = 0
        for number, path in enumerate(paths, start=1):
            if self.generator.holds(path):
                entry = self._read(path)
                if entry:
                    yield entry
            progress(number, len(paths))

    def remarks(self) -> tuple[Remark, ...]:
        """See `Source`."""
        return tuple(self._remarks.values())

    def media(self, src: str) -> bytes | None:
        """See `Source`."""
        parts = split_or_none(src)
        paths = self.generator.media_paths(unquote(parts.path)) if parts else ()
        files = (self.folder.read(path) for path in paths if ".." not in path.split("/"))
        return next((data for data in files if data is not None), None)

    def _read(self, path: str) -> ForeignEntry | None:
        ending = posixpath.splitext(path)[1].lower()
        if ending not in MARKUP:
            return None
        self.found += 1
        if ending not in self.generator.carried:
            self._note("format-other", path, ending)
            return None
        data = self.folder.read(path)
        if data is None:
            self._note("file-unreadable", path, "-")
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("windows-1256", "replace")
            self._note("source-broken", path, "windows-1256")
        try:
            entry = self.generator.read(path, text.replace("\r\n", "\n").replace("\r", "\n"))
        except FrontMatterError as error:
            self._note("front-matter", path, error.reason)
            return None
        if isinstance(entry, str):
            self._note(entry, path, "-")
            return None
        self.found -= entry is None
        return entry

    def _note(self, code: str, path: str, value: str | Message) -> None:
        self._remarks[code, path] = remark(code, path, value=value)
