"""Keys as other tools and other keyboards write them → ours. Pure.

What has one meaning here is read with it (``draft: true``, ``categories:``, ``Title:``); an Arabic
key is told with ours (`front_matter_model`).
"""

from dataclasses import replace
from types import MappingProxyType

from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.frontmatter import Source
from feedservice.content.invisible import bare
from feedservice.content.shapes import keys_of
from feedservice.content.yaml_node import Node
from feedservice.domain.errors import ContentError
from feedservice.domain.headline import Status

_OURS = keys_of(FrontMatter).keys()
_FOREIGN = MappingProxyType(
    {
        "categories": "category",
        "tag": "tags",
        "keywords": "tags",
        "authors": "author",
        "description": "summary",
        "excerpt": "summary",
        "cover": "image",
        "thumbnail": "image",
        "featured_image": "image",
        "lastmod": "updated",
        "modified": "updated",
        "last_modified_at": "updated",
        "expirydate": "expires",
        "language": "lang",
    }
)
_YES = frozenset(("true", "yes", "on", "1", "نعم"))
_NO = frozenset(("false", "no", "off", "0", "لا", ""))
_PICTURE = MappingProxyType({"image": "src", "url": "src", "path": "src", "description": "alt"})
"""Keys of a cover in other tools."""


def ours(source: Source, path: str) -> Source:
    """Return an article with the keys that are ours.

    Raises:
        ContentError: two keys mean the same.
    """
    given = source.fields.value
    if not isinstance(given, dict) or given.keys() <= _OURS:
        return source
    found: dict[str, Node] = {}
    for name, node in given.items():
        said = as_ours(name, node)
        if said is None:
            continue
        key, value = said
        if key not in found:
            found[key] = value
        elif key != "status" or value.value != found[key].value:
            place, other = (node.key_line, node.key_column), str(found[key].key_line)
            raise ContentError.at(path, "key-duplicate", *place, key=name, other=other)
    return replace(source, fields=source.fields._replace(value=found))


def as_ours(name: str, node: Node) -> tuple[str, Node] | None:
    """Return a key of an article as ours, and its value; None where it says nothing."""
    key = name.lower()
    if key in ("draft", "published") and isinstance(node.value, str):
        said = bare(node.value).lower()
        is_draft = said in (_YES if key == "draft" else _NO - {""})
        if is_draft:
            return "status", node._replace(value=Status.DRAFT.value)
        return None if said in _YES | _NO else (name, node)
    if key in _OURS:
        return key, node
    meant = _FOREIGN.get(key.replace("-", "_"))
    if not meant:
        return name, node
    if meant == "image" and isinstance(node.value, dict):
        keys = {_PICTURE.get(each.lower(), each.lower()): it for each, it in node.value.items()}
        keys = {each: keys[each] for each in ("src", "alt", "caption", "credit") if each in keys}
        return meant, node._replace(value=keys)
    return meant, node
