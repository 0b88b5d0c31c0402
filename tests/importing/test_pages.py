"""Pages beside the articles come into pages/, whatever program had them, and their addresses lead
there."""

from pathlib import Path

from feedservice.importing import opening
from import_sources import Run

HUGO = "hugo.toml", 'baseURL = "https://old.example/"\n'
PAGE = "---\ntitle: من نحن\ndescription: الفريق\nimage: https://p.example/a.jpg\n---\nنص الصفحة.\n"
POST = "---\ntitle: خبر\ndate: 2024-05-01\n---\nنص [عنّا](/about/) و[أيضًا](../about.md).\n"


def folder(root: Path, *files: tuple[str, str]) -> Path:
    for name, text in files:
        path = root / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "source"


def test_hugos_undated_pages_are_pages(run: Run, content: Path, tmp_path: Path) -> None:
    root = folder(
        tmp_path,
        HUGO,
        ("content/about.md", PAGE),
        ("content/drafted.md", "---\ntitle: م\ndraft: true\n---\nنص"),
        ("content/search.md", "---\ntitle: بحث\nlayout: search\n---\n"),
        ("content/posts/a.md", POST),
        ("content/posts/_index.md", "---\ntitle: الأخبار\n---\nكلام القسم."),
    )
    for again in (False, True):
        report = run(opening.open_folder(root, None, "UTC"), category="field", download=None)
        assert (report.found, report.unexplained) == (5, 0)
        codes = [noted.code for noted in report.remarks]
        assert {"list-text", "page-empty"} <= set(codes)
        assert report.count == (0 if again else 3)
    assert (content / "pages" / "about.md").read_text(encoding="utf-8") == (
        "---\ntitle: من نحن\nsummary: الفريق\nimage: https://p.example/a.jpg\n---\n\nنص الصفحة.\n"
    )
    assert "status: draft\n" in (content / "pages" / "drafted.md").read_text(encoding="utf-8")
    assert "/about: /pages/about\n" in (content / "site.yaml").read_text(encoding="utf-8")
    text = (content / "field" / "a.md").read_text(encoding="utf-8")
    assert "[عنّا](/pages/about)" in text


def test_two_pages_of_one_name_stay_apart_at_every_import(
    run: Run, content: Path, tmp_path: Path
) -> None:
    root = folder(tmp_path, HUGO, ("content/a/about.md", PAGE), ("content/b/about.md", PAGE))
    source = opening.open_folder(root, None, "UTC")
    assert run(source, download=None).count == 2
    assert sorted(path.name for path in (content / "pages").iterdir()) == [
        "about-2.md",
        "about.md",
    ]
    assert run(opening.open_folder(root, None, "UTC"), download=None).present == 2


def test_undated_documents_of_a_collection_are_pages(
    run: Run, content: Path, tmp_path: Path
) -> None:
    root = folder(
        tmp_path,
        ("_config.yml", "url: https://old.example\ncollections: {guides: {output: true}}\n"),
        ("_guides/ar/start.md", "---\ntitle: البداية\n---\nنص.\n"),
        ("_guides/news.md", "---\ntitle: خبر\ndate: 2024-05-01\n---\nنص.\n"),
    )
    report = run(opening.open_folder(root, None, "UTC"), category="field", download=None)
    assert (report.count, report.drafts) == (2, 0)
    assert (content / "pages" / "start.md").is_file()
    assert (content / "guides" / "news.md").is_file()
    assert ("/guides/ar/start.html", "/pages/start") in report.redirects


def test_pages_of_jekyll_and_pelican(run: Run, content: Path, tmp_path: Path) -> None:
    jekyll = folder(
        tmp_path / "j",
        ("_config.yml", "url: https://old.example\npermalink: pretty\n"),
        ("about.md", PAGE),
        ("README.md", "# لا\n"),
        ("_includes/x.md", PAGE),
        ("list.md", "---\ntitle: ق\n---\n{% for post in site.posts %}{{ post.title }}{% endfor %}"),
        ("_posts/2024-05-01-a.md", POST),
    )
    report = run(opening.open_folder(jekyll, None, "UTC"), category="field", download=None)
    assert [each.path for each in report.articles if each.path.startswith("pages/")] == [
        "pages/about.md"
    ]
    assert ("/about", "/pages/about") in report.redirects
    assert [noted.place for noted in report.remarks if noted.code == "list-text"] == ["list.md"]
    pelican = folder(
        tmp_path / "p",
        ("pelicanconf.py", "SITEURL = 'https://old.example'\n"),
        ("content/pages/contact.md", "Title: راسلونا\nSlug: contact\n\nنص\n"),
    )
    report = run(opening.open_folder(pelican, None, "UTC"), download=None)
    assert (report.count, report.drafts) == (1, 0)
    assert report.redirects == (("/pages/contact.html", "/pages/contact"),)


def test_pages_of_jekyll_in_html_are_pages_too_and_its_lists_are_told(
    run: Run, content: Path, tmp_path: Path
) -> None:
    loop = "{% for post in site.posts %}{{ post.title }}{% endfor %}"
    root = folder(
        tmp_path,
        ("_config.yml", "url: https://old.example\npermalink: /:year/:title/\n"),
        ("team.html", "---\ntitle: الفريق\n---\n<h2>نحن</h2><p>محررون <b>كثر</b>.</p>\n"),
        ("index.html", f"---\ntitle: الأولى\n---\n<ul>{loop}</ul>\n"),
        ("_layouts/page.html", "---\nlayout: base\n---\n<p>قالب</p>\n"),
        ("verify.html", "<p>ملف كما هو</p>\n"),
        ("_posts/2024-05-01-a.md", POST),
    )
    report = run(opening.open_folder(root, None, "UTC"), category="field", download=None)
    assert (report.found, report.count, report.told, report.unexplained) == (3, 2, 1, 0)
    assert [noted.place for noted in report.remarks if noted.code == "list-text"] == ["index.html"]
    assert "## نحن\n\nمحررون **كثر**." in (content / "pages" / "team.md").read_text("utf-8")
    assert ("/team", "/pages/team") in report.redirects


def test_a_site_with_a_category_pages_has_no_place_for_them(
    run: Run, content: Path, tmp_path: Path
) -> None:
    site = content / "site.yaml"
    text = site.read_text(encoding="utf-8")
    site.write_text(text.replace("categories:\n", "categories:\n  - {slug: pages, name: صفحات}\n"))
    root = folder(tmp_path, HUGO, ("content/about.md", PAGE))
    report = run(opening.open_folder(root, None, "UTC"), download=None)
    assert [noted.code for noted in report.remarks][:1] == ["page"]
    assert (report.count, report.told, report.unexplained) == (0, 1, 0)


def test_a_footer_of_many_pages_is_told(run: Run, tmp_path: Path) -> None:
    pages = ((f"content/p{n}.md", PAGE) for n in range(13))
    report = run(opening.open_folder(folder(tmp_path, HUGO, *pages), None, "UTC"), download=None)
    assert ("pages-footer", 13) in {(each.code, each.facts.get("n")) for each in report.remarks}
