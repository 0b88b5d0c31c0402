"""YAML that other programs wrote, as Ruby and Go read it: anchors, doubled keys, tags. Pure.

Our own files are read by `frontmatter`, which refuses all three and says where.
"""

from typing import Any

import yaml

MAX_DEPTH = 32


def parse(text: str) -> Any:
    """Return texts, lists and mappings; of a key that comes twice the last value holds.

    What aliases name is one value in many places: whoever walks through it bounds the walk.

    Raises:
        ValueError: it is not YAML, or nested deeper than `MAX_DEPTH`.
    """
    depth = 0
    try:
        for event in yaml.parse(text, yaml.CBaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ValueError(f"more than {MAX_DEPTH} levels")
        return yaml.load(text, yaml.CBaseLoader)  # noqa: S506 # nosec B506 - texts, no objects
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
