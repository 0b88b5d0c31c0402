"""The tag or author whose name is most like one that no article has. Reads only.

Strangers choose the names: few are compared, those beside it in the order of the index.
"""

from sqlalchemy import bindparam, select

from feedservice.domain.label_slugs import label_key
from feedservice.domain.near_names import Nearest
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import spellings
from feedservice.index.schema import counts
from feedservice.index.snapshot import Snapshot
from feedservice.index.spellings import Spelling
from feedservice.index.statements import Statement

_COMPARED = 100
"""Names before another and behind it: all of them, where a site has no more."""
_OF_KIND = select(counts.c.key).where(counts.c.kind == bindparam("its_kind")).limit(_COMPARED)
_BEHIND = Statement(_OF_KIND.where(counts.c.key >= bindparam("its_key")).order_by(counts.c.key))
_BEFORE = Statement(
    _OF_KIND.where(counts.c.key < bindparam("its_key")).order_by(counts.c.key.desc())
)


def find(view: Snapshot, taxonomy: Taxonomy, slug: str) -> Spelling | None:
    """Return the label that a slug is most like, of those that have a public article.

    Args:
        view: what is asked.
        taxonomy: of the label.
        slug: as it was asked for.
    """
    asked = {"its_kind": taxonomy.value, "its_key": label_key(taxonomy, slug)}
    rows = [*_BEHIND.rows(view.connection, **asked), *_BEFORE.rows(view.connection, **asked)]
    near = Nearest(key for (key,) in rows)(asked["its_key"])
    found = spellings.first(view.connection, taxonomy, [near], view.now).get(near) if near else None
    if found is None or view.edge(Selection.of(taxonomy, found.slug), oldest=True) is None:
        return None
    return found
