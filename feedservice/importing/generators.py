"""What the front matter of every site generator says in the same keys → an entry. Pure.

Hugo, Jekyll and Pelican add what each has of its own: addresses, sections, shortcodes.
"""

import posixpath

from feedservice.domain.headline import Status
from feedservice.importing.foreign_entry import ForeignEntry, Person, Picture, Term
from feedservice.importing.front_matter import Fields
from feedservice.importing.plain_words import without_markup

_LOOKS = frozenset(
    """
    layout type toc weight comments share sitemap hidetoc showtoc tocopen hidemeta disableshare
    disablehljs searchhidden showreadingtime showbreadcrumbs showpostnavlinks mathjax math katex
    sidebar classes published outputs cascade build _build linktitle template
    """.split()
)
"""Keys that say how a theme shows a page: a newsroom of ours has its own look."""
REFERENCE = "/@/"
"""Begins an address that only the source's own names have: what ``relref`` and such become."""


def entry_of(fields: Fields, path: str) -> ForeignEntry:
    """Return what the front matter of the file at ``path`` says."""
    return ForeignEntry(
        place=path,
        id=fields.text("guid"),
        title=fields.text("title"),
        published=fields.moment("date"),
        updated=fields.moment("lastmod", "last_modified_at", "updated", "modified"),
        expires=fields.moment("expirydate", "unpublishdate"),
        summary=without_markup(fields.text("excerpt", "summary", "description")),
        slug=fields.text("slug"),
        aliases=fields.texts("aliases", "redirect_from"),
        categories=terms(fields.texts("categories", "category")),
        tags=fields.texts("tags", "params.tags"),
        authors=persons(fields.texts("authors", "author", "params.authors", "params.author")),
        image=_picture(fields),
        status=Status.DRAFT if fields.text("draft") == "true" else Status.PUBLISHED,
        lang=fields.text("lang", "language"),
    )


def unread(fields: Fields) -> tuple[str, ...]:
    """Return the keys of a file's front matter whose values nothing carries, but those of looks."""
    return tuple(key for key in fields.unread() if key.rpartition(".")[2] not in _LOOKS)


def terms(names: tuple[str, ...]) -> tuple[Term, ...]:
    """Return categories by their names, each once."""
    return tuple(Term(name=name) for name in dict.fromkeys(names))


def persons(names: tuple[str, ...]) -> tuple[Person, ...]:
    """Return authors by their names."""
    return tuple(Person(name=name) for name in names)


def stem_of(path: str) -> str:
    """Return the name of a file without folder and ending."""
    return posixpath.splitext(posixpath.basename(path))[0]


def _picture(fields: Fields) -> Picture | None:
    src = fields.text(
        *("image", "images", "image.path", "image.src", "image.feature", "featured_image"),
        *("featuredimage", "header.image", "header.teaser", "thumbnail", "cover.image", "cover"),
        *(
            "featureimage",
            "feature_image",
            "heroimage",
            "hero_image",
            "img",
            "image_url",
            "banner",
            "cover_image",
            "coverimage",
        ),
        *("og_image", "params.image", "params.cover.image", "params.featureimage"),
    )
    if not src:
        return None
    return Picture(
        src=src,
        alt=fields.text(
            *("cover.alt", "image.alt", "image_alt", "featured_image_alt", "featureimagealt"),
            *("feature_image_alt", "img_alt", "alt"),
        ),
        caption=fields.text("cover.caption", "image.caption", "featured_image_caption"),
    )
