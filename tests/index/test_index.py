"""The contract of the index."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import inspect, text

from factories import (
    NOW,
    article,
    broken,
    fill,
    inside,
    moment,
    reading,
    site,
    slugs,
    snapshot,
    state,
    states_of,
)
from feedservice.domain.errors import IndexFilling, IndexUnavailable
from feedservice.domain.file_readings import FileState, Reading
from feedservice.domain.headline import Status
from feedservice.domain.model import Article, Related, Tag
from feedservice.domain.selections import Cursor, Selection
from feedservice.domain.taxonomy import Taxonomy
from feedservice.index import file_states, tables
from feedservice.index.changes import ALL_LISTS, SITE
from feedservice.index.difference import FEW
from feedservice.index.engine import open_engine
from feedservice.index.outbox import Outbox
from feedservice.index.payload import (
    article_from_json,
    compress,
    decompress,
    problems_from_json,
    site_from_json,
)
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter

ALL = Selection()


def of(name: str, *any_of: str, none_of: tuple[str, ...] = ()) -> Selection:
    return ALL.narrow(Taxonomy(name), any_of, none_of=none_of)


def test_articles_come_newest_first_and_ties_by_slug(index: IndexWriter) -> None:
    fill(
        index,
        article("b"),
        article("c"),
        article("a"),
        article("d", published=moment("2026-01-02")),
    )
    assert slugs(snapshot(index).select(ALL, 10)) == ["d", "a", "b", "c"]


def test_what_was_written_is_read_back_equal(index: IndexWriter, reader: IndexReader) -> None:
    given_ = article(
        "a", tags=["ماء"], related=(Related(slug="b"),), views=3, expires=moment("2027-01-01")
    )
    fill(index, given_)
    assert snapshot(reader).article("a") == given_


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": Status.DRAFT},
        {"status": Status.WITHDRAWN, "updated": NOW},
        {"published": NOW + timedelta(seconds=1)},
        {"expires": NOW},
    ],
    ids=["draft", "withdrawn", "embargoed", "expired"],
)
def test_what_is_not_public_is_in_no_list_search_label_or_relation(
    index: IndexWriter, hidden: dict[str, object]
) -> None:
    fill(
        index,
        article("hidden", tags=["سر"], **hidden),
        article("later", tags=["سر"], published=NOW),
    )
    assert "hidden" not in slugs(snapshot(index).select(ALL, 10))
    assert "hidden" not in slugs(snapshot(index).select(of("tag", "سر"), 10))
    assert "hidden" not in slugs(snapshot(index).select(Selection(q="hidden"), 10))
    assert snapshot(index).labels(Taxonomy.TAG) == [("سر", "سر", 1)]
    assert snapshot(index).related([article("later", tags=["سر"], published=NOW)], 5) == {
        "later": ()
    }


def test_an_embargo_lifts_and_an_expiry_strikes_with_no_write(index: IndexWriter) -> None:
    fill(
        index,
        article("a", published=NOW + timedelta(minutes=5), expires=NOW + timedelta(minutes=9)),
    )
    seen = [
        slugs(snapshot(index, NOW + timedelta(minutes=m)).select(ALL, 10)) for m in (4, 5, 8, 9)
    ]
    assert seen == [[], ["a"], ["a"], []]
    assert snapshot(index).next_moment() == NOW + timedelta(minutes=5)
    assert snapshot(index, NOW + timedelta(minutes=5)).next_moment() == NOW + timedelta(minutes=9)
    assert snapshot(index, NOW + timedelta(minutes=9)).next_moment() is None


@pytest.mark.parametrize(
    "hidden", [{"status": Status.DRAFT}, {"status": Status.WITHDRAWN, "updated": NOW}]
)
def test_no_moment_of_what_is_never_shown_is_awaited(
    index: IndexWriter, hidden: dict[str, object]
) -> None:
    fill(
        index,
        article(
            "a", published=NOW + timedelta(minutes=5), expires=NOW + timedelta(minutes=9), **hidden
        ),
    )
    assert snapshot(index).next_moment() is None


def test_withdrawn_articles_come_newest_first_and_only_those_of_the_list(
    index: IndexWriter,
) -> None:
    def withdrawn(slug: str, day: int, **fields: object) -> Article:
        return article(
            slug,
            published=moment(f"2026-01-0{day}"),
            status=Status.WITHDRAWN,
            updated=NOW,
            **fields,
        )

    fill(
        index,
        article("public", tags=["ماء"]),
        withdrawn("old", 1, tags=["ماء"]),
        withdrawn("new", 3, tags=["ماء"], categories=("field", "economy")),
        withdrawn("elsewhere", 2, categories=("economy",)),
    )
    assert slugs(snapshot(index).withdrawn(ALL)) == ["new", "elsewhere", "old"]
    assert slugs(snapshot(index).withdrawn(of("tag", "ماء"))) == ["new", "old"]
    assert slugs(
        snapshot(index).withdrawn(of("tag", "ماء").narrow(Taxonomy.CATEGORY, ["economy"]))
    ) == ["new"]
    assert slugs(snapshot(index).withdrawn(of("category", none_of=("economy",)))) == ["old"]
    assert slugs(
        snapshot(index).withdrawn(Selection(since=moment("2026-01-02"), until=moment("2026-01-03")))
    ) == ["elsewhere"]


def test_of_what_was_withdrawn_since_a_moment_a_hundred_are_told_the_last_ones_ties_by_slug(
    index: IndexWriter,
) -> None:
    def withdrawn(slug: str, hours: int) -> Article:
        at = NOW - timedelta(hours=hours)
        return article(slug, status=Status.WITHDRAWN, updated=at, published=NOW - timedelta(days=9))

    names = [f"a{n:03}" for n in range(103)]
    fill(index, *(withdrawn(name, 1) for name in names), withdrawn("b", 0), withdrawn("c", 5))
    found = slugs(snapshot(index).withdrawn(ALL, NOW - timedelta(hours=2)))
    assert found == [*names[:99], "b"]


def test_last_modified_moves_with_scheduled_moments(index: IndexWriter) -> None:
    fill(
        index,
        article("a", published=NOW + timedelta(minutes=5), expires=NOW + timedelta(minutes=9)),
    )
    for minutes in (5, 9):
        then = NOW + timedelta(minutes=minutes)
        assert snapshot(index, then - timedelta(seconds=1)).last_modified(ALL) < then
        assert snapshot(index, then).last_modified(ALL) == then


@pytest.mark.parametrize("name", ["published", "expires"])
def test_an_edit_does_not_take_back_a_moment_that_time_brought(
    index: IndexWriter, name: str
) -> None:
    """What other lists show of an article changed at that moment; no poller may be told otherwise
    later."""
    lifted, then = NOW + timedelta(minutes=5), NOW + timedelta(minutes=6)
    fill(index, article("host", categories=("economy",)), article("a", **{name: lifted}))
    assert snapshot(index, then).last_modified(of("category", "economy")) == lifted
    index.write([reading(article("a", html="<p>آخر</p>", text="آخر", **{name: lifted}))], (), then)
    assert snapshot(index, then).last_modified(of("category", "economy")) >= lifted


def test_a_page_goes_on_after_its_cursor(index: IndexWriter) -> None:
    fill(
        index,
        *(
            article(slug, published=moment(f"2026-01-0{day}"))
            for slug, day in zip("abcd", (1, 2, 2, 3), strict=True)
        ),
    )
    first = snapshot(index).select(ALL, 2)
    cursor = Cursor(published=first[-1].published, slug=first[-1].slug)
    assert slugs(first) == ["d", "b"]
    assert slugs(snapshot(index).select(Selection(before=cursor), 2)) == ["c", "a"]


def test_the_revision_grows_only_with_what_readers_can_see(index: IndexWriter) -> None:
    fill(index, article("a"))
    before = index.revision()
    fill(index, article("a"))
    index.write([broken("field/a.md")], (), NOW)
    index.put_site(site(), (), NOW)
    assert index.revision() == before
    fill(index, article("a", title="آخر"))
    index.write([], ["field/a.md"], NOW)
    assert index.revision() == before + 2


def test_the_site_stays_the_same_object_while_neither_it_nor_a_page_changes(
    index: IndexWriter,
) -> None:
    """Parts of pages are kept by it."""
    index.put_site(site(), (), NOW)
    _, known = index.current()
    fill(index, article("a"))
    assert index.current()[1] is known
    fill(index, article("pages/about", path="pages/about.md", status=Status.PAGE, title="عنا"))
    assert [page.title for page in index.current()[1].pages] == ["عنا"]
    index.put_site(site(title="آخر"), (), NOW)
    assert index.current()[1].title == "آخر"


def test_a_broken_file_leaves_its_last_good_version_up(index: IndexWriter) -> None:
    fill(index, article("a"))
    index.write([broken("field/a.md")], (), NOW)
    assert slugs(snapshot(index).select(ALL, 10)) == ["a"]
    assert [problem.code for problem in snapshot(index).problems()] == ["date-impossible"]
    assert index.last_good_source("field/a.md") == "نص field/a.md"


def test_a_removed_file_leaves_nothing(index: IndexWriter) -> None:
    fill(index, article("a", tags=["ماء"]))
    index.write([], ["field/a.md"], NOW)
    assert snapshot(index).select(ALL, 10) == ()
    assert snapshot(index).select(Selection(q="نص"), 10) == ()
    assert snapshot(index).labels(Taxonomy.TAG) == []
    assert states_of(index) == {}
    assert index.last_good_source("field/a.md") is None


def test_of_two_claimants_the_first_stays_and_the_other_comes_in_when_it_leaves(
    index: IndexWriter,
) -> None:
    early = article("a", published=moment("2025-01-01"))
    late = article("a", path="field/z.md", id="tag:news.example,2025:z", title="الآخر")
    fill(index, early)
    fill(index, late)
    assert [found.path for found in snapshot(index).select(ALL, 10)] == ["field/a.md"]
    problem = snapshot(index).problems()[0]
    assert (problem.code, problem.path, problem.facts["other"]) == (
        "slug-duplicate",
        "field/z.md",
        "field/a.md",
    )
    index.write([], ["field/a.md"], NOW)
    assert [found.path for found in snapshot(index).select(ALL, 10)] == ["field/z.md"]
    assert snapshot(index).problems() == ()


def test_a_rename_in_one_write_is_no_conflict(index: IndexWriter) -> None:
    fill(index, article("a"))
    moved = article("a", path="economy/a.md")
    index.write([reading(moved)], ["field/a.md"], NOW)
    assert [found.path for found in snapshot(index).select(ALL, 10)] == ["economy/a.md"]
    assert snapshot(index).problems() == ()


def test_aliases_and_paths_lead_to_articles(index: IndexWriter) -> None:
    fill(index, article("a", aliases=("old",)))
    assert {
        name: found.slug for name, found in snapshot(index).by_slug(["a", "old", "none"]).items()
    } == {
        "a": "a",
        "old": "a",
    }
    assert snapshot(index).by_path(["field/a.md", "x"])["field/a.md"].html == ""


def test_a_new_article_touches_its_own_lists_only(index: IndexWriter) -> None:
    fill(index, article("a", categories=("economy",)))
    touched = index.write([reading(article("b", published=NOW, tags=["ماء"]))], (), NOW)
    assert touched == {SITE, ("category", "field"), ("tag", "ماء")}
    assert snapshot(index).last_modified(of("category", "economy")) < snapshot(index).last_modified(
        of("category", "field")
    )


@pytest.mark.parametrize(
    "change",
    [
        article("b", published=moment("2020-01-01"), categories=("economy",)),
        article("a", title="عنوان آخر", categories=("economy",)),
        article("a", status=Status.DRAFT, categories=("economy",)),
    ],
    ids=["back-dated", "retitled", "taken back"],
)
def test_what_other_entries_may_show_touches_their_lists(
    index: IndexWriter, change: Article
) -> None:
    later = article("c", categories=("economy", "heritage"), published=moment("2026-01-02"))
    fill(index, article("a", categories=("economy",)), later, article("d"))
    before = [snapshot(index).last_modified(of("category", each)) for each in ("heritage", "field")]
    touched = index.write([reading(change)], (), NOW + timedelta(minutes=1))
    assert touched == {SITE, ("category", "economy")}
    shown = snapshot(index, NOW + timedelta(hours=1))
    after = [shown.last_modified(of("category", each)) for each in ("heritage", "field")]
    assert (after[0] > before[0], after[1] > before[1]) == (True, False)


def test_a_new_article_that_an_older_one_names_touches_the_lists_of_that(
    index: IndexWriter,
) -> None:
    fill(
        index,
        article(
            "a", html=f"<p><a{inside('file', 'field/b.md')}>ب</a></p>", categories=("economy",)
        ),
    )
    before = snapshot(index).last_modified(of("category", "economy"))
    index.write([reading(article("b", published=NOW))], (), NOW + timedelta(minutes=1))
    assert (
        snapshot(index, NOW + timedelta(hours=1)).last_modified(of("category", "economy")) > before
    )


def test_of_many_changes_at_once_nobody_asks_who_shows_them(index: IndexWriter) -> None:
    assert ALL_LISTS in fill(index, *(article(f"a{n}") for n in range(FEW + 1)))


def test_an_edit_of_the_body_touches_its_own_lists_only(index: IndexWriter) -> None:
    fill(index, article("a"))
    edited = article("a", html="<p>آخر</p>", text="آخر", updated=NOW)
    assert index.write([reading(edited)], (), NOW) == {SITE, ("category", "field")}


def test_stamps_grow_though_changes_share_a_second(index: IndexWriter) -> None:
    stamps = []
    for title in "أبج":
        fill(index, article("a", title=title))
        stamps.append(snapshot(index).last_modified(ALL))
    assert stamps == sorted(set(stamps))
    assert stamps[0] >= NOW


def test_a_first_filling_of_many_writes_dates_nothing_in_the_future(
    new_index: Callable[[], IndexWriter],
) -> None:
    index = new_index()
    index.put_site(site(), (), NOW)
    for n in range(5):
        fill(index, article(f"a{n}"))
    index.mark_filled()
    filled = snapshot(index).last_modified(ALL)
    assert filled == NOW
    fill(index, article("a0", title="آخر"))
    assert snapshot(index).last_modified(ALL) > filled


def test_related_articles_share_labels_and_are_dated_before(index: IndexWriter) -> None:
    wanted = article("x", tags=["ماء", "زراعة"], published=moment("2026-01-10"), authors=())
    fill(
        index,
        wanted,
        article(
            "two-tags",
            tags=["ماء", "زراعة"],
            published=moment("2025-01-01"),
            categories=("economy",),
        ),
        article("one-tag", tags=["ماء"], published=moment("2025-06-01"), categories=("economy",)),
        article("near", published=moment("2026-01-09")),
        article("far", published=moment("2024-01-01")),
        article("after", tags=["ماء", "زراعة"], published=moment("2026-01-11")),
        article("stranger", categories=("heritage",)),
    )
    assert slugs(snapshot(index).related([wanted], 5)[wanted.slug]) == [
        "two-tags",
        "one-tag",
        "near",
        "far",
    ]
    assert slugs(snapshot(index).related([wanted], 2)[wanted.slug]) == ["two-tags", "one-tag"]


def test_a_tag_is_called_as_its_oldest_public_article_calls_it(index: IndexWriter) -> None:
    def tagged(name: str, date: str, label: str, **overrides: object) -> Article:
        return replace(
            article(name, published=moment(date), **overrides), tags=(Tag(slug="rss", label=label),)
        )

    fill(index, tagged("draft", "2019-01-01", "Rss", status=Status.DRAFT))
    fill(index, tagged("new", "2026-01-01", "rss"), tagged("old", "2021-01-01", "RSS"))
    assert snapshot(index).tag_label("rss") == "RSS"
    assert snapshot(index).tag_label("none") is None


def test_another_schema_version_drops_the_cache_and_keeps_the_texts(
    index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(index, article("a"))
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 999)
    index.prepare()
    assert states_of(index) == {}
    assert not index.is_filled()
    assert index.last_good_source("field/a.md") == "نص field/a.md"


def test_an_index_of_the_former_schema_keeps_its_texts_and_its_notices(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}", readonly=False)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "INSERT INTO meta VALUES ('schema', '3'), ('revision', '7'), ('filled', '1')",
            "CREATE TABLE touches (kind TEXT, slug TEXT, stamp BIGINT, PRIMARY KEY (kind, slug))",
            "CREATE TABLE articles (number INTEGER PRIMARY KEY, seen BIGINT NOT NULL)",
            "CREATE TABLE kept (path TEXT PRIMARY KEY, text BLOB NOT NULL)",
            "CREATE TABLE outbox (hub TEXT, kind TEXT, slug TEXT, due BIGINT, tries INTEGER,"
            " PRIMARY KEY (hub, kind, slug))",
            "INSERT INTO outbox VALUES ('https://hub.example/', 'site', '', 1, 2)",
        ):
            connection.execute(text(statement))
        source = {"path": "field/a.md", "text": compress("نص")}
        connection.execute(text("INSERT INTO kept VALUES (:path, :text)"), source)
    index = IndexWriter(engine)
    index.prepare()
    assert (index.is_filled(), states_of(index)) == (False, {})
    assert index.last_good_source("field/a.md") == "نص"
    assert Outbox(engine).hubs_due(NOW) == ("https://hub.example/",)
    assert not {"touches", "kept"} & set(inspect(engine).get_table_names())
    index.prepare()
    assert index.last_good_source("field/a.md") == "نص"
    engine.dispose()


def test_no_database_is_an_index_that_is_being_made(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = open_engine(
        f"sqlite:///{tmp_path_factory.mktemp('none') / 'no#w%here?.sqlite3'}", readonly=True
    )
    with pytest.raises(IndexFilling):
        IndexReader(engine).revision()
    engine.dispose()


def test_a_reader_can_change_nothing(index: IndexWriter, reader: IndexReader) -> None:
    assert reader.is_filled()
    with pytest.raises(IndexUnavailable), reader.connection() as connection:
        connection.execute(text("DELETE FROM meta"))


def test_what_was_seen_of_files_is_known(index: IndexWriter) -> None:
    fill(index, article("a"))
    index.write([Reading(state=state("economy/b.md"), article=None)], (), NOW)
    assert set(states_of(index)) == {"field/a.md", "economy/b.md"}
    assert set(index.known_below(["field"])) == {"field/a.md"}
    assert set(index.known_below(["economy/b.md"])) == {"economy/b.md"}
    assert set(index.known_at(["economy/b.md", "field"])) == {"economy/b.md"}
    assert index.known_at([]) == {}


def test_what_was_seen_of_files_is_told_by_path_a_page_at_a_time(
    index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = ["a-b/a.md", "a/b.md", "a/in/c.md", "a/é.md", "a/خ.md", "a0/d.md", "é/e.md", "😀/f.md"]
    read = [Reading(state=state(path), article=None) for path in reversed(paths)]
    index.write(read, (), NOW)
    pages: list[int] = []
    ask = file_states.page

    def asked(*given: Any) -> list[FileState]:
        page = ask(*given)
        pages.append(len(page))
        return page

    monkeypatch.setattr(file_states, "PAGE", 4)
    monkeypatch.setattr(file_states, "page", asked)
    assert [each.path for each in index.states()] == paths
    assert [each.path for each in index.states("a")] == paths[1:5]
    assert [*index.states("none")] == []
    assert pages == [4, 4, 0, 4, 0, 0]


def test_a_row_that_cannot_be_read_is_an_unavailable_index(index: IndexWriter) -> None:
    fill(index, article("a"))
    with index._engine.begin() as connection:
        connection.execute(text("UPDATE bodies SET teaser = '{}'"))
    with pytest.raises(IndexUnavailable):
        snapshot(index).article("a")


def test_an_article_of_seven_kilobytes_takes_less_than_eight(tmp_path: Path) -> None:
    file, chance = tmp_path / "index.sqlite3", Random(1)
    words = ["".join(chance.choices("ابتجحدرسعفقكلمنهوي", k=5)) for _ in range(2000)]
    index = IndexWriter(open_engine(f"sqlite:///{file}", readonly=False))
    index.prepare()
    sizes = []
    for batch in ("a", "b"):
        texts = {f"{batch}{n:03}": " ".join(chance.choices(words, k=330)) for n in range(200)}
        fill(index, *(article(x, html=f"<p>{y}</p>", text=y) for x, y in texts.items()))
        with index.connection() as connection:
            sizes.append(connection.exec_driver_sql("PRAGMA page_count").scalar_one() * 8192)
    index.close()
    assert (sizes[1] - sizes[0]) / 200 < 8000


def test_the_folder_of_the_index_is_nobody_elses_to_read(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'state' / 'index.sqlite3'}", readonly=False)
    IndexWriter(engine).prepare()
    engine.dispose()
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("row", ["{}", "", "{", '{"path": 1}', '[{"code": "a"}]'])
def test_what_another_release_wrote_is_told_as_such(row: str) -> None:
    for read in (article_from_json, site_from_json, problems_from_json):
        with pytest.raises(IndexUnavailable, match="a row cannot be read"):
            read(row)


@pytest.mark.parametrize("text", ["", "نص " * 100, "ا" * 3_000_000, "\U0001f642" * 200_000])
def test_a_text_is_kept_however_small_it_becomes_and_damage_of_it_is_told(text: str) -> None:
    kept = compress(text)
    assert decompress(kept) == text
    for harmed in (b"", kept[:-1], b"y" + kept[1:], kept[:-4] + b"none"):
        with pytest.raises(ValueError, match="decompressing data"):
            decompress(harmed)
