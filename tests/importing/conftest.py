"""What tests of importing share: a content folder to import into, and a run that needs no command
line."""

from pathlib import Path

import pytest

import factories
from feedservice.authoring import check
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Severity
from feedservice.importing import importer
from feedservice.importing.foreign_entry import Source
from feedservice.importing.import_report import ImportReport
from feedservice.importing.importer import ImportOptions
from feedservice.importing.remarks import describe
from import_sources import Run


@pytest.fixture
def run(content: Path) -> Run:
    """Imports a source into ``content`` and proves that `check` finds no error there afterwards."""

    def imported(source: Source, *, write: bool = True, **options: object) -> ImportReport:
        before = sorted(content.rglob("*"))
        report = importer.run(
            source,
            ContentFiles(content),
            ImportOptions(write=write, **options),
            factories.NOW,
            lambda done, total: None,  # type: ignore[arg-type]
        )
        for noted in report.remarks:  # with what was noted, not with what a test thinks of
            assert all(describe(noted, "ar") + describe(noted, "en"))
        problems, _, _ = check.check([content], factories.NOW)
        assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
        if not write:
            assert sorted(content.rglob("*")) == before
        return report

    return imported
