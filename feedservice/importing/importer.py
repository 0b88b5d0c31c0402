"""A source and a content folder → a report, and, where it is asked for, files.

Reads and writes through `ContentFiles`. Two readings: the first names every entry, the second
writes each as soon as it is read, so that memory does not grow with the texts. An id that is there
is left alone; no file that is there is ever written over.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from feedservice.content import frontmatter
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import find_category
from feedservice.domain.text import slugify
from feedservice.domain.urls import PAGES
from feedservice.importing.foreign_entry import Progress, Source, ignore
from feedservice.importing.import_report import MAX_LISTED, ImportReport
from feedservice.importing.media import ImportedMedia
from feedservice.importing.media_estimate import Weigh, estimate
from feedservice.importing.naming import ExistingContent, Naming
from feedservice.importing.remarks import remark
from feedservice.importing.site_edit import extend
from feedservice.importing.writing import Writing

MAX_PAGES = 12
"""Pages of which nothing is said: the footer names all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What was asked of an import.

    Attributes:
        write: whether files are written.
        category: slug or name of the category of entries without one.
        download: gives the bytes of an http address; None where pictures are not wanted.
        weigh: tells their size, in a dry run; None where nobody is to be asked.
    """

    write: bool = False
    category: str = ""
    download: Callable[[str], bytes] | None = None
    weigh: Weigh | None = None


def run(
    source: Source, files: ContentFiles, options: ImportOptions, now: datetime, progress: Progress
) -> ImportReport:
    """Import a source into a content folder.

    Args:
        source: what is imported.
        files: the content folder; it has a good site.yaml.
        options: what was asked for.
        now: the moment of the import.
        progress: told of both readings as of one.

    Raises:
        ContentError: site.yaml cannot be used.
        ImportFailure: the source cannot be read at all.
    """
    text = _site_text(files)
    before = _site(text)
    naming = Naming(before, existing_content(files, before), options.category)
    # Where a section of articles has that name, there is no place for pages.
    has_pages = find_category(PAGES.strip("/"), before) is None
    for entry in source.entries(lambda done, total: progress(done, 2 * total)):
        if has_pages or not entry.is_page:
            naming.take(entry)
    naming.close()
    after = naming.site
    if options.write:
        extended = extend(text, before, after, naming.redirects)
        if extended != text:
            _site(extended)
            files.replace(site_file.NAME, extended)
    media = ImportedMedia(files if options.write else None, source.media, options.download)
    report = ImportReport(
        kind=source.kind,
        written=options.write,
        present=naming.present,
        categories=after.categories[len(before.categories) :],
        authors=after.authors[len(before.authors) :],
        redirects=naming.redirects,
    )
    unread: Counter[str] = Counter()
    writing = Writing(files, naming, media, report, now, fetches=options.download is not None)
    for entry in source.entries(lambda done, total: progress(total + done, 2 * total)):
        unread.update(entry.unread)
        if entry.is_page and not has_pages:
            report.note([remark("page", entry.place)])
            continue
        placement = naming.placement(entry)
        if placement:
            writing.take(entry, placement)
    writing.finish()
    if writing.to_mend:
        naming.begin_again()
        for entry in source.entries(ignore):
            if has_pages or not entry.is_page:
                writing.mend(entry, naming.identity(entry))
    media.close()
    if writing.lost:
        lost = {
            f"/{slug}" if slug.startswith(PAGES) else f"/articles/{slug}" for slug in writing.lost
        }
        report.redirects = tuple(pair for pair in naming.redirects if pair[1] not in lost)
        naming.addresses.fail(pair for pair in naming.redirects if pair[1] in lost)
        if options.write:
            files.replace(site_file.NAME, extend(text, before, after, report.redirects))
    report.addresses = naming.addresses
    report.found = source.found
    report.note((*source.remarks(), *naming.remarks, *media.remarks))
    if report.pages > MAX_PAGES:
        report.note([remark("pages-footer", "-", n=report.pages)])
    report.note(remark("key-unread", "-", value=key, n=n) for key, n in unread.most_common())
    _note_media(report, media.placed, options)
    return report


def _note_media(report: ImportReport, placed: Mapping[str, str], options: ImportOptions) -> None:
    """Say which files came, or would come; of a dry run also what they weigh."""
    origins = {name: address for address, name in placed.items() if name.startswith("media/")}
    report.media, report.files = len(origins), tuple(islice(origins.items(), MAX_LISTED))
    if options.weigh and not options.write:
        report.estimate = estimate(origins.values(), options.weigh)
        report.note(report.estimate.dead)


def known_ids(files: ContentFiles, site: Site) -> Collection[str]:
    """Return the ids of the articles that are there."""
    return existing_content(files, site).slugs.keys()


def existing_content(files: ContentFiles, site: Site) -> ExistingContent:
    """Return what is there: ids, slugs, aliases; a file that cannot be read keeps its path."""
    slugs: dict[str, str] = {}
    names: set[str] = set()
    paths = set(files.walk().articles)
    has_section = find_category(PAGES.strip("/"), site) is not None
    for path in paths:
        fields = _fields(files, path)
        stem = path.rpartition("/")[2].rpartition(".")[0]
        slug = slugify(str(fields.get("slug") or "") or stem)
        if path.startswith(PAGES) and not has_section:
            slugs[f"{PAGES}{slug}"] = f"{PAGES}{slug}"
            continue
        slugs[str(fields.get("id") or "").strip() or f"{site.id}:{slug}"] = slug
        aliases = fields.get("aliases") or []
        aliases = aliases if isinstance(aliases, list) else [aliases]
        names |= {slug, *(slugify(str(alias)) for alias in aliases)}
    return ExistingContent(slugs=slugs, names=frozenset(names), paths=frozenset(paths))


def _fields(files: ContentFiles, path: str) -> dict[str, object]:
    try:
        source = frontmatter.split(decode(files.read(path), path), path)
    except (ContentError, OSError):
        return {}
    return dict(source.fields.plain())


def _site_text(files: ContentFiles) -> str:
    try:
        return decode(files.read(site_file.NAME), site_file.NAME)
    except OSError as error:
        raise ContentError.at(site_file.NAME, "site-missing") from error


def _site(text: str) -> Site:
    site, problems = site_file.read(text)
    if site is None:
        raise ContentError(problems[0])
    return site
