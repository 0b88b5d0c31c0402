"""Templates: what every page is given, and the filters that write addresses, dates and numbers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from flask import Flask, render_template
from jinja2.runtime import Context, Macro
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from feedservice.domain.direction import direction, of_site
from feedservice.domain.marking import Marked
from feedservice.domain.model import Media, MenuItem, Site
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.theme import DARK, LIGHT, Theme
from feedservice.domain.urls import base_of, file_address, from_host, label_path
from feedservice.feeds import pictures
from feedservice.feeds.formats import FORMATS
from feedservice.feeds.page import Alternate, Card, FeedRow
from feedservice.i18n import FSI, LRI, PDI, RLI, Message, render
from feedservice.web import formatting
from feedservice.web.isolation import isolated
from feedservice.web.overrides import overridden
from feedservice.web.services import services
from feedservice.web.stylesheet import preloaded, stylesheet

_WIDTH, _OVERHEAD = 2, 2048
"""Bytes of a character, as Python keeps Arabic, and of a card besides its HTML, about."""
_ISOLATES = MappingProxyType(
    {LRI: '<bdi dir="ltr">', RLI: '<bdi dir="rtl">', FSI: "<bdi>", PDI: "</bdi>"}
)
_BEGIN, _END = "\x02", "\x03"
"""Of a word that is marked, until all is escaped at once; texts have no controls."""
_SENTENCE = 200
"""Characters of a sentence that is remembered in a page's language."""
Shown = tuple[Alternate, ...] | tuple[FeedRow, ...]
"""What else shows nothing but itself and the site."""
_LABELS = (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON"))


@dataclass(frozen=True, slots=True)
class View:
    """What templates call ``view``.

    Attributes:
        site: None where the index cannot be read.
        is_own: whether the site's own templates make the page, which may show other things.
    """

    site: Site | None
    language: str
    zone: str
    direction: str
    is_own: bool = False

    def gettext(self, text: str, **facts: object) -> str:
        """Return a sentence of the templates, where it is called ``_``, in the page's language."""
        if not facts and len(text) <= _SENTENCE:
            return _sentence(text, self.language)
        return render(Message(text, facts), self.language)

    def kept(self, make: Macro, card: Card | Shown, **options: object) -> str:
        """Return what a macro makes of a card, which shows nothing but itself and this site.

        Of what leads to feeds, it is the same on many pages, and of rows mostly after a change.
        """
        base_url = self.site.base_url if self.site else ""
        templates = self.site.templates if self.site and self.is_own else ()
        page = self.language, self.zone, self.direction, base_url, templates
        key = (make.name, card, tuple(options.items()), page)
        cards = services().cards
        made = cards.get(key)
        if made is None:
            made = make(card, **options)
            cards.put(key, made, _WIDTH * len(made) + _OVERHEAD)
        return made

    def shared(self, make: Macro, here: str | None = None) -> str:
        """Return what a macro of ours makes of the site alone, and of where in it a page is."""
        # What takes a place in it may show more than that, such as an icons.html of the site's own.
        if self.site is None or self.is_own:
            return make(here)
        parts = services().parts.of(self.site)
        key = make.name, here
        if key not in parts:
            parts[key] = make(here)
        return parts[key]

    def menu(self) -> tuple[MenuItem, ...]:
        """Return the links of the header: those of site.yaml, else its categories."""
        if self.site is None or self.site.menu or not self.site.categories:
            return self.site.menu if self.site else ()
        categories = (
            MenuItem(
                label=each.name, path=label_path(Taxonomy.CATEGORY, each.slug), category=each.slug
            )
            for each in self.site.categories
        )
        return (MenuItem(label=self.gettext("Home"), path="/"), *categories)

    def href(self, path: str) -> str:
        """Return the address of a page of ours, or of another host, as a link has it."""
        if not self.site:
            return path
        base = base_of(self.site, path, "")
        return base + path if base else from_host(self.site.base_url, path)

    def file(self, src: str) -> str:
        """Return the address of a picture that site.yaml names (``media/…`` or a URL)."""
        return self.href(file_address(src))

    def picture(self, path: str, image: Media | None, shown: str, *, is_first: bool) -> Markup:
        """Return HTML that shows a picture.

        Args:
            path: of the original.
            image: what is known of it.
            shown: how wide, as `pictures` calls it.
            is_first: whether it is what a reader sees first.
        """
        alt = f' alt="{escape(image.alt if image else "")}"'
        sizes = {"card": pictures.CARD, "first card": pictures.FIRST_CARD, "text": pictures.TEXT}
        html = pictures.img(
            image, self.href(path), self.href, sizes[shown], is_first=is_first, rest=alt
        )
        return Markup(html)  # noqa: S704 - escaped where it is made # nosec B704

    def category(self, slug: str) -> str:
        """Return the address of a category's page."""
        return self.href(label_path(Taxonomy.CATEGORY, slug))

    def moment(self, moment: datetime) -> str:
        """Return a date and time as people read it."""
        return formatting.format_moment(moment, self.language, self.zone)

    def day(self, moment: datetime) -> str:
        """Return a date as people read it."""
        return formatting.format_day(moment, self.language, self.zone)

    def month(self, day: date) -> str:
        """Return the month of a day as people read it."""
        return formatting.format_month(day, self.language)

    def month_of(self, moment: datetime) -> str:
        """Return the month in which a moment lies, as people read it."""
        return self.month(moment.astimezone(ZoneInfo(self.zone)).date())

    def time(self, moment: datetime) -> str:
        """Return the time of day in the site's zone."""
        return f"{moment.astimezone(ZoneInfo(self.zone)):%H:%M}"

    def iso(self, moment: datetime) -> str:
        """Return a moment as ``<time datetime>`` has it, in the site's zone."""
        there = moment.astimezone(ZoneInfo(self.zone))
        offset = there.utcoffset() or timedelta()
        # Local mean time has seconds; an offset of HTML has none (§2.3.5.6).
        return (moment.astimezone(UTC) if offset % timedelta(minutes=1) else there).isoformat()

    def number(self, number: int) -> str:
        """Return a whole number as people read it."""
        return formatting.format_number(number, self.language)

    def minutes(self, minutes: int) -> str:
        """Return a number of minutes as people read it."""
        return formatting.format_minutes(minutes, self.language)

    def size(self, length: int) -> str:
        """Return the size of a file as people read it."""
        return formatting.format_size(length, self.language)

    def foreign(self, language: str) -> str:
        """Return the language of a part of the page where it is not the page's, else nothing."""
        return language if language != self.language else ""


@lru_cache(maxsize=512, typed=True)  # what is marked as HTML is no text
def _sentence(text: str, language: str) -> str:
    return render(Message(text), language)


def with_isolates(text: str) -> Markup:
    """Return HTML in which elements isolate what isolates do in a text (HTML §15.3.6)."""
    html = str(escape(text))
    for sign, tag in _ISOLATES.items():
        html = html.replace(sign, tag)
    return Markup(html)  # noqa: S704 - escaped above # nosec B704


def told(message: Message, language: str) -> Markup:
    """Return a message as HTML, code and facts in it isolated."""
    return with_isolates(render(message, language, isolated=True))


def marked(parts: Marked) -> Markup:
    """Return HTML of a text in which the words that a search means are marked."""
    text = "".join(f"{_BEGIN}{part}{_END}" if is_meant else part for part, is_meant in parts)
    html = str(escape(text)).replace(_BEGIN, "<mark>").replace(_END, "</mark>")
    return Markup(html)  # noqa: S704 - escaped above # nosec B704


def as_json(value: object) -> Markup:
    """Return JSON that no ``</script>`` in it can end."""
    return htmlsafe_json_dumps(value, ensure_ascii=False, separators=(",", ":"))


def format_label(alternate: Alternate) -> str:
    """Return what people call a feed's format."""
    names = [each.name for each in FORMATS.values() if each.media_type == alternate.media_type]
    return dict(_LABELS).get(names[0], names[0].upper()) if names else alternate.media_type


def page(template: str, site: Site | None, **values: object) -> str:
    """Return a template's HTML.

    Args:
        template: its file below templates/.
        site: None where nobody knows; the page has no header then.
        **values: what this template is given besides.
    """
    view = (
        View(site, site.language, site.timezone, of_site(site))
        if site
        else View(None, "ar", "UTC", "rtl")
    )
    theme = site.theme if site else Theme()
    values |= {"view": view, "site": site, "_": view.gettext}
    values |= {"style": stylesheet(theme).etag, "font": preloaded(theme)}
    values["theme_colours"] = LIGHT[0], DARK[0]
    templates = site.templates if site else ()
    if templates:
        made = overridden(templates, template, values | {"view": replace(view, is_own=True)})
        if made is not None:
            return made
    return render_template(template, **values)


class _Context(Context):
    """Calls what a template of ours calls as it is.

    Jinja looks through each callable for the mark of one that wants to be told of the template,
    which none of ours has: macros know without that what they escape. A list calls two hundred.
    """

    def call(self, called: Callable[..., object], /, *args: object, **named: object) -> object:
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*args, **named)


def prepare(app: Flask) -> None:
    """Set the app's template engine up."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    app.jinja_env.context_class = _Context
    app.add_template_filter(direction, "direction")
    app.add_template_filter(render, "render")
    app.add_template_filter(told, "told")
    app.add_template_filter(format_label, "format_label")
    app.add_template_filter(marked)
    app.add_template_filter(as_json, "as_json")
    app.add_template_filter(isolated, "isolated")
    app.add_template_filter(formatting.open_graph_locale, "open_graph_locale")
