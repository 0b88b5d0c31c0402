"""JSON Schema of front matter and of site.yaml, made from the models that validate them. Pure.

An editor's YAML plug-in reads ``2025`` as a number and ``2025-12-20`` as a date where we keep the
text, so wherever we want text the schema takes any scalar.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from feedservice.content.front_matter_model import FrontMatter
from feedservice.content.page import PageFront
from feedservice.content.shapes import Strict, json_schema
from feedservice.content.site import SiteFile
from feedservice.system import atomic_write

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR = ["string", "number", "boolean", "null"]  # null: a key without a value yet


def article_schema() -> dict[str, Any]:
    """Return the schema of an article's front matter."""
    return _schema(FrontMatter, "Front matter of an article")


def page_schema() -> dict[str, Any]:
    """Return the schema of a page's front matter."""
    return _schema(PageFront, "Front matter of a page")


def site_schema() -> dict[str, Any]:
    """Return the schema of site.yaml."""
    return _schema(SiteFile, "site.yaml")


def write_schemas(folder: Path, schemas: Mapping[str, Mapping[str, Any]]) -> tuple[Path, ...]:
    """Write schemas and the settings of VS Code's YAML extension, over what is there."""
    folder.mkdir(exist_ok=True)
    wired = {
        "yaml.schemas": {
            "./.vscode/site.schema.json": "site.yaml",
            "./.vscode/article.schema.json": "*.front.yaml",
        },
    }
    documents = {
        **{f"{name}.schema.json": made for name, made in schemas.items()},
        "settings.json": wired,
    }
    paths = []
    for name, document in documents.items():
        path = folder / name
        text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
        # A rename takes the place of a link and never follows it.
        atomic_write.replace(path, (text.encode(),))
        paths.append(path)
    return tuple(paths)


def _schema(model: type[Strict], title: str) -> dict[str, Any]:
    return {"$schema": DIALECT, **_tolerant(json_schema(model)), "title": title}


def _tolerant(node: Any) -> Any:
    if isinstance(node, list):
        return [_tolerant(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: _tolerant(value) for key, value in node.items()}
    if found.get("type") == "string" and "enum" not in found:
        found["type"] = _SCALAR
    if found.get("type") == "array":  # one value may stand without its list
        items = found.pop("items", {})
        rest = {key: found.pop(key) for key in ("default", "title") if key in found}
        return {"anyOf": [{**found, "items": items}, items], **rest}
    return found
