"""Lists, their pages, and months of other systems → the lists of ours. Pure.

WordPress, Hugo, Jekyll, Ghost and Blogger number the pages of a list; ours go on by a moment, so a
reader who comes by a number begins at the newest. Redirects of site.yaml go before.
"""

import re

from feedservice.domain import urls
from feedservice.domain.former_feeds import PLURALS

_NUMBER = re.compile(r"/page/?[0-9]{1,5}/?\Z")
_LABEL = re.compile(
    r"/(?P<kind>category|categories|tag|tags|author|authors)/(?:[^/]+/)*(?P<name>[^/]+)"
)
_LIST = re.compile(r"/(?:category|tag|author)/[^/]+(?:/[^/]+)*/?")
"""Lists that are never ours, which are called in the plural."""
_MONTH = re.compile(r"/[0-9]{4}(?:/[0-9]{1,2}){0,2}/?")


def first_page(path: str) -> str:
    """Return the list that a numbered page belongs to; empty where a path names none.

    >>> first_page("/blog/page/2/"), first_page("/page3"), first_page("/blog")
    ('/blog', '/', '')
    """
    found = _NUMBER.search(path)
    return (path[: found.start()] or "/") if found else ""


def moved_in(path: str) -> str | None:
    """Return the list of ours that answers for one, a page or a month of another system's, or None.

    >>> moved_in("/category/world/field/page/2/"), moved_in("/page/3"), moved_in("/2024/05/")
    ('/categories/field', '/', '/archive')
    >>> moved_in("/tag/lira/"), moved_in("/tags/lira")
    ('/tags/lira', None)
    """
    page = first_page(path)
    if not page and _LIST.fullmatch(path):
        page = path.rstrip("/")
    if _MONTH.fullmatch(page or path):
        return "/archive"
    label = _LABEL.fullmatch(page)
    if label:
        return f"/{PLURALS[label['kind']]}/{urls.percent(label['name'])}"
    return page if page == "/" else None
