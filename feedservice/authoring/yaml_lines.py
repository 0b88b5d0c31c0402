"""A line of YAML that comes into a text, or takes the place of another. Pure."""

from feedservice.content.yaml_node import Node


def replace(text: str, node: Node, line: str) -> str:
    """Return the text with a line in place of a key's; the same text where a remark would be lost.

    Args:
        text: holds the mapping.
        node: the value that the key has.
        line: the key with its new value.
    """
    lines = text.splitlines(keepends=True)
    first, last = node.key_line, last_line(node)
    old = "".join(lines[first - 1 : last])
    if "#" in old:
        return text
    lines[first - 1 : last] = [f"{old[: node.key_column - 1]}{line}\n"]
    return "".join(lines)


def insert(text: str, at: int, line: str, beside: Node) -> str:
    """Return the text with a line below the line ``at``, as far in as the key ``beside`` is."""
    lines = text.splitlines(keepends=True)
    ending = "" if lines[at - 1].endswith("\n") else "\n"
    lines.insert(at, f"{ending}{' ' * (beside.key_column - 1)}{line}\n")
    return "".join(lines)


def last_line(node: Node) -> int:
    """Return the line in which a value ends, as far as its parts tell."""
    inner = node.value.values() if isinstance(node.value, dict) else node.value
    return max((node.line, *(last_line(each) for each in inner if isinstance(each, Node))))
