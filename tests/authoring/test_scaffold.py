from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effort import rounds
from factories import NOW, SITE_YAML, write_article
from feedservice.authoring import check, new_site, scaffold
from feedservice.content import article
from feedservice.content import site as site_file
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import UsageError
from feedservice.domain.model import Severity
from feedservice.domain.text import one_line
from feedservice.i18n import LANGUAGES


def codes(*paths: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for problem in check.check(paths, NOW)[0]:
        found.setdefault(problem.path, set()).add(problem.code)
    return found


def written(path: Path) -> str:
    """A new file, as an editor completes it."""
    text = path.read_text(encoding="utf-8").replace("summary:", "summary: م") + "نص"
    path.write_text(text, encoding="utf-8")
    return text


def test_a_new_article_passes_check_once_it_has_a_text(content: Path) -> None:
    path = scaffold.new_article(content, "عنوان: جديد", "ميداني", "", "desk", NOW)
    assert path == content / "field" / "2026-01-15-عنوان-جديد.md"
    (problem,) = check.check([content], NOW)[0]
    assert (problem.code, problem.severity) == ("body-empty", Severity.WARNING)
    text = path.read_text(encoding="utf-8").replace("summary:", "summary: ملخص")
    path.write_text(text + "نص.\n", encoding="utf-8")
    assert codes(content) == {}


@pytest.mark.parametrize("is_draft", [True, False])
def test_a_new_article_is_a_draft_unless_it_is_to_be_published(
    content: Path, is_draft: bool
) -> None:
    path = scaffold.new_article(content, "خبر", "field", "", "", NOW, is_draft=is_draft)
    site = check.read_site(content)
    read, problems = article.read(written(path), "field/a.md", site, NOW)
    assert read, problems
    assert read.is_public(NOW + timedelta(minutes=1)) is not is_draft


@pytest.mark.parametrize(
    ("title", "category", "slug", "told"),
    [
        ("عنوان", "fild", "", "Nearest: field"),
        ("عنوان", "zzzzzz", "", "unknown. Known: field (ميداني), economy"),
        ("عنوان", "", "", "give --category. Known: field (ميداني)"),
        ("!!", "field", "", "give --slug"),
        ("🌧", "field", "", "give --slug"),
        (" \u200f ", "field", "rain", "the title is empty"),
        ("عنوان", "field", "!!", "--slug '!!' cannot be an address"),
        ("عنوان", "field", "README", "--slug 'README' cannot be an address"),
        ("عنوان", "field", "a" * 300, "--slug has more than 247 bytes"),
    ],
)
def test_what_cannot_be_written_is_told_with_the_way_out(
    content: Path, title: str, category: str, slug: str, told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold.new_article(content, title, category, slug, "", NOW)
    assert told in str(caught.value)
    assert ": -" not in str(caught.value)
    assert not ContentFiles(content).walk().articles


@pytest.mark.parametrize("slug", ["", "خبر عاجل", "Daraya Operation"])
def test_the_id_of_a_new_article_is_the_one_it_would_have_gone_by(content: Path, slug: str) -> None:
    path = scaffold.new_article(content, "عنوان", "field", slug, "", NOW)
    assert f":{check.slug_of(content, path)}\n" in written(path)
    assert codes(content) == {}


def test_a_second_article_of_a_title_has_the_nearest_free_number(content: Path) -> None:
    paths = [scaffold.new_article(content, "خبر", "field", "", "", NOW) for _ in range(2)]
    # One that was renamed keeps its address as an alias, another its id.
    write_article(content, "economy/renamed.md", aliases="[x, 2026-01-15-خبر-3]")
    spelt = "2026-01-15-%D8%AE%D8%A8%D8%B1-4"
    write_article(content, "economy/moved.md", id=f"tag:news.example,2025:{spelt}")
    paths.append(scaffold.new_article(content, "خبر", "economy", "", "", NOW))
    assert [path.stem for path in paths] == [f"2026-01-15-خبر{n}" for n in ("", "-2", "-5")]
    for path in paths:
        written(path)
    assert codes(content) == {}


def test_a_slug_that_another_article_holds_is_refused_with_a_free_one(content: Path) -> None:
    write_article(content, "economy/x.md", slug="daraya")
    with pytest.raises(UsageError, match="daraya-2 is free"):
        scaffold.new_article(content, "خبر", "field", "Daraya", "", NOW)


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("قصف على داريا", "2026-01-15-qsf-la-darya"),
        ("«نعم» في ٢٠٢٥: الوزير", "2026-01-15-nm-fy-2025-alwzyr"),
        ("Café Москва", "2026-01-15-cafe-moskva"),
        ("كلمة " * 40, "2026-01-15-" + "-".join(["klmh"] * 14)),
        ("ا" * 300, "2026-01-15-" + "a" * 70),
    ],
)
def test_latin_slugs_are_written_into_files_whose_names_stay(
    content: Path, title: str, address: str
) -> None:
    (content / "site.yaml").write_text(SITE_YAML + "slugs: latin\n", encoding="utf-8")
    path, again = (scaffold.new_article(content, title, "field", "", "", NOW) for _ in range(2))
    assert path.stem.startswith("2026-01-15-" + title.strip("«")[:2].lower())
    for each in (path, again):
        written(each)
    assert check.slug_of(content, path) == address
    assert check.slug_of(content, again) == f"{address}-2"
    assert codes(content) == {}


def test_a_very_long_title_makes_a_file_name_that_the_system_takes(content: Path) -> None:
    path = scaffold.new_article(content, "كلمة " * 200, "field", "", "ضيف جديد", NOW)
    assert len(path.name.encode()) <= 255
    assert "author: ضيف جديد" in path.read_text(encoding="utf-8")


HOSTILE = [
    'قال: "نعم"', "# وسم", "- بند", "*مهم*", "&و", "!هام", "أ #ب", "'أ'", "سطر\nآخر", "2025",
    "أ\\ب", "[عاجل] خبر", "{أ: ب}", "أ: ب: ج", "نعم", "null", "---", "أ\u2028ب", "\udcffأ", "@ب", "أ:",
    'A:"ب"', "A:\x7fب", "C:\\new",
]  # fmt: skip


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_is_written_so_that_it_is_read_back(content: Path, title: str) -> None:
    path = scaffold.new_article(content, title, "field", "a", "", NOW)
    read, problems = article.read(written(path), "field/a.md", check.read_site(content), NOW)
    assert read, problems
    assert read.title == one_line(title)


@pytest.mark.parametrize("title", HOSTILE)
def test_any_name_of_a_site_is_read_back(tmp_path: Path, title: str) -> None:
    new_site.init_site(tmp_path, "ar", NOW, title)
    assert check.read_site(tmp_path).title == one_line(title)


@pytest.mark.fuzz
@settings(max_examples=rounds(20_000, 100), deadline=None)
@given(
    st.text(alphabet=st.characters() | st.sampled_from("\"'\\#:[]{}-&*!|>%@` \n\tأ،"), max_size=30)
)
def test_whatever_a_title_holds_it_is_read_back(title: str) -> None:
    text = scaffold.frontmatter.dump({"title": one_line(title)})
    read = scaffold.frontmatter.split(text + "نص", "a.md").fields.plain()["title"]
    assert one_line(read) == one_line(title)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_site_has_a_draft_media_and_a_readme_and_check_tells_what_to_change(
    tmp_path: Path, language: str
) -> None:
    (tmp_path / ".git").mkdir()
    paths = new_site.init_site(tmp_path, language, NOW)
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == ["site.yaml", "README.md", "news/first.md"]
    assert (tmp_path / "media").is_dir()
    found = codes(tmp_path)
    assert found == {
        "site.yaml": {"base-url-local", "site-id-example"},
        "news/first.md": {"summary-missing"},
    }
    assert "status: draft" in paths[2].read_text(encoding="utf-8")


def test_a_new_site_takes_name_and_address_and_makes_ids_of_its_host(tmp_path: Path) -> None:
    new_site.init_site(tmp_path / "a", "ar", NOW, "الرواق", "https://rawaq.org/news/")
    site = check.read_site(tmp_path / "a")
    assert (site.title, site.base_url) == ("الرواق", "https://rawaq.org/news")
    assert site.id == "tag:rawaq.org,2026"
    assert codes(tmp_path / "a") == {"news/first.md": {"summary-missing"}}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("rawaq.org", "https://rawaq.org"),
        ("www.rawaq.org/x", "https://www.rawaq.org/x"),
        ("ftp://rawaq.org", "https://news.example"),
        ("الرواق.org", "https://news.example"),
        ("https://rawaq.org/?x", "https://news.example"),
        ("rawaq", "https://news.example"),
    ],
)
def test_an_address_that_is_none_is_told_with_what_was_meant(
    tmp_path: Path, given: str, meant: str
) -> None:
    with pytest.raises(UsageError) as caught:
        new_site.init_site(tmp_path / "a", "ar", NOW, "", given)
    assert str(caught.value).endswith(f": {meant}")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8000", "[::1]:8000", "localhost:8000", "x.localhost", "192.168.1.5", "rawaq"],
)
def test_a_host_that_is_no_name_of_its_own_is_in_no_id(tmp_path: Path, host: str) -> None:
    new_site.init_site(tmp_path, "ar", NOW, "", f"http://{host}")
    owner = "rawaq" if host == "rawaq" else "news.example"
    assert check.read_site(tmp_path).id == f"tag:{owner},2026"


@pytest.mark.parametrize("name", ["site.yaml", "README.md", "news/first.md", "x"])
def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("لي", encoding="utf-8")
    with pytest.raises(UsageError, match=r"is not empty|holds a site already"):
        new_site.init_site(tmp_path, "ar", NOW)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]
    assert file.read_text(encoding="utf-8") == "لي"


def test_slugs_is_latin_or_nothing() -> None:
    site, problems = site_file.read(SITE_YAML + "slugs: arabic\n")
    assert site is None
    assert [problem.code for problem in problems] == ["slugs-bad"]


def test_a_new_page_is_a_draft_beside_the_news(content: Path) -> None:
    path = scaffold.new_page(content, "من نحن", "about")
    assert path == content / "pages" / "about.md"
    assert scaffold.new_page(content, "اتصل: بنا", "", is_draft=False).name == "اتصل-بنا.md"
    for each in ("about", "اتصل-بنا"):
        written(content / "pages" / f"{each}.md")
    assert codes(content) == {}
    with pytest.raises(UsageError, match="already exists"):
        scaffold.new_page(content, "س", "about")
    with pytest.raises(UsageError, match="no letters"):
        scaffold.new_page(content, "!", "")
    settings = content / "site.yaml"
    told = settings.read_text(encoding="utf-8")
    settings.write_text(f"{told}slugs: latin\n", encoding="utf-8")
    assert scaffold.new_page(content, "اتصل بنا", "").name == "atsl-bna.md"
    settings.write_text(told.replace("slug: field", "slug: pages"), encoding="utf-8")
    with pytest.raises(UsageError, match="category"):
        scaffold.new_page(content, "س", "")
