"""One road from a file to its problems: `check`, the index, preview, status and metrics agree."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from factories import NOW, SITE_YAML, FixedClock, Seconds, snapshot, write_article
from feedservice.authoring.check import check
from feedservice.content.files import ContentFiles
from feedservice.domain.model import Problem, Severity
from feedservice.index.overview import overview, problem_counts
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.ingest.plan import GRACE
from feedservice.ingest.settling import LONG
from feedservice.publishing.preview import Preview

FRONT = "---\ntitle: عنوان\ndate: 2025-12-20\nsummary: ملخص\nid: tag:x,2025:a\n"


def write(content: Path, front: str, body: str, path: str = "field/a.md") -> None:
    file = content / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{FRONT}{front}\n---\n\n{body}\n", encoding="utf-8")


def told(problems: tuple[Problem, ...]) -> list[tuple[str, int, int]]:
    return [(problem.code, problem.line, problem.column) for problem in problems]


@pytest.fixture
def neighbours(content: Path) -> Path:
    """A content folder with an article to link to, and three media files."""
    write_article(content, "field/b.md", aliases="[old]")
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "a.png")
    (content / "media" / "a.html").write_text("<p>", encoding="utf-8")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n"
    (content / "media" / "lfs.jpg").write_text(pointer, encoding="utf-8")
    return content


@pytest.mark.parametrize(
    ("front", "body", "expected"),
    [
        ("related: [b]", "[x](b.md) [y](/articles/b) [z](b) ![و](media/a.png)", []),
        (
            "related: [old]\ntranslations: {en: b}",
            "[x](../field/b.md) [y](https://news.example/articles/old)",
            [],
        ),
        (
            "image: {src: media/a.png, alt: و}\nmedia: [media/a.png, 'https://x.example/a.mp3']",
            "نص",
            [],
        ),
        ("related: [a]", "[x](a.md)", []),
        ("related: [none]", "نص", [("related-unknown", 6, 10)]),
        ("translations: {en: b, fr: none}", "نص", [("translation-unknown", 6, 27)]),
        ("image: {src: media/no.png, alt: و}", "نص", [("image-missing", 6, 14)]),
        ("image: {src: media/a.html, alt: و}", "نص", [("media-type", 6, 14)]),
        ("media: [media/no.mp3]", "نص", [("media-missing", 6, 8)]),
        ("image: {src: media/lfs.jpg, alt: و}", "نص", [("media-pointer", 6, 14)]),
        ("", "نص\n![و](media/lfs.jpg)", [("media-pointer", 10, 12)]),
        ("media: [media/a.html]", "نص", [("media-type", 6, 8)]),
        ("", "نص\n\nنص [x](none.md)", [("link-broken", 11, 8)]),
        ("", "نص\n[x](/articles/none)", [("link-broken", 10, 15)]),
        ("", "نص\n![و](media/no.png)", [("media-missing", 10, 12)]),
        ("", "نص\n![و](media/a.html)", [("media-type", 10, 12)]),
        ("", "[x](none.md) [y](none.md)", [("link-broken", 9, 5)]),
    ],
)
def test_what_leads_nowhere_is_a_warning_at_its_place(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    front: str,
    body: str,
    expected: list[tuple[str, int, int]],
) -> None:
    write(neighbours, front, body)
    found = check([neighbours], NOW)[0]
    assert told(found) == expected
    assert all(problem.severity is Severity.WARNING for problem in found)
    indexer.scan()
    assert snapshot(its_index).problems() == found


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("id: tag:news.example,2025:b", ("id-duplicate", 4, 5)),
        ("slug: b", ("slug-duplicate", 4, 7)),
        ("aliases: [x, old]", ("alias-duplicate", 4, 10)),
    ],
)
def test_two_claims_are_an_error_at_the_key_of_the_loser(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    front: str,
    expected: tuple[str, int, int],
) -> None:
    key, _, value = front.partition(": ")
    file = neighbours / "field" / "z.md"
    rest = "" if key == "id" else "id: tag:x,2025:z\n"
    file.write_text(
        f"---\ntitle: ع\ndate: 2026-01-02\n{key}: {value}\n{rest}summary: م\n---\n\nنص\n",
        encoding="utf-8",
    )
    (problem,) = check([neighbours], NOW)[0]
    assert (problem.code, problem.line, problem.column) == expected
    assert (problem.path, problem.facts["other"]) == ("field/z.md", "field/b.md")
    indexer.scan()
    assert snapshot(its_index).problems() == (problem,)


def test_a_warning_names_the_nearest_where_one_is_near(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/daraya.md")
    write(content, "related: [daraja]\ntranslations: {en: xyzxyz}", "نص")
    indexer.scan()
    near, far = check([content], NOW)[0]
    assert near.facts == {"value": "daraja", "nearest": "daraya"}
    assert far.facts == {"value": "xyzxyz"}
    assert snapshot(its_index).problems() == (near, far)
    assert [problem.facts for problem in snapshot(its_index).problems(hints=False)] == [
        {"value": "daraja"},
        {"value": "xyzxyz"},
    ]


def test_a_file_is_never_the_nearest_of_what_it_names_itself(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write(
        content,
        "related: [rain-in-hums]\naliases: [rain-of-homs]",
        "[x](rain-in-hums.md)",
        "field/rain-in-homs.md",
    )
    for others, near in ((), {}), (("rains-in-homs",), {"nearest": "rains-in-homs"}):
        for name in others:
            write_article(content, f"field/{name}.md")
        indexer.scan()
        found = check([content], NOW)[0]
        assert [
            problem.facts.get("nearest", "").removeprefix("field/").removesuffix(".md")
            for problem in found
        ] == [near.get("nearest", "")] * 2
        assert snapshot(its_index).problems() == found


REDIRECTS = """\
redirects:
  /old-page: /articles/b
  /old-nothing: /articles/gone
  /away: https://other.example/x
  /old/note.md: /articles/b
  /{year}/{month}/{slug}: /articles/{slug}
  /docs/{slug}.md: /articles/{slug}
  /wp/{slug}/: /categories/field
  "/?p={id}": /articles/p-{id}
  "/story.php?id={id}": /articles/b
  "/story.md?id={id}": /articles/b
"""


@pytest.fixture
def moved(neighbours: Path) -> Path:
    """A site with redirects, and with a page and a picture besides an article."""
    (neighbours / "site.yaml").write_text(SITE_YAML + REDIRECTS, encoding="utf-8")
    (neighbours / "pages").mkdir()
    (neighbours / "pages" / "about.md").write_text(
        "---\ntitle: عن الموقع\naliases: [who]\n---\n\nنص\n", encoding="utf-8"
    )
    return neighbours


@pytest.mark.parametrize(
    "address",
    [
        "/", "/articles/b", "/articles/b/", "/articles/old", "/field/b.md", "/old/note.md", "/docs/b.md", "/docs/old.md", "/docs/b.md?v=2",
        "/categories/field", "/categories/field/", "/categories/ميدان", "/categories/field.rss",
        "/categories/field?tag=x", "/feed.json", "/archive/2026-01.atom", "/archive", "/archive/2026-01",
        "/tags/any", "/tags/any.atom", "/authors/anybody", "/tags", "/authors", "/feeds", "/feeds.opml", "/subscribe",
        "/search?q=x", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/opensearch.xml", "/static/0/style.css",
        "/pages/about", "/pages/who", "/pages/about#x", "/old-page", "/old-page/", "/away", "/2025/12/b", "/2025/12/old/",
        "/wp/b/", "/?p=7", "/story.php?id=12", "/story.md?id=12", "/feed/", "/rss.xml", "/category/field/feed/", "/category/field",
        "/page/2", "/2024/05/", "/index.html", "https://news.example/categories/field", "https://other.example/nothing",
        "//other.example/nothing", "mailto:a@b.example", "/media/a.png", "../categories/field",
    ],
)  # fmt: skip
def test_no_address_that_the_site_answers_is_told(
    moved: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock, address: str
) -> None:
    write(moved, "", f"نص [x]({address})")
    indexer.scan()
    assert agree(moved, its_index, clock) == ()


@pytest.mark.parametrize(
    ("address", "value", "near"),
    [
        ("/categories/feild", "/categories/feild", "/categories/field"),
        ("/categories/feild.rss", "/categories/feild.rss", "/categories/field.rss"),
        ("/categories/xyzxyz", "/categories/xyzxyz", ""),
        ("https://news.example/categories/feild?limit=3", "/categories/feild?limit=3", "/categories/field"),
        ("/pages/abuot", "/pages/abuot", "/pages/about"),
        ("/pages/none", "/pages/none", ""),
        ("/field/old", "/field/old", "/articles/old"),
        ("/field/old.html", "/field/old.html", "/articles/old"),
        ("/2025/12/daraja", "/2025/12/daraja", "/articles/daraya"),
        ("/old-nothing", "/old-nothing", ""),
        ("/category/xyzxyz", "/category/xyzxyz", ""),
        ("/%D8%AE%D8%A8%D8%B1", "/خبر", ""),
        ("/images/x.png", "/images/x.png", ""),
        ("/story.php?id=x", "/story.php?id=x", ""),
        ("/story.md?id=x", "/story.md?id=x", ""),
    ],
)  # fmt: skip
def test_a_link_that_leads_to_nothing_of_the_site_is_a_warning_with_the_nearest(
    moved: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    address: str,
    value: str,
    near: str,
) -> None:
    write_article(moved, "field/daraya.md")
    write(moved, "", f"نص\n\nنص [x]({address})")
    indexer.scan()
    (problem,) = agree(moved, its_index, clock)
    assert (problem.code, problem.path, problem.line) == ("link-nowhere", "field/a.md", 11)
    assert problem.facts == {"value": value} | ({"nearest": near} if near else {})
    assert problem.severity is Severity.WARNING
    assert check([moved / "field" / "a.md"], NOW)[0] == (problem,)


def test_a_rooted_file_is_an_article_by_its_file(
    moved: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    """As editors of Markdown write it, whose root is the content folder."""
    write(moved, "", "[x](/field/c.md) [y](/field/b.md) [z](/docs/c.md)")
    indexer.scan()
    problems = agree(moved, its_index, clock)
    assert [(problem.code, problem.facts["value"]) for problem in problems] == [
        ("link-broken", "field/c.md"),
        ("link-broken", "docs/c.md"),
    ]


def test_a_redirect_is_enough_for_a_link_and_is_missed_when_it_goes(
    moved: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    """The file that links is not touched."""
    write(moved, "", "[x](/away)")
    indexer.scan()
    assert agree(moved, its_index, clock) == ()
    (moved / "site.yaml").write_text(SITE_YAML, encoding="utf-8")
    indexer.scan()
    assert told(agree(moved, its_index, clock)) == [("link-nowhere", 9, 6)]


def test_a_pattern_leads_to_the_slug_by_which_readers_knew_an_article(
    moved: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write(moved, "", "[x](/2025/12/c)")
    write_article(moved, "field/c.md", id="tag:x,2025:c")
    indexer.scan()
    (moved / "field" / "c.md").unlink()
    write_article(moved, "field/d.md", id="tag:x,2025:c")
    indexer.scan()
    monotonic.now += GRACE
    indexer.scan()
    assert [problem.code for problem in snapshot(its_index).problems()] == ["slug-changed"]
    known = its_index.known_site(NOW)
    assert [p.code for p in check([moved], NOW, known=known)[0]] == ["slug-changed"]


MISTAKES = {
    "field/colon.md": "---\ntitle: أ: ب\ndate: 2026-01-01\n---\n\nنص\n",
    "field/date.md": "---\ntitle: أ\ndate: 31/02/2026\n---\n\nنص [x](none.md)\n",
    "field/empty.md": "",
    "field/future.md": "---\ntitle: أ\ndate: 2026-01-01\nupdated: 2026-02-01\n---\n\nنص\n",
    "field/latin.md": "---\ntitle: عنوان\n".encode("cp1256"),
    "field/links.md": f"{FRONT}related: [none, date]\n---\n\n[x](date.md) [y](b.md) ![](media/no.png)\n",
    "field/twice.md": "---\ntitle: أ\ndate: 2026-01-10\nid: tag:x,2025:t\nslug: b\n---\n\nنص\n",
    "field/unknown.md": "---\ntitle: أ\ndate: 2026-01-01\nimage: media/no.png\ncatgory: x\n---\n\nنص\n",
    "nowhere/a.md": "---\ntitle: أ\ndate: 2026-01-01\n---\n\nنص \u202eمقلوب\n",
}


def fill(content: Path) -> None:
    for path, text in MISTAKES.items():
        file = content / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


def agree(content: Path, index: IndexWriter, clock: FixedClock) -> tuple[Problem, ...]:
    """Whether all that tell problems tell the same; the problems."""
    checked = check([content], NOW)[0]
    assert snapshot(index).problems() == checked
    with index.snapshot(NOW) as view:
        counted, known = problem_counts(view), overview(view)
    for severity in Severity:
        assert counted[severity.value] == sum(p.severity is severity for p in checked)
    rows = Preview(index, clock).listing().rows
    assert sorted((p.path, p.line, p.column, p.code) for row in rows for p in row.problems) == [
        (p.path, p.line, p.column, p.code) for p in checked
    ]
    errors: dict[str, Problem] = {}
    for problem in checked:
        if problem.severity is Severity.ERROR:
            errors.setdefault(problem.path, problem)
    assert [broken.problem for broken in known.broken] == list(errors.values())
    return checked


def test_every_kind_of_mistake_is_told_alike_by_all(
    neighbours: Path, indexer: Indexer, its_index: IndexWriter, clock: FixedClock
) -> None:
    fill(neighbours)
    indexer.scan()
    problems = agree(neighbours, its_index, clock)
    assert {problem.path for problem in problems} == MISTAKES.keys()


Edit = Callable[[Path], object]


@pytest.mark.parametrize("road", ["scan", "update"])
@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda root: write_article(root, "field/none.md"), "field/none.md"),
        (lambda root: (root / "field" / "b.md").unlink(), "field/b.md"),
        (lambda root: write_article(root, "field/b.md", slug="c"), "field/b.md"),
        (lambda root: write_article(root, "field/date.md"), "field/date.md"),
        (lambda root: (root / "field" / "links.md").write_text("---\n"), "field/links.md"),
        (lambda root: (root / "field" / "twice.md").unlink(), "field/twice.md"),
        (
            lambda root: (root / "field" / "links.md").write_text(
                MISTAKES["field/links.md"].replace("title", "# ملاحظة\ntitle"), encoding="utf-8"
            ),
            "field/links.md",
        ),
    ],
    ids=[
        "target appears",
        "target removed",
        "target renamed",
        "target fixed",
        "source broken",
        "claim given up",
        "lines move",
    ],
)
def test_an_edit_of_one_file_changes_what_is_told_of_others(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monotonic: Seconds,
    road: str,
    edit: Edit,
    path: str,
) -> None:
    fill(neighbours)
    indexer.scan()
    before = snapshot(its_index).problems()
    edit(neighbours)
    assert indexer.scan() if road == "scan" else indexer.update({path})
    monotonic.now += max(GRACE, LONG)
    indexer.update(indexer.waiting())
    indexer.remove_vanished()
    assert agree(neighbours, its_index, clock) != before


def test_a_broken_link_is_told_until_its_target_is_there_and_again_once_that_is_gone(
    content: Path, indexer: Indexer, its_index: IndexWriter, monotonic: Seconds
) -> None:
    write_article(content, "field/a.md", "[x](b.md)")
    told_of = []
    for change in (lambda: None, lambda: write_article(content, "field/b.md"), None):
        if change is None:
            (content / "field" / "b.md").unlink()
        else:
            change()
        indexer.update({"field/a.md", "field/b.md"})
        monotonic.now += GRACE
        indexer.scan()
        told_of.append([problem.code for problem in snapshot(its_index).problems()])
    assert told_of == [["link-broken"], [], ["link-broken"]]


HEADINGS = "## خاتمة القول\n\nنص\n\n<a id=box></a> نص"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("b.md#خاتمة-القول", None),
        ("b#box", None),
        ("../field/b.md#box", None),
        ("/articles/old#box", None),
        ("https://news.example/articles/b#box", None),
        ("a#هنا", None),
        ("none#box", ("link-broken", {"value": "none", "nearest": "old"})),
        ("b.md#خاتمه-القول", ("field/b.md#خاتمه-القول", "#خاتمة-القول")),
        ("b#box2", ("b#box2", "#box")),
        ("old#zzz", ("old#zzz", "")),
        ("/articles/b#box%D8%A3", ("b#boxأ", "#box")),
        ("https://news.example/articles/b#boxes", ("b#boxes", "#box")),
        ("a#هناك", ("a#هناك", "#هنا")),
    ],
)
def test_a_link_to_a_place_that_another_article_lacks_is_a_warning_with_the_nearest(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    link: str,
    expected: tuple[str, object] | None,
) -> None:
    """However the article is named, all tell the same, and so does `check` of that file alone."""
    write_article(neighbours, "field/b.md", HEADINGS, aliases="[old]")
    write(neighbours, "", f"## هنا\n\nنص [x]({link})")
    indexer.scan()
    found = agree(neighbours, its_index, clock)
    assert check([neighbours / "field" / "a.md"], NOW)[0] == found
    if expected is None:
        assert found == ()
        return
    (problem,) = found
    value, near = expected
    if value == "link-broken":
        assert problem.code == value
        return
    facts = {"value": value} | ({"nearest": near} if near else {})
    assert (problem.code, problem.path, problem.facts) == ("anchor-unknown", "field/a.md", facts)
    assert problem.severity is Severity.WARNING
    assert problem.line == 11
    assert snapshot(its_index).problems(hints=False)[0].facts == {"value": value}


@pytest.mark.parametrize("road", ["scan", "update"])
def test_a_place_is_missed_while_the_other_article_lacks_it(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    clock: FixedClock,
    monotonic: Seconds,
    road: str,
) -> None:
    """The file that links is not touched: a name, a heading, neither, more than are kept."""
    write(neighbours, "", "[x](b.md#box) [y](b#box)")
    told_of = []
    indexer.scan()
    many = "نص" + "".join(f"<a id=b{n}></a>" for n in range(1001))
    for body in ("نص", "<a id=box></a> نص", "## box", "## bax", many):
        write_article(neighbours, "field/b.md", body)
        indexer.scan() if road == "scan" else indexer.update({"field/b.md"})
        monotonic.now += max(GRACE, LONG)
        indexer.update(indexer.waiting())
        told_of.append([problem.column for problem in agree(neighbours, its_index, clock)])
    assert told_of == [[9, 9], [], [], [9, 9], []]


def test_a_picture_in_a_body_is_missed_until_it_comes(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", "نص ![و](media/x.png)")
    indexer.scan()
    assert told(snapshot(its_index).problems()) == [("media-missing", 8, 15)]
    (content / "media").mkdir()
    Image.new("RGB", (8, 6)).save(content / "media" / "x.png")
    indexer.scan()
    assert snapshot(its_index).problems() == check([content], NOW)[0] == ()


def test_a_fault_of_site_yaml_is_told_beside_those_of_files(
    content: Path, indexer: Indexer, its_index: IndexWriter
) -> None:
    write_article(content, "field/a.md", "[x](none.md)")
    indexer.scan()
    (content / "site.yaml").write_text(SITE_YAML.replace("Asia/Damascus", "Asia/X"))
    indexer.scan()
    (site_problem,) = check([content], NOW)[0]
    assert [problem.code for problem in snapshot(its_index).problems()] == [
        "link-broken",
        site_problem.code,
    ]
    assert site_problem in snapshot(its_index).problems()


def test_a_picture_that_may_not_be_read_is_taken_up_once_it_may(
    neighbours: Path, indexer: Indexer, its_index: IndexWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = neighbours / "media" / "a.png"
    really_open = os.open

    def refuse(name: str | Path, *arguments: int, **at: int) -> int:
        if name == picture.name:
            raise PermissionError(13, "Permission denied", name)
        return really_open(name, *arguments, **at)

    picture.chmod(0)  # not enough where root asks: root may read everything
    with monkeypatch.context() as refusing:
        refusing.setattr(os, "open", refuse)
        write(neighbours, "image: {src: media/a.png, alt: و}", "نص")
        indexer.scan()
    assert told(snapshot(its_index).problems()) == [("media-unreadable", 6, 14)]
    picture.chmod(0o644)
    indexer.scan()
    assert snapshot(its_index).problems() == ()


def test_a_damaged_picture_keeps_nothing_back(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Failed to decode image")

    monkeypatch.setattr(Image, "open", fail)
    write(neighbours, "image: {src: media/a.png, alt: و}", "نص")
    indexer.scan()
    assert snapshot(its_index).problems() == check([neighbours], NOW)[0] == ()
    article = snapshot(its_index).article("a")
    assert article
    assert article.image
    assert (article.image.media_type, article.image.width) == ("image/png", 0)


def test_a_file_that_no_parser_outlives_is_a_problem_of_its_own(
    neighbours: Path,
    indexer: Indexer,
    its_index: IndexWriter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    measure = ContentFiles.measure

    def fail(*_: object, **__: object) -> object:
        raise MemoryError

    write(neighbours, "image: {src: media/a.png, alt: و}", "نص")
    monkeypatch.setattr(ContentFiles, "measure", fail)
    indexer.scan()
    (problem,) = snapshot(its_index).problems()
    assert (problem.path, problem.code) == ("field/a.md", "file-unreadable")
    assert problem.facts == {"value": "MemoryError"}
    assert "Traceback" in caplog.text
    assert check([neighbours], NOW)[0] == (problem,)
    monkeypatch.setattr(ContentFiles, "measure", measure)
    indexer.scan()
    assert snapshot(its_index).problems() == ()
