"""The outbox of what a CDN is still to be told, by keys: rows of `pings` whose hub is no address.

A row says that answers with a key changed. It is told at once, and again `DELAY` after the change:
what the CDN fetched in between may be what a cache behind it kept from before. The address of a CDN
may be a secret, so a row has its digest.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from feedservice import __version__
from feedservice.domain import surrogate_keys
from feedservice.index import difference, icons
from feedservice.index.changes import ALL_LISTS, unix_seconds
from feedservice.index.difference import Touched
from feedservice.index.outbox import DELAY, PURGE, Outbox, Ping
from feedservice.index.payload import site_from_json
from feedservice.index.rows import get_meta, put_meta
from feedservice.index.schema import pings
from feedservice.index.statements import parts

MOST = 500
"""Keys of one change; of more, everything is told to have changed."""

EVERYTHING = Touched(lists=frozenset({ALL_LISTS}))
_TOLD = "state_told"
"""What a CDN was told of last that is no article, as JSON."""


def target_of(address: str) -> str:
    """Return what stands for the address of a CDN in the outbox."""
    return PURGE + blake2b(address.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Purging:
    """Puts what a change alters into the outbox, within its transaction.

    Attributes:
        targets: of each CDN, as `target_of` returns them; none where there is no CDN.
    """

    targets: tuple[str, ...] = ()

    def note(
        self, connection: Connection, site_ids: Collection[str], touched: Touched, now: datetime
    ) -> None:
        """Put in what a change of articles alters, or of the site, which may have another id."""
        if not self.targets:
            return
        kinds = {*touched.lists, *touched.others}
        kinds |= {(surrogate_keys.ARTICLE, slug) for slug in touched.pages}
        if ALL_LISTS in kinds or len(kinds) > MOST:
            kinds = {ALL_LISTS}
        keys = {surrogate_keys.key(id_, kind, slug) for id_ in site_ids for kind, slug in kinds}
        self._put(connection, keys, now)

    def notice(self, connection: Connection, numbers: Sequence[int], now: datetime) -> None:
        """Put in what time alone altered by some articles, and what is no article.

        The latter is another index, another release, and other icons of the site.
        """
        payload = get_meta(connection, "site") if self.targets else None
        if payload is None or get_meta(connection, "filled") is None:
            return
        site_id = site_from_json(payload).id
        if numbers:
            self.note(connection, (site_id,), difference.passed(connection, numbers, now), now)
        state = {
            surrogate_keys.ALL: get_meta(connection, "begun") or "",
            surrogate_keys.RELEASE: __version__,
            surrogate_keys.ICONS: icons.made_of(connection),
        }
        before = json.loads(get_meta(connection, _TOLD) or "{}")
        if before == state:
            return
        put_meta(connection, _TOLD, json.dumps(state))
        slugs = {surrogate_keys.RELEASE: before.get(surrogate_keys.RELEASE, "")}
        changed = [kind for kind in state if before.get(kind) != state[kind]]
        keys = {surrogate_keys.key(site_id, kind, slugs.get(kind, "")) for kind in changed}
        self._put(connection, keys, now)

    def _put(self, connection: Connection, keys: Collection[str], now: datetime) -> None:
        moment = unix_seconds(now)
        for target in self.targets:
            # Who failed is left alone until its time comes.
            failed = and_(pings.c.hub == target, pings.c.tries > 0)
            put_off = connection.execute(select(func.max(pings.c.due)).where(failed)).scalar()
            due = max(moment, put_off or 0)
            for part in parts(sorted(keys)):
                rows = _are(target, part)
                connection.execute(update(pings).where(rows).values(changed=moment, due=due))
                there = {*connection.execute(select(pings.c.slug).where(rows)).scalars()}
                values = {"hub": target, "kind": "key", "changed": moment, "due": due}
                values |= {"tries": 0, "failing_since": 0}
                fresh = [{**values, "slug": key} for key in part if key not in there]
                if fresh:
                    connection.execute(insert(pings), fresh)


NO_CDN = Purging()


class Purges(Outbox):
    """The outbox of an index that is writable, as who tells a CDN uses it."""

    def targets_due(self, now: datetime) -> tuple[str, ...]:
        """Return the targets, known or not, that are to be told something now."""
        statement = select(pings.c.hub).where(_is_purge(), pings.c.due <= unix_seconds(now))
        return self._do(
            lambda connection: tuple(connection.execute(statement.distinct()).scalars())
        )

    def is_due(self, target: str, now: datetime) -> bool:
        """Return whether a target is to be told something now."""
        due = and_(pings.c.hub == target, pings.c.due <= unix_seconds(now))
        statement = select(pings.c.hub).where(due).limit(1)
        return self._do(lambda connection: connection.execute(statement).first() is not None)

    def claim(self, target: str, now: datetime, limit: int) -> tuple[Ping, ...]:
        """Return what a target is to be told now, and have it told again later whatever happens.

        What changes until it was told is due at once, as it was before.
        """
        moment = unix_seconds(now)
        again = unix_seconds(now + DELAY) - moment
        later = case((pings.c.changed + again > moment, pings.c.changed + again), else_=moment + 1)

        def take(connection: Connection) -> tuple[Ping, ...]:
            found = self._due(connection, target, moment, limit)
            keys = [each.label[1] for each in found]
            connection.execute(update(pings).where(_are(target, keys)).values(due=later))
            return found

        return self._do(take)

    def settle(self, target: str, claimed: Sequence[Ping], sent: datetime) -> None:
        """Remove what was told at ``sent``, but for what changed just before or since."""
        rows = _are(target, [each.label[1] for each in claimed])
        is_over = pings.c.changed <= unix_seconds(sent - DELAY)

        def remove(connection: Connection) -> None:
            connection.execute(delete(pings).where(rows, is_over))
            connection.execute(update(pings).where(rows).values(tries=0, failing_since=0))

        self._do(remove)

    def is_late(self, now: datetime) -> bool:
        """Return whether a CDN does not know yet of some change: it is due, or failed."""
        late = or_(pings.c.due <= unix_seconds(now), pings.c.tries > 0)
        statement = select(pings.c.hub).where(_is_purge(), late).limit(1)
        return self._do(lambda connection: connection.execute(statement).first() is not None)

    def waiting(self) -> int:
        """Return how many keys wait."""
        statement = select(func.count()).select_from(pings).where(_is_purge())
        return self._do(lambda connection: connection.execute(statement).scalar_one())


def _is_purge() -> ColumnElement[bool]:
    return pings.c.hub.startswith(PURGE)


def _are(target: str, keys: Sequence[str]) -> ColumnElement[bool]:
    return and_(pings.c.hub == target, pings.c.kind == "key", pings.c.slug.in_(keys))
