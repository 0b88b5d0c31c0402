"""Mappings of YAML → models, which say what keys there are and of which shape (msgspec). Pure.

msgspec tells the first fault alone, and knows no value that stands for a list of one: what is given
is fitted here, and each fault of it is told.
"""

from collections.abc import Mapping
from enum import Enum, auto
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from msgspec import Meta, Struct, field
from msgspec.json import schema_components
from msgspec.structs import fields


class Strict(Struct, kw_only=True, forbid_unknown_fields=True):
    """A mapping whose keys are all known.

    A value is a text, a mapping of texts, another model, a text or a model, or a list of these.
    """


def one_of(*values: str) -> Meta:
    """Return what a JSON Schema says of a text that is one of ``values``."""
    return Meta(extra_json_schema={"enum": [str(each) for each in values]})


def all_default(model: type[Strict]) -> Any:
    """Return the default of a key whose mapping need have no key."""
    return field(default_factory=model)


Model = TypeVar("Model", bound=Strict)
_Place = tuple[str | int, ...]


class Wrong(Enum):
    """What a fault is."""

    MISSING = auto()
    UNKNOWN = auto()
    SHAPE = auto()


class Fault(NamedTuple):
    """A value that is not as a model has it.

    Attributes:
        wrong: what it is.
        place: the keys and positions that lead to it.
        model: of the mapping that it stands in.
    """

    wrong: Wrong
    place: _Place
    model: type[Strict]


class Shape(NamedTuple):
    """What a value may be.

    Attributes:
        is_text: whether a text.
        model: of a mapping, where it may be one whose keys are known.
        is_pairs: whether a mapping of texts.
        item: what each may be, of a list.
    """

    is_text: bool = False
    model: type[Strict] | None = None
    is_pairs: bool = False
    item: "Shape | None" = None


class Key(NamedTuple):
    """What a model says of a key.

    Attributes:
        shape: what its value may be.
        is_required: whether a mapping has to have it.
    """

    shape: Shape
    is_required: bool


@cache
def keys_of(model: type[Strict]) -> Mapping[str, Key]:
    """Return the keys of a model, in its order."""
    return MappingProxyType(
        {each.name: Key(_shape(each.type), each.required) for each in fields(model)}
    )


def _shape(annotation: Any) -> Shape:
    origin, parts = get_origin(annotation), get_args(annotation) or (annotation,)
    if origin is list:
        return Shape(item=_shape(*parts))
    if origin is dict:
        return Shape(is_pairs=True)
    models = (each for each in parts if isinstance(each, type) and issubclass(each, Strict))
    return Shape(is_text=str in parts, model=next(models, None))


def json_schema(model: type[Strict]) -> dict[str, Any]:
    """Return the JSON Schema of a model (2020-12)."""
    (root,), parts = schema_components([model], ref_template="#/$defs/{name}")
    return {**parts.pop(root["$ref"].rpartition("/")[2]), "$defs": parts}


def fit(model: type[Model], given: Mapping[str, Any]) -> tuple[Model | None, list[Fault]]:
    """Return what a mapping comes to, or all that is wrong with it.

    One value stands for a list of one, and a key without a value for one that is not there where no
    text may be.

    Args:
        model: which keys there are.
        given: texts, lists and mappings of them.
    """
    faults: list[Fault] = []
    return _fit(model, given, (), faults), faults


def _fit(
    model: type[Model], given: Mapping[str, Any], place: _Place, faults: list[Fault]
) -> Model | None:
    keys, before, values = keys_of(model), len(faults), {}
    for name, (shape, is_required) in keys.items():
        value = given.get(name)
        if value is None:
            if is_required:
                faults.append(Fault(Wrong.MISSING, (*place, name), model))
        elif shape.is_text or value != "":
            values[name] = _value(shape, value, (*place, name), model, faults)
    if len(values) < len(given):
        unknown = (name for name in given if name not in keys)
        faults.extend(Fault(Wrong.UNKNOWN, (*place, name), model) for name in unknown)
    return model(**values) if len(faults) == before else None


def _value(
    shape: Shape, given: Any, place: _Place, model: type[Strict], faults: list[Fault]
) -> Any:
    if shape.item:
        items = [given] if isinstance(given, (str, dict)) else given
        return [
            _value(shape.item, each, (*place, n), model, faults) for n, each in enumerate(items)
        ]
    if isinstance(given, str):
        if shape.is_text:
            return given
    elif isinstance(given, dict):
        if shape.model:
            return _fit(shape.model, given, place, faults)
        if shape.is_pairs:
            text = Shape(is_text=True)
            return {
                name: _value(text, each, (*place, name), model, faults)
                for name, each in given.items()
            }
    faults.append(Fault(Wrong.SHAPE, place, model))
    return None
