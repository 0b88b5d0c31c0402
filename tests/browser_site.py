"""Articles that ask much of a page, beside the sample site's, and the pages that browsers look at."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from PIL import Image
from playwright.sync_api import Page

from factories import FixedClock, moment, write_article
from feedservice.content import messages
from feedservice.content.derived_files import DerivedFiles
from feedservice.content.files import ContentFiles
from feedservice.index.engine import open_engine
from feedservice.index.reader import IndexReader
from feedservice.index.writer import IndexWriter
from feedservice.ingest.indexer import Indexer
from feedservice.publishing.preview import Preview
from feedservice.publishing.publisher import Publisher
from feedservice.publishing.shared_preview import PreviewLinks, SharedPreview
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from feedservice.web.preview import preview_blueprint
from feedservice.web.shared_preview import shared_preview_blueprint

ROOT = Path(__file__).parent.parent
CHROMIUM = Path("/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip
"""It runs as root, and asks nobody but us."""
Visit = Callable[..., Page]
"""Opens a page: the path, ``width`` in pixels, and what else `Page.emulate_media` takes."""
PAGES = {
    "front": "/",
    "category": "/categories/technology",
    "tag": "/tags/لغة",
    "author": "/authors/desk",
    "older": "/?before=2026-09-15T00:00:00Z,screen-eyes",
    "search": "/search?q=الأسواق",
    "newest-found": "/search?q=الأسواق&order=newest",
    "to-search": "/search",
    "nothing-found": "/search?q=qwertz",
    "suggestion": "/search?q=الاسواف",
    "subscribe": "/subscribe?tag=لغة",
    "feeds": "/feeds",
    "tags": "/tags",
    "authors": "/authors",
    "archive": "/archive",
    "month": "/archive/2026-10",
    "about": "/pages/about",
    "article": "/articles/asking",
    "english": "/articles/english",
    "hostile": "/articles/long",
    "not-found": "/nothing",
    "withdrawn": "/articles/2026-03-01-council-hours",
    "refused": "/?limit=many",
}
"""A page of each template that readers meet, and of each kind of list."""

LINKS = PreviewLinks(b"of a browser's site, thirty-two b.")
EDITORS = (
    *("/preview", "/preview/calendar", "/preview/articles/asking", "/preview/entries/asking"),
    LINKS.path("draft", moment("2099-01-01T00:00:00Z")),
)
"""A page of each template of the preview, and of one that is shared."""

LATIN = "لغة HTML الإصدار 5.2، والأمر `git commit -m 'a'` يسجّل، و`print(\"x\")` يطبع (RFC 9110)."
ASKING = f"""{LATIN}

{"جملة طويلة من كلمات عربية مألوفة يقرؤها القارئ على مهل حتى يبلغ آخر السطر ثم يعود إلى أوله. " * 12}

## جدول وشيفرة

| العمود الأول | السعر | ملاحظة |
|---|---:|:---:|
| تفاح | 1,200 | طازج |
| برتقال | 90 | من الساحل |

فقرة بعد الجدول، فيها مساحة 120 م<sup>2</sup> وحاشية[^1] وماء H<sub>2</sub>O.

```
if x == 1:
    print("مرحبا", x)   # تعليق
# سطر عربي كله
```

- بند أول
- بند ثان

1. أول
2. ثان

> اقتباس من سطر واحد.

[^1]: نص الحاشية.
"""
WIDE = (
    "| "
    + " | ".join(f"عمود {n}" for n in range(12))
    + " |\n"
    + "|---" * 12
    + "|\n"
    + "| 123456 " * 12
    + "|\n"
)
RUNS = (
    "C++",
    "GPT-4 (beta)",
    "Visual C++",
    ".NET",
    "@BBCArabic",
    "+963 11 222 3333",
    "C/C++",
    "F#",
)
SIGNS = "\n\n".join(f"قبله {run} وبعده كلام." for run in RUNS)
"""What has signs at its ends, among words that run from the right."""
ENGLISH = (
    'The reporter said: "It works (mostly), doesn\'t it?" – and left. '
    "A long paragraph of ordinary English words follows, so that a line is filled to its end. "
) * 8


def overflow(page: Page) -> list[str]:
    """What stands beside the page, where it can be scrolled sideways."""
    found: list[str] = page.evaluate("""() => {
      const root = document.documentElement;
      if (root.scrollWidth <= root.clientWidth) return [];
      return [...document.querySelectorAll("body *")].filter(each => {
        const box = each.getBoundingClientRect();
        return box.left < -1 || box.right > root.clientWidth + 1;
      }).map(each => each.outerHTML.slice(0, 100)).concat("sideways");
    }""")
    return found


class _Server(ThreadingMixIn, WSGIServer):
    """Not Werkzeug's: that closes no answer, nor its file, whose reader went as soon as it came."""

    daemon_threads = True


class _Still(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Tell nobody of requests."""


@contextmanager
def served(folder: Path, now: str) -> Iterator[str]:
    """Serve what lies in ``content`` in a folder, with ``pictures`` beside it, as of a moment."""
    clock = FixedClock()
    clock.now = moment(now)
    index = IndexWriter(open_engine(f"sqlite:///{folder}/index.sqlite3", readonly=False))
    index.prepare()
    content = ContentFiles(folder / "content")
    Indexer(content, index, clock, pause=lambda seconds: None).scan()
    engine = open_engine(f"sqlite:///{folder}/index.sqlite3", readonly=True)
    publisher = Publisher(IndexReader(engine), clock)
    app = create_app(
        publisher, content.open_media, open_derived=DerivedFiles(folder / "pictures").open
    )
    preview = Preview(index, clock)
    app.register_blueprint(preview_blueprint(preview, partial(messages.describe, isolated=True)))
    shared = SharedPreview(IndexReader(engine), LINKS, clock)
    app.register_blueprint(shared_preview_blueprint(shared))
    app = around(app, publisher.known, clock)
    server = make_server("127.0.0.1", 0, app, _Server, _Still)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        engine.dispose()
        index.close()


def write_asking(root: Path) -> None:
    """What no sample article holds: long names, wide tables, code, another script."""
    Image.new("RGB", (1600, 900), "teal").save(root / "media" / "wide.png")
    write_article(
        root, "technology/asking.md", ASKING + "\n" + WIDE, title="مقال فيه كل شيء: شيفرة `x+1` وجدول", date="2026-10-20",
        tags="[تجربة, C++]", image="{src: media/wide.png, alt: لون, caption: شرح الصورة, credit: المصوّر}", author="desk",
    )  # fmt: skip
    write_article(
        root, "technology/english.md", ENGLISH, title="An English article", lang="en", date="2026-10-19",
        summary="In English: with (punctuation).",
    )  # fmt: skip
    write_article(
        root, "technology/draft.md", LATIN, title="مسودة فيها C++", date="2026-10-16", status="draft",
    )  # fmt: skip
    write_article(
        root, "technology/latin.md", SIGNS, title="لغة C++ ونموذج GPT-4 (beta) معًا", date="2026-10-17",
    )  # fmt: skip
    write_article(
        root, "technology/long.md", f"{'https://example.org/' + 'a' * 120}\n\n{'كلمةطويلةجدا' * 20}",
        title="عنوانطويلبلامسافات" * 8, date="2026-10-18", tags=f"[{'وسمطويل' * 6}]",
    )  # fmt: skip


DRESS = """
theme: {accent: "#8a2b1c", font: naskh, logo_dark: media/icon.png}
menu: [{label: الرئيسية, target: /}, field, {label: من نحن, target: /pages/about}]
"""
DRESSED = {
    "list.html": """{% extends "ours/list.html" %}
{% block content %}<p class="notice">طبعة خاصة</p>{{ super() }}{% endblock %}""",
    "article.html": """{% extends "ours/article.html" %}
{% block content %}{{ super() }}<p class="notice">{{ article.card.title }}</p>{% endblock %}""",
}


def write_dressed(root: Path) -> None:
    """Give the sample site a look, a menu and templates of its own."""
    settings = root / "site.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + DRESS, encoding="utf-8")
    (root / "templates").mkdir()
    for name, text in DRESSED.items():
        (root / "templates" / name).write_text(text, encoding="utf-8")
