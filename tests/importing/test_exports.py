"""Exports of Ghost, Blogger, Substack and Medium, each after its program's own format; archives; and
what no door is made for."""

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from feedservice.content import markup
from feedservice.domain.errors import ImportFailure
from feedservice.importing import archive, opening
from feedservice.importing.fetch import Fetcher
from feedservice.importing.foreign_entry import Source, ignore
from feedservice.importing.ghost_body import of_lexical, of_mobiledoc
from feedservice.importing.import_report import ImportReport
from feedservice.importing.markdown import convert
from feedservice.importing.substack_notes import as_notes
from feedservice.importing.substack_widgets import written_out
from import_sources import Run, item, rss_bytes

Bring = Callable[[str, bytes], ImportReport]


def opened(path: Path) -> Source:
    return opening.open_source(str(path), None, Fetcher(), "UTC")


@pytest.fixture
def bring(run: Run, tmp_path: Path) -> Bring:
    def brought(name: str, data: bytes) -> ImportReport:
        (tmp_path / name).write_bytes(data)
        return run(opened(tmp_path / name), category="field", download=None)

    return brought


def zipped(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, data in files.items():
            archived.writestr(name, data)
    return stream.getvalue()


def codes(report: ImportReport) -> list[str]:
    return [noted.code for noted in report.remarks]


GHOST = {
    "db": [
        {
            "meta": {"version": "5.80.0"},
            "data": {
                "posts": [
                    {
                        "id": "5f0a", "title": "عنوان", "slug": "awwal", "type": "post",
                        "status": "published", "visibility": "public",
                        "html": '<p>نص <a href="__GHOST_URL__/thani/">الثاني</a></p><figure><img src="__GHOST_URL__/content/images/a.jpg" alt="ص"></figure>',
                        "feature_image": "__GHOST_URL__/content/images/b.jpg",
                        "published_at": "2024-05-01T10:00:00.000Z", "updated_at": "2024-05-02T10:00:00.000Z",
                        "custom_excerpt": "ملخص",
                    },
                    {
                        "id": "5f0b", "title": "ثانٍ", "slug": "thani", "type": "post", "status": "draft",
                        "visibility": "paid", "html": None,
                        "lexical": json.dumps({"root": {"children": [{"type": "paragraph", "children": [{"type": "extended-text", "text": "متن", "format": 1}]}]}}),
                        "published_at": None, "created_at": "2024-05-03T10:00:00.000Z",
                    },
                    {
                        "id": "5f0c", "title": "عنّا", "slug": "about", "type": "page", "status": "published",
                        "visibility": "public", "html": "<p>الفريق</p>", "published_at": "2024-05-03T10:00:00.000Z",
                    },
                ],
                "posts_meta": [{"post_id": "5f0a", "feature_image_alt": "بيت"}],
                "tags": [{"id": "t1", "name": "داريا", "slug": "x", "visibility": "public"}, {"id": "t2", "name": "#hidden", "visibility": "internal"}],
                "posts_tags": [{"post_id": "5f0a", "tag_id": "t2", "sort_order": 1}, {"post_id": "5f0a", "tag_id": "t1", "sort_order": 0}],
                "users": [{"id": "1", "name": "سلمى", "slug": "salma", "email": "secret@old.example"}],
                "posts_authors": [{"post_id": "5f0a", "author_id": "1", "sort_order": 0}],
                "members": [{"email": "reader@old.example"}],
                "settings": [{"key": "url", "value": "https://old.example/"}],
            },
        }
    ]
}  # fmt: skip


def test_ghost_brings_posts_and_pages_and_no_members(bring: Bring, content: Path) -> None:
    report = bring("ghost.json", json.dumps(GHOST).encode())
    assert (report.kind, report.count, report.drafts, report.unexplained) == ("ghost", 3, 1, 0)
    text = (content / "field" / "awwal.md").read_text(encoding="utf-8")
    assert "id: 5f0a\n" in text
    assert "tags: [داريا]\nauthor: salma\nsummary: ملخص\n" in text
    assert 'src: "https://old.example/content/images/b.jpg", alt: بيت' in text
    assert "نص [الثاني](thani)\n" in text
    assert "**متن**" in (content / "field" / "thani.md").read_text(encoding="utf-8")
    assert (content / "pages" / "about.md").is_file()
    assert {"members", "members-only"} <= set(codes(report))
    everything = "".join(path.read_text(encoding="utf-8") for path in content.rglob("*.*"))
    assert "secret@" not in everything
    assert "reader@" not in everything
    assert ("/awwal", "/articles/awwal") in report.redirects
    assert ("/tags/x", "/tags/داريا") in report.redirects


def test_a_tag_of_ghost_that_is_a_category_here_leads_to_that(bring: Bring) -> None:
    post = {"id": "1", "title": "عنوان", "slug": "a", "html": "<p>نص</p>"}
    tags = {
        "tags": [{"id": "t", "name": "ميداني", "slug": "front"}],
        "posts_tags": [{"post_id": "1", "tag_id": "t"}],
    }
    report = bring("ghost.json", json.dumps({"data": {"posts": [post], **tags}}).encode())
    assert ("/tags/front", "/categories/field") in report.redirects


def test_an_author_whose_name_is_nothing_that_shows_is_called_by_the_slug(
    bring: Bring, content: Path
) -> None:
    post = {"id": "1", "title": "عنوان", "slug": "a", "html": "<p>نص</p>"}
    authors = {
        "users": [{"id": "u", "name": "\u2028", "slug": "desk-2"}],
        "posts_authors": [{"post_id": "1", "author_id": "u"}],
    }
    report = bring("ghost.json", json.dumps({"data": {"posts": [post], **authors}}).encode())
    assert report.count == 1
    assert "name: desk-2" in (content / "site.yaml").read_text("utf-8")


@pytest.mark.parametrize(("version", "known_as"), [("009", "0b5e-uuid"), ("1.15.1", "7")])
def test_ghost_before_its_first_version_knew_posts_by_uuid_in_feeds(
    bring: Bring, content: Path, version: str, known_as: str
) -> None:
    post = {
        "id": 7, "uuid": "0b5e-uuid", "title": "عنوان", "slug": "awwal", "html": "<p>نص</p>",
        "page": 0, "status": "published", "published_at": 1408552443891,
    }  # fmt: skip
    tags = {"tags": [{"id": 1, "name": "داريا"}], "posts_tags": [{"post_id": 7, "tag_id": 1}]}
    document = {"meta": {"version": version}, "data": {"posts": [post], **tags}}
    bring("ghost.json", json.dumps(document).encode())
    text = (content / "field" / "awwal.md").read_text(encoding="utf-8")
    assert f"id: {known_as}\n" in text.replace('"', "")
    assert "tags: [داريا]\n" in text
    # Its dates were milliseconds.
    assert "date: 2014-08-20 16:34:03" in text
    assert "status: draft" not in text


@pytest.mark.parametrize(
    ("said", "old"),
    [
        ("/:year/:month/:day/:slug/", "/2014/08/21/awwal"),
        ("/blog/:slug/", "/blog/awwal"),
        ("/:author/:slug/", "/awwal"),
        ("", "/awwal"),
    ],
)
def test_addresses_of_an_old_ghost_are_those_that_the_site_chose(
    bring: Bring, content: Path, said: str, old: str
) -> None:
    post = {"title": "عنوان", "html": "<p>نص</p>", "published_at": 1408570643891}
    posts = [
        {**post, "id": 7, "slug": "awwal", "tags": [{"name": "داريا"}]},
        {**post, "id": 8, "slug": "about", "page": 1},
    ]
    settings = [
        {"key": "permalinks", "value": said},
        {"key": "activeTimezone", "value": "Asia/Damascus"},
    ]
    document = {"meta": {"version": "009"}, "data": {"posts": posts, "settings": settings}}
    report = bring("ghost.json", json.dumps(document).encode())
    assert (old, "/articles/awwal") in report.redirects
    assert ("/about", "/pages/about") in report.redirects
    assert "tags: [داريا]\n" in (content / "field" / "awwal.md").read_text(encoding="utf-8")


def test_a_post_of_the_last_second_that_there_is_ends_no_import(bring: Bring) -> None:
    post = {"id": 7, "slug": "x", "title": "عنوان", "published_at": 253402300799000}
    settings = [
        {"key": "permalinks", "value": "/:year/:slug/"},
        {"key": "activeTimezone", "value": "Asia/Damascus"},
    ]
    document = {"meta": {"version": "009"}, "data": {"posts": [post], "settings": settings}}
    report = bring("ghost.json", json.dumps(document).encode())
    assert (report.count, report.unexplained) == (1, 0)


def lexical(*nodes: dict[str, object]) -> str:
    return of_lexical(json.dumps({"root": {"children": nodes}})).html


def test_bodies_of_lexical_are_what_they_show() -> None:
    words = [{"type": "text", "text": "أ < ب", "format": 3}]
    assert lexical({"type": "extended-heading", "tag": "h3", "children": words}) == (
        "<h3><em><strong>أ &lt; ب</strong></em></h3>\n"
    )
    item = {"type": "listitem", "children": [{"type": "link", "url": "/x", "children": words[:1]}]}
    assert '<ol><li><a href="/x">' in lexical(
        {"type": "list", "listType": "number", "children": [item]}
    )
    assert '<img src="/a.jpg" alt="ص"><figcaption>ش</figcaption>' in lexical(
        {"type": "image", "src": "/a.jpg", "alt": "ص", "caption": "ش"}
    )
    assert '<a href="https://v.example/1">' in lexical(
        {"type": "embed", "url": "https://v.example/1"}
    )
    assert lexical({"type": "horizontalrule"}) == "<hr>\n"
    assert of_lexical(json.dumps({"root": {"children": [{"type": "signup"}]}})).lost == ("signup",)
    assert of_lexical("{").html == of_lexical("[" * 9000).html == ""


def test_bodies_of_mobiledoc_are_what_they_show() -> None:
    document = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [["image", {"src": "/a.jpg", "caption": "ش"}], ["poll", {}]],
        "markups": [["a", ["href", "/x"]], ["strong"]],
        "sections": [
            [
                1,
                "p",
                [[0, [], 0, "قبل "], [0, [0, 1], 2, "رابط"], [1, [], 0, 0], [0, [], 0, "بعد"]],
            ],
            [3, "ul", [[[0, [], 0, "بند"]]]],
            [10, 0],
            [10, 1],
            [10, 9],
            [2, "/b.jpg"],
        ],
    }
    shown = of_mobiledoc(json.dumps(document))
    assert shown.html.startswith(
        '<p>قبل <a href="/x"><strong>رابط</strong></a><br>بعد</p>\n<ul><li>بند</li></ul>\n<figure>'
    )
    assert '<img src="/b.jpg"' in shown.html
    assert shown.lost == ("poll",)


def blog(*entries: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        "xmlns:app='http://purl.org/atom/app#' xmlns:blogger='http://schemas.google.com/blogger/2018'>"
        "<id>tag:blogger.com,1999:blog-7.archive</id><generator uri='http://www.blogger.com'>Blogger</generator>"
        f"<link rel='http://schemas.google.com/g/2005#feed' href='http://schemas.google.com/blogger'/>{''.join(entries)}</feed>"
    ).encode()


def posted(n: int, kind: str = "post", extra: str = "") -> str:
    return (
        f"<entry><id>tag:blogger.com,1999:blog-7.post-{n}</id><published>2024-05-0{n}T10:00:00.000+03:00</published>"
        f"<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>"
        f"<category scheme='http://www.blogger.com/atom/ns#' term='داريا'/><title type='text'>عنوان {n}</title>"
        f"<content type='html'>&lt;p&gt;نص {n}&lt;/p&gt;</content><link rel='alternate' type='text/html' href='https://old.blogspot.com/2024/05/x-{n}.html'/>"
        f"<author><name>سلمى</name><email>noreply@blogger.com</email></author>{extra}</entry>"
    )


def test_blogger_brings_posts_and_pages_and_tells_comments(bring: Bring, content: Path) -> None:
    report = bring(
        "blog.xml",
        blog(
            posted(1),
            posted(2, extra="<app:control><app:draft>yes</app:draft></app:control>"),
            posted(3, "page"),
            posted(4, "comment"),
            posted(5, "settings"),
            posted(6, "template"),
        ),
    )
    assert (report.kind, report.count, report.drafts) == ("blogger", 3, 1)
    assert (report.found, report.unexplained) == (3, 0)
    assert codes(report) == ["comments"]
    text = (content / "field" / "x-1.md").read_text(encoding="utf-8")
    assert "id: tag:blogger.com,1999:blog-7.post-1\n" in text
    assert "tags: [داريا]\n" in text
    assert "noreply@" not in (content / "site.yaml").read_text(encoding="utf-8")
    assert ("/2024/05/x-3.html", "/pages/x-3") in report.redirects


def test_a_label_of_blogger_that_is_a_category_here_leads_to_that(bring: Bring) -> None:
    entry = posted(1).replace("term='داريا'", "term='ميداني'")
    assert ("/tags/ميداني", "/categories/field") in bring("blog.xml", blog(entry)).redirects


def test_the_export_of_takeout_is_bloggers_too(bring: Bring, content: Path) -> None:
    entry = (
        "<entry><id>tag:blogger.com,1999:blog-7.post-1</id><blogger:type>POST</blogger:type><blogger:status>{}</blogger:status>"
        "<title>ع</title><content type='html'>نص</content><published>2024-05-01T10:00:00Z</published><blogger:filename>/2024/05/{}.html</blogger:filename></entry>"
    )
    report = bring(
        "feed.atom",
        blog(
            entry.format("LIVE", "a"), entry.format("SOFT_TRASHED", "b").replace("post-1", "post-2")
        ),
    )
    assert (report.count, report.drafts) == (2, 1)
    assert codes(report) == ["status-other"]
    assert ("/2024/05/a.html", "/articles/a") in report.redirects


def test_articles_of_takeout_lead_to_each_other_here(bring: Bring, content: Path) -> None:
    def entry(n: int, *links: str) -> str:
        html = "".join(f'&lt;p&gt;&lt;a href="{each}"&gt;ر&lt;/a&gt;&lt;/p&gt;' for each in links)
        return (
            f"<entry><id>tag:blogger.com,1999:blog-7.post-{n}</id><blogger:type>POST</blogger:type><title>ع</title>"
            f"<content type='html'>{html}</content><published>2024-05-01T10:00:00Z</published>"
            f"<blogger:filename>/2024/05/blog-post_{n}.html</blogger:filename></entry>"
        )

    own, other = (f"http://{host}.example/2024/05/blog-post_" for host in ("field", "other"))
    own_links = [f"{own}{n}.html" for n in (2, 3, 4)]
    foreign = [f"{other}2.html", f"{other}7.html", f"{other}8.html"]
    entries = (entry(1, *own_links, *foreign), *(entry(n, own_links[0]) for n in (2, 3, 4)))
    assert bring("feed.atom", blog(*entries)).count == 4
    text = (content / "field" / "blog-post-1.md").read_text(encoding="utf-8")
    assert [each for n in (2, 3, 4) if (each := f"[ر](blog-post-{n})") not in text] == []
    assert [each for each in foreign if each not in text] == []


def test_what_takeout_packs_is_the_blog_in_it(run: Run, tmp_path: Path) -> None:
    blogs, comments = "Takeout/Blogger/المدونات", "Takeout/Blogger/Comments"
    files = {
        f"{blogs}/حقل/feed.atom": blog(posted(1), posted(2, "comment")),
        f"{blogs}/حقل/theme-layouts.xml": b"<html/>",
        f"{comments}/حقل/feed.atom": blog(posted(3, "comment")),
        "Takeout/archive_browser.html": b"<p>",
    }
    (tmp_path / "takeout.zip").write_bytes(zipped(files))
    for name, data in files.items():
        (tmp_path / "unpacked" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "unpacked" / name).write_bytes(data)
    for named in ("takeout.zip", "unpacked"):
        report = run(opened(tmp_path / named), category="field", write=False)
        assert (report.kind, report.found, report.count) == ("blogger", 1, 1)


def test_a_packed_export_of_blogger_is_told_by_its_one_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "blog.zip").write_bytes(zipped({"blog-05-01-2024.xml": blog(posted(1))}))
    assert opened(tmp_path / "blog.zip").kind == "blogger"
    (tmp_path / "other.zip").write_bytes(zipped({"a.xml": blog(posted(1, "comment"))}))
    with pytest.raises(ImportFailure):
        opened(tmp_path / "other.zip")


def test_a_feed_that_blogger_publishes_is_a_feed(bring: Bring) -> None:
    feed = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='http://schemas.google.com/blogger/2008'>"
        "<id>tag:blogger.com,1999:blog-7</id><entry><id>tag:blogger.com,1999:blog-7.post-1</id><title>ع</title>"
        "<published>2024-05-01T10:00:00Z</published><content type='html'>نص</content></entry></feed>"
    )
    report = bring("feed.xml", feed.encode())
    assert (report.kind, report.count) == ("feed", 1)


def test_substack(bring: Bring, content: Path) -> None:
    table = io.StringIO()
    rows = csv.DictWriter(
        table, ["post_id", "post_date", "is_published", "type", "audience", "title", "subtitle"]
    )
    rows.writeheader()
    for number, slug, shown, audience in (
        (1, "awwal", "true", "everyone"),
        (2, "thani", "true", "only_paid"),
        (3, "", "false", "everyone"),
    ):
        rows.writerow(
            {
                "post_id": f"{number}.{slug}" if slug else number,
                "post_date": "2024-05-01T10:00:00.000Z",
                "is_published": shown,
                "type": "newsletter",
                "audience": audience,
                "title": f"عنوان {number}",
                "subtitle": "فرعي",
            }
        )
    report = bring(
        "export.zip",
        zipped(
            {
                "posts.csv": table.getvalue(),
                "posts/1.awwal.html": "<p>نص</p>",
                "posts/2.thani.html": "<p>نص</p>",
                "email_list.csv": "reader@old.example",
            }
        ),
    )
    assert (report.kind, report.found, report.count, report.drafts) == ("substack", 3, 2, 1)
    assert sorted(codes(report)) == ["file-unreadable", "members-only"]
    assert "summary: فرعي\n" in (content / "field" / "awwal.md").read_text(encoding="utf-8")
    assert ("/p/awwal", "/articles/awwal") in report.redirects


def substack(*texts: str) -> bytes:
    """An export of posts p1, p2, …"""
    rows = [f"{n}.p{n},2024-05-01T10:00:00.000Z,ع" for n in range(1, len(texts) + 1)]
    table = "\n".join(("post_id,post_date,title", *rows))
    files = {f"posts/{n}.p{n}.html": f"<p>نص {text}</p>" for n, text in enumerate(texts, start=1)}
    return zipped({"posts.csv": table, **files})


@pytest.mark.parametrize(
    ("texts", "begin"),
    [
        (
            (
                '<a href="https://field.example/subscribe?">ا</a>',
                '<a href="https://field.example/p/p1">',
            ),
            "https://field.example/",
        ),
        (('<a href="https://field.example/subscribe?">ا</a>', ""), "tag:"),
        (
            (
                '<a href="https://a.example/subscribe?">ا</a>',
                '<a href="https://b.example/p/p1">ب</a>',
                '<a href="https://a.example/p/other">ج</a>',
            ),
            "tag:",
        ),
    ],
)
def test_texts_of_substack_tell_its_site_where_they_agree(
    bring: Bring, content: Path, texts: tuple[str, ...], begin: str
) -> None:
    report = bring("export.zip", substack(*texts))
    assert ("site-guessed" in codes(report)) == (begin != "tag:")
    assert f"id: {begin}" in (content / "field" / "p1.md").read_text(encoding="utf-8")
    assert ("/p/p1", "/articles/p1") in report.redirects


OWN = '<a href="https://field.example/subscribe?">اشترك</a>'


@pytest.mark.parametrize(
    ("before", "later"), [((OWN, ""), (OWN, "", OWN)), ((OWN, OWN, ""), (OWN, "", "", ""))]
)
def test_a_substack_whose_texts_tell_another_site_later_brings_what_is_new_alone(
    bring: Bring, content: Path, before: tuple[str, ...], later: tuple[str, ...]
) -> None:
    bring("export.zip", substack(*before))
    assert bring("export.zip", substack(*later)).count == 1
    assert len([*(content / "field").glob("p*.md")]) == len(later)


@pytest.mark.parametrize("rows", [(1, 2), (2, 1)])
def test_a_draft_takes_no_address_of_an_article(
    bring: Bring, content: Path, rows: tuple[int, ...]
) -> None:
    shown = {1: "2024-05-01T10:00:00.000Z,true", 2: ",false"}
    table = ["post_id,post_date,is_published,title"]
    table += [f"{n}.awwal,{shown[n]},عنوان {n}" for n in rows] + ["3.rabit,2024-05-02,true,ر"]
    texts = {f"posts/{n}.awwal.html": f"<p>نص {n}</p>" for n in rows}
    link = {"posts/3.rabit.html": '<p><a href="/p/awwal">رابط</a></p>'}
    report = bring("export.zip", zipped({"posts.csv": "\n".join(table), **texts, **link}))
    where = dict(report.redirects)["/p/awwal"]
    article = content / "field" / f"{where.removeprefix('/articles/')}.md"
    assert "عنوان 1" in article.read_text(encoding="utf-8")
    text = (content / "field" / "rabit.md").read_text(encoding="utf-8")
    assert f"[رابط]({where.removeprefix('/articles/')})" in text


def kept(kind: str, tag: str = "div", **said: object) -> str:
    """An empty element that a script of Substack's fills in."""
    return f'<{tag} class="{kind} x" data-attrs="{escape(json.dumps(said))}"></{tag}>'


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (
            f"<p>كتبت {kept('mention-wrap', 'span', name='سلمى', type='user', url=None)} أمس</p>",
            "كتبت سلمى أمس",
        ),
        (
            kept("mention-wrap", "span", name="الحقل", type="pub", url="https://field.example"),
            "[الحقل](https://field.example)",
        ),
        (
            kept(
                "image-gallery-embed",
                gallery={
                    "images": [
                        {"src": "https://cdn.example/a.jpg"},
                        {"src": "https://cdn.example/b.jpg"},
                    ],
                    "caption": "أ < ب",
                    "alt": "ص",
                },
            ),
            '<figure><img src="https://cdn.example/a.jpg" alt="ص"/><img src="https://cdn.example/b.jpg"'
            ' alt="ص"/><figcaption>أ &lt; ب</figcaption></figure>',
        ),
        (
            kept(
                "twitter-embed",
                url="https://twitter.com/s/status/7",
                name="سلمى",
                username="s",
                full_text='كلام <a class="tweet-url" href="https://field.example/x">رابط</a>\nتابع',
            ),
            "> كلام [رابط](https://field.example/x)\\\n> تابع\n>\n"
            "> — [سلمى @s](https://twitter.com/s/status/7)",
        ),
        (
            kept(
                "tweet",
                url="https://twitter.com/s/status/7",
                full_text="كلام",
                username="s",
                photos=[{"img_url": "https://cdn.example/a.jpg", "alt_text": "ص"}],
                quoted_tweet={"full_text": "قبله", "name": "علي"},
                expanded_url={"url": "https://field.example/x", "title": "ع", "description": "وصف"},
            ).replace("></div>", "><div>S</div><div>كلام<p>5 Likes</p></div></div><p>بعد</p>"),
            "> كلام\n>\n> ![ص](https://cdn.example/a.jpg)\n>\n> > قبله\n> >\n> > — علي\n>\n"
            "> [ع](https://field.example/x)\n>\n> وصف\n>\n> — [s](https://twitter.com/s/status/7)\n\nبعد",
        ),
        (
            kept("tweet", full_text="كلام").replace("></div>", "><p>ما لا ينتهي</p>"),
            "ما لا ينتهي",
        ),
        (kept("comment", comment={"body": "تعليق", "name": "سلمى"}), "> تعليق\n>\n> — سلمى"),
        (kept("latex-rendered", persistentExpression="a < b"), "```\na < b\n```"),
        (
            kept("digest-post-embed", title="عنوان", canonical_url="https://field.example/p/x"),
            "[عنوان](https://field.example/p/x)",
        ),
        (kept("quote", url="javascript:alert(1)", title="عنوان"), "عنوان"),
    ],
)
def test_what_substacks_site_fills_in_is_shown(html: str, markdown: str) -> None:
    shown, lost = written_out(html)
    assert (convert(shown, lambda kind, url: url).markdown, lost) == (markdown, ())


@pytest.mark.parametrize("end", ["</div>", ""])
def test_a_card_takes_nothing_of_what_follows(end: str) -> None:
    """Where its own end is missing, the next one is that of what holds it."""
    card = kept("tweet", full_text="كلام").replace("></div>", f"><div>كلام</div>{end}")
    shown, _lost = written_out(f"{kept('tweet', full_text='قبله')}<div>{card}<p>بعد</p></div>")
    markdown = convert(shown, lambda kind, url: url).markdown
    assert markdown.split("\n\n") == ["> قبله", "> كلام" if end else "كلام", "بعد"]


def noted(number: int, text: str) -> str:
    """A note as Substack's editor writes it."""
    return (
        f'<div class="footnote" data-component-name="FootnoteToDOM"><a id="footnote-{number}" href="#footnote-anchor-{number}"'
        f' class="footnote-number" contenteditable="false" target="_self">{number}</a><div class="footnote-content">{text}</div></div>'
    )


def test_footnotes_of_substack_are_footnotes() -> None:
    anchors = (
        f'<a class="footnote-anchor" data-component-name="FootnoteAnchorToDOM" id="footnote-anchor-{n}" href="#footnote-{n}" target="_self">{n}</a>'
        for n in (1, 2)
    )
    text = f"<p>قال{next(anchors)} ثم{next(anchors)}.</p>"
    notes = noted(1, "<p>أولى</p><div>صورة</div><p>تتمتها</p>") + noted(2, "ثانية")
    markdown = convert(as_notes(text + notes), lambda kind, url: url).markdown
    assert markdown == (
        '<p>قال<sup><a href="#footnote-1" role="doc-noteref" id="footnote-anchor-1">1</a></sup>'
        ' ثم<sup><a href="#footnote-2" role="doc-noteref" id="footnote-anchor-2">2</a></sup>.</p>\n\n'
        '<section role="doc-endnotes"><ol><li id="footnote-1" value="1"><p>أولى</p><p>صورة</p><p>تتمتها'
        ' <a href="#footnote-anchor-1" role="doc-backlink">↩</a></p></li>'
        '<li id="footnote-2" value="2">ثانية <a href="#footnote-anchor-2" role="doc-backlink">↩</a></li></ol></section>'
    )
    assert markup.render(markdown, path="x/x.md").text == "قال ثم. أولى صورة تتمتها ثانية"


@pytest.mark.parametrize(
    "html",
    [
        noted(1, "<p>ح</p>").removesuffix("</div></div>"),
        '<a class="footnote-anchor" href="#footnote-1">1',
        noted(1, "ح").replace("footnote-content", "x"),
        noted(1, "ح").replace("</div></div>", "</div>كلام</div>"),
        noted(1, "ح").replace(">1</a>", ">انظر</a>"),
    ],
)
def test_what_is_no_whole_footnote_stays_as_it_was(html: str) -> None:
    assert as_notes(html) == html


def test_a_post_of_substack_with_a_gallery_alone_comes_and_a_poll_is_told(
    bring: Bring, content: Path
) -> None:
    gallery = kept(
        "image-gallery-embed", gallery={"images": [{"src": "https://cdn.example/a.jpg"}]}
    )
    # A link in what is kept is none of the article's.
    filled = kept("button", text='<a href="http:x y">').replace("></div>", "><p>نص</p></div>")
    report = bring(
        "export.zip",
        zipped(
            {
                "posts.csv": "post_id,post_date,title\n1.awwal,2024-05-01T10:00:00.000Z,\n",
                "posts/1.awwal.html": f"<p></p>{gallery}{kept('poll-embed', id='7')}{filled}",
            }
        ),
    )
    assert codes(report) == ["html-dropped", "media-remote"]
    assert 'src="https://cdn.example/a.jpg"' in (content / "field" / "awwal.md").read_text("utf-8")


STORY = """<!DOCTYPE html><html><head><title>ع</title></head><body><article class="h-entry"><header><h1 class="p-name">عنوان</h1></header>
<section data-field="subtitle" class="p-summary">فرعي</section><section data-field="body" class="e-content"><section class="section section--body section--first"><div class="section-divider"><hr class="section-divider"></div><div><h3 class="graf graf--h3 graf--title">عنوان</h3><p name="0a1b" id="0a1b" class="graf">نص <b>مهم</b></p><p name="0a1c" id="0a1c">إلى <a href="#0a1d">أسفل</a></p><p name="0a1d" id="0a1d">أسفل</p></div></section></section>
<footer><p>By <a href="https://medium.com/@salma" class="p-author h-card">سلمى</a> on <time class="dt-published" datetime="2024-05-01T10:00:00.000Z">May</time>.</p>
<p><a href="https://medium.com/@salma/x-0123456789ab" class="p-canonical">Canonical link</a></p></footer></article></body></html>"""


def test_medium(bring: Bring, content: Path) -> None:
    draft = STORY.replace("dt-published", "x").replace("p-canonical", "y")
    report = bring(
        "medium-export.zip",
        zipped(
            {
                "medium/posts/2024-05-01_x-0123456789ab.html": STORY,
                "medium/posts/draft_y-0123456789ac.html": draft,
                "medium/profile/profile.html": "<p>",
            }
        ),
    )
    assert (report.kind, report.count, report.drafts) == ("medium", 2, 1)
    text = (content / "field" / "x-0123456789ab.md").read_text(encoding="utf-8")
    assert "id: https://medium.com/p/0123456789ab\n" in text.replace('"', "")
    assert text.endswith('---\n\nنص **مهم**\n\nإلى [أسفل](#0a1d)\n\n<p id="0a1d">أسفل</p>\n')


def test_stories_of_medium_may_lie_in_no_folder_and_cards_are_one_link(
    bring: Bring, content: Path
) -> None:
    card = (
        '<div class="graf--mixtapeEmbed">'
        '<a href="https://x.example/" class="markup--anchor">بطاقة</a>'
        '<a href="https://x.example/" class="js-mixtapeImage mixtapeImage u-ignoreBlock"></a></div>'
    )
    story = STORY.replace("</div></section></section>", f"{card}</div></section></section>")
    files: dict[str, str | bytes] = {
        "2016-05-01_x-0123456789ab.html": story,
        "draft_y-0123456789ac.html": STORY.replace("dt-published", "x"),
        "medium.rss": "<rss/>",
    }
    report = bring("medium-export.zip", zipped(files))
    assert (report.kind, report.count, report.drafts, report.unexplained) == ("medium", 2, 1, 0)
    text = (content / "field" / "x-0123456789ab.md").read_text(encoding="utf-8")
    assert text.count("https://x.example/") == 1


POST = "---\ntitle: ع\ndate: 2024-05-01\n---\nنص ![ص](a.txt)"
SITE = {
    "site-main/hugo.toml": 'baseURL = "https://old.example/"\n',
    "site-main/content/posts/a.md": POST,
}


def test_a_site_in_an_archive_is_read_as_its_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "site.zip").write_bytes(zipped(dict(SITE)))
    assert run(opened(tmp_path / "site.zip"), category="field", write=False).kind == "hugo"
    with tarfile.open(tmp_path / "site.tar.gz", "w:gz") as tar:
        for name, data in SITE.items():
            member = tarfile.TarInfo(name)
            member.size = len(data.encode())
            tar.addfile(member, io.BytesIO(data.encode()))
        link = tarfile.TarInfo("site-main/content/posts/b.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    report = run(opened(tmp_path / "site.tar.gz"), category="field")
    assert (report.kind, report.count, report.found) == ("hugo", 1, 1)


WXR = (
    '<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/" version="2.0"><channel>'
    "<item><title>عنوان</title><guid>https://old.example/?p=1</guid><wp:post_id>1</wp:post_id>"
    "<wp:post_type>post</wp:post_type><wp:status>publish</wp:status>"
    "<wp:post_date>2024-05-01 10:00:00</wp:post_date></item></channel></rss>"
).encode()

BLOG = {"Takeout/Blogger/Blogs/حقل/feed.atom": blog(posted(1))}
ANOTHER_BLOG = {
    "a blog": {"Takeout/Blogger/Blogs/ب/feed.atom": blog(posted(1))},
    "an export of its settings": {"blog-05-01-2024.xml": blog(posted(2)), "x.xml": b"<html/>"},
    "WordPress": {"old/old.wordpress.000.xml": WXR},
    "Substack": {"old/posts.csv": b"post_id"},
}


@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("other", ANOTHER_BLOG)
def test_of_several_exports_none_comes_untold(tmp_path: Path, other: str, is_packed: bool) -> None:
    files = {**BLOG, **ANOTHER_BLOG[other]}
    if is_packed:
        (tmp_path / "both").write_bytes(zipped(dict(files)))
    for name, data in {} if is_packed else files.items():
        (tmp_path / "both" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "both" / name).write_bytes(data)
    with pytest.raises(ImportFailure, match=r"2 exports.*--from") as told:
        opened(tmp_path / "both")
    for name in (*BLOG, next(iter(ANOTHER_BLOG[other]))):
        assert name.removeprefix("Takeout/") in str(told.value)


def test_of_exports_of_two_kinds_the_one_comes_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({**BLOG, "old.xml": WXR, "pom.xml": "<project/>"}))
    for kind in ("blogger", "wordpress"):
        source = opening.open_source(str(tmp_path / "x.zip"), kind, Fetcher(), "UTC")
        assert (source.kind, len([*source.entries(ignore)])) == (kind, 1)


@pytest.mark.parametrize(("hosts", "n"), [(("a", "a"), 1), (("a", "www.a"), 1), (("a", "b"), 2)])
def test_parts_of_two_sites_of_wordpress_are_two_exports(
    tmp_path: Path, hosts: tuple[str, str], n: int
) -> None:
    """A post has one number on both: links would lead to the wrong one."""
    site = "<channel><wp:base_blog_url>https://{}.example</wp:base_blog_url>"
    parts = {
        f"{number}.xml": WXR.replace(b"<channel>", site.format(host).encode())
        for number, host in enumerate(hosts)
    }
    (tmp_path / "x.zip").write_bytes(zipped(dict(parts)))
    if n == 1:
        assert opened(tmp_path / "x.zip").kind == "wordpress"
        return
    with pytest.raises(ImportFailure, match=r"wordpress: 0\.xml, wordpress: 1\.xml"):
        opened(tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("export.xml.gz", gzip.compress(WXR), "wordpress"),
        ("export.zip", zipped({"old/old.wordpress.000.xml": WXR}), "wordpress"),
        ("old.zip", zipped({"old.xml": WXR, "__MACOSX/._old.xml": b"x"}), "wordpress"),
        ("blog.xml.gz", gzip.compress(blog(posted(1))), "blogger"),
        ("ghost.json.gz", gzip.compress(json.dumps(GHOST).encode()), "ghost"),
        ("feed.gz", gzip.compress(rss_bytes(item(1))), "feed"),
    ],
)
def test_a_packed_export_is_what_it_unpacks_to(
    bring: Bring, name: str, data: bytes, kind: str
) -> None:
    report = bring(name, data)
    assert (report.kind, report.unexplained) == (kind, 0)
    assert report.count


@pytest.mark.parametrize("is_packed", [True, False])
def test_an_export_in_several_parts_is_one(
    bring: Bring, run: Run, content: Path, tmp_path_factory: pytest.TempPathFactory, is_packed: bool
) -> None:
    """A picture may lie in a later part than the article that has it; each part tells its own."""
    tmp_path = tmp_path_factory.mktemp("unpacked")
    thumbnail = (
        b"<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key>"
        b"<wp:meta_value>9</wp:meta_value></wp:postmeta>"
    )
    attachment = (
        b"<item><guid>https://old.example/?p=9</guid><wp:post_id>9</wp:post_id>"
        b"<wp:post_type>attachment</wp:post_type>"
        b"<wp:attachment_url>https://old.example/a.jpg</wp:attachment_url></item></channel>"
    )
    second = WXR.replace(b"<item>", b"<item><wp:comment/>").replace(b"1<", b"2<")
    parts = {
        "old.wordpress.000.xml": WXR.replace(b"</item>", thumbnail + b"</item>"),
        "old.wordpress.001.xml": second.replace(b"</channel>", attachment),
    }
    if is_packed:
        report = bring("old.zip", zipped(dict(parts)))
    else:
        for name, data in parts.items():
            (tmp_path / name).write_bytes(data)
        report = run(opened(tmp_path), category="field", download=None)
    assert (report.kind, report.found, report.count, report.unexplained) == ("wordpress", 2, 2, 0)
    texts = [path.read_text(encoding="utf-8") for path in (content / "field").glob("*.md")]
    assert ["image: https://old.example/a.jpg\n" in text for text in texts].count(True) == 1
    assert ("comments", "old.wordpress.001.xml") in [(e.code, e.place) for e in report.remarks]
    with pytest.raises(ImportFailure, match="no folder that is known"):
        bring("other.zip", zipped({**parts, "pom.xml": "<project/>"}))


@pytest.mark.parametrize("is_packed", [True, False])
def test_xml_that_cannot_be_read_stops_no_folder(
    run: Run, content: Path, tmp_path: Path, is_packed: bool
) -> None:
    files = {
        "hugo.toml": "title = 'x'\n",
        "content/posts/a.md": "---\ntitle: خبر\ndate: 2024-05-01\n---\nنص الخبر كله\n",
        "static/a.xml": "<x>" + "abcdefgh" * 2000,
    }
    if is_packed:
        data = bytearray(zipped(dict(files)))
        at = data.find(b"static/a.xml") + len("static/a.xml")
        data[at : at + 6] = b"\xff" * 6
        (tmp_path / "h.zip").write_bytes(data)
    else:
        for name, text in files.items():
            (tmp_path / "h.zip" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "h.zip" / name).write_text(text, encoding="utf-8")
        (tmp_path / "h.zip/static/a.xml").write_bytes(b"\x1f\x8bbroken")
    report = run(opened(tmp_path / "h.zip"), category="field")
    assert (report.kind, report.count, report.unexplained) == ("hugo", 1, 0)


def test_a_packed_export_that_is_broken_or_a_bomb_is_refused(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(WXR + b" " * 100_000)
    with pytest.raises(ImportFailure, match="cannot be read"):
        bring("cut.gz", packed[:-20])
    for inside in (gzip.compress(WXR), zipped({"old.xml": WXR})):
        with pytest.raises(ImportFailure, match="cannot be read"):
            bring("twice.gz", gzip.compress(inside))
    monkeypatch.setattr(archive, "_SMALL", 100)
    with pytest.raises(ImportFailure, match="unpacks"):
        bring("bomb.gz", gzip.compress(WXR + b" " * 1_000_000))


def test_a_file_of_an_archive_that_cannot_be_unpacked_is_not_there() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archived:
        archived.writestr("a.md", POST)
        archived.writestr("b.md", POST)
    data = bytearray(stream.getvalue())
    data[38:43] = b"\xff" * 5  # properties of the first one's LZMA, behind a head of 30 bytes
    opened = archive.open_archive(io.BytesIO(bytes(data)), "x.zip")
    assert opened is not None
    assert (opened.read("a.md"), opened.read("b.md")) == (None, POST.encode())


def test_no_name_of_an_archive_leads_out_of_it() -> None:
    names = (
        "../a.md",
        "/b.md",
        "c/../../d.md",
        "C:/e.md",
        "..\\f.md",
        "g\\h.md",
        "./i.md",
        ".git/k",
    )
    found = archive.open_archive(io.BytesIO(zipped(dict.fromkeys(names, "x"))), "x.zip")
    assert found is not None
    assert found.paths() == ("g/h.md", "i.md")


def test_archives_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"a/a.md": b"0" * (archive.MAX_RATIO * 40_000), "a/b.md": b"x"})
    found = archive.open_archive(io.BytesIO(bomb), "x.zip")
    assert found is not None
    assert found.paths() == ("b.md",)
    monkeypatch.setattr(archive, "MAX_FILES", 1)
    with pytest.raises(ImportFailure, match="unpacks"):
        archive.open_archive(io.BytesIO(zipped({str(n): "x" for n in range(3)})), "x.zip")
    with pytest.raises(ImportFailure, match="cannot be read"):
        archive.open_archive(io.BytesIO(b"PK\x03\x04" + b"x" * 300), "x.zip")


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        ("<!DOCTYPE html><html><body>نص", "web page"),
        ("-- MySQL dump 10.13\nCREATE TABLE x;", "database"),
        ('[{"id": 1, "title": {"rendered": "ع"}}]', "REST API"),
        ('{"x": 1}', "JSON"),
        ("%PDF-1.4", "document"),
        ("title,date\nع,2024\n", "table"),
        ("كلام", "address"),
    ],
)
def test_what_no_door_is_made_for_says_what_it_looks_like(
    tmp_path: Path, run: Run, data: str, hint: str
) -> None:
    (tmp_path / "x").write_text(data, encoding="utf-8")
    with pytest.raises(ImportFailure, match=hint):
        run(opened(tmp_path / "x"), write=False)


def without_address(html: str, **fields: str) -> bytes:
    """An export of Ghost that does not say where its site was, with one post."""
    post = {
        "id": "5f0d", "title": "السوق", "slug": "souk", "type": "post", "status": "published",
        "visibility": "public", "published_at": "2024-05-01T10:00:00.000Z", "html": html, **fields,
    }  # fmt: skip
    return json.dumps({"data": {"posts": [post]}}).encode()


@pytest.mark.parametrize("start", ["__GHOST_URL__", ""])
@pytest.mark.parametrize("asked", [False, True])
def test_a_picture_of_a_site_without_a_known_address_keeps_its_place(
    run: Run, tmp_path: Path, content: Path, start: str, asked: bool
) -> None:
    address = "/content/images/2021/03/باب السوق.jpg"
    html = (
        f'<p>قبله</p><figure><img src="{start}{address}" alt="باب قديم"><figcaption>الباب</figcaption>'
        f'</figure><p><img src="{start}/content/images/b.png" alt="نافذة"></p><p>بعده '
        f'<a href="{start}/content/files/c.pdf">الوثيقة</a></p>'
    )
    (tmp_path / "ghost.json").write_bytes(without_address(html))

    def download(url: str) -> bytes:
        raise AssertionError(url)

    report = run(
        opened(tmp_path / "ghost.json"), category="field", download=download if asked else None
    )
    text = (content / "field" / "souk.md").read_text(encoding="utf-8")
    body = text.split("---\n")[-1].strip().split("\n\n")
    assert body[0] == "قبله"
    assert 'src="/content/images/2021/03/باب%20السوق.jpg"' in body[1]
    assert body[2:] == ["![نافذة](/content/images/b.png)", "بعده [الوثيقة](/content/files/c.pdf)"]
    told = {str(noted.facts["value"]): noted.code for noted in report.remarks}
    assert told == dict.fromkeys(
        (address, "/content/images/b.png", "/content/files/c.pdf"),
        "media-missing" if asked else "media-remote",
    )


def test_the_picture_above_an_article_keeps_a_place_where_its_site_is_unknown(
    bring: Bring, content: Path
) -> None:
    document = without_address(
        "<p>نص</p>",
        feature_image="__GHOST_URL__/content/images/d.jpg",
        feature_image_alt="بيت",
        feature_image_caption="بيت <b>قديم</b>",
    )
    report = bring("ghost.json", document)
    assert codes(report) == ["media-remote"]
    text = (content / "field" / "souk.md").read_text(encoding="utf-8")
    assert text.endswith(
        '---\n\n<figure><img src="/content/images/d.jpg" alt="بيت"/>'
        "<figcaption>بيت قديم</figcaption></figure>\n\nنص\n"
    )
    assert "image:" not in text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("/media/x.jpg", "/media/x.jpg"),
        ("/content/%2e%2e/%2e%2e/x.jpg", "/content/%2e%2e/%2e%2e/x.jpg"),
        ("../x (1).jpg", "/x%20%281%29.jpg"),
        ("x.jpg", "/souk/x.jpg"),
        ("///x.jpg", "/x.jpg"),
        ("data:image/png;base64,AA", ""),
    ],
)
def test_odd_paths_of_pictures_are_no_errors(
    bring: Bring, content: Path, written: str, kept: str
) -> None:
    bring("ghost.json", without_address(f'<p>نص</p><p><img src="{written}" alt="ش"></p>'))
    text = (content / "field" / "souk.md").read_text(encoding="utf-8")
    assert text.endswith(f"---\n\nنص\n\n![ش]({kept})\n" if kept else "---\n\nنص\n")


def test_pictures_of_substack_whose_site_is_unknown_keep_their_place(
    bring: Bring, content: Path
) -> None:
    files: dict[str, str | bytes] = {
        "posts.csv": "post_id,post_date,title\n1.awwal,2024-05-01T10:00:00.000Z,أول\n",
        "posts/1.awwal.html": '<p>نص</p><p><img src="/image/a.png" alt="ش"></p>',
    }
    report = bring("export.zip", zipped(files))
    assert codes(report) == ["media-remote"]
    assert "![ش](/image/a.png)" in (content / "field" / "awwal.md").read_text("utf-8")


def test_pictures_of_medium_keep_their_place(bring: Bring, content: Path) -> None:
    story = STORY.replace("p-canonical", "y").replace(
        "</div></section></section>",
        '<p><img src="../../img/a.png" alt="ش"></p></div></section></section>',
    )
    report = bring("medium-export.zip", zipped({"posts/2024-05-01_x-0123456789ab.html": story}))
    assert "media-remote" in codes(report)
    (text,) = (path.read_text("utf-8") for path in (content / "field").glob("*.md"))
    assert "![ش](/img/a.png)" in text


def test_links_that_no_article_may_have_are_told(bring: Bring, content: Path) -> None:
    html = (
        '<p>اتصلوا <a class="x" href=" TEL:+963 11 5550100">هاتفيًا</a> أو <a href="sms:+963115550100">برسالة</a>'
        ' أو <a href="mailto:desk@news.example">بريدًا</a> أو <a href="javascript:void(0)">هنا</a>'
        ' أو <a href="/souk/a:b">هناك</a>.</p>'
    )
    report = bring("ghost.json", without_address(html))
    told = [str(noted.facts["value"]) for noted in report.remarks if noted.code == "link-scheme"]
    assert told == ["TEL:+963 11 5550100", "sms:+963115550100"]
    assert "desk@news.example" in (content / "field" / "souk.md").read_text("utf-8")
