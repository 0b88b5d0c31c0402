"""What the user named → the `Source` that it is: an address, a file or a folder.

Only here, in `source_folder` and in `archive` is anything of this machine opened, and only to read
it (a packed tar is unpacked into a nameless file beside).
"""

import codecs
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

from feedservice.domain.errors import ImportFailure, reason_of
from feedservice.i18n import _
from feedservice.importing import blogger, ghost, substack
from feedservice.importing.addresses import host_and_path, is_http
from feedservice.importing.archive import Opener, open_archive, opener_of
from feedservice.importing.exported import Exported
from feedservice.importing.feed_source import FeedSource
from feedservice.importing.fetch import Fetcher, FetchError
from feedservice.importing.foreign_entry import Source
from feedservice.importing.old_addresses import is_sitemap
from feedservice.importing.site import Crawl, SiteSource
from feedservice.importing.source_folder import Files, SourceFolder
from feedservice.importing.wordpress import Export, WordPress

MAX_FEED = 256 * 1024 * 1024
_HEAD = 65_536
_CRAWL = Crawl()
_NAMED = 10
"""Exports that a message names."""
_WXR = re.compile(rb"xmlns:wp\s*+=\s*+[\"']https?://wordpress\.org/export/")
_SITE = re.compile(rb"<wp:base_blog_url>\s*+([^<\s]{1,300})")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""")


def open_source(
    named: str,
    kind: str | None,
    fetcher: Fetcher,
    zone: str = "UTC",
    crawl: Crawl = _CRAWL,
) -> Source:
    """Return the source that a name means.

    Args:
        named: an http address, a file or a folder.
        kind: one of `KINDS` where the user said it.
        fetcher: asks the network.
        zone: of dates that name none, where the source says none either.
        crawl: how a site is read that is known by its sitemap.

    Raises:
        ImportFailure: there is no such thing, or it cannot be told what it is.
    """
    if named.startswith(("http://", "https://")):
        return _open_address(fetcher.log_in(named), kind, fetcher, zone, crawl)
    path = Path(named)
    if path.is_dir():
        files = SourceFolder(path.absolute())
        parts = _parts_of(files) if _may_be_export(files, kind) else {}
        return _export_of(parts, files, named, kind) or open_folder(path, kind, zone)
    opener = _opener(path)
    archive = None if kind == "feed" else open_archive(opener(), path.name)
    if archive:
        names = archive.paths() if _may_be_export(archive, kind) else ()
        parts = {name: partial(archive.open, name) for name in names if _is_part(name)}
        return _export_of(parts, archive, path.name, kind) or _open_files(
            archive, path.name, kind, zone
        )
    head = _head(opener)
    if kind == "wordpress" or (kind is None and _WXR.search(head)):
        return open_export(path)
    if kind == "blogger" or (kind is None and blogger.MARK.search(head) and b"<feed" in head):
        return _blog(opener, path.name)
    if kind == "ghost" or (kind is None and re.match(rb"(?:\xef\xbb\xbf)?\s*\{", head)):
        data = read_named(named, None)
        document = ghost.parsed(data, path.name)
        if kind == "ghost" or ghost.is_export(document):
            return Exported("ghost", lambda: ghost.entries_of(document, path.name))
        return FeedSource(named, data=data)
    if kind == "site" or (kind is None and is_sitemap(head)):
        return SiteSource(named, read_named(named, None), fetcher, zone, crawl)
    return open_feed(named, fetcher)


def _open_address(url: str, kind: str | None, fetcher: Fetcher, zone: str, crawl: Crawl) -> Source:
    """What an address is: a site where the user says so, or a sitemap is there; else a feed."""
    if kind == "site":
        return SiteSource(url, None, fetcher, zone, crawl)
    try:
        answer = fetcher.get(url)
    except FetchError as error:
        raise ImportFailure(
            _("the feed cannot be fetched: {reason}", reason=error.message)
        ) from error
    if kind is None and is_sitemap(answer.body):
        return SiteSource(answer.url, answer.body, fetcher, zone, crawl)
    return FeedSource(url, fetcher=fetcher, first=answer)


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
    data = _head(_opener(Path(named)), MAX_FEED + 1)
    if len(data) > MAX_FEED:
        raise ImportFailure(_("{source} has more than {limit} bytes", source=named, limit=MAX_FEED))
    return data


def open_folder(path: Path, kind: str | None, zone: str) -> Source:
    """Return a folder as what it is told to be by what lies in it.

    Raises:
        ImportFailure: that cannot be told.
    """
    return _open_files(SourceFolder(path.absolute()), str(path), kind, zone)


def _open_files(files: Files, name: str, kind: str | None, zone: str) -> Source:
    # Twelve megabytes of libraries that read the files of generators: one export needs none.
    from feedservice.importing.doors import open_files  # noqa: PLC0415

    return open_files(files, name, kind, zone)


def open_export(path: Path) -> WordPress:
    """Return a WordPress export.

    Raises:
        ImportFailure: it is not there or cannot be read.
    """
    return WordPress((_export(_opener(path), path.name),))


def _may_be_export(files: Files, kind: str | None) -> bool:
    """Beside a site lies at most the export that it was made of once."""
    from feedservice.importing.doors import is_site  # noqa: PLC0415 - as above

    return kind in ("wordpress", "blogger") or (kind is None and not is_site(files))


def _parts_of(folder: SourceFolder) -> dict[str, Opener]:
    """What opens each file of a folder that may be of an export."""
    found = {name: folder.inside(name) for name in folder.paths() if _is_part(name)}
    with suppress(ImportFailure):  # what cannot be read is no part of an export
        return {name: _opener(path) for name, path in found.items() if path}
    return {}


def _is_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


def _is_part(name: str) -> bool:
    return _is_xml(name) or posixpath.basename(name) == blogger.IN_TAKEOUT


def _export_of(
    parts: Mapping[str, Opener], files: Files, name: str, kind: str | None
) -> Source | None:
    """The one export that files are: WordPress' (in parts, as WordPress.com packs it) or Blogger's.

    Raises:
        ImportFailure: they are several; what has one address on two sites is two articles.
    """
    takeouts = [each for each in parts if not _is_xml(each) and _is_blog(parts[each])]
    is_sure = bool(kind or takeouts)
    found = _exports_in({each: parts[each] for each in parts if _is_xml(each)}, is_sure=is_sure)
    for each in takeouts:
        found["blogger", each] = [each]
    found = {key: names for key, names in found.items() if kind in (None, key[0])}
    if found and kind is None:
        lists = [each for each in files.paths() if posixpath.basename(each) == substack.LIST]
        found |= {("substack", each): [each] for each in lists}
    if len(found) > 1:
        named = [f"{key[0]}: {names[0]}" for key, names in sorted(found.items())]
        raise ImportFailure(
            _(
                "{source} holds {n} exports: unpack it and import each by its file, or say with"
                " --from which kind ({value})",
                source=name,
                n=len(found),
                value=", ".join(named[:_NAMED]),
            )
        )
    for (is_kind, _site), names in found.items():
        if is_kind == "blogger":
            return _blog(parts[names[0]], names[0])
        return WordPress(tuple(_export(parts[each], each) for each in names))
    return None


def _exports_in(texts: Mapping[str, Opener], *, is_sure: bool) -> dict[tuple[str, str], list[str]]:
    """The names of files of XML by kind and site of the export that they are of.

    Nothing where one of them is of none, unless it is sure that there are exports.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, opener in texts.items():
        head = b""
        with suppress(ImportFailure):  # as above
            head = _head(opener)
        if _WXR.search(head):
            site = _SITE.search(head)
            address = "/".join(host_and_path(site[1].decode("utf-8", "replace"))) if site else ""
            found["wordpress", address].append(name)
        elif blogger.MARK.search(head) and _is_blog(opener):
            found["blogger", name].append(name)
        elif not is_sure:
            return {}
    return found


def _is_blog(opener: Opener) -> bool:
    with suppress(ImportFailure):  # as above
        return blogger.is_blog(opener)
    return False


def _blog(opener: Opener, name: str) -> Source:
    site = cache(partial(blogger.site_of, opener))
    return Exported("blogger", lambda: blogger.entries_of(opener, name, site()))


def _export(opener: Opener, name: str) -> Export:
    with opener() as stream:
        size = stream.seek(0, 2) if stream.seekable() else 0
    return Export(opener, name, size, _encoding(opener))


def _opener(path: Path) -> Opener:
    try:
        return opener_of(path)
    except OSError as error:
        said = reason_of(error)
        raise ImportFailure(
            _("{source} cannot be read: {reason}", source=path, reason=said)
        ) from error


def _head(opener: Opener, size: int = _HEAD) -> bytes:
    with opener() as stream:
        return stream.read(size)


def _encoding(opener: Opener) -> str | None:
    """Where a file says UTF-8, or nothing, and is not, it is what Arabic systems wrote then."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opener() as stream:
        head = stream.read(_HEAD)
        declared = _DECLARED.match(head, max(head.find(b"<?xml"), 0))
        is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        if is_utf16 or (declared and declared[1].lower() != b"utf-8"):
            return None
        data = head + stream.read(1 << 20)
        try:
            while data:
                decoder.decode(data)
                data = stream.read(1 << 20)
        except UnicodeDecodeError as error:
            high = bytes(error.object[error.start : error.start + 4096])
            return "windows-1256" if len(re.findall(rb"[\xc0-\xff]{2,}", high)) > 1 else None
    return None
