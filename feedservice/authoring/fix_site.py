"""Names and addresses that site.yaml dropped, kept in it: text → text. Pure.

A line comes in, or takes the place of one; comments and the order of keys stay.
"""

from collections.abc import Iterable, Iterator

from feedservice.authoring import yaml_lines
from feedservice.content import frontmatter
from feedservice.content import site as site_file
from feedservice.content.site_changes import KEPT
from feedservice.content.yaml_node import Node
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Problem


def fixed(text: str, problems: Iterable[Problem]) -> str:
    """Return site.yaml with the lines that its problems say, where that does what they want.

    Args:
        text: the decoded file.
        problems: of it; from the last to the first, so that lines keep their numbers.
    """
    for problem in sorted(problems, key=lambda each: each.line, reverse=True):
        line = problem.facts.get("paste", "")
        if problem.code not in KEPT or not line:
            continue
        made = _with_line(text, problem.line, line)
        if _differs_in(text, made, line):
            text = made
    return text


def _with_line(text: str, at: int, line: str) -> str:
    """Return the text with a line in the mapping of which a value stands ``at`` a line."""
    fields = next(_mappings_at(frontmatter.parse(text, site_file.NAME, times=16, is_ours=True), at))
    key = line.partition(":")[0]
    nodes = {name.lower(): node for name, node in fields.items()}
    if key in nodes:
        return yaml_lines.replace(text, nodes[key], line)
    if len(fields) > 1 and len({node.key_line for node in fields.values()}) == 1:  # {slug: …}
        lines = text.splitlines(keepends=True)
        before, brace, after = lines[at - 1].rpartition("}")
        lines[at - 1] = f"{before.rstrip()}, {line}{brace}{after}"
        return "".join(lines)
    return yaml_lines.insert(text, at, line, next(iter(fields.values())))


def _mappings_at(node: Node, line: int) -> Iterator[dict[str, Node]]:
    """Yield the mappings, inner ones first, of which a value stands at a line."""
    if isinstance(node.value, dict):
        for each in node.value.values():
            yield from _mappings_at(each, line)
        if any(each.line == line for each in node.value.values()):
            yield node.value
    elif isinstance(node.value, list):
        for each in node.value:
            yield from _mappings_at(each, line)


def _differs_in(before: str, after: str, line: str) -> bool:
    """Whether nothing but that line has changed what the file says."""
    key = line.partition(":")[0]
    try:
        old, new = (
            frontmatter.parse(text, site_file.NAME, times=16, is_ours=True).plain()
            for text in (before, after)
        )
    except ContentError:
        return False
    site, _problems = site_file.read(after)
    return site is not None and old != new and _without(old, key) == _without(new, key)


def _without(value: object, key: str) -> object:
    if isinstance(value, dict):
        return {name: _without(each, key) for name, each in value.items() if name.lower() != key}
    return [_without(each, key) for each in value] if isinstance(value, list) else value
