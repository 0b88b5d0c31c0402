"""Which articles stand beside one in a list: one seek each."""

from types import MappingProxyType

from sqlalchemy import BigInteger, bindparam, select, tuple_

from feedservice.domain.label_slugs import label_key
from feedservice.domain.model import Article
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index.changes import unix_seconds
from feedservice.index.payload import article_from_json
from feedservice.index.schema import articles, bodies, labels
from feedservice.index.snapshot import Snapshot
from feedservice.index.statements import Statement
from feedservice.index.states import is_public

_STANDS = tuple_(labels.c.age, labels.c.article)
_HERE = tuple_(bindparam("its_age", type_=BigInteger), bindparam("its_slug"))
_BESIDE = (
    select(bodies.c.teaser)
    .select_from(labels)
    .join(articles, labels.c.number == articles.c.number)
    .join(bodies, bodies.c.number == articles.c.number)
    .where(
        labels.c.kind == bindparam("its_kind"), labels.c.key == bindparam("its_key"), is_public()
    )
    .limit(1)
)
_SIDES = MappingProxyType(
    {
        "older": Statement(_BESIDE.where(_STANDS > _HERE).order_by(labels.c.age, labels.c.article)),
        "newer": Statement(
            _BESIDE.where(_STANDS < _HERE).order_by(labels.c.age.desc(), labels.c.article.desc())
        ),
    }
)


def find(view: Snapshot, article: Article, category: str) -> tuple[Article | None, Article | None]:
    """Return as teasers the public articles right before and right after one in a category."""
    asked = {
        "its_kind": str(Taxonomy.CATEGORY),
        "its_key": label_key(Taxonomy.CATEGORY, category),
        "its_age": -unix_seconds(article.published),
        "its_slug": article.slug,
        "moment": unix_seconds(view.now),
    }
    found = (side.rows(view.connection, **asked) for side in _SIDES.values())
    older, newer = (article_from_json(*rows[0]) if rows else None for rows in found)
    return older, newer
