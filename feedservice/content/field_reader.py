"""What articles and site.yaml have in common: addresses in values, and telling faults. Pure."""

import re
from urllib.parse import unquote, urlsplit

from feedservice.content.file_types import suffix_of
from feedservice.content.invisible import bare, trimmed
from feedservice.content.yaml_node import Node
from feedservice.domain.absolute_urls import is_url, looks_like_url
from feedservice.domain.media_types import MEDIA_TYPES
from feedservice.domain.model import Problem, Severity
from feedservice.domain.own_addresses import own_addresses
from feedservice.domain.patterns import rare
from feedservice.domain.text import slugify

MAX_SLUG_BYTES = 255 - len(".html.br")
"""Of a name on disk, behind which come the suffixes of a page and of its compressed body."""

_MEDIA_TYPE = rare(r"(?:image|audio|video|text|application)/[a-z0-9][a-z0-9.+-]{0,100}")
_OWN_MACHINE = rare(
    r"[A-Za-z]:[\\/]|\\\\|file:|~?/(?:Users|home)/|https?://(?:localhost|127\.)", re.IGNORECASE
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def src_fault(name: str) -> str:
    """Return the code of why an article cannot call a file by ``name``; empty where it can."""
    if _OWN_MACHINE.match(name):
        return "media-local"
    if looks_like_url(name):
        return "" if is_url(name) else "url-bad"
    return "" if media_src(name) else "media-outside"


def media_src(name: str) -> str:
    """Return ``media/…`` for the name of a file below media/; empty where it lies elsewhere.

    >>> media_src("/media//./a.png"), media_src("media/../site.yaml")
    ('media/a.png', '')
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/".join(parts) if len(parts) > 1 and parts[0] == "media" and ".." not in parts else ""


def _media_at(path: str) -> str:
    return media_src(unquote(urlsplit(path).path).removeprefix("/"))


class FieldReader:
    """One reading of a file: collects every problem, rather than stopping at the first.

    Args:
        fields: the values, with their places.
        path: the file.
        base_urls: what the site's own addresses begin with, the present one first.
        text: the file's, to tell a line of it as it should be.
    """

    def __init__(self, fields: Node, path: str, *base_urls: str, text: str = "") -> None:
        self.problems: list[Problem] = []
        self.own = own_addresses(*base_urls)
        self.fields = fields
        self.path = path
        self._text = text

    def failed(self) -> bool:
        """Whether a problem keeps the file back."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def report(self, code: str, *location: str | int, **facts: str) -> None:
        """Add an error at the place of a key."""
        node = self.fields.at(*location)
        self.add(code, node.line, node.column, Severity.ERROR, facts)

    def warn(self, code: str, *location: str | int, **facts: str) -> None:
        """Add a warning at the place of a key."""
        node = self.fields.at(*location)
        self.add(code, node.line, node.column, Severity.WARNING, facts)

    def add(
        self, code: str, line: int, column: int, severity: Severity, facts: dict[str, str]
    ) -> None:
        """Add a problem at any place."""
        self.problems.append(
            Problem(
                path=self.path, line=line, column=column, code=code, facts=facts, severity=severity
            )
        )

    def line_with(self, wrong: str, right: str, *location: str | int) -> dict[str, str]:
        """Return as a fact the line of a value with what is right in it; nothing for no such line.

        Args:
            wrong: a part of the value, as it was read.
            right: what it should be.
            location: of the value.
        """
        node = self.fields.at(*location)
        rows = self._text.split("\n")
        row = rows[node.line - 1] if node.line <= len(rows) else ""
        for written in (wrong, wrong.replace("\\", "\\\\")):
            before, found, after = row[node.column - 1 :].partition(written)
            if found and wrong:
                return {"paste": f"{row[: node.column - 1]}{before}{right}{after}"}
        return {}

    def url(self, url: str, *location: str | int) -> bool:
        """Whether ``url`` is one; reports where it is none."""
        if not is_url(url):
            self.report("url-bad", *location, value=url)
            return False
        return True

    def src(self, name: str, *location: str | int) -> str:
        """Return a file below media/ or an address elsewhere; reports anything else."""
        name = self._own_src(trimmed(name))
        if not name:
            return ""
        fault = src_fault(name)
        if fault == "url-bad":
            self.report(fault, *location, value=name)
        elif fault:
            self._misplaced(fault, name, *location)
        elif looks_like_url(name):
            return name
        return "" if fault else media_src(name)

    def _own_src(self, name: str) -> str:
        """The file of media/ that one of the site's own addresses leads to; else the address."""
        path = self.own.path_of(name)
        return name if path is None else _media_at(path) or self.own.at_present(name)

    def _misplaced(self, code: str, name: str, *location: str | int) -> None:
        file = name.replace("\\", "/").rpartition("/")[2]
        is_media = suffix_of(file) in MEDIA_TYPES
        line = self.line_with(name, f"media/{file}", *location) if is_media else {}
        self.report(code, *location, value=name, **line)

    def media_type(self, value: str, *location: str | int) -> str:
        """Return a media type (RFC 6838 §4.2); reports what is none, which is then empty."""
        kind = bare(value).lower()
        if kind and not _MEDIA_TYPE.fullmatch(kind):
            self.report("media-type-bad", *location, value=kind)
            return ""
        return kind

    def language(self, value: str, *location: str | int) -> str:
        """Return a language tag (BCP 47); reports what is none, which is then empty."""
        tag = bare(value)
        if tag and not _LANGUAGE.fullmatch(tag):
            self.report("lang-bad", *location, value=tag)
            return ""
        return tag

    def slug(self, name: str, *location: str | int) -> str:
        """Return the slug of a name; reports a name of which nothing is left, or too much."""
        slug = slugify(name)
        if name.strip() and not slug:
            self.report("slug-empty", *location, value=name)
        self.fits(slug, *location)
        return slug

    def fits(self, slug: str, *location: str | int) -> None:
        """Warn of a slug that no file can be called by, so that an export leaves its page out."""
        if len(slug) > MAX_SLUG_BYTES // 4 and len(slug.encode()) > MAX_SLUG_BYTES:
            self.warn("name-long", *location, value=slug, limit=str(MAX_SLUG_BYTES))
