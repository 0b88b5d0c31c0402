"""Lists, their pages, and months of other systems → the lists of ours. Pure.

WordPress, Hugo, Jekyll, Ghost, Blogger and Nikola number the pages of a list; ours go on by a
moment, so a reader who comes by a number begins at the newest. Redirects of site.yaml go before.
"""

from types import MappingProxyType

from feedservice.domain import urls
from feedservice.domain.former_feeds import PLURALS
from feedservice.domain.patterns import rare

_INDEX = "/index.html"
_NUMBER = rare(r"/(?:page/?[0-9]{1,5}/?|index-[0-9]{1,5}\.html)\Z")
_PART = rare(r"-[0-9]{1,5}\Z")
_LABEL = rare(r"/(?P<kind>category|categories|tag|tags|author|authors)/(?:[^/]+/)*(?P<name>[^/]+)")
_BLOGGER = rare(r"/search/label/(?P<name>[^/]+)/?")
_LIST = rare(r"/(?:category|tag|author)/[^/]+(?:/[^/]+)*/?")
"""Lists that are never ours, which are called in the plural."""
_OURS = MappingProxyType(
    {f"/{name}": f"/{name}" for name in ("tags", "authors", "archive")}
    | {"/archives": "/archive", "/sitemapindex.xml": "/sitemap.xml"}
)
"""Pages that every site has, as others call them."""
_MONTH = rare(r"/[0-9]{4}(?:/[0-9]{1,2}){0,2}/?")


def first_page(path: str) -> str:
    """Return the list that a numbered page belongs to; empty where a path names none.

    >>> first_page("/blog/page/2/"), first_page("/page3"), first_page("/index-2.html")
    ('/blog', '/', '/')
    """
    found = _NUMBER.search(path)
    return (path[: found.start()] or "/") if found else ""


def of_file(path: str) -> tuple[str, ...]:
    """Return what may be a list whose page, or a part of it, is a file; nothing where it is none.

    A number may be of the list's own name: with it comes first.

    >>> of_file("/labels/lira.html"), of_file("/labels/lira-2.html"), of_file("/labels/lira")
    (('/labels/lira',), ('/labels/lira-2', '/labels/lira'), ())
    """
    whole = path.removesuffix(".html").rstrip("/") if path.endswith(".html") else ""
    return tuple(dict.fromkeys(filter(None, (whole, _PART.sub("", whole)))))


def without_index(path: str) -> str:
    """Return the address of the folder whose ``index.html`` is named; empty where it is not.

    >>> without_index("/posts/x/index.html"), without_index("/index.html"), without_index("/x.html")
    ('/posts/x', '/', '')
    """
    return (path.removesuffix(_INDEX) or "/") if path.endswith(_INDEX) else ""


def moved_in(path: str) -> str | None:
    """Return the list of ours that answers for one, a page or a month of another system's, or None.

    >>> moved_in("/category/world/field/page/2/"), moved_in("/page/3"), moved_in("/2024/05/")
    ('/categories/field', '/', '/archive')
    >>> moved_in("/tag/lira/"), moved_in("/tags/lira")
    ('/tags/lira', None)
    >>> moved_in("/search/label/lira")
    '/tags/lira'
    """
    label = _BLOGGER.fullmatch(path)
    if label:
        return f"/{PLURALS['tag']}/{urls.percent(label['name'])}"
    page = first_page(path) or without_index(path) or next(iter(of_file(path)), "")
    ours = _OURS.get(page or path)
    if ours and ours != path.rstrip("/"):
        return ours
    if not page and _LIST.fullmatch(path):
        page = path.rstrip("/")
    if _MONTH.fullmatch(page or path):
        return "/archive"
    label = _LABEL.fullmatch(page)
    if label:
        return f"/{PLURALS[label['kind']]}/{urls.percent(label['name'])}"
    return page if page == "/" else None
