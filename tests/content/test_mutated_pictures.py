"""A picture that was damaged on its way, or made to do damage, costs its file and nothing else."""

import io
import random
import resource
import time
from collections.abc import Callable
from copy import copy
from pathlib import Path

import pytest
from PIL import Image

from effort import rounds
from factories import NOW, site
from feedservice.content.derived_files import FAULT
from feedservice.content.deriving_process import derived
from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task
from feedservice.content.reading_process import read_here
from feedservice.domain import derived_pictures
from feedservice.domain.media_types import ALLOWED
from feedservice.domain.model import Media
from feedservice.system import worker

KINDS = ("png", "jpeg", "gif", "webp", "avif", "svg", "bmp", "tiff", "ico")
"""The last three are none that is served: here they are called .png."""
MEMORY = 256 * 1024
"""KiB by which measuring thousands of small pictures may raise the peak of a process."""
SECONDS = 5
"""Of one picture, of the processor: ten thousand times what a good one takes."""
MORE = {
    "jpeg": ("exif",),
    "avif": ("exif", "save_all", "append_images"),
    "webp": ("exif", "save_all", "append_images"),
    "gif": ("save_all", "append_images"),
    "png": ("exif", "save_all", "append_images"),
    "tiff": ("save_all", "append_images"),
}
"""What more is written where a format has it: a description, a second frame."""
SVG = (
    b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "xx"><!ENTITY b "&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg" '
    b'width="40" height="30" viewBox="0 0 40 30"><text>&b;</text><script>x</script><image href="https://h/"/></svg>'
)


def pictures(kind: str) -> list[bytes]:
    """Good pictures of a kind: in grey, in colours, with a palette, transparent, moving."""
    if kind == "svg":
        return [SVG, SVG.replace(b"40", b"1e9"), SVG.decode().encode("utf-16")]
    made = []
    for mode in {"jpeg": ("L", "RGB"), "avif": ("RGB", "RGBA"), "webp": ("RGB", "RGBA")}.get(
        kind, ("L", "RGB", "P", "RGBA")
    ):
        image = Image.effect_noise((40, 30), 40).convert(mode)
        exif = Image.Exif()
        exif[0x010E] = "وصف"
        more = {"exif": exif, "save_all": True, "append_images": [image.rotate(90)]}
        wanted = MORE.get(kind, ())
        stream = io.BytesIO()
        image.save(stream, kind.upper(), **{name: more[name] for name in wanted})
        made.append(stream.getvalue())
    return made


def flipped(data: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 10))):
        place = chance.randrange(min(len(changed), chance.choice((64, 512, 1 << 20))))
        changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(data: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    return data[: chance.randrange(len(data))]


def spliced(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    return (
        data[: chance.randrange(len(data))]
        + (other := chance.choice(others))[chance.randrange(len(other)) :]
    )


def enlarged(data: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    """A number in the header, or anywhere, becomes one of the largest."""
    place = chance.randrange(min(len(data), chance.choice((64, 512, 1 << 20))))
    number = chance.choice(
        (
            b"\xff\xff",
            b"\xff\xff\xff\xff",
            b"\x7f\xff\xff\xff",
            b"\xff\xff\xff\x7f",
            b"\0\0\0\0",
            b"\x80\0\0\0",
        )
    )
    return data[:place] + number + data[place + len(number) :]


def repeated(data: bytes, chance: random.Random, _others: list[bytes]) -> bytes:
    begin, end = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:begin] + data[begin:end] * chance.choice((0, 2, 50)) + data[end:]


CHANGES: tuple[Callable[[bytes, random.Random, list[bytes]], bytes], ...] = (
    flipped,
    cut,
    spliced,
    enlarged,
    repeated,
)


def peak() -> int:
    return sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_picture_costs_more_than_itself(tmp_path: Path, kind: str) -> None:
    chance = random.Random(random.getrandbits(60))
    name = f"media/a.{kind if kind in KINDS[:6] else 'png'}"
    good, others = pictures(kind), [each for kind in KINDS for each in pictures(kind)]
    file = tmp_path / name
    file.parent.mkdir()
    files = ContentFiles(tmp_path)
    begun = peak()
    for _ in range(rounds(20_000, 150)):
        data = chance.choice(good)
        for _ in range(chance.choice((1, 1, 2))):
            data = chance.choice(CHANGES)(data, chance, others) or b"x"
        file.write_bytes(data)
        began = time.process_time()
        found = files.measure(Media(src=name))
        assert time.process_time() - began < SECONDS, data
        if found:
            assert found.media_type in ALLOWED, data
            assert (found.width > 0) == (found.height > 0), data
    assert peak() - begun < MEMORY


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_of_a_damaged_picture_is_a_picture_or_nothing(
    tmp_path: Path, kind: str
) -> None:
    """In the process of this test: one that only ended its own would not be noticed."""
    chance = random.Random(random.getrandbits(60))
    name = f"media/a.{kind if kind in KINDS[:6] else 'png'}"
    good, others = pictures(kind), [each for kind in KINDS for each in pictures(kind)]
    (tmp_path / "media").mkdir()
    files = ContentFiles(tmp_path)
    begun = peak()  # other tests of this process had children, too
    for _ in range(rounds(20_000, 40)):
        data = chance.choice(CHANGES)(chance.choice(good), chance, others) or b"x"
        (tmp_path / name).write_bytes(data)
        found = files.measure(Media(src=name))
        if not (found and found.digest):
            continue
        began = time.process_time()
        made = derived(files, name, found.digest)
        assert time.process_time() - began < SECONDS, data
        if FAULT in made:
            continue
        for called, each in made.items():
            with Image.open(io.BytesIO(each)) as picture:
                width = int(called.partition(".")[0])
                assert picture.size == (width, derived_pictures.height(found, width)), data
                assert "exif" not in picture.info, data
    assert (peak() - begun) * 1024 < worker.MEMORY


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", KINDS)
def test_an_article_with_a_damaged_picture_is_published(tmp_path: Path, kind: str) -> None:
    chance = random.Random(random.getrandbits(60))
    good = pictures(kind)
    (tmp_path / "media").mkdir()
    task = Task(files=ContentFiles(tmp_path), site=site())
    for number in range(rounds(500, 10)):
        name = f"media/{number}.{kind if kind in KINDS[:6] else 'jpg'}"
        data = chance.choice(CHANGES)(chance.choice(good), chance, good)
        (tmp_path / name).write_bytes(data)
        article = tmp_path / "field" / f"{number}.md"
        article.parent.mkdir(exist_ok=True)
        article.write_text(
            f"---\ntitle: ع\ndate: 2026-01-01\nid: a\nimage: {{src: {name}, alt: و}}\n---\nنص\n"
        )
        seen = ContentFiles(tmp_path).stat(f"field/{number}.md")
        assert seen
        (found,) = read_here(task, [(seen, None)], NOW, copy).made
        assert found.article, data
