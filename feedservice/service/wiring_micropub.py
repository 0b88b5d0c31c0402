"""Settings → the desk at which programs write."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from feedservice.clock import steady_now
from feedservice.content.files import ContentFiles
from feedservice.micropub.desk import Desk, Known
from feedservice.micropub.store import FolderStore
from feedservice.micropub.token_file import TokenFile
from feedservice.publishing import names
from feedservice.publishing.publisher import Publisher
from feedservice.settings import Settings
from feedservice.system.turn import turn


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
    store = FolderStore(files, lambda: turn(given.state / "micropub.lock"))
    return Desk(TokenFile(given.state), files, store, known, steady_now)
