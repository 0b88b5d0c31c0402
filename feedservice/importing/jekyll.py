"""A content folder of Jekyll → entries: ``_posts``, ``_drafts``, permalinks, ``post_url``, Liquid.
Pure.
"""

import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin

from feedservice.domain.model import Status
from feedservice.domain.text import slugify
from feedservice.importing import foreign_front_matter
from feedservice.importing.foreign_entry import Fault, Imported, Person, Picture, Term
from feedservice.importing.foreign_front_matter import Fields, list_of, text_of
from feedservice.importing.hugo import REFERENCE
from feedservice.importing.markdown_links import outside_code

CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")

_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})-(.+)")
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext", "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext", "none": "/:categories/:title:output_ext",
}  # fmt: skip
_HIGHLIGHT = re.compile(
    r"\{%-?\s*highlight\s+(\S+)[^%]*%\}\n?(.*?)\n?\{%-?\s*endhighlight\s*-?%\}", re.DOTALL
)
_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_POST_URL = re.compile(
    r"""(?:\{\{\s*site\.baseurl\s*\}\})?\{%-?\s*post_url\s+["']?([^"'\s%]+)["']?\s*-?%\}"""
)
_LINK = re.compile(
    r"""(?:\{\{\s*site\.baseurl\s*\}\})?\{%-?\s*link\s+["']?([^"'\s%]+)["']?\s*-?%\}"""
)
_SITE = re.compile(r"\{\{\s*site\.(?:baseurl|url)\s*\}\}")
_FILTERED = re.compile(
    r"""\{\{-?\s*["']([^"']*)["']\s*\|\s*(?:relative_url|absolute_url|prepend:[^}]*)\s*-?\}\}"""
)
_LIQUID = re.compile(r"\{%-?\s*(\w+).*?%\}|\{\{-?\s*([\w.]+).*?\}\}", re.DOTALL)
_ATTRIBUTES = re.compile(r"\{:[^}\n]*\}")


@dataclass(slots=True)
class Jekyll:
    """The dialect.

    Args:
        config: the site's configuration.
        zone: the zone of dates that name none.
    """

    config: Fields
    zone: str
    kind: str = "jekyll"
    _base: str = field(init=False)

    def __post_init__(self) -> None:
        self._base = (
            text_of(self.config, "url").rstrip("/") + "/" if text_of(self.config, "url") else ""
        )
        self.zone = text_of(self.config, "timezone") or self.zone

    def wants(self, path: str) -> bool:
        """Whether a file is a post or a draft."""
        return bool({"_posts", "_drafts"} & set(path.split("/")[:-1])) and path.endswith(
            (".md", ".markdown", ".html")
        )

    def other(self, path: str) -> bool:
        """Whether a file is a post in a language that is not carried."""
        return bool({"_posts", "_drafts"} & set(path.split("/")[:-1])) and path.endswith(
            (".textile", ".adoc", ".rst")
        )

    def places(self, src: str) -> tuple[str, ...]:
        """Return where in the source a picture may lie."""
        path = src.lstrip("/")
        below = text_of(self.config, "baseurl").strip("/")
        return (path, path.removeprefix(f"{below}/") if below else path)

    def read(self, path: str, text: str) -> Imported:
        """Return the entry of a file.

        Raises:
            foreign_front_matter.FrontError: its front matter cannot be read.
        """
        fields, body = foreign_front_matter.split(text)
        stem = posixpath.splitext(posixpath.basename(path))[0]
        match = _NAME.fullmatch(stem)
        when = text_of(fields, "date") or (match[1] if match else "")
        published = foreign_front_matter.moment(_padded(when), self.zone) if when else None
        slug = text_of(fields, "slug") or (match[2] if match else stem)
        parts = path.split("/")
        draft = (
            "_drafts" in parts
            or text_of(fields, "published") == "false"
            or text_of(fields, "draft") == "true"
        )
        above = parts[: parts.index("_posts")] if "_posts" in parts else []
        named = list_of(fields, "categories", "category", cut=" " if "categories" in fields else "")
        categories = tuple(
            dict.fromkeys((*(part for part in above if not part.startswith("_")), *named))
        )
        url = self._url(fields, categories, slug, published)
        changed = text_of(fields, "last_modified_at", "updated", "modified")
        faults: list[Fault] = []
        body = _carried(body, path, faults)
        html = path.endswith(".html")
        return Imported(
            place=path,
            id=text_of(fields, "guid")
            or (urljoin(self._base, re.sub(r"\.html$", "", url)) if self._base else ""),
            url=urljoin(self._base, url) if self._base else url,
            title=text_of(fields, "title") or slug.replace("-", " "),
            html=body if html else None,
            markdown=None if html else body,
            base="/",
            published=published,
            updated=foreign_front_matter.moment(changed, self.zone) if changed else None,
            summary=text_of(fields, "excerpt", "description", "summary"),
            slug=slug,
            others=list_of(fields, "redirect_from"),
            known_as=(path, f"/{path}", REFERENCE + stem, REFERENCE + path),
            categories=tuple(Term(name=name) for name in categories),
            tags=list_of(fields, "tags", "tag", cut=" " if "tags" in fields else ""),
            authors=tuple(
                Person(name=name) for name in list_of(fields, "authors", "author", "author.name")
            ),
            image=_picture(fields),
            status=Status.DRAFT if draft else Status.PUBLISHED,
            lang=text_of(fields, "lang"),
            faults=tuple(faults),
        )

    def _url(
        self, fields: Fields, categories: tuple[str, ...], slug: str, published: datetime | None
    ) -> str:
        pattern = text_of(fields, "permalink") or text_of(self.config, "permalink") or "date"
        pattern = _STYLES.get(pattern, pattern)
        words = {
            "categories": "/".join(slugify(name) for name in categories), "title": slug, "slug": slugify(slug),
            "output_ext": ".html",
        }  # fmt: skip
        if published:
            words |= {
                "year": f"{published:%Y}", "month": f"{published:%m}", "day": f"{published:%d}",
                "y_day": f"{published:%j}",
                "i_month": str(published.month), "i_day": str(published.day), "short_year": f"{published:%y}",
                "hour": f"{published:%H}", "minute": f"{published:%M}", "second": f"{published:%S}",
            }  # fmt: skip
        made = re.sub(r":([a-z_]+)", lambda m: words.get(m[1], m[0]), pattern)
        below = text_of(self.config, "baseurl").strip("/")
        return re.sub("/{2,}", "/", f"/{below}/{made}")


def _padded(when: str) -> str:
    """A file's name may say 2024-5-1."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", when)
    return f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}" if match else when


def _picture(fields: Fields) -> Picture | None:
    src = text_of(
        fields,
        "image",
        "image.path",
        "image.feature",
        "header.image",
        "header.teaser",
        "thumbnail",
        "cover",
    )
    return Picture(src=src, alt=text_of(fields, "image.alt", "image_alt")) if src else None


def _carried(body: str, path: str, faults: list[Fault]) -> str:
    body = _HIGHLIGHT.sub(lambda m: f"\n```{m[1]}\n{m[2]}\n```\n", body)
    return outside_code(body, lambda text: _without_liquid(text, path, faults))


def _without_liquid(text: str, path: str, faults: list[Fault]) -> str:
    text = _POST_URL.sub(lambda m: REFERENCE + posixpath.basename(m[1]), text)
    text = _LINK.sub(lambda m: REFERENCE + m[1].lstrip("/"), text)
    text = _FILTERED.sub(lambda m: m[1], _SITE.sub("", _RAW.sub("", _ATTRIBUTES.sub("", text))))
    left = (" ".join(match[0].split()) for match in _LIQUID.finditer(text))
    faults += [Fault(what="liquid", place=path, facts={"value": value}) for value in left]
    return text
