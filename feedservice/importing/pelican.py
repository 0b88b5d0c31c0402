"""A content folder of Pelican → entries: Markdown with headers, ``{filename}`` and ``{static}``
links. Pure.

``pelicanconf.py`` is a program: it is never run, only its plain assignments of text are read.
"""

import ast
import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from feedservice.domain.model import Status
from feedservice.domain.text import slugify
from feedservice.importing import foreign_front_matter
from feedservice.importing.foreign_entry import Fault, Imported, Person, Picture, Term
from feedservice.importing.foreign_front_matter import Fields, list_of, text_of
from feedservice.importing.markdown_links import outside_code

CONFIGS = ("publishconf.py", "pelicanconf.py")

_INTERNAL = re.compile(r"[{|](filename|attach|static)[|}]([^)\s\"'>]*)")
_LISTS = re.compile(r"[{|](tag|category|author|index|archives)[|}]([^)\s\"'>]*)")
_WORD = re.compile(r"\{(slug|category|lang|author)\}|\{date:([^}]*)\}")


def settings_of(source: str) -> Fields:
    """Return the plain texts that a configuration assigns, by names in lower case."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return {
        target.id.lower(): node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


@dataclass(slots=True)
class Pelican:
    """The dialect.

    Args:
        config: what `settings_of` found.
        zone: the zone of dates that name none.
    """

    config: Fields
    zone: str
    kind: str = "pelican"
    _content: str = field(init=False)

    def __post_init__(self) -> None:
        self._content = text_of(self.config, "path") or "content"
        self.zone = text_of(self.config, "timezone") or self.zone

    def wants(self, path: str) -> bool:
        """Whether a file is an article."""
        return self._is_below(path) and path.endswith((".md", ".markdown", ".mkd"))

    def other(self, path: str) -> bool:
        """Whether a file is an article in a language that is not carried."""
        return self._is_below(path) and path.endswith((".rst", ".adoc"))

    def places(self, src: str) -> tuple[str, ...]:
        """Return where in the source a picture may lie."""
        path = src.lstrip("/")
        return (path, f"{self._content}/{path}")

    def read(self, path: str, text: str) -> Imported:
        """Return the entry of a file.

        Raises:
            foreign_front_matter.FrontError: its front matter cannot be read.
        """
        fields, body = foreign_front_matter.headers(text)
        below = path.removeprefix(f"{self._content}/")
        folder = posixpath.dirname(below)
        when = text_of(fields, "date")
        published = foreign_front_matter.moment(when, self.zone) if when else None
        slug = (
            text_of(fields, "slug")
            or slugify(text_of(fields, "title"))
            or posixpath.splitext(posixpath.basename(path))[0]
        )
        category = text_of(fields, "category") or folder.split("/")[0]
        status = text_of(fields, "status").lower() or "published"
        changed = text_of(fields, "modified")
        faults: list[Fault] = []
        if status not in ("published", "draft"):
            faults.append(Fault(what="status-other", place=path, facts={"value": status}))
        url = self._url(fields, slug, category, published)
        image = text_of(fields, "image", "cover", "featured_image")
        return Imported(
            place=path,
            id=_tag_uri(url, published),
            url=url,
            title=text_of(fields, "title"),
            markdown=outside_code(body, lambda part: self._carried(part, folder, path, faults)),
            base=f"{self._content}/{folder}/" if folder else f"{self._content}/",
            published=published,
            updated=foreign_front_matter.moment(changed, self.zone) if changed else None,
            summary=text_of(fields, "summary", "description"),
            slug=slug,
            others=tuple(re.split(r"\s*,\s*", text_of(fields, "aliases")))
            if text_of(fields, "aliases")
            else (),
            known_as=(path, f"{self._content}/{below}"),
            categories=(Term(name=category),) if category else (),
            tags=list_of(fields, "tags", "keywords", cut=",،"),
            authors=tuple(
                Person(name=name)
                for name in list_of(
                    fields,
                    "authors",
                    "author",
                    cut=";" if ";" in text_of(fields, "authors") else ",،",
                )
            ),
            image=Picture(src=_INTERNAL.sub(lambda m: self._target(m[2], folder), image))
            if image
            else None,
            status=Status.PUBLISHED if status == "published" else Status.DRAFT,
            lang=text_of(fields, "lang"),
            faults=tuple(faults),
        )

    def _is_below(self, path: str) -> bool:
        return path.startswith(f"{self._content}/") and not path.startswith(
            f"{self._content}/pages/"
        )

    def _url(self, fields: Fields, slug: str, category: str, published: datetime | None) -> str:
        words = {
            "slug": slug,
            "category": slugify(category),
            "lang": text_of(fields, "lang"),
            "author": "",
        }
        pattern = (
            text_of(fields, "url", "save_as")
            or text_of(self.config, "article_url")
            or "{slug}.html"
        )

        def word(match: re.Match[str]) -> str:
            if match[1]:
                return words[match[1]]
            return published.strftime(match[2]) if published else ""

        made = "/" + _WORD.sub(word, pattern).lstrip("/")
        site = text_of(self.config, "siteurl").rstrip("/")
        return f"{site}{made}" if urlsplit(site).scheme else urljoin(site, made)

    def _carried(self, text: str, folder: str, path: str, faults: list[Fault]) -> str:
        lists = (match[0] for match in _LISTS.finditer(text))
        faults += [
            Fault(what="link-unknown", place=path, facts={"value": value}) for value in lists
        ]
        text = _LISTS.sub("/", text)
        return _INTERNAL.sub(lambda match: self._target(match[2], folder), text)

    def _target(self, named: str, folder: str) -> str:
        """A path of the source, as it is from the file's own folder."""
        if not named.startswith("/"):
            return named
        here = f"{self._content}/{folder}" if folder else self._content
        return posixpath.relpath(f"{self._content}{named}", here)


def _tag_uri(url: str, published: datetime | None) -> str:
    """The id that Pelican's feeds give an article, where its host is known."""
    parts = urlsplit(url)
    return (
        f"tag:{parts.hostname},{published:%Y-%m-%d}:{parts.path}"
        if parts.hostname and published
        else ""
    )
