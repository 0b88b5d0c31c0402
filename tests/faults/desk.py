"""An editors' desk of many articles: changes one a second, and knows what readers are to see."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from benchmarks.generate import article, sentences


class Change(StrEnum):
    SAVE = "save"
    NEW = "new article"
    RENAME = "rename"
    REMOVE = "removal"
    BREAK = "breakage"
    REPAIR = "repair"


_OFTEN = {
    Change.SAVE: 9,
    Change.NEW: 3,
    Change.RENAME: 3,
    Change.REMOVE: 2,
    Change.BREAK: 3,
}
REPAIRED_WITHIN = 20.0
"""Seconds for which an article stays broken at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as it is to be seen.

    Attributes:
        key: its own number.
        path: of its file.
        version: of its text, which its title says.
        date: as its file says it.
        since: when its file became so, in monotonic seconds.
        change: what was done to it then.
        is_gone: whether its file was removed.
        is_broken: whether its file cannot be read, so that the version before it stays.
    """

    key: int
    path: Path
    version: int
    date: str
    since: float
    change: Change
    is_gone: bool = False
    is_broken: bool = False

    @property
    def mark(self) -> tuple[str, int]:
        return f"k{self.key}", self.version

    @property
    def page(self) -> str:
        return f"/articles/{self.path.stem}"


class Desk:
    """All articles of a folder that `benchmarks.generate` filled.

    Args:
        content: the folder; its articles are saved once more, with numbers in their titles.
        seed: draws what is changed.
    """

    def __init__(self, content: Path, seed: int) -> None:
        self._random = random.Random(seed)
        self._pool = sentences()
        self._folders = sorted(path for path in content.iterdir() if path.name.startswith("sec"))
        self._lock = threading.Lock()
        self._entries: dict[int, Entry] = {}
        self.history: list[Entry] = []
        for key, path in enumerate(sorted(content.glob("section-*/*.md"), key=lambda p: p.stem)):
            date = path.read_text(encoding="utf-8").partition("date: ")[2].partition("\n")[0]
            entry = Entry(key=key, path=path, version=0, date=date, since=0.0, change=Change.NEW)
            self._write(entry)
            self._entries[key] = entry

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries.values())

    def now(self, key: int) -> Entry:
        with self._lock:
            return self._entries[key]

    def change(self) -> Entry:
        """Do one thing to one article, and remember it."""
        broken = [each for each in self.entries() if each.is_broken]
        if broken and time.monotonic() - broken[0].since > self._random.uniform(0, REPAIRED_WITHIN):
            return self._done(self._repaired(broken[0]))
        kinds = list(_OFTEN)
        (kind,) = self._random.choices(kinds, [_OFTEN[each] for each in kinds])
        if kind is Change.NEW:
            return self._done(self._new())
        usable = [each for each in self.entries() if not (each.is_broken or each.is_gone)]
        # Half of it hits what is on the front page.
        newest = sorted(usable, key=lambda each: each.date)[-50:]
        entry = self._random.choice(self._random.choice((usable, newest)))
        return self._done(_DO[kind](self, entry))

    def repair_all(self) -> list[Entry]:
        broken = [entry for entry in self.entries() if entry.is_broken]
        return [self._done(self._repaired(entry)) for entry in broken]

    def _done(self, entry: Entry) -> Entry:
        entry = replace(entry, since=time.monotonic())
        with self._lock:
            self._entries[entry.key] = entry
        self.history.append(entry)
        return entry

    def _new(self) -> Entry:
        key = len(self._entries)
        path = self._random.choice(self._folders) / f"new-{key}.md"
        date = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        entry = Entry(key=key, path=path, version=0, date=date, since=0.0, change=Change.NEW)
        return self._write(entry)

    def _saved(self, entry: Entry) -> Entry:
        return self._write(replace(entry, version=entry.version + 1, change=Change.SAVE))

    def _renamed(self, entry: Entry) -> Entry:
        """Into another category, or under another name in its own."""
        path = self._random.choice(self._folders) / entry.path.name
        if path == entry.path or self._random.random() < 0.5:
            path = entry.path.with_name(f"renamed-{entry.key}-{len(self.history)}.md")
        entry.path.rename(path)
        return replace(entry, path=path, change=Change.RENAME)

    def _removed(self, entry: Entry) -> Entry:
        entry.path.unlink()
        return replace(entry, change=Change.REMOVE, is_gone=True)

    def _broken(self, entry: Entry) -> Entry:
        text = self._text(entry).encode()
        harmed: Sequence[bytes] = (
            text.replace(b"date: ", b"date: 31/02/", 1),
            text.replace(b"tags: [", b"tags: [[", 1),
            text.replace("مقال".encode(), b"\xff\xfe", 1),
            text[: text.index(b"summary")],
            b"",
        )
        entry.path.write_bytes(self._random.choice(harmed))
        return replace(entry, change=Change.BREAK, is_broken=True)

    def _repaired(self, entry: Entry) -> Entry:
        better = replace(entry, version=entry.version + 1, change=Change.REPAIR, is_broken=False)
        return self._write(better)

    def _write(self, entry: Entry) -> Entry:
        """As most editors do: whole, under another name first; every third time in place."""
        text = self._text(entry)
        if entry.version % 3 == 2:
            entry.path.write_text(text, encoding="utf-8")
        else:
            draft = entry.path.with_suffix(".tmp")
            draft.write_text(text, encoding="utf-8")
            draft.replace(entry.path)
        return entry

    def _text(self, entry: Entry) -> str:
        head, _, body = article(entry.key, self._pool).partition("\n---\n")
        lines = dict(line.partition(": ")[::2] for line in head.splitlines()[1:])
        key, version = entry.mark
        lines |= {"title": f"مقال [{key}:{version}]", "date": entry.date}
        front = "\n".join(f"{name}: {value}" for name, value in lines.items())
        return f"---\n{front}\n---\n{body}"


_DO = {
    Change.SAVE: Desk._saved,
    Change.RENAME: Desk._renamed,
    Change.REMOVE: Desk._removed,
    Change.BREAK: Desk._broken,
}
