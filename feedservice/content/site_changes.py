"""What a new site.yaml would take from readers and articles, told at its place. Pure."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from itertools import chain

from feedservice.content.field_reader import FieldReader
from feedservice.content.labels import separated
from feedservice.domain.known_site import (
    BASE_URL,
    DECLARED,
    PAGE,
    Former,
    KnownSite,
    declared,
    dropped,
    is_kept,
    is_led_on,
    page_of,
)
from feedservice.domain.model import Author, Category, Severity, Site
from feedservice.domain.taxonomy import Taxonomy, find_slug

DROPPED = frozenset({"name-changed", "base-url-changed", "page-gone"})
"""The warnings."""
KEPT = DROPPED - {"page-gone"}
"""Those whose line has one place."""
User = Callable[[Taxonomy, str], str]
"""Returns a file that still says a category or author by a slug; empty where none does."""


def tell(reader: FieldReader, site: Site, known: KnownSite, user: User) -> None:
    """Report what a new site.yaml has lost.

    A category or author whose slug answers no more while articles use it is an error, with the
    line to add; so the last good site stays, as it does where site.yaml is broken. A slug that
    articles used until now, and a name or an address of the site that they still say, are warnings.

    Args:
        reader: of the new file.
        site: what it says.
        known: what readers know by now.
        user: looks into the files as they are now: they may have changed with it.
    """
    if site == known.site and not known.former:
        return
    for taxonomy in DECLARED:
        for label in declared(known.site, taxonomy):
            if not find_slug(taxonomy, label.slug, site):
                _tell_gone(reader, taxonomy, label, site, known.site, user)
    earlier = (each for each in known.former if not is_kept(each, site) and known.is_said(each))
    now = (
        each
        for each in dropped(known.site, site)
        if each.kind == BASE_URL or known.users(*_label_of(each))
    )
    forgotten: dict[tuple[str, str], list[str]] = {}
    for former in dict.fromkeys(chain(earlier, now)):
        if former.kind == PAGE:
            facts = {"value": page_of(former), **_line("aliases", (former.name,))}
            _add_at_list(reader, Taxonomy(former.slug), "page-gone", Severity.WARNING, facts)
            continue
        forgotten.setdefault(_had_by(former, site), []).append(former.name)
    for (kind, slug), names in forgotten.items():
        if kind == BASE_URL:
            line = _line("former_urls", (*site.former_urls, *names))
            reader.warn("base-url-changed", "base_url", value=", ".join(names), **line)
            continue
        n, label = next(
            (n, each) for n, each in enumerate(declared(site, Taxonomy(kind))) if each.slug == slug
        )
        line = _line("aliases", (*label.aliases, *names))
        place = _place(reader, Taxonomy(kind), n)
        reader.warn("name-changed", *place, "name", value="، ".join(names), other=slug, **line)


def _label_of(former: Former) -> tuple[Taxonomy, str]:
    kind, slug = (former.slug, former.name) if former.kind == PAGE else (former.kind, former.slug)
    return Taxonomy(kind), slug


def _had_by(former: Former, site: Site) -> tuple[str, str]:
    if former.kind == BASE_URL:
        return BASE_URL, ""
    return former.kind, find_slug(Taxonomy(former.kind), former.slug, site)


def _tell_gone(
    reader: FieldReader,
    taxonomy: Taxonomy,
    label: Category | Author,
    site: Site,
    before: Site,
    user: User,
) -> None:
    gone = Former(PAGE, taxonomy, label.slug)
    if is_led_on(gone, site):
        return
    page = page_of(gone)
    leading = (old for old, new in site.redirects if new.partition(".")[0].rstrip("/") == page)
    other = user(taxonomy, label.slug) or next(leading, "")
    if not other:
        return
    n = _successor(taxonomy, label, site, before)
    facts = {"value": label.slug, "other": other}
    if n is None:
        facts |= _line("aliases", (label.slug,))
        _add_at_list(reader, taxonomy, f"{taxonomy}-gone", Severity.ERROR, facts)
    else:
        facts |= _line("aliases", (*declared(site, taxonomy)[n].aliases, label.slug))
        reader.report(f"{taxonomy}-gone", *_place(reader, taxonomy, n), "slug", **facts)


def _add_at_list(
    reader: FieldReader, taxonomy: Taxonomy, code: str, severity: Severity, facts: dict[str, str]
) -> None:
    """Add a problem at the key of all of them."""
    node = reader.fields.at(taxonomy.plural)
    reader.add(code, max(node.key_line, 1), max(node.key_column, 1), severity, facts)


def _successor(taxonomy: Taxonomy, gone: Category | Author, site: Site, before: Site) -> int | None:
    """The number of the one that took its place, of those that are new: most likely."""
    labels = declared(site, taxonomy)
    new = {n: each for n, each in enumerate(labels) if not find_slug(taxonomy, each.slug, before)}
    for n, each in new.items():
        if find_slug(taxonomy, each.name, before) == gone.slug:
            return n
    old = declared(before, taxonomy)
    if len(old) == len(labels) and old.index(gone) in new:
        return old.index(gone)
    near = get_close_matches(gone.slug, [each.slug for each in new.values()], n=1)
    by_slug = {each.slug: n for n, each in new.items()}
    return by_slug[near[0]] if near else next(iter(new), None)


def _place(reader: FieldReader, taxonomy: Taxonomy, n: int) -> tuple[str | int, ...]:
    """Where the n-th of them stands; among authors the word ``open`` may stand, too."""
    items = reader.fields.at(taxonomy.plural).value
    if not isinstance(items, list):
        return (taxonomy.plural,)
    mappings = [place for place, item in enumerate(items) if isinstance(item.value, dict)]
    return taxonomy.plural, mappings[n]


def _line(key: str, names: Sequence[str]) -> dict[str, str]:
    """The line of the file as it should be; none for names that hold a comma, which parts them."""
    if [name for _, name in separated(names)] != list(names):
        return {}
    return {"paste": f"{key}: [{', '.join(map(_scalar, names))}]"}


def _scalar(name: str) -> str:
    """Text in a list of YAML; in quotes where there is more in it than words or an address."""
    if all(char.isalnum() or char in " -./_" for char in name.replace("://", "/", 1)):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
