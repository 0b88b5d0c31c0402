"""Whatever is asked, in whatever order: no fault, no answer of another address, and bounded memory."""

import ast
import random
import resource
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import pytest
from flask import Flask

import feedservice
from effort import rounds
from feedservice.http.cache import HttpCache
from feedservice.publishing.publisher import Publisher
from feedservice.service.wiring_web import around
from feedservice.web.app import create_app
from feedservice.web.routing import Routing
from web_site import NOW, Shelf
from wsgi import ask

WORDS = (
    "field", "Field", "ميدان", "economy", "desk", "هيئة التحرير", "داريا", "daraya-operation", "old-slug", "withdrawn", "en", "b", "", ".", "..", "a.b",
    "2025-12", "2025-12-21", "9999-99", "feed", "archive", "noindex", "\0", "\ufffd", "é", "e\u0301", "\u202e", "😀", "%2F", "%00", "%FF", "?", "#", "&", "=", "+",
    "\\", "\r\n", " ", "a" * 300, "\u0301\u0323" * 20, "صورة.png", "a/sound.mp3", "drawing.svg",
)  # fmt: skip
FOLDERS = (
    "categories",
    "tags",
    "authors",
    "articles",
    "archive",
    "media",
    "search",
    "static",
    "preview",
    "sitemap",
    "category",
    "tag",
    "healthz",
    "readyz",
)
FILES = (
    "/", "/feed", "/feeds", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml", "/sitemap-2025-12.xml", "/feeds.opml", "/metrics", "/index.xml", "/old", "/قديم",
    "/away", "/pages/a", "/search", "/subscribe", "/subscribe", "/tags", "/authors", "/archive", "/archive/2025-12", "/static/x/style.css", "/static/x/copy.js", "//", "//evil.example", "/\\evil.example",
)  # fmt: skip
SUFFIXES = ("", "", "", ".rss", ".atom", ".json", ".xml", "/", "/feed/", ".RSS", ";x", "%2Erss")
NAMES = (
    "category",
    "tag",
    "author",
    "q",
    "since",
    "before",
    "limit",
    "content",
    "utm_source",
    "page",
    "tags",
    "",
    "Tag",
    "tag[]",
)
VALUES = (
    *WORDS,
    "5",
    "30",
    "100",
    "101",
    "-1",
    "full",
    "summary",
    "2025-12-01",
    "2025-12-01T00:00:00Z,b",
    "-field",
    "field,economy",
    "b،داريا",
    "خبر",
)
METHODS = ("GET", "GET", "GET", "HEAD", "HEAD", "OPTIONS", "POST", "PUT", "get", "TRACE", "BREW")
HEADERS = {
    "accept_encoding": ("gzip", "br", "identity", "*;q=0", "gzip;q=0.5, br;q=0", "x" * 300, ",;,=", ""),
    "if_none_match": ("*", '"x"', "W/", '"', '"a",' * 50, "\xff"),
    "if_modified_since": ("Thu, 01 Jan 2099 00:00:00 GMT", "0", "Mon, 99 Foo 99999 99:99:99 +9999", ""),
    "range": ("bytes=0-1", "bytes=-5", "bytes=5-1", "bytes=0-1,2-3", "bytes=99999999999999999999-", "x=", "bytes"),
    "if_range": ('"x"', "W/\"x\"", "x"),
    "host": ("evil.example", "", "[", "a b", "x:99999"),
    "origin": ("https://evil.example", "null"),
    "x_forwarded_host": ("evil.example",),
    "x_original_url": ("/metrics",),
    "content_length": ("x", "-1"),
    "cookie": ("a=" + "b" * 50,),
}  # fmt: skip


def junk(chance: random.Random) -> str:
    """Bytes, as WSGI hands them on: one character each."""
    return "".join(map(chr, chance.choices(range(256), k=chance.choice((1, 3, 20, 3000)))))


def as_wsgi(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def path(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return chance.choice(("", "/", "/tags/")) + junk(chance)
    parts = [chance.choice((*FOLDERS, *WORDS)) for _ in range(chance.choice((1, 2, 2, 2, 3, 4)))]
    drawn = chance.choice(
        (
            chance.choice(FILES),
            "/" + "/".join(parts),
            f"/{chance.choice(FOLDERS[:4])}/{chance.choice(WORDS)}",
        )
    )
    return as_wsgi(drawn + chance.choice(SUFFIXES))


def query(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return junk(chance)
    write: Callable[[str], str] = chance.choice((quote, quote, as_wsgi))
    pairs = [
        f"{chance.choice(NAMES)}={write(chance.choice(VALUES))}"
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3)))
    ]
    return chance.choice(("&", "&", ";")).join(pairs)


def headers(chance: random.Random) -> dict[str, str]:
    wanted = chance.sample(sorted(HEADERS), chance.choice((0, 1, 1, 2, 3)))
    return {name: chance.choice((*HEADERS[name], junk(chance)[:40])) for name in wanted}


def resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.fixture
def stand(stage: object, publisher: Publisher, shelf: Shelf) -> Callable[[int], Flask]:
    def make(budget: int) -> Flask:
        app = create_app(publisher, shelf)
        app.config["PROPAGATE_EXCEPTIONS"] = True
        return around(app, publisher.known, lambda: NOW, budget=budget, revision_ttl=timedelta(0))

    return make


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(2))
def test_no_request_is_a_fault_nor_given_the_answer_of_another(
    stand: Callable[[int], Flask], part: int
) -> None:
    chance = random.Random(random.getrandbits(60) + part)
    plain, cached = stand(0).wsgi_app, stand(4_000_000).wsgi_app
    asked = [(path(chance), query(chance)) for _ in range(20)]
    for number in range(rounds(25_000, 120)):
        if chance.random() < 0.6:
            asked[number % len(asked)] = path(chance), query(chance)
        (where, what), method, given = chance.choice(asked), chance.choice(METHODS), headers(chance)
        wanted, found = (ask(app, where, method, what, **given) for app in (plain, cached))
        assert found == wanted, (where, what, method, given)
        assert wanted.status < 500, (where, what, method, given)
        location = wanted.headers.get("Location", "/")
        assert location.startswith("https://other.example/") or (
            location[0] == "/" and location[1:2] not in ("/", "\\")
        ), (where, what)


@pytest.mark.fuzz
def test_equal_keys_are_equal_answers(publisher: Publisher, stand: Callable[[int], Flask]) -> None:
    """Said of the key alone, whatever is kept under it and for how long."""
    chance = random.Random(random.getrandbits(60))
    plain = stand(0).wsgi_app
    routing = Routing(publisher.known)
    routing.revision()
    keys: list[object] = []

    def keep(environ: dict[str, object], start_response: Callable[..., object]) -> list[bytes]:
        keys.append(routing.key(environ))
        start_response("200 OK", [])
        return []

    first: dict[object, tuple[str, str]] = {}
    for _ in range(rounds(25_000, 120)):
        where, what = path(chance), query(chance)
        keys[:] = [None]  # what is refused before it is read has none
        ask(routing.before(keep), where, query=what)  # type: ignore[arg-type]
        if isinstance(keys[-1], str):
            other = first.setdefault(keys[-1], (where, what))
            if other != (where, what):
                assert ask(plain, where, query=what) == ask(plain, other[0], query=other[1]), (
                    where,
                    what,
                    other,
                )


@pytest.mark.fuzz
def test_memory_does_not_grow_with_what_strangers_ask_for(
    monkeypatch: pytest.MonkeyPatch, stand: Callable[[int], Flask]
) -> None:
    made: list[HttpCache] = []
    build = HttpCache.__init__
    monkeypatch.setattr(
        HttpCache,
        "__init__",
        lambda self, *given, **more: (made.append(self), build(self, *given, **more))[1],
    )
    chance = random.Random(random.getrandbits(60))
    budget = 2_000_000
    app = stand(budget).wsgi_app
    kinds = (
        "/search?q={}",
        "/search.rss?q={}",
        "/tags/{}",
        "/tags/{}.json",
        "/authors/{}",
        "/articles/{}",
        "/{}",
        "/feed.rss?tag={}",
        "/?utm={}",
        "/media/{}.png",
    )
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي😀\u064b"

    def flood(times: int) -> None:
        for _ in range(times):
            word = "".join(chance.choices(letters, k=chance.choice((5, 50, 150))))
            where, _, what = chance.choice(kinds).partition("?")
            long = word * chance.choice((1, 1, 1, 20))
            got = ask(
                app,
                as_wsgi(where.format(long)),
                query=what.format(quote(long)),
                accept_encoding=word,
            )
            assert got.status < 500

    flood(rounds(1000, 50))
    before = resident()
    flood(rounds(100_000, 150))
    assert made[0].size <= budget * 17 / 16
    assert resident() - before < 48_000_000


KEPT: Mapping[str, str] = MappingProxyType(
    {
        "i18n.py: _arabic": "one catalogue",
        "web/formatting.py: locale": "64 tags of languages, each of an article that was read",
        "web/formatting.py: _long_date": "1,024 days, in languages of articles",
        "web/formatting.py: format_moment": "1,024 moments, in languages and the zone of the site",
        "web/formatting.py: format_month": "1,024 days, in languages of sites",
        "web/formatting.py: format_number": "1,024 numbers, in languages of articles",
        "web/overrides.py: _environment": "2 sets of templates, of 2 MB at most",
        "web/stylesheet.py: stylesheet": "4 looks, which site.yaml had",
        "web/stylesheet.py: _path": "the names of our fonts",
        "web/formatting.py: format_minutes": "1,024 numbers, in the language of the site",
        "web/formatting.py: open_graph_locale": "64 tags of languages, each of an article that was read",
        "web/render.py: _sentence": "512 texts of 200 characters, in languages of sites",
        "http/negotiation.py: _choose": "headers under 200 characters",
        "content/labels.py: _tag": "1,024 labels under 200 characters",
        "content/file_types.py: media_type": "the first 4 KiB of 256 files",
        "domain/own_addresses.py: own_addresses": "8 sites",
        "domain/redirects.py: rules": "4 sites",
        "domain/direction.py: _direction": "512 beginnings of 400 characters",
        "domain/direction.py: _said": "256 tags of languages, each of an article that was read",
        "domain/urls.py: base_path": "16 addresses of the site",
        "domain/urls.py: _percent": "2,048 texts of 200 characters",
        "domain/taxonomy.py: _categories": "4 sites",
        "domain/taxonomy.py: _authors": "4 sites",
        "domain/taxonomy.py: _nearest_author": "4 sites",
        "domain/taxonomy.py: _folded": "names under 200 characters",
        "domain/text.py: _slug": "labels under 200 characters",
        "domain/label_slugs.py: _slug": "labels under 200 characters",
        "domain/label_slugs.py: _key": "slugs under 200 characters",
        "domain/text.py: _tokens_of": "words under 200 characters",
        "exporting/frozen_site.py: snapshot": "64 answers of a page or an archive document each",
        "exporting/tasks.py: application": "one",
        "exporting/tasks.py: _seconds": "64 dates of the site's own",
        "index/months.py: _spans": "4 sets of months that have articles",
        "index/packed.py: _label": "1,024 labels under 200 characters",
        "index/query.py: _statement": "256 shapes of lists",
        "index/statements.py: _numbered": "64 lists of 512 names",
        "feeds/build_page.py: alternates": "names and titles of 64 lists",
        "feeds/build.py: _term": "512 labels, each of an article that was read",
        "content/reading_process.py: _same": "one site",
    }
)
"""What functions remember, and why it is bounded in bytes too."""


def test_whatever_is_remembered_is_bounded_in_bytes() -> None:
    package = Path(feedservice.__file__).parent
    found = set()
    for source in package.rglob("*.py"):
        for function in ast.walk(ast.parse(source.read_text())):
            if isinstance(function, ast.FunctionDef):
                names = {each.id for each in ast.walk(function) if isinstance(each, ast.Name)}
                if "lru_cache" in names:
                    found.add(f"{source.relative_to(package)}: {function.name}")
    assert found == KEPT.keys()
