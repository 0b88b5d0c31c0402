"""The lists that a site offers to subscribers: itself, its categories, its authors. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.model import Author, Site
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds import build, build_page, opml
from feedservice.feeds.feed import Document, document
from feedservice.feeds.page import FeedRow
from feedservice.feeds.titles import channel_of
from feedservice.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The page /feeds. ``good_until`` is when time alone may change it."""

    site: Site
    rows: tuple[FeedRow, ...]
    good_until: datetime | None


def directory(view: Snapshot) -> Directory:
    """Return the lists that /feeds names."""
    return Directory(site=view.site, rows=feed_rows(view), good_until=view.next_moment())


def subscription_list(view: Snapshot) -> Document:
    """Return the same lists as a document (OPML 2.0)."""
    site = view.site
    return document(
        opml.render(site.title, feed_rows(view), site.base_url, site.language),
        opml.MEDIA_TYPE,
        last_modified=view.last_modified(Selection()),
        good_until=view.next_moment(),
    )


def feed_rows(view: Snapshot) -> tuple[FeedRow, ...]:
    """Return the lists that /feeds and /feeds.opml name, with their numbers of articles."""
    site = view.site
    written = {slug: (name, count) for slug, name, count in view.labels(Taxonomy.AUTHOR)}
    counts = {("category", slug): count for slug, _, count in view.labels(Taxonomy.CATEGORY)}
    counts |= {("author", slug): count for slug, (_, count) in written.items()}

    def author(slug: str) -> Author | None:
        return Author(slug=slug, name=written[slug][0]) if slug in written else None

    authors = {author.slug for author in site.authors} | written.keys()
    labels = [(Taxonomy.CATEGORY, category.slug) for category in site.categories]
    labels += [(Taxonomy.AUTHOR, slug) for slug in sorted(authors)]
    rows: list[tuple[str, str, Selection]] = [("site", "", Selection())]
    rows += [(taxonomy, slug, Selection.of(taxonomy, slug)) for taxonomy, slug in labels]
    found = []
    for kind, slug, selection in rows:
        channel = channel_of(selection, site, view.tag_label, author)
        title = build.full_title(channel.title, site.title)
        found.append(
            FeedRow(
                title=channel.title or site.title,
                description=channel.description,
                path=channel.path,
                kind=kind,
                alternates=build_page.alternates(channel.path, title),
                subscribe_path=urls.subscription(selection),
                count=counts.get((kind, slug), 0) if slug else view.count(selection),
            )
        )
    return tuple(found)
