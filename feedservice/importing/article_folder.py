"""The door to source files and folders on this machine: reads them, never writes, never follows a
link out of them.
"""

import codecs
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from feedservice.domain.errors import ImportFailure
from feedservice.importing import foreign_front_matter, hugo, jekyll, pelican
from feedservice.importing.foreign_front_matter import Fields
from feedservice.importing.source_folder import Dialect, FolderSource
from feedservice.importing.wordpress import Export, WordPress

MAX_FEED = 256 * 1024 * 1024
MAX_FILE = 64 * 1024 * 1024
HEAD = 65_536
_PASSED_OVER = frozenset(
    {"node_modules", "public", "_site", "output", "themes", "resources", "vendor", "__pycache__"}
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; see `folder_source.Door`. Names are NFC outside, whatever the disk holds."""

    root: Path

    def paths(self) -> tuple[str, ...]:
        """Return the path of every regular file, sorted."""
        found: list[str] = []
        for folder, names, files in os.walk(self.root):
            names[:] = sorted(
                name
                for name in names
                if not name.startswith(".")
                and name not in _PASSED_OVER
                and not (Path(folder) / name).is_symlink()
            )
            below = Path(folder).relative_to(self.root)
            found += [(below / name).as_posix() for name in files if not name.startswith(".")]
        return tuple(sorted(found))

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a regular file that lies in the folder."""
        named = self.root / path
        if not named.exists():
            named = self.root / unicodedata.normalize("NFD", path)
        try:
            real = named.resolve(strict=True)
            if (
                not real.is_relative_to(self.root.resolve())
                or not real.is_file()
                or real.stat().st_size > MAX_FILE
            ):
                return None
            return real.read_bytes()
        except OSError:
            return None


def is_folder(named: str) -> bool:
    """Whether a folder is called so."""
    return Path(named).is_dir()


def head_of(named: str) -> bytes:
    """Return the first bytes of a file.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    return _read(named, HEAD)


def read_file(named: str) -> bytes:
    """Return the bytes of a feed file.

    Raises:
        ImportFailure: it is not there, cannot be read, or is larger than `MAX_FEED`.
    """
    data = _read(named, MAX_FEED + 1)
    if len(data) > MAX_FEED:
        raise ImportFailure(f"{named}: أكبر من / larger than {MAX_FEED} bytes")
    return data


def open_folder(named: str, kind: str | None, zone: str) -> FolderSource:
    """Return a folder of Hugo, Jekyll or Pelican.

    Args:
        named: the folder, where the generator's configuration lies.
        kind: which of them, where the user said it.
        zone: the zone of dates that name none, where the configuration has none.

    Raises:
        ImportFailure: it cannot be told which of them it is.
    """
    folder = Folder(Path(named).absolute())
    found = kind or _kind_of(folder.root)
    if found == "jekyll":
        return FolderSource(folder, jekyll.Jekyll(_config(folder, jekyll.CONFIGS), zone))
    if found == "pelican":
        config: Fields = {}
        for name in reversed(pelican.CONFIGS):
            config |= pelican.settings_of((folder.read(name) or b"").decode("utf-8", "replace"))
        return FolderSource(folder, pelican.Pelican(config, zone))
    if found == "hugo":
        dialect: Dialect = hugo.Hugo(_config(folder, hugo.CONFIGS), zone)
        return FolderSource(folder, dialect)
    raise ImportFailure(
        f"{named}: لا يُعرف أهو Hugo أم Jekyll أم Pelican؛ أضف --from / "
        "it cannot be told whether it is of Hugo, Jekyll or Pelican: add --from"
    )


def open_export(named: str) -> WordPress:
    """Return a WordPress export.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    path = Path(named)
    try:
        size, encoding = path.stat().st_size, _encoding(path)
    except OSError as error:
        raise ImportFailure(f"{named}: تعذّرت القراءة / cannot be read: {error.strerror}") from error
    return WordPress(Export(lambda: path.open("rb"), path.name, size, encoding))


def _kind_of(root: Path) -> str:
    if any((root / name).is_file() for name in jekyll.CONFIGS) or (root / "_posts").is_dir():
        return "jekyll"
    if any((root / name).is_file() for name in pelican.CONFIGS):
        return "pelican"
    return "hugo" if any((root / name).is_file() for name in hugo.CONFIGS) else ""


def _config(folder: Folder, names: tuple[str, ...]) -> Fields:
    for name in names:
        data = folder.read(name)
        if data is not None:
            language = {"toml": "toml", "json": "json"}.get(name.rpartition(".")[2], "yaml")
            try:
                return foreign_front_matter.parse(data.decode("utf-8-sig", "replace"), language)
            except foreign_front_matter.FrontError as error:
                raise ImportFailure(
                    f"{folder.root / name}: لا يُقرأ / cannot be read: {error}"
                ) from error
    return {}


def _read(named: str, size: int) -> bytes:
    try:
        with Path(named).open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise ImportFailure(f"{named}: تعذّرت القراءة / cannot be read: {error.strerror}") from error


def _encoding(path: Path) -> str | None:
    """Where a file says UTF-8, or nothing, and is not, it is what Arabic systems wrote then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        head = stream.read(200)
        declared = re.search(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""", head)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (
            declared and declared[1].lower() != b"utf-8"
        ):
            return None
        stream.seek(0)
        try:
            while data := stream.read(1 << 20):
                decoder.decode(data)
        except UnicodeDecodeError as error:
            high = bytes(error.object[error.start : error.start + 4096])
            return "windows-1256" if len(re.findall(rb"[\xc0-\xff]{2,}", high)) > 1 else None
    return None
