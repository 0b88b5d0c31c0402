"""A source and a content folder → a report, and, where it is asked for, files. Reads and writes
through `ContentFiles`.

Two readings: the first names every entry, the second writes each as soon as it is read, so that
memory does not grow with the texts. An id that is there is left alone; no file that is there is
ever written over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from feedservice.content import article, frontmatter
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Author, Category, Problem, Severity, Site, Status
from feedservice.domain.text import slugify
from feedservice.importing.foreign_entry import Fault, Imported, Progress, Source
from feedservice.importing.mapping import Mapped, article_file
from feedservice.importing.media import Pictures
from feedservice.importing.naming import Existing, Naming, Placed
from feedservice.importing.site_edit import extend

SHOWN = 2_000
"""Files and faults that a report keeps; it counts the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One article that comes: its file, title, moment and status."""

    path: str
    title: str
    published: datetime
    status: Status


@dataclass(slots=True, kw_only=True)
class Report:
    """What came, or would come.

    Attributes:
        written: whether files were written; False in a dry run.
        rows: the first `SHOWN` articles; `count` says how many there are.
        present: entries whose id was there before.
        media: how many files were, or would be, put into media/; `files` names the first of them
            and whence.
    """

    kind: str = ""
    written: bool = False
    count: int = 0
    drafts: int = 0
    scheduled: int = 0
    present: int = 0
    rows: list[Row] = field(default_factory=list)
    categories: tuple[Category, ...] = ()
    authors: tuple[Author, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()
    media: int = 0
    files: tuple[tuple[str, str], ...] = ()
    faults: list[Fault] = field(default_factory=list)
    more_faults: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked of an import.

    Attributes:
        write: whether files are written.
        category: slug or name of the category of entries without one.
        fetch: gives the bytes of an http address; None where pictures are not wanted.
    """

    write: bool = False
    category: str = ""
    fetch: Callable[[str], bytes] | None = None


def run(
    source: Source, files: ContentFiles, wish: Wish, now: datetime, progress: Progress
) -> Report:
    """Import a source into a content folder.

    Args:
        source: what is imported.
        files: the content folder; it has a good site.yaml.
        wish: what was asked for.
        now: the moment of the import.
        progress: told of both readings as of one.

    Raises:
        ContentError: site.yaml cannot be used.
        ImportFailure: the source cannot be read at all.
    """
    text = _site_text(files)
    before = _site(text)
    naming = Naming(before, existing(files, before), wish.category)
    for entry in source.entries(lambda done, total: progress(done, 2 * total)):
        naming.take(entry)
    naming.close()
    after = naming.site
    if wish.write:
        extended = extend(text, before, after, naming.redirects)
        if extended != text:
            _site(extended)
            files.replace(site_file.NAME, extended)
    report = Report(
        kind=source.kind,
        written=wish.write,
        present=naming.present,
        categories=after.categories[len(before.categories) :],
        authors=after.authors[len(before.authors) :],
        redirects=naming.redirects,
    )
    pictures = Pictures(files if wish.write else None, source.media, wish.fetch)
    _write_all(source, files, naming, pictures, report, now, progress)
    _tell(report, (*source.faults(), *naming.faults, *pictures.faults))
    brought = {
        name: address for address, name in pictures.placed.items() if name.startswith("media/")
    }
    report.media, report.files = len(brought), tuple(islice(brought.items(), SHOWN))
    return report


def existing(files: ContentFiles, site: Site) -> Existing:
    """Return what is there: ids, slugs, aliases, paths; a file that cannot be read keeps its
    path.
    """
    ids: dict[str, str] = {}
    names: set[str] = set()
    paths = set(files.walk().articles)
    for path in paths:
        stem = path.rpartition("/")[2].rpartition(".")[0]
        fields = _fields(files, path)
        slug = slugify(str(fields.get("slug") or "") or stem)
        ids[str(fields.get("id") or "").strip() or f"{site.id}:{slug}"] = slug
        names.add(slug)
        aliases = fields.get("aliases") or []
        names |= {
            slugify(str(alias)) for alias in (aliases if isinstance(aliases, list) else [aliases])
        }
    return Existing(ids=ids, names=frozenset(names), paths=frozenset(paths))


def _write_all(
    source: Source,
    files: ContentFiles,
    naming: Naming,
    pictures: Pictures,
    report: Report,
    now: datetime,
    progress: Progress,
) -> None:
    for entry, placed in _placed(source, naming, progress):
        mapped = article_file(
            entry,
            placed,
            naming.site,
            now,
            naming.find,
            lambda address, place=entry.place: pictures.place(address, place),  # type: ignore[misc]
        )
        fault = _refusal(entry, mapped, placed, naming.site, now)
        if mapped is None or fault:
            _tell(report, [fault] if fault else [])
            continue
        if report.written:
            try:
                files.write_new(placed.path, mapped.text)
            except FileExistsError:
                _tell(report, [Fault(what="file-taken", place=placed.path)])
                continue
        _tell(report, mapped.faults)
        report.count += 1
        report.drafts += mapped.status is Status.DRAFT
        report.scheduled += mapped.status is Status.PUBLISHED and mapped.published > now
        if len(report.rows) < SHOWN:
            row = Row(
                path=placed.path,
                title=mapped.title,
                published=mapped.published,
                status=mapped.status,
            )
            report.rows.append(row)


def _placed(
    source: Source, naming: Naming, progress: Progress
) -> Iterator[tuple[Imported, Placed]]:
    for entry in source.entries(lambda done, total: progress(total + done, 2 * total)):
        placed = naming.placed(entry)
        if placed:
            yield entry, placed


def _refusal(
    entry: Imported, mapped: Mapped | None, placed: Placed, site: Site, now: datetime
) -> Fault | None:
    """Read what was made as the service will: what `check` would call an error is not written."""
    if mapped is None:
        return Fault(what="entry-empty", place=entry.place)
    _, problems = article.read(mapped.text, placed.path, site, now)
    errors = [problem.code for problem in problems if problem.severity is Severity.ERROR]
    return (
        Fault(what="entry-refused", place=entry.place, facts={"value": ", ".join(errors)})
        if errors
        else None
    )


def _tell(report: Report, faults: tuple[Fault, ...] | list[Fault]) -> None:
    for fault in faults:
        if len(report.faults) < SHOWN:
            report.faults.append(fault)
        else:
            report.more_faults += 1


def _fields(files: ContentFiles, path: str) -> dict[str, object]:
    try:
        found = frontmatter.split(decode(files.read(path), path), path).fields.plain()
    except (ContentError, OSError):
        return {}
    return dict(found)


def _site_text(files: ContentFiles) -> str:
    try:
        return decode(files.read(site_file.NAME), site_file.NAME)
    except OSError as error:
        raise ContentError(Problem(path=site_file.NAME, code="site-missing")) from error


def _site(text: str) -> Site:
    site, problems = site_file.read(text)
    if site is None:
        raise ContentError(problems[0])
    return site
