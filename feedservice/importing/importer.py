"""A source and a content folder → a report, and, where it is asked for, files.

Reads and writes through `ContentFiles`. Two readings: the first names every entry, the second
writes each as soon as it is read, so that memory does not grow with the texts. An id that is there
is left alone; no file that is there is ever written over.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from feedservice.content import article, frontmatter, page
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import ContentError
from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Category, Severity, Site
from feedservice.domain.taxonomy import find_category
from feedservice.domain.text import slugify
from feedservice.domain.urls import PAGES
from feedservice.importing.article_file import ArticleFile, article_file
from feedservice.importing.fetching_ahead import wanted
from feedservice.importing.foreign_entry import ForeignEntry, Progress, Source
from feedservice.importing.media import ImportedMedia
from feedservice.importing.media_estimate import Estimate, Weigh, estimate
from feedservice.importing.naming import ExistingContent, Naming, Placement
from feedservice.importing.remarks import Remark, left_out, remark
from feedservice.importing.site_edit import extend

_GOOD_BODY = "."
"""In the place of one that was rendered: what it holds is no error."""
_AHEAD = 3
"""Entries whose pictures are fetched before their turn."""
MAX_PAGES = 12
"""Pages of which nothing is said: the footer names all."""
MAX_LISTED = 2_000
"""Files, and remarks of one kind, that a report keeps; it counts the rest."""


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


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What came, or would come.

    Attributes:
        written: whether files were written; False in a dry run.
        articles: the first `MAX_LISTED`, without their texts; `count` says how many there are.
        found: entries that the source holds.
        present: entries whose id was there before.
        told: entries that did not come, as a remark of each says.
        media: how many files were, or would be, put into media/; `files` names the first of them
            and whence.
        estimate: what the files weigh, in a dry run.
    """

    kind: str = ""
    written: bool = False
    count: int = 0
    drafts: int = 0
    scheduled: int = 0
    pages: int = 0
    found: int = 0
    present: int = 0
    told: int = 0
    articles: list[ArticleFile] = field(default_factory=list)
    categories: tuple[Category, ...] = ()
    authors: tuple[Author, ...] = ()
    redirects: tuple[tuple[str, str], ...] = ()
    media: int = 0
    files: tuple[tuple[str, str], ...] = ()
    estimate: Estimate = field(default_factory=Estimate)
    remarks: list[Remark] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def more_remarks(self) -> int:
        """How many remarks there are beside those that are kept."""
        return self.kinds.total() - len(self.remarks)

    @property
    def unexplained(self) -> int:
        """Entries of the source of which nothing says what became of them."""
        return self.found - self.count - self.present - self.told

    def note(self, remarks: Iterable[Remark]) -> None:
        """Add remarks."""
        for each in remarks:
            self.told += left_out(each)
            if self.kinds[each.code] < MAX_LISTED:
                self.remarks.append(each)
            self.kinds[each.code] += 1

    def add(self, file: ArticleFile, now: datetime) -> None:
        """Add an article that came, or would come."""
        is_draft = file.status is Status.DRAFT
        self.note(file.remarks)
        self.count += 1
        self.pages += not is_draft and file.path.startswith(PAGES)
        self.drafts += is_draft
        self.scheduled += not is_draft and file.published > now
        if len(self.articles) < MAX_LISTED:
            self.articles.append(replace(file, text=""))


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
    lost: set[str] = set()
    fetches = options.write and options.download is not None
    waiting: deque[tuple[ForeignEntry, Placement]] = deque()

    def take_over(entry: ForeignEntry, placement: Placement) -> None:
        if not _take_over(entry, placement, files, naming, media, report, now):
            lost.add(f"/{placement.slug}" if entry.is_page else f"/articles/{placement.slug}")
        media.drop(wanted(entry) if fetches else ())

    for entry in source.entries(lambda done, total: progress(total + done, 2 * total)):
        unread.update(entry.unread)
        if entry.is_page and not has_pages:
            report.note([remark("page", entry.place)])
            continue
        placement = naming.placement(entry)
        if placement:
            waiting.append((entry, placement))
            media.begin(wanted(entry) if fetches else ())
        if len(waiting) > _AHEAD:
            take_over(*waiting.popleft())
    while waiting:
        take_over(*waiting.popleft())
    media.close()
    if lost:
        report.redirects = tuple(pair for pair in naming.redirects if pair[1] not in lost)
        if options.write:
            files.replace(site_file.NAME, extend(text, before, after, report.redirects))
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


def _take_over(
    entry: ForeignEntry,
    placement: Placement,
    files: ContentFiles,
    naming: Naming,
    media: ImportedMedia,
    report: ImportReport,
    now: datetime,
) -> bool:
    """Write the article of an entry; False where that cannot be, and is told."""

    def place(address: str) -> str:
        return media.place(address, entry.place)

    try:
        file = article_file(entry, placement, naming.site, now, naming.find, place)
    except (ValueError, RecursionError) as error:  # whatever it is, the others go on
        report.note([remark("entry-refused", entry.place, value=str(error))])
        return False
    if file is None:
        report.note([remark("page-empty" if entry.is_page else "entry-empty", entry.place)])
        return False
    errors = _errors(file, naming.site, now)
    if errors:
        report.note([remark("entry-refused", entry.place, value=", ".join(errors))])
        return False
    if report.written:
        try:
            files.write_new(file.path, file.text)
        except FileExistsError:
            report.note([remark("file-taken", file.path)])
            return False
    report.add(file, now)
    return True


def _errors(file: ArticleFile, site: Site, now: datetime) -> list[str]:
    """What `check` would call an error: such a file is not written."""
    try:
        source = article.take_apart(file.text, file.path)
    except ContentError as error:
        return [error.problem.code]
    if file.is_rendered:
        source = replace(source, body=_GOOD_BODY)
    reader = page.reader_of(file.path, site)
    _, problems = article.read_source(source, file.text, file.path, site, now, reader)
    return [problem.code for problem in problems if problem.severity is Severity.ERROR]


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
