"""Which articles the search finds: those whose rows it has, up to a number, while it is filled.

An empty index is filled without it, since it takes a third of the time of all else, and lists and
feeds can be answered before. Functions over an open transaction.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, Integer, bindparam, func, select

from feedservice.index import engines
from feedservice.index.rows import drop_meta, get_meta, put_meta
from feedservice.index.schema import bodies
from feedservice.index.statements import Statement
from feedservice.index.words import Body, Words, words_of

SEARCHED = "searched"
"""In ``meta``: the number of the last row that the search has; nothing where it has all."""
FEW = 500
"""So many articles are searched as soon as they are listed: nobody notices the moment."""


_WAITING = Statement(
    select(bodies)
    .where(bodies.c.number > bindparam("after"))
    .order_by(bodies.c.number)
    .limit(bindparam("most", type_=Integer))
)
_COUNT = Statement(select(func.count()).where(bodies.c.number > bindparam("after")))


def begin(connection: Connection) -> None:
    """Say that the search has nothing yet."""
    put_meta(connection, SEARCHED, "0")


def reached(connection: Connection) -> int | None:
    """Return the number of the last row that the search has; None where it has all."""
    mark = get_meta(connection, SEARCHED)
    return None if mark is None else int(mark)


def waiting(connection: Connection, after: int, most: int) -> list[Body]:
    """Return the rows that follow on one, as far as the search may not have them."""
    return [Body(*row) for row in _WAITING.run(connection, after=after, most=most)]


def count(connection: Connection) -> int:
    """Return how many articles the search does not have."""
    mark = reached(connection)
    return 0 if mark is None else int(_COUNT.run(connection, after=mark).scalar_one())


def fill(connection: Connection, words: Sequence[Words]) -> bool:
    """Take up what was waiting, in its order, and note how far that is; whether it was the last.

    A row that was dropped since leaves words for a number that no article has, nor will have.
    """
    mark = reached(connection)
    if mark is None:  # all that waited was dropped
        return False
    _add(connection, words)
    mark = words[-1].number if words else mark
    is_last = not waiting(connection, mark, 1)
    if is_last:
        drop_meta(connection, SEARCHED)
    else:
        put_meta(connection, SEARCHED, str(mark))
    return is_last


def add(connection: Connection, found: Iterable[Body]) -> None:
    """Take up articles whose rows were just written; while the search is filled, they wait."""
    if reached(connection) is None:
        _add(connection, words_of(found))


def drop(connection: Connection, found: Collection[Body]) -> None:
    """Forget articles whose rows are about to be removed."""
    mark = reached(connection)
    words = words_of(each for each in found if mark is None or each.number <= mark)
    engines.of(connection).drop_words(connection, [(each.row, each.tokens) for each in words])


def _add(connection: Connection, words: Iterable[Words]) -> None:
    engines.of(connection).add_words(connection, [(each.row, each.tokens) for each in words])
