"""Entries, each with its place → article files, as soon as they are read.

A link may lead forward to an entry that is left out when its turn comes: the articles that have
such a link are made once more at the end.
"""

from collections import defaultdict, deque
from dataclasses import replace
from datetime import datetime

from feedservice.content import article, page
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import ContentError
from feedservice.domain.model import Severity, Site
from feedservice.importing.article_file import ArticleFile, article_file
from feedservice.importing.fetching_ahead import wanted
from feedservice.importing.foreign_entry import ForeignEntry
from feedservice.importing.import_report import ImportReport
from feedservice.importing.media import ImportedMedia
from feedservice.importing.naming import Naming, Placement
from feedservice.importing.remarks import remark

_GOOD_BODY = "."
"""In the place of one that was rendered: what it holds is no error."""
_AHEAD = 3
"""Entries whose pictures are fetched before their turn."""


class Writing:
    """Makes and writes the articles of one import.

    Args:
        files: the content folder; written to where the report says that files are.
        naming: says where old addresses lead.
        media: places pictures.
        report: gets what came, and what could not be carried.
        now: the moment of the import.
        fetches: whether pictures are wanted.

    Attributes:
        lost: slugs of entries that were left out when their turn came.
        to_mend: by id, where the articles are that link to those.
    """

    def __init__(
        self,
        files: ContentFiles,
        naming: Naming,
        media: ImportedMedia,
        report: ImportReport,
        now: datetime,
        *,
        fetches: bool,
    ) -> None:
        self.lost: set[str] = set()
        self.to_mend: dict[str, Placement] = {}
        self._files = files
        self._naming = naming
        self._media = media
        self._report = report
        self._now = now
        self._fetches = fetches and report.written
        self._waiting: deque[tuple[ForeignEntry, Placement]] = deque()
        self._linking: dict[str, list[Placement]] = defaultdict(list)
        """By slug of an entry that is still to come: the articles that lead to it."""
        self._led_to: dict[str, str] = {}
        """Of the article that is being made: what each address means."""

    def take(self, entry: ForeignEntry, placement: Placement) -> None:
        """Write the article of an entry, once a few more are known."""
        self._waiting.append((entry, placement))
        self._media.begin(wanted(entry) if self._fetches else ())
        if len(self._waiting) > _AHEAD:
            self._take_next()

    def finish(self) -> None:
        """Write what is still to be written."""
        while self._waiting:
            self._take_next()

    def mend(self, entry: ForeignEntry, known: str) -> None:
        """Write the article of an entry once more, if it links to one that was left out.

        Args:
            entry: of a third reading, after `finish`.
            known: its id.
        """
        placement = self.to_mend.get(known)
        file = self._made(entry, placement) if placement else None
        if file is None or _errors(file, self._naming.site, self._now):
            return
        if self._report.written:
            self._files.replace(file.path, file.text)
        self._tell_lost(entry)

    def _take_next(self) -> None:
        entry, placement = self._waiting.popleft()
        linking = self._linking.pop(placement.slug, ())
        if self._is_written(entry, placement):
            self._tell_lost(entry)
            ahead = {each.slug for _entry, each in self._waiting}
            for slug in filter(None, dict.fromkeys(self._led_to.values())):
                if slug in ahead or self._naming.is_expected(slug):
                    self._linking[slug].append(placement)
        else:
            self.lost.add(placement.slug)
            self.to_mend.update((each.id, each) for each in linking)
        self._media.drop(wanted(entry) if self._fetches else ())

    def _is_written(self, entry: ForeignEntry, placement: Placement) -> bool:
        """Write the article of an entry; False where that cannot be, and is told."""
        try:
            file = self._made(entry, placement)
            errors = _errors(file, self._naming.site, self._now) if file else []
        except (ValueError, RecursionError) as error:  # whatever it is, the others go on
            self._report.note([remark("entry-refused", entry.place, value=str(error))])
            return False
        if file is None:
            code = "page-empty" if entry.is_page else "entry-empty"
            self._report.note([remark(code, entry.place)])
            return False
        if errors:
            self._report.note([remark("entry-refused", entry.place, value=", ".join(errors))])
            return False
        if self._report.written:
            try:
                self._files.write_new(file.path, file.text)
            except FileExistsError:
                self._report.note([remark("file-taken", file.path)])
                return False
        self._report.add(file, self._now)
        return True

    def _made(self, entry: ForeignEntry, placement: Placement) -> ArticleFile | None:
        self._led_to = {}

        def place(address: str) -> str:
            return self._media.place(address, entry.place)

        site = self._naming.site
        return article_file(entry, placement, site, self._now, self._find, place)

    def _find(self, address: str) -> str:
        slug = self._naming.find(address)
        if slug:
            self._led_to[address] = slug
        return "" if slug in self.lost else slug

    def _tell_lost(self, entry: ForeignEntry) -> None:
        self._report.note(
            remark("link-left-out", entry.place, value=address)
            for address, slug in self._led_to.items()
            if slug in self.lost
        )


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
