"""Until when a list had changed by what is no longer in it: its documents' time never goes back.

A file that was deleted, or is in another list now, leaves nothing to tell it by, so it is noted,
and outlives a rebuild. The moment is the article's own: whoever saw the same ones go says the same.
Functions over an open transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article
from feedservice.index.changes import SITE, Label, labels_of, unix_seconds
from feedservice.index.schema import departures
from feedservice.index.statements import Statement

_ITS = (departures.c.kind == bindparam("its_kind")) & (departures.c.key == bindparam("its_key"))
_NOTED = Statement(select(departures.c.moment).where(_ITS))
_FORGET = Statement(delete(departures).where(_ITS))
_NOTE = Statement(insert(departures))


def set_back(old: Article | None, new: Article | None, now: datetime) -> dict[Label, int]:
    """Return the lists that an edit or a removal would set back, and to when they must stay.

    Args:
        old: as it was shown before, or None.
        new: as it is shown now, or None.
        now: the moment.
    """
    if old is None:
        return {}
    moment = _last_change(old, now)
    stays = {SITE, *labels_of(new)} if new and _last_change(new, now) >= moment else set()
    return dict.fromkeys({SITE, *labels_of(old)} - stays, unix_seconds(moment))


def _last_change(article: Article, now: datetime) -> datetime:
    """When it changed its lists last: it was modified, or has left them."""
    leaves = article.leaves
    return max(article.modified, leaves) if leaves and leaves <= now else article.modified


def note(connection: Connection, left: Iterable[Mapping[Label, int]]) -> None:
    """Note when lists had changed by what leaves them now, where nothing later is noted.

    Args:
        connection: of the index.
        left: what `set_back` says of each article.
    """
    latest: dict[Label, int] = {}
    for moments in left:
        latest |= {each: max(moment, latest.get(each, 0)) for each, moment in moments.items()}
    for (kind, slug), moment in latest.items():
        key = label_key(kind, slug)
        if moment > (noted(connection, kind, key) or 0):
            _FORGET.run(connection, its_kind=kind, its_key=key)
            _NOTE.run(connection, kind=str(kind), key=key, moment=moment)


def noted(connection: Connection, kind: str, key: str) -> int | None:
    """Return until when a list had changed by what left it, Unix seconds; None where nothing did.

    Args:
        connection: of the index.
        kind: of the list.
        key: of all spellings of its label.
    """
    found: int | None = _NOTED.run(connection, its_kind=str(kind), its_key=key).scalar()
    return found
