"""Which slugs and ids articles have, for who writes another, and the labels there are."""

from collections.abc import Collection

from feedservice.domain.taxonomy import Taxonomy, find_category
from feedservice.index.conflicts import holders_of
from feedservice.index.snapshot import Snapshot

MAX_TAGS = 500


def paths(view: Snapshot, names: Collection[str]) -> dict[str, str]:
    """Return the files of articles of any status, by the slugs and aliases asked for."""
    return {name: article.path for name, article in view.by_slug(names).items()}


def taken_ids(view: Snapshot, ids: Collection[str]) -> set[str]:
    """Return those of ids that a public article has."""
    holders = holders_of(view.connection, [("id", each) for each in ids], view.now)
    return {claim.value for claim in holders}


def categories_and_tags(view: Snapshot) -> list[str]:
    """Return the names of the site's categories, and of its tags, the most used first; each once.

    A tag that is called as a category is could not be asked for: the category would be meant.
    """
    used = sorted(view.labels(Taxonomy.TAG), key=lambda tag: -tag[2])
    tags = [label for _slug, label, _n in used if not find_category(label, view.site)][:MAX_TAGS]
    return list(dict.fromkeys([*(each.name for each in view.site.categories), *tags]))
