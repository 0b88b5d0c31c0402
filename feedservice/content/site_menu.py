"""``menu`` of site.yaml → the links of the header. Pure."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from feedservice.content.field_reader import FieldReader
from feedservice.content.invisible import trimmed
from feedservice.content.labels import known_names
from feedservice.content.shapes import Strict
from feedservice.domain import urls
from feedservice.domain.absolute_urls import is_url
from feedservice.domain.model import MenuItem, Site
from feedservice.domain.taxonomy import Taxonomy, find_category, nearest_category
from feedservice.domain.text import one_line

_PATH = re.compile(r"/(?!/)[^\s\\]{0,1000}")
_CATEGORY = re.compile(r"/categories/([^/?#]+)")
_NAME = re.compile(r"[^/:\\]+")


class MenuField(Strict):
    """One link."""

    label: str
    target: str


def read_menu(
    items: Sequence[str | MenuField], reader: FieldReader, site: Site
) -> Iterator[MenuItem]:
    """Yield the links; reports what leads nowhere, and leaves it out.

    Args:
        items: each a category by any of its names, or a label with what it leads to: a category, a
            path of the site (``/pages/about``), an address elsewhere.
        reader: of the file.
        site: knows the categories.
    """
    for n, item in enumerate(items):
        place: tuple[str | int, ...] = ("menu", n)
        label = ""
        if isinstance(item, MenuField):
            place, label = (*place, "target"), one_line(item.label)
            if not label:
                reader.report("key-missing", "menu", n, "label", key="label")
                continue
        target = trimmed(one_line(item.target if isinstance(item, MenuField) else item))
        named = _CATEGORY.fullmatch(target)
        name = unquote(named[1]) if named else target
        if named or _NAME.fullmatch(target):
            slug = find_category(name, site)
            found = site.category(slug) if slug else None
            if found:
                path = urls.label_path(Taxonomy.CATEGORY, found.slug)
                yield MenuItem(label=label or found.name, path=path, category=found.slug)
            else:
                near = nearest_category(name, site)
                hint = {"nearest": near} if near else {"known": known_names(site.categories)}
                reader.warn("menu-category", *place, value=name, **hint)
        elif label and is_url(target):
            yield MenuItem(label=label, path=target)
        elif label and _PATH.fullmatch(target):
            yield MenuItem(label=label, path=urls.percent_path(target))
        else:
            reader.report("menu-target", *place, value=target)
