"""The search in PostgreSQL: tokens as `text.tokens` makes them, and no parser of its own.

Its index finds words, and knows nothing of dates: of a common word it has to hand over all that
there is before the newest can be told. So each article has the stretches of time that it is in for
words, too, short ones and long ones, and is asked for by the word and a stretch, which costs what
the rarer of both has: the newest short stretch first, and longer ones until there is enough.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, literal_column, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from feedservice.index.functions import InTurns, Matches
from feedservice.index.search import LAST
from feedservice.index.statements import Statement
from feedservice.index.words import BITS

DDL: Sequence[str] = (
    # Rows are short, their words apart from them.
    "CREATE TABLE IF NOT EXISTS search (rowid BIGINT NOT NULL, tokens TSVECTOR NOT NULL)"
    " WITH (toast_tuple_target = 128)",
    "ALTER TABLE search ALTER COLUMN tokens SET STORAGE EXTERNAL",
    "CREATE INDEX IF NOT EXISTS search_by_row ON search USING hash (rowid)",
    "CREATE INDEX IF NOT EXISTS search_by_token ON search USING gin (tokens)"
    " WITH (gin_pending_list_limit = 256)",
)
LONGEST_WORDS = 1_000_000
"""Bytes of the words of an article that are searched; a tsvector has room for 1 MiB."""
FILLING = 200
"""So many rows and more come with a filling."""
LENGTHS = (17, 20, 23, 26, 29, 36)
"""How long stretches of time are, as powers of two of a second: a day and a half, twelve days,
three months, two years, seventeen years, and all time before 1970 or after."""

_STRETCHES = ", ".join(f"'@{length}:' || (number >> {length + BITS})" for length in LENGTHS)
_ADD = f"""
INSERT INTO search (rowid, tokens)
SELECT number, array_to_tsvector(string_to_array(words, ' ') || ARRAY[{_STRETCHES}])
FROM unnest(CAST(%s AS bigint[]), CAST(%s AS text[])) AS added (number, words)
"""  # noqa: S608 # nosec B608
_SORT = text("SELECT gin_clean_pending_list('search_by_token')")
_DROP = Statement(text("DELETE FROM search WHERE rowid = :row"))


def add(connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
    """Add rows, by one statement: what COPY reads as such words may not be long.

    The index holds new words unsorted first, which makes a filling cheap. A search reads all of
    these once a turn, so those of a save are sorted at once.
    """
    numbers = [row for row, _words in rows]
    connection.exec_driver_sql(_ADD, (numbers, [_bounded(words.decode()) for _row, words in rows]))
    if rows and len(rows) < FILLING:
        connection.execute(_SORT)


def drop(connection: Connection, rows: Collection[tuple[int, bytes]]) -> None:
    """Delete rows, by their numbers."""
    _DROP.run_each(connection, [(row,) for row, _words in rows])


def _bounded(words: str) -> str:
    """Return words as far as there is room, those with a mark first."""
    if len(words) * 4 < LONGEST_WORDS:
        return words
    found, room = [], LONGEST_WORDS
    for word in sorted(words.split(), key=str.isalnum):
        room -= len(word.encode()) + 4
        if room < 0:
            break
        found.append(word)
    return " ".join(found)


@compiles(Matches, "postgresql")
def _match(element: Matches, compiler: SQLCompiler, **named: Any) -> str:
    phrase = compiler.process(element.clauses, **named)
    for ours, theirs in (('"', "''''"), (" AND ", " & "), (" OR ", " | ")):
        phrase = f"replace({phrase}, '{ours}', {theirs if ours == chr(34) else repr(theirs)})"
    return f"search.tokens @@ CAST({phrase} AS tsquery)"


@compiles(InTurns, "postgresql")
def _in_turns(element: InTurns, compiler: SQLCompiler, **named: Any) -> str:
    """Of each length, from short to long, the stretch of the first article and the next one.

    The ``edge`` of a turn is where those of the turn before ended, and the first article is the
    first behind it. The order of turns is that in which they are made: no join but a nested loop
    can follow what they name, and that keeps it. To sort by it would need them all, where a limit
    ends the last one.
    """
    sql = cast(Any, compiler)
    since, end = (
        f"LEAST({sql.process(each, **named)}, {LAST})" if each is not None else ""
        for each in (element.since, element.end)
    )
    if element.is_newest_first:
        turns = _turns(end, "max(published)", "<", "- 1", "- 1")
        order, goes_on, is_asked = "DESC", "<", f"turn.edge > {since}" if since else "TRUE"
    else:
        turns = _turns(since or str(-LAST), "min(published)", ">=", "+ 1", "+ 2")
        order, goes_on, is_asked = "ASC", ">=", f"turn.edge < {end}"
    within: ColumnElement[bool] = literal_column(
        f"search.tokens @@ turn.stretches AND search.rowid {goes_on} turn.edge << {BITS}"
    )
    # Rows are put in order first, so that as many articles are looked at as are asked for.
    ordered = f"(SELECT rowid, tokens FROM search ORDER BY rowid {order}) AS search"  # noqa: S608 # nosec B608
    found = sql.visit_select(element.where(within), **named)
    found = found.replace("FROM search JOIN", f"FROM {ordered} JOIN")
    limit = sql.limit_clause(element, **named)
    return f"""
SELECT found.* FROM ({turns}) AS turn CROSS JOIN LATERAL ({found}) AS found
WHERE {is_asked} {limit}
"""  # noqa: S608 # nosec B608


def _turns(edge: str, first: str, behind: str, next_one: str, ended: str) -> str:
    name = "'''@', length, ':', (second >> length)"
    second = f"(SELECT {first} FROM articles WHERE published {behind} %s)"  # noqa: S608 # nosec B608
    longer = " ".join(f"WHEN {one} THEN {other}" for one, other in pairwise(LENGTHS))
    return f"""
WITH RECURSIVE turns (length, edge, second) AS (
 SELECT {LENGTHS[0]}, {edge}, {second % edge}
 UNION ALL
 SELECT CASE length {longer} END, next.edge, {second % "next.edge"}
 FROM turns CROSS JOIN LATERAL (SELECT ((second >> length) {ended}) << length AS edge) AS next
 WHERE length < {LENGTHS[-1]} AND second IS NOT NULL
)
SELECT CAST(concat({name}, ''' | ', {name} {next_one}, '''') AS tsquery) AS stretches, edge
FROM turns WHERE second IS NOT NULL
"""  # noqa: S608 # nosec B608
