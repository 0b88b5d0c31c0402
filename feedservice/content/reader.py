"""One file → what the index takes up: read, decoded, parsed, its media measured. Knows no index and
keeps nothing.

What one reading needs is handed in, so that it can be done in any process (see `pool`).
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime

from feedservice.content import article as article_file
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles, Seen
from feedservice.domain.errors import ContentError
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.model import Article, Media, Problem, Severity, Site
from feedservice.domain.text import one_line

_ID = re.compile(r"^id:[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)

VERSION = 2
"""Of what a reading yields: raised where the same file gives another article, so that no row of the index outlives it."""

Assets = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the reading of every file of a scan has in common.

    Attributes:
        files: the content folder.
        site: gives categories, authors, zone and language.
        key: of what else a reading depends on.
    """

    files: ContentFiles
    site: Site
    key: str


class FileReader:
    """Reads article files of one site."""

    def __init__(self, task: Task) -> None:
        self._files = task.files
        self._site = task.site
        self._key = task.key

    def read(self, seen: Seen, now: datetime) -> Reading | None:
        """Read one file; None where it vanished meanwhile (a removal, not an error)."""
        try:
            data = self._files.read(seen.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            problem = Problem(
                path=seen.path,
                code="file-unreadable",
                facts={"value": error.strerror or str(error)},
            )
            return Reading(state=self._state(seen, b""), article=None, problems=(problem,))
        try:
            text = decode(data, seen.path)
        except ContentError as error:
            return Reading(state=self._state(seen, data), article=None, problems=(error.problem,))
        found, problems = article_file.read(text, seen.path, self._site, now)
        if found is None:
            return Reading(
                state=self._state(seen, data), article=None, problems=problems, named=_named(text)
            )
        measured, assets, missing = self._measure(found)
        state = self._state(seen, data, assets)
        return Reading(state=state, article=measured, problems=(*problems, *missing), text=text)

    def article(self, text: str, path: str, now: datetime) -> Article | None:
        """Return the article that a text held, which was good once."""
        found, _ = article_file.read(text, path, self._site, now)
        return self._measure(found)[0] if found else None

    def _state(self, seen: Seen, data: bytes, assets: Assets = ()) -> FileState:
        digest = hashlib.blake2b(data, digest_size=16).hexdigest() if data else ""
        return FileState(
            path=seen.path,
            size=seen.size,
            mtime_ns=seen.mtime_ns,
            digest=digest,
            key=self._key,
            assets=assets,
        )

    def _measure(self, found: Article) -> tuple[Article, Assets, tuple[Problem, ...]]:
        """Take type, length and dimensions of media from the files; what is missing is told and
        left out.
        """
        if not found.image and not found.media:
            return found, (), ()
        assets: dict[str, tuple[str, int, int]] = {}
        missing: list[Problem] = []

        def look(media: Media, code: str) -> Media | None:
            if media.src.startswith("media/"):
                assets[media.src] = asset(media.src, self._files.stat(media.src))
            measured = self._files.measure(media)
            if measured is None:
                code = code if assets[media.src][1] < 0 else "media-type"
                missing.append(
                    Problem(
                        path=found.path,
                        code=code,
                        facts={"value": media.src},
                        severity=Severity.WARNING,
                    )
                )
            return measured

        image = look(found.image, "image-missing") if found.image else None
        media = tuple(m for item in found.media if (m := look(item, "media-missing")))
        return replace(found, image=image, media=media), tuple(assets.values()), tuple(missing)


def _named(text: str) -> str:
    """The id that front matter names, whatever else is wrong with it."""
    found = _ID.search(text)
    return one_line(found[1].strip("\"'")) if found else ""


def asset(src: str, seen: Seen | None) -> tuple[str, int, int]:
    """Return a media file as `FileState.assets` has it."""
    return (src, seen.size, seen.mtime_ns) if seen else (src, -1, 0)
