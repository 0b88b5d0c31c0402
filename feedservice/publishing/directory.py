"""The lists that a site offers to subscribers: itself, its categories, its authors. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from feedservice.domain.model import Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build, build_page
from feedservice.feeds.page import FeedRow
from feedservice.feeds.titles import channel_of
from feedservice.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The page /feeds. ``good_until`` is when time alone may change it."""

    site: Site
    rows: tuple[FeedRow, ...]
    good_until: datetime | None


def feed_rows(view: Snapshot) -> tuple[FeedRow, ...]:
    """Return the lists that /feeds and /feeds.opml name, with their numbers of articles."""
    site = view.site
    counts: dict[tuple[str, str], int] = {
        (taxonomy, slug): count
        for taxonomy in (Taxonomy.CATEGORY, Taxonomy.AUTHOR)
        for slug, _, count in view.labels(taxonomy)
    }
    authors = {author.slug for author in site.authors}
    authors.update(slug for taxonomy, slug in counts if taxonomy == Taxonomy.AUTHOR)
    labels = [(Taxonomy.CATEGORY, category.slug) for category in site.categories]
    labels += [(Taxonomy.AUTHOR, slug) for slug in sorted(authors)]
    rows: list[tuple[str, str, Selection]] = [("site", "", Selection())]
    rows += [(taxonomy, slug, Selection.of(taxonomy, slug)) for taxonomy, slug in labels]
    found = []
    for kind, slug, selection in rows:
        channel = channel_of(selection, site, view.tag_label, view.author)
        title = build.full_title(channel.title, site.title)
        found.append(
            FeedRow(
                title=channel.title or site.title,
                description=channel.description,
                path=channel.path,
                kind=kind,
                alternates=build_page.alternates(channel.path, title),
                count=counts.get((kind, slug), 0) if slug else view.count(selection),
            )
        )
    return tuple(found)
