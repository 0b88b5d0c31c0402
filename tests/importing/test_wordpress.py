"""WordPress exports: what is carried, what is told, and what hostile or broken files cannot do."""

import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import factories
from feedservice.cli.main import group
from feedservice.content.files import ContentFiles
from feedservice.content.site_reader import read_site
from feedservice.domain.errors import ImportFailure, Moved
from feedservice.domain.routes import parse
from feedservice.feeds.formats import FORMATS
from feedservice.importing import opening, wordpress_body
from feedservice.importing.wordpress import WordPress
from feedservice.index.writer import IndexWriter
from import_sources import Run, entries_of, serve

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>{prolog}
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>قديمة</title><link>https://old.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login><![CDATA[salma]]></wp:author_login><wp:author_email>secret@old.example</wp:author_email>
<wp:author_display_name><![CDATA[سلمى الكاتبة]]></wp:author_display_name></wp:author>
"""


def post(
    n: int, body: str = "نص المقال.", *, extra: str = "", name: str | None = None, **fields: str
) -> str:
    """One item; ``fields`` are children of the export's own namespace."""
    name = f"post-{n}" if name is None else name
    given = {
        "post_id": str(n), "post_date": f"2024-05-{n:02d} 10:00:00", "post_date_gmt": f"2024-05-{n:02d} 07:00:00",
        "post_modified": f"2024-05-{n:02d} 10:00:05", "post_modified_gmt": f"2024-05-{n:02d} 07:00:05",
        "post_name": name, "status": "publish", "post_type": "post", "post_password": "",
    }  # fmt: skip
    title = fields.pop("title", f"عنوان {n}")
    link = fields.pop("link", f"https://old.example/2024/05/{n:02d}/{name}/")
    inner = "".join(
        f"<wp:{key}><![CDATA[{value}]]></wp:{key}>" for key, value in {**given, **fields}.items()
    )
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>https://old.example/?p={n}</guid>"
        f"<dc:creator><![CDATA[salma]]></dc:creator><content:encoded><![CDATA[{body}]]></content:encoded>"
        f"<excerpt:encoded><![CDATA[]]></excerpt:encoded>{inner}{extra}</item>\n"
    )


def attachment(n: int, url: str, alt: str = "") -> str:
    meta = f"<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>{alt}</wp:meta_value></wp:postmeta>"
    return post(
        n,
        extra=f"<wp:attachment_url>{url}</wp:attachment_url>{meta}",
        post_type="attachment",
        status="inherit",
    )


def meta(key: str, value: str) -> str:
    return f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., WordPress]:
    def made(
        *items: str, prolog: str = "", encoding: str = "utf-8", end: str = "</channel></rss>"
    ) -> WordPress:
        path = tmp_path / "export.xml"
        path.write_bytes((HEAD.replace("{prolog}", prolog) + "".join(items) + end).encode(encoding))
        return opening.open_export(path)

    return made


Export = Callable[..., WordPress]


def test_a_post_keeps_id_date_zone_author_terms_and_slug(
    run: Run, export: Export, content: Path
) -> None:
    terms = '<category domain="category" nicename="%d8%b3%d9%8a%d8%a7%d8%b3%d8%a9"><![CDATA[سياسة]]></category><category domain="post_tag" nicename="x"><![CDATA[داريا]]></category>'
    run(
        export(
            post(
                1,
                extra=terms,
                name="%d8%af%d8%a7%d8%b1%d9%8a%d8%a7",
                post_modified="2024-05-02 10:00:00",
                post_modified_gmt="2024-05-02 07:00:00",
            )
        )
    )
    text = (content / "سياسة" / "داريا.md").read_text(encoding="utf-8")
    assert "id: https://old.example/?p=1\n" in text
    assert "date: 2024-05-01 10:00\n" in text
    assert "updated: 2024-05-02 10:00\n" in text
    assert "author: salma\n" in text
    assert "tags: [داريا]\n" in text
    site = (content / "site.yaml").read_text(encoding="utf-8")
    assert "name: سلمى الكاتبة" in site
    assert "secret@" not in site + text


def test_a_date_is_read_as_other_programs_write_it(run: Run, export: Export, content: Path) -> None:
    dates = {"post_date": "2024-05-01T08:30:15", "post_date_gmt": "2024-05-01T07:30:15"}
    report = run(export(post(1, **dates)), category="field")
    assert "date: 2024-05-01 08:30:15+01:00\n" in (content / "field" / "post-1.md").read_text(
        encoding="utf-8"
    )
    assert not report.drafts


def test_a_post_of_the_last_second_that_there_is_ends_no_import(run: Run, export: Export) -> None:
    earlier = {"post_date": "2024-05-01 10:00:00", "post_date_gmt": "2024-05-01 07:00:00"}
    last = {"post_date": "9999-12-31 10:07:00", "post_date_gmt": "9999-12-31 23:59:59"}
    report = run(export(post(1, **earlier), post(2, **last)), category="field")
    assert (report.count, report.unexplained) == (2, 0)


def test_a_page_without_text_is_told_as_one(run: Run, export: Export) -> None:
    pages = (
        post(n, body, post_type="page") for n, body in enumerate(("", "<script>1</script>"), 1)
    )
    report = run(export(*pages), category="field")
    assert [each.code for each in report.remarks if each.code != "html-dropped"] == [
        "page-empty",
        "page-empty",
    ]


def test_another_zone_than_the_sites_is_written(run: Run, export: Export, content: Path) -> None:
    run(
        export(post(1, post_date="2024-05-01 08:30:15", post_date_gmt="2024-05-01 07:30:15")),
        category="field",
    )
    assert "date: 2024-05-01 08:30:15+01:00\n" in (content / "field" / "post-1.md").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("status", "told"),
    [("draft", []), ("pending", ["status-other"]), ("private", ["status-other"])],
)
def test_what_was_not_public_stays_so(
    run: Run, export: Export, content: Path, status: str, told: list[str]
) -> None:
    report = run(
        export(post(1, status=status, post_date_gmt="0000-00-00 00:00:00")), category="field"
    )
    assert "status: draft\n" in (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert [remark.code for remark in report.remarks] == told


def test_a_draft_that_never_had_a_date_gets_no_invented_one(
    run: Run, export: Export, content: Path
) -> None:
    never = "<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>"
    zero = "0000-00-00 00:00:00"
    undated = dict.fromkeys(
        ("post_date", "post_date_gmt", "post_modified", "post_modified_gmt"), zero
    )
    run(export(post(1, status="draft", extra=never, **undated)), category="field")
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert f"date: {factories.NOW:%Y}" in text


def test_a_protected_post_is_a_draft_and_a_scheduled_one_is_scheduled(
    run: Run, export: Export
) -> None:
    future = post(
        2, status="future", post_date="2030-01-01 10:00:00", post_date_gmt="2030-01-01 07:00:00"
    )
    report = run(export(post(1, post_password="x"), future), category="field")
    assert (report.count, report.drafts, report.scheduled) == (2, 1, 1)


def test_pages_come_and_trash_and_comments_are_counted(
    run: Run, export: Export, content: Path
) -> None:
    comment = "<wp:comment><wp:comment_id>1</wp:comment_id></wp:comment>"
    report = run(
        export(
            post(1, '<a href="/?page_id=2">عنّا</a>', extra=comment),
            post(2, post_type="page", name="about", link="https://old.example/about/"),
            post(3, status="trash"),
            post(4, post_type="product"),
        ),
        category="field",
    )
    assert report.count == 2
    assert {(remark.code, remark.facts["n"]) for remark in report.remarks} == {
        ("comments", 1),
        ("post-type", 1),
        ("trash", 1),
    }
    assert (report.found, report.told, report.unexplained) == (4, 2, 0)
    assert ("/about", "/pages/about") in report.redirects
    assert (content / "pages" / "about.md").is_file()
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert "[عنّا](/pages/about)" in text


def test_links_to_other_posts_lead_to_their_files(run: Run, export: Export, content: Path) -> None:
    body = '<p><a href="https://old.example/2024/05/02/post-2/#x">بعده</a> و<a href="/?p=2">برقمه</a> و<a href="https://other.example/">سواه</a></p>'
    run(export(post(1, body), post(2)), category="field")
    assert "[بعده](post-2#x) و[برقمه](post-2) و[سواه](https://other.example/)" in (
        content / "field" / "post-1.md"
    ).read_text(encoding="utf-8")


def test_old_addresses_of_one_make_become_one_redirect_and_old_slugs_aliases(
    run: Run, export: Export, content: Path
) -> None:
    report = run(
        export(*(post(n) for n in range(1, 8)), post(8, extra=meta("_wp_old_slug", "before"))),
        category="field",
    )
    assert report.redirects == (
        ("/{year}/{month}/{day}/{slug}", "/articles/{slug}"),
        ("/?p={id}", "/articles/p-{id}"),
    )
    assert "aliases: [before, p-8]\n" in (content / "field" / "post-8.md").read_text(
        encoding="utf-8"
    )


def test_the_numbers_of_categories_lead_to_their_lists(
    run: Run, export: Export, content: Path
) -> None:
    categories = "".join(
        f"<wp:category><wp:term_id>{number}</wp:term_id><wp:category_nicename>{slug}"
        f"</wp:category_nicename><wp:cat_name>{name}</wp:cat_name></wp:category>"
        for number, slug, name in ((7, "field", "الميدان"), (8, "%d8%aa%d8%b1%d8%a7%d8%ab", "تراث"))
    )
    terms = '<category domain="category" nicename="field">الميدان</category>'
    other = '<category domain="category" nicename="%d8%aa%d8%b1%d8%a7%d8%ab">تراث</category>'
    report = run(export(categories, post(1, extra=terms), post(2, extra=other)))
    assert ("/?cat=7", "/categories/field") in report.redirects
    assert ("/?cat=8", "/categories/heritage") in report.redirects
    site, _ = read_site(ContentFiles(content))
    for feed, suffix in (("rss2", "rss"), ("atom", "atom")):
        refusal = parse("/", f"cat=7&feed={feed}", site, FORMATS).refusal
        assert isinstance(refusal, Moved)
        assert refusal.location == f"/categories/field.{suffix}"


def test_lists_whose_slugs_wordpress_had_of_its_own_answer_with_pages_and_feeds(
    run: Run, export: Export, content: Path, tmp_path: Path
) -> None:
    terms = (
        '<category domain="post_tag" nicename="lebanon">لبنان الكبير</category>'
        '<category domain="post_tag" nicename="%d8%ad%d9%85%d8%b5">حمص</category>'
        '<category domain="category" nicename="war_news">ميداني</category>'
        '<category domain="author" nicename="cap-d_desk">D_Desk</category>'
    )
    desk = "<wp:author><wp:author_login>D_Desk</wp:author_login><wp:author_display_name>سلمى الكاتبة</wp:author_display_name></wp:author>"
    report = run(export(desk, post(1, extra=terms), post(2)))
    assert [pair for pair in report.redirects if not pair[1].startswith("/articles/")] == [
        ("/categories/war_news", "/categories/field"),
        ("/authors/d_desk", "/authors/d-desk"),
        ("/authors/salma", "/authors/d-desk"),
        ("/tags/lebanon", "/tags/لبنان-الكبير"),
    ]
    lists = ("tag/lebanon/", "tag/%D8%AD%D9%85%D8%B5/", "category/war_news/", "author/salma/")
    endings = ("", "page/2/", "feed/", "feed/atom/")
    urls = (f"https://old.example/{each}{ending}" for each in lists for ending in endings)
    sitemap = tmp_path / "sitemap.xml"
    sitemap.write_text(
        f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>",
        encoding="utf-8",
    )
    words = ["import", "--verify", str(sitemap), "--into", str(content)]
    result = CliRunner().invoke(group, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "16" in result.output


@pytest.mark.parametrize("folder", ["", "/blog"])
def test_every_number_that_the_old_site_answered_leads_on(
    run: Run, export: Export, content: Path, tmp_path: Path, folder: str
) -> None:
    home = f"https://old.example{folder}"
    posts = [
        post(n, link=f"{home}/2024/05/{n:02d}/post-{n}/").replace(
            "old.example/?p", f"old.example{folder}/?p"
        )
        for n in range(4, 11)
    ]
    plain = post(11, link=f"{home}/?p=11", name="", title="بلا عنوان دائم")
    draft = post(12, link=f"{home}/?p=12", status="draft")
    page = post(3, link=f"{home}/about/", name="about", post_type="page", title="من نحن")
    base = f"<wp:base_blog_url>{home}</wp:base_blog_url>"
    report = run(export(base, *posts, plain, draft, page), category="field")
    assert (f"{folder or '/'}?p={{id}}", "/articles/p-{id}") in report.redirects
    assert report.unanswered == 0
    assert not report.kinds["address-query"]
    assert len(report.redirects) == 5  # two patterns, and the page by its path and two numbers
    sitemap = tmp_path / "sitemap.xml"

    def verify(*addresses: str) -> str:
        urls = (f"<url><loc>{home}{each}</loc></url>" for each in addresses)
        sitemap.write_text(f"<urlset>{''.join(urls)}</urlset>", encoding="utf-8")
        words = ["import", "--verify", str(sitemap), "--into", str(content), "--lang", "en"]
        return CliRunner().invoke(group, words, catch_exceptions=False).output

    good = ("/?p=7", "/?p=7&amp;utm_source=x", "/?p=11", "/?page_id=3", "/?p=3", "/about/")
    assert "known 6 · answered 6 · not 0" in verify(*good)
    told = verify("/?p=7", "/?p=999", "/?p=12")
    assert "known 3 · answered 1 · not 2" in told


def test_a_guid_that_was_an_address_of_the_blog_leads_on_too(run: Run, export: Export) -> None:
    first = post(1).replace("https://old.example/?p=1", "https://old.example/archives/77")
    other = post(2).replace("https://old.example/?p=2", "https://other.example/archives/78")
    report = run(export(first, other))
    assert ("/archives/77", "/articles/post-1") in report.redirects
    assert "78" not in str(report.redirects)


def test_a_tag_that_only_drafts_have_needs_no_line(run: Run, export: Export) -> None:
    tag = '<category domain="post_tag" nicename="lebanon">لبنان</category>'
    report = run(export(post(1, extra=tag, status="draft", link="https://old.example/?p=1")))
    assert report.redirects == ()


def test_a_picture_is_found_by_number_and_kept_where_it_is_without_media(
    run: Run, export: Export, content: Path
) -> None:
    report = run(
        export(
            post(1, extra=meta("_thumbnail_id", "9")),
            attachment(9, "https://old.example/a.jpg", "بيت"),
        ),
        category="field",
    )
    assert 'image: {src: "https://old.example/a.jpg", alt: بيت}\n' in (
        content / "field" / "post-1.md"
    ).read_text(encoding="utf-8")
    assert [remark.code for remark in report.remarks] == ["media-remote"]


def test_unsorted_posts_go_to_the_default_category(run: Run, export: Export, content: Path) -> None:
    unsorted = (
        '<category domain="category" nicename="uncategorized"><![CDATA[Uncategorized]]></category>'
    )
    report = run(export(post(1, extra=unsorted)))
    assert [(each.slug, each.name) for each in report.categories] == [("imported", "مستورد")]
    assert (content / "imported" / "post-1.md").is_file()
    # Its list was at /category/uncategorized/, which is read as one of ours.
    assert ("/categories/uncategorized", "/categories/imported") in report.redirects


def test_entities_are_never_expanded(
    run: Run, export: Export, content: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("سرّ", encoding="utf-8")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    prolog = (
        f'<!DOCTYPE rss [<!ENTITY l0 "lol"><!ENTITY x SYSTEM "file://{tmp_path}/secret">{bomb}]>'
    )
    report = run(
        export(post(1, title="عنوان &l9; و&x; &nbsp;هنا"), prolog=prolog), category="field"
    )
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert report.count == 1
    assert "lol" not in text
    assert "عنوان" in text
    assert "سرّ" not in text


def test_a_file_that_breaks_off_gives_what_came_before(run: Run, export: Export) -> None:
    report = run(export(post(1), post(2), "<item><title>نصف", end=""), category="field")
    assert report.count == 2
    assert "source-broken" in {remark.code for remark in report.remarks}


def test_windows_1256_is_read_where_the_file_claims_utf_8(
    run: Run, export: Export, content: Path
) -> None:
    run(export(post(1, "نص بترميز قديم"), encoding="windows-1256"), category="field")
    text = (content / "field" / "post-1.md").read_text(encoding="utf-8")
    assert "title: عنوان 1\n" in text
    assert "نص بترميز قديم" in text


def test_an_empty_file_is_told(export: Export, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.xml").write_bytes(b"")
    with pytest.raises(ImportFailure):
        run(opening.open_export(tmp_path / "empty.xml"), write=False)


def test_a_later_import_needs_no_line_where_a_pattern_leads_already(
    run: Run, export: Export
) -> None:
    run(export(*(post(n) for n in range(1, 7))), category="field")
    assert run(export(post(7)), category="field").redirects == ()


def test_memory_does_not_grow_with_the_texts(run: Run, export: Export) -> None:
    """A hundred posts of 200 KB each: far less than all of them is held at any time."""
    source = export(
        *(
            post(n % 28 + 1, f"<p>{'كلمة ' * 20_000}</p>", post_id=str(n), name=f"post-{n}")
            for n in range(100)
        )
    )
    tracemalloc.start()
    try:
        count = sum(1 for _ in source.entries(lambda done, total: None))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 100
    assert source.exports[0].size > 15_000_000
    assert peak < 6_000_000


def test_progress_goes_from_nothing_to_the_files_size(export: Export) -> None:
    source = export(*(post(n % 28 + 1) for n in range(120)))
    told: list[tuple[int, int]] = []
    list(source.entries(lambda done, total: told.append((done, total))))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (source.exports[0].size,) * 2
    assert len(told) > 2


def test_names_of_terms_are_text_where_wordpress_keeps_html(
    run: Run, export: Export, content: Path
) -> None:
    terms = (
        "<category domain='category' nicename='cinema'><![CDATA[سينما &amp; مسرح]]></category>"
        "<category domain='post_tag' nicename='ab'><![CDATA[أ &amp; ب]]></category>"
    )
    report = run(export(post(1, extra=terms)))
    assert [each.name for each in report.categories] == ["سينما & مسرح"]
    assert 'tags: ["أ & ب"]' in next(content.rglob("post-1.md")).read_text(encoding="utf-8")


def test_what_php_wrote_before_the_xml_is_passed_over(
    run: Run, tmp_path: Path, export: Export
) -> None:
    export(post(1))
    file = next(tmp_path.glob("*.xml"))
    warning = b"\nWarning: fopen(/x.php): failed in /wp-includes/functions.php on line 6027\n" * 9
    file.write_bytes(warning + file.read_bytes())
    report = run(opening.open_export(file), category="field")
    assert (report.count, report.remarks) == (1, [])


def test_an_author_within_an_item_does_not_end_it(run: Run, export: Export) -> None:
    report = run(export(post(1, author="salma"), post(2)), category="field")
    assert (report.found, report.count) == (2, 2)


def test_all_authors_of_a_post_are_named(run: Run, export: Export, content: Path) -> None:
    both = "".join(
        f"<category domain='author' nicename='cap-{login}'><![CDATA[{login}]]></category>"
        for login in ("salma", "karim")
    )
    run(export(post(1, extra=both)), category="field")
    text = next(content.rglob("post-1.md")).read_text(encoding="utf-8")
    assert "author: [salma, karim]" in text


PLAYERS = (
    "https://www.youtube.com/watch?v=a_b-c_d",
    "https://youtu.be/a_b?t=3&amp;list=x_y",
    "https://x.com/someone/status/12",
    "https://twitter.com/some_one/status/34",
    "https://vimeo.com/56",
)
WRITTEN = {
    "alone in a paragraph": "قبل.\n\n{}\n\nبعد.",
    "alone on a line": "قبل.\n{}\nبعد.",
    "among blocks": "<p>قبل.</p>\n{}\n<p>بعد.</p>",
    "a paragraph's block": "<!-- wp:paragraph -->\n<p>قبل.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:paragraph -->\n<p>{}</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:paragraph -->\n<p>بعد.</p>\n<!-- /wp:paragraph -->",
    "an embedding block": '<!-- wp:paragraph -->\n<p>قبل.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:embed {{"type":"rich"}} -->\n<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n{}\n</div></figure>\n<!-- /wp:embed -->\n\n<!-- wp:paragraph -->\n<p>بعد.</p>\n<!-- /wp:paragraph -->',
    "a classic block": "<!-- wp:freeform -->\nقبل.\n\n{}\n\nبعد.\n<!-- /wp:freeform -->",
    "a shortcode": "قبل.\n\n[embed]{}[/embed]\n\nبعد.",
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_player_that_wordpress_made_of_an_address_alone_is_a_link_to_it(
    run: Run,
    export: Export,
    content: Path,
    new_index: Callable[[], IndexWriter],
    clock: factories.FixedClock,
    written: str,
) -> None:
    posts = [post(n, WRITTEN[written].format(url)) for n, url in enumerate(PLAYERS, start=1)]
    report = run(export(*posts), category="field")
    assert (report.count, report.remarks) == (len(PLAYERS), [])
    shown = {
        each.id: each.content[0].value for each in entries_of(serve(content, new_index(), clock))
    }
    for n, url in enumerate(PLAYERS, start=1):
        html = shown[f"https://old.example/?p={n}"].partition("<h2>")[0]  # without what is related
        links = re.findall('<a[^>]* href="([^"]*)"[^>]*>([^<]*)</a>', html)
        assert links == [(url, url)], html
        assert re.sub("<[^>]*>", " ", html).split() == ["قبل.", url, "بعد."]


def test_an_unknown_shortcode_is_told_with_the_line_and_the_guid_of_its_post(
    run: Run, export: Export
) -> None:
    report = run(export(post(1, "سطر\n\nآخر"), post(2, "نص\n\n[poll id='7']")), category="field")
    assert [(each.code, each.place) for each in report.remarks] == [
        ("shortcode", f"export.xml:{HEAD.count(chr(10)) + 4}: https://old.example/?p=2")
    ]


def test_words_of_a_post_that_its_article_lacks_are_told(
    run: Run, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wordpress_body, "_paragraphs", lambda text: text.replace("قمح", ""))
    body = "<!-- wp:paragraph --><p>نص</p><!-- /wp:paragraph -->\n\nحقل قمح\n<!--more-->\n[gallery]"
    report = run(export(post(1, body)), category="field")
    assert [(each.code, each.facts["value"]) for each in report.remarks] == [
        ("html-dropped", "[gallery]"),
        ("words", "قمح"),
    ]
