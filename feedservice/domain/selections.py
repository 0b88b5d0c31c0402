"""An address → the Selection that it asks for, its names resolved to slugs. Pure.

`addresses` knows what an address is made of; here it meets the site: which categories and authors
there are, and what else they answer to.
"""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote_plus

from feedservice.domain import urls
from feedservice.domain.errors import BadParameter, Moved, NotFound
from feedservice.domain.model import Author, Selection, Site
from feedservice.domain.taxonomy import find_author, find_category
from feedservice.domain.text import slugify

KnownAuthor = Callable[[str], Author | None]
"""Returns an author whom articles name and site.yaml does not."""


def read_selection(
    path: str, pairs: urls.Pairs, site: Site, known_author: KnownAuthor
) -> Selection:
    """Return what the list at ``path`` (a decoded page path) and its query ask for.

    Raises:
        NotFound: there is no such list; an unknown category or author among it.
        Moved: the path spells a name in another way than its slug; the query comes along.
        BadParameter: a known parameter has a value it cannot have.
    """
    try:
        base = _of_path(path, site, known_author)
    except Moved as moved:
        query = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)
        raise Moved(f"{moved.location}?{query}" if query else moved.location) from None
    return _resolved(urls.read_query(pairs, base, site), site, known_author)


def _of_path(path: str, site: Site, known_author: KnownAuthor) -> Selection:
    if path in ("/", "/search"):
        return Selection()
    kind, _, name = path.strip("/").partition("/")
    if kind == "categories":
        return urls.merge(Selection(), "category", [_category(name, site)])
    if kind == "authors":
        return urls.merge(Selection(), "author", [_author(name, site, known_author)])
    tag = slugify(name)
    if kind != "tags" or not tag or "/" in name:
        raise NotFound(path)
    if tag != name:
        raise Moved(urls.tag_path(tag))
    return urls.merge(Selection(), "tag", [tag])


def _category(name: str, site: Site) -> str:
    if site.category(name):
        return name
    found = find_category(name, site)
    if found:
        raise Moved(urls.category_path(found))
    raise NotFound(name)


def _author(name: str, site: Site, known_author: KnownAuthor) -> str:
    if site.author(name) or known_author(name):
        return name
    found = find_author(name, site) or known_author(slugify(name))
    if found:
        raise Moved(urls.author_path(found.slug))
    raise NotFound(name)


def _resolved(selection: Selection, site: Site, known_author: KnownAuthor) -> Selection:
    """Put slugs for the names of categories and authors; an unknown one is a bad value."""

    def category(name: str) -> str:
        found = find_category(name, site)
        if found is None:
            known = "، ".join(f"{each.slug} ({each.name})" for each in site.categories)
            raise BadParameter(
                "category", name, f"أحد التصنيفات: {known}", f"one of the categories: {known}"
            )
        return found

    def author(name: str) -> str:
        found = find_author(name, site) or known_author(name)
        if found is None:
            known = "، ".join(f"{each.slug} ({each.name})" for each in site.authors)
            raise BadParameter(
                "author", name, f"أحد الكتّاب: {known}", f"one of the authors: {known}"
            )
        return found.slug

    result = replace(selection, categories=(), no_categories=(), authors=(), no_authors=())
    for name, resolve, groups, without in (
        ("category", category, selection.categories, selection.no_categories),
        ("author", author, selection.authors, selection.no_authors),
    ):
        for group in groups:
            result = urls.merge(result, name, map(resolve, group))
        result = urls.merge(result, name, (), map(resolve, without))
    return result
