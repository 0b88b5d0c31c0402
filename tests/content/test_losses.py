"""What a sanitiser takes away is replaced where it can be, and else told with its line."""

import time
from contextlib import suppress

import pytest

from feedservice.content.embeds import page_of
from feedservice.content.markup import Body, MarkupError, plain_text, render
from feedservice.domain import internal_links


def body_of(markdown: str) -> Body:
    return render(markdown, path="field/a.md", base_urls=("https://news.example",))


def html_of(markdown: str) -> str:
    html = body_of(markdown).html
    return internal_links.resolve(html, lambda target: f"/{target.kind}/{target.name}")


def told(markdown: str) -> list[tuple[str, int]]:
    return [(each.code, each.line) for each in body_of(markdown).problems]


@pytest.mark.parametrize(
    ("frame", "page"),
    [
        ("https://www.youtube-nocookie.com/embed/Ab_-1?rel=0&start=3", "https://www.youtube.com/watch?v=Ab_-1"),
        ("//www.youtube.com/embed/videoseries?list=PL1", "https://www.youtube.com/playlist?list=PL1"),
        ("https://player.vimeo.com/video/76?h=1", "https://vimeo.com/76"),
        ("https://platform.twitter.com/embed/Tweet.html?dnt=true&id=12", "https://x.com/i/status/12"),
        ("https://t.me/channel/123?embed=1", "https://t.me/channel/123"),
        ("https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fx%2Fposts%2F1&width=500", "https://www.facebook.com/x/posts/1"),
        ("https://www.instagram.com/reel/Ab1/embed/captioned/", "https://www.instagram.com/reel/Ab1/"),
        ("https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&color=1", "https://soundcloud.com/a/b"),
        ("https://open.spotify.com/embed/episode/4x?utm=1", "https://open.spotify.com/episode/4x"),
        ("https://www.google.com/maps/embed?pb=!1m18!1m3!1d3!2d36.2!3d33.5!4f1", "https://www.google.com/maps?q=33.5,36.2"),
        ("https://maps.google.com/maps?q=damascus&output=embed", "https://www.google.com/maps?q=damascus"),
        ("https://www.openstreetmap.org/export/embed.html?bbox=1&marker=33.5%2C36.2", "https://www.openstreetmap.org/?mlat=33.5&mlon=36.2"),
    ],
)  # fmt: skip
def test_a_frame_of_a_known_service_is_a_card_with_a_link(frame: str, page: str) -> None:
    assert page_of(frame)[0] == page
    made = f'سطر\n\n<iframe src="{frame.replace("&", "&amp;")}" title="تسجيل" allowfullscreen></iframe>\n\nبعد'
    html = html_of(made)
    assert f'<figure><a href="{page.replace("&", "&amp;")}">تسجيل — ' in html
    assert "<img" not in html
    assert told(made) == []
    assert "بعد" in html


def test_a_card_without_a_title_says_where_it_leads() -> None:
    assert ">YouTube" not in html_of('<iframe src="https://youtu.be/Ab"></iframe>')
    assert "www.youtube.com/watch?v=Ab — YouTube" in html_of(
        "<iframe src=https://youtu.be/Ab>x</iframe>"
    )


def test_other_frames_are_links_too_and_told() -> None:
    made = 'سطر\n\n<iframe src="https://charts.example/1"></iframe>\n\n<object data="//maps.example/x"></object>'
    assert 'href="https://charts.example/1"' in html_of(made)
    assert 'href="https://maps.example/x"' in html_of(made)
    assert told(made) == [("frame-linked", 3), ("frame-linked", 5)]


def test_a_document_of_ours_in_a_frame_is_a_link() -> None:
    assert 'href="/media/a.pdf"' in html_of('<embed src="media/a.pdf">')


@pytest.mark.parametrize("frame", ["javascript:alert(1)", "data:text/html,x", "about:blank", ""])
def test_a_frame_of_nothing_is_told(frame: str) -> None:
    assert told(f'<iframe src="{frame}"></iframe>') == [("html-removed", 1)]
    assert "href" not in html_of(f'<iframe src="{frame}"></iframe>')


@pytest.mark.parametrize(
    "html",
    [
        '<script async src="https://telegram.org/js/telegram-widget.js?22" data-telegram-post="channel/12"></script>',
        '<amp-youtube data-videoid="Ab"></amp-youtube>', '<lite-youtube videoid="Ab"></lite-youtube>',
        '<div class="fb-post" data-href="https://www.facebook.com/x/posts/1"></div>',
        '<iframe src="about:blank" data-src="https://www.youtube.com/embed/Ab"></iframe>',
    ],
)  # fmt: skip
def test_what_a_script_would_have_filled_is_a_card(html: str) -> None:
    assert "<figure><a href=" in html_of(html)
    assert told(html) == []


def test_an_article_of_a_frame_or_a_picture_only_is_no_empty_one() -> None:
    for made in (
        '<iframe src="https://youtu.be/Ab"></iframe>',
        "![رسم](media/a.png)",
        '<audio src="media/a.mp3" controls></audio>',
    ):
        assert not body_of(made).is_empty
    for made in ("", "<script>x</script>", "<img alt=''>", "<!-- x -->"):
        assert body_of(made).is_empty
    assert body_of("![رسم الغلاف](media/a.png)").first_paragraph == "رسم الغلاف"


@pytest.mark.parametrize(
    "name", ["svg", "math", "form", "canvas", "select", "textarea", "map", "object", "button", "script"]
)  # fmt: skip
def test_an_element_that_is_removed_is_told_with_its_line(name: str) -> None:
    assert told(f"سطر\n\nقبل <{name} x=1>كلام</{name}> بعد") == [("html-removed", 3)]
    assert ("كلام" in html_of(f"قبل <{name} x=1>كلام</{name}> بعد")) == (name != "script")


@pytest.mark.parametrize(
    "html",
    ["<style>p{}</style>", "<!-- ملاحظة -->", "<o:p></o:p>", "<font color=red>س</font>", "<![if !x]>س<![endif]>",
     '<script async src="https://platform.twitter.com/widgets.js"></script>', '<script type="application/ld+json">{}</script>'],
)  # fmt: skip
def test_what_no_reader_misses_is_not_told(html: str) -> None:
    assert told(f"{html}\n\nبعد") == []


@pytest.mark.parametrize(
    "beginning",
    [
        "<!-- ملاحظة",
        "<script>x",
        "<style>p{}",
        "<?php echo 1",
        "<!Note",
        '<p class="lead>فقرة</p>',
        "<p class='lead>فقرة</p>",
        '<p class="lead>فقرة',
        '<div class="x"\n<p>فقرة</p>',
        "<div class=x\n<p>فقرة</p>",
        "<p data-x=1 title = 'a>b</p>",
    ],
)
def test_what_is_not_closed_and_hides_the_rest_is_told(beginning: str) -> None:
    assert told(f"سطر\n\n{beginning}\n\nفقرة مهمة") == [("html-open", 3)]


@pytest.mark.parametrize(
    "value",
    [
        "<style>",
        "<script>",
        "a <!-- b",
        "<b>كلمة</b>",
        "a > b",
        "<",
        "it's",
        "كيف تكتب <script>",
        "<?",
        "<textarea>",
        "=",
    ],
)
def test_what_an_attribute_says_is_no_tag(value: str) -> None:
    single = value.replace("'", "")
    made = (
        f'<p title="{value}" lang=en>فقرة</p>\n\n'
        f"بعد <i title='{single}'>كلام</i> "
        '<iframe src="//youtu.be/A"></iframe>'
    )
    assert plain_text(html_of(made)).startswith("فقرة بعد كلام")
    assert told(made) == []


@pytest.mark.parametrize("said", ["نصّ", "سطر & <b>كلمة</b>"])
def test_what_is_marked_as_characters_is_shown_as_such(said: str) -> None:
    assert plain_text(html_of(f"<p>قبل <![CDATA[{said}]]> بعد</p>")) == f"قبل {said} بعد"


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ('<img src="data:image/gif;base64,R0" data-src="https://cdn.example/r.jpg" alt="س">', "https://cdn.example/r.jpg"),
        ('<img src="wait.svg" data-lazy-src="media/a.jpg" alt="س">', "/media/a.jpg"),
        ('<img srcset="https://cdn.example/1.jpg 480w, https://cdn.example/2.jpg 800w" alt="س">', "https://cdn.example/2.jpg"),
        ('<img srcset="https://cdn.example/1.jpg, https://cdn.example/2.jpg 2x" alt="س">', "https://cdn.example/2.jpg"),
        ('<picture><source srcset="https://cdn.example/p.webp" type="image/webp"><img src="https://cdn.example/p.jpg" alt="س"></picture>', "https://cdn.example/p.jpg"),
        ('<picture><source srcset="https://cdn.example/p.webp"><img alt="س"></picture>', "https://cdn.example/p.webp"),
        ('<img data-src="https://cdn.example/r.jpg" alt="س"><noscript><img src="https://cdn.example/r.jpg" alt="س"></noscript>', "https://cdn.example/r.jpg"),
    ],
)  # fmt: skip
def test_a_lazy_picture_has_the_address_that_its_script_knows(html: str, source: str) -> None:
    made = html_of(html)
    assert made.count("<img") == 1
    assert f'src="{source}"' in made
    assert 'alt="س"' in made
    assert told(html) == []


def test_pictures_of_one_address_side_by_side_are_two() -> None:
    for made in (
        "![قبل](https://x.example/s.png) ![بعد](https://x.example/s.png)",
        "![](media/star.png)![](media/star.png)",
        '<p><img src="media/star.png" alt=""><img src="media/star.png" alt=""></p>',
    ):
        assert html_of(made).count("<img") == 2
    lazy = '<img data-src="media/star.png" alt="">'
    for twins in (
        f'{lazy}<img src="media/star.png" alt="">',
        f'<noscript><img src="media/star.png" alt=""></noscript>{lazy}',
    ):
        assert html_of(twins).count("<img") == 1


def test_a_picture_that_is_shown_again_further_on_is_no_twin_of_the_first() -> None:
    one = '<img src="https://cdn.example/p.jpg" alt="س">'
    assert html_of(f"<p>{one} نص <picture>{one}</picture></p>").count("<img") == 2
    assert html_of(f"{one}\n<noscript>{one}</noscript>").count("<img") == 1


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ("![س](data:image/png;base64,AAAA)", "picture-source"), ('<img alt="س">', "picture-source"), ('<img src="cid:1" alt="س">', "picture-source"),
        (r"![س](C:\Users\أحمد\a.jpg)", "picture-local"), ("![س](file:///home/x/a.jpg)", "picture-local"),
        ("![](https://cdn.example/a.jpg)", "picture-alt-missing"), ('<img src="https://cdn.example/a.jpg">', "picture-alt-missing"),
    ],
)  # fmt: skip
def test_a_picture_that_nobody_sees_or_hears_of_is_told(picture: str, code: str) -> None:
    assert told(f"سطر\n\n{picture}") == [(code, 3)]


def test_a_picture_that_needs_no_words_may_say_so_in_html() -> None:
    assert told('<img src="https://cdn.example/line.png" alt="">') == []


@pytest.mark.parametrize(("name", "element"), [("v.mp4", "video"), ("a.mp3", "audio")])
def test_a_recording_in_a_pictures_place_is_a_player(name: str, element: str) -> None:
    assert f'<{element} src="/media/{name}" controls=""></{element}>' in html_of(
        f"![س](media/{name})"
    )


def test_what_a_player_says_where_it_cannot_play_is_no_summary() -> None:
    body = body_of(
        '<video controls><source src="media/v.mp4"><a href="media/v.mp4">نزّل</a></video>\n\nالخبر.'
    )
    assert body.text == body.first_paragraph == "الخبر."
    assert "نزّل" in body.html


@pytest.mark.parametrize(
    "html",
    ['<p align="center">س</p>', '<div align="right" dir="rtl">س</div>', '<h2 id="x" style="text-align:center">س</h2>', '<p style="text-align:justify">س</p>'],
)  # fmt: skip
def test_the_side_of_a_text_is_kept(html: str) -> None:
    kept = html.split(" ", 1)[1].split(">", maxsplit=1)[0].replace('id="x" ', "").split(" dir")[0]
    assert kept in html_of(html)


def test_no_other_value_of_a_side_comes_through() -> None:
    assert "align" not in html_of('<p align="x">س</p><div style="position:fixed">ص</div>')


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("{{< youtube Ab >}}", 1), ("{{% note %}}س{{% /note %}}", 2), ('[gallery ids="1,2"]', 1), ("{% include x.html %}", 1), ("{{ site.url }}", 1),
        ('[caption id="x"]س[/caption]', 2), ("`{{< x >}}`", 0), ("```\n[gallery ids=1]\n```", 0), ("[سوريا] و[note] و[a](/b)", 0),
    ],
)  # fmt: skip
def test_shortcodes_are_told_with_their_line(words: str, count: int) -> None:
    assert told(f"سطر\n\n{words}") == [("shortcode", 5 if "```" in words else 3)] * count


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("[المصدر] (https://x.example/a)", 1), ("![نهر]  (media/a.jpg)", 1), ("[خبر] (b.md)", 1),
        ("(المصدر)[https://x.example]", 1), ("(نهر)[media/a.jpg]", 1),
        ("[المصدر](https://x.example/a)", 0), ("[1] (https://x.example/a)", 0), ("`[x] (media/a.jpg)`", 0),
        ("(كلام) [المصدر](https://x.example/a)", 0), ("[كلام] (بين قوسين)", 0), ("(كلام)[^1]\n\n[^1]: ح", 0),
    ],
)  # fmt: skip
def test_a_link_that_is_none_is_told(words: str, count: int) -> None:
    assert told(f"سطر\n\n{words}") == [("link-shown", 3)] * count


@pytest.mark.parametrize(
    ("address", "is_told"),
    [
        ("river.example", True), ("news.river.com/a/b?c=d", True), ("river.co", True),
        ("https://river.example", False), ("www.river.example", False), ("a.md", False),
        ("../river.com", False), ("/river.com", False), ("page.html", False), ("a.js", False), ("كلام.com.نص", False),
    ],
)  # fmt: skip
def test_an_address_without_its_beginning_is_told(address: str, is_told: bool) -> None:
    assert told(f"سطر\n\n[نص]({address})") == [("url-bad", 3)] * is_told


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ("river.example/a", "https://river.example/a"), ("http:/river.example", "http://river.example"),
        ("https:river.example", "https://river.example"), ("http:///river.example", "http://river.example"),
        ("http//river.example", "http://river.example"), ("https//river.example/a.png", "https://river.example/a.png"),
        ("https://نهر..example", ""), ("؟", ""),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_told_with_the_form_to_paste(
    address: str, nearest: str
) -> None:
    (problem,) = body_of(f"سطر\n\n[نص]({address})").problems
    assert (problem.code, problem.line) == ("url-bad", 3)
    assert problem.facts == {"value": address} | ({"nearest": nearest} if nearest else {})


@pytest.mark.parametrize(
    "address",
    ["https://river.example", "//river.example/a", "www.river.example", "desk@river.example", "mailto:desk@river.example",
     "b.md", "daraya", "/", "/tags/نهر", "./b.md", "httpd/a.html", "http/a.html", "https://river.example/http:/a"],
)  # fmt: skip
def test_an_address_that_leads_somewhere_is_not_told(address: str) -> None:
    assert told(f"سطر\n\n[نص]({address})") == []


@pytest.mark.parametrize(
    "link",
    ["[نص]()", "[نص](#)", "[نص](https://)", "[نص](http://)", '<a href="">نص</a>', "<a href='#'>نص</a>"],
)  # fmt: skip
def test_a_link_without_an_address_is_told(link: str) -> None:
    assert told(f"سطر [س](https://river.example)\n\n{link}") == [("link-empty", 3)]
    assert "href" not in html_of(link)


def test_an_address_that_was_told_is_not_told_again() -> None:
    for written, code in (
        ("[x](../../x)", "link-outside"),
        ("[x](javascript:x)", "link-scheme"),
        ("<a href='river.example:80'>x</a>", "link-scheme"),
        ("<img src='' alt=''>", "picture-source"),
    ):
        assert told(written) == [(code, 1)]


@pytest.mark.parametrize(
    ("row", "is_told"),
    [
        ("| ١ | ٢ | ٣ |", True), ("١ | ٢ | ٣", True), ("| ١ | ٢ | | ٤", True), ("| `س|ص` | ٢ |", True),
        ("| ١ | ٢ |", False), ("| ١ |", False), ("| ١ | ٢ ||", False), ("| ١ | ٢ | |", False), ("| س \\| ص | ٢ |", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("head", ["", "> "])
def test_cells_beyond_the_head_of_a_table_are_told(head: str, row: str, is_told: bool) -> None:
    table = f"سطر\n\n{head}| أ | ب |\n{head}|---|---|\n{head}| ٠ | ٠ |\n{head}{row}\n"
    assert told(table) == [("table-cells", 6)] * is_told
    assert told(f"```\n{table}```") == []


def test_a_note_without_a_text_is_told() -> None:
    assert told("سطر\n\nقال[^9] ثم[^1]\n\n[^1]: ح") == [("footnote-missing", 3)]
    assert told(r"قال\[^9] ثم") == []
    assert told(r"قال\[^9] ثم[^9]") == [("footnote-missing", 1)]
    assert told(r"تُكتب `[^9]` هكذا\[^9]") == []
    assert told(r"تُكتب `\[^9]` هكذا[^9]") == [("footnote-missing", 1)]
    assert told(r"قال\\[^9]") == [("footnote-missing", 1)]  # a backslash, and a sign


def test_lists_that_word_wrote_are_lists() -> None:
    item = (
        "<p class=MsoListParagraph style='text-indent:-18.0pt'><![if !supportLists]><span>{}"
        "<span>&nbsp;&nbsp; </span></span><![endif]><span lang=AR-SA>{}</span></p>\n"
    )
    signs = item.format("·", "أول") + item.format("·", "ثان")
    numbers = item.format("1.", "أول") + item.format("2.", "ثان")
    assert html_of(signs).count("<li>") == 2
    assert html_of(signs).count("<ul>") == html_of(numbers).count("<ol>") == 1
    assert (
        body_of(f"<p class=MsoNormal>قبل</p>\n{signs}<p><b>عنوان</b></p>").text
        == "قبل أول ثان عنوان"
    )
    assert "<ul><li>س</li><li>ص</li></ul>" in html_of("<p>• س</p>\n<p>• ص</p>")


@pytest.mark.parametrize(
    "hostile",
    ["<iframe " * 20_000, "<iframe>" * 20_000, "<iframe src=https://youtube.com/embed/?" + "&list" * 400 + ">", "<!-- " * 30_000,
     "<script>" * 20_000, "<svg>" * 250, "<img>" * 10_000, "<img srcset='" + "a 1w, " * 30_000 + "'>", "[a b=" * 20_000, "{{<" * 20_000,
     "[^" * 20_000, "<p class=MsoList>·" * 200, "<p>" + "&nbsp;" * 50_000 + "•", "<amp-a " * 20_000, "<picture><source srcset=a>" * 200],
)  # fmt: skip
def test_hostile_html_costs_little_time(hostile: str) -> None:
    begin = time.process_time()
    with suppress(MarkupError):
        render(hostile, path="a.md")
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("markdown", "line"),
    [
        ("فقرة\n\n```\nرمز\n\nفقرة أخيرة", 3),
        ("```\nأ\n```\n\n```\nب\n\nج\n", 5),
        ("~~~py\nأ\n```\n\nب", 1),
        ("````\nأ\n```\n\nب\n\n", 1),
        ("```\nأ\n``` نهاية\nب", 1),
        ("فقرة\n\n```\n\n", 3),
        ("- بند\n\n  ```\n  رمز\n\n  كلام", 3),
        ("```\nأ\n```", None),
        ("```\nأ\n````  \n\n", None),
        ("> ~~~\n> أ\n> ~~~\n", None),
        ("> ```\n> أ\n\nب", None),
        ("- ```\n  أ\n\nب", None),
        ("``` أ ``` ب", None),
        ("\\```\nأ", None),
        ("    ```\n    x", None),
    ],
)
def test_code_that_nothing_ends_is_told_at_its_first_line(markdown: str, line: int | None) -> None:
    """What follows it is shown as code; what ends with its list or quotation hides nothing."""
    found = [each for each in body_of(markdown).problems if each.code == "code-open"]
    assert [(each.line, each.facts["value"]) for each in found] == (
        [(line, markdown.split("\n")[line - 1].strip()[:4].rstrip("pyأ\n"))] if line else []
    )


def test_many_signs_of_code_are_read_in_proportion_to_their_number() -> None:
    assert [each.code for each in body_of("```\n" * 100_001).problems] == ["code-open"]
