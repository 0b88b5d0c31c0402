"""Selection → Channel: what a list is called in words, and whether it is narrowed. Pure."""

from collections.abc import Callable, Iterable

from feedservice.domain import urls
from feedservice.domain.model import Author, Channel, Groups, Selection, Site
from feedservice.feeds.phrases import word


def channel_of(
    selection: Selection,
    site: Site,
    tag_label: Callable[[str], str | None],
    author: Callable[[str], Author | None],
) -> Channel:
    """Return the channel of a selection.

    Args:
        selection: its slugs resolved.
        site: names categories and authors.
        tag_label: the label that editors typed for a tag's slug.
        author: an author whom site.yaml does not know.
    """

    def category_name(slug: str) -> str:
        found = site.category(slug)
        return found.name if found else slug

    def tag_name(slug: str) -> str:
        return tag_label(slug) or slug.replace("-", " ")

    def author_name(slug: str) -> str:
        found = site.author(slug) or author(slug)
        return found.name if found else slug

    language = site.language
    parts = [
        *_groups(selection.categories, category_name, language),
        *_groups(selection.tags, tag_name, language),
        *_groups(selection.authors, author_name, language),
    ]
    if selection.q:
        parts.append(f"{word('search', language)}: {selection.q}")
    unwanted = [
        *map(category_name, selection.no_categories),
        *map(tag_name, selection.no_tags),
        *map(author_name, selection.no_authors),
    ]
    title = _join(parts, "and", language)
    if unwanted:
        title = (
            f"{title or site.title} {word('without', language)} {_join(unwanted, 'and', language)}"
        )
    if selection.since:
        title = f"{title or site.title} {word('since', language)} {selection.since:%Y-%m-%d}"
    narrowed = urls.is_narrowed(selection)
    category = (
        site.category(selection.categories[0][0]) if selection.categories and not narrowed else None
    )
    return Channel(
        path=urls.canonical(selection),
        title=title,
        selection=selection,
        description=category.description if category else "",
        narrowed=narrowed,
    )


def _groups(groups: Groups, name: Callable[[str], str], language: str) -> list[str]:
    return [_join(map(name, group), "or", language) for group in groups]


def _join(parts: Iterable[str], conjunction: str, language: str) -> str:
    middle = word(conjunction, language)
    return (f" {middle}" if middle == "و" else f" {middle} ").join(parts)
