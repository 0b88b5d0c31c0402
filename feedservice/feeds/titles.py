"""Selection → Channel: what a list is called in words. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from feedservice.domain import urls
from feedservice.domain.model import Author, Category, Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.i18n import _, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed and its page are of.

    Attributes:
        path: the canonical address of the page, percent-encoded, with its query where it has one.
        title: without the site's name (which `feeds/build.py` adds); empty for the whole site.
    """

    path: str
    title: str
    selection: Selection
    description: str = ""


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
    names: dict[Taxonomy, Callable[[str], str]] = {
        Taxonomy.CATEGORY: lambda slug: _name_of(site.category(slug)) or slug,
        Taxonomy.TAG: lambda slug: tag_label(slug) or slug.replace("-", " "),
        Taxonomy.AUTHOR: lambda slug: _name_of(site.author(slug) or author(slug)) or slug,
    }
    language = site.language
    parts: list[str] = []
    unwanted: list[str] = []
    for each in selection.filters:
        name = names[each.taxonomy]
        if each.any_of:
            parts.append(_any_of(map(name, each.any_of), language))
        unwanted += map(name, each.none_of)
    if selection.q:
        parts.append(render(_("Search: {query}", query=selection.q), language))
    title = _all_of(parts, language)
    if unwanted:
        without = _all_of(unwanted, language)
        message = _("{list} without {names}", list=title or site.title, names=without)
        title = render(message, language)
    if selection.since:
        day = f"{selection.since:%Y-%m-%d}"
        title = render(_("{list} since {day}", list=title or site.title, day=day), language)
    label = selection.label
    is_category = label and label[0] is Taxonomy.CATEGORY and not selection.is_narrowed
    category = site.category(label[1]) if label and is_category else None
    return Channel(
        path=urls.canonical(selection),
        title=title,
        selection=selection,
        description=category.description if category else "",
    )


def _name_of(labelled: Category | Author | None) -> str:
    return labelled.name if labelled else ""


def _all_of(names: Sequence[str], language: str) -> str:
    def joined(first: str, second: str) -> str:
        return render(_("{first} and {second}", first=first, second=second), language)

    return reduce(joined, names) if names else ""


def _any_of(names: Iterable[str], language: str) -> str:
    def joined(first: str, second: str) -> str:
        return render(_("{first} or {second}", first=first, second=second), language)

    return reduce(joined, names)
