"""Which keys front matter has, and of which shape their values are (pydantic). Pure.

Every scalar is text here: what it means is for `article` to say.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
)

from feedservice.content.invisible import bare
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


def _listed(value: Any) -> Any:
    """One value needs no list; a key without a value is an empty list."""
    if value == "":
        return []
    return [value] if isinstance(value, (str, dict)) else value


def _mapped(value: Any) -> Any:
    return {} if value == "" else value


def form_of(value: Any) -> str:
    """Return the tag of a value that may be a text or a mapping."""
    return "<keys>" if isinstance(value, (dict, BaseModel)) else "<text>"


Listed = BeforeValidator(_listed)
Mapped = BeforeValidator(_mapped)
Texts = Annotated[list[str], Listed]
Pairs = Annotated[dict[str, str], Mapped]


def empty(make: Callable[[], Any]) -> Any:
    """Return an empty default. Given as a value, pydantic would copy it deeply for each article."""
    return Field(default_factory=make, json_schema_extra={"default": make()})


class Strict(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", strict=True)


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


# Told apart by their form, so that a fault is told of the form that the editor chose.
Text = Annotated[str, Tag("<text>")]
Image = Annotated[Text | Annotated[ImageField, Tag("<keys>")], Discriminator(form_of)]
MediaItem = Annotated[Text | Annotated[MediaField, Tag("<keys>")], Discriminator(form_of)]
RelatedItem = Annotated[Text | Annotated[RelatedField, Tag("<keys>")], Discriminator(form_of)]


class FrontMatter(Strict):
    """The keys of an article. Every scalar is text here."""

    title: str
    date: str
    updated: str = ""
    category: Texts = empty(list)
    tags: Texts = empty(list)
    author: Texts = empty(list)
    summary: str = ""
    image: Image = ""
    media: Annotated[list[MediaItem], Listed] = empty(list)
    related: Annotated[list[RelatedItem], Listed] = empty(list)
    id: str = ""
    slug: str = ""
    aliases: Texts = empty(list)
    status: str = Field(
        default=Status.PUBLISHED.value, json_schema_extra={"enum": [str(s) for s in SAID]}
    )
    reason: str = ""
    expires: str = ""
    lang: str = ""
    translations: Pairs = empty(dict)
    corrections: Annotated[list[CorrectionField], Listed] = empty(list)
    views: str = ""


def validation_problems(
    error: ValidationError, fields: Node, path: str, model: type[BaseModel]
) -> Iterator[Problem]:
    """Yield the Problems that pydantic tells of, each at its place in the file.

    A key that is missing is none beside an unknown one that was meant to be it.
    """
    told = error.errors(include_url=False, include_context=False, include_input=False)
    unknown = [each["loc"] for each in told if each["type"] == "extra_forbidden"]
    meant = {(*loc[:-1], nearest_key(str(loc[-1]), _keys_at(model, loc[:-1]))) for loc in unknown}
    given = fields.value
    for each in told:
        location = each["loc"]
        if each["type"] == "missing" and location in meant:
            continue
        node, key = fields.at(*location), str(location[-1])
        line, column = node.line, node.column
        code, facts = "value-shape", {"key": str(location[0])}
        if each["type"] == "missing":
            code, facts = "key-missing", {"key": key}
        elif each["type"] == "extra_forbidden":
            line, column = node.key_line, node.key_column
            names = _keys_at(model, location[:-1])
            name, _, said = key.partition("：")  # before a colon of ours
            near = nearest_key(name, names)
            hint = {"nearest": near} if near else {"known": ", ".join(names)}
            is_free = len(location) == 1 and near not in given
            if near and is_free and isinstance(node.value, str):
                value = f"{said.strip()}: {node.value}" if said else node.value
                hint["paste"] = f"{near}: {value}"
            code, facts = "key-unknown", {"key": key, **hint}
        yield Problem(path=path, line=line, column=column, code=code, facts=facts)


def arabic_key(name: str) -> str:
    """Return the key that an Arabic one stands for; empty for none."""
    return _ARABIC.get(fold(bare(name)).removeprefix("ال"), "")


def nearest_key(name: str, known: list[str]) -> str:
    """Return the key among ``known`` that was meant, or an empty text."""
    key = arabic_key(name)
    return key if key in known else nearest_name(name, known)


def _keys_at(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    return list(_model_at(model, location).model_fields)


def _model_at(model: type[BaseModel], location: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model of the mapping that ``location`` leads to."""
    for step in location:
        field = model.model_fields.get(str(step))
        if field:
            model = next(_models_in(field.annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
