"""A content folder of Hugo → entries: front matter, page bundles, permalinks, ``relref``,
shortcodes. Pure.
"""

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from urllib.parse import urljoin, urlsplit

from feedservice.domain.model import Status
from feedservice.domain.text import slugify
from feedservice.importing import foreign_front_matter
from feedservice.importing.foreign_entry import Fault, Imported, Person, Picture, Term
from feedservice.importing.foreign_front_matter import Fields, list_of, text_of
from feedservice.importing.markdown_links import outside_code

CONFIGS = (
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config.toml",
    "config.yaml",
    "config.yml",
    "config.json",
)
REFERENCE = "/@/"
"""What ``relref`` becomes: an address that only the source's own names have."""

_PLAIN_SECTIONS = frozenset({"post", "posts", "blog", "article", "articles", "page", "pages", ""})
_REF = re.compile(r"""\{\{[<%]\s*(?:rel)?ref\s+(?:path=)?["`]?([^"`\s]+)["`]?[^}]*[>%]\}\}""")
_HIGHLIGHT = re.compile(
    r"\{\{<\s*highlight\s+(\S+)[^}]*>\}\}\n?(.*?)\n?\{\{<\s*/highlight\s*>\}\}", re.DOTALL
)
_SHORTCODE = re.compile(r"\{\{([<%])\s*(/?)\s*([\w./-]+)(.*?)\s*/?[>%]\}\}", re.DOTALL)
_ESCAPED = re.compile(r"\{\{([<%])/\*(.*?)\*/([>%])\}\}", re.DOTALL)
_NAMED = re.compile(r"""(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|(\S+))""")
_LANGUAGE = re.compile(r"^(.+)\.([a-z]{2}(?:-[a-z]{2})?)$")


@dataclass(slots=True)
class Hugo:
    """The dialect.

    Args:
        config: the site's configuration.
        zone: the zone of dates that name none.
    """

    config: Fields
    zone: str
    kind: str = "hugo"
    _content: str = field(init=False)
    _base: str = field(init=False)

    def __post_init__(self) -> None:
        self._content = text_of(self.config, "contentdir") or "content"
        base = text_of(self.config, "baseurl")
        self._base = base.rstrip("/") + "/" if base else ""
        self.zone = text_of(self.config, "timezone") or self.zone

    def wants(self, path: str) -> bool:
        """Whether a file is a page of its own."""
        name = posixpath.basename(path)
        return (
            path.startswith(f"{self._content}/")
            and name.endswith((".md", ".markdown"))
            and not name.startswith("_")
        )

    def other(self, path: str) -> bool:
        """Whether a file is a page in a language that is not carried."""
        return path.startswith(f"{self._content}/") and path.endswith(
            (".rst", ".adoc", ".org", ".pandoc")
        )

    def places(self, src: str) -> tuple[str, ...]:
        """Return where in the source a picture may lie."""
        path = src.lstrip("/")
        below = path.removeprefix(f"{self._content}/")
        return (
            path,
            f"static/{path}",
            f"assets/{path}",
            f"{self._content}/{path}",
            f"static/{below}",
        )

    def read(self, path: str, text: str) -> Imported:
        """Return the entry of a file.

        Raises:
            foreign_front_matter.FrontError: its front matter cannot be read.
        """
        fields, body = foreign_front_matter.split(text)
        stem, lang = self._stem(path)
        section = stem.split("/")[0] if "/" in stem else ""
        when = text_of(fields, "publishdate", "pubdate", "published", "date")
        published = foreign_front_matter.moment(when, self.zone) if when else None
        changed = text_of(fields, "lastmod", "modified")
        ends = text_of(fields, "expirydate", "unpublishdate")
        slug = text_of(fields, "slug") or posixpath.basename(stem)
        url = (
            urljoin(self._base, self._url(fields, stem, slug, published).lstrip("/"))
            if self._base
            else ""
        )
        faults: list[Fault] = []
        folder = posixpath.dirname(path)
        categories = [Term(name=name) for name in list_of(fields, "categories", "category")]
        if not categories and section not in _PLAIN_SECTIONS:
            categories = [Term(name=section)]
        return Imported(
            place=path,
            id=text_of(fields, "guid"),
            url=url or self._url(fields, stem, slug, published),
            title=text_of(fields, "title"),
            markdown=_carried(body, path, stem, faults),
            base=f"{folder}/",
            published=published,
            updated=foreign_front_matter.moment(changed, self.zone) if changed else None,
            expires=foreign_front_matter.moment(ends, self.zone) if ends else None,
            summary=text_of(fields, "summary", "description"),
            slug=slug,
            others=tuple(self._alias(each, stem) for each in list_of(fields, "aliases")),
            known_as=(path, *_names(stem), posixpath.splitext(path)[0]),
            categories=tuple(categories),
            tags=list_of(fields, "tags", "params.tags"),
            authors=tuple(
                Person(name=name)
                for name in list_of(fields, "authors", "author", "params.authors", "params.author")
            ),
            image=_picture(fields),
            status=Status.DRAFT if text_of(fields, "draft") == "true" else Status.PUBLISHED,
            lang=text_of(fields, "lang", "language") or lang,
            faults=tuple(faults),
        )

    def _stem(self, path: str) -> tuple[str, str]:
        """The page's path below the content folder without its ending, and the language that its
        name says.
        """
        stem = posixpath.splitext(path.removeprefix(f"{self._content}/"))[0]
        match = _LANGUAGE.match(stem)
        stem, lang = (match[1], match[2]) if match else (stem, "")
        return (posixpath.dirname(stem) if posixpath.basename(stem) == "index" else stem), lang

    def _url(self, fields: Fields, stem: str, slug: str, published: datetime | None) -> str:
        given = text_of(fields, "url")
        if given:
            return "/" + given.lstrip("/")
        section = stem.split("/", maxsplit=1)[0] if "/" in stem else ""
        pattern = text_of(self.config, f"permalinks.page.{section}", f"permalinks.{section}")
        if pattern and published:
            words = {
                "year": f"{published:%Y}", "month": f"{published:%m}", "day": f"{published:%d}", "section": section,
                "sections": posixpath.dirname(stem), "slugorfilename": slug, "slug": slug,
                "filename": posixpath.basename(stem), "contentbasename": posixpath.basename(stem),
                "title": slugify(text_of(fields, "title")),
            }  # fmt: skip
            return "/" + re.sub(r":(\w+)", lambda m: words.get(m[1], m[0]), pattern).lstrip("/")
        return "/" + posixpath.join(posixpath.dirname(stem), slug).lower().replace(" ", "-") + "/"

    def _alias(self, alias: str, stem: str) -> str:
        rooted = alias.startswith(("/", "http"))
        return (
            alias
            if rooted
            else "/" + posixpath.normpath(posixpath.join(posixpath.dirname(stem), alias))
        )


def _names(stem: str) -> tuple[str, ...]:
    return (REFERENCE + stem.lower(), REFERENCE + posixpath.basename(stem).lower())


def _picture(fields: Fields) -> Picture | None:
    src = text_of(
        fields,
        "image",
        "images",
        "featured_image",
        "featuredimage",
        "thumbnail",
        "cover.image",
        "cover",
        "image.src",
    )
    if not src:
        return None
    return Picture(
        src=src,
        alt=text_of(fields, "cover.alt", "image.alt", "image_alt", "featured_image_alt"),
        caption=text_of(fields, "cover.caption", "image.caption", "featured_image_caption"),
    )


def _carried(body: str, path: str, stem: str, faults: list[Fault]) -> str:
    body = _HIGHLIGHT.sub(lambda m: f"\n```{m[1]}\n{m[2]}\n```\n", body)
    return outside_code(body, lambda text: _without_shortcodes(text, path, stem, faults))


def _without_shortcodes(text: str, path: str, stem: str, faults: list[Fault]) -> str:
    def shortcode(match: re.Match[str]) -> str:
        name, rest = match[3], match[4]
        given = {key: a or b or c for key, a, b, c in _NAMED.findall(rest)}
        if name == "figure" and given.get("src"):
            words = " — ".join(filter(None, (given.get("title"), given.get("caption"))))
            caption = f"<figcaption>{escape(words)}</figcaption>" if words else ""
            return f'<figure><img src="{escape(given["src"])}" alt="{escape(given.get("alt", ""))}">{caption}</figure>'
        plain = re.findall(r'"([^"]*)"|(\S+)', rest.strip())
        first = next((a or b for a, b in plain), "") if "=" not in rest else given.get("id", "")
        if name == "youtube" and first:
            return f"<https://www.youtube.com/watch?v={first}>"
        if name == "vimeo" and first:
            return f"<https://vimeo.com/{first}>"
        if not match[2]:
            faults.append(
                Fault(what="shortcode", place=path, facts={"value": f"{{{{< {name} >}}}}"})
            )
        return match[0]

    text = _REF.sub(lambda match: _reference(match[1], stem), text)
    text = _SHORTCODE.sub(shortcode, text)
    return _ESCAPED.sub(lambda m: "{{" + m[1] + m[2] + m[3] + "}}", text)


def _reference(named: str, stem: str) -> str:
    """The address of what ``relref`` names: from the content folder's root, from this page, or by
    its name alone.
    """
    parts = urlsplit(named)
    path = re.sub(r"(?:/_?index)?\.(?:md|markdown)$", "", parts.path)
    path = re.sub(r"\.[a-z]{2}$", "", path)
    if "/" in path and not path.startswith("/"):
        path = (
            posixpath.normpath(posixpath.join(posixpath.dirname(stem), path))
            if path.startswith(".")
            else path
        )
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return REFERENCE + path.strip("/").lower() + fragment
