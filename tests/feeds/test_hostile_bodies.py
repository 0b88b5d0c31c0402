"""Whatever a file holds, its page and its feeds hold nothing but harmless elements.

A body is judged as readers get it, its links resolved, by another parser (html5lib) and by a list that is this test's own.
"""

import re
import time
from collections.abc import Mapping

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factories import NOW, article, site
from feedservice.content.markup import render
from feedservice.domain.model import Article
from feedservice.feeds import build
from feedservice.feeds.link_context import LinkContext

TAGS = set(
    "a abbr address article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn "
    "div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt ruby "
    "s samp section small source span strong sub summary sup table tbody td tfoot th thead time tr u ul var video wbr".split()
)
ATTRIBUTES = set(
    "alt align cite colspan controls datetime dir height href hreflang id lang open reversed rowspan scope span src start "
    "style title type value width".split()
)
ADDRESS = re.compile(r"https?://[!#-;=?-~]+|/[!#-;=?-~]*|mailto:[!#-;=?-~]*|#t-[!#-;=?-~]*")
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010fffd]")


class Everything(Mapping[str, Article]):
    """Knows an article by any name, so that no link is left out."""

    def __getitem__(self, name: str) -> Article:
        return article(re.sub(r"\W+", "-", name) or "a")

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(())

    def __len__(self) -> int:
        return 0


def bodies(markdown: str) -> list[str]:
    """A body in its page and in a feed."""
    body = render(markdown, path="field/a.md", base_urls=("https://news.example",))
    made = article("a", html=body.html, text=body.text)
    around = {"site": site(), "now": NOW, "by_slug": Everything(), "by_path": Everything()}
    page = LinkContext(base_url="/base", **around)  # type: ignore[arg-type]
    feed = LinkContext(base_url="https://news.example", **around)  # type: ignore[arg-type]
    return [page.body(made), build.item(made, feed).html]


def judge(html: str) -> None:
    assert not FORBIDDEN.search(html)
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        assert element.tag in TAGS | {"DOCUMENT_FRAGMENT"}
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES, (element.tag, name)
            if name in ("href", "src", "cite"):
                assert ADDRESS.fullmatch(value), (element.tag, name, value)
            if name == "id":
                assert value.startswith("t-")
            if name == "style":
                assert re.fullmatch(r"text-align:\s*\w+;?", value)


PIECES = st.sampled_from(
    ["<a href=", "<a title=\" href=\" id=\"x onmouseover=alert(1) y\">", " title=\" href=\"", "' cite='", ' src="', '"', "'",
     "=", " onclick=x", ">", "<img src=", "</a>", "[x](", "](", ")", "![", "]", "<b", "<q cite=", "<script>", "</script>",
     "<svg>", "<math>", "<template>", "<table>", "<td style=\"text-align:", "<!--", "-->", "/a%22%3E%3Cscript%3E", "%22", "%27",
     "%3E", "%3C", "%0a", "%00", "%01", "%5C", "%26quot;", "&quot;", "&#34;", "&#0;", "&#x338;", "&#xfdd0;", "\ufdd0", "\0",
     "\u0338", "&lt;", "&amp;", "javascript:x", "data:x", "vbscript:y", "jav&#9;ascript:", "https://news.example/", "//h/",
     "/x?y=", "../", "media/", "articles/", "b.md", "#", "?", "/", " ", "\n", "\n\n", "`", "```\n", "x-site:article/b", "href",
     "onerror", "<plaintext>", "<style>", "<base href=", "<meta http-equiv=refresh content=0;url=", "نص", "id"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=20).map("".join))
@example(
    "[x](/a%22%3E%3Cimg%20src=x%20onerror=%22alert(1)%22%3E%3Cscript%3Ealert(2)%3C%2Fscript%3E)"
)
@example('<a title=" href=" id="x onmouseover=alert(1) style=position:fixed;inset:0 y">نص</a>')
@example("<a href='/x?y=\" onmouseover=\"alert(1)'>نص</a>")
@example('[b]( "../a.md")')
@example("[x](/a%01b)")
@example("[x](https://news.example/%22%3E%3Cmeta%20http-equiv=%22refresh%22%20content=%220%22%3E)")
def test_nothing_that_could_harm_is_in_a_page_or_a_feed(markdown: str) -> None:
    for html in bodies(markdown):
        judge(html)


def test_an_own_address_is_written_percent_encoded() -> None:
    page, feed = bodies("[نص](/tags/داريا%22%3E?q=%D8%A8&a=1)")
    assert page == (
        '<p><a href="/base/tags/%D8%AF%D8%A7%D8%B1%D9%8A%D8%A7%22%3E?q=%D8%A8&amp;a=1">نص</a></p>'
    )
    assert 'href="https://news.example/tags/%D8%AF' in feed


@pytest.mark.parametrize(
    "hostile",
    [
        "<a href=" + " " * 500_000 + "x>t</a>", "<a href" + " " * 500_000 + ">t</a>",
        "<div>\n<a x href='" + " " * 500_000 + "\n</div>", "a" + "\u0301\u0323" * 250_000,
        "a" + "&#x301;&#x323;" * 100_000, "a" + "<b></b>\u0301<b></b>\u0323" * 3_000,
        "<div>\n<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>\n</div>",
        "<p x='" + "<b " + " ".join(f"a{n}" for n in range(100_000)) + ">'>",
    ],
    ids=["value", "name", "quote", "marks", "references", "marks in tags", "attributes", "attributes in a value"],
)  # fmt: skip
def test_what_a_file_holds_takes_time_in_proportion_to_its_length(hostile: str) -> None:
    begin = time.process_time()
    render(hostile, path="a.md")
    assert time.process_time() - begin < 5  # quadratic work would take minutes
