"""The form of front matter that has one right one: fences, lines and keys, text → text. Pure."""

from feedservice.content import frontmatter, key_names, yaml_text
from feedservice.content.front_matter_model import arabic_key
from feedservice.content.invisible import bare
from feedservice.content.yaml_node import Node
from feedservice.domain.errors import ContentError

_MENDED = frozenset(("yaml-tab", "yaml-no-colon", "yaml-colon"))
_AT_MOST = 20
"""Lines that are mended in one file."""


def fixed(text: str, path: str) -> str:
    """Return an article's text with its front matter in the form that is ours; else untouched."""
    text = _mended(text, path)
    try:
        source = frontmatter.split(text, path)
        key_names.ours(source, path)
    except ContentError:  # two keys that mean the same: which one is the editor's to say
        return text
    lines = text.splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if bare(line))
    for n in (first, source.body_line - 2):
        if lines[n].rstrip(" \t\n") not in ("---", "..."):
            lines[n] = "---\n" if lines[n].endswith("\n") else "---"
    given = source.fields.value
    if isinstance(given, dict):
        taken = dict(given)
        for name, node in given.items():
            lines[node.key_line - 1] = _line(lines[node.key_line - 1], name, node, taken)
            key, _ = key_names.as_ours(name, node) or (name, node)
            taken[key] = node
    return "".join(lines)


def _mended(text: str, path: str) -> str:
    """Return the text with its faulty lines put right, or as it is where that does not help."""
    made, mended = text, set[int]()
    while len(mended) < _AT_MOST:
        try:
            frontmatter.split(made, path)
        except ContentError as error:
            problem = error.problem
            right = problem.facts.get("paste")
            if problem.line in mended:
                return text
            lines = made.split("\n")
            is_typographic = yaml_text.is_closed_otherwise(lines[problem.line - 1].rstrip())
            is_sure = problem.code in _MENDED or (problem.code == "yaml-quote" and is_typographic)
            if not is_sure or right is None:
                break
            mended.add(problem.line)
            lines[problem.line - 1] = right
            made = "\n".join(lines)
        else:
            break
    return made


def _line(line: str, name: str, node: Node, given: dict[str, Node]) -> str:
    """Return the line of a key with our key for it; nothing where it says nothing."""
    before, _, rest = line.partition(":")
    if bare(before) != name:
        return line
    said = key_names.as_ours(name, node)
    if said is None or (said[0] == "status" and name.lower() != "status" and "status" in given):
        return ""
    key, value = said
    if key == name:
        key = arabic_key(name)
        key = name if not key or key in given else key
    if isinstance(node.value, dict) and key != name.lower():
        return line  # its own keys would have to change too
    if isinstance(node.value, str) and value.value != node.value:
        rest = rest.replace(node.value, str(value.value), 1)
    typed = rest.strip(" \t\n")
    rest = rest.replace(typed, yaml_text.straight(typed, key), 1)
    if rest[:1].isspace() and rest[0] not in " \t\n":
        rest = f" {rest[1:]}"
    if key == before.strip(" "):
        return f"{before}:{rest}"
    indent = before[: len(before) - len(before.lstrip(" "))]
    return f"{indent}{key}:{rest}"
