"""What a change of articles means for the lists that show them. Pure."""

from dataclasses import replace
from datetime import datetime

from feedservice.domain.headline import Status
from feedservice.domain.model import Article
from feedservice.domain.taxonomy import Taxonomy

Label = tuple[str, str]
"""Kind (category, tag, author) and slug of a list."""

SITE: Label = ("site", "")
ALL_LISTS: Label = ("all", "")
ENTRIES: Label = ("entries", "")
"""Stamped when entries of articles that stay may be others, whatever lists they are in."""


def entries_in(kind: str) -> str:
    """Return the kind under which is stamped when entries that stay in a list may be others."""
    return f"{kind} entries"


def members_in(kind: str) -> str:
    """Return the kind under which is stamped when others follow on an article of a list."""
    return f"{kind} members"


def unix_seconds(moment: datetime) -> int:
    """Return whole seconds since 1970, as every moment is kept."""
    return int(moment.timestamp())


def labels_of(article: Article) -> dict[tuple[Taxonomy, str], str]:
    """Return the lists that an article is in, each with its label as it was typed."""
    found = {(Taxonomy.CATEGORY, slug): slug for slug in article.categories}
    found.update({(Taxonomy.TAG, tag.slug): tag.label for tag in article.tags})
    found.update({(Taxonomy.AUTHOR, author.slug): author.name for author in article.authors})
    return found


def shown(article: Article | None, now: datetime) -> Article | None:
    """Return the article where any document can show it: no draft, and no embargoed one."""
    if article and article.status is not Status.DRAFT and article.published <= now:
        return article
    return None


def changed_lists(old: Article | None, new: Article | None) -> set[Label]:
    """Return the lists that an article is in, before and after: they change with it.

    A page is in none, and each footer names it.

    Args:
        old: as it was shown before, or None.
        new: as it is shown now, or None.
    """
    labels: set[Label] = set()
    for article in (old, new):
        if article and article.status is Status.PAGE:
            labels.add(ALL_LISTS)
        elif article:
            labels |= {SITE, *labels_of(article)}
    return labels


def changed_members(old: Article | None, new: Article | None) -> set[Label]:
    """Return the labels in whose lists an article comes, leaves or stands elsewhere.

    Most edits change none of them: an article that keeps its slug, dates and labels stays where it
    is, under another row. Arguments as above.
    """
    if old and new and _standing(old) == _standing(new):
        return set()
    return {label for article in (old, new) if article for label in labels_of(article)}


def _standing(article: Article) -> tuple[object, ...]:
    return article.slug, article.status, article.published, article.expires, labels_of(article)


def seen_elsewhere(old: Article | None, new: Article | None) -> list[Article]:
    """Return as what others show or showed an article that changes: computed, linked or named.

    Nothing where only its body and the modification date are others; arguments as above.
    """
    if old and new and _outside(old) == _outside(new):
        return []
    return [each for each in (old, new) if each]


def _outside(article: Article) -> Article:
    """What other entries can show of an article."""
    return replace(
        article, html="", text="", updated=None, corrections=(), views=None, related=(), media=()
    )


def answers_to(article: Article) -> set[tuple[str, str]]:
    """Return what others can link to an article by."""
    return {
        ("name", article.slug),
        ("path", article.path),
        *(("name", alias) for alias in article.aliases),
    }
