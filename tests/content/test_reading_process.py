"""A file of which its reading process dies is held back alone, and told."""

from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from PIL import Image

from factories import NOW, site, write_article
from feedservice.content import reading_process
from feedservice.content.files import ContentFiles
from feedservice.content.pictures import MAX_PICTURE
from feedservice.content.reader import Task
from feedservice.content.reading_process import ReadingProcess, ToRead, read_here
from feedservice.domain.file_readings import Reading
from poison import WAYS, poisonable

pytestmark = pytest.mark.usefixtures(poisonable.__name__)


@pytest.fixture
def process() -> Iterator[ReadingProcess[Reading]]:
    process = ReadingProcess(copy)
    yield process
    process.close()


@pytest.fixture
def task(content: Path) -> Task:
    for n in range(6):
        write_article(content, f"field/{n}.md", title="" if n == 5 else f"مقال {n}")
    return Task(files=ContentFiles(content), site=site(), key="k")


def everything(task: Task) -> list[ToRead]:
    return [(seen, None) for _, seen in sorted(task.files.walk().articles.items())]


def codes(readings: list[Reading]) -> dict[str, list[str]]:
    found = {r.state.path: [problem.code for problem in r.problems] for r in readings}
    return {path: told for path, told in sorted(found.items()) if told}


def test_it_reads_what_this_process_reads(task: Task, process: ReadingProcess[Reading]) -> None:
    files = everything(task)
    assert process.read(task, files, NOW) == read_here(task, files, NOW, copy)
    known = [
        (seen, reading.state)
        for (seen, _), reading in zip(files, process.read(task, files, NOW).made, strict=True)
    ]
    assert len(process.read(task, known, NOW).same) == 6


def test_few_files_are_read_together_and_each_step_is_told(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def make(reading: Reading) -> str:
        assert told[-1] == reading.state.path
        told.append("made")
        return reading.state.path

    monkeypatch.setattr(reading_process, "_TOGETHER", 200)
    made = read_here(task, everything(task), NOW, make, told.append).made
    assert made == [f"field/{n}.md" for n in range(6)]
    assert told.index("field/1.md") < told.index("made") < told.index("field/5.md")


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_ends_its_process_is_held_back_alone(
    task: Task, process: ReadingProcess[Reading], way: str
) -> None:
    write_article(task.files.root, "field/2.md", body=f"POISON-{way}")
    made = process.read(task, everything(task), NOW).made
    assert codes(made) == {"field/2.md": [WAYS[way]], "field/5.md": ["title-missing"]}
    assert [r.state.path for r in made if r.article] == [f"field/{n}.md" for n in (0, 1, 3, 4)]


def test_a_file_that_takes_all_memory_is_held_back_alone(
    task: Task, process: ReadingProcess[Reading]
) -> None:
    write_article(task.files.root, "field/2.md", body="POISON-MEMORY")
    made = process.read(task, everything(task), NOW).made
    (reading,) = (each for each in made if each.state.path == "field/2.md")
    assert [(p.code, p.facts["value"]) for p in reading.problems] == [
        ("file-unreadable", "MemoryError")
    ]


def test_several_such_files_are_held_back_each(
    task: Task, process: ReadingProcess[Reading]
) -> None:
    for n in (0, 1, 4):
        write_article(task.files.root, f"field/{n}.md", body="POISON-KILL")
    made = process.read(task, everything(task), NOW).made
    assert [r.state.path for r in made if r.article] == ["field/2.md", "field/3.md"]


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_that_ends_its_process_costs_its_size_and_nothing_else(
    task: Task, process: ReadingProcess[Reading], way: str
) -> None:
    (task.files.root / "media").mkdir()
    for name, more in (("good", b""), ("bad", f"POISON-{way}".encode())):
        file = task.files.root / "media" / f"{name}.png"
        Image.new("RGB", (8, 6)).save(file)
        file.write_bytes(file.read_bytes() + more)
    write_article(task.files.root, "field/1.md", image="{src: media/good.png, alt: و}")
    write_article(task.files.root, "field/2.md", image="{src: media/bad.png, alt: و}")
    made = {each.state.path: each for each in process.read(task, everything(task), NOW).made}
    good, bad = made["field/1.md"].article, made["field/2.md"].article
    assert good
    assert bad
    assert good.image
    assert bad.image
    assert (good.image.width, bad.image.width) == (8, 0)
    assert bad.image.length
    assert codes(list(made.values()))["field/2.md"] == ["picture-harmful"]


def test_a_picture_that_is_mended_is_measured(task: Task, process: ReadingProcess[Reading]) -> None:
    (task.files.root / "media").mkdir()
    picture = task.files.root / "media" / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nPOISON-CRASH")
    write_article(task.files.root, "field/1.md", image="{src: media/a.png, alt: و}")
    files = [each for each in everything(task) if each[0].path == "field/1.md"]
    assert codes(process.read(task, files, NOW).made) == {"field/1.md": ["picture-harmful"]}
    Image.new("RGB", (8, 6)).save(picture)
    assert codes(process.read(task, files, NOW).made) == {}


def test_a_picture_that_is_very_large_is_not_measured_and_told(task: Task) -> None:
    (task.files.root / "media").mkdir()
    for name, length in (("at", MAX_PICTURE), ("above", MAX_PICTURE + 1)):
        picture = task.files.root / "media" / f"{name}.png"
        Image.new("RGB", (8, 6)).save(picture)
        with picture.open("ab") as file:
            file.truncate(length)
        write_article(
            task.files.root, f"field/{name}.md", image=f"{{src: media/{name}.png, alt: و}}"
        )
    made = read_here(task, everything(task), NOW, copy).made
    widths = {r.state.path: r.article.image.width for r in made if r.article and r.article.image}
    assert widths == {"field/at.md": 8, "field/above.md": 0}
    assert codes(made)["field/above.md"] == ["picture-large"]


def test_a_last_good_text_of_which_its_process_dies_is_none(
    task: Task, process: ReadingProcess[Reading]
) -> None:
    (task.files.root / "media").mkdir()
    (task.files.root / "media" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nPOISON-CRASH")
    (seen, _), *_rest = everything(task)
    text = task.files.read(seen.path).decode()
    found = process.reread(task, seen, text, NOW)
    assert found
    assert found.article
    with_picture = text.replace("---\n", "---\nimage: {src: media/a.png, alt: و}\n", 1)
    assert process.reread(task, seen, with_picture, NOW) is None


def test_where_no_process_can_be_started_this_one_reads(
    task: Task, process: ReadingProcess[Reading], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert len(process.read(task, everything(task), NOW).made) == 6
