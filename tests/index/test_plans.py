"""How SQLite goes about every statement: by an index, and no further than the page."""

import ast
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType

import pytest

import feedservice.index
from feedservice.index import query, walks
from feedservice.index.statements import Statement, compiled
from feedservice.index.writer import IndexWriter

FOLDER = Path(feedservice.index.__file__).parent
MODULES = tuple(import_module(f"feedservice.index.{each.name}") for each in iter_modules([FOLDER]))
FILTERS = (
    (),
    (walks.has_any,),
    (walks.has_none,),
    (walks.has_all,),
    (walks.has_any, walks.has_none),
)
SHAPES = tuple(
    walks.Shape(
        has_label=has_label,
        has_words=has_words,
        filters=filters,
        has_since=has_since,
        has_until=has_until,
        has_before=has_before,
        has_phrase=has_phrase,
    )
    for (has_label, has_words, has_phrase), filters, (has_since, has_until, has_before) in product(
        (
            (False, False, False),
            (True, False, False),
            (False, False, True),
            (False, True, True),
        ),
        FILTERS,
        ((False, False, False), (True, True, False), (False, False, True)),
    )
)
LISTS = (
    *(query._listed, query._teasers, query._newest, query._oldest),
    *(query._count, query._left, query._withdrawn, query._withdrawn_after),
)
WALKS_WORDS = (query._listed, query._newest, query._oldest, query._count)

OTHERS = MappingProxyType(
    {
        "editorial": "pages of the preview",
        "overview": "status, and counts for /metrics",
        "problems": "what is wrong with the whole site",
        "known_site": "asked when site.yaml changes",
        "outbox": "the writer's, of pings",
        "purges": "the writer's, of what a CDN is told",
        "notices": "the writer's, of what people are told",
        "writer": "the writer's",
        "file_states": "the writer's",
        "conflicts": "the writer's",
        "rows": "the writer's",
        "healing": "the writer's",
        "tables": "the writer's",
        "sqlite_file": "the writer's",
        "engine": "opens databases",
        "statements": "the door",
    }
)
"""Modules that may ask without the door: no request for a feed or a page runs what they ask."""

BY_INDEX = (
    "SEARCH ",
    "SCAN CONSTANT ROW",
    "SCAN search VIRTUAL TABLE",  # what a search matches
    "SCAN wanted VIRTUAL TABLE",  # values that were handed over
    "SCAN articles USING INDEX articles_in_conflict",  # has no other articles
    "SCAN files USING INDEX files_broken",  # has no other files
    "SCAN files USING INDEX files_with_problems",  # nor has this one
    "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",  # those of one moment
)
INDEED = MappingProxyType(
    {
        # A row for each list of the site.
        "counts._STORED_OF_KIND": {"SEARCH counts USING PRIMARY KEY (kind=?)"},
        # What the indexes of articles found, and they are few.
        "counts._APART_OF_SITE": {"SCAN anon_1", "UNION USING TEMP B-TREE"},
        "counts._APART_OF_KIND": {"UNION USING TEMP B-TREE", "USE TEMP B-TREE FOR GROUP BY"},
        "counts._APART_OF_LIST": {"UNION USING TEMP B-TREE"},
        "counts._APART_MOMENTS": {"UNION USING TEMP B-TREE"},
        # Files of which something is told.
        "overview._WITH_PROBLEMS": {"UNION USING TEMP B-TREE"},
        # `status` holds all files against the folder.
        "overview._PATHS": {"SCAN files"},
        # As many as are counted.
        "query._count": {"SCAN anon_1"},
        # Some twenty of each list.
        "label_parts._READ": {"SCAN part"},
        # An export writes all of them.
        "snapshot._NAMES": {
            "SEARCH labels USING PRIMARY KEY (kind=?)",
            "USE TEMP B-TREE FOR DISTINCT",
        },
        # `status` and an export ask about all of them.
        "former_slugs._PUBLIC": {"SCAN former_slugs"},
        # Few lists wait for hubs.
        "faults._HUBS": {"SCAN pings USING INDEX pings_by_due"},
        # Few articles had another slug.
        "spellings._FIRST[former]": {"USE TEMP B-TREE FOR ORDER BY"},
    }
)
"""Steps that a statement takes all the same, and why."""


def statements() -> Iterator[tuple[str, Statement]]:
    """Every one that there is, by what it is called."""
    for module in MODULES:
        for name, value in vars(module).items():
            called = f"{module.__name__.rpartition('.')[2]}.{name}"
            if isinstance(value, Statement):
                yield called, value
            elif isinstance(value, dict | MappingProxyType):
                for key, each in value.items():
                    if isinstance(each, Statement):
                        yield f"{called}[{key}]", each
    for make, shape in product(LISTS, SHAPES):
        if make in (query._withdrawn, query._withdrawn_after) and shape.has_label:
            continue  # walks what was withdrawn
        if make is query._withdrawn_after and (shape.has_since or shape.has_before):
            continue  # is of a list at all times
        if not shape.has_words or make in WALKS_WORDS:
            yield f"query.{make.__name__} of {shape}", Statement(make(walks.walk_of(shape)))


def is_by_index(step: str) -> bool:
    if step.startswith(BY_INDEX):
        return not step.endswith("(kind=?)")
    return not step.startswith("SCAN") and "TEMP B-TREE" not in step


@pytest.mark.sqlite
def test_no_statement_walks_through_all_there_is_or_sorts_more_than_it_shows(
    index: IndexWriter,
) -> None:
    lists = {name: [1, 2] for name in ("numbers", "names", "paths", "values", "keys0", "keys1")}
    wrong = {}
    with index.connection() as connection:
        for name, statement in statements():
            text = compiled(statement._built, connection.dialect, lists)
            plan = f"EXPLAIN QUERY PLAN {text.sql}"
            steps = connection.exec_driver_sql(plan, tuple(1 for _ in text.order or ()))
            allowed = INDEED.get(name.partition(" of ")[0], ())
            bad = {row[3] for row in steps if not is_by_index(row[3])}.difference(allowed)
            if bad:
                wrong[name] = bad
    assert wrong == {}


def test_every_statement_of_a_request_goes_through_the_door() -> None:
    """Where it is made once, and where the test above finds it."""
    asks = {"execute", "exec_driver_sql", "executemany"}
    around, made = set(), set()
    for file in FOLDER.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr=name)) if name in asks:
                    around.add(file.stem)
                case ast.FunctionDef(name=name):
                    if any(_is_made(each) for each in ast.walk(node)):
                        made.add(f"{file.stem}.{name}")
    assert around - OTHERS.keys() == set()
    assert made == {"query._statement", "spellings._statement"}


def _is_made(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "Statement"
