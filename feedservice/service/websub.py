"""The outbox → hubs: tells them what changed (WebSub, W3C Recommendation of 2018, §4, Appendix A).

Only un-narrowed feeds are told of. Each hub is told by a thread of its own, so that none waits for
another; one that fails is asked again ever more rarely, and given up after a day.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import FeedserviceError, IndexUnavailable
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import SITE, Label
from feedservice.index.outbox import Outbox, Ping
from feedservice.service import backoff, sending
from feedservice.service.backoff import Failure
from feedservice.service.sending import Answer

log = logging.getLogger(__name__)

HUBS_AT_ONCE = 8

Post = Callable[[str, dict[str, str]], Answer]
"""Sends a form to an address; raises what `sending.post` does."""

GaveUp = Callable[[str, str], None]


def nobody(_hub: str, _reason: str) -> None:
    """Tell nobody that a hub was given up."""


def post_form(url: str, form: dict[str, str]) -> Answer:
    """Send a form to a hub; see `sending.post`."""
    return sending.post(url, form=form)


class Notifier:
    """Tells hubs what the outbox holds.

    Args:
        outbox: what is to be told.
        site: the site, with the base_url that holds.
        suffixes: of the formats: each list is one topic a format.
        clock: tells what is due.
        send: sends a form.
        is_late: whether a CDN does not know yet of some change: a hub fetches through it.
        gave_up: told which hub was given up, and why.
    """

    def __init__(
        self,
        outbox: Outbox,
        site: Callable[[], Site],
        suffixes: Sequence[str],
        clock: Clock,
        send: Post = post_form,
        is_late: Callable[[], bool] = lambda: False,
        gave_up: GaveUp = nobody,
    ) -> None:
        self._outbox = outbox
        self._site = site
        self._suffixes = suffixes
        self._clock = clock
        self._send = send
        self._is_late = is_late
        self._gave_up = gave_up
        self._telling: dict[str, threading.Thread] = {}

    def work(self) -> None:
        """Notice what time has changed, and begin to tell each hub what is due; wait for none."""
        self._telling = {hub: each for hub, each in self._telling.items() if each.is_alive()}
        try:
            site = self._site()
        except IndexUnavailable:
            return  # it is being filled: there is nothing to tell
        try:
            self._outbox.notice_time(site.hubs, self._clock())
            for hub in self._outbox.hubs_due(self._clock()):
                if hub not in site.hubs:
                    self._outbox.forget(hub)
                elif hub not in self._telling and len(self._telling) < HUBS_AT_ONCE:
                    # A daemon: what was not told yet when the process ends is still in the outbox.
                    thread = threading.Thread(target=self._tell, args=(hub, site), daemon=True)
                    self._telling[hub] = thread
                    thread.start()
        except FeedserviceError as error:
            log.warning("the outbox cannot be read: %s", error)

    def wait(self) -> None:
        """Wait until all that `work` began is done."""
        for thread in self._telling.values():
            thread.join()

    def waiting(self) -> int:
        """Return how many rows the outbox has."""
        return self._outbox.waiting()

    def _tell(self, hub: str, site: Site) -> None:
        """Tell one hub what is due, until it fails."""
        try:
            for ping in self._outbox.due(hub, self._clock()):
                if self._is_late():
                    return
                sent = self._clock()
                failure = self._failure(ping, site)
                if failure is not None:
                    self._put_off(ping, failure)
                    return
                self._outbox.done(ping, sent)
                log.info("told %s of %s", hub, page_of(ping.label))
        except FeedserviceError as error:
            log.warning("the outbox cannot be written: %s", error)
        except Exception:
            log.exception("telling %s failed", hub)

    def _put_off(self, ping: Ping, failure: Failure) -> None:
        now = self._clock()
        since = (
            datetime.fromtimestamp(ping.failing_since, now.tzinfo) if ping.failing_since else now
        )
        if backoff.is_over(since, now, failure.status):
            count = self._outbox.forget(ping.hub)
            log.error("gave up telling %s of %d lists: %s", ping.hub, count, failure.reason)
            self._gave_up(ping.hub, failure.reason)
            return
        due = backoff.next_try(ping.tries, now, failure.retry_after)
        self._outbox.postpone(ping, now, due)
        page = page_of(ping.label)
        log.warning("%s was not told of %s (%s); next try %s", ping.hub, page, failure.reason, due)

    def _failure(self, ping: Ping, site: Site) -> Failure | None:
        """Tell a hub of one list in every format; what went wrong, or None."""
        for suffix in self._suffixes:
            topic = urls.absolute(site.base_url, urls.feed_path(page_of(ping.label), suffix))
            form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
            failure = sending.failure_of(partial(self._send, ping.hub, form))
            if failure:
                return failure
        return None


def page_of(label: Label) -> str:
    """Return the page address of a list."""
    kind, slug = label
    return "/" if label == SITE else urls.label_path(Taxonomy(kind), slug)
