"""Bodies of WordPress: both editors, shortcodes, and what they name by number, become what they
showed, or are told."""

import pytest

from feedservice.importing.wordpress_body import Body, html_of
from feedservice.importing.wordpress_library import Attachment, Library

PICTURE = Attachment(url="https://old.example/a.jpg", alt="سوق", caption="السوق")
LIBRARY = Library(
    files={
        "7": Attachment(url="b.jpg", alt="ب"),
        "8": PICTURE,
        "9": Attachment(url="https://old.example/x.mp3"),
    },
    of_posts={"1": {"8": None, "9": None}},
    patterns={
        "77": "<!-- wp:paragraph --><p>من القالب</p><!-- /wp:paragraph -->",
        "78": '<!-- wp:block {"ref":78} /-->دائرة',
    },
)
SHOWN = (
    '<figure><img src="https://old.example/a.jpg" alt="سوق"><figcaption>السوق</figcaption></figure>'
)


def body(text: str, number: str = "1") -> Body:
    return html_of(text, LIBRARY, number)


def link(url: str) -> str:
    return f'<p><a href="{url}">{url}</a></p>'


def test_paragraphs_are_made_where_the_post_has_none() -> None:
    html = body("أول\nسطر\n\nثان<ul><li>بند</li></ul>ثالث\n\n<pre>أ\n\nب</pre>").html
    assert html.split("\n\n")[:2] == ["<p>أول<br>\nسطر</p>", "<p>ثان</p>"]
    assert "<p>ثالث</p>" in html
    assert "<pre>أ\n\nب</pre>" in html


@pytest.mark.parametrize(
    "text",
    ["تمهيد\n<ul>\n<li>أول</li>\n\n<li>ثان</li>\n</ul>", "<b>س</b>\n<li>أول</li>", "س\n\nص\n<li>أول</li>"],
)  # fmt: skip
def test_no_line_is_broken_beside_a_list(text: str) -> None:
    assert "<br" not in body(text).html


def test_a_line_is_broken_once() -> None:
    assert body("أول<br />\nثان\nثالث").html == "<p>أول<br />\nثان<br>\nثالث</p>"


def test_the_block_editors_comments_go() -> None:
    assert body('<!-- wp:paragraph {"a":1} --><p>نص</p><!-- /wp:paragraph -->').html == "<p>نص</p>"


@pytest.mark.parametrize(
    "block",
    [
        "<!-- wp:separator -->\n<hr/>\n<!-- /wp:separator -->",
        "<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->",
        '<!-- wp:spacer {"height":"9px"} /-->',
        "كلام عن <!-- wp:paragraph --> فيه",
    ],
)
def test_one_block_takes_no_paragraphs_from_a_classic_post(block: str) -> None:
    made = body(f"أولى\nسطر\n\nثانية\n\n{block}\n\nثالثة\n\nرابعة")
    assert "<p>أولى<br>\nسطر</p>\n\n<p>ثانية</p>" in made.html
    assert made.html.endswith("<p>ثالثة</p>\n\n<p>رابعة</p>")
    assert made.lost == made.unknown == ()


def test_the_classic_block_within_others_has_paragraphs() -> None:
    inner = "<!-- wp:freeform -->\nأول\n\nثان\n<!-- /wp:freeform -->"
    made = body(f'<!-- wp:group --><div class="g">{inner}</div><!-- /wp:group -->')
    assert "<p>أول</p>\n\n<p>ثان</p>" in made.html


def test_a_synced_pattern_is_its_text_wherever_it_is_named() -> None:
    made = body('قبل\n\n<!-- wp:block {"ref":77} /-->\n\nبعد')
    assert made == ("<p>قبل</p>\n\n<p>من القالب</p>\n\n<p>بعد</p>", (), ())


def test_a_pattern_that_is_not_there_or_names_itself_is_told() -> None:
    assert body('<!-- wp:block {"ref":5} /-->').lost == ("wp:block",)
    assert body('<!-- wp:block {"ref":78} /-->').lost == ("wp:block",)


def test_embeds_are_links_with_their_captions() -> None:
    inside = '<figure class="x"><div>\nhttps://youtu.be/a_b?x=1&amp;y\n</div>{}</figure>'
    block = '<!-- wp:embed {{"url":"https://youtu.be/a_b?x=1\\u0026y"}} -->{}<!-- /wp:embed -->'
    linked = link("https://youtu.be/a_b?x=1&amp;y")
    assert body(block.format(inside.format(""))).html == linked
    captioned = inside.format("<figcaption>شرح</figcaption>")
    assert body(block.format(captioned)).html == (
        f"<figure>{linked}<figcaption>شرح</figcaption></figure>"
    )
    assert body(f"<!-- wp:core-embed/twitter -->{captioned}<!-- /wp:core-embed/twitter -->").html


def test_what_the_site_computed_is_told() -> None:
    made = body('<!-- wp:latest-posts {"n":3} /-->\n\n<!-- wp:jetpack/contact-form /-->')
    assert made == ("", (), ("wp:latest-posts", "wp:jetpack/contact-form"))


@pytest.mark.parametrize(
    "written",
    [
        "[gallery]",
        '[gallery ids="8"]',
        '[gallery columns="3" include="8"]',
        '<!-- wp:gallery {"ids":[8]} /-->',
        '<!-- wp:gallery --><!-- wp:image {"id":8} /--><!-- /wp:gallery -->',
    ],
)
def test_galleries_are_pictures_those_of_the_post_where_none_is_named(written: str) -> None:
    assert body(f"قبل\n\n{written}").html == f"<p>قبل</p>\n\n{SHOWN}"


def test_a_gallery_of_nothing_is_told() -> None:
    assert body("[gallery]", "2").lost == ("[gallery]",)


def test_wordpress_own_shortcodes_are_carried_and_others_told() -> None:
    made = body(
        '[caption id="a" width="9"]<img src="a.jpg"> شرح[/caption] [gallery ids="7"]'
        ' [audio mp3="a.mp3"][/audio] [stock id="3"] [1] [sic]'
    )
    assert '<figure><img src="a.jpg"><figcaption>شرح</figcaption></figure>' in made.html
    assert '<img src="b.jpg" alt="ب">' in made.html
    assert '<audio src="a.mp3" controls>' in made.html
    assert made.unknown == ("stock",)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("[youtube https://youtu.be/x]", "https://youtu.be/x"),
        ("[youtube=https://youtu.be/x?a=1&#038;b=2]", "https://youtu.be/x?a=1&amp;b=2"),
        ("[youtube]https://youtu.be/x[/youtube]", "https://youtu.be/x"),
        ('[youtube id="abcde12"]', "https://www.youtube.com/watch?v=abcde12"),
        ("[vimeo 12345]", "https://vimeo.com/12345"),
        ("[tweet https://x.example/1]", "https://x.example/1"),
        ('[soundcloud url="https://s.example/a" width="9"]', "https://s.example/a"),
        ("[embed]https://t.example/?a=1&amp;b=2[/embed]", "https://t.example/?a=1&amp;b=2"),
    ],
)
def test_players_of_others_are_links(written: str, url: str) -> None:
    assert body(f"قبل\n\n{written}\n\nبعد") == (
        f"<p>قبل</p>\n\n{link(url)}\n\n<p>بعد</p>",
        (),
        (),
    )


def test_recordings_are_players() -> None:
    assert (
        '<audio src="https://old.example/a.mp3"' in body("[audio https://old.example/a.mp3]").html
    )
    made = body('[playlist ids="8,9"]')
    assert made.html.count("<audio") == 1
    assert 'src="https://old.example/x.mp3"' in made.html


@pytest.mark.parametrize(
    "form",
    [
        "[contact-form-7]",
        '[contact-form-7 id="12" title="راسلنا"]',
        "[contact-form]\n[contact-field label='اسم' type='text'/]\n[/contact-form]",
        '[wpforms id="9"]',
    ],
)
def test_forms_are_left_out_and_told(form: str) -> None:
    made = body(f"قبل\n\n{form}\n\nبعد")
    assert made.html == "<p>قبل</p>\n\n<p>بعد</p>"
    assert made.unknown == ()
    assert any(form.startswith(name[:-1]) for name in made.lost)


def test_unknown_shortcodes_alone_on_a_line_are_told_and_words_in_brackets_are_not() -> None:
    made = body("[poll_widget]\n\n[map 12]\n\nقال [sic] كذا [[note]] [1]\n\n<pre>\n[x_y]\n</pre>")
    assert made.unknown == ("poll_widget", "map")


def test_code_between_marks_is_code() -> None:
    made = body('قبل\n\n[code lang="php"]\nif (a < b) [gallery]\n\n$b;\n[/code]')
    assert made.html == ("<p>قبل</p>\n\n<pre><code>if (a &lt; b) [gallery]\n\n$b;</code></pre>")
    assert body("[code]&lt;b&gt;[/code]").html == "<pre><code>&lt;b&gt;</code></pre>"
    assert "وسط" in body("[code]أ<pre>وسط</pre>ب[/code]").html


def test_smaller_pictures_are_the_uploaded_ones_where_the_library_has_them() -> None:
    urls = {
        "https://old.example/a.jpg",
        "https://old.example/b-scaled.jpg",
        "https://old.example/c-3x4.jpg",
    }
    library = Library(urls=urls)
    for written, whole in (
        ("a-300x200.jpg", "a.jpg"),
        ("b-1024x768.jpg", "b-scaled.jpg"),
        ("c-3x4.jpg", "c-3x4.jpg"),
        ("d-300x200.jpg", "d-300x200.jpg"),
    ):
        tag = f'<img class="x" src="https://old.example/{written}" srcset="y 2x" alt="ص">'
        html = html_of(tag, library).html
        assert f'src="https://old.example/{whole}"' in html
        assert ("srcset" in html) == (written == whole)
