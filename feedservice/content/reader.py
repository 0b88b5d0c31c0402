"""The one road from a file to its article and its problems. Knows no index and keeps nothing.

What one reading needs is handed in, so that it can be done in any process (see `ingest.batches`).
What is wrong only beside other files is found with the names that a reading holds.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from feedservice import __version__
from feedservice.content import article as article_file
from feedservice.content import page
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.file_types import is_picture_name, is_servable, suffix_of
from feedservice.content.files import ContentFiles
from feedservice.content.frontmatter import Source
from feedservice.content.invisible import trimmed
from feedservice.content.pictures import MAX_PICTURE
from feedservice.content.seen import UNREADABLE, Seen, asset, has_same_media, unreadable
from feedservice.domain import internal_links, references
from feedservice.domain.errors import ContentError
from feedservice.domain.file_readings import Asset, FileState, Reading
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.model import Article, Media, Problem, Severity, Site
from feedservice.domain.text import one_line
from feedservice.system.worker import SECONDS, Died

log = logging.getLogger(__name__)

_ID = re.compile(r"^id:[ \t]+(\S.*)", re.MULTILINE)

VERSION = 30
"""Raised where the same file comes to another reading, so that no row of the index outlives it."""

YOUNG = 10.0
"""Seconds in which a file may change once more and keep its size and times: a file system may count
two at a time, and a server's clock be off. It is read again, once it is older."""

_LIMIT = {"limit": f"{MAX_PICTURE // 2**20}"}


def tell_nobody(_path: str) -> None:
    """Be told what is read where the process is not to be ended for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the reading of every file of a scan has in common.

    Attributes:
        files: the content folder.
        site: gives categories, authors, zone and language.
        key: of what else a reading depends on.
        unmeasured: pictures that ended the process that measured them, as `asset` has them.
    """

    files: ContentFiles
    site: Site
    key: str = ""
    unmeasured: frozenset[Asset] = frozenset()


class FileReader:
    """Reads article files of one site.

    Args:
        task: what all readings have in common.
        begun: told the path of each file, an article or a picture, before each step that looks at
            its bytes: they may be of the kind that ends the process.
    """

    def __init__(self, task: Task, begun: Callable[[str], None] = tell_nobody) -> None:
        self._files = task.files
        self._site = task.site
        self._key = task.key
        self._unmeasured = task.unmeasured
        self._begun = begun

    def read(
        self, seen: Seen, now: datetime, known: FileState | None = None
    ) -> Generator[int, None, Reading | FileState | None]:
        """Read one file in steps, between which the same steps of other files may be done.

        What a step runs is in the processor's caches then, which saves a tenth of the time.

        Args:
            seen: the file.
            now: the moment.
            known: how it was read under the same key. Where its bytes and its media are still the
                same, it is not parsed again.

        Yields:
            How many bytes the step read.

        Returns:
            None where it vanished meanwhile (a removal, not an error); its state, at its new time,
            where it is as ``known``.
        """
        data = b""
        self._begun(seen.path)
        seen = _as_read(seen, now)
        try:
            data, opened = self._files.read_seen(seen.path)
            seen = _as_read(opened, now)
            digest = _digest(data)
            if known and digest == known.digest and has_same_media(known, self._files.stat):
                return self._state(seen, digest, known.assets)
            yield len(data)
            self._begun(seen.path)
            return (yield from self._reading(seen, decode(data, seen.path), digest, now))
        except FileNotFoundError:
            return None
        except ContentError as error:
            return self._broken(seen, _digest(data), error.problem)
        except OSError as error:
            return self._broken(seen, "", unreadable(seen.path, error))
        except Exception as error:  # one file must not keep the others back
            log.exception("%s cannot be read", seen.path)
            facts = {"value": type(error).__name__}
            problem = Problem(path=seen.path, code=UNREADABLE, facts=facts)
            return self._broken(seen, "", problem)

    def held_back(self, seen: Seen, died: Died) -> Reading:
        """Return the reading of a file at which the process died that read it."""
        code = "reading-slow" if died.is_late else "reading-died"
        facts = {"value": died.why, "limit": f"{SECONDS:g}"}
        return self._broken(seen, "", Problem(path=seen.path, code=code, facts=facts))

    def reading(self, seen: Seen, text: str, digest: str, now: datetime) -> Reading:
        """Return what a decoded text comes to."""
        steps = self._reading(seen, text, digest, now)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                found: Reading = end.value
                return found

    def _reading(
        self, seen: Seen, text: str, digest: str, now: datetime
    ) -> Generator[int, None, Reading]:
        try:
            source = article_file.take_apart(text, seen.path)
        except ContentError as error:
            return replace(self._broken(seen, digest, error.problem), named=_named(text))
        yield 0
        self._begun(seen.path)
        article, problems = article_file.read_source(
            source, text, seen.path, self._site, now, page.reader_of(seen.path, self._site)
        )
        if article is None:
            state = self._state(seen, digest)
            return Reading(state=state, article=None, problems=problems, named=_named(text))
        yield 0
        self._begun(seen.path)
        media = _Media(self._files, source, seen.path, now, self._unmeasured, self._begun)
        article = media.measured(article)
        return Reading(
            state=self._state(seen, digest, tuple(media.assets.values())),
            article=article,
            problems=(*problems, *media.problems),
            text=text,
            references=references.placed(references.names(article), source.find),
        )

    def _broken(self, seen: Seen, digest: str, problem: Problem) -> Reading:
        return Reading(state=self._state(seen, digest), article=None, problems=(problem,))

    def _state(self, seen: Seen, digest: str, assets: tuple[Asset, ...] = ()) -> FileState:
        return FileState(
            path=seen.path,
            size=seen.size,
            mtime_ns=seen.mtime_ns,
            ctime_ns=seen.ctime_ns,
            inode=seen.inode,
            digest=digest,
            key=self._key,
            assets=assets,
        )


class _Media:
    """The media files that one article names: measured, and missed at their places."""

    def __init__(
        self,
        files: ContentFiles,
        source: Source,
        path: str,
        now: datetime,
        unmeasured: frozenset[Asset],
        begun: Callable[[str], None],
    ) -> None:
        self.assets: dict[str, Asset] = {}
        self.problems: list[Problem] = []
        self._files = files
        self._source = source
        self._path = path
        self._now = now
        self._unmeasured = unmeasured
        self._begun = begun

    def measured(self, article: Article) -> Article:
        """Return the article, type, length and size of its media taken from the files."""
        image, media = article.image, article.media
        if image:
            image = self._measure(image, "image-missing", "image", "src")
        if media:
            each = (self._measure(item, "media-missing", "media") for item in media)
            media = tuple(filter(None, each))
        shown = set(internal_links.sources(article.html))
        pictures = []
        for kind, name in dict.fromkeys(internal_links.targets(article.html)):
            if kind != "media":
                continue
            src, word = f"media/{name}", name.rpartition("/")[2]
            if src in shown and is_picture_name(src):
                found = self._measure(Media(src=src), "media-missing", word=word)
                pictures += [found] if found and found.width else []
            else:
                self._note(src, "media-missing", self._source.find(word=word))
        if not (article.image or article.media or pictures):
            return article
        return replace(article, image=image, media=media, pictures=tuple(pictures))

    def _measure(self, media: Media, missing: str, *keys: str, word: str = "") -> Media | None:
        if not media.src.startswith("media/"):
            return self._files.measure(media)
        is_harmful = asset(media.src, self._files.stat(media.src)) in self._unmeasured
        self._begun(media.src)
        measured = self._files.measure(media, dimensions=not is_harmful)
        self._begun(self._path)
        place = self._source.find(keys, word)
        if measured is None:
            self._note(media.src, missing, place, is_readable=False)
            seen = self._files.stat(media.src)
            if seen and seen.is_unknown:
                named = MEDIA_TYPES.get(suffix_of(media.src), "")
                return replace(media, media_type=media.media_type or named)
        elif self._files.is_pointer(media.src, measured.length or 0):
            self._note(media.src, missing, place, "media-pointer")
            return None
        elif measured.length > MAX_PICTURE and measured.media_type.startswith("image/"):
            self._note(media.src, missing, place, "picture-large")
        else:
            self._note(media.src, missing, place, "picture-harmful" if is_harmful else "")
        return measured

    def _note(
        self,
        src: str,
        missing: str,
        place: tuple[int, int],
        code: str = "",
        *,
        is_readable: bool = True,
    ) -> None:
        seen = self._files.stat(src)
        if seen and not is_servable(src):
            code = "media-type"
        elif seen is None or seen.is_unknown or not is_readable:
            # As if it were absent, so that it is tried again.
            code, seen = missing if seen is None else "media-unreadable", None
        self.assets[src] = asset(src, _as_read(seen, self._now) if seen else None)
        if code:
            line, column = place
            self.problems.append(
                Problem(
                    path=self._path,
                    line=line,
                    column=column,
                    code=code,
                    facts={"value": src} | (_LIMIT if code == "picture-large" else {}),
                    severity=Severity.WARNING,
                )
            )


def reading_key(site: Site) -> str:
    """Return what a reading depends on besides its file and media: site.yaml, and the release."""
    parts = [__version__, VERSION, site_file.as_fields(site)]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _named(text: str) -> str:
    """The id that front matter names, whatever else is wrong with it."""
    found = _ID.search(text)
    return one_line(trimmed(found[1]).strip("\"'")) if found else ""


def _as_read(seen: Seen, now: datetime) -> Seen:
    """Return a file as `FileState` has it once it was read at ``now``."""
    moment, young = int(now.timestamp() * 1e9), int(YOUNG * 1e9)
    is_young = abs(moment - seen.mtime_ns) < young or abs(moment - seen.ctime_ns) < young
    return seen._replace(ctime_ns=-seen.ctime_ns) if is_young else seen
