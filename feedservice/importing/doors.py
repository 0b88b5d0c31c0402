"""The files of a folder or an archive → the `Source` that they are, told by what lies in them."""

import posixpath
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

from feedservice.domain.errors import ImportFailure
from feedservice.i18n import _
from feedservice.importing import front_matter, medium, substack
from feedservice.importing.astro import Astro
from feedservice.importing.dates import known_zone
from feedservice.importing.exported import Exported
from feedservice.importing.foreign_entry import Source
from feedservice.importing.front_matter import Fields, FrontMatterError
from feedservice.importing.hugo import Hugo
from feedservice.importing.jekyll import Jekyll
from feedservice.importing.markdown_folder import (
    Eleventy,
    MarkdownFolder,
    settings_of_program,
)
from feedservice.importing.nikola import Nikola
from feedservice.importing.pelican import Pelican, settings_of
from feedservice.importing.source_folder import Below, Files, FolderSource, Generator
from feedservice.importing.zola import Zola

_GENERATORS: tuple[type[Jekyll] | type[Pelican] | type[Hugo] | type[MarkdownFolder], ...] = (
    *(Jekyll, Pelican, Nikola, Astro, Eleventy, Zola, Hugo),
    MarkdownFolder,
)
"""In the order in which a folder is tried: a ``config.toml`` may be anybody's."""
_LOOKED_AT = 50
"""Files of which a folder of Markdown is known."""


def open_files(files: Files, name: str, kind: str | None, zone: str) -> Source:
    """Return the source that files are.

    Args:
        files: of a folder or an archive.
        name: of it, for messages.
        kind: one of `KINDS` where the user said it.
        zone: of dates that name none, where the source says none either.

    Raises:
        ImportFailure: it cannot be told what they are.
    """
    paths = files.paths()
    if kind == "substack" or (kind is None and substack.LIST in paths):
        return Exported("substack", lambda: substack.entries_of(files.read), files.read)
    if kind == "medium" or (kind is None and medium.is_export(paths, files.read)):
        return Exported("medium", lambda: medium.entries_of(paths, files.read), files.read)
    for generator in _GENERATORS:
        if kind not in (None, generator.kind):
            continue
        if kind is None and not _lies_in(files, paths, generator):
            continue
        configuration = _configuration(files, generator, name, zone)
        if generator is Zola and kind is None and not configuration.text("base_url"):
            continue
        is_hexo = generator is Jekyll and any(each.startswith("source/_posts/") for each in paths)
        if is_hexo and kind is None and not configuration.text("source"):
            raise ImportFailure(
                _(
                    "{source} looks like a site of {name}, which is not read here: import its"
                    " feed, or say with --from what to read it as",
                    source=name,
                    name="Hexo",
                )
            )
        folder = posixpath.normpath(configuration.text("source")) if generator is Jekyll else "."
        if folder != ".":
            files = Below(files, folder.strip("/"))
            configuration = _configuration(files, generator, name, zone)
        made = generator(configuration, frozenset(files.paths()))
        if isinstance(made, Pelican):
            made = replace(made, modified=files.modified)
        if isinstance(made, Nikola):
            made = replace(made, beside=files.read)
        return FolderSource(files, made)
    raise ImportFailure(
        _(
            "{source} is no folder that is known (Hugo, Jekyll, Pelican, Zola, Nikola, Eleventy,"
            " Astro, an export of Substack or Medium, Markdown with front matter): say with --from"
            " what it is, or import the site's feed by its address",
            source=name,
        )
    )


def is_site(files: Files) -> bool:
    """Return whether what configures a program that makes sites lies in a folder."""
    return any(
        _lies_in(files, files.paths(), each) for each in _GENERATORS if each is not MarkdownFolder
    )


def _lies_in(files: Files, paths: tuple[str, ...], generator: type[Generator]) -> bool:
    """Whether what configures a generator is there."""
    if generator is MarkdownFolder:
        texts = (path for path in paths if path.lower().endswith(MarkdownFolder.carried))
        heads = ((files.read(path) or b"")[:4] for path in islice(texts, _LOOKED_AT))
        return any(head.startswith((b"---", b"+++", b"\xef\xbb\xbf-")) for head in heads)
    if generator is Nikola:
        data = files.read("conf.py") or b""
        return b"POSTS" in data or b"BLOG_TITLE" in data
    if any(files.read(name) is not None for name in generator.configs):
        return True
    return generator is Jekyll and any(path.startswith("_posts/") for path in paths)


def _configuration(files: Files, generator: type[Generator], name: str, zone: str) -> Fields:
    values: dict[str, Any] = {}
    parts = (*((each, "") for each in reversed(generator.configs)), *generator.parts)
    for path, key in parts:
        data = files.read(path)
        if data is None:
            continue
        text, ending = data.decode("utf-8-sig", "replace"), path.rpartition(".")[2]
        try:
            _put(values, key, _reader_of(ending)(text))
        except FrontMatterError as error:
            raise ImportFailure(
                _("{source} cannot be read: {reason}", source=f"{name}/{path}", reason=error.reason)
            ) from error
    named = Fields(values).text("timezone")
    return Fields(values, known_zone(named) if named else zone)


def _reader_of(ending: str) -> Callable[[str], dict[str, Any]]:
    if ending == "py":
        return settings_of
    if ending in ("js", "mjs", "cjs", "ts", "mts"):
        return settings_of_program
    return lambda text: front_matter.parse(text, ending)


def _put(values: dict[str, Any], key: str, said: dict[str, Any]) -> None:
    """Put what a file says under a key (``a.b``: one of a mapping), over what is there."""
    for part in filter(None, key.split(".")):
        inner = values.setdefault(part, {})
        values = inner if isinstance(inner, dict) else {}
    for name, value in said.items():
        values[name] = value
