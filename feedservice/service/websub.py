"""The outbox → hubs: tells them what changed (WebSub, W3C Recommendation of 2018, §4, Appendix A).

Only un-narrowed feeds are told of. Each hub is told by a thread of its own, so that none waits for
another; one that fails is asked again ever more rarely, and given up after a day.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from feedservice.clock import Clock
from feedservice.domain import urls
from feedservice.domain.errors import FeedserviceError, IndexUnavailable
from feedservice.domain.ip_addresses import is_public
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.http.negotiation import read_date
from feedservice.index.changes import SITE, Label
from feedservice.index.outbox import MAX_WAIT, Outbox, Ping

log = logging.getLogger(__name__)

DEADLINE = 15.0
"""Seconds for a hub to answer, from the first byte sent to the last header received."""
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=1)
MAX_REDIRECTS = 3
HUBS_AT_ONCE = 8

GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a hub answered: its status, and the value of ``Retry-After`` (RFC 9110 §10.2.3)."""

    status: int
    retry_after: str = ""


Post = Callable[[str, dict[str, str]], Answer]
"""Sends a form to an address; raises `httpx.HTTPError`, `OSError`, `ValueError` without answer."""


def post(url: str, form: dict[str, str]) -> Answer:
    """Send a form by HTTP; read no body, and follow only 307 and 308.

    To the host that the operator named, or to one whose every address is public: a stranger who
    holds a hub shall not reach into the network.

    Raises:
        httpx.HTTPError, OSError, ValueError: there was no answer, or none within `DEADLINE`.
    """
    return asyncio.run(_post(url, form))


async def _post(url: str, form: dict[str, str]) -> Answer:
    named, given = httpx.URL(url), _Target(httpx.URL(url))
    async with (
        asyncio.timeout(DEADLINE),
        httpx.AsyncClient(timeout=DEADLINE, trust_env=False, follow_redirects=False) as client,
    ):
        for _ in range(MAX_REDIRECTS + 1):
            async with client.stream(
                "POST",
                given.connect_to or given.url,
                data=form,
                headers={"Host": given.url.netloc.decode("ascii")},
                extensions={"sni_hostname": given.url.raw_host.decode("ascii")},
            ) as response:
                status, headers = response.status_code, response.headers
            if status not in (307, 308):
                return Answer(status=status, retry_after=headers.get("Retry-After", ""))
            given = await _judged(named, given.url.join(headers.get("Location", "")))
    raise ValueError("too many redirects")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a form is sent: by its address, or by the very one of its host that was judged."""

    url: httpx.URL
    connect_to: httpx.URL | None = None


async def _judged(named: httpx.URL, target: httpx.URL) -> _Target:
    if target.scheme not in ("http", "https") or (named.scheme, target.scheme) == ("https", "http"):
        raise ValueError(f"the hub moved to {str(target)!r}, which is no https address")
    if (target.host, target.port) == (named.host, named.port):
        return _Target(target)
    # The name is resolved once: asked again, it could answer otherwise (DNS rebinding).
    found = await asyncio.get_running_loop().getaddrinfo(target.host, None)
    addresses = [str(each[4][0]) for each in found]
    if not all(map(is_public, addresses)):
        message = f"the hub moved to {str(target)!r}, inside the network: name it in site.yaml"
        raise ValueError(message)
    # Any of them: who is tried again may find one that answers.
    return _Target(target, target.copy_with(host=random.choice(addresses)))  # noqa: S311 # nosec B311


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

    def _put_off(self, ping: Ping, failure: "Answer | str") -> None:
        now = self._clock()
        reason = failure if isinstance(failure, str) else f"status {failure.status}"
        since = (
            datetime.fromtimestamp(ping.failing_since, now.tzinfo) if ping.failing_since else now
        )
        is_gone = isinstance(failure, Answer) and failure.status == GONE
        if is_gone or now - since >= GIVEN_UP_AFTER:
            count = self._outbox.forget(ping.hub)
            log.error("gave up telling %s of %d lists: %s", ping.hub, count, reason)
            return
        # This hides nothing.
        wait = wait_after(ping.tries) * random.uniform(1.0, 1.2)  # noqa: S311 # nosec B311
        if isinstance(failure, Answer) and failure.retry_after:
            wait = max(wait, _asked_for(failure.retry_after, now))
        self._outbox.postpone(ping, now, now + wait)
        page = page_of(ping.label)
        log.warning("%s was not told of %s (%s); next try %s", ping.hub, page, reason, now + wait)

    def _failure(self, ping: Ping, site: Site) -> "Answer | str | None":
        """Tell a hub of one list in every format; what went wrong, or None."""
        for suffix in self._suffixes:
            topic = urls.absolute(site.base_url, urls.feed_path(page_of(ping.label), suffix))
            form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
            try:
                answer = self._send(ping.hub, form)
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                return str(error) or type(error).__name__
            if not 200 <= answer.status < 300:
                return answer
        return None


def page_of(label: Label) -> str:
    """Return the page address of a list."""
    kind, slug = label
    return "/" if label == SITE else urls.label_path(Taxonomy(kind), slug)


def wait_after(tries: int) -> timedelta:
    """Return how long to wait at least after so many failures before this one."""
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


def _asked_for(retry_after: str, now: datetime) -> timedelta:
    """The wait that a hub asks for, at most a day; none where it cannot be read."""
    if retry_after.isascii() and retry_after.isdigit():
        return min(timedelta(seconds=int(retry_after[:9])), MAX_WAIT)
    moment = read_date(retry_after)
    return min(moment - now, MAX_WAIT) if moment else timedelta()
