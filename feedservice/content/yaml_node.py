"""What YAML comes to: values with their places. Pure."""

from typing import Any, NamedTuple


class Node(NamedTuple):
    """A YAML value with its place, counted from 1: text, a list or a mapping of nodes."""

    value: "str | list[Node] | dict[str, Node]"
    line: int
    column: int
    key_line: int = 0
    key_column: int = 0

    def plain(self) -> Any:
        """Return the value as str, list and dict."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, *location: str | int) -> "Node":
        """Return the node that keys and positions lead to, or the nearest one on the way to it."""
        node = self
        for step in location:
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[str(step)]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
        return node
