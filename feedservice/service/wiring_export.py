"""Settings → what an export asks: the application as of one moment, without a writer."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from feedservice.content.derived_files import DerivedFiles
from feedservice.content.deriving_process import DerivingProcess
from feedservice.content.file_types import is_servable
from feedservice.content.files import ContentFiles
from feedservice.content.media_file import MediaFile
from feedservice.exporting.export import ExportedSite
from feedservice.exporting.frozen_site import FrozenSite
from feedservice.feeds.formats import FORMATS
from feedservice.index.engine import open_engine
from feedservice.publishing.cards import KeptCards
from feedservice.publishing.entries import KeptEntries
from feedservice.publishing.publisher import Publisher
from feedservice.service import wiring
from feedservice.service.wiring_web import around
from feedservice.settings import Settings
from feedservice.system import memory
from feedservice.web.alone import Alone
from feedservice.web.app import create_app
from feedservice.web.media import OpenDerived

_ENTRIES, _CARDS = 48 * 1024 * 1024, 16 * 1024 * 1024
"""Bytes that each process keeps of entries, and of cards: those of some 2,000 articles, which the
documents and pages of a month share."""


@dataclass(frozen=True, slots=True)
class FrozenApplication:
    """Makes the application as of one moment, without a writer. A value, so picklable."""

    given: Settings
    now: datetime

    def __call__(self) -> Alone:
        """Return the application."""
        given = self.given
        memory.keep_free()
        index = FrozenSite(open_engine(given.database, readonly=True), given.base_url)

        def clock() -> datetime:
            return self.now

        publishing = Publisher(index, clock, max_age=given.max_age)
        publishing.entries = KeptEntries(_ENTRIES, together=FORMATS.values())
        publishing.cards = KeptCards(_CARDS, is_frozen=True)
        files = ContentFiles(given.content)
        app = create_app(
            publishing,
            files.open_media,
            open_derived=_making(files, wiring.derived_files(given)),
            max_age=given.max_age,
            cards=_CARDS,
        )
        app.after_request(_without_moment)
        alone = Alone(app, clock, publishing.entries.forget)
        around(app, publishing.known, clock, asked_alone=alone)
        return alone


def _making(files: ContentFiles, kept: DerivedFiles) -> OpenDerived:
    """Return what makes smaller pictures when they are asked for: a folder has none later."""
    process = DerivingProcess(files)

    def open_derived(digest: str, name: str, original: str) -> MediaFile | None:
        if not kept.has(digest) and (made := process.derive(f"media/{original}", digest)):
            kept.put(digest, made)
        return kept.open(digest, name)

    return open_derived


def _without_moment(response: Response) -> Response:
    """A folder of files cannot count down to a moment: headers stay until the next export."""
    response.headers.pop("Expires", None)
    return response


def exporting(given: Settings) -> ExportedSite:
    """Return what an export needs to know; the index is filled by then."""
    files = ContentFiles(given.content)
    return ExportedSite(
        make=lambda now: FrozenApplication(given, now),
        index=wiring.reader(given),
        media=lambda: [src for src in files.walk("media").media if is_servable(src)],
        key=str(given.max_age),
    )
