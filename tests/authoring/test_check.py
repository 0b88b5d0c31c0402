import os
import shutil
import unicodedata
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from factories import NOW, SITE_YAML, write_article
from feedservice.authoring import check
from feedservice.content.files import ContentFiles
from feedservice.content.seen import Seen
from feedservice.domain.errors import ContentError
from feedservice.domain.identity import Claim
from feedservice.domain.model import Problem, Severity


def codes(*paths: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for problem in check.check(paths, NOW)[0]:
        found.setdefault(problem.path, set()).add(problem.code)
    return found


def test_a_clean_folder_has_no_problem(content: Path) -> None:
    write_article(content, "field/a.md")
    assert codes(content) == {}


def test_what_needs_the_whole_site_is_told(content: Path) -> None:
    write_article(
        content,
        "field/a.md",
        body="[x](none.md) [y](/articles/nobody) ![ز](media/z.png)",
        related="[daraja]",
        image="{src: media/none.png, alt: و}",
    )
    write_article(content, "field/daraya.md", id="tag:news.example,2025:a", date="2026-01-02")
    assert codes(content) == {
        "field/a.md": {"link-broken", "related-unknown", "media-missing", "image-missing"},
        "field/daraya.md": {"id-duplicate"},
    }


def test_fix_leaves_a_clean_site_with_pages_as_it_is(tmp_path: Path) -> None:
    sample = Path(__file__).parents[2] / "content"
    content = shutil.copytree(sample, tmp_path / "sample")
    list(check.fix_files([content], NOW, write=True))
    for page in (sample / "pages").iterdir():
        assert (content / "pages" / page.name).read_bytes() == page.read_bytes()
    after_all = NOW + timedelta(days=3650)  # the sample's articles are younger than NOW
    told = check.check([content], after_all)[0]
    assert [each for each in told if each.severity is Severity.ERROR] == []


def test_of_a_copy_the_copy_is_told_with_an_id_to_paste_and_fix_writes_it(content: Path) -> None:
    published = write_article(content, "field/daraya.md", id="tag:news.example,2025:d")
    copy = content / "field" / "daraya - نسخة.md"
    copy.write_bytes(published.read_bytes())
    assert codes(content) == {"field/daraya - نسخة.md": {"id-duplicate"}}
    new = check.check([content], NOW)[0][0].facts["new"]
    assert new == "tag:news.example,2025:daraya-%D9%86%D8%B3%D8%AE%D8%A9"
    assert [path for path, _ in check.fix_files([content], NOW, write=True)] == [
        "field/daraya - نسخة.md"
    ]
    assert f"id: {new}\n" in copy.read_text(encoding="utf-8")
    assert codes(content) == {}


LINKS = ["field/second.md", "economy/d.md", "field/a.md"]


@pytest.mark.parametrize("link", LINKS)
def test_fix_gives_no_other_id_to_an_article_that_a_link_names_too(
    content: Path, link: str
) -> None:
    published = write_article(content, "field/daraya.md", id="tag:news.example,2025:d")
    before = published.read_bytes()
    (content / link).parent.mkdir(exist_ok=True)
    (content / link).symlink_to(published)
    (problem,) = check.check([content], NOW)[0]
    assert (problem.path, problem.code, problem.severity, problem.facts) == (
        link,
        "file-twice",
        Severity.ERROR,
        {"other": "field/daraya.md"},
    )
    assert not list(check.fix_files([content], NOW, write=True))
    assert published.read_bytes() == before


@pytest.mark.parametrize("link", LINKS)
def test_what_is_wrong_with_an_article_is_told_under_its_own_name_and_fixed_for_that(
    content: Path, link: str
) -> None:
    published = write_article(content, "field/daraya.md")
    text = published.read_text(encoding="utf-8").replace("id: tag:news.example,2025:daraya\n", "")
    published.write_text(text, encoding="utf-8")
    (content / link).parent.mkdir(exist_ok=True)
    (content / link).symlink_to(published)
    told = {each.path: each for each in check.check([content], NOW)[0]}
    assert told.keys() == {link, "field/daraya.md"}
    assert (told[link].code, told[link].severity) == ("file-twice", Severity.WARNING)
    assert [path for path, _ in check.fix_files([content], NOW, write=False)] == ["field/daraya.md"]
    list(check.fix_files([content], NOW, write=True))
    assert published.read_text(encoding="utf-8").count("2025:daraya\n") == 1


def test_of_two_links_to_one_hidden_file_the_second_is_told(content: Path) -> None:
    write_article(content, ".drawer/x.md", id="tag:news.example,2025:x")
    (content / "field").mkdir(exist_ok=True)
    for name in ("b", "a"):
        (content / "field" / f"{name}.md").symlink_to("../.drawer/x.md")
    assert codes(content) == {"field/b.md": {"file-twice"}}
    (content / "field" / "b.md").unlink()
    os.link(content / ".drawer" / "x.md", content / "field" / "b.md")  # written apart by `replace`
    assert codes(content) == {"field/b.md": {"id-duplicate"}}


def test_who_readers_know_keeps_it_where_an_index_tells(content: Path) -> None:
    write_article(content, "field/newer.md", id="tag:news.example,2025:x", date="2026-01-01")
    write_article(content, "field/older.md", id="tag:news.example,2025:x", date="2025-12-01")
    claim = Claim("id", "tag:news.example,2025:x")
    asked: list[set[Claim]] = []

    def holders(claims: Collection[Claim]) -> Mapping[Claim, str]:
        asked.append(set(claims))
        return {claim: "field/newer.md"}

    assert set(codes(content)) == {"field/newer.md"}
    told = check.check([content], NOW, holders)[0]
    assert {problem.path for problem in told} == {"field/older.md"}
    assert asked == [{claim}]


def test_a_related_name_that_is_nearly_right_is_given_its_nearest(content: Path) -> None:
    write_article(content, "field/daraya.md")
    write_article(content, "field/a.md", related="[daraja]")
    problem = check.check([content], NOW)[0][0]
    assert (problem.facts["nearest"], problem.line) == ("daraya", 6)


def test_only_the_files_that_were_asked_for_are_told_of(content: Path) -> None:
    bad = write_article(content, "field/a.md", date="x")
    write_article(content, "field/b.md", date="x")
    assert set(codes(bad)) == {"field/a.md"}
    assert set(codes(content / "field")) == {"field/a.md", "field/b.md"}


def test_a_broken_site_is_told_alone(content: Path) -> None:
    (content / "site.yaml").write_text("title: x\n", encoding="utf-8")
    assert codes(content) == {"site.yaml": {"key-missing"}}
    with pytest.raises(ContentError):
        check.read_site(content)


@pytest.mark.parametrize("path", ["none.md", "README.md"])
def test_what_is_no_article_of_the_site_is_refused(content: Path, path: str) -> None:
    (content / "README.md").write_text("x", encoding="utf-8")
    with pytest.raises(check.UsageError):
        check.check([content / path], NOW)


def test_a_path_outside_any_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(check.UsageError):
        check.check([tmp_path], NOW)


def test_each_problem_stands_at_its_line(content: Path) -> None:
    write_article(content, "field/b.md", id="tag:news.example,2025:a", date="2026-01-02")
    write_article(
        content,
        "field/a.md",
        "نص\n\nنص [x](none.md)",
        related="[none]",
        image="{src: media/no.png, alt: و}",
    )
    (content / "media").mkdir()
    found = {(p.path, p.code, p.line, p.column) for p in check.check([content], NOW)[0]}
    assert found == {
        ("field/a.md", "related-unknown", 6, 10),
        ("field/a.md", "image-missing", 7, 14),
        ("field/a.md", "link-broken", 12, 8),
        ("field/b.md", "id-duplicate", 4, 5),
    }
    problem = next(p for p in check.check([content], NOW)[0] if p.code == "link-broken")
    assert check.line_of(content, problem) == "نص [x](none.md)"


def test_a_missing_picture_is_told_with_the_nearest_name(content: Path) -> None:
    write_article(content, "field/a.md", image="{src: media/صور/ورشه.JPG, alt: و}")
    for name in ("ورشة.jpg", "نهر.jpg", "x.jpg"):
        path = content / "media" / "صور" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (problem,) = check.hinted(check.check([content], NOW)[0], content)
    assert (problem.code, problem.facts["nearest"]) == ("image-missing", "media/صور/ورشة.jpg")


def test_files_that_look_like_articles_are_told(content: Path) -> None:
    article = write_article(content, "field/a.md")
    article.rename(content / "field" / "a.md.txt")
    assert codes(content) == {"field/a.md.txt": {"file-name"}}


def test_media_that_may_not_be_served_are_told(content: Path) -> None:
    write_article(content, "field/a.md", media="[media/a.html]")
    (content / "media").mkdir()
    (content / "media" / "a.html").write_text("<p>", encoding="utf-8")
    assert codes(content) == {"field/a.md": {"media-type"}}


def test_a_file_that_cannot_be_read_is_told_and_hides_none(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/locked.md")
    (content / "field" / "old.md").write_bytes("---\ntitle: عنوان المقال".encode("cp1256"))
    write_article(content, "field/b.md", date="x")
    read = ContentFiles.read_seen

    def refuse(files: ContentFiles, path: str) -> tuple[bytes, Seen]:
        if path == "field/locked.md":
            raise PermissionError(13, "Permission denied")
        return read(files, path)

    monkeypatch.setattr(ContentFiles, "read_seen", refuse)
    assert codes(content) == {
        "field/locked.md": {"file-unreadable"},
        "field/old.md": {"encoding"},
        "field/b.md": {"date-unreadable"},
    }


def test_a_name_that_is_no_utf8_is_told(content: Path) -> None:
    path = write_article(content, "field/a.md")
    path.rename(os.fsdecode(os.fsencode(content) + b"/field/\xe4\xe3.md"))
    assert codes(content) == {"field/\ufffd\ufffd.md": {"slug-empty"}}


def test_a_name_of_signs_is_told_and_no_id_is_made_of_it(content: Path) -> None:
    write_article(content, "field/🔥.md").write_text("---\ntitle: س\ndate: 2025-12-21\n---\nنص\n")
    assert codes(content) == {"field/🔥.md": {"slug-empty", "summary-missing"}}


def test_a_path_may_be_typed_in_nfd_and_from_inside_the_folder(
    content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(content, "field/أخبار.md", date="x")
    (content / "field" / "أخبار.md").rename(
        content / "field" / unicodedata.normalize("NFD", "أخبار.md")
    )
    monkeypatch.chdir(content / "field")
    expected = {"field/أخبار.md": {"date-unreadable"}}
    assert codes(Path(unicodedata.normalize("NFD", "أخبار.md"))) == expected
    assert codes(Path()) == codes(Path("..")) == codes(Path("../field")) == expected
    assert codes(Path("../site.yaml")) == {}


@pytest.fixture
def crowded(content: Path) -> Path:
    """A content folder in which every file has something against it, some beside others only."""
    write_article(content, "field/a.md", "[x](none.md)", related="[daraja]", image="media/no.png")
    write_article(content, "field/b.md", id="tag:news.example,2025:a", date="2026-01-02")
    write_article(content, "economy/c.md", slug="a", date="2026-01-03", aliases="[b]")
    write_article(content, "economy/d.md", date="31/02/2026")
    write_article(content, "field/daraya.md", category="econmy")
    write_article(content, "field/e.md").rename(content / "field" / "e.md.txt")
    write_article(content, "field/f.md").rename(content / "f.md")
    (content / "field" / "link.md").symlink_to("a.md")
    return content


Told = tuple[str, int, int, str, tuple[tuple[str, str], ...]]


def whole(problem: Problem) -> Told:
    return problem.path, problem.line, problem.column, problem.code, (*problem.facts.items(),)


def asked(root: Path, *paths: str | Path) -> list[Told]:
    found, _, of = check.check([Path(path) for path in paths], NOW)
    assert of.samefile(root)
    return [whole(problem) for problem in check.hinted(found, of)]


def test_one_file_is_told_what_the_folder_is_told_of_it(
    crowded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    all_told = asked(crowded, crowded)
    paths = sorted({path for path, *_ in all_told})
    assert len(paths) == 8
    linked = tmp_path / "current"
    linked.symlink_to(crowded, target_is_directory=True)
    for path in paths:
        expected = [each for each in all_told if each[0] == path]
        monkeypatch.chdir("/")
        assert asked(crowded, crowded / path) == expected
        assert asked(crowded, os.path.relpath(crowded / path)) == expected
        assert asked(crowded, linked / path) == expected
        monkeypatch.chdir(crowded / "field")
        assert asked(crowded, Path("..") / path) == expected
        assert asked(crowded, Path("../economy/..") / path) == expected


def test_several_files_are_told_together_however_each_is_named(
    crowded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    all_told = asked(crowded, crowded)
    wanted = ("field/a.md", "economy/d.md", "field/e.md.txt")
    expected = [each for each in all_told if each[0] in wanted]
    linked = tmp_path / "current"
    linked.symlink_to(crowded, target_is_directory=True)
    monkeypatch.chdir(crowded / "field")
    for paths in (
        ("a.md", "../economy/d.md", "e.md.txt"),
        ("../economy/d.md", "e.md.txt", "a.md"),
        (crowded / "field" / "a.md", "../economy/d.md", linked / "field" / "e.md.txt"),
        (linked / "economy" / "d.md", "a.md", "./e.md.txt", "../field/a.md"),
    ):
        assert asked(crowded, *paths) == expected


def test_a_file_of_another_site_is_refused(crowded: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text("x", encoding="utf-8")
    with pytest.raises(check.UsageError, match=r"other\.md is not in"):
        check.check([crowded, other], NOW)


def test_a_folder_without_site_yaml_in_reach_names_itself(content: Path) -> None:
    (content / "site.yaml").unlink()
    with pytest.raises(check.UsageError, match="content"):
        check.check([content], NOW)


def test_of_the_site_file_check_tells_where_it_is_asked_about(content: Path) -> None:
    file = write_article(content, "field/a.md")
    site = content / "site.yaml"
    site.write_text(SITE_YAML.replace("https://news.example", "http://localhost"), encoding="utf-8")
    told = {"base-url-local", "site-id-example"}
    assert codes(content) == codes(site) == {"site.yaml": told}
    assert codes(file) == {}


LATER = NOW.replace(year=2030)
"""Nothing in the sample site is in its future."""


def test_the_sample_site_has_no_error() -> None:
    problems = check.check([Path(__file__).parent.parent.parent / "content"], LATER)[0]
    assert {problem.code for problem in problems} == {"base-url-local", "site-id-example"}
    assert {problem.severity for problem in problems} == {Severity.WARNING}
