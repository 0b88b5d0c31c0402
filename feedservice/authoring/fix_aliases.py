"""Slugs by which readers knew an article, kept in its file: text → text. Pure.

The line comes in, or takes the place of one; comments and the order of keys stay.
"""

from feedservice.authoring import yaml_lines
from feedservice.content import frontmatter, key_names
from feedservice.domain.errors import ContentError


def fixed(text: str, path: str, line: str) -> str:
    """Return an article's text with that line; the same text where it cannot be sure.

    Args:
        text: the decoded file.
        path: the file below the content folder.
        line: ``aliases: […]``, which has those of the file, too.
    """
    try:
        source = frontmatter.split(text, path)
    except ContentError:
        return text
    fields = source.fields.value
    if not isinstance(fields, dict) or not fields:
        return text
    nodes = {name.lower(): node for name, node in fields.items()}
    if "aliases" in nodes:
        made = yaml_lines.replace(text, nodes["aliases"], line)
    else:
        node = nodes.get("slug") or nodes.get("id") or nodes.get("title") or [*nodes.values()][-1]
        made = yaml_lines.insert(text, yaml_lines.last_line(node), line, node)
    return made if _says(made, path) == {**_says(text, path), **_said(line, path)} else text


def _said(line: str, path: str) -> dict[str, object]:
    said = frontmatter.parse(line, path, is_ours=True).plain()
    return said if isinstance(said, dict) else {}


def _says(text: str, path: str) -> dict[str, object]:
    """What front matter says, by our keys; nothing where it cannot be read."""
    try:
        source = frontmatter.split(text, path)
        said = key_names.ours(source, path).fields.plain()
    except ContentError:
        return {}
    return said if isinstance(said, dict) else {}
