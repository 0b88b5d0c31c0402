"""A token and a request → a file of the content folder: what an address of Micropub answers."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count, islice
from typing import Any
from urllib.parse import unquote, urlsplit

from feedservice.content.file_types import is_article
from feedservice.content.files import ContentFiles
from feedservice.content.pictures import MAX_PICTURE
from feedservice.domain import urls
from feedservice.domain.errors import Changed, SourceUnavailable, reason_of
from feedservice.domain.model import Site
from feedservice.domain.own_addresses import own_addresses
from feedservice.domain.text import nfc
from feedservice.i18n import _
from feedservice.micropub import tokens
from feedservice.micropub.actions import Action, Kind, Refused, ignored
from feedservice.micropub.beside import Ask, child
from feedservice.micropub.done import Done, DoneBefore, digest_of
from feedservice.micropub.store import Store
from feedservice.micropub.token_file import TokenFile
from feedservice.micropub.tokens import Token

log = logging.getLogger(__name__)

MAX_FILE = MAX_PICTURE
"""Bytes of a file that is sent."""
_TRIES = 50
"""Slugs that are tried for a new article: the one that was wished for, and it with a number."""
_AT_ONCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an index is asked.

    Attributes:
        site: returns the site.
        paths: returns the files of articles of any status, by the slugs and aliases asked for.
        taken: returns those of ids that an article has.
        categories: returns the names of categories and tags.
    """

    site: Callable[[], Site]
    paths: Callable[[Collection[str]], Mapping[str, str]]
    taken: Callable[[Collection[str]], Collection[str]]
    categories: Callable[[], Sequence[str]]


class Desk:
    """Carries out what is asked.

    Args:
        token_file: who may.
        files: the content folder, read.
        store: where files are written.
        known: what an index is asked.
        before: what was done already.
        clock: tells the date of what is new.
        beside: gives what asks for the functions of `work`.
        elsewhere: returns the token of a secret that another server gave out, if one does.
    """

    def __init__(
        self,
        token_file: TokenFile,
        files: ContentFiles,
        store: Store,
        known: Known,
        before: DoneBefore,
        clock: Callable[[], datetime],
        beside: Callable[[], AbstractContextManager[Ask]] = child,
        elsewhere: Callable[[str], Token | None] | None = None,
    ) -> None:
        self._tokens = token_file
        self._files = files
        self._store = store
        self._known = known
        self._before = before
        self._clock = clock
        self._beside = beside
        self._elsewhere = elsewhere

    def is_open(self) -> bool:
        """Whether anybody may write: without a token there is nothing here."""
        return self._tokens.is_there() or self._elsewhere is not None

    def token(self, secret: str) -> Token:
        """Return the token of a secret.

        Raises:
            Refused: it is nobody's, or was revoked.
        """
        found = tokens.find(secret, self._tokens.read())
        if found is not None:
            self._tokens.note_use(found, self._clock())
            return found
        found = self._given_elsewhere(secret) if self._elsewhere else None
        if found is None:
            told = _(
                "this token is not known here, or was revoked: make another with {command}",
                command="feedservice token new",
            )
            raise Refused(401, "invalid_token", told)
        return found

    def _given_elsewhere(self, secret: str) -> Token | None:
        assert self._elsewhere
        try:
            return self._elsewhere(secret)
        except (OSError, ValueError) as error:
            log.warning("a token cannot be asked for: %s", error)
            told = _("the server that gave out the token cannot be asked: try again later")
            raise Refused(503, "temporarily_unavailable", told) from error

    def site(self) -> Site:
        """Return the site."""
        return self._known.site()

    def categories(self) -> Sequence[str]:
        """Return the names of categories and tags."""
        return self._known.categories()

    def create(
        self, action: Action, token: Token, uploads: Sequence[tuple[str, str, bytes]] = ()
    ) -> Done:
        """Make a new article, or return the one that was made when the same was sent before.

        No file is written before all of it was checked.

        Args:
            action: what it is to be.
            token: whose it is.
            uploads: files that came with it: property, name and bytes.

        Raises:
            Refused: it would not be published as it is.
        """
        now = self._clock()

        def make(known: Done | None) -> Done:
            return self._create(action, token, uploads, now, known)

        return self._before.once(digest_of(token, action, uploads), now, self._files.stat, make)

    def _create(
        self,
        action: Action,
        token: Token,
        uploads: Sequence[tuple[str, str, bytes]],
        now: datetime,
        known: Done | None,
    ) -> Done:
        site = self.site()
        with self._beside() as ask:
            media = {}
            given = dict(action.properties)
            for name, called, data in uploads:
                path = ask("upload", data, called)
                media[path] = data
                address = urls.absolute(site.base_url, urls.media_path(path))
                given[name] = (*given.get(name, ()), address)
            action = Action(kind=Kind.CREATE, properties=given)
            draft = ask("draft", action, token.author, site, now)
            for slug in self._free(draft.wish, draft.folder, site):
                made = ask("new_file", self._files, draft, slug, set(media), site, now)
                for path, data in media.items():
                    self._keep(path, data, token)
                try:
                    self._put(made.path, made.data, None, token)
                except Changed:
                    if known and known.path == made.path:  # which content has not followed yet
                        return known
                    continue
                return self._done(made, action, site, is_new=True)
        raise Refused(409, "conflict", _("no address like {value} is free", value=draft.wish))

    def change(self, action: Action, token: Token, version: str = "") -> Done:
        """Update, withdraw or bring back an article.

        Args:
            action: what is to be done.
            token: who does it.
            version: of the file that is meant, as `source` tells it.

        Raises:
            Refused: there is no such article, it was changed meanwhile, or it would not be
                published as it is.
        """
        site, now = self.site(), self._clock()
        path = self._path(action.url, site)
        with self._beside() as ask:
            made = ask("changed_file", self._files, path, action, version, site, now)
        is_other = made.data != made.before
        if is_other:
            try:
                self._put(path, made.data, made.before, token)
            except Changed as error:
                raise Refused.changed() from error
        return self._done(made, action, site, is_new=False, is_other=is_other)

    def source(self, url: str, names: Collection[str]) -> tuple[dict[str, Any], str]:
        """Return an article as JSON, and the version of its file; raises as `change` does."""
        site = self.site()
        path = self._path(url, site)
        with self._beside() as ask:
            found: tuple[dict[str, Any], str] = ask("source", self._files, path, names, site)
        return found

    def upload(self, data: bytes, name: str, token: Token) -> str:
        """Keep a file and return its address.

        Raises:
            Refused: it is of no type that is published.
        """
        with self._beside() as ask:
            path = ask("upload", data, name)
        self._keep(path, data, token)
        return urls.absolute(self.site().base_url, urls.media_path(path))

    def _keep(self, path: str, data: bytes, token: Token) -> None:
        with suppress(Changed):  # it is named by its digest: the same lies there
            self._put(path, data, None, token)

    def _put(self, path: str, data: bytes, before: bytes | None, token: Token) -> None:
        try:
            self._store.put(path, data, before, token.author)
        except (OSError, SourceUnavailable) as error:
            log.warning("%s cannot be written: %s", path, error)
            why = reason_of(error) if isinstance(error, OSError) else error.message
            told = _("it cannot be written now: {reason}", reason=why)
            raise Refused(503, "temporarily_unavailable", told) from error

    def _free(self, wish: str, folder: str, site: Site) -> Iterator[str]:
        """Yield slugs that no article has, by the index and by the folders of categories."""
        names = islice(chain((wish,), (f"{wish}-{n}" for n in count(2))), _TRIES)
        while some := [*islice(names, _AT_ONCE)]:
            ids = {name: f"{site.id}:{urls.percent(name)}" for name in some}
            paths, taken = self._known.paths(some), self._known.taken(list(ids.values()))
            for name in some:
                is_taken = name in paths or ids[name] in taken or self._lying(name, site)
                if not is_taken and is_article(f"{folder}/{name}.md"):
                    yield name

    def _lying(self, slug: str, site: Site) -> str:
        """The file of a category's folder that is called by a slug, the index knowing it or not."""
        places = (f"{category.slug}/{slug}.md" for category in site.categories)
        return next((place for place in places if self._files.stat(place)), "")

    def _path(self, url: str, site: Site) -> str:
        """The file of an article by its address."""
        own = own_addresses(site.base_url, *site.former_urls).path_of(url)
        path = unquote(urlsplit(own).path) if own else ""
        slug = nfc(path.removeprefix("/articles/")) if path.startswith("/articles/") else ""
        if slug and "/" not in slug:
            found = self._known.paths([slug]).get(slug) or self._lying(slug, site)
            if found:
                return found
        raise Refused.invalid(_("no article is at {value}", value=url[:300]))

    def _done(
        self, made: Any, action: Action, site: Site, *, is_new: bool, is_other: bool = True
    ) -> Done:
        return Done(
            path=made.path,
            url=urls.absolute(site.base_url, urls.article_path(made.slug)),
            is_new=is_new,
            is_public=made.is_public,
            is_other=is_other,
            ignored=ignored(action),
            warnings=made.warnings,
        )
