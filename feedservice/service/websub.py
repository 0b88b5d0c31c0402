"""The outbox → hubs (WebSub, W3C Recommendation of 2018, §4 and Appendix A): tells hubs which feeds
changed.

Only un-narrowed feeds are told of. A hub that does not answer is asked again, ever more rarely, and
at last given up.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import FeedserviceError
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import SITE, Label
from feedservice.index.outbox import Outbox, Ping

log = logging.getLogger(__name__)

TIMEOUT = 10.0
"""Seconds for a hub to answer."""
FIRST_WAIT = timedelta(seconds=10)
MAX_TRIES = 13
"""Waits double from `FIRST_WAIT` to an hour: the last try falls some seven hours after the
change."""
AT_ONCE = 8

Post = Callable[[str, dict[str, str]], int]
"""Sends a form to an address; returns the status. Raises httpx.HTTPError or ValueError where there
is no answer."""


def post(url: str, form: dict[str, str]) -> int:
    """Send a form by HTTP."""
    return httpx.post(url, data=form, timeout=TIMEOUT, follow_redirects=True).status_code


class Notifier:
    """Tells hubs what the outbox holds.

    Args:
        outbox: what is to be told.
        site: the site, with the base_url that holds.
        suffixes: of the formats: each list is one topic a format.
        clock: tells what is due.
        send: sends a form.
    """

    def __init__(
        self,
        outbox: Outbox,
        site: Callable[[], Site],
        suffixes: Sequence[str],
        clock: Clock,
        send: Post = post,
    ) -> None:
        self._outbox = outbox
        self._site = site
        self._suffixes = suffixes
        self._clock = clock
        self._send = send

    def work(self) -> int:
        """Notice what time has changed, tell hubs what is due, concurrently, and return how many
        rows were due.
        """
        try:
            site = self._site()
            self._outbox.notice_time(site.hubs, self._clock())
            due = self._outbox.due(self._clock())
        except FeedserviceError as error:
            log.warning("the outbox cannot be read: %s", error)
            return 0
        if due:
            with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
                list(pool.map(lambda ping: self._tell(ping, site), due))
        return len(due)

    def waiting(self) -> int:
        """Return how many rows the outbox has."""
        return self._outbox.waiting()

    def _tell(self, ping: Ping, site: Site) -> None:
        try:
            if ping.hub not in site.hubs:
                self._outbox.done(ping)
                return
            failure = self._failure(ping, site)
            if failure is None:
                self._outbox.done(ping)
                log.info("told %s of %s", ping.hub, page_of(ping.label))
            elif ping.tries + 1 >= MAX_TRIES:
                self._outbox.done(ping)
                log.error("gave up telling %s of %s: %s", ping.hub, page_of(ping.label), failure)
            else:
                again = self._clock() + wait_after(ping.tries)
                self._outbox.later(ping, again)
                log.warning(
                    "%s was not told of %s (%s); next try %s",
                    ping.hub,
                    page_of(ping.label),
                    failure,
                    again,
                )
        except FeedserviceError as error:
            log.warning("the outbox cannot be written: %s", error)

    def _failure(self, ping: Ping, site: Site) -> str | None:
        """Tell one hub of one list in every format; what went wrong, or None."""
        for suffix in self._suffixes:
            topic = urls.absolute(site.base_url, urls.feed_path(page_of(ping.label), suffix))
            try:
                status = self._send(
                    ping.hub, {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
                )
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                return str(error) or type(error).__name__
            if not 200 <= status < 300:
                return f"status {status}"
        return None


def page_of(label: Label) -> str:
    """Return the page address of a list."""
    kind, slug = label
    return "/" if label == SITE else urls.label_path(Taxonomy(kind), slug)


def wait_after(tries: int) -> timedelta:
    """Return how long to wait after so many failures before this one."""
    return min(FIRST_WAIT * (1 << tries), timedelta(hours=1))
