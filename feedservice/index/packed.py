"""A reading as the rows of the index hold it, made where the file was read. Pure; knows no SQL.

What large batches cost is spent here (payloads, compression, words of a search), so that processes
beside the writer can spend it. A `Packed` crosses between them as plain text and numbers in tuples,
which take half of the time that classes with slots take.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from feedservice.domain import derived_pictures
from feedservice.domain.file_readings import Reading
from feedservice.domain.identity import each_claim
from feedservice.domain.label_slugs import former_slug, label_key, label_slug
from feedservice.domain.model import Article, Problem
from feedservice.domain.references import mentions
from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import LONG_NAME
from feedservice.index.changes import labels_of, unix_seconds
from feedservice.index.payload import (
    compress,
    names_to_json,
    problems_to_json,
    teaser_to_json,
    texts_of,
)

Label = tuple[str, str, str, str, str | None]


class PackedArticle(NamedTuple):
    """An article, moments in Unix seconds.

    Attributes:
        labels: kind, key, slug, label as it was typed, and the slug that it had once, if another.
        claims: space and value, as `identity.Claims` has them.
        mentions: space and value, as `domain.references` and `derived_pictures` have them.
        teaser, texts: as `payload` writes them.
    """

    path: str
    slug: str
    published: int
    leaves: int | None
    status: str
    labels: tuple[Label, ...]
    claims: tuple[tuple[str, str], ...]
    mentions: tuple[tuple[str, str], ...]
    teaser: str
    texts: bytes


class Packed(NamedTuple):
    """A `Reading` as columns.

    Attributes:
        path, size, mtime_ns, ctime_ns, inode, digest, key, assets, problems, names: of its row.
        text: compressed; empty where the file is broken.
        article: None where the file is broken and no last good text is known.
        told: its problems.
        named: the entry id that a broken file names.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    digest: str
    key: str
    assets: str
    problems: str
    names: str | None
    text: bytes
    article: PackedArticle | None
    told: tuple[Problem, ...]
    named: str


def pack(reading: Reading) -> Packed:
    """Return a reading, ready to be written."""
    state = reading.state
    return Packed(
        path=state.path,
        size=state.size,
        mtime_ns=state.mtime_ns,
        ctime_ns=state.ctime_ns,
        inode=state.inode,
        digest=state.digest,
        key=state.key,
        assets=json.dumps(state.assets) if state.assets else "[]",
        problems=problems_to_json(reading.problems) if reading.problems else "[]",
        names=names_to_json(reading.references) if reading.article else None,
        text=compress(reading.text) if reading.text else b"",
        article=pack_article(reading.article) if reading.article else None,
        told=reading.problems,
        named=reading.named,
    )


def pack_article(article: Article) -> PackedArticle:
    """Return an article, ready to be written."""
    return PackedArticle(
        path=article.path,
        slug=article.slug,
        published=unix_seconds(article.published),
        leaves=unix_seconds(article.leaves) if article.leaves else None,
        status=article.status.value,
        labels=tuple(_labels(article)),
        claims=tuple(dict.fromkeys((c.space, c.value) for c, _ in each_claim(article))),
        mentions=tuple(sorted({*_mentions(article)})),
        teaser=teaser_to_json(article),
        texts=texts_of(article),
    )


def _mentions(article: Article) -> Iterator[tuple[str, str]]:
    yield from ((each.space, each.value) for each, _ in mentions(article))
    yield from map(derived_pictures.mention, derived_pictures.of(article))


def _labels(article: Article) -> Iterator[Label]:
    for (kind, slug), label in labels_of(article).items():
        find = _label if len(label) < LONG_NAME else _label.__wrapped__
        yield find(kind, slug, label)


@lru_cache(maxsize=1024)
def _label(kind: Taxonomy, slug: str, label: str) -> Label:
    former = former_slug(label) if kind is not Taxonomy.CATEGORY else slug
    is_former = label_slug(kind, label) == slug != former
    return kind, label_key(kind, slug), slug, label, former if is_former else None
