"""Statements are compiled once, for lists of any length, and for either database."""

import pytest
from sqlalchemy import Column, MetaData, Table, Text, bindparam, create_engine, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.compiler import SQLCompiler

from feedservice.domain.errors import IndexUnavailable
from feedservice.index.schema import cache, meta
from feedservice.index.statements import LENGTHS, Statement, compiled

AMONG = (
    select(meta.c.value)
    .where(meta.c.key.in_(bindparam("keys", expanding=True)), meta.c.value != bindparam("unwanted"))
    .where(meta.c.value.not_in(["never", "nowhere"]))
    .order_by(meta.c.key)
)


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    cache.create_all(engine)
    with engine.connect() as connection:
        rows = [{"key": f"k{n}", "value": f"v{n}"} for n in range(10)]
        connection.execute(meta.insert(), [*rows, {"key": "k9x", "value": "never"}])
        yield connection


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 9])
def test_a_list_may_have_any_length(connection, count):
    keys = [f"k{n}" for n in range(count)]
    found = Statement(AMONG).run(connection, keys=keys, unwanted="v0").scalars().all()
    assert found == [f"v{n}" for n in range(1, count)]


def test_values_that_it_was_built_with_hold(connection):
    assert Statement(AMONG).run(connection, keys=["k9", "k9x"], unwanted="").scalars().all() == [
        "v9"
    ]


def test_it_is_compiled_once_for_lists_of_about_a_length(connection, monkeypatch):
    made = []
    make = SQLCompiler.__init__
    monkeypatch.setattr(
        SQLCompiler, "__init__", lambda *args, **kw: made.append(args) or make(*args, **kw)
    )
    statement = Statement(AMONG)
    for keys in (["k1", "k2", "k3"], ["k4", "k5", "k6", "k7"], ("k1", "k3", "k5")):
        for unwanted in ("v1", "v2"):
            statement.run(connection, keys=keys, unwanted=unwanted)
    assert len(made) == 1


def test_lengths_that_addresses_choose_are_not_kept_for_ever(connection):
    """Each list of names in an address has one: a flood of addresses would fill the memory."""
    among = [meta.c.key.in_(bindparam(name, expanding=True)) for name in ("one", "other")]
    statement = Statement(select(meta.c.value).where(*among))
    for one in range(9):
        for other in range(9):
            lists = {"one": ["k1"] * 2**one, "other": ["k1"] * 2**other}
            assert statement.run(connection, **lists).scalars().all() == ["v1"]
            assert len(statement._texts) <= LENGTHS


def test_postgresql_is_told_values_by_their_names():
    text = compiled(AMONG, postgresql.psycopg.dialect(), {"keys": ["a", "b"], "unwanted": "c"})
    assert text.order is None
    assert all(f"%({name})s" in text.sql for name in ("keys_1", "keys_2", "unwanted"))
    assert {"keys_1": "a", "keys_2": "b", "unwanted": "c"}.items() <= text.literals.items()


def test_rows_are_handed_over_in_the_order_in_which_it_names_its_values(connection):
    Statement(meta.insert()).run_each(connection, [("x", "1"), ("y", "2")])
    Statement(meta.insert()).run_each(connection, [])
    which = Statement(
        meta.delete().where(meta.c.value == bindparam("b"), meta.c.key == bindparam("a"))
    )
    which.run_each(connection, [("1", "x"), ("1", "y")])
    found = Statement(AMONG).run(connection, keys=["x", "y"], unwanted="").scalars().all()
    assert found == ["2"]


def test_a_fault_of_the_driver_itself_is_the_index_s(index):
    unknown = Statement(select(Table("nowhere", MetaData(), Column("x", Text)).c.x))
    with pytest.raises(IndexUnavailable, match="nowhere"), index.connection() as connection:
        unknown.rows(connection)


def test_rows_are_those_of_the_statement(connection):
    statement, asked = Statement(AMONG), {"keys": ["k1", "k2", "k3"], "unwanted": "v2"}
    found = statement.rows(connection, **asked)
    assert found == [tuple(row) for row in statement.run(connection, **asked)] == [("v1",), ("v3",)]
