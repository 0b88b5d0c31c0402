"""What an import adds to site.yaml: text → text, its comments and order kept. Pure.

The only door to ruamel.yaml.
"""

import re
from collections.abc import Iterable, Mapping
from copy import copy
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from feedservice.content import yaml_text
from feedservice.domain.model import Site
from feedservice.domain.text import one_line


def extend(text: str, before: Site, after: Site, redirects: Iterable[tuple[str, str]]) -> str:
    """Return site.yaml with the redirects, and with what ``after`` has and ``before`` has not.

    Args:
        text: site.yaml, known to be good.
        before: what it says.
        after: what it shall say.
        redirects: pairs of old and new; those that are there stay.
    """
    categories = [
        {"slug": each.slug, "name": each.name}
        for each in after.categories
        if before.category(each.slug) is None
    ]
    authors = [
        {"slug": each.slug, "name": each.name, "email": each.email, "url": each.url}
        for each in after.authors
        if before.author(each.slug) is None
    ]
    known = {old for old, _ in before.redirects}
    moved = {old: new for old, new in redirects if old not in known}
    if not (categories or authors or moved):
        return text
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    # As the file does it, so that no line that was there changes.
    offset = 0 if re.search("^- ", text, re.MULTILINE) else 2
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    document = yaml.load(yaml_text.cover(text))
    for key, rows in (("categories", categories), ("authors", authors)):
        if rows:
            _append(document, key, rows)
    if moved:
        _merge(document, moved)
    stream = StringIO()
    yaml.dump(document, stream)
    return yaml_text.uncover(stream.getvalue())


def _append(document: CommentedMap, key: str, rows: list[dict[str, str]]) -> None:
    held = document.get(key)
    if not isinstance(held, CommentedSeq):
        # No list yet, or one item without its list.
        held = CommentedSeq([held] if held else [])
        document[key] = held
    if held.fa.flow_style():
        held.fa.set_block_style()
    trailing = _take_trailing(held)
    for row in rows:
        fields = ((name, _scalar(value)) for name, value in row.items() if value)
        held.append(CommentedMap(fields))
    _put_trailing(held, trailing)


def _merge(document: CommentedMap, moved: Mapping[str, str]) -> None:
    held = document.get("redirects")
    if not isinstance(held, CommentedMap):
        held = CommentedMap()
        document["redirects"] = held
    held.fa.set_block_style()
    for old, new in moved.items():
        held[_scalar(old)] = _scalar(new)


def _take_trailing(held: CommentedSeq) -> Any:
    """What is below the last item belongs to what follows the list: it moves behind the new one."""
    if not held:
        return None
    last = held[-1]
    owner: Any = (
        last if isinstance(last, CommentedMap) and last and not last.fa.flow_style() else held
    )
    key = next(reversed(last)) if owner is last else len(held) - 1
    token = next((each for each in owner.ca.items.pop(key, ()) if each is not None), None)
    if token is None or not token.value.startswith("#"):
        return token
    remark, _, rest = token.value.partition("\n")
    below = copy(token)
    token.value, below.value = f"{remark}\n", f"\n{rest}"
    owner.ca.items[key] = [token, None, None, None] if owner is held else [None, None, token, None]
    return below if rest.strip() or rest.count("\n") else None


def _put_trailing(held: CommentedSeq, trailing: Any) -> None:
    last = held[-1]
    if trailing is not None and isinstance(last, CommentedMap):
        last.ca.items[next(reversed(last))] = [None, None, trailing, None]


def _scalar(value: str) -> str:
    """Text; in quotes where YAML would see something else in it."""
    text = one_line(value)
    is_plain = bool(text) and (text[0].isalpha() or text[0] == "/")
    if is_plain and not set(text) & set("{}[]:#&*!|>'\"%@`,"):
        return text
    quoted: str = DoubleQuotedScalarString(text)
    return quoted
