"""What a change of articles means for the lists that show them. Pure."""

from dataclasses import replace
from datetime import datetime

from feedservice.domain.model import Article, Status
from feedservice.domain.taxonomy import Taxonomy

Label = tuple[str, str]
"""Kind (category, tag, author) and slug of a list."""

SITE: Label = ("site", "")
ALL_LISTS: Label = ("all", "")


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


def changed_lists(old: Article | None, new: Article | None, newest: int) -> set[Label]:
    """Return the lists whose documents a change of one article can alter.

    Its own lists, before and after. Besides, entries of other articles link to it (related,
    translations, links in bodies) and rank it (computed related), so `ALL_LISTS` change, with
    two exceptions: an edit of nothing but the body and the modification date, and a new article
    later than every other one, which no older entry can show by computation (one that an older
    article already names is for the caller to tell).

    Args:
        old: as it was shown before, or None.
        new: as it is shown now, or None.
        newest: the latest publication among the other articles, Unix seconds.
    """
    if old is None and new is None:
        return set()
    if any(each and each.status is Status.PAGE for each in (old, new)):  # each footer names it
        return {ALL_LISTS} | changed_lists(_of_lists(old), _of_lists(new), newest)
    labels = {SITE}
    for article in (old, new):
        if article:
            labels |= labels_of(article).keys()
    if old is None and new is not None and new.published.timestamp() > newest:
        return labels
    if old and new and _outside(old) == _outside(new):
        return labels
    return labels | {ALL_LISTS}


def _of_lists(article: Article | None) -> Article | None:
    return article if article and article.status is not Status.PAGE else None


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
