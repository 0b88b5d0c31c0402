"""Django's syndication framework, its view cached: the cache holds the compressed answer, a
middleware answers 304.
"""

import django
from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.handlers.wsgi import WSGIHandler
from django.urls import path
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.cache import cache_page
from django.views.decorators.gzip import gzip_page

from benchmarks.peers import facts
from feedservice.feeds.feed import Item

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="measured-on-this-machine-only",
    SITE_ID=1,
    USE_TZ=True,
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    MIDDLEWARE=["django.middleware.http.ConditionalGetMiddleware"],
)
django.setup()
FEED = facts.read()


class FullText(Rss201rev2Feed):
    """RSS with content:encoded, in the way that Django's documentation shows for elements it does
    not know.
    """

    def root_attributes(self) -> dict[str, str]:
        """Declare the prefix."""
        return super().root_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/"
        }

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, str]) -> None:
        """Write an item, its full text at the end."""
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["full_text"])


class Newest(Feed):
    """The newest articles."""

    feed_type = FullText
    title = FEED.title
    link = FEED.page_url
    description = FEED.description or FEED.title
    language = FEED.language

    def items(self) -> tuple[Item, ...]:
        """Return the entries."""
        return FEED.items

    def item_title(self, item: Item) -> str:
        """Return an entry's title."""
        return item.title

    def item_description(self, item: Item) -> str:
        """Return an entry's summary."""
        return item.summary

    def item_link(self, item: Item) -> str:
        """Return an entry's address."""
        return item.url

    def item_guid(self, item: Item) -> str:
        """Return an entry's id."""
        return item.id

    item_guid_is_permalink = False

    def item_author_name(self, item: Item) -> str:
        """Return an entry's author."""
        return item.authors[0].name if item.authors else ""

    def item_pubdate(self, item: Item) -> object:
        """Return when an entry was published."""
        return item.published

    def item_categories(self, item: Item) -> list[str]:
        """Return an entry's categories and tags."""
        return [term.label for term in item.terms]

    def item_extra_kwargs(self, item: Item) -> dict[str, str]:
        """Return an entry's full text."""
        return {"full_text": item.html}


urlpatterns = [path("feed.rss", cache_page(300)(gzip_page(Newest())))]
app = WSGIHandler()
