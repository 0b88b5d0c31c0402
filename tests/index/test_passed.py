"""What was public stays public when the clock steps back, in a process that starts then too."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from factories import NOW, article, reading, slugs, snapshot
from feedservice.domain.headline import State, Status
from feedservice.domain.identity import Claim
from feedservice.domain.model import Article
from feedservice.domain.selections import Selection
from feedservice.index import reader as index_reader
from feedservice.index import tables
from feedservice.index.writer import IndexWriter

HOUR = timedelta(hours=1)
BACK = NOW - HOUR
"""What a clock says that was set back by an hour."""


def save(index: IndexWriter, *made: Article, clock: datetime = NOW, saved: datetime = NOW) -> None:
    """Write articles whose files were saved at a moment, by a clock."""
    readings = [reading(each) for each in made]
    times = {"mtime_ns": int(saved.timestamp() * 1e9)}
    states = [each.state._replace(**times) for each in readings]  # type: ignore[arg-type]
    both = zip(readings, states, strict=True)
    index.write([replace(each, state=state) for each, state in both], (), clock)


def shown(index: IndexWriter, now: datetime) -> list[str]:
    return slugs(snapshot(index, now).select(Selection(), 9))


def test_what_was_public_is_public_by_a_clock_that_was_set_back(index: IndexWriter) -> None:
    new = article("new", published=NOW - HOUR / 6)
    before = snapshot(index, NOW).last_modified(Selection())
    save(index, article("old"), new)
    assert shown(index, NOW) == shown(index, BACK) == ["new", "old"]
    save(index, replace(new, title="صُحّح"), article("more"), clock=BACK, saved=BACK)
    assert shown(index, BACK) == ["new", "more", "old"]
    with index.snapshot(BACK) as view:
        assert view.select(Selection(), 1)[0].is_public(view.now)
        assert view.last_modified(Selection()) > before
    claim = Claim("name", "new")
    assert index.holders({claim}, BACK) == {claim: "field/new.md"}


def test_what_becomes_public_later_than_anything_did_waits_for_the_clock(
    index: IndexWriter,
) -> None:
    save(index, article("a", published=NOW - HOUR / 2))
    save(index, article("b", published=NOW - HOUR / 4), clock=BACK, saved=BACK)
    assert shown(index, BACK) == ["a"]
    assert shown(index, NOW) == ["b", "a"]


@pytest.mark.parametrize("is_noted", [True, False])
def test_what_time_published_stays_once_the_clock_has_proved_right(
    index: IndexWriter, is_noted: bool
) -> None:
    save(index, article("later", published=NOW + HOUR))
    assert shown(index, NOW + HOUR) == ["later"]
    if is_noted:
        index.note_time(NOW + HOUR)
    assert shown(index, NOW) == (["later"] if is_noted else []), "ahead for a moment, it was not"
    save(index, article("other"), clock=NOW)
    assert ("later" in shown(index, NOW)) is is_noted


@pytest.mark.parametrize(
    "how",
    [{"expires": NOW - HOUR / 2}, {"status": Status.WITHDRAWN, "updated": NOW - HOUR / 2}],
    ids=["expired", "withdrawn"],
)
def test_what_left_does_not_come_back(index: IndexWriter, how: dict[str, object]) -> None:
    save(index, article("gone", **how))
    with index.snapshot(BACK) as view:
        found = view.article("gone")
        assert found
        assert found.state(view.now) in (State.EXPIRED, State.WITHDRAWN)
        assert view.left(Selection()) == NOW - HOUR / 2


def test_it_outlives_a_new_index(index: IndexWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    new = article("new", published=NOW - HOUR / 6)
    save(index, new)
    site = index.site()
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 999)
    index.prepare()
    index.put_site(site, (), BACK)
    save(index, new, clock=BACK)
    index.mark_filled()
    monkeypatch.setattr(index_reader, "SCHEMA_VERSION", 999)
    assert shown(index, BACK) == ["new"]


def test_a_date_that_was_wrong_is_taken_back_by_another(index: IndexWriter) -> None:
    """By a clock that was a year ahead: what is scheduled since is public until that is mended."""
    year = NOW + timedelta(days=365)
    save(index, article("a", published=year), clock=year, saved=year)
    assert shown(index, NOW) == ["a"]
    save(index, article("a", published=NOW - HOUR))
    save(index, article("b", published=NOW + HOUR))
    assert shown(index, NOW) == ["a"]


def test_a_draft_is_no_moment_that_came(index: IndexWriter) -> None:
    save(index, article("draft", status=Status.DRAFT, published=NOW - HOUR / 6))
    save(index, article("b", published=NOW - HOUR / 5), clock=BACK, saved=BACK)
    assert shown(index, BACK) == []
