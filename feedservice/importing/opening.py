"""What the user named → the `Source` that it is: an address, a file or a folder.

Only here and in `source_folder` is anything of this machine opened, and only to read it.
"""

import codecs
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from feedservice.domain.errors import ImportFailure, reason_of
from feedservice.i18n import Message, _
from feedservice.importing import front_matter
from feedservice.importing.addresses import is_http
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher
from feedservice.importing.foreign_entry import Source
from feedservice.importing.front_matter import Fields, FrontMatterError
from feedservice.importing.hugo import Hugo
from feedservice.importing.jekyll import Jekyll
from feedservice.importing.pelican import Pelican, settings_of
from feedservice.importing.source_folder import FolderSource, Generator, SourceFolder
from feedservice.importing.wordpress import Export, WordPress

MAX_FEED = 256 * 1024 * 1024
_HEAD = 65_536
_GENERATORS = (Jekyll, Pelican, Hugo)
"""In the order in which a folder is tried: a ``config.toml`` may be anybody's."""
_WXR = re.compile(rb"xmlns:wp\s*+=\s*+[\"']https?://wordpress\.org/export/")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""")


def open_source(named: str, kind: str | None, fetcher: Fetcher, zone: str = "UTC") -> Source:
    """Return the source that a name means.

    Args:
        named: an http address, a file or a folder.
        kind: one of `KINDS` where the user said it.
        fetcher: asks the network.
        zone: of dates that name none, where the source says none either.

    Raises:
        ImportFailure: there is no such thing, or it cannot be told what it is.
    """
    if named.startswith(("http://", "https://")):
        return FeedSource(fetcher.log_in(named), fetcher=fetcher)
    path = Path(named)
    if path.is_dir():
        return open_folder(path, kind, zone)
    if kind == "wordpress" or (kind is None and _WXR.search(_read(path, _HEAD))):
        return open_export(path)
    return open_feed(named, fetcher)


def open_feed(named: str, fetcher: Fetcher) -> Source:
    """Return a feed, by its address or as a file.

    Raises:
        ImportFailure: it cannot be read.
    """
    if is_http(named):
        return FeedSource(fetcher.log_in(named), fetcher=fetcher)
    return FeedSource(named, data=read_named(named, None))


def read_named(named: str, get: Callable[[str], bytes] | None) -> bytes:
    """Return the bytes of a file, or of an address that ``get`` fetches.

    Raises:
        ImportFailure: it cannot be read, or has more than `MAX_FEED` bytes.
    """
    if get is not None and is_http(named):
        return get(named)
    data = _read(Path(named), MAX_FEED + 1)
    if len(data) > MAX_FEED:
        raise ImportFailure(_("{source} has more than {limit} bytes", source=named, limit=MAX_FEED))
    return data


def open_folder(path: Path, kind: str | None, zone: str) -> FolderSource:
    """Return a folder of Hugo, Jekyll or Pelican, where its configuration lies.

    Raises:
        ImportFailure: it cannot be told which of them it is.
    """
    folder = SourceFolder(path.absolute())
    for generator in _GENERATORS:
        names = (*generator.configs, "_posts") if generator is Jekyll else generator.configs
        is_there = any((folder.root / name).exists() for name in names)
        if kind == generator.kind or (kind is None and is_there):
            configuration = _configuration(folder, generator, zone)
            other = "" if kind else _other_program(folder, generator, configuration)
            if other:
                raise ImportFailure(
                    _(
                        "{source} looks like a site of {name}, which is not read here: import its"
                        " feed, or say with --from what to read it as",
                        source=path,
                        name=other,
                    )
                )
            return FolderSource(folder, generator(configuration, frozenset(folder.paths())))
    raise ImportFailure(
        _("{source}: is it a site of Hugo, Jekyll or Pelican? Add --from", source=path)
    )


def _other_program(folder: SourceFolder, generator: type[Generator], config: Fields) -> str:
    """The program whose folder only looks like one of the generator's; empty where none."""
    if generator is Jekyll and not config.text("source"):
        return "Hexo" if (folder.root / "source" / "_posts").is_dir() else ""
    is_zola = generator is Hugo and config.text("base_url") and not config.text("baseurl")
    return "Zola" if is_zola else ""


def open_export(path: Path) -> WordPress:
    """Return a WordPress export.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    try:
        size, encoding = path.stat().st_size, _encoding(path)
    except OSError as error:
        raise _unreadable(path, reason_of(error)) from error
    return WordPress(Export(lambda: path.open("rb"), path.name, size, encoding))


def _configuration(folder: SourceFolder, generator: type[Generator], zone: str) -> Fields:
    values: dict[str, Any] = {}
    for name, key in (*((name, "") for name in reversed(generator.configs)), *generator.parts):
        data = folder.read(name)
        if data is None:
            continue
        text, ending = data.decode("utf-8-sig", "replace"), name.rpartition(".")[2]
        try:
            said = settings_of(text) if ending == "py" else front_matter.parse(text, ending)
            _put(values, key, said)
        except FrontMatterError as error:
            raise _unreadable(folder.root / name, error) from error
    return Fields(values, Fields(values).text("timezone") or zone)


def _put(values: dict[str, Any], key: str, said: dict[str, Any]) -> None:
    """Put what a file says under a key (``a.b``: one of a mapping), over what is there."""
    for part in filter(None, key.split(".")):
        inner = values.setdefault(part, {})
        values = inner if isinstance(inner, dict) else {}
    for name, value in said.items():
        values[name] = value


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise _unreadable(path, reason_of(error)) from error


def _unreadable(path: Path, reason: Message | Exception) -> ImportFailure:
    said = reason if isinstance(reason, Message) else str(reason)
    return ImportFailure(_("{source} cannot be read: {reason}", source=path, reason=said))


def _encoding(path: Path) -> str | None:
    """Where a file says UTF-8, or nothing, and is not, it is what Arabic systems wrote then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
        declared = _DECLARED.match(head, max(head.find(b"<?xml"), 0))
        is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        if is_utf16 or (declared and declared[1].lower() != b"utf-8"):
            return None
        stream.seek(0)
        try:
            while data := stream.read(1 << 20):
                decoder.decode(data)
        except UnicodeDecodeError as error:
            high = bytes(error.object[error.start : error.start + 4096])
            return "windows-1256" if len(re.findall(rb"[\xc0-\xff]{2,}", high)) > 1 else None
    return None
