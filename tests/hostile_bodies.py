"""Bodies as somebody would write them who means harm: Markdown and HTML, drawn by a grammar."""

from collections.abc import Callable
from random import Random

WORDS = (
    "نص", "خبر", "word", "x", "\u064b\u0651", "\u0338", "\u202e", "\u2066", "\0", "\x0b", "\x1b[31m", "\ufdd0", "\uffff", "\ufffe",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "a" * 40, "\xa0", "\u2028", "*", "_", "~~", "\\", "|", "]]>",
)  # fmt: skip
ENTITIES = (
    "&quot;", "&#34;", "&#x22;", "&quot", "&#39;", "&lt;", "&#60", "&LT;", "&gt;", "&amp;", "&amp;quot;", "&amp;#34;", "&#0;",
    "&#x338;", "&#xfdd0;", "&#x202e;", "&#1;", "&#x80;", "&#xD800;", "&#x110000;", "&Tab;", "&NewLine;", "&colon;", "&lpar;",
    "&notit;", "&", "&#", "&#x", "&nbsp;", "&ThickSpace;",
)  # fmt: skip
QUOTES = (
    '"',
    "'",
    "%22",
    "%27",
    "%3E",
    "%3C",
    "%3Cscript%3E",
    "%00",
    "%0a",
    "%0d",
    "%09",
    "%5C",
    "%26quot;",
    "%2522",
    "%C0%A2",
    "%",
)
HANDLERS = (
    " onmouseover=alert(1) ", '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='", "><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>', '"><meta http-equiv=refresh content="0;url=https://evil.example">', " style=position:fixed ",
    ' href="', "' src='", ' title=" href="', ' cite="x-site:', "/onload=x/", " srcdoc=x", ' http-equiv="refresh"', "\n\n<svg onload=x>",
)  # fmt: skip
SCHEMES = (
    "javascript:", "JaVaScRiPt:", "java\tscript:", "java&#10;script:", "javascript&colon;", "&#106;avascript:", "%6aavascript:",
    "\x01javascript:", " javascript:", "vbscript:", "data:text/html,", "data:image/svg+xml,", "blob:", "file:///", "feed:", "x-site:",
    "mailto:", "tel:", "https:", "http:", "https://", "//", "\\\\", "/\\", "///", "https:\\\\", "HTTPS://", "ftp://", "about:",
)  # fmt: skip
HOSTS = (
    "news.example", "news.example.", "NEWS.example:443", "news.example:80", "evil.example", "نص.example", "a@b", "user:pass@news.example",
    "[::1]", "[", "1.2.3.4", "a..b", "%22.example", "ex\u2100mple", "xn--a", "", "evil.example\\@news.example", "news.example%2f",
)  # fmt: skip
PATHS = (
    "/", "/base", "/base/", "/articles/b", "/articles/", "articles/b", "b", "b.md", "../field/b.md", "../../..", "media/a.png",
    "/media/صورة 1.png", "../media/a.png", "media/../x", "/tags/داريا", "/categories/field.rss", "?q=", "?a=1&b=2", "#", "#t-x",
    "#نص", ".", "..", "//x", "/\\x", "/a;b", "a:b", ":", "@", "/x?y=", "/feed.rss",
)  # fmt: skip
GOOD_TAGS = (
    "a", "p", "b", "div", "span", "img", "table", "tr", "td", "th", "ul", "li", "q", "del", "ins", "blockquote", "video", "audio",
    "source", "details", "summary", "pre", "code", "time", "h2", "br", "hr", "center", "ruby", "rt", "caption", "col", "article", "main",
)  # fmt: skip
BAD_TAGS = (
    "script", "style", "svg", "math", "template", "noscript", "iframe", "object", "embed", "form", "input", "button", "select", "option",
    "textarea", "title", "xmp", "plaintext", "noembed", "noframes", "base", "link", "meta", "body", "html", "head", "frameset", "frame",
    "mtext", "mglyph", "malignmark", "annotation-xml", "foreignObject", "desc", "animate", "set", "use", "image", "portal", "slot",
    "custom-x", "a:b", "p\0", "scr\0ipt", "isindex", "marquee", "applet", "listing", "nobr", "font", "dialog",
)  # fmt: skip
GOOD_NAMES = (
    "href",
    "src",
    "cite",
    "poster",
    "title",
    "alt",
    "id",
    "dir",
    "lang",
    "style",
    "type",
    "datetime",
    "width",
    "colspan",
    "start",
    "name",
)
BAD_NAMES = (
    "onclick", "onerror", "ONLOAD", "on\tload", "xlink:href", "srcset", "srcdoc", "action", "formaction", "data", "background",
    "ping", "class", "target", "xmlns", "is", "slot", "http-equiv", "content", '"', "'", "=", "/", "<", "x\0y", "ρ", "href/", "download",
)  # fmt: skip
MUTATIONS = (
    "<svg><style><a title='</style><img src=x onerror=alert(1)>'>", "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>", "<template><script>x</script></template>", "<math><annotation-xml encoding='text/html'><script>x</script>",
    "<table><a href=x><td></a><script>x", "<!--><img src=x onerror=x>-->", "<!-- --!><img src=x onerror=x> -->", "<![CDATA[<img src=x onerror=x>]]>",
    "<svg><![CDATA[><img src=x onerror=x>]]></svg>", "<?xml version='1.0'?><?x onload=x?>", "<!doctype html><html onload=x>", "</br onclick=x>", "</p onclick=x>",
    "<a href='x'><a href='y'>", "<select><style></select><img src=x onerror=x></style>", "<xmp><p title='</xmp><img src=x onerror=x>'>",
    "<title><a title='</title><img src=x onerror=x>'>", "<textarea><p id='</textarea><script>x</script>'>", "<meta http-equiv=refresh content='0;url=javascript:x'>",
    "<base href='https://evil.example/'>", "<link rel=stylesheet href=https://evil.example>", "<isindex type=image src=1 onerror=x>", "<b <script>x</script>>",
    "<td style=\"text-align:expression(x)\">", "<td style='text-align:left;background:url(javascript:x)'>", "<p id=content>", "<a id=href name=onerror>",
)  # fmt: skip
"""What once passed a sanitiser somewhere, and what a sanitiser must not be confused by."""


def body(chance: Random) -> str:
    """Draw a body; half of them are damaged afterwards."""
    blocks = [chance.choice(_BLOCKS)(chance) for _ in range(chance.randint(1, 4))]
    made = chance.choice(("\n\n", "\n\n", "\n", "")).join(blocks)
    for _ in range(chance.choice((0, 0, 1, 3))):
        start, end = sorted(chance.randint(0, len(made)) for _ in range(2))
        new = chance.choice(
            ("", "", made[start:end] * 2, chance.choice(HANDLERS), chance.choice(QUOTES + ENTITIES))
        )
        made = made[:start] + new + made[min(end, start + 12) :]
    return made


def _text(chance: Random) -> str:
    kinds = (WORDS, WORDS, ENTITIES, HANDLERS, QUOTES)
    return " ".join(chance.choice(chance.choice(kinds)) for _ in range(chance.randint(0, 4)))


def _address(chance: Random) -> str:
    made = chance.choice(("", "", chance.choice(SCHEMES), "https://" + chance.choice(HOSTS)))
    made += chance.choice(PATHS)
    for _ in range(chance.choice((0, 1, 1, 3))):
        made += chance.choice(chance.choice((QUOTES, QUOTES, HANDLERS, ENTITIES, WORDS, PATHS)))
    return made


def _attribute(chance: Random) -> str:
    name = chance.choice(chance.choice((GOOD_NAMES, GOOD_NAMES, BAD_NAMES)))
    value = chance.choice((_address, _address, _text))(chance)
    quote = chance.choice(('"', '"', "'", "'", ""))
    closing = quote if chance.random() < 0.9 else ""
    spaces = chance.choice((" ", " ", "/", "\n", "\t", "\f", ""))
    equals = chance.choice(("=", "=", " = ", "=\n", ""))
    return f"{spaces}{name}{equals}{quote}{value}{closing}"


def _tag(chance: Random) -> str:
    name = chance.choice(chance.choice((GOOD_TAGS, GOOD_TAGS, BAD_TAGS)))
    attributes = "".join(_attribute(chance) for _ in range(chance.choice((0, 1, 1, 2, 4))))
    opening = f"<{name}{attributes}{chance.choice(('>', '>', '>', '/>', ' ', ''))}"
    closing = chance.choice(
        (f"</{name}>", f"</{name}>", f"</{chance.choice(GOOD_TAGS)}>", "", "</")
    )
    return opening + _inline(chance) + closing


def _inline(chance: Random) -> str:
    return "".join(chance.choice(_INLINES)(chance) for _ in range(chance.choice((0, 1, 1, 2))))


def _link(chance: Random) -> str:
    title = chance.choice(("", f' "{_text(chance)}"', f" '{_text(chance)}'", f" ({_text(chance)})"))
    address = _address(chance)
    address = chance.choice((address, f"<{address}>", address.replace(" ", "%20")))
    return f"{chance.choice(('', '!'))}[{_inline(chance)}]({address}{title})"


def _reference(chance: Random) -> str:
    return f"[{_text(chance)}][r]\n\n[r]: {_address(chance)} '{_text(chance)}'"


def _footnote(chance: Random) -> str:
    name = chance.choice(("1", "نص", '"', "a b", "<b>", "x'onclick=y"))
    return f"نص[^{name}]\n\n[^{name}]: {_inline(chance)}"


def _table(chance: Random) -> str:
    return f"| {_inline(chance)} | {_text(chance)} |\n|:--|--:|\n| {_inline(chance)} | {_link(chance)} |"


def _nested(chance: Random) -> str:
    tags = [
        chance.choice(chance.choice((GOOD_TAGS, BAD_TAGS))) for _ in range(chance.randint(2, 6))
    ]
    closing = chance.sample(tags, len(tags)) if chance.random() < 0.5 else tags[::-1]
    return (
        "".join(f"<{tag}>" for tag in tags)
        + _inline(chance)
        + "".join(f"</{tag}>" for tag in closing)
    )


def _autolink(chance: Random) -> str:
    return f"<{_address(chance)}>"


def _mutation(chance: Random) -> str:
    return chance.choice(MUTATIONS)


_INLINES: tuple[Callable[[Random], str], ...] = (
    _text,
    _text,
    _link,
    _link,
    _tag,
    _tag,
    _autolink,
    _mutation,
)
_BLOCKS: tuple[Callable[[Random], str], ...] = (
    *_INLINES,
    _reference,
    _footnote,
    _table,
    _nested,
    lambda chance: f"<div>\n{_inline(chance)}\n</div>",
    lambda chance: f"# {_inline(chance)}",
    lambda chance: f"> - {_inline(chance)}\n>   1. {_inline(chance)}",
    lambda chance: f"```{_text(chance)}\n{_inline(chance)}\n```",
    lambda chance: f"<!--{_inline(chance)}{chance.choice(('-->', '--!>', '->', ''))}",
    lambda chance: f"<![CDATA[{_inline(chance)}{chance.choice((']]>', ']]', ''))}",
)
