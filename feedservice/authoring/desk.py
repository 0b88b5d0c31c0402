"""What Sveltia CMS is told of a site: fields, choices, folders, made of what validates. Pure.

Names of options are those of https://sveltiacms.app/en/docs/config-basics; ``format`` is ours:
web/static/desk/desk.js reads and writes the files.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from feedservice.content.front_matter_model import CorrectionField, FrontMatter, ImageField
from feedservice.content.page import PageFront
from feedservice.content.shapes import keys_of
from feedservice.domain import urls
from feedservice.domain.headline import SAID, Status
from feedservice.domain.model import Site
from feedservice.i18n import Message, _, render, supported

FORMAT = "feedservice"
"""The custom format that desk.js registers."""
KIND, SLUG, KEY = "_kind", "_slug", "_key"
"""Fields that no file has: what desk.js takes a file for, what others call it, which one it is."""
UNSHOWN = frozenset({"id", "views"})
"""Keys that are nobody's to edit; they stay as they are."""
_MOMENT = "YYYY-MM-DD HH:mm"

_LABELS: Mapping[str, Message] = MappingProxyType(
    {
        "title": _("Title"),
        "date": _("Date of publication"),
        "updated": _("Date of the update"),
        "category": _("Category"),
        "tags": _("Tags"),
        "author": _("Authors"),
        "summary": _("Summary"),
        "image": _("Picture"),
        "src": _("File"),
        "alt": _("What the picture shows"),
        "caption": _("Caption"),
        "credit": _("Who made it"),
        "media": _("Recordings and documents"),
        "related": _("Related articles"),
        "slug": _("Last part of the address"),
        "aliases": _("Old addresses"),
        "status": _("Status"),
        "reason": _("Reason of the withdrawal"),
        "expires": _("Expires"),
        "lang": _("Language"),
        "translations": _("Translations"),
        "corrections": _("Corrections"),
        "corrected": _("Date of the correction"),
        "note": _("What was corrected"),
        "order": _("Place in the list of pages"),
    }
)
_HINTS: Mapping[str, Message] = MappingProxyType(
    {
        "date": _(
            "A moment to come publishes it then. Left empty, a new article gets this moment."
        ),
        "updated": _("Only where readers are to see the article again."),
        "summary": _("One sentence or two; else the first paragraph."),
        "alt": _("For who does not see the picture."),
        "slug": _("Letters, digits and hyphens; left empty, the name of the file."),
        "status": _("Nobody sees a draft. Who withdraws an article fills in the update, too."),
        "expires": _("It leaves feeds and pages at that moment."),
        "related": _("Search for the title. What is not chosen is found by tags and words."),
        "lang": _("Only where it is not the site's: en, fr …"),
        "translations": _("Language, and the last part of that article's address."),
    }
)
_STATUSES: Mapping[Status, Message] = MappingProxyType(
    {
        Status.PUBLISHED: _("published"),
        Status.DRAFT: _("draft"),
        Status.WITHDRAWN: _("withdrawn"),
    }
)


def desk_config(site: Site, backend: Mapping[str, Any], folder: str = "") -> dict[str, Any]:
    """Return the configuration of Sveltia CMS for a site.

    Args:
        site: names categories, authors, language and zone.
        backend: where files are kept: Sveltia's ``backend``.
        folder: of the content within a repository; its root where it is empty.
    """
    made = _Made(site, folder)
    return {
        "load_config_file": False,
        "backend": {**backend},
        "app_title": site.title,
        "site_url": urls.absolute(site.base_url, "/"),
        "site_id": site.id,
        "timezone": site.timezone,
        "content_folder": folder,
        "authors": {each.name: each.slug for each in site.authors},
        "categories": {each.name: each.slug for each in site.categories},
        "media_folder": made.below("media"),
        "public_folder": "/media",
        # By our rule: what is no letter, mark or digit is one hyphen.
        "slug": {"encoding": "unicode", "clean_accents": False, "timezone": "local"},
        "output": {"omit_empty_optional_fields": True},
        "collections": [made.articles(), made.pages()],
    }


class _Made:
    """The collections of one site."""

    def __init__(self, site: Site, folder: str) -> None:
        self._site = site
        self._folder = folder
        self._language = supported(site.language)

    def below(self, name: str) -> str:
        """A path within the repository."""
        return "/".join(part for part in (self._folder, name) if part)

    def articles(self) -> dict[str, Any]:
        """The articles of all categories: one collection, so that all are searched for related."""
        # The name of a file is its address, and Sveltia makes no Latin letters of Arabic ones.
        name = "{{fields.slug}}" if self._site.has_latin_slugs else "{{title}}"
        return {
            "name": "articles",
            "label": self._text(_("Articles")),
            "label_singular": self._text(_("Article")),
            "folder": self._folder,
            "path": "{{category}}/{{slug}}",
            "slug": "{{year}}-{{month}}-{{day}}-" + name,
            "identifier_field": "title",
            "summary": "{{title}}",
            "sortable_fields": ["date", "title"],
            "view_groups": [{"label": self._label("category"), "field": "category"}],
            **self._common("article", keys_of(FrontMatter)),
        }

    def pages(self) -> dict[str, Any]:
        """What stands beside the news."""
        name = "{{fields.slug}}" if self._site.has_latin_slugs else "{{title}}"
        return {
            "name": "pages",
            "label": self._text(_("Pages")),
            "label_singular": self._text(_("Page")),
            "folder": self.below(urls.PAGES.rstrip("/")),
            "slug": name,
            **self._common("page", keys_of(PageFront), (Status.PUBLISHED, Status.DRAFT)),
        }

    def _common(
        self, kind: str, keys: Mapping[str, Any], said: tuple[Status, ...] = SAID
    ) -> dict[str, Any]:
        fields = [self._field(key, said) for key in keys if key not in UNSHOWN]
        body = {
            "name": "body",
            "label": self._text(_("Text")),
            "widget": "richtext",
            "required": False,
            # As it is typed first: what is made of it in the other mode is written anew.
            "modes": ["raw", "rich_text"],
        }
        hidden = [
            {"name": KIND, "widget": "hidden", "default": kind},
            {"name": SLUG, "widget": "hidden"},
            # What is new, and each copy, has one of its own.
            {"name": KEY, "widget": "hidden", "default": "{{uuid}}"},
        ]
        return {
            "create": True,
            # By its path alone a page is an article, and so is a README.
            "filter": {"field": KIND, "value": kind},
            "format": FORMAT,
            # Else pictures are put beside the article: its path has a folder.
            "media_folder": "/" + self.below("media"),
            "public_folder": "/media",
            "editor": {"preview": False},
            "fields": [*fields, body, *hidden],
        }

    def _field(self, key: str, said: tuple[Status, ...]) -> dict[str, Any]:
        """The field of a key; every key of the model is one, as text where nothing else is said."""
        made = self._named(key)
        match key:
            case "title":
                made |= {"widget": "string", "required": True}
            # Without a default: Sveltia gives one to an article, too, whose date it cannot show.
            case "date" | "updated" | "expires":
                made |= self._moment()
            case "category":
                choices = [(each.name, each.slug) for each in self._site.categories]
                # A choice of nothing is an error to Sveltia, which begins with none.
                made |= _select(choices) if choices else {"widget": "string"}
                made |= {"required": True}
            case "author":
                choices = [(each.name, each.slug) for each in self._site.authors]
                made |= _select(choices) | {"multiple": True} if choices else {"widget": "list"}
            case "status":
                made |= _select([(self._text(_STATUSES[each]), each.value) for each in said])
                made |= {"default": Status.DRAFT.value}
            case "summary":
                made |= {"widget": "text"}
            case "image":
                parts = [self._named(name) | {"widget": "string"} for name in keys_of(ImageField)]
                parts[0]["widget"] = "image"
                made |= {"widget": "object", "fields": parts, "collapsed": False}
            case "media":
                made |= {"widget": "list", "field": self._named("src") | {"widget": "file"}}
            case "related":
                made |= {
                    "widget": "relation",
                    "collection": "articles",
                    "multiple": True,
                    "value_field": SLUG,
                    "search_fields": ["title"],
                    "display_fields": ["title"],
                }
            case "tags" | "aliases":
                made |= {"widget": "list"}
            case "translations":
                made |= {"widget": "keyvalue"}
            case "corrections":
                parts = [
                    self._named("corrected" if name == "date" else name)
                    | {"name": name, "widget": "string", "required": True}
                    for name in keys_of(CorrectionField)
                ]
                made |= {"widget": "list", "fields": parts}
            case _:
                made |= {"widget": "string"}
        if key == "slug" and self._site.has_latin_slugs:
            made |= {"required": True, "pattern": ["^[a-z0-9-]+$", self._text(_("a-z, 0-9 and -"))]}
        return made

    def _named(self, key: str) -> dict[str, Any]:
        hint = _HINTS.get(key)
        named = {"name": key, "label": self._label(key), "required": False}
        return named | ({"hint": self._text(hint)} if hint else {})

    def _moment(self) -> dict[str, Any]:
        return {"widget": "datetime", "format": _MOMENT, "input_timezone": self._site.timezone}

    def _label(self, key: str) -> str:
        return self._text(_LABELS[key])

    def _text(self, message: Message) -> str:
        return render(message, self._language)


def _select(choices: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "widget": "select",
        "options": [{"label": label, "value": value} for label, value in choices],
    }
