"""The outbox → a CDN: tells it the keys of what changed.

Each address is told by a thread of its own; one that fails is asked again ever more rarely, and
given up after a day. What is sent, and where, may be secret: neither is logged.
"""

import json
import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from feedservice.clock import Clock
from feedservice.domain.errors import FeedserviceError
from feedservice.index.outbox import Ping
from feedservice.index.purges import Purges, target_of
from feedservice.service import backoff, sending
from feedservice.service.backoff import Failure
from feedservice.service.sending import Answer

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)
MOST_READ = 65_536
"""Bytes of an answer; what follows is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What one request to a CDN says; ``document`` is its body."""

    method: str = "POST"
    headers: Mapping[str, str] = field(repr=False)
    document: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """How a CDN is told.

    Attributes:
        call: makes a request of keys and the token.
        most: keys of one request.
        burst, seconds: so many requests may follow each other at once, then one in so many seconds.
        is_done: whether an answer with a status of 2xx says that it was done.
    """

    call: Callable[[Sequence[str], str], Call]
    most: int = 256
    burst: int = 1
    seconds: float = 0.0
    is_done: Callable[[bytes], bool] = lambda _body: True


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _json(document: object, token: str) -> Call:
    headers = {"Content-Type": "application/json", **_bearer(token)}
    return Call(headers=headers, document=json.dumps(document).encode())


def _varnish(keys: Sequence[str], token: str) -> Call:
    return Call(method="PURGE", headers={"xkey-softpurge": " ".join(keys), **_bearer(token)})


def _fastly(keys: Sequence[str], token: str) -> Call:
    headers = {"Surrogate-Key": " ".join(keys), "Fastly-Soft-Purge": "1", "Fastly-Key": token}
    return Call(headers={**headers, "Accept": "application/json"})


def _cloudflare(keys: Sequence[str], token: str) -> Call:
    return _json({"tags": list(keys)}, token)


def _webhook(keys: Sequence[str], token: str) -> Call:
    return _json({"keys": list(keys)}, token)


def _is_success(body: bytes) -> bool:
    """Whether an answer of Cloudflare says so (API, "Responses")."""
    try:
        return json.loads(body)["success"] is True
    except (ValueError, LookupError, TypeError):
        return False


DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        # deploy/varnish/feedservice.vcl; varnish-modules, vmod_xkey(3), "Example".
        "varnish": Driver(call=_varnish),
        # Fastly's API, "Purge multiple surrogate key tags": 256 keys, soft by a header.
        "fastly": Driver(call=_fastly),
        # Cloudflare's API, "Purge cache by cache-tags": 30 tags, of the smallest plan 25 requests
        # at once and 5 a minute.
        "cloudflare": Driver(
            call=_cloudflare, most=30, burst=25, seconds=12.0, is_done=_is_success
        ),
        "webhook": Driver(call=_webhook),
    }
)

Send = Callable[[str, Call], Answer]
"""Sends a request to an address; raises what `sending.call` does."""


def send(url: str, call: Call) -> Answer:
    """Send a request by HTTP; see `sending.call`."""
    return sending.call(
        call.method, url, headers=call.headers, document=call.document, most=MOST_READ
    )


class Pace:
    """When requests may be sent: a few at once, then one now and then.

    Args:
        driver: says how many.
        monotonic: seconds.
    """

    def __init__(self, driver: Driver, monotonic: Callable[[], float]) -> None:
        self._driver = driver
        self._monotonic = monotonic
        self._booked = 0.0

    def may_send(self) -> bool:
        """Return whether one may be sent now, and count it if so."""
        now, every = self._monotonic(), self._driver.seconds
        if self._booked - now > (self._driver.burst - 1) * every:
            return False
        self._booked = max(self._booked, now) + every
        return True


class Purger:
    """Tells a CDN what the outbox holds.

    Args:
        purges: what is to be told.
        driver: how.
        addresses: where.
        token: returns what proves that it is told by us; asked each time.
        clock: tells what is due.
        monotonic: seconds, of the pace.
        told: is told of each request whether it was ``sent`` or has ``failed``.
        send: sends a request.
    """

    def __init__(
        self,
        purges: Purges,
        driver: Driver,
        addresses: Sequence[str],
        token: Callable[[], str],
        clock: Clock,
        monotonic: Callable[[], float],
        told: Callable[[str], None] = lambda _outcome: None,
        send: Send = send,
    ) -> None:
        self._purges = purges
        self._driver = driver
        self._addresses = {target_of(address): address for address in addresses}
        self._paces = {target: Pace(driver, monotonic) for target in self._addresses}
        self._token = token
        self._clock = clock
        self._told = told
        self._send = send
        self._telling: dict[str, threading.Thread] = {}

    def work(self) -> None:
        """Begin to tell each address what is due; wait for none."""
        self._telling = {
            each: thread for each, thread in self._telling.items() if thread.is_alive()
        }
        for target in self._purges.targets_due(self._clock()):
            if target not in self._addresses:
                self._purges.forget(target)
            elif target not in self._telling:
                # A daemon: what was not told yet when the process ends is still in the outbox.
                thread = threading.Thread(target=self._tell, args=(target,), daemon=True)
                self._telling[target] = thread
                thread.start()

    def wait(self) -> None:
        """Wait until all that `work` began is done."""
        for thread in self._telling.values():
            thread.join()

    def _tell(self, target: str) -> None:
        """Tell one address what is due, until nothing is, it fails, or the pace forbids it."""
        try:
            while self._purges.is_due(target, self._clock()) and self._paces[target].may_send():
                now = self._clock()
                claimed = self._purges.claim(target, now, self._driver.most)
                keys = [each.label[1] for each in claimed]
                failure = self._failure(self._addresses[target], keys)
                self._told("failed" if failure else "sent")
                if failure:
                    self._put_off(target, claimed, failure)
                    return
                self._purges.settle(target, claimed, now)
        except FeedserviceError as error:
            log.warning("the outbox cannot be used: %s", error)
        except Exception as error:  # noqa: BLE001 - a traceback may hold the address or the token
            log.error("telling the CDN failed: %s", type(error).__name__)  # noqa: TRY400

    def _failure(self, address: str, keys: Sequence[str]) -> Failure | None:
        """Tell keys; what went wrong, or None. What exceptions say may hold the address."""
        try:
            answer = self._send(address, self._driver.call(keys, self._token()))
        except sending.NO_ANSWER as error:
            return Failure(reason=type(error).__name__)
        if 200 <= answer.status < 300:
            return None if self._driver.is_done(answer.body) else Failure(reason="it was not done")
        reason = f"status {answer.status}"
        return Failure(reason=reason, status=answer.status, retry_after=answer.retry_after)

    def _put_off(self, target: str, claimed: Sequence[Ping], failure: Failure) -> None:
        now = self._clock()
        worst = max(claimed, key=lambda each: each.tries)
        host = urlsplit(self._addresses[target]).hostname
        since = worst.failing_since
        if since and backoff.is_over(datetime.fromtimestamp(since, now.tzinfo), now):
            count = self._purges.forget(target)
            told = "gave up telling the CDN at %s of %d keys: %s"
            log.error(told, host, count, failure.reason)
            return
        # This hides nothing.
        wait = min(FIRST_WAIT * (1 << min(worst.tries, 20)), LONGEST_WAIT)
        wait *= random.uniform(1.0, 1.2)  # noqa: S311 # nosec B311
        due = now + max(wait, backoff.asked_for(failure.retry_after, now))
        self._purges.postpone(worst, now, due)
        told = "the CDN at %s was not told of %d keys (%s); next try %s"
        log.warning(told, host, len(claimed), failure.reason, due)
