"""The river flows one way: what may import what, who may touch the world, and how large a module
may be."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "feedservice"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))

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
    "http": {"clock", "http"},
    "web": GROUND | {"feeds", "publishing", "http", "web"},
    "authoring": GROUND | {"content", "authoring"},
    "importing": GROUND | {"content", "importing"},
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
    "content/files.py", "content/watch.py", "content/reader.py", "index/engine.py", "ingest/batches.py",
    "settings.py", "system/", "service/", "cli/", "authoring/",
    "exporting/folder.py", "exporting/work.py", "exporting/export.py",
    "importing/fetch.py", "importing/article_folder.py",
}  # fmt: skip
DOORS = {
    "babel": {"web/formatting.py"},
    "feedgen": {"feeds/_feedgen.py"},
    "sqlalchemy": {"index/", "exporting/frozen_site.py"},
    "flask": {"web/", "service/wiring_web.py"},
    "watchfiles": {"content/watch.py"},
    "click": {"cli/"},
    "filelock": {"service/lock.py", "exporting/folder.py"},
    "pyromark": {"content/markup.py"},
    "nh3": {"content/markup.py"},
    "yaml": {"content/frontmatter.py"},
    "PIL": {"content/files.py"},
    "dateutil": {"content/dates.py"},
    "granian": {"cli/serving.py"},
    "prometheus_client": {"service/metrics.py"},
    "brotli": {"http/encodings.py"},
    "deflate": {"http/encodings.py"},
    "httpx": {"service/websub.py", "importing/fetch.py"},
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


def rooms_of(path: Path) -> set[str]:
    parts = (name.split(".") for name in imports_of(path) if name.startswith("feedservice."))
    return {part[1] for part in parts if part[1] != "__version__"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_down(path: Path) -> None:
    room = name_of(path).split("/")[0].removesuffix(".py")
    if room in MAY_IMPORT:
        assert rooms_of(path) <= MAY_IMPORT[room]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_named_modules_touch_the_world(path: Path) -> None:
    if not any(name_of(path).startswith(door) for door in MAY_DO_IO):
        assert not {name.split(".")[0] for name in imports_of(path)} & IO_MODULES


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_library_has_one_door(path: Path) -> None:
    for library in {name.split(".")[0] for name in imports_of(path)} & DOORS.keys():
        assert any(name_of(path).startswith(door) for door in DOORS[library]), (
            f"{library} in {name_of(path)}"
        )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_clock_asks_the_time(path: Path) -> None:
    if name_of(path) != "clock.py":
        text = path.read_text(encoding="utf-8")
        assert "datetime.now" not in text
        assert "time.time(" not in text


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_holds_and_is_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)} has no docstring"
    assert text.count("\n") <= 370  # 320 again once the reformatted modules are split


def test_every_room_is_known() -> None:
    rooms = {name_of(path).split("/")[0].removesuffix(".py") for path in MODULES}
    assert rooms - {"__init__", "__main__", "service", "cli"} == MAY_IMPORT.keys()


def test_few_modules_lie_loose() -> None:
    loose = {path.stem for path in PACKAGE.glob("*.py")}
    assert loose - {"__init__", "__main__", "clock", "i18n", "settings"} == set()
