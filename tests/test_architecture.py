"""The river flows one way: what may import what, who may touch the world, and how large a module
may be."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feedservice"
LINES = 320

GROUND = {"clock", "domain", "i18n"}
MAY_IMPORT = {
    "clock": set(),
    "i18n": set(),
    "settings": GROUND,
    "domain": GROUND,
    "system": {"system"},
    "content": GROUND | {"system", "content"},
    "index": GROUND | {"index"},
    "ingest": GROUND | {"system", "content", "index", "ingest"},
    "feeds": GROUND | {"feeds", "http"},
    "publishing": GROUND | {"index", "feeds", "http", "publishing"},
    "http": GROUND | {"http"},
    "web": GROUND | {"feeds", "publishing", "http", "micropub", "web"},
    "authoring": GROUND | {"content", "authoring", "system"},
    "importing": GROUND | {"system", "content", "importing"},
    "micropub": GROUND | {"system", "content", "authoring", "importing", "micropub"},
    "exporting": GROUND | {"system", "index", "feeds", "publishing", "http", "exporting"},
}
"""Room → rooms it may import. service and cli stand above all; ``feedservice`` itself only gives
the version."""

IO_MODULES = {
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "sqlite3",
    "tempfile",
    "shutil",
    "fcntl",
    "signal",
}
MAY_DO_IO = {
    "content/files.py", "content/places.py", "content/tree.py", "content/watch.py", "content/file_events.py", "content/reader.py", "content/derived_files.py", "index/engines/", "index/sqlite_file.py", "ingest/batches.py", "ingest/sources/", "ingest/media/",
    "__main__.py", "settings.py", "system/", "service/", "cli/", "authoring/",
    "exporting/folder.py", "exporting/tasks.py", "exporting/export.py",
    "importing/archive.py", "importing/fetch.py", "importing/opening.py", "importing/source_folder.py", "importing/spool.py", "micropub/done.py",
    "micropub/token_file.py",
}  # fmt: skip
DOORS = {
    "aiosmtplib": {"service/alerts/sender.py"},
    "anyascii": {"authoring/new_slug.py"},
    "babel": {"web/formatting.py", "domain/direction.py"},
    "feedgen": {"feeds/_feedgen.py"},
    "sqlalchemy": {"index/", "exporting/frozen_site.py"},
    "flask": {
        "web/",
        "service/wiring_web.py",
        "service/wiring_export.py",
        "service/wiring_preview.py",
    },
    "itsdangerous": {"publishing/shared_preview.py"},
    "inotify_simple": {"content/file_events.py"},
    "watchfiles": {"content/file_events.py"},
    "click": {"cli/"},
    "filelock": {"service/lock.py", "exporting/folder.py"},
    "msgspec": {"index/payload.py", "content/shapes.py"},
    "pyromark": {"content/markdown.py"},
    "nh3": {"content/markup.py"},
    "segno": {"web/subscribing.py"},
    "yaml": {"content/foreign_yaml.py", "content/frontmatter.py"},
    "PIL": {"content/pictures.py", "content/icons.py"},
    "dateutil": {"content/dates.py"},
    "obstore": {"ingest/sources/object_store.py", "ingest/media/store.py"},
    "granian": {"service/server.py"},
    "prometheus_client": {"service/exposition.py"},
    "brotli": {"http/encodings.py"},
    "deflate": {"http/encodings.py", "index/payload.py"},
    "httpx": {"service/indieauth.py", "service/sending.py", "importing/fetch.py"},
    "httpcore": {"importing/fetch.py"},
    "docutils": {"importing/rest.py"},
    "feedparser": {"importing/feed.py"},
    "trafilatura": {"importing/main_text.py"},
    "ruamel": {"importing/site_edit.py"},
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


TEXTS = {name_of(path): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in TEXTS.items()}


@cache
def imports_of(module: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module or ""}
    return names


def room_of(module: str) -> str:
    return module.partition("/")[0].removesuffix(".py")


def rooms_of(module: str) -> set[str]:
    parts = (name.split(".") for name in imports_of(module) if name.startswith("feedservice."))
    return {part[1] for part in parts if part[1] != "__version__"}


def libraries_of(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imports_of(module)}


def test_imports_are_absolute() -> None:
    relative = [
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_imports_point_down() -> None:
    upward = {
        name: rooms_of(name) - MAY_IMPORT[room_of(name)]
        for name in TEXTS
        if room_of(name) in MAY_IMPORT
    }
    assert {name: rooms for name, rooms in upward.items() if rooms} == {}


def test_only_named_modules_touch_the_world() -> None:
    touching = {
        name: libraries_of(name) & IO_MODULES
        for name in TEXTS
        if not name.startswith(tuple(MAY_DO_IO))
    }
    assert {name: modules for name, modules in touching.items() if modules} == {}


@pytest.mark.parametrize("library", DOORS)
def test_one_library_has_one_door(library: str) -> None:
    users = {name for name in TEXTS if library in libraries_of(name)}
    assert users, f"nothing uses {library}"
    assert [name for name in users if not name.startswith(tuple(DOORS[library]))] == []


def test_only_the_clock_asks_the_time() -> None:
    asking = [
        name for name, text in TEXTS.items() if "datetime.now" in text or "time.time(" in text
    ]
    assert asking == ["clock.py"]


def test_a_module_says_what_it_holds() -> None:
    assert [name for name, tree in trees().items() if not ast.get_docstring(tree)] == []


def test_a_module_is_short() -> None:
    lengths = {name: text.count("\n") for name, text in TEXTS.items()}
    assert {name: length for name, length in lengths.items() if length > LINES} == {}


def test_every_room_is_known() -> None:
    rooms = {room_of(name) for name in TEXTS}
    assert rooms - {"__init__", "__main__", "service", "cli"} == MAY_IMPORT.keys()


def test_few_modules_lie_loose() -> None:
    loose = {path.stem for path in PACKAGE.glob("*.py")}
    assert loose - {"__init__", "__main__", "clock", "i18n", "settings"} == set()


def test_every_module_of_tests_has_a_name_of_its_own() -> None:
    """As pytest imports them, one of two that share a name is an error wherever both are run."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
