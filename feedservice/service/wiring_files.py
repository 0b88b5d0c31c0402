"""Settings → feeds as files."""

import logging
from hashlib import blake2b

from feedservice.clock import steady_now
from feedservice.service.feed_files import NAME, FeedFiles
from feedservice.service.generation import Generation
from feedservice.service.kept_answers import RELEASE
from feedservice.settings import Settings
from feedservice.web.plain_feed import MAX_AGE

log = logging.getLogger(__name__)


def feed_files(given: Settings) -> FeedFiles | None:
    """Return what puts down feeds as files; None where none are wanted, or may not be.

    What another process left there goes at once: nginx may be sending it.
    """
    if given.feed_files is None:
        return None
    shaping = "\n".join((RELEASE, given.base_url, given.media))
    digest = blake2b(shaping.encode(), digest_size=16).hexdigest()
    files = FeedFiles(given.feed_files, Generation(given.state / NAME, digest), steady_now)
    files.clear()
    why = {
        "FEEDSERVICE_CDN is set: files have no fields for it": given.cdn,
        f"FEEDSERVICE_MAX_AGE is not {MAX_AGE}, which nginx says": given.max_age != MAX_AGE,
        "FEEDSERVICE_CACHE is 0: nothing is kept": not given.cache,
    }
    for reason in filter(why.get, why):
        log.warning("feeds are not put down as files: %s", reason)
    return None if any(why.values()) else files
