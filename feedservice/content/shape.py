"""Which keys front matter has, and of which shape their values are (pydantic). Pure.

Every scalar is text here: what it means is for `article` to say.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from feedservice.content.frontmatter import Node
from feedservice.model import Problem, Status


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, (str, dict)) else value


Texts = Annotated[list[str], BeforeValidator(_listed)]


class Strict(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ImageField(Strict):
    """``image`` in its long form."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


class RelatedField(Strict):
    """A related page elsewhere."""

    url: str
    title: str
    summary: str = ""


class CorrectionField(Strict):
    """One correction."""

    date: str
    note: str


class FrontMatter(Strict):
    """The keys of an article. Every scalar is text here."""

    title: str
    date: str
    updated: str = ""
    category: Texts = []
    tags: Texts = []
    author: Texts = []
    summary: str = ""
    image: str | ImageField = ""
    media: Texts = []
    related: Annotated[list[str | RelatedField], BeforeValidator(_listed)] = []
    id: str = ""
    slug: str = ""
    aliases: Texts = []
    status: str = Field(default=Status.PUBLISHED.value, json_schema_extra={"enum": [str(s) for s in Status]})
    expires: str = ""
    lang: str = ""
    translations: dict[str, str] = {}
    corrections: list[CorrectionField] = []
    views: str = ""


def shape_problem(error: Mapping[str, Any], fields: Node, path: str, known: list[str]) -> Problem:
    """Return the Problem that one of pydantic's errors tells of, at its place in the file."""
    location = tuple(error["loc"])
    node = fields.at(*location)
    line, column = node.line, node.column
    key = next((str(step) for step in reversed(location) if isinstance(step, str)), "")
    if error["type"] == "extra_forbidden":
        parent = fields.at(*location[:-1])
        line, column = node.key_line, node.key_column
        names = known if parent is fields else []
        close = get_close_matches(key, names, n=1, cutoff=0.5)
        facts = {"key": key, "nearest": close[0]} if close else {"key": key, "known": ", ".join(names)}
        return Problem(path=path, line=line, column=column, code="key-unknown", facts=facts)
    code = "key-missing" if error["type"] == "missing" else "value-shape"
    if code == "value-shape":
        key = str(location[0])
    return Problem(path=path, line=line, column=column, code=code, facts={"key": key})
