"""What an entry or page says of the site around it: related articles, links. Pure.

The publisher asks the index and fills in `LinkContext`; here it is decided what a reader may see
of it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from feedservice.domain import direction, internal_links, redirects, urls
from feedservice.domain.headline import Headline
from feedservice.domain.model import Article, Media, Related, Site
from feedservice.feeds import pictures

MAX_RELATED = 5

_ASCII_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!#-;=?-\[\]_a-z~]+")
_FIRST_TEXT = re.compile(r"((?:\s|<[^>]*>)*)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkContext:
    """What is known around a few articles at one moment.

    Attributes:
        base_url: what goes before a path; empty for pages, whose links are paths.
        by_slug, by_path: the articles that bodies, ``related`` and ``translations`` name, as they
            name them.
        computed: related articles that the index found, by the slug of the article they are for;
            whole ones for pages, which show more of them.
    """

    site: Site
    base_url: str
    now: datetime
    by_slug: Mapping[str, Article] = field(default_factory=dict)
    by_path: Mapping[str, Article] = field(default_factory=dict)
    computed: Mapping[str, tuple[Headline, ...]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """Return a path of ours as this rendering writes it."""
        return urls.base_of(self.site, path, self.base_url) + path

    @property
    def _is_page(self) -> bool:
        return "://" not in self.base_url

    def media_url(self, media: Media) -> str:
        """Return the address of a file of ours, or of another host's."""
        address = urls.file_address(media.src)
        return self.url(address) if address.startswith("/") else address

    def public(self, slug: str) -> Article | None:
        """Return the article that a slug or alias means, where readers may see it."""
        article = self.by_slug.get(slug)
        return article if article and article.is_public(self.now) else None

    def find(self, target: internal_links.Target) -> str | None:
        """Return the address of a link's target; None where it is not public or not there."""
        if target.kind == "media":
            return self.url(urls.media_path(f"media/{target.name}"))
        if target.kind == "path":
            return self.url(f"/{target.name}")
        known = self.by_slug if target.kind == "article" else self.by_path
        article = known.get(target.name)
        if article is None and target.kind == "file":
            # Where a pattern fits, its article comes and goes without this entry being made anew:
            # whether it is there is for the address itself to tell.
            old = f"/{target.name}"
            leads_on = redirects.find(old, redirects.rules(self.site.redirects))
            return self.url(urls.percent(old)) if leads_on else None
        if article is None or not article.is_public(self.now):
            return None
        return self.url(urls.article_path(article.slug))

    def _find(self, article: Article, target: internal_links.Target) -> str | None:
        """As `find`, but what is inside the article is found too.

        A page is where its places are. A feed is not, and has the places of many articles.
        """
        is_page = self._is_page
        if target.kind == "self":
            return "" if is_page else self.url(urls.article_path(article.slug))
        if target.kind == "anchor":
            among = "" if is_page else f"{article.slug}."
            return f"{internal_links.ID_PREFIX}{among}{target.name}"
        return self.find(target)

    def body(self, article: Article, way: str = "") -> str:
        """Return the article's HTML, its links resolved, a direction mark where it needs one.

        Args:
            article: with its texts.
            way: its direction, where it is known.
        """
        html = article.html
        if self._is_page:
            html = pictures.in_body(html, article.pictures, self.url)
        html = internal_links.resolve(html, partial(self._find, article))
        marked = direction.mark(article.text, way or direction.of_article(article))
        if marked != article.text:
            head = _FIRST_TEXT.match(html)
            if head:
                return head[1] + marked[0] + head[2]
        return html

    def related(self, article: Article) -> tuple[Headline | Related, ...]:
        """Return the editor's choice, then computed ones: never itself, only what is public."""
        chosen: list[Headline | Related] = []
        seen = {article.slug}
        for link in article.related:
            if link.url:
                chosen.append(link)
            elif (other := self.public(link.slug)) and other.slug not in seen:
                seen.add(other.slug)
                chosen.append(other)
        # A translation has its own link; it is the same article.
        seen.update(other.slug for _, other in self.translations(article))
        for like in self.computed.get(article.slug, ()):
            if like.slug not in seen and like.is_public(self.now):
                seen.add(like.slug)
                chosen.append(like)
        return tuple(chosen[:MAX_RELATED])

    def translations(self, article: Article) -> Iterator[tuple[str, Article]]:
        """Yield language and article of each translation that is public."""
        for language, slug in article.translations:
            other = self.public(slug)
            if other and other.slug != article.slug:
                yield language, other


def atom_id(identity: str, site: Site) -> str:
    """Return an entry id as an ASCII IRI (RFC 4287 §4.2.6), made from it where it is none."""
    if _ASCII_IRI.fullmatch(identity):
        return identity
    return f"{site.id}:{urls.percent(identity)}"
