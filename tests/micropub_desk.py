"""A desk at which programs write, over a folder and an index of what a test says."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

import factories
from factories import NOW
from feedservice.content.files import ContentFiles
from feedservice.micropub import actions, beside, tokens
from feedservice.micropub.actions import Refused
from feedservice.micropub.beside import Ask
from feedservice.micropub.desk import Desk, Known
from feedservice.micropub.done import Done, DoneBefore
from feedservice.micropub.store import FolderStore
from feedservice.micropub.token_file import TokenFile
from feedservice.micropub.tokens import Token
from feedservice.system.turn import turn

TOKEN, _SECRET = tokens.new("phone", tokens.SCOPES, "desk", NOW)
URL = "https://news.example/articles/"


@contextmanager
def here() -> Iterator[Ask]:
    """Does in this process what a child would do."""

    def ask(name: str, *given: object) -> Any:
        found = beside.perform(name, *given)
        if isinstance(found, Refused):
            raise found
        return found

    yield ask


@dataclass
class Newsroom:
    """A desk over a folder, with an index of what a test says."""

    content: Path
    names: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    now: datetime = NOW
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        state = self.content.parent / "state"
        state.mkdir(exist_ok=True)
        known = Known(
            site=factories.site,
            paths=lambda names: {name: self.names[name] for name in names if name in self.names},
            taken=lambda ids: self.ids & set(ids),
            categories=list,
        )
        self.files = ContentFiles(self.content)
        store = FolderStore(self.files, lambda: turn(state / "micropub.lock"))
        before = DoneBefore(state / "done")
        self.desk = Desk(TokenFile(state), self.files, store, known, before, lambda: self.now, here)

    def create(
        self, *uploads: tuple[str, str, bytes], token: Token = TOKEN, **properties: Any
    ) -> Done:
        given = {name.replace("_", "-"): values for name, values in properties.items()}
        action = actions.from_json(json.dumps({"properties": given}).encode())
        return self.desk.create(action, token, uploads)

    def change(self, slug: str, version: str = "", **asked: Any) -> Done:
        action = actions.from_json(
            json.dumps({"action": "update", "url": URL + slug, **asked}).encode()
        )
        return self.desk.change(action, TOKEN, version)

    def turn(self, kind: str, slug: str) -> Done:
        return self.desk.change(actions.from_form([("action", kind), ("url", URL + slug)]), TOKEN)

    def text(self, path: str) -> str:
        return (self.content / path).read_text(encoding="utf-8")

    def written(self) -> list[str]:
        files = (path for path in self.content.rglob("*") if path.is_file())
        found = (path.relative_to(self.content).as_posix() for path in files)
        return sorted(path for path in found if path != "site.yaml")


def picture(width: int = 4, height: int = 3, kind: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(stream, kind)
    return stream.getvalue()
