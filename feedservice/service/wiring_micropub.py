"""Settings → the desk at which programs write."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from feedservice.clock import steady_now
from feedservice.content.decoding import MAX_BYTES
from feedservice.content.files import ContentFiles
from feedservice.micropub.desk import Desk, Known
from feedservice.micropub.done import DoneBefore
from feedservice.micropub.store import FolderStore, Store
from feedservice.micropub.token_file import TokenFile
from feedservice.publishing import names
from feedservice.publishing.publisher import Publisher
from feedservice.service import wiring
from feedservice.service.indieauth import IndieAuth
from feedservice.settings import Settings
from feedservice.system.turn import turn

if TYPE_CHECKING:
    from feedservice.ingest.sources.source_store import Put


def desk(given: Settings, publishing: Publisher) -> Desk:
    """Return the desk of a site, whose index a publisher asks."""
    files = ContentFiles(given.content)

    def paths(slugs: Collection[str]) -> Mapping[str, str]:
        return publishing.ask(partial(names.paths, names=slugs))

    def taken(ids: Collection[str]) -> Collection[str]:
        return publishing.ask(partial(names.taken_ids, ids=ids))

    def categories() -> Sequence[str]:
        return publishing.ask(names.categories_and_tags)

    known = Known(site=publishing.site, paths=paths, taken=taken, categories=categories)
    store = _source_store(given, files, publishing) if given.source else _folder_store(given, files)
    elsewhere = None
    if given.indieauth:
        elsewhere = IndieAuth(given.indieauth, publishing.site, steady_now).token
    before = DoneBefore(given.state / "micropub-done")
    tokens = TokenFile(given.state)
    return Desk(tokens, files, store, known, before, steady_now, elsewhere=elsewhere)


def _folder_store(given: Settings, files: ContentFiles) -> Store:
    return FolderStore(files, lambda: turn(given.state / "micropub.lock"))


def _source_store(given: Settings, files: ContentFiles, publishing: Publisher) -> Store:
    # Where content comes from elsewhere.
    from feedservice.ingest.sources.source_store import Author, SourceStore  # noqa: PLC0415

    def author(name: str) -> Author:
        known = publishing.site().author(name)
        return Author(known.name, known.email) if known else Author(name, "")

    def has(path: str, data: bytes) -> bool:
        try:
            return files.read(path) == data[: MAX_BYTES + 1]
        except OSError:
            return False

    @cache
    def writing() -> "Put":
        """Return what writes: made with the first file, since threads of a store end by a fork."""
        if given.source.startswith("s3://"):
            from feedservice.ingest.sources.object_store import ObjectStore  # noqa: PLC0415

            return ObjectStore(given.source).put
        from feedservice.ingest.sources import git  # noqa: PLC0415
        from feedservice.ingest.sources.git_writing import GitWriting  # noqa: PLC0415

        folder = given.content.parent / "writing.git"
        return GitWriting(git.address(given.source), folder).put

    def put(path: str, data: bytes, if_unchanged: bytes | None, author: Author) -> None:
        writing()(path, data, if_unchanged, author)

    return SourceStore(put, author, wiring.hooks(given).add, has)
