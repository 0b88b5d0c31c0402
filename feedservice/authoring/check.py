"""Checks a content folder, and fixes what is safe to fix, without an index."""

import difflib
import os.path
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from feedservice.authoring import fix, fix_aliases, fix_site
from feedservice.content import article, passed_over
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.file_types import is_article
from feedservice.content.files import ContentFiles
from feedservice.content.reader import Task
from feedservice.content.reading_process import ToRead, WasRead, read_here
from feedservice.content.seen import Walk
from feedservice.content.site_reader import read_site as read_site_file
from feedservice.content.site_rules import as_second_names, site_problems, with_nearest_media
from feedservice.domain import former_slugs, urls
from feedservice.domain.errors import ContentError, UsageError
from feedservice.domain.file_readings import Reading
from feedservice.domain.identity import Claims, Holders, contested, decide
from feedservice.domain.known_site import KnownSite
from feedservice.domain.model import Problem, Site
from feedservice.domain.references import Reference, in_order
from feedservice.domain.text import slugify, visible
from feedservice.i18n import _

Checked = tuple[str, tuple[Problem, ...], Claims | None, tuple[Reference, ...]]
"""What is kept of a reading: path, problems, claims, references."""
Read = Callable[[Task, Sequence[ToRead], datetime], WasRead[Checked]]
_AT_ONCE = 250
"""Files that are read until one of them, at which their process died, is left out."""


def site_folder(path: Path) -> Path:
    """Return the nearest folder at or above ``path`` that holds site.yaml.

    Raises:
        UsageError: there is none.
    """
    start = _absolute(path)
    for folder in (start, *start.parents):
        if (folder / site_file.NAME).is_file():
            return folder
    raise UsageError(_("{path}: no site.yaml here or in a folder above", path=path))


def read_site(root: Path) -> Site:
    """Return the site of a content folder.

    Raises:
        ContentError: site.yaml is absent or cannot be used.
    """
    site, problems = read_site_file(ContentFiles(root))
    if site is None:
        raise ContentError(problems[0])
    return site


def check(
    paths: Sequence[Path],
    now: datetime,
    holders: Holders = lambda _claims: {},
    read: Read | None = None,
    known: KnownSite | None = None,
) -> tuple[tuple[Problem, ...], str, Path]:
    """Check a content folder, or some files or folders of one.

    Args:
        paths: a content folder, or files or folders of one.
        now: the moment.
        holders: whose ids, slugs and aliases readers know, as far as an index tells.
        read: reads files; here, where a file may end this process, unless told otherwise.
        known: what readers know of the site, as far as an index tells.

    Returns:
        The problems that concern ``paths``, by path and line; the site's language; the content
        folder.

    Raises:
        UsageError: a path does not exist, is not an article, or is not in the site of the others.
    """
    root = site_folder(paths[0])
    wanted = [_below(path, root) for path in paths]
    files = ContentFiles(root)
    site, problems = read_site_file(files, known)
    if site is None:
        return problems, "ar", root
    walk = files.walk()
    readings = _read_all(files, walk, site, now, read)
    told = _problems_of(readings, site, holders, known)
    of_articles = as_second_names(told, files.second_names(walk))
    found = [*problems, *of_articles, *passed_over.problems(files, walk)]
    kept = [problem for problem in found if any(_concerns(problem.path, each) for each in wanted)]
    for path, below in zip(paths, wanted, strict=True):
        is_named = below in ("", site_file.NAME) or path.is_dir() or is_article(below)
        if not is_named and not any(problem.path == below for problem in kept):
            raise UsageError(
                _("{path} is not an article (articles are *.md in a folder of the site)", path=path)
            )
    return in_order(kept), site.language, root


def _read_all(
    files: ContentFiles, walk: Walk, site: Site, now: datetime, read: Read | None
) -> Iterator[Checked]:
    read = read or partial(read_here, make=partial(checked, now=now))
    task = Task(files=files, site=site)
    seen = [(each, None) for each in walk.articles.values()]
    for start in range(0, len(seen), _AT_ONCE):
        yield from read(task, seen[start : start + _AT_ONCE], now).made


def _problems_of(
    readings: Iterable[Checked], site: Site, holders: Holders, known: KnownSite | None
) -> list[Problem]:
    problems: list[Problem] = []
    articles: dict[str, tuple[Claims, tuple[Reference, ...]]] = {}
    for path, told, claims, references in readings:
        problems += told
        if claims:
            articles[path] = claims, references
    lost = _lost([claims for claims, _ in articles.values()], holders)

    @cache
    def former() -> Collection[str]:
        ids = [claims.id for claims, _ in articles.values()]
        return {slug for slugs in known.slugs(ids).values() for slug in slugs} if known else ()

    return problems + site_problems(articles, lost, site, former) + _moved(articles, lost, known)


def _moved(
    articles: Mapping[str, tuple[Claims, tuple[Reference, ...]]],
    lost: Collection[str],
    known: KnownSite | None,
) -> list[Problem]:
    """A warning for each article whose file does not say where readers knew it."""
    if known is None:
        return []
    claimed = {name for each, _ in articles.values() for name in (each.slug, *each.aliases)}
    public = [
        (claims, references)
        for path, (claims, references) in articles.items()
        if claims.is_public and path not in lost
    ]
    former = known.slugs([claims.id for claims, _ in public])
    return former_slugs.problems(public, former, claimed)


def _lost(claimants: Sequence[Claims], holders: Holders) -> dict[str, Problem]:
    both = contested(claimants)
    return decide(claimants, holders(both)) if both else {}


def checked(reading: Reading, now: datetime) -> Checked:
    """Return what `check` keeps of a reading; whether an article is public depends on ``now``."""
    claims = Claims.of(reading.article, now) if reading.article else None
    return reading.state.path, reading.problems, claims, reading.references


def hinted(problems: Sequence[Problem], root: Path) -> tuple[Problem, ...]:
    """Return what `check` found with what only the whole folder tells: the nearest picture."""
    return tuple(with_nearest_media(problems, ContentFiles(root).walk))


def slug_of(root: Path, path: Path) -> str:
    """Return the percent-encoded slug of an article file; empty where it cannot be read."""
    below = _below(path, root)
    try:
        text = decode(ContentFiles(root).read(below), below)
        fields = article.take_apart(text, below).fields.plain()
    except (ContentError, OSError):
        return ""
    return urls.percent(slugify(str(fields.get("slug") or "") or path.stem))


def line_of(root: Path, problem: Problem) -> str:
    """Return the line that a problem stands in; empty where it cannot be read."""
    try:
        text = decode(ContentFiles(root).read(problem.path), problem.path)
    except (ContentError, OSError):
        return ""
    lines = text.splitlines()
    return lines[problem.line - 1] if problem.line <= len(lines) else ""


def fix_files(
    paths: Sequence[Path],
    now: datetime,
    holders: Holders = lambda _claims: {},
    read: Read | None = None,
    known: KnownSite | None = None,
    *,
    write: bool,
) -> Iterator[tuple[str, str]]:
    """Fix what is safe to fix in a content folder, or in some files or folders of one.

    Args:
        paths: as in `check`.
        now: the moment.
        holders: as in `check`.
        read: as in `check`.
        known: as in `check`.
        write: whether files are written; each through a temporary file and a rename.

    Yields:
        The path of each file that differs, and the difference (unified diff).

    Raises:
        UsageError, ContentError: as in `check` and `read_site`.
    """
    root = site_folder(paths[0])
    wanted = [_below(path, root) for path in paths]
    site = read_site(root)
    files = ContentFiles(root)
    walk = files.walk()
    readings = _read_all(files, walk, site, now, read)
    articles = {path: (claims, ()) for path, _, claims, _ in readings if claims}
    lost = _lost([claims for claims, _ in articles.values()], holders)
    moved = {each.path: each.facts["paste"] for each in _moved(articles, lost, known)}
    names = files.second_names(walk)
    for path in sorted((*walk.articles, site_file.NAME)):
        if path in names or not any(_concerns(path, each) for each in wanted):
            continue
        try:
            before = decode(files.read(path), path)
        except (ContentError, OSError):
            continue
        if path == site_file.NAME:
            after = fix_site.fixed(before, read_site_file(files, known)[1])
        else:
            facts = lost[path].facts if path in lost else {}
            # A link to this file may hold what it claims: another id would be the holder's, too.
            is_copy = "new" in facts and names.get(facts["other"]) != path
            after = fix.fix(before, path, site, facts["new"] if is_copy else "")
            if path in moved:
                after = fix_aliases.fixed(after, path, moved[path])
        if after == before:
            continue
        if write:
            files.replace(path, after)
        name = visible(path)
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), name, name, lineterm="", n=1
        )
        yield path, "\n".join(lines)


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _below(path: Path, root: Path) -> str:
    """The path below the root, by whatever way it is named: in part, by a link to the folder."""
    if not path.exists():
        raise UsageError(_("{path} does not exist", path=path))
    given = _absolute(path)
    for folder in (given, *given.parents):
        if folder.samefile(root):
            relative = unicodedata.normalize("NFC", given.relative_to(folder).as_posix())
            return "" if relative == "." else relative
    raise UsageError(_("{path} is not in {root}", path=path, root=root))


def _concerns(path: str, wanted: str) -> bool:
    return not wanted or path == wanted or path.startswith(f"{wanted}/")
