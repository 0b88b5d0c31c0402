"""What SQL has under another name in each database; `engines` says how it is written there."""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Text, bindparam
from sqlalchemy.sql.functions import FunctionElement, GenericFunction


class Matches(FunctionElement[bool]):
    """Whether a row of the search has what a `search.phrase` asks for, mostly ``phrase``."""

    inherit_cache = True  # and no type, since SQLite's planner knows no ``MATCH … = 1``

    def __init__(self, phrase: ColumnElement[str] | None = None) -> None:
        super().__init__(bindparam("phrase", type_=Text) if phrase is None else phrase)


class InTurns(Select[Any]):
    """A selection from the search, which skips nothing.

    Where no index has words by date it is one of stretches of time in turn, until there is enough.

    Attributes:
        since: the second that it is asked for from on; None where there is none.
        end: the second from which on it is not.
        is_newest_first: whether the last stretch is the first one.
    """

    inherit_cache = False
    since: ColumnElement[int] | None
    end: ColumnElement[int]
    is_newest_first: bool


class each_of(GenericFunction[Any]):  # noqa: N801 - a function
    """The items of a JSON list, as texts."""

    inherit_cache = True


class item_of(FunctionElement[str]):  # noqa: N801 - a function
    """An item of a JSON list, as a text."""

    inherit_cache = False
    type = Text()

    def __init__(self, value: ColumnElement[Any], position: int) -> None:
        self.position = position
        super().__init__(value)


class pair_of(FunctionElement[str]):  # noqa: N801 - a function
    """A JSON list of two values."""

    inherit_cache = True
    type = Text()


class list_of(FunctionElement[str]):  # noqa: N801 - a function
    """A JSON list of a list of the values of each row; of no rows, that or nothing."""

    inherit_cache = True
    type = Text()


def wanted(name: str = "wanted") -> Any:
    """Return a table of the values in a JSON list, with a column ``value``."""
    values: BindParameter[str] = bindparam(name, type_=Text)
    return each_of(values).table_valued("value", name=name)
