"""What came of an import, or would come: files, additions to site.yaml, remarks, the balance."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from feedservice.domain.headline import Status
from feedservice.domain.model import Author, Category
from feedservice.domain.urls import PAGES
from feedservice.i18n import Message, _
from feedservice.importing.address_count import AddressCount
from feedservice.importing.article_file import ArticleFile
from feedservice.importing.media_estimate import Estimate
from feedservice.importing.remarks import Remark, left_out

MAX_LISTED = 2_000
"""Files, and remarks of one kind, that a report keeps; it counts the rest."""


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What came, or would come.

    Attributes:
        written: whether files were written; False in a dry run.
        articles: the first `MAX_LISTED`, without their texts; `count` says how many there are.
        found: entries that the source holds.
        present: entries whose id was there before.
        told: entries that did not come, as a remark of each says.
        addresses: how many old addresses the source has of what is new, by kind: of articles,
            pages, and lists that need a line; and how many of them lead nowhere.
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
    addresses: AddressCount = field(default_factory=AddressCount)
    media: int = 0
    files: tuple[tuple[str, str], ...] = ()
    estimate: Estimate = field(default_factory=Estimate)
    remarks: list[Remark] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def known_addresses(self) -> int:
        """How many old addresses the source has of what is new."""
        return self.addresses.known.total()

    @property
    def unanswered(self) -> int:
        """How many of them lead nowhere."""
        return self.addresses.failed.total()

    @property
    def answers(self) -> Message:
        """How many of the old addresses lead on."""
        return _(
            "old addresses: known {known} · answered {answered} · not {failed}",
            known=self.known_addresses,
            answered=self.known_addresses - self.unanswered,
            failed=self.unanswered,
        )

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

    def distinct_remarks(self, limit: int | None) -> tuple[list[Remark], int]:
        """Return each remark once, at most ``limit``, and how many more there were."""
        by_fact: dict[tuple[object, ...], Remark] = {}
        for each in self.remarks:
            by_fact.setdefault((each.code, each.place, str(each.facts.get("value"))), each)
        listed = list(by_fact.values())[:limit]
        return listed, len(by_fact) - len(listed)
