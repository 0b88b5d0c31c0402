"""Places inside a body: headings, notes, names; what leads to them; addresses that become links."""

import re
import time
from urllib.parse import unquote

import pytest

from factories import NOW, article, site
from feedservice.content.markup import render
from feedservice.domain import internal_links
from feedservice.feeds import build
from feedservice.feeds.link_context import LinkContext


def page_of(markdown: str, slug: str = "a", base_url: str = "") -> str:
    body = render(markdown, path=f"field/{slug}.md", base_urls=("https://news.example",))
    made = article(slug, html=body.html, text=body.text)
    return LinkContext(site=site(), base_url=base_url, now=NOW).body(made)


def feed_of(markdown: str, slug: str = "a") -> str:
    return page_of(markdown, slug, base_url="https://news.example")


def problems_of(markdown: str) -> list[tuple[str, int, dict[str, str]]]:
    return [
        (each.code, each.line, each.facts) for each in render(markdown, path="field/a.md").problems
    ]


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("## الخاتمة", '<h2 id="t-الخاتمة">الخاتمة</h2>'), ("## قال: «نعم»!", '<h2 id="t-قال-نعم">قال: «نعم»!</h2>'),
        ("س\n---", '<h2 id="t-س">س</h2>'), ("<h3>س <b>ص</b></h3>", '<h3 id="t-س-ص">س <b>ص</b></h3>'),
        ("## س\n\n## س", '<h2 id="t-س">س</h2>\n<h2 id="t-س-2">س</h2>'), ('## س\n\n<h2 id="س">ص</h2>', '<h2 id="t-س-2">س</h2>\n<h2 id="t-س">ص</h2>'),
        ("## س {#here}", '<h2 id="t-here">س</h2>'), ("## س {: #here .x}", '<h2 id="t-here">س</h2>'), ("## س {ص}", '<h2 id="t-س-ص">س {ص}</h2>'),
        ("## !!", "<h2>!!</h2>"), ('<h2 id="x">س</h2>', '<h2 id="t-x">س</h2>'), ('<a name="x"></a>', '<p><a id="t-x"></a></p>'),
        ('<a id="x"></a>', '<p><a id="t-x"></a></p>'), ('<b id="x">س</b><i id="x">ص</i>', '<p><b id="t-x">س</b><i>ص</i></p>'),
        ("# س\n\n## ص\n\n###### ع", '<h2 id="t-س">س</h2>\n<h3 id="t-ص">ص</h3>\n<h6 id="t-ع">ع</h6>'),
        ("## س[^1]\n\n[^1]: ح", '<h2 id="t-س">س<sup><a href="#t-1" role="doc-noteref" id="t-1-ref">1</a></sup></h2>'),
    ],
)  # fmt: skip
def test_headings_and_names_are_places_of_their_own(markdown: str, html: str) -> None:
    assert page_of(markdown).startswith(html)


@pytest.mark.parametrize(
    ("link", "leads"),
    [("#الخاتمة", "الخاتمة"), ("#قال-نعم", "قال-نعم"), ("<#قال نعم>", "قال-نعم"), ("#الخاتمه", "الخاتمة"), ("#annex", "annex"),
     ("#%D8%A7%D9%84%D8%AE%D8%A7%D8%AA%D9%85%D8%A9", "الخاتمة")],
)  # fmt: skip
def test_a_fragment_leads_to_its_place(link: str, leads: str) -> None:
    text = f"[س]({link})\n\n## الخاتمة\n\n## قال: نعم\n\n<a name=annex></a>"
    html = page_of(text)
    target = re.search('href="#([^"]*)"', html)
    assert target
    assert unquote(target[1]) == f"t-{leads}"
    assert f'id="t-{leads}"' in html
    assert problems_of(text) == []


def test_a_fragment_that_leads_nowhere_is_told_with_the_nearest() -> None:
    text = "سطر\n\n[س](#الخاتمةة) و[ص](#xyz)\n\n## الخاتمة"
    assert problems_of(text) == [
        ("fragment-unknown", 3, {"value": "#الخاتمةة", "nearest": "#الخاتمة"}),
        ("fragment-unknown", 3, {"value": "#xyz"}),
    ]


def test_in_a_feed_fragments_are_absolute_and_ids_are_unique_over_entries() -> None:
    text = 'قال[^1] ثم [س](#الخاتمة).\n\n## الخاتمة\n\n<b id="x.y">س</b>\n\n[^1]: حاشية'
    entries = [feed_of(text, slug) for slug in ("a", "a-x", "a2")]
    ids = re.findall(' id="([^"]*)"', "".join(entries))
    assert len(ids) == len(set(ids)) == 12
    assert not re.findall('href="#', "".join(entries))
    assert 'href="https://news.example/articles/a#t-1"' in entries[0]
    assert 'id="t-a.الخاتمة"' in entries[0]
    item = build.item(article("a", html=render(text, path="a.md").html), _around())
    assert 'href="#' not in item.html


def _around() -> LinkContext:
    return LinkContext(site=site(), base_url="https://news.example", now=NOW)


def test_notes_stand_at_the_end_with_numbers_a_rule_and_a_way_back() -> None:
    text = "س[^ب] ص[^1] ع[^ب]\n\n[^1]: أولى\n[^ب]: ثانية **مهمة**\n\nنص بعدها"
    assert page_of(text) == (
        '<p>س<sup><a href="#t-%D8%A8" role="doc-noteref" id="t-ب-ref">1</a></sup> '
        'ص<sup><a href="#t-1" role="doc-noteref" id="t-1-ref">2</a></sup> '
        'ع<sup><a href="#t-%D8%A8" role="doc-noteref">1</a></sup></p>\n<p>نص بعدها</p>\n'
        '<section role="doc-endnotes">\n<hr>\n<ol>\n'
        '<li id="t-ب"><p>ثانية <strong>مهمة</strong> <a href="#t-%D8%A8-ref" role="doc-backlink">↩</a></p></li>\n'
        '<li id="t-1"><p>أولى <a href="#t-1-ref" role="doc-backlink">↩</a></p></li>\n</ol>\n</section>'
    )


def test_numbers_and_arrows_of_notes_are_no_words() -> None:
    body = render("قال[^1].\n\n[^1]: حاشية", path="a.md")
    assert (body.text, body.first_paragraph) == ("قال. حاشية", "قال.")


def test_a_note_may_hold_blocks_of_html() -> None:
    html = page_of("س[^1]\n\n[^1]: <div>\n    ص\n    </div>\n\nبعد")
    assert html.index("بعد") < html.index("<section") < html.index("ص")


def test_no_other_role_comes_through() -> None:
    assert "role" not in page_of(
        '<section role="alert">س</section><a role="button" href="/x">ص</a>'
    )


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("https://e.example/a_b_c", ("https://e.example/a_b_c", "https://e.example/a_b_c")),
        ("انظر https://e.example/تقرير، ثم", ("https://e.example/%D8%AA%D9%82%D8%B1%D9%8A%D8%B1", "https://e.example/تقرير")),
        ("وhttp://e.example.", ("http://e.example", "http://e.example")), ("www.e.example؟", ("https://www.e.example", "www.e.example")),
        ("desk@e.example.", ("mailto:desk@e.example", "desk@e.example")), ("«https://e.example/?a=1&b=2»", ("https://e.example/?a=1&amp;b=2", "https://e.example/?a=1&amp;b=2")),
        ("(https://e.example/a_(b))", ("https://e.example/a_(b)", "https://e.example/a_(b)")), ("https://e.example/_a_/", ("https://e.example/_a_/", "https://e.example/_a_/")),
        ("**https://e.example/**ثم", ("https://e.example/", "https://e.example/")), ("<p>https://e.example</p>", ("https://e.example", "https://e.example")),
    ],
)  # fmt: skip
def test_addresses_of_the_web_and_of_mail_are_links(words: str, link: tuple[str, str]) -> None:
    address, shown = link
    html = page_of(f"نص\n\n{words}")
    assert f'<a href="{address}" dir="ltr">{shown}</a>' in html
    assert html.count("<a ") == 1


@pytest.mark.parametrize(
    "words",
    ["`https://e.example`", "```\nwww.e.example\n```", '<b title="https://e.example">س</b>', "https:// ثم", "www. ثم", "@اسم", "a@b", "x@@y.example"],
)  # fmt: skip
def test_what_is_no_address_or_is_code_is_no_link(words: str) -> None:
    assert "<a " not in page_of(words)


@pytest.mark.parametrize(
    "words", ["[https://e.example](https://e.example)", "<https://e.example>", '<a href="https://e.example">www.e.example</a>']
)  # fmt: skip
def test_a_link_stays_one_link(words: str) -> None:
    assert page_of(words).count("<a ") == page_of(words).count("</a>") == 1


@pytest.mark.parametrize(
    ("link", "address"),
    [("www.e.example/x", "https://www.e.example/x"), ("desk@e.example", "mailto:desk@e.example")],
)
def test_a_link_to_an_address_without_a_scheme_leads_there(link: str, address: str) -> None:
    assert f'href="{address}"' in page_of(f"[س]({link})")


@pytest.mark.parametrize("host", ["x y", "x&quot;y", "x&lt;y", "x\\y", "x`y", "x%20y"])
@pytest.mark.parametrize("scheme", ["", "https:"])
def test_an_address_whose_host_no_browser_takes_is_none(scheme: str, host: str) -> None:
    html = page_of(f'<img src="{scheme}//{host}/a.png" alt="ص"> <a href="{scheme}//{host}">س</a>')
    assert "src=" not in html
    assert "href=" not in html


def test_a_place_in_another_article_may_be_named_by_its_heading() -> None:
    html = render("[س](<b.md#قال نعم>)", path="field/a.md").html
    assert internal_links.resolve(html, lambda _: "/b").startswith(
        '<p><a href="/b#t-%D9%82%D8%A7%D9%84-%D9%86%D8%B9%D9%85"'
    )


@pytest.mark.parametrize(
    "hostile",
    ["<h1></h1>" * 10_000, "## س\n\n" * 5_000, "[^1]" * 20_000 + "\n\n[^1]: x", "[^1]: x\n\n" * 10_000, "https://e.example/" * 20_000,
     "a" * 100_000 + "@", "a.a@" * 30_000, "[x](#a)" * 10_000, '<a name="x">' * 200, "https://e.example/" + "(" * 100_000,
     "https://e.example/" + ")" * 50_000],
)  # fmt: skip
def test_hostile_text_costs_little_time(hostile: str) -> None:
    begin = time.process_time()
    render(hostile, path="a.md")
    assert time.process_time() - begin < 5
