"""Some keys of an article's front matter → others; every other line stays as it is. Pure."""

from codecs import BOM_UTF8
from collections.abc import Mapping

from feedservice.content import article, frontmatter, key_names
from feedservice.content.frontmatter import Source, Value
from feedservice.content.yaml_node import Node
from feedservice.domain.errors import ContentError
from feedservice.i18n import _
from feedservice.micropub.actions import Refused


def edited(
    text: str, path: str, changes: Mapping[str, Value | None], body: str | None = None
) -> str:
    """Return an article file with other values for some of its keys.

    A key that is there keeps its place and the name that the editor gave it; what is new stands at
    the end. Comments between keys stay.

    Args:
        text: the decoded file.
        path: it, below the content folder.
        changes: our keys and their values; None takes a key out.
        body: another body, if it is to be another.

    Raises:
        ContentError: the front matter cannot be read.
        Refused: it is written in a way that no line of it can be changed alone.
    """
    source = frontmatter.split(text, path)
    lines = text.split("\n")
    end = source.body_line - 2
    assert isinstance(source.fields.value, dict)
    nodes = sorted(source.fields.value.items(), key=lambda item: item[1].key_line)
    names = {key: name for name, node in nodes if (key := _our_key(name, node))}
    starts = [node.key_line - 1 for _name, node in nodes]
    spans = {
        name: (start, _until(lines, start, following))
        for (name, _node), start, following in zip(nodes, starts, [*starts[1:], end], strict=True)
    }
    indent = " " * (nodes[0][1].key_column - 1 if nodes else 0)
    new = [
        f"{indent}{_line(key, value)}"
        for key, value in changes.items()
        if value is not None and key not in names
    ]
    edits = [(end, end, new)]
    for key in changes.keys() & names.keys():
        name, value = names[key], changes[key]
        is_other = name.lower() in ("draft", "published")  # whose values are no status
        line = [] if value is None else [f"{indent}{_line(key if is_other else name, value)}"]
        edits.append((*spans[name], line))
    for start, stop, put in sorted(edits, reverse=True):
        lines[start:stop] = put
    end += len(lines) - text.count("\n") - 1
    if body is not None:
        lines[end + 1 :] = ["", *body.strip("\n").split("\n"), ""]
    made = "\n".join(lines)
    _prove(source, made, path, changes)
    return made


def as_before(text: str, before: bytes) -> bytes:
    """Return the bytes of a text, with the line ends and the mark at its start that were there."""
    data = text.encode()
    if b"\r\n" in before and before.count(b"\n") == before.count(b"\r\n"):
        data = data.replace(b"\n", b"\r\n")
    return BOM_UTF8 + data if before.startswith(BOM_UTF8) else data


def _our_key(name: str, node: Node) -> str:
    ours = key_names.as_ours(name, node)
    return ours[0] if ours else ""


def _until(lines: list[str], start: int, following: int) -> int:
    """Where a key ends: remarks and empty lines before the next one belong to that."""
    while following > start + 1 and (
        not lines[following - 1].strip() or lines[following - 1].lstrip().startswith("#")
    ):
        following -= 1
    return following


def _line(key: str, value: Value) -> str:
    return frontmatter.dump({key: value}).split("\n")[1]


def _prove(source: Source, made: str, path: str, changes: Mapping[str, Value | None]) -> None:
    """Be sure that what was to change is all that did."""
    try:
        before = key_names.ours(source, path).fields.plain()
        after = article.take_apart(made, path).fields.plain()
    except ContentError as error:
        raise _unchanged(path) from error
    wanted = before | {key: value for key, value in changes.items() if value is not None}
    for key in changes:
        if changes[key] is None:
            wanted.pop(key, None)
    if after != wanted:
        raise _unchanged(path)


def _unchanged(path: str) -> Refused:
    return Refused(
        409,
        "conflict",
        _("the front matter of {path} cannot be changed from here: edit the file", path=path),
    )
