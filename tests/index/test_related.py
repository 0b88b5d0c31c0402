"""Related articles are found at reading, and are those of the definition, whatever happened."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from asked import asked
from effort import rounds
from factories import NOW, article, fill, reading
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import related
from feedservice.index.changes import labels_of
from feedservice.index.label_parts import CANDIDATES
from feedservice.index.snapshot import Snapshot
from feedservice.index.writer import IndexWriter

LIMIT = 5


def by_definition(everything: list[Article], one: Article, now: datetime) -> list[str]:
    """The articles like one, said as plainly as can be."""
    scores: dict[Article, int] = {}
    public = [each for each in everything if each.is_public(now)]
    public.sort(key=lambda each: (-each.published.timestamp(), each.slug))
    for label in labels_of(one):
        before = [
            each for each in public if each.published < one.published and label in labels_of(each)
        ]
        for each in before[:CANDIDATES]:
            scores[each] = scores.get(each, 0) + related.WEIGHTS[label[0]]
    best = sorted(scores, key=lambda e: (-scores[e], -e.published.timestamp(), e.slug))
    return [each.slug for each in best[:LIMIT]]


def drawn(chance: random.Random, number: int, moment: int) -> Article:
    """One of few labels, so that lists overlap, and longer than what is looked at of them."""
    published = NOW + timedelta(minutes=moment)
    return article(
        f"s{number}-{chance.randrange(3)}",
        path=f"{number}.md",
        id=f"urn:{number}",
        published=published,
        expires=chance.choice([None, None, published + timedelta(minutes=chance.randrange(1, 90))]),
        status=chance.choice([*[Status.PUBLISHED] * 8, Status.WITHDRAWN, Status.DRAFT]),
        categories=tuple(chance.sample(["field", "economy"], chance.randrange(3))),
        tags=chance.sample(["أ", "ب", "ج", "د", "ه"], chance.randrange(4)),
        authors=tuple(
            Author(slug=slug, name=slug)
            for slug in chance.sample(["desk", "ضيف"], chance.randrange(3))
        ),
    )


def histories(chance: random.Random, steps: int) -> Iterator[tuple[list[Article], list[str]]]:
    """Yield what is written and removed at each step: many at once that come, are drawn anew,
    renamed or withdrawn; and, as most steps are, another one that is newest or a new title.
    """
    there: dict[str, Article] = {}
    for step in range(steps):
        some = chance.sample(sorted(there), min(len(there), 3))
        numbers, gone = [step * 12], []
        if step % 4 == 0:
            numbers = [*range(step * 12, step * 12 + 12), *(int(path[:-3]) for path in some)]
            new = [drawn(chance, n, chance.randrange(-120, 40)) for n in numbers]
        elif chance.randrange(2):
            new = [drawn(chance, n, 4 * step) for n in numbers]
        else:
            new = [replace(there[path], title=f"عنوان {step}") for path in some]
        there.update((each.path, each) for each in new)
        if step % 4 == 0:
            gone = chance.sample(sorted(there), chance.randrange(3))
        yield [each for each in new if each.path not in gone], gone
        for path in gone:
            del there[path]


@pytest.mark.parametrize("seed", range(rounds(40, 3)))
def test_they_are_those_of_the_definition_after_any_history(index: IndexWriter, seed: int) -> None:
    chance = random.Random(seed)
    there: dict[str, Article] = {}
    for step, (written, gone) in enumerate(histories(chance, 16)):
        now = NOW + timedelta(minutes=4 * step)  # time alone publishes and expires, too
        index.write([reading(each) for each in written], gone, now)
        for path in gone:
            there.pop(path, None)
        there.update((each.path, each) for each in written)
        with index.snapshot(now) as view:
            for selection in (Selection(), Selection.of(Taxonomy.TAG, "ج")):
                around = view.select(selection, chance.choice([1, 7, 50]))
                found = view.related(around, LIMIT)
                for one in around:
                    slugs = [each.slug for each in found[one.slug]]
                    assert slugs == by_definition(list(there.values()), one, now)
                assert slugs_by_rows(view, selection, len(around)) == {
                    one.slug: [each.slug for each in found[one.slug]] for one in around
                }


def slugs_by_rows(view: Snapshot, selection: Selection, limit: int) -> dict[str, list[str]]:
    """The same as entries are told, which remember what was found for their rows."""
    numbers = [row.number for row in view.listed(selection, limit)]
    found = view.neighbours(numbers, LIMIT)
    teasers = view.articles({n for each in found.values() for n in each.related} | {*numbers})
    return {
        teasers[number].slug: [teasers[n].slug for n in found[number].related] for number in numbers
    }


def of_few_labels(n: int) -> Article:
    return article(
        f"a{n:03}",
        published=NOW - timedelta(minutes=n),
        categories=(("field", "economy")[n % 2],),
        tags=[("أ", "ب", "ج")[n % 3]],
    )


def lists_read(index: IndexWriter, before: Article | None = None) -> int:
    with index.snapshot(NOW) as view:
        cursor = Cursor(published=before.published, slug=before.slug) if before else None
        around = [row.number for row in view.listed(Selection(before=cursor), 50)]
        with asked(view.connection) as questions:
            view.neighbours(around, LIMIT)
    told = [each.parameters for each in questions if "AS part" in each.text]
    asked_for = [json.loads(next(v for v in each if str(v).startswith("["))) for each in told]
    named = [(kind, key) for part in asked_for for kind, key, _ in part]
    assert len(named) == len({*named})
    return len(named)


@pytest.mark.sqlite  # counts what its statements are given
def test_each_label_is_read_once_for_all_of_a_feed(index: IndexWriter) -> None:
    fill(index, *map(of_few_labels, range(120)))
    assert lists_read(index) == 5
    assert lists_read(index) == 0
    fill(index, replace(of_few_labels(30), published=of_few_labels(31).published))
    assert lists_read(index) == 2


@pytest.mark.sqlite  # counts what its statements are given
def test_lists_in_which_all_keep_their_place_are_not_read_again(index: IndexWriter) -> None:
    fill(index, *map(of_few_labels, range(20, 80)))
    newest = of_few_labels(20)
    lists_read(index, before=newest)
    fill(index, replace(of_few_labels(50), title="مصحّح"))
    assert lists_read(index, before=newest) == 0
    fill(index, of_few_labels(8))  # in the same lists
    assert lists_read(index, before=newest) == 0
    fill(index, of_few_labels(14))  # on which that one follows
    assert lists_read(index, before=newest) == 2


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_a_draft_was_shown_with_is_no_part_of_a_list(
    index: IndexWriter, is_deleted: bool
) -> None:
    """A preview asks who is like a draft that is dated later than all that is published next."""
    draft = replace(of_few_labels(-9), status=Status.DRAFT)
    fill(index, draft, *map(of_few_labels, range(20, 26)))
    like(index, draft.slug)
    if is_deleted:
        index.write([], [draft.path], NOW)
    fill(index, of_few_labels(12))
    fill(index, of_few_labels(6))
    assert like(index, "a006")[0] == "a012"


def test_who_is_given_an_identity_back_is_in_its_lists_again(index: IndexWriter) -> None:
    """No file of these lists was written."""
    fill(index, *map(of_few_labels, range(9)))
    alone = article("x", id="urn:one", published=NOW - timedelta(days=1))
    fill(index, replace(alone, categories=(), authors=(), tags=()))
    loser = article("y", id="urn:one", published=NOW - timedelta(hours=1), tags=["أ"])
    fill(index, loser)
    assert "y" not in like(index, "a000")
    index.write([], ["field/x.md"], NOW)
    assert "y" in like(index, "a000")


def like(index: IndexWriter, slug: str) -> list[str]:
    with index.snapshot(NOW) as view:
        one = view.article(slug)
        assert one is not None
        return [each.slug for each in view.related([one], 9)[slug]]
