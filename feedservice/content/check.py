"""Rules that look at the whole site: one small class each, given `Facts`, yielding Problems. Pure.

What one file can tell of itself is found by reading it (`article`); here stands what needs the others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from feedservice import marks
from feedservice.identity import Claims, decide
from feedservice.model import Article, Media, Problem, Severity, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The whole site: its articles by path, the lines on which their keys stand, and the files of media/."""

    site: Site
    articles: Mapping[str, Article]
    media: frozenset[str]
    lines: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def names(self) -> Mapping[str, Article]:
        """Return articles by slug and alias."""
        found: dict[str, Article] = {}
        for article in self.articles.values():
            for name in (*article.aliases, article.slug):
                found[name] = article
        return found

    def problem(self, article: Article, code: str, key: str, **facts: str) -> Problem:
        """Return a warning at the line of a key."""
        line, column = self.lines.get((article.path, key), (1, 1))
        return Problem(path=article.path, line=line, column=column, code=code, facts=facts, severity=Severity.WARNING)


class Rule(Protocol):
    """A rule of the whole site."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield what breaks the rule."""


class RelatedExists:
    """``related`` and ``translations`` name articles that are there."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``related-unknown`` and ``translation-unknown``."""
        names = facts.names()
        for article in facts.articles.values():
            wanted = [("related", "related-unknown", link.slug) for link in article.related if link.slug]
            wanted += [("translations", "translation-unknown", slug) for _, slug in article.translations]
            for key, code, slug in wanted:
                if slug not in names:
                    yield facts.problem(article, code, key, value=slug, **_nearest(slug, names))


class LinksLead:
    """Links of the body to other articles and to files lead somewhere."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``link-broken`` and ``media-missing``."""
        names = facts.names()
        for article in facts.articles.values():
            for target in dict.fromkeys(marks.targets(article.html)):
                if target.kind == "article" and target.name not in names:
                    near = _nearest(target.name, names)
                    yield facts.problem(article, "link-broken", "", value=target.name, **near)
                elif target.kind == "file" and target.name not in facts.articles:
                    near = _nearest(target.name, facts.articles)
                    yield facts.problem(article, "link-broken", "", value=target.name, **near)
                elif target.kind == "media" and f"media/{target.name}" not in facts.media:
                    yield facts.problem(article, "media-missing", "", value=f"media/{target.name}")


class MediaExists:
    """``image`` and ``media`` name files that are there."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``image-missing`` and ``media-missing``."""
        for article in facts.articles.values():
            pairs: list[tuple[str, Media]] = [("media", media) for media in article.media]
            if article.image:
                pairs.append(("image", article.image))
            for key, media in pairs:
                if media.src.startswith("media/") and media.src not in facts.media:
                    code = "image-missing" if key == "image" else "media-missing"
                    yield facts.problem(article, code, key, value=media.src)


class IdentityIsUnique:
    """No two files claim one id, slug or alias."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """Yield ``id-duplicate``, ``slug-duplicate`` and ``alias-duplicate``."""
        yield from decide(Claims.of(article) for article in facts.articles.values()).values()


RULES: tuple[Rule, ...] = (IdentityIsUnique(), RelatedExists(), LinksLead(), MediaExists())


def check(facts: Facts) -> tuple[Problem, ...]:
    """Return what the site as a whole has against it, by path and line."""
    found = [problem for rule in RULES for problem in rule.problems(facts)]
    return tuple(sorted(found, key=lambda problem: (problem.path, problem.line, problem.column)))


def _nearest(name: str, known: Mapping[str, object]) -> dict[str, str]:
    close = get_close_matches(name, known, n=1, cutoff=0.4)
    return {"nearest": close[0]} if close else {}
