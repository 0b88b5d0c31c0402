"""Rules that look at the whole site: one small class each, given `Facts`, yielding Problems. Pure.

What one file can tell of itself is found by reading it (`article`); here stands what needs the
others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Protocol

from feedservice.content import frontmatter
from feedservice.content.frontmatter import Source
from feedservice.domain import internal_links
from feedservice.domain.identity import Claims, decide
from feedservice.domain.model import Article, Problem, Severity

_KEYS = {"id-duplicate": "id", "slug-duplicate": "slug", "alias-duplicate": "aliases"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The whole site.

    Attributes:
        articles: by path, each readable.
        texts: of the same files, by path, decoded.
        media: the files of media/, each with whether its type may be served.
    """

    articles: Mapping[str, Article]
    texts: Mapping[str, str]
    media: Mapping[str, bool]

    def names(self) -> Mapping[str, Article]:
        """Return articles by slug and alias."""
        found: dict[str, Article] = {}
        for article in self.articles.values():
            for name in (*article.aliases, article.slug):
                found[name] = article
        return found

    def source(self, path: str) -> Source:
        """Return a file taken apart once more: only those of which a problem is told are."""
        return frontmatter.split(self.texts[path], path)

    def at_key(self, path: str, code: str, *location: str | int, **facts: str) -> Problem:
        """Return a warning at the place of a key."""
        node = self.source(path).fields.at(*location)
        return _warning(path, code, node.line, node.column, facts)

    def in_body(self, path: str, code: str, name: str, **facts: str) -> Problem:
        """Return a warning at the line of the body that names a target, as far as it can be
        told.
        """
        source = self.source(path)
        last = name.rpartition("/")[2]
        lines = enumerate(source.body.split("\n"), start=source.body_line)
        line, column = next(
            ((n, line.index(last) + 1) for n, line in lines if last in line), (source.body_line, 1)
        )
        return _warning(path, code, line, column, facts)


class Rule(Protocol):
    """A rule of the whole site."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield what breaks the rule."""


class RelatedExists:
    """``related`` and ``translations`` name articles that are there."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``related-unknown`` and ``translation-unknown``."""
        names = facts.names()
        for path, article in facts.articles.items():
            for link in article.related:
                if link.slug and link.slug not in names:
                    near = _nearest(link.slug, names)
                    yield facts.at_key(path, "related-unknown", "related", value=link.slug, **near)
            for language, slug in article.translations:
                if slug not in names:
                    near = _nearest(slug, names)
                    yield facts.at_key(
                        path, "translation-unknown", "translations", language, value=slug, **near
                    )


class LinksLead:
    """Links of the body to other articles and to files lead somewhere."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``link-broken``, ``media-missing`` and ``media-type``."""
        names = facts.names()
        for path, article in facts.articles.items():
            for kind, name in dict.fromkeys(internal_links.targets(article.html)):
                if kind == "article" and name not in names:
                    yield facts.in_body(
                        path, "link-broken", name, value=name, **_nearest(name, names)
                    )
                elif kind == "file" and name not in facts.articles:
                    yield facts.in_body(
                        path, "link-broken", name, value=name, **_nearest(name, facts.articles)
                    )
                elif kind == "media":
                    code = _media_fault(f"media/{name}", facts)
                    if code:
                        yield facts.in_body(path, code, name, value=f"media/{name}")


class MediaExists:
    """``image`` and ``media`` name files that are there and may be served."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``image-missing``, ``media-missing`` and ``media-type``."""
        for path, article in facts.articles.items():
            if article.image:
                src = article.image.src
                code = _media_fault(src, facts)
                if code:
                    code = "image-missing" if code == "media-missing" else code
                    yield facts.at_key(path, code, "image", "src", value=src)
            for media in article.media:
                code = _media_fault(media.src, facts)
                if code:
                    yield facts.at_key(path, code, "media", value=media.src)


class IdentityIsUnique:
    """No two files claim one id, slug or alias."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``id-duplicate``, ``slug-duplicate`` and ``alias-duplicate``."""
        for path, problem in decide(map(Claims.of, facts.articles.values())).items():
            node = facts.source(path).fields.at(_KEYS[problem.code])
            yield replace(problem, line=node.line, column=node.column)


RULES: tuple[Rule, ...] = (IdentityIsUnique(), RelatedExists(), LinksLead(), MediaExists())


def check(facts: Facts) -> tuple[Problem, ...]:
    """Return what the site as a whole has against it, by path and line."""
    found = [problem for rule in RULES for problem in rule.problems(facts)]
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line, problem.column)))


def _media_fault(src: str, facts: Facts) -> str:
    """The code of what keeps a file of media/ from being served; empty where nothing does, or it
    lies elsewhere.
    """
    if not src.startswith("media/"):
        return ""
    if src not in facts.media:
        return "media-missing"
    return "" if facts.media[src] else "media-type"


def _warning(path: str, code: str, line: int, column: int, facts: dict[str, str]) -> Problem:
    return Problem(
        path=path, line=line, column=column, code=code, facts=facts, severity=Severity.WARNING
    )


def _nearest(name: str, known: Mapping[str, object]) -> dict[str, str]:
    close = get_close_matches(name, known, n=1, cutoff=0.4)
    return {"nearest": close[0]} if close else {}
