"""The river flows one way: what may import what, who may touch the world, and how large a module may be."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feedservice"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

GROUND = {"model", "errors", "clock", "text", "marks", "addresses", "names", "identity", "redirects"}
MAY_IMPORT = {
    "model": set(),
    "errors": {"model"},
    "clock": set(),
    "text": set(),
    "marks": set(),
    "names": {"model", "text"},
    "identity": {"model"},
    "redirects": {"addresses"},
    "addresses": {"model", "errors", "text"},
    "content": GROUND | {"content"},
    "index": GROUND | {"index"},
    "feeds": GROUND | {"feeds", "keeping"},
    "importing": GROUND | {"content", "importing"},
    "reading": GROUND | {"content", "index"},
    "pool": {"clock", "content", "index", "model", "reading"},
    "looking": {"content", "index"},
    "intake": GROUND | {"content", "index", "looking", "pool", "reading"},
    "preview": GROUND | {"gathering", "index", "feeds"},
    "reporting": GROUND | {"content"},
    "checking": GROUND | {"content"},
    "selecting": {"addresses", "errors", "model", "names", "text"},
    "epoch": GROUND | {"index"},
    "archives": GROUND | {"index", "feeds"},
    "gathering": GROUND | {"index", "feeds"},
    "directory": GROUND | {"index", "feeds"},
    "publisher": GROUND | {"directory", "epoch", "selecting", "archives", "gathering", "index", "feeds"},
    "negotiation": set(),
    "codings": {"negotiation"},
    "prepared": {"codings", "negotiation"},
    "keeping": set(),
    "httpcache": {"clock", "keeping", "prepared"},
    "metrics": set(),
    "web": GROUND | {"feeds", "httpcache", "negotiation", "publisher", "preview", "selecting", "web"},
    "sitemaps": GROUND | {"index", "feeds"},
    "exporting": GROUND | {"archives", "codings", "index", "feeds", "exporting", "prepared"},
    "settings": {"errors"},
    "writer": {"clock", "errors"},
    "websub": GROUND | {"index"},
}
"""Floor → floors it may import. wiring and cli stand above all; ``feedservice`` itself only gives the version."""

IO_MODULES = {"os", "pathlib", "socket", "subprocess", "sqlite3", "tempfile", "shutil", "fcntl", "signal"}
MAY_DO_IO = {
    "content/files.py", "content/watch.py", "index/engine.py",
    "settings.py", "wiring.py", "wiring_web.py", "cli_common.py", "cli_editing.py", "cli_looking.py", "cli_serving.py", "checking.py", "pool.py", "writer.py",
    "cli_exporting.py", "exporting/folder.py", "exporting/work.py", "exporting/export.py",
    "cli_importing.py", "importing/fetch.py", "importing/folder.py",
}  # fmt: skip
DOORS = {
    "feedgen": {"feeds/_feedgen.py"},
    "sqlalchemy": {"index/"},
    "flask": {"web/", "wiring_web.py"},
    "watchfiles": {"content/watch.py"},
    "click": {"cli"},
    "pyromark": {"content/markup.py"},
    "nh3": {"content/markup.py"},
    "yaml": {"content/frontmatter.py"},
    "PIL": {"content/files.py"},
    "dateutil": {"content/dates.py"},
    "granian": {"cli_serving.py"},
    "prometheus_client": {"metrics.py"},
    "brotli": {"codings.py"},
    "deflate": {"codings.py"},
    "httpx": {"websub.py", "importing/fetch.py"},
    "httpcore": {"importing/fetch.py"},
    "feedparser": {"importing/feed.py"},
    "markdownify": {"importing/markdown.py"},
    "bs4": {"importing/markdown.py"},
    "ruamel": {"importing/site_edit.py"},
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name_of(path)} imports by a relative path"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def floors_of(path: Path) -> set[str]:
    parts = (name.split(".") for name in imports_of(path) if name.startswith("feedservice."))
    return {part[1] for part in parts if part[1] != "__version__"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    floor = name_of(path).split("/")[0].removesuffix(".py")
    if floor in MAY_IMPORT:
        assert floors_of(path) <= MAY_IMPORT[floor]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_named_modules_touch_the_world(path: Path) -> None:
    if name_of(path) not in MAY_DO_IO:
        assert not {name.split(".")[0] for name in imports_of(path)} & IO_MODULES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_library_has_one_door(path: Path) -> None:
    for library in {name.split(".")[0] for name in imports_of(path)} & DOORS.keys():
        assert any(name_of(path).startswith(door) for door in DOORS[library]), f"{library} in {name_of(path)}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_clock_asks_the_time(path: Path) -> None:
    if name_of(path) != "clock.py":
        text = path.read_text(encoding="utf-8")
        assert "datetime.now" not in text
        assert "time.time(" not in text


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_holds_and_fits_its_room(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} has no docstring"
    assert text.count("\n") <= 320


def test_every_floor_is_known() -> None:
    floors = {name_of(path).split("/")[0].removesuffix(".py") for path in MODULES}
    assert (
        floors
        - {"__init__", "__main__", "wiring", "wiring_web", *(floor for floor in floors if floor.split("_")[0] == "cli")}
        == MAY_IMPORT.keys()
    )
