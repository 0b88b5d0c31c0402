"""What tags and authors are called in addresses, and which spellings are one label. Pure.

Two labels are one where their keys are: folded as search folds, and without what nobody sees.
Categories, and the authors of site.yaml, are called what it says.
"""

import re
from functools import lru_cache

from feedservice.domain.taxonomy import Taxonomy
from feedservice.domain.text import INVISIBLE, LONG_NAME, fold, slugify

_PLUS = re.compile(r"(?<=[^\s_])\+|(?<!\S)\+(?=\w)")
_SHARP = re.compile(r"(?<=[^\s_])#(?![^\W\d])")
_DOT = re.compile(r"(?<![^\s])\.(?=[^\W\d_])")


def label_slug(taxonomy: Taxonomy, label: str) -> str:
    """Return the slug of a tag or of an author whom site.yaml does not name.

    Signs that alone tell tags apart become words, since no host keeps them in the name of a file.
    Empty where the label has neither letter nor digit.

    >>> [label_slug(Taxonomy.TAG, tag) for tag in ("C", "C++", "C#", ".NET", "R&D")]
    ['c', 'c-plus-plus', 'c-sharp', 'dot-net', 'r-d']
    """
    find = _slug if len(label) < LONG_NAME else _slug.__wrapped__
    return find(label, is_tag=taxonomy is Taxonomy.TAG)


@lru_cache(maxsize=4096)
def _slug(label: str, *, is_tag: bool) -> str:
    seen = INVISIBLE.sub("", label)
    if not any(map(str.isalnum, slugify(seen))):
        return ""
    if is_tag and not seen.isalnum():
        seen = _DOT.sub("dot-", _SHARP.sub("-sharp ", _PLUS.sub("-plus-", seen)))
    return slugify(seen)


def label_key(kind: str, slug: str) -> str:
    """Return what the slugs of all spellings of a label have in common.

    Args:
        kind: a `Taxonomy`, or anything else: only tags and authors have several spellings.
        slug: of any spelling.

    >>> label_key("tag", "أحمد") == label_key("tag", "احمد")
    True
    """
    if kind not in (Taxonomy.TAG, Taxonomy.AUTHOR):
        return slug
    return _key(slug) if len(slug) < LONG_NAME else _key.__wrapped__(slug)


@lru_cache(maxsize=4096)
def _key(slug: str) -> str:
    return slugify(fold(slug)) or slug


def former_slug(label: str) -> str:
    """Return the slug that a label had when all signs were hyphens: its address leads on.

    >>> former_slug("C++")
    'c'
    """
    return slugify(label)
