"""One article before readers see it, for whoever was sent its address.

The address is the permission: it is signed, names one article, and ends. Whoever holds the secret
can make one without the service; whoever replaces the secret ends all of them.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import Gone, Moved, NotFound
from feedservice.domain.headline import State
from feedservice.feeds import build_page
from feedservice.feeds.page import ArticlePage
from feedservice.index.reader import IndexReader
from feedservice.publishing import link_contexts

MOST_TOKEN = 1500
"""Characters of a token: three times as many as the longest slug needs."""
_PURPOSE = "feedservice shared preview"


class PreviewLinks:
    """Makes and reads the addresses.

    Args:
        secret: of at least 32 bytes, which only the service and its editors know.
    """

    def __init__(self, secret: bytes) -> None:
        derivation = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._signed = URLSafeSerializer(secret, salt=_PURPOSE, signer_kwargs=derivation)

    def path(self, slug: str, until: datetime) -> str:
        """Return the path of an article's preview, which ends at ``until``."""
        return f"/preview/{self._signed.dumps([slug, int(until.timestamp())])}"

    def read(self, token: str, now: datetime) -> tuple[str, datetime]:
        """Return the slug that a token names, and when it ends.

        Raises:
            NotFound: we have not made it.
            Gone: it has ended.
        """
        if len(token) > MOST_TOKEN:
            raise NotFound("/preview")
        try:
            slug, seconds = self._signed.loads(token)
        except (BadData, UnicodeError) as error:
            raise NotFound("/preview") from error
        until = datetime.fromtimestamp(seconds, UTC)
        if until <= now:
            raise Gone
        return slug, until


class SharedPreview:
    """Answers the addresses.

    Args:
        index: of the site.
        links: reads tokens.
        clock: tells whether one has ended.
    """

    def __init__(self, index: IndexReader, links: PreviewLinks, clock: Clock) -> None:
        self._index = index
        self._links = links
        self._clock = clock

    def article(self, token: str) -> tuple[ArticlePage, dict[str, Any]]:
        """Return the page of an article, and what is told above it: its state, until when.

        Raises:
            NotFound: the token is not ours, or no article is called so any more.
            Gone: it has ended, or the article was withdrawn or has expired.
            Moved: readers see the article by now.
        """
        now = self._clock()
        slug, until = self._links.read(token, now)
        with self._index.snapshot(now) as view:
            article = view.article(slug)
            if article is None:
                raise NotFound("/preview")
            state = article.state(now)
            if article.is_public(now):
                raise Moved(urls.article_path(slug))
            if state not in (State.DRAFT, State.SCHEDULED):
                raise Gone
            context = link_contexts.load(view, (article,), "")
            base_url = view.site.base_url
        page = build_page.article_page(
            article, context, base_url=base_url, last_modified=now, good_until=None
        )
        begins = article.published if state is State.SCHEDULED else None
        return page, {"begins": begins, "until": until}
