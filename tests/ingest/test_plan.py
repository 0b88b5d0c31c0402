"""What a look at the content folder means, decided without one."""

import pytest

from factories import NOW
from feedservice.content.files import Seen, Walk
from feedservice.domain.file_readings import FileState
from feedservice.ingest.plan import REMOVALS_AT_ONCE, Due, plan

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


PICTURE = {"assets": (("media/x.png", 5, 1),)}


@pytest.mark.parametrize(
    ("state", "there", "expected"),
    [
        (known("a.md"), walk(seen("a.md")), None),
        (None, walk(seen("a.md")), Due(seen("a.md"), None, is_settled=True)),
        (None, walk(seen("a.md", 1, YOUNG)), Due(seen("a.md", 1, YOUNG), None, is_settled=False)),
        (
            known("a.md"),
            walk(seen("a.md", 2)),
            Due(seen("a.md", 2), known("a.md"), is_settled=False),
        ),
        (
            known("a.md"),
            walk(seen("a.md", ctime_ns=2)),
            Due(seen("a.md", ctime_ns=2), known("a.md"), is_settled=False),
        ),
        (
            known("a.md"),
            walk(seen("a.md", inode=2)),
            Due(seen("a.md", inode=2), known("a.md"), is_settled=False),
        ),
        (known("a.md", key="other"), walk(seen("a.md")), Due(seen("a.md"), None, is_settled=True)),
        (known("a.md", **PICTURE), walk(seen("a.md"), media=(seen("media/x.png", 5),)), None),
        (
            known("a.md", **PICTURE),
            walk(seen("a.md")),
            Due(seen("a.md"), known("a.md", **PICTURE), is_settled=True),
        ),
    ],
    ids=[
        "as it was",
        "new",
        "just saved",
        "changed",
        "touched",
        "replaced",
        "other site",
        "same picture",
        "lost picture",
    ],
)
def test_a_file_is_due_where_it_its_pictures_or_the_site_changed(
    state: FileState | None, there: Walk, expected: Due | None
) -> None:
    made = plan(states(state) if state else {}, there, "k", NOW)
    assert made.due == ((expected,) if expected else ())
    assert made.lost == frozenset()


def test_what_is_read_again_anyway_is_read_whatever_its_bytes_are() -> None:
    made = plan(
        states(known("a.md"), known("b.md")), walk(seen("a.md"), seen("b.md")), "k", NOW, {"b.md"}
    )
    assert made.due == (Due(seen("b.md"), None, is_settled=True),)


def test_files_are_due_by_path() -> None:
    made = plan({}, walk(seen("b.md"), seen("a.md")), "k", NOW)
    assert [due.seen.path for due in made.due] == ["a.md", "b.md"]


def test_what_is_not_there_is_lost_unless_its_folder_could_not_be_listed() -> None:
    before = states(known("a.md"), known("closed/b.md"), known("closed-too/c.md"))
    made = plan(before, walk(unreadable=("closed",)), "k", NOW)
    assert made.lost == {"a.md", "closed-too/c.md"}


@pytest.mark.parametrize(
    ("before", "after", "moved", "withheld"),
    [
        (100, 100 - REMOVALS_AT_ONCE, 0, 0),
        (100, 100 - REMOVALS_AT_ONCE - 1, 0, REMOVALS_AT_ONCE + 1),
        (1000, 1000 - REMOVALS_AT_ONCE - 1, 0, 0),
        (100, 0, 100, 0),
        (100, 0, 70, 100),
    ],
    ids=["few", "a fifth", "few of many", "all moved", "not all moved"],
)
def test_many_removals_at_once_are_withheld(
    before: int, after: int, moved: int, withheld: int
) -> None:
    read = states(*(known(f"{n}.md") for n in range(before)))
    there = walk(
        *(seen(f"{n}.md") for n in range(after)), *(seen(f"new/{n}.md") for n in range(moved))
    )
    made = plan(read, there, "k", NOW).guarded(before)
    assert made.withheld == withheld
    assert len(made.lost) == (0 if withheld else before - after)
