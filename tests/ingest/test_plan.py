"""What a look at the content folder means, decided without one."""

from collections.abc import Callable, Iterator

import pytest

from factories import NOW
from feedservice.content.seen import Seen, Walk
from feedservice.content.tree import Kind
from feedservice.domain.file_readings import FileState
from feedservice.ingest.beside import beside
from feedservice.ingest.plan import (
    BELIEVED_AFTER,
    LATELY,
    SETTLED,
    Due,
    Plan,
    Rule,
    Vanished,
    is_mass,
    plan,
)

OLD = 1
YOUNG = int(NOW.timestamp() * 1e9)


def seen(path: str, size: int = 1, mtime_ns: int = OLD, **fields: int) -> Seen:
    return Seen(path=path, size=size, mtime_ns=mtime_ns, **fields)


def known(path: str, key: str = "k", **fields: object) -> FileState:
    given: dict[str, object] = {"size": 1, "mtime_ns": OLD, "digest": "d"}
    return FileState(path=path, key=key, **{**given, **fields})  # type: ignore[arg-type]


def walk(*articles: Seen, media: tuple[Seen, ...] = (), unreadable: tuple[str, ...] = ()) -> Walk:
    return Walk(
        articles={each.path: each for each in articles},
        media={each.path: each for each in media},
        unreadable=list(unreadable),
    )


def states(*each: FileState) -> dict[str, FileState]:
    return {state.path: state for state in each}


def planned(
    before: dict[str, FileState],
    there: Walk,
    again: set[str] = frozenset(),
    *,
    is_scan: bool = False,  # type: ignore[assignment]
) -> Plan:
    return plan(before, there.articles, Rule("k", NOW, there.media.get, again, is_scan=is_scan))


PICTURE = {"assets": (("media/x.png", 5, 1, 0, 0),)}


@pytest.mark.parametrize(
    ("state", "there", "expected"),
    [
        (known("a.md"), walk(seen("a.md")), None),
        (None, walk(seen("a.md")), Due(seen("a.md"), None, quiet=0)),
        (None, walk(seen("a.md", 1, YOUNG)), Due(seen("a.md", 1, YOUNG), None, quiet=SETTLED)),
        (
            known("a.md"),
            walk(seen("a.md", 2)),
            Due(seen("a.md", 2), known("a.md"), quiet=SETTLED),
        ),
        (
            known("a.md"),
            walk(seen("a.md", ctime_ns=2)),
            Due(seen("a.md", ctime_ns=2), known("a.md"), quiet=SETTLED),
        ),
        (
            known("a.md"),
            walk(seen("a.md", inode=2)),
            Due(seen("a.md", inode=2), known("a.md"), quiet=SETTLED),
        ),
        (
            known("a.md"),
            walk(seen("a.md", inode=2, mtime_ns=5, ctime_ns=6)),
            Due(seen("a.md", inode=2, mtime_ns=5, ctime_ns=6), known("a.md"), quiet=0),
        ),
        (
            None,
            walk(seen("a.md", 1, YOUNG, ctime_ns=YOUNG + 1)),
            Due(seen("a.md", 1, YOUNG, ctime_ns=YOUNG + 1), None, quiet=0),
        ),
        (known("a.md", key="other"), walk(seen("a.md")), Due(seen("a.md"), None, quiet=0)),
        (known("a.md", **PICTURE), walk(seen("a.md"), media=(seen("media/x.png", 5),)), None),
        (
            known("a.md", **PICTURE),
            walk(seen("a.md")),
            Due(seen("a.md"), known("a.md", **PICTURE), quiet=0),
        ),
    ],
    ids=[
        "as it was",
        "new",
        "just saved",
        "changed",
        "touched",
        "replaced",
        "renamed to its place",
        "renamed to a new place",
        "other site",
        "same picture",
        "lost picture",
    ],
)
def test_a_file_is_due_where_it_its_pictures_or_the_site_changed(
    state: FileState | None, there: Walk, expected: Due | None
) -> None:
    made = planned(states(state) if state else {}, there)
    assert made.due == ((expected,) if expected else ())
    assert made.lost == frozenset()


def test_what_is_read_again_anyway_is_read_whatever_its_bytes_are() -> None:
    made = planned(states(known("a.md"), known("b.md")), walk(seen("a.md"), seen("b.md")), {"b.md"})
    assert made.due == (Due(seen("b.md"), None, quiet=0),)


def test_what_was_read_while_it_was_young_is_due_at_a_scan() -> None:
    young = known("a.md", ctime_ns=-OLD)
    there = walk(seen("a.md", ctime_ns=OLD))
    assert planned(states(young), there).due == ()
    expected = Due(seen("a.md", ctime_ns=OLD), young, quiet=0)
    assert planned(states(young), there, is_scan=True).due == (expected,)


def test_files_are_due_by_path() -> None:
    made = planned({}, walk(seen("b.md"), seen("a.md")))
    assert [due.seen.path for due in made.due] == ["a.md", "b.md"]


def test_what_is_not_there_is_lost_unless_its_folder_could_not_be_listed() -> None:
    before = [known("a.md"), known("closed-too/c.md"), known("closed/b.md"), known("z/z.md")]
    steps = [(Kind.CLOSED, "closed", None), (Kind.FILE, "z/y.md", seen("z/y.md"))]
    pairs = beside(steps, lambda _folder: iter(before))
    assert [*pairs] == [
        (None, before[0]),
        (None, before[1]),
        (seen("z/y.md"), None),
        (None, before[3]),
    ]


def test_what_lies_behind_a_link_is_looked_for_once_that_is_followed() -> None:
    before = states(*map(known, ("a/x.md", "link/l.md", "link/m.md", "none/n.md", "z/z.md")))

    def below(folder: str) -> Iterator[FileState]:
        return (state for path, state in before.items() if path.startswith(folder))

    steps = [
        (Kind.FILE, "a/x.md", seen("a/x.md")),
        (Kind.APART, "link", None),
        (Kind.APART, "none", None),
        (Kind.FILE, "z/z.md", seen("z/z.md")),
        (Kind.FOLDER, "link", None),
        (Kind.FILE, "link/m.md", seen("link/m.md")),
        (Kind.LINK, "none", None),
    ]
    found = [(file and file.path, state and state.path) for file, state in beside(steps, below)]
    assert found == [
        ("a/x.md", "a/x.md"),
        ("z/z.md", "z/z.md"),
        (None, "link/l.md"),
        ("link/m.md", "link/m.md"),
        (None, "none/n.md"),
    ]


def paths(count: int, folder: str = "field") -> set[str]:
    return {f"{folder}/{n}.md" for n in range(count)}


def in_folders(known: set[str]) -> Callable[[str], Iterator[str]]:
    return lambda folder: (path for path in known if path.startswith(f"{folder}/"))


@pytest.mark.parametrize(
    ("vanished", "left", "moved", "expected"),
    [
        (paths(2), set(), 0, False),
        (paths(3), set(), 0, True),
        (paths(20), paths(80, "economy") | {"field/x.md"}, 0, False),
        (paths(21), paths(79, "economy") | {"field/x.md"}, 0, True),
        (paths(3), paths(97, "economy"), 0, True),
        (paths(2), paths(98, "economy"), 0, False),
        (paths(3), paths(96, "economy") | {"field/x.md"}, 0, False),
        (paths(1, "one") | paths(1, "two") | paths(1, "three"), paths(97), 0, False),
        (paths(100), set(), 100, False),
        (paths(100), set(), 70, True),
    ],
    ids=[
        "two of two",
        "three of three",
        "a fifth",
        "more than a fifth",
        "a whole folder",
        "a folder of two",
        "few of a folder",
        "three folders of one",
        "all moved",
        "not all moved",
    ],
)
def test_a_fifth_of_all_or_a_whole_folder_is_rather_an_accident(
    vanished: set[str], left: set[str], moved: int, expected: bool
) -> None:
    known_in = in_folders(vanished | left)
    assert is_mass(vanished, known_in, len(vanished | left), moved) is expected


def weighed(
    memory: Vanished, lost: set[str], known: set[str], now: float
) -> tuple[frozenset[str], Vanished]:
    return memory.weigh(lost, in_folders(known), len(known), 0, now)


def test_removals_are_counted_over_a_minute() -> None:
    known, memory, removed = paths(100), Vanished(), set()
    for second in range(50):  # one each second
        gone, memory = weighed(memory, {f"field/{second}.md"} & known, known, second)
        removed |= gone
        known -= gone
    assert removed == paths(20)
    assert memory.withheld.keys() == paths(50) - paths(20)


def test_removals_that_take_their_time_are_no_accident() -> None:
    known, memory = paths(10), Vanished()
    for n in range(8):
        gone, memory = weighed(memory, {f"field/{n}.md"}, known, n * LATELY)
        assert gone == {f"field/{n}.md"}
        known -= gone


def test_what_was_withheld_is_removed_once_it_did_not_come_back_for_long() -> None:
    known = paths(5)
    lost = paths(4)
    gone, memory = weighed(Vanished(), lost, known, 0)
    assert gone == set()
    memory = memory.without({"field/0.md"})
    lost -= {"field/0.md"}
    assert weighed(memory, lost, known, BELIEVED_AFTER - 1)[0] == set()
    gone, memory = weighed(memory, lost, known, BELIEVED_AFTER)
    assert (gone, memory.withheld) == (lost, {})
    assert weighed(memory, {"field/0.md"}, {"field/0.md"}, BELIEVED_AFTER + 1)[0] == {"field/0.md"}


def test_what_is_withheld_keeps_no_single_removal_back_later() -> None:
    known = paths(5) | paths(95, "economy")
    _, memory = weighed(Vanished(), paths(5), known, 0)
    gone, memory = weighed(memory, paths(5) | {"economy/1.md"}, known, LATELY)
    assert gone == {"economy/1.md"}
    assert memory.withheld.keys() == paths(5)
