"""feedgen as its documentation shows it: a generator, an entry for each item, everything made anew
each time.
"""

from feedgen.feed import FeedGenerator

from feedservice.feeds.feed import Feed


def atom(feed: Feed) -> bytes:
    """Return the Atom document of these facts."""
    made: bytes = _generator(feed).atom_str()
    return made


def rss(feed: Feed) -> bytes:
    """Return the RSS document of these facts."""
    made: bytes = _generator(feed).rss_str()
    return made


def _generator(feed: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.id(feed.id)
    generator.title(feed.title)
    generator.author({"name": feed.author.name, "uri": feed.author.url})
    generator.link(href=feed.self_url, rel="self")
    generator.link(href=feed.page_url, rel="alternate")
    generator.description(feed.description or feed.title)
    generator.language(feed.language)
    generator.updated(feed.updated)
    for item in feed.items:
        entry = generator.add_entry(order="append")
        entry.id(item.atom_id)
        entry.title(item.title)
        entry.link(href=item.url, rel="alternate")
        for link in item.related:
            entry.link(href=link.url, rel="related", title=link.title)
        entry.published(item.published)
        entry.updated(item.updated)
        for author in item.authors:
            entry.author({"name": author.name, "uri": author.url})
        for term in item.terms:
            entry.category({"term": term.slug, "scheme": term.scheme, "label": term.label})
        entry.summary(item.summary)
        entry.content(item.html, type="html")
    return generator
