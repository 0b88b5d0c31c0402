"""The lists that a site offers to subscribers: itself, its categories, its authors. Reads only."""

from datetime import datetime

from feedservice.domain import urls
from feedservice.domain.model import Selection, Site
from feedservice.feeds import build, build_page
from feedservice.feeds.page import FeedRow
from feedservice.feeds.titles import channel_of
from feedservice.index.reader import IndexReader


def feed_rows(index: IndexReader, site: Site, now: datetime) -> tuple[FeedRow, ...]:
    """Return the lists that /feeds and /feeds.opml name, each with how many articles are public in
    it.
    """
    counts = {
        (kind, slug): n for kind in ("category", "author") for slug, _, n in index.labels(kind, now)
    }
    rows = [("site", "", Selection())]
    rows += [
        ("category", c.slug, urls.merge(Selection(), "category", [c.slug])) for c in site.categories
    ]
    authors = {author.slug for author in site.authors} | {
        slug for kind, slug in counts if kind == "author"
    }
    rows += [
        ("author", slug, urls.merge(Selection(), "author", [slug])) for slug in sorted(authors)
    ]
    found = []
    for kind, slug, selection in rows:
        channel = channel_of(
            selection,
            site,
            lambda tag: index.tag_label(tag, now),
            lambda author: index.author(author, now),
        )
        title = build.full_title(channel.title, site.title)
        found.append(
            FeedRow(
                title=channel.title or site.title,
                description=channel.description,
                path=channel.path,
                kind=kind,
                alternates=build_page.alternates(channel.path, title),
                count=counts.get((kind, slug), 0) if slug else index.count(selection, now),
            )
        )
    return tuple(found)
