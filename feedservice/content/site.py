"""site.yaml → Site. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feedservice.content import frontmatter, site_authors, site_redirects
from feedservice.content.field_reader import FieldReader
from feedservice.content.file_types import SITE
from feedservice.content.front_matter_model import shape_problems
from feedservice.content.invisible import bare
from feedservice.content.labels import names, separated_addresses
from feedservice.content.shapes import Strict, all_default, fit
from feedservice.content.site_authors import AuthorField
from feedservice.content.site_feed import FEED, XML, FeedField
from feedservice.content.site_menu import MenuField, read_menu
from feedservice.content.site_notify import NotifyField, read_notify
from feedservice.content.site_theme import ThemeField, read_theme
from feedservice.content.yaml_node import Node
from feedservice.domain import absolute_urls
from feedservice.domain.absolute_urls import is_base_url, is_url
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Author, Category, Content, Problem, Severity, Site
from feedservice.domain.near_names import nearest_name
from feedservice.domain.own_addresses import own_addresses
from feedservice.domain.taxonomy import Taxonomy, shared_names
from feedservice.domain.text import one_line, slugify

NAME = SITE

_TAG_URI = re.compile(r"tag:[A-Za-z0-9][A-Za-z0-9.\-@]*,[12][0-9]{3}(-[0-9]{2}){0,2}")
_EXAMPLE = re.compile(r"(?<![\w-])((?:[\w-]+\.)?example(?:\.(?:com|net|org))?),")
"""A name that is kept for examples (RFC 2606)."""


class CategoryField(Strict):
    """One category."""

    slug: str
    name: str
    description: str = ""
    aliases: list[str] = []


LATIN = "latin"
"""Among ``slugs``: `new` writes addresses in Latin letters."""


class SiteFile(Strict):
    """The keys of site.yaml. Every scalar is text here."""

    title: str
    base_url: str
    id: str
    description: str = ""
    language: str = "ar"
    timezone: str = "UTC"
    copyright: str = ""
    icon: str = ""
    logo: str = ""
    categories: list[CategoryField] = []
    authors: list[str | AuthorField] = []
    feed: FeedField = all_default(FeedField)
    hubs: list[str] = []
    redirects: dict[str, str] = {}
    former_urls: list[str] = []
    slugs: str = ""
    menu: list[str | MenuField] = []
    theme: ThemeField = all_default(ThemeField)
    notify: list[NotifyField] = []


Weigh = Callable[[FieldReader, Site], None]
"""Reports what a site that is good in itself takes from readers."""


def read(
    text: str, path: str = NAME, weigh: Weigh | None = None
) -> tuple[Site | None, tuple[Problem, ...]]:
    """Read site.yaml.

    Args:
        text: the decoded file.
        path: names the file in problems.
        weigh: looks at what it changes.

    Returns:
        The site and its warnings, or None and the errors.
    """
    try:
        fields = _lower(frontmatter.parse(text, path, times=16, is_ours=True))
    except ContentError as error:
        return None, (error.problem,)
    found, faults = fit(SiteFile, fields.plain())
    if found is None:
        return None, tuple(shape_problems(faults, fields, path))
    reader = _SiteReader(fields, path, text=text)
    site = reader.site(found)
    if weigh and not reader.failed():
        weigh(reader, site)
    errors = tuple(each for each in reader.problems if each.severity is Severity.ERROR)
    return (None, errors) if errors else (site, tuple(reader.problems))


def _lower(fields: Node) -> Node:
    """The keys as they are ours, ``Title`` as ``title``, where that makes no two of them one."""
    given = fields.plain()
    return fields._replace(
        value={key if key.lower() in given else key.lower(): fields.at(key) for key in given}
    )


class _SiteReader(FieldReader):
    """One reading of site.yaml."""

    def site(self, found: SiteFile) -> Site:
        if not one_line(found.title):
            self.report("key-missing", "title", key="title")
        site_id, zone, hubs = bare(found.id), bare(found.timezone), tuple(map(bare, found.hubs))
        if not is_site_id(site_id):
            self.report("site-id", "id", value=site_id)
        base_url = self._base_url(found.base_url, "base_url")
        former_urls = [
            self._base_url(url, "former_urls", n)
            for n, url in separated_addresses(found.former_urls)
        ]
        if not self.failed():
            self.own = own_addresses(base_url, *former_urls)
        self._look_for_examples(base_url, site_id)
        self._check_zone(zone)
        categories = dict(enumerate(map(_category, found.categories)))
        authors, is_open = site_authors.read(found.authors, self)
        self._check_slugs(Taxonomy.CATEGORY, categories)
        self._check_slugs(Taxonomy.AUTHOR, authors)
        for n, hub in enumerate(hubs):
            if not is_url(hub) or not hub.isascii():
                self.report("url-bad", "hubs", n, value=hub)
        site_redirects.check(self, found.redirects)
        if not self.failed():
            self._look_for_shared_names(Taxonomy.CATEGORY, categories)
            self._look_for_shared_names(Taxonomy.AUTHOR, authors)
        site = Site(
            title=one_line(found.title),
            base_url=base_url,
            id=site_id,
            description=one_line(found.description),
            language=self.language(found.language, "language") or "ar",
            timezone=zone,
            copyright=one_line(found.copyright),
            icon=self.src(one_line(found.icon), "icon"),
            logo=self.src(one_line(found.logo), "logo"),
            categories=tuple(categories.values()),
            authors=tuple(authors.values()),
            has_open_authors=is_open,
            limit=self._limit(bare(found.feed.limit)),
            content=self._content(bare(found.feed.content).lower()),
            hubs=hubs,
            redirects=tuple(found.redirects.items()),
            former_urls=tuple(former_urls),
            notify=read_notify(found.notify, self),
            theme=read_theme(found.theme, self, self._text),
            has_xml_feeds=self._is(XML, bare(found.feed.type).lower(), "feed", "type", usual=FEED),
            has_latin_slugs=self._is(LATIN, bare(found.slugs).lower(), "slugs"),
        )
        if not self.failed():
            site_redirects.look_at(self, site)
        return replace(site, menu=tuple(read_menu(found.menu, self, site)))

    def _base_url(self, value: str, *location: str | int) -> str:
        url = bare(value).rstrip("/")
        if not is_base_url(url):
            self.report("url-bad", *location, value=url)
        return url

    def _look_for_examples(self, base_url: str, site_id: str) -> None:
        """Warn of what is right only until somebody else reads the site."""
        if absolute_urls.is_of_this_machine(base_url):
            self.warn("base-url-local", "base_url", value=base_url)
        owner = _EXAMPLE.search(site_id)
        if owner and owner[1] not in base_url:  # whoever is at home there may say so
            self.warn("site-id-example", "id", value=site_id)

    def _check_zone(self, name: str) -> None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            near = nearest_name(name, _zones())
            hint = {"nearest": near} if near else {}
            self.report("zone-unknown", "timezone", value=name, **hint)

    def _check_slugs(self, taxonomy: Taxonomy, labels: Mapping[int, Category | Author]) -> None:
        used: set[str] = set()
        for n, label in labels.items():
            if not label.slug:
                self.report("slug-empty", taxonomy.plural, n, value="")
            elif label.slug in used:
                self.report("site-slug-duplicate", taxonomy.plural, n, "slug", value=label.slug)
            used.add(label.slug)
            self.fits(label.slug, taxonomy.plural, n, "slug")

    def _look_for_shared_names(
        self, taxonomy: Taxonomy, labels: Mapping[int, Category | Author]
    ) -> None:
        """Warn of what a category or author is called and another answers to."""
        places = tuple(labels)
        for n, key, name, other in shared_names(tuple(labels.values())):
            place = (taxonomy.plural, places[n], key)
            self.warn("name-shared", *place, value=name, other=other)

    def _is(self, choice: str, value: str, *location: str, usual: str = "") -> bool:
        if value not in (usual, choice):
            self.report(f"{'-'.join(location)}-bad", *location, value=value)
        return value == choice

    def _limit(self, value: str) -> int:
        if re.fullmatch("[0-9]{1,3}", value) and 1 <= int(value) <= 100:
            return int(value)
        self.report("limit-bad", "feed", "limit", value=value)
        return 30

    def _content(self, value: str) -> Content:
        try:
            return Content(value)
        except ValueError:
            self.report("content-bad", "feed", "content", value=value)
            return Content.FULL


def is_site_id(value: str) -> bool:
    """Whether ``value`` is ``tag:authority,year`` (RFC 4151 §2.1)."""
    return _TAG_URI.fullmatch(value) is not None


def _category(field: CategoryField) -> Category:
    return Category(
        slug=slugify(field.slug),
        name=one_line(field.name),
        description=one_line(field.description),
        aliases=names(field.aliases),
    )


def _zones() -> list[str]:
    # It reads the whole zone database: only for a bad name.
    from zoneinfo import available_timezones  # noqa: PLC0415

    return sorted(available_timezones())


def as_fields(site: Site) -> dict[str, Any]:
    """Return what reading an article uses of the site; rows of the index are keyed by it."""
    return {
        "id": site.id,
        "base_urls": (site.base_url, *site.former_urls),
        "language": site.language,
        "timezone": site.timezone,
        "categories": [(c.slug, c.name, c.aliases) for c in site.categories],
        "authors": [(a.slug, a.name, a.email, a.url, a.aliases) for a in site.authors],
        "has_open_authors": site.has_open_authors,
    }
