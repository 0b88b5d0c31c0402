"""Which keys front matter has, and of which shape their values are. Pure.

Every scalar is text here: what it means is for `article` to say.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Annotated

from feedservice.content.invisible import bare
from feedservice.content.shapes import Fault, Key, Strict, Wrong, keys_of, one_of
from feedservice.content.yaml_node import Node
from feedservice.domain.headline import SAID, Status
from feedservice.domain.model import Problem
from feedservice.domain.near_names import nearest_name
from feedservice.domain.text import fold

_ARABIC = {
    fold(name): key
    for key, names in {
        "title": "عنوان",
        "date": "تاريخ",
        "updated": "تحديث محدث",
        "category": "تصنيف قسم فئة باب",
        "tags": "وسوم وسم",
        "author": "كاتب مؤلف محرر بقلم",
        "summary": "ملخص خلاصة وصف مقدمة",
        "image": "صورة غلاف",
        "media": "مرفقات وسائط",
        "status": "حالة",
        "reason": "سبب",
        "expires": "انتهاء",
        "lang": "لغة",
        "id": "معرف",
        "name": "اسم",
    }.items()
    for name in names.split()
}
"""What people call a key who write Arabic, without its article."""


class ImageField(Strict):
    """``image`` in its long form."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""


class MediaField(Strict):
    """A recording or document whose type its address does not tell."""

    src: str
    type: str = ""


class RelatedField(Strict):
    """A related page elsewhere."""

    url: str
    title: str
    summary: str = ""


class CorrectionField(Strict):
    """One correction."""

    date: str
    note: str


class FrontMatter(Strict):
    """The keys of an article. Every scalar is text here."""

    title: str
    date: str
    updated: str = ""
    category: list[str] = []
    tags: list[str] = []
    author: list[str] = []
    summary: str = ""
    image: str | ImageField = ""
    media: list[str | MediaField] = []
    related: list[str | RelatedField] = []
    id: str = ""
    slug: str = ""
    aliases: list[str] = []
    status: Annotated[str, one_of(*SAID)] = Status.PUBLISHED.value
    reason: str = ""
    expires: str = ""
    lang: str = ""
    translations: dict[str, str] = {}
    corrections: list[CorrectionField] = []
    views: str = ""


def shape_problems(faults: Iterable[Fault], fields: Node, path: str) -> Iterator[Problem]:
    """Yield a Problem for each fault, at its place in the file.

    A key that is missing is none beside an unknown one that was meant to be it.
    """
    told = list(faults)
    meant = {
        (*each.place[:-1], nearest_key(str(each.place[-1]), list(keys_of(each.model))))
        for each in told
        if each.wrong is Wrong.UNKNOWN
    }
    given = fields.value
    for wrong, place, model in told:
        if wrong is Wrong.MISSING and place in meant:
            continue
        node, key = fields.at(*place), str(place[-1])
        line, column = node.line, node.column
        code, facts = "value-shape", {"key": str(place[0])}
        if wrong is Wrong.MISSING:
            code, facts = "key-missing", {"key": key}
        elif wrong is Wrong.UNKNOWN:
            line, column = node.key_line, node.key_column
            names = list(keys_of(model))
            name, _, said = key.partition("：")  # before a colon of ours
            near = nearest_key(name, names)
            hint = {"nearest": near} if near else {"known": ", ".join(names)}
            is_free = len(place) == 1 and near not in given
            if near and is_free and isinstance(node.value, str):
                value = f"{said.strip()}: {node.value}" if said else node.value
                hint["paste"] = f"{near}: {value}"
            code, facts = "key-unknown", {"key": key, **hint}
            if len(place) == 1 and (owner := _owner(key, fields, keys_of(model))):
                code, facts = "key-outside", {"key": key, "other": owner}
        yield Problem(path=path, line=line, column=column, code=code, facts=facts)


def _owner(key: str, fields: Node, known: Mapping[str, Key]) -> str:
    """The key above an unknown one that has no value, and would have it below it; empty for none.

    Between the two there are unknown keys only: those that belong there, too.
    """
    models = ((name, each.shape.model) for name, each in known.items())
    owners = [name for name, model in models if model and key in keys_of(model)]
    names = fields.value if owners and isinstance(fields.value, dict) else ()
    above = [name for name in takewhile(key.__ne__, names) if name in known]
    owner = above[-1] if above else ""
    return owner if owner in owners and fields.at(owner).value == "" else ""


def arabic_key(name: str) -> str:
    """Return the key that an Arabic one stands for; empty for none."""
    return _ARABIC.get(fold(bare(name)).removeprefix("ال"), "")


def nearest_key(name: str, known: list[str]) -> str:
    """Return the key among ``known`` that was meant, or an empty text."""
    key = arabic_key(name)
    return key if key in known else nearest_name(name, known)
