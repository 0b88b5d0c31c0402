"""Every entry of a source came, was there before, or is told: the balance of an import."""

from collections.abc import Callable
from pathlib import Path

import pytest

from feedservice.importing import opening
from feedservice.importing.front_matter import Fields, FrontMatterError, parse
from feedservice.importing.import_report import ImportReport
from feedservice.importing.remarks import LEFT_OUT, WORDINGS, remark
from import_sources import Run, item, rss

CONFIGS = {
    "hugo": ("hugo.toml", 'baseURL = "https://old.example/"\n', "content/posts/"),
    "jekyll": ("_config.yml", "url: https://old.example\n", "_posts/"),
    "pelican": ("pelicanconf.py", "SITEURL = 'https://old.example'\n", "content/"),
}


def test_codes_of_what_is_left_out_are_codes() -> None:
    assert WORDINGS.keys() >= LEFT_OUT


def balance(report: ImportReport) -> dict[str, int]:
    return {
        "found": report.found,
        "came": report.count,
        "before": report.present,
        "told": report.told,
        "unexplained": report.unexplained,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def made(kind: str, files: dict[str, str]) -> Path:
        name, text, below = CONFIGS[kind]
        named = {below + path: said for path, said in files.items()}
        for path, said in {name: text, **named}.items():
            place = tmp_path / "source" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(said, encoding="utf-8")
        return tmp_path / "source"

    return made


POST = "---\ntitle: عنوان {n}\ndate: 2024-05-0{n}\n---\nنص."


@pytest.mark.parametrize("kind", CONFIGS)
def test_each_file_of_a_folder_comes_or_is_told(
    run: Run, folder: Callable[..., Path], kind: str
) -> None:
    root = folder(
        kind,
        {
            "2024-05-01-a.md": POST.format(n=1),
            "public/2024-05-02-b.md": POST.format(n=2),
            "vendor/2024-05-03-c.MD": POST.format(n=3),
            "2024-05-04-d.asciidoc": "= عنوان",
            "2024-05-05-e.md": "---\ntitle: [\n= x\n---\nنص",
            "2024-05-06-f.md": "---\ndate: 2024-05-06\n---\n",
            "photo.png": "",
        },
    )
    report = run(opening.open_folder(root, None, "UTC"), category="field")
    told = {each.code for each in report.remarks} & LEFT_OUT
    assert report.unexplained == 0
    assert report.found == 6
    assert report.count >= 3
    assert {"format-other", "front-matter"} <= told


def test_entries_that_share_an_id_stay_apart_and_are_told(run: Run, content: Path) -> None:
    entries = [item(n, guid="https://old.example/feed") for n in (1, 2, 3)]
    report = run(rss(*entries), category="field")
    assert balance(report) == {"found": 3, "came": 3, "before": 0, "told": 0, "unexplained": 0}
    assert [each.code for each in report.remarks] == ["id-twice", "id-twice"]
    ids = [
        line
        for file in sorted(content.glob("field/post-*.md"))
        for line in file.read_text(encoding="utf-8").split("\n")
        if line.startswith("id:")
    ]
    assert ids == [
        "id: https://old.example/feed",
        "id: https://old.example/2024/05/02/post-2/",
        "id: https://old.example/2024/05/03/post-3/",
    ]
    again = run(rss(*entries), category="field")
    assert balance(again) == {"found": 3, "came": 0, "before": 3, "told": 0, "unexplained": 0}


def test_an_entry_that_comes_twice_in_one_document_is_told(run: Run) -> None:
    report = run(rss(item(1), item(1), item(2)), category="field")
    assert balance(report) == {"found": 3, "came": 2, "before": 0, "told": 1, "unexplained": 0}


@pytest.mark.parametrize("kind", CONFIGS)
def test_keys_that_nothing_reads_are_told_with_their_number(
    run: Run, folder: Callable[..., Path], kind: str
) -> None:
    extra = "---\ntitle: ع\ndate: 2024-05-0{n}\nseries_of: [س]\nlayout: post\nsource: {{by: م}}\n---\nنص."
    files = {f"2024-05-0{n}-{n}.md": extra.format(n=n) for n in (1, 2)}
    report = run(opening.open_folder(folder(kind, files), None, "UTC"), category="field")
    told = {each.facts["value"]: each.facts["n"] for each in report.remarks}
    assert told == {"series_of": 2, "source": 2}


@pytest.mark.parametrize("write", [True, False])
def test_links_to_what_was_left_out_are_told_and_lead_where_it_was(
    run: Run, content: Path, write: bool
) -> None:
    lost = "https://old.example/2024/05/02/post-2/"
    link = f'<![CDATA[<p><a href="{lost}">إليه</a> و<a href="/2024/05/03/post-3/#x">بعده</a></p>]]>'
    items = (
        item(1, description=link),  # links forward, those behind it back
        item(2, title="", description=""),
        *(item(n, description=link) for n in range(3, 9)),
    )
    report = run(rss(*items), category="field", write=write)
    assert balance(report) == {"found": 8, "came": 7, "before": 0, "told": 1, "unexplained": 0}
    told = [each for each in report.remarks if each.code == "link-left-out"]
    assert sorted(each.facts["value"] for each in told) == [lost] * 7
    assert len({each.place for each in told}) == 7
    for n in {1, *range(3, 9)} if write else ():
        text = (content / "field" / f"post-{n}.md").read_text(encoding="utf-8")
        assert f"[إليه]({lost}) و[بعده](post-3#x)" in text


def test_a_path_that_led_to_a_page_that_was_left_out_is_told_with_its_file(
    run: Run, folder: Callable[..., Path], content: Path
) -> None:
    head = "---\ntitle: ع\ndate: 2024-05-0{n}\n---\n"
    files = {
        "a.md": head.format(n=1) + "[ر](/posts/about/) نص\n",
        "about.md": "---\ntitle: عنا\n---\n",
    }
    report = run(opening.open_folder(folder("hugo", files), None, "UTC"), category="field")
    assert {"page-empty", "link-left-out"} <= {each.code for each in report.remarks}
    text = next(content.glob("*/a.md")).read_text(encoding="utf-8")
    assert "[ر](/posts/about/) نص" in text
    assert "/posts/about" not in dict(report.redirects)


def test_remarks_of_one_kind_hide_none_of_another() -> None:
    report = ImportReport()
    report.note(remark("link-unknown", f"{n}", value="x") for n in range(5_000))
    report.note([remark("redirects-many", "-", n=7)])
    assert report.remarks[-1].code == "redirects-many"
    assert (len(report.remarks), report.more_remarks) == (2_001, 3_000)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a: 1\na: 2\n", {"a": "2"}),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": "1"}, "c": {"b": "1"}}),
        ("a: &x {b: 1}\nc: {<<: *x, d: 2}\n", {"a": {"b": "1"}, "c": {"b": "1", "d": "2"}}),
        ("a: !name x\n", {"a": "x"}),
        ("a: " + "[" * 12 + "x" + "]" * 12, {"a": [[[[[[[[[[[["x"]]]]]]]]]]]]}),
    ],
)
def test_yaml_that_other_programs_accept_is_read(text: str, read: dict[str, object]) -> None:
    assert parse(text, "yaml") == read


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: &x [*x]",
        "a: " + "[" * 5_000 + "]" * 5_000,
        "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)),
        f"a: &a {{{', '.join(f'k{n}: 1' for n in range(5_000))}}}\nb: {{<<: [{'*a, ' * 5_000}]}}\n",
    ],
    ids=["open", "in itself", "deep", "a bomb", "merged again and again"],
)
def test_yaml_that_means_harm_is_refused(text: str) -> None:
    with pytest.raises(FrontMatterError):
        parse(text, "yaml")


def test_a_key_counts_as_read_wherever_it_was_asked_for() -> None:
    fields = Fields({"a": "1", "b": {"c": "2", "d": "3"}, "e": "", "f": ["4"]})
    fields.text("missing", "a", "b.c")
    assert fields.unread() == ("b.d", "f")


def test_what_came_by_its_address_is_there_in_any_order(run: Run) -> None:
    entries = [item(n, guid="https://old.example/feed") for n in (1, 2, 3)]
    run(rss(*entries), category="field")
    again = run(rss(*reversed(entries)), category="field")
    assert balance(again) == {"found": 3, "came": 0, "before": 3, "told": 0, "unexplained": 0}


@pytest.mark.parametrize("after", [1, 4, 9])
def test_an_import_that_was_interrupted_goes_on(run: Run, content: Path, after: int) -> None:
    def items() -> list[str]:
        shown = (f'<![CDATA[نص <img src="/{n}.mp3">]]>' for n in range(10))
        return [item(n, description=text) for n, text in enumerate(shown, start=1)]

    asked: list[str] = []

    def download(url: str) -> bytes:
        asked.append(url)
        if len(asked) == after:
            raise KeyboardInterrupt
        return b"ID3\x03\x00\x00\x00\x00\x00\x00" + url.encode()

    with pytest.raises(KeyboardInterrupt):
        run(rss(*items()), category="field", download=download)
    came = {path.name for path in (content / "field").glob("*.md")}
    kept = {path: path.stat().st_mtime_ns for path in (content / "media").rglob("*.mp3")}
    report = run(rss(*items()), category="field", download=download)
    assert balance(report) == {
        "found": 10,
        "came": 10 - len(came),
        "before": len(came),
        "told": 0,
        "unexplained": 0,
    }
    assert {path.name for path in (content / "field").glob("*.md")} >= came
    assert len(list((content / "media").rglob("*.mp3"))) == 10
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
