"""Entries are kept by rows: what did not change is neither read nor made anew."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from asked import asked
from databases import lose
from effort import rounds
from factories import NOW, FixedClock, article, at, fill, inside, moment, reading, site, snapshot
from feedservice.domain.errors import Refusal
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Author, Related
from feedservice.domain.selections import Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.feeds.feed import Document, Unchanged
from feedservice.feeds.formats import FORMATS
from feedservice.index import label_parts, rows
from feedservice.index.changes import SITE
from feedservice.index.engine import write_transaction
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.publishing import entries_file
from feedservice.publishing.entries import KeptEntries
from feedservice.publishing.publisher import Publisher


def feed(publisher: Publisher, format_: str = "atom") -> bytes:
    return publisher.feed(at("/", (), format_)).body  # type: ignore[union-attr]


def bodies_read(index: IndexWriter, publisher: Publisher) -> int:
    with asked(index._engine) as questions:
        feed(publisher)
    (whole,) = [
        q for q in questions if "SELECT bodies.number, bodies.teaser, bodies.texts" in q.text
    ] or [None]
    return len(set(whole.parameters)) if whole else 0


def test_a_new_article_costs_one_entry(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    fill(index, *(article(f"a{n}", published=NOW - timedelta(hours=n + 1)) for n in range(30)))
    assert bodies_read(index, publisher) == 30
    assert bodies_read(index, publisher) == 0
    fill(index, article("new", published=NOW))
    assert bodies_read(index, publisher) == 1
    assert feed(publisher) == feed(Publisher(index, clock))


def test_what_is_made_in_all_formats_at_once_is_what_each_makes_alone(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    fill(index, *(article(f"a{n}", published=NOW - timedelta(hours=n + 1)) for n in range(30)))
    publisher.entries = KeptEntries(together=FORMATS.values())
    feed(publisher, "rss")
    assert bodies_read(index, publisher) == 0
    for name in FORMATS:
        assert feed(publisher, name) == feed(Publisher(index, clock), name)


@pytest.mark.parametrize("format_", FORMATS)
def test_an_edit_of_the_newest_is_seen_each_time(
    index: IndexWriter, publisher: Publisher, format_: str
) -> None:
    """No row takes the number of one that is no more."""
    for n in range(3):
        fill(index, article("a", html=f"<p>نص {n}</p>", published=NOW))
        assert f"نص {n}".encode() in feed(publisher, format_)


def test_a_row_takes_no_number_that_another_had(index: IndexWriter) -> None:
    numbers = []
    for n in range(4):
        fill(index, article("a", title=f"عنوان {n}"))
        with index.snapshot(NOW) as view:
            numbers += [row.number for row in view.listed(Selection(), 9)]
        index.write([], ["field/a.md"], NOW)
    assert numbers == sorted(set(numbers))


def test_a_neighbours_change_alters_the_entry(index: IndexWriter, publisher: Publisher) -> None:
    other = article("b", published=moment("2025-12-01"))
    fill(index, article("a", related=(Related(slug="b"),)), other)
    assert "عنوان b".encode() in feed(publisher)
    fill(index, replace(other, title="مصحّح"))
    assert "عنوان b".encode() not in feed(publisher)


def test_an_entry_without_any_label_is_altered_too(
    index: IndexWriter, publisher: Publisher
) -> None:
    other = article("b", published=moment("2025-12-01"))
    fill(index, article("a", categories=(), related=(Related(slug="b"),)), other)
    assert b"/articles/b" in feed(publisher)
    fill(index, replace(other, status=Status.WITHDRAWN))
    assert b"/articles/b" not in feed(publisher)


def test_time_alone_alters_the_entries_that_name_what_it_ends(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    ends = article("b", published=moment("2025-12-01"), expires=NOW + timedelta(hours=1))
    fill(index, article("a", related=(Related(slug="b"),)), ends)
    assert b"/articles/b" in feed(publisher)
    clock.now += timedelta(hours=1)
    assert b"/articles/b" not in feed(publisher)


def test_another_index_has_other_rows(index: IndexWriter, publisher: Publisher) -> None:
    """Its numbers begin again, and its stamps may be those of the index before."""
    fill(index, article("a", published=NOW))
    with index.snapshot(NOW) as view:
        before = view.surroundings()
    lose(index)
    assert index.heal()
    with index.snapshot(NOW) as view:
        assert view.surroundings().begun != before.begun


def test_an_edit_of_an_old_title_costs_the_entries_that_show_it(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    hours = range(30)
    tags = ["ماء", "نار", "هواء"]
    fill(
        index,
        *(
            article(f"a{n}", published=NOW - timedelta(hours=n + 1), tags=[tags[n % 3]])
            for n in hours
        ),
    )
    feed(publisher)
    old = article("a28", published=NOW - timedelta(hours=29), tags=[tags[28 % 3]], title="مصحّح")
    fill(index, old)
    found = feed(publisher)
    assert found == feed(Publisher(index, clock))
    fill(index, replace(old, title="مرّة أخرى"))
    showing = found.count("مصحّح".encode()) and len(
        [each for each in found.split(b"<entry>")[1:] if "مصحّح".encode() in each]
    )
    assert 1 < showing < 10
    assert bodies_read(index, publisher) == showing
    assert feed(publisher) == feed(Publisher(index, clock))


NAMES = [["ماء"], ["Ökologie", "ökologie"], ["المياه", "ألمياه"]]
PEOPLE = [Author(slug="desk", name="هيئة التحرير"), Author(slug="Sami", name="Sami")]
PEOPLE += [Author(slug="sami", name="sami")]


def drawn(chance: random.Random, number: int, moments: int) -> Article:
    """One that names others by slug, alias and file, at a moment around now."""
    others = [f"s{chance.randrange(moments)}" for _ in range(4)]
    published = NOW + timedelta(minutes=chance.randrange(-90, 30))
    link = inside("file", f"{chance.randrange(moments)}.md")
    return article(
        f"s{number}{chance.choice(['', '', '-x'])}",
        path=f"{number}.md",
        id=f"urn:{number}",
        title=f"عنوان {number} {chance.randrange(3)}",
        html=f"<p><a{inside('article', others[0])}>إلى</a> <a{link}>ملف</a></p>",
        published=published,
        updated=chance.choice([None, published + timedelta(minutes=1)]),
        expires=chance.choice([None, None, published + timedelta(minutes=chance.randrange(1, 90))]),
        status=chance.choice([*[Status.PUBLISHED] * 9, Status.WITHDRAWN, Status.DRAFT]),
        categories=tuple(chance.sample(["field", "economy"], chance.randrange(3))),
        tags=[chance.choice(spellings) for spellings in chance.sample(NAMES, chance.randrange(3))],
        authors=tuple(chance.sample(PEOPLE, chance.randrange(2))),
        related=(Related(slug=others[1]),) * chance.randrange(2),
        translations=(("en", others[2]),) * chance.randrange(2),
        aliases=(f"s{number}-old", f"s{number}")[: chance.randrange(3)],
    )


@pytest.mark.parametrize("seed", range(rounds(60, 4)))
def test_they_are_those_of_who_keeps_nothing_after_any_history(
    index: IndexWriter,
    publisher: Publisher,
    clock: FixedClock,
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Edits, renames, removals, withdrawals, expiries, spellings, names, and another site."""
    monkeypatch.setattr(label_parts, "CANDIDATES", 2)
    chance = random.Random(seed)
    for step in range(14):
        numbers = range(12) if step == 0 else {chance.randrange(16) for _ in range(2)}
        gone = [f"{chance.randrange(16)}.md"] if chance.random() < 0.3 else []
        written = [drawn(chance, n, 16) for n in numbers if f"{n}.md" not in gone]
        index.write([reading(each) for each in written], gone, clock())
        if chance.random() < 0.5:  # and then another title, which moves nothing
            again = [replace(each, title=f"عنوان {step}") for each in written[:1]]
            index.write([reading(each) for each in again], [], clock())
        if chance.random() < 0.1:
            index.put_site(site(base_url=f"https://{step}.example"), (), clock())
        clock.now += timedelta(minutes=chance.choice([0, 0, 1, 5]))
        for page in ("/", "/tags/ökologie", "/authors/sami"):
            route = at(page, (), chance.choice(list(FORMATS)))
            with suppress(Refusal):
                afresh = Publisher(IndexReader(index._engine), clock)
                plain = afresh.feed(route).body  # type: ignore[union-attr]
                assert publisher.feed(route).body == plain  # type: ignore[union-attr]


WORDS = [chr(ord("ا") + n) for n in range(10)]
HELD = [f"/tags/{word}" for word in WORDS]
HELD += [f"/categories/{slug}" for slug in ("field", "economy", "heritage")]


def sparse(chance: random.Random, number: int) -> Article:
    """One of forty that share a label or a link with some others, not with all of them."""
    names = [f"s{chance.randrange(40)}" for _ in range(2)]
    link = f"<p><a{inside('article', names[0])}>إلى</a></p>" * chance.randrange(2)
    return replace(
        drawn(chance, number, 40),
        title=f"عنوان {number} {chance.randrange(3)}",
        html=f"{link}<p>{chance.randrange(3)}</p>",
        published=NOW - timedelta(minutes=chance.choice([number, number, number // 4, 99])),
        expires=None,
        categories=(chance.choice(["field", "economy", "heritage"]),),
        tags=article(tags=chance.sample(WORDS, chance.randrange(3))).tags,
        related=(Related(slug=names[1]),) * (chance.random() < 0.1),
        translations=(),
    )


@pytest.mark.parametrize("seed", range(rounds(60, 3)))
def test_a_feed_that_is_told_to_be_unchanged_is(
    index: IndexWriter, clock: FixedClock, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only lists that could show what changed are stamped, and none of those is left out."""
    monkeypatch.setattr(label_parts, "CANDIDATES", 2)
    chance = random.Random(seed)
    held: dict[str, Document] = {}
    unchanged = 0
    for step in range(14):
        numbers = range(40) if step == 0 else [chance.randrange(44) for _ in range(step % 3)]
        gone = [] if step % 3 else [f"{chance.randrange(44)}.md"]
        index.write([reading(sparse(chance, n)) for n in {*numbers}], gone, clock())
        clock.now += timedelta(seconds=2)
        publisher = Publisher(index, clock)
        for page in HELD:
            with suppress(Refusal):
                made = publisher.feed(at(page, (), "atom"))
                before = held.get(page)
                now = publisher.feed(at(page, (), "atom"), before and before.last_modified)
                if before and isinstance(now, Unchanged):
                    assert made.body == before.body  # type: ignore[union-attr]
                    unchanged += 1
                held[page] = made  # type: ignore[assignment]
    assert unchanged > 20


def test_an_edit_of_an_old_title_leaves_lists_alone_that_cannot_show_it(
    index: IndexWriter,
) -> None:
    """What shows it: the newer ones next to it in each of its lists, and what names it."""
    old = article("old", published=NOW - timedelta(days=9), tags=["ماء"])
    newer = [
        article(f"n{n}", published=NOW - timedelta(days=8 - n), tags=["ماء", f"وسم {n}"])
        for n in range(3)
    ]
    crowd = [
        article(f"c{n}", published=NOW - timedelta(hours=20 - n / 2), categories=("economy",))
        for n in range(30)
    ]
    names = article("names", categories=("heritage",), related=(Related(slug="old"),))
    fill(index, old, *newer, *crowd, names)
    lists = [("category", slug) for slug in ("field", "economy", "heritage")]
    lists += [("tag", f"وسم-{n}") for n in range(3)]
    selections = [Selection().narrow(Taxonomy(kind), [slug]) for kind, slug in lists]
    before = [snapshot(index).last_modified(each) for each in selections]
    told = fill(index, replace(old, title="مصحّح"), now=NOW + timedelta(minutes=1))
    later = snapshot(index, NOW + timedelta(hours=1))
    moved = [later.last_modified(each) > was for each, was in zip(selections, before, strict=True)]
    assert moved == [True, False, True, True, True, True]
    assert told == {SITE, ("category", "field"), ("tag", "ماء")}  # of which hubs are told


def restored(publisher: Publisher, index: IndexWriter, clock: FixedClock) -> Publisher:
    """One of another process, which takes up what this one keeps."""
    other = Publisher(index, clock)
    data = entries_file.pack("1", publisher.entries.items(), 1_000_000)
    assert data == entries_file.pack("1", reversed(publisher.entries.items()), 1_000_000)
    other.entries.restore(entries_file.unpack(data, "1"))
    return other


@pytest.mark.parametrize("format_", FORMATS)
def test_another_process_renders_none_of_them(
    index: IndexWriter, publisher: Publisher, clock: FixedClock, format_: str
) -> None:
    other = article("b", published=moment("2025-12-01"))
    fill(index, article("a", related=(Related(slug="b"),)), other, article("c", tags=["ماء"]))
    before = feed(publisher, format_)
    again = restored(publisher, index, clock)
    with asked(index._engine) as questions:
        assert feed(again, format_) == before
    assert not [each for each in questions if "bodies" in each.text and "withdrawn" in each.text]
    fill(index, replace(other, title="مصحّح"))
    again = restored(publisher, index, clock)
    assert feed(again, format_) == feed(Publisher(index, clock), format_) != before


def test_a_row_of_an_older_copy_of_the_index_is_not_taken_for_another(
    index: IndexWriter, publisher: Publisher, clock: FixedClock
) -> None:
    """A copy goes on with numbers that the index gave to others since it was made."""
    fill(index, article("a", published=NOW, html="<p>قبل</p>"))
    assert "قبل".encode() in feed(publisher)
    index.write([], ["field/a.md"], NOW)
    with write_transaction(index._engine) as connection:
        rows.put_meta(connection, "last_number", "0")
    clock.now += timedelta(seconds=5)
    fill(index, article("a", published=NOW, html="<p>بعد</p>"), now=clock.now)
    assert "بعد".encode() in feed(restored(publisher, index, clock))


def test_damaged_entries_are_refused_and_foreign_ones_left(
    index: IndexWriter, publisher: Publisher
) -> None:
    fill(index, *(article(f"a{n}") for n in range(9)))
    feed(publisher)
    data = entries_file.pack("1", publisher.entries.items(), 1_000_000)
    assert entries_file.unpack(data, "2") == []
    for harmed in (data[:-1], data[:20], b"", data.replace(b"rdf", b"rdg"), b"\0" + data[1:]):
        if harmed != data:
            with pytest.raises(ValueError, match="damaged"):
                entries_file.unpack(harmed, "1")
    bound = entries_file.pack("1", publisher.entries.items(), 3000)
    assert 0 < len(entries_file.unpack(bound, "1")) < 9
