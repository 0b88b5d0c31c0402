"""Edits of published articles that claim what another public article holds: their readings wait.

Written as they are they would lose, and the article would leave with the claim. Held back like a
broken file, it stays as it was, and its editor is told who holds what was claimed.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from feedservice.content.files import ContentFiles
from feedservice.domain.identity import Claim, each_claim, loss
from feedservice.domain.model import Problem
from feedservice.domain.references import Reference, at_its_claim
from feedservice.index.packed import Packed, PackedArticle
from feedservice.index.payload import article_from_json, decompress, problems_to_json
from feedservice.index.writer import IndexWriter

CODES = frozenset({"id-duplicate", "slug-duplicate", "alias-duplicate"})
"""Of what such a file is told: until the other lets go it is read again at each scan."""


class HeldEdits:
    """Decides which edits have to wait, and remembers for whom.

    Args:
        files: tell whether a holder is there still: a file that moved is no newcomer.
        index: knows who holds what.
    """

    def __init__(self, files: ContentFiles, index: IndexWriter) -> None:
        self._files = files
        self._index = index
        self._waiting: dict[str, str] = {}

    def without(self, packed: Sequence[Packed], now: datetime) -> Sequence[Packed]:
        """Return readings of files read at once, those that have to wait without their article.

        What one of them lets go another may take. While an index is being filled those wait that
        did so in the one before it.
        """
        articles = {each.path: each.article for each in packed if each.article}
        claimed = {claim for article in articles.values() for claim in _claims(article)}
        index, is_filled = self._index, self._index.is_filled()
        holders = index.holders(claimed, now) if is_filled else index.remembered_holders(claimed)
        others = {
            claim: path
            for claim, path in holders.items()
            if (claim in _claims(articles[path]) if path in articles else self._files.stat(path))
        }
        public = frozenset[str]()
        if others:
            public = frozenset(
                index.public_among(articles, now) if is_filled else self._edited(packed)
            )
        lost: dict[str, Problem] = {}
        # Who waits lets nothing go, for which others have to wait.
        while new := {
            path: problem
            for path in public - lost.keys()
            if (problem := _lost(articles[path], others))
        }:
            lost |= new
            others |= {claim: path for claim, path in holders.items() if path in new}
        if is_filled and lost:
            claims = {claim for path in lost for claim in _claims(articles[path])}
            index.note_holders({claim: others[claim] for claim in claims & others.keys()})
        return [_held(each, lost[each.path]) if each.path in lost else each for each in packed]

    def note(self, read: Iterable[Packed]) -> set[str]:
        """Remember what came of readings; return those of files for which others had to wait."""
        told = {each.path: _holder(each) for each in read}
        read_again = self.holders(told)
        waiting = {path: holder for path, holder in self._waiting.items() if path not in told}
        self._waiting = waiting | {path: holder for path, holder in told.items() if holder}
        return read_again

    def holders(self, paths: Iterable[str]) -> set[str]:
        """Return which of these files others wait for: what these let go is to be had."""
        return set(self._waiting.values()).intersection(paths)

    def _edited(self, packed: Iterable[Packed]) -> Iterator[str]:
        """Yield what was edited since an index that is no more: it may have waited there."""
        for each in packed:
            text = self._index.last_good_source(each.path) if each.article else None
            if text is not None and text != decompress(each.text):
                yield each.path


def _holder(packed: Packed) -> str:
    """The file for which a reading waits; nothing where it waits for none."""
    return next((each.facts["other"] for each in packed.told if each.code in CODES), "")


def _held(packed: Packed, problem: Problem) -> Packed:
    references = [Reference(*each) for each in json.loads(packed.names or "[]")]
    told = (*packed.told, at_its_claim(problem, references))
    return packed._replace(
        article=None, text=b"", names=None, told=told, problems=problems_to_json(told)
    )


def _claims(article: PackedArticle) -> list[Claim]:
    return [Claim(*each) for each in article.claims]  # type: ignore[arg-type]


def _lost(article: PackedArticle, others: dict[Claim, str]) -> Problem | None:
    if all(others.get(claim, article.path) == article.path for claim in _claims(article)):
        return None
    claimed = each_claim(article_from_json(article.teaser))
    ids = {claim.value for claim in others if claim.space == "id"}
    return loss(article.path, claimed, others, ids)
