"""Settings → the preview's application, over an index of its own."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from flask import Flask

from feedservice.clock import steady_now
from feedservice.content import messages
from feedservice.content.files import ContentFiles
from feedservice.content.site_rules import as_second_names
from feedservice.domain.model import Problem
from feedservice.index import engines
from feedservice.index.engine import open_engine
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.preview import Preview
from feedservice.publishing.publisher import Publisher
from feedservice.service import wiring_desk, wiring_writer
from feedservice.service.wiring_web import around
from feedservice.settings import Settings
from feedservice.web.app import create_app
from feedservice.web.preview import only_this_machine, preview_blueprint


def begin_with_copy(given: Settings, path: Path) -> None:
    """Begin a preview's index with what the service's knows, where it can be copied.

    Last good versions of broken files, who holds an address, and what need not be read again.
    """
    engine = open_engine(given.database, readonly=True)
    engines.of(engine).copy(engine, path)


def previewing(given: Settings) -> tuple[Flask, Indexer]:
    """Return the preview's application over an index of its own, and that index's indexer."""
    taking, index = wiring_writer.indexer(given)
    publishing = Publisher(index, steady_now)
    files = ContentFiles(given.content)
    app = create_app(publishing, files.open_media, desk=wiring_desk.local_desk(given))
    describe = partial(messages.describe, isolated=True)

    def told(problems: Iterable[Problem]) -> Iterable[Problem]:
        return as_second_names(problems, files.second_names(files.walk()))

    app.register_blueprint(preview_blueprint(Preview(index, steady_now, told), describe))
    app = around(app, publishing.known)
    app.wsgi_app = only_this_machine(app.wsgi_app)  # type: ignore[assignment,method-assign]
    return app, taking
