"""nginx over an exported folder, address by address beside the service itself."""

import gzip
import http.client
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from werkzeug.test import Client

from export_factories import NOW, Exported
from factories import write_article
from feedservice.domain.routes import GONE
from feedservice.exporting import nginx
from feedservice.exporting.addresses import MISSING
from feedservice.exporting.hosting import Hosting
from feedservice.exporting.names import ERRORS
from feedservice.service import wiring_export
from nginx_process import accepts, free_port, require
from waiting import PATIENCE, comes_true

pytestmark = pytest.mark.system

MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
DECODE = {"": lambda body: body, "gzip": gzip.decompress, "br": brotli.decompress}
OF_THE_SERVER = {
    "server",
    "date",
    "expires",
    "connection",
    "transfer-encoding",
    "content-length",
    "accept-ranges",
    "etag",
}
MAIN = """\
{load}
daemon off; master_process off; worker_processes 1; pid {here}/nginx.pid; error_log {here}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    server_names_hash_bucket_size 256;
    client_body_temp_path {here}/t1; proxy_temp_path {here}/t2; fastcgi_temp_path {here}/t3;
    uwsgi_temp_path {here}/t4; scgi_temp_path {here}/t5;
    include {here}/*.site.conf;
}}
"""


class Answer:
    """A status, headers by lower-case name, and a decoded body."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.headers = {
            name.lower(): sorted(v for n, v in headers if n.lower() == name.lower())
            for name, _ in headers
        }
        self.coding = "".join(self.headers.get("content-encoding", []))
        self.body = DECODE[self.coding](body) if body else body

    def one(self, name: str) -> str:
        return "".join(self.headers.get(name, []))


class Pair:
    """nginx on a port of its own, and the service in this process."""

    def __init__(self, exported: Exported, port: int) -> None:
        self.exported = exported
        self.base_path = exported.settings.base_url.removeprefix("https://news.example")
        self._port = port
        self._client = Client(wiring_export.FrozenApplication(exported.settings, exported.now)())

    def nginx(self, target: str, method: str = "GET", **headers: str) -> Answer:
        return ask_nginx(self._port, self.base_path + target, method, **headers)

    def service(self, target: str, method: str = "GET", **headers: str) -> Answer:
        given = [(name.replace("_", "-"), value) for name, value in headers.items()]
        with self._client.open(self.base_path + target, method=method, headers=given) as answer:
            return Answer(answer.status_code, list(answer.headers), answer.data)

    def targets(self, status: int) -> list[str]:
        """Every exported address that is answered so."""
        records = self.exported.records().items()
        return [target_of(address) for address, record in records if record.status == status]


def ask_nginx(port: int, target: str, method: str = "GET", **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, target, headers={"Accept-Encoding": "identity", **given})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


@contextmanager
def nginx_with(here: Path, sites: Iterable[str]) -> Iterator[list[int]]:
    """Let one nginx serve sites as their samples say; the port of each."""
    nginx = require("nginx", "nginx")
    if not MODULE.is_file():
        require("nginx-brotli", "libnginx-mod-http-brotli-static")
    ports = []
    for number, site in enumerate(sites):
        port = free_port()
        text = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
        text = text.replace("    listen [::]:80;\n", "")
        if number:  # as its comment says: once
            text = re.sub(r"include .*hash\.conf.*\n", "", text)
        (here / f"{number}.site.conf").write_text(text, encoding="utf-8")
        ports.append(port)
    configuration = here / "nginx.conf"
    configuration.write_text(MAIN.format(load=f"load_module {MODULE};", here=here), "utf-8")
    command = [nginx, "-p", here, "-c", configuration, "-e", here / "error.log"]
    with (here / "out.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        assert comes_true(lambda: all(map(accepts, ports)) or process.poll() is not None)
        told = (here / "out.log").read_text("utf-8") + (here / "error.log").read_text("utf-8")
        assert process.poll() is None, told
        yield ports
    finally:
        process.terminate()
        process.wait(PATIENCE)


def site_of(exported: Exported) -> str:
    return (exported.root / "nginx" / "site.conf").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pairs(
    golden: Exported, below_a_path: Exported, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Pair, Pair]]:
    """Both sites in one nginx."""
    here = tmp_path_factory.mktemp("nginx")
    with nginx_with(here, map(site_of, (golden, below_a_path))) as (port, other):
        yield Pair(golden, port), Pair(below_a_path, other)


@pytest.fixture
def pair(pairs: tuple[Pair, Pair]) -> Pair:
    """The site of every kind of address; read only."""
    return pairs[0]


@pytest.fixture
def below(pairs: tuple[Pair, Pair]) -> Pair:
    """The site below a path; read only."""
    return pairs[1]


def target_of(address: str) -> str:
    path, mark, query = address.partition("?")
    return quote(path) + mark + query


def compared(answer: Answer) -> dict[str, list[str]]:
    return {name: value for name, value in answer.headers.items() if name not in OF_THE_SERVER}


def assert_same(mine: Answer, theirs: Answer, target: str) -> None:
    assert mine.status == theirs.status, target
    assert mine.body == theirs.body, target
    ours, wanted = compared(mine), compared(theirs)
    if "last-modified" not in wanted:  # nginx tells a file's time where the service tells none
        ours.pop("last-modified", None)
    assert ours == wanted, target


@pytest.mark.parametrize("coding", ["identity", "gzip", "gzip, deflate, br"])
def test_every_address_is_answered_as_the_service_answers_it(pair: Pair, coding: str) -> None:
    targets = pair.targets(200)
    assert len(targets) > 100
    for target in targets:
        # Of archive documents an export has no Brotli.
        wanted = (
            "gzip" if coding != "identity" and "/archive/" in target and "." in target else coding
        )
        mine = pair.nginx(target, Accept_Encoding=coding)
        theirs = pair.service(target, Accept_Encoding=wanted)
        assert theirs.status == 200
        assert_same(mine, theirs, target)


def test_a_site_below_a_path_is_answered_as_the_service_answers_it(below: Pair) -> None:
    assert {"/", "/feed.rss", "/media/table.csv"} < set(below.exported.records())
    assert any(address.startswith("/?before=") for address in below.exported.records())
    answers = {200: below.targets(200), 410: ["/articles/gone"]}
    answers[404] = [
        "/nowhere",
        "/articles/none",
        "/x.json",
        "/nowhere.html",
        "/media/",
        "//feed.rss/x",
    ]
    for status, targets in answers.items():
        for target in targets:
            # The pages of what is not there are exported as those that name no article.
            is_page = status != 200 and not target.endswith(".json")
            asked = {404: MISSING, 410: GONE}[status] if is_page else target
            mine, theirs = below.nginx(target), below.service(asked)
            assert mine.status == below.service(target).status == status
            assert_same(mine, theirs, target)
    moved = ["/2025/a", "/feed/atom", "/category/x/field/feed", "/articles/a/", "/feed.rss/"]
    for target in (*below.targets(301), *moved):
        mine, theirs = below.nginx(target), below.service(target)
        assert (mine.status, mine.one("location")) == (301, theirs.one("location")), target
    assert below.nginx("").body == below.service("/").body
    assert below.nginx("/?q=x").status == below.nginx("/search?q=x").status == 404
    assert below.nginx("/feed.json", "OPTIONS").status == 204


def test_every_kind_of_address_is_among_them(pair: Pair) -> None:
    addresses = set(pair.exported.records())
    tag = "/tags/ماء-عذب"
    assert {
        "/",
        "/feed.rss",
        "/feeds",
        "/feeds.opml",
        "/robots.txt",
        "/sitemap.xml",
    } <= addresses
    assert {
        tag,
        f"{tag}.atom",
        f"{tag}/archive/2025-12.json",
        "/articles/مقال-عربي",
        "/authors/كاتب-ضيف",
    } <= addresses
    assert {
        "/media/صور/خريطة كبيرة.svg",
        "/media/table.csv",
        "/media/all.zip",
        "/archive/2025-12.rss",
    } <= addresses
    assert any(address.startswith("/?before=") for address in addresses)
    assert any(address.startswith("/tags/كثير?before=") for address in addresses)


def test_head_says_what_get_says(pair: Pair) -> None:
    for target in ("/", "/feed.rss", "/articles/daraya", "/media/icon.png", "/feeds.opml"):
        get = pair.nginx(target, Accept_Encoding="br")
        head = pair.nginx(target, "HEAD", Accept_Encoding="br")
        assert (head.status, head.body, compared(head)) == (200, b"", compared(get))


def test_redirects_lead_where_the_services_lead(pair: Pair) -> None:
    targets = pair.targets(301)
    assert target_of("/articles/قديم-جدا") in targets
    assert target_of("/categories/من الميدان.json") in targets
    assert "/tags/RSS" in targets
    more = [
        "/old/page/",
        target_of("/categories/ميداني") + "?limit=2",
        "/feed",
        "/feed/atom/",
        "/index.xml",
        "/feed.rss/",
    ]
    more += [
        "/category/a/field/feed/",
        "/tag/%D9%85%D8%A7%D8%A1/feed/atom",
        "/tags/%D9%85%D8%A7%D8%A1/index.xml",
    ]
    more += [
        "/articles/daraya/",
        "/categories/field/?limit=3",
        "/feeds/",
        "/tags/%D9%85%D8%A7%D8%A1-%D8%B9%D8%B0%D8%A8/",
    ]
    for target in (*targets, *more):
        mine, theirs = pair.nginx(target), pair.service(target)
        assert (mine.status, mine.one("location")) == (
            301,
            theirs.one("location").replace("$", "%24"),
        ), target
        ours, wanted = compared(mine), compared(theirs)
        assert {**ours, "location": [], "content-type": []} == {
            **wanted,
            "location": [],
            "content-type": [],
        }, target


def test_patterns_of_redirects_lead_where_the_services_lead(pair: Pair) -> None:
    arabic = quote("مقال-عربي")
    for target in (
        "/2025/12/daraya.html",
        f"/2025/1/{arabic}.html",
        f"{quote('/خبر')}/{arabic}/",
        f"{quote('/خبر').lower()}/{arabic}",
        "/2025/12/lira.html?x=1",
    ):
        mine, theirs = pair.nginx(target), pair.service(target)
        assert (mine.status, mine.one("location")) == (theirs.status, theirs.one("location")), (
            target
        )
        assert mine.status == 301
    assert (
        pair.nginx("/20/12/daraya.html").status == pair.service("/20/12/daraya.html").status == 404
    )


@pytest.mark.parametrize(
    "target",
    [
        "/?p=7",
        "/?utm_source=x&p=7",
        "/?page_id=3",
        "/news.php?sid=7&name=News&x=1",
        f"/?cat={quote('شأن')}",
        f"/?cat={quote('شأن').lower()}",
    ],
)
def test_old_addresses_with_a_query_end_where_the_services_end(pair: Pair, target: str) -> None:
    mine, theirs = pair.nginx(target), pair.service(target)
    assert (mine.status, theirs.status) == (301, 301)
    if "p=7" in target or "sid" in target:  # by the alias, which only the index knows
        assert mine.one("location") == "/articles/p-7"
        mine = pair.nginx("/articles/p-7")
    assert mine.one("location") == theirs.one("location")


@pytest.mark.parametrize("target", ["/?p=x7", "/?xp=7", "/?page_id=33", "/?x=p=7"])
def test_other_queries_are_none_of_them(pair: Pair, target: str) -> None:
    assert pair.nginx(target).status == pair.service(target).status == 200


def test_no_redirect_leads_to_itself(pair: Pair) -> None:
    assert pair.nginx("/tags/rss").status == 200
    assert pair.nginx("/Old/Page").one("location").endswith("/articles/both")
    assert pair.nginx("/old/page").one("location").endswith("/articles/lira")


@pytest.mark.parametrize("target", ["/articles/gone", "/articles/over"])
def test_what_was_withdrawn_or_has_expired_is_gone(pair: Pair, target: str) -> None:
    assert_same(pair.nginx(target), pair.service(GONE), target)  # which names no article
    assert pair.nginx(target).status == pair.service(target).status == 410


@pytest.mark.parametrize(
    "target",
    ["/nowhere", "/articles/none", "/articles/draft", "/articles/later", "/media/none.png", "/articles/daraya/x", "/x.json",
     "/categories/none", "/media/", "/articles/", "/nowhere.html", "//feed.rss/x"],
)  # fmt: skip
def test_what_is_not_there_is_answered_with_the_services_page(pair: Pair, target: str) -> None:
    told = target if target.endswith(".json") else MISSING  # where nothing is searched for
    assert_same(pair.nginx(target), pair.service(told), target)
    assert pair.nginx(target).status == pair.service(target).status == 404


@pytest.mark.parametrize(
    "target",
    ["/index.html", "/feed.rss.gz", "/articles/daraya.html", "/articles/daraya.html.br", "/_headers", "/_redirects", "/404.html", "/410.html",
     "/media/table.csv.gz", "/../manifest.jsonl", "/..%2fmanifest.jsonl", "/?before=../../x"],
)  # fmt: skip
def test_files_are_no_addresses(pair: Pair, target: str) -> None:
    answer = pair.nginx(target)
    assert answer.status in (400, 404)
    assert b"feedservice-export" not in answer.body


@pytest.mark.parametrize("target", ["/feed.rss?tag=x", "/?q=x", "/categories/field.json?since=2025-01-01", "/search?q=x",
                                    "/feed.atom?before=2025-12-01T00:00:00Z,x", "/?before=2020-01-01T00:00:00Z,none"])  # fmt: skip
def test_a_narrowed_list_is_never_answered_with_the_whole_one(pair: Pair, target: str) -> None:
    assert pair.nginx(target).status == 404


def test_parameters_that_narrow_nothing_change_nothing(pair: Pair) -> None:
    for target in (
        "/feed.rss?utm_source=x",
        "/articles/daraya?tag=x",
        "/archive/2025-12.rss?tag=x",
    ):
        assert_same(pair.nginx(target), pair.service(target), target)
    assert pair.nginx("/feed.rss?limit=1").body == pair.service("/feed.rss").body


def test_a_preflight_is_answered(pair: Pair) -> None:
    mine, theirs = pair.nginx("/feed.json", "OPTIONS"), pair.service("/feed.json", "OPTIONS")
    assert mine.status == theirs.status == 204
    names = [name for name in theirs.headers if name.startswith("access-control")]
    assert names
    assert {name: mine.headers[name] for name in names} == {
        name: theirs.headers[name] for name in names
    }


def test_validators_hold_until_the_bytes_change(small: Exported, tmp_path: Path) -> None:
    (small.content / "media" / "table.csv").write_text("a,b\n" * 500, encoding="utf-8")
    small.export(NOW + timedelta(hours=1))
    with nginx_with(tmp_path, [site_of(small)]) as (port,):
        codings = ("identity", "gzip", "br")
        page = "/categories/field"
        tags = {
            coding: ask_nginx(port, page, Accept_Encoding=coding).one("etag") for coding in codings
        }
        assert len(set(tags.values())) == 3
        assert all(tag.startswith('"') for tag in tags.values())
        for coding, tag in tags.items():
            same = ask_nginx(port, page, Accept_Encoding=coding, If_None_Match=f'"x", {tag}')
            assert same.status == 304
        modified = ask_nginx(port, page).one("last-modified")
        assert ask_nginx(port, page, If_Modified_Since=modified).status == 304
        assert ask_nginx(port, "/media/table.csv", Range="bytes=0-3").body == b"a,b\n"
        write_article(small.content, "field/a.md", title="عنوان معدّل", tags="[ماء]")
        small.export(NOW + timedelta(days=1))
        assert "عنوان معدّل".encode() in ask_nginx(port, page).body
        assert ask_nginx(port, page, If_Modified_Since=modified).status == 200
        for coding, tag in tags.items():
            other = ask_nginx(port, page, Accept_Encoding=coding, If_None_Match=tag)
            assert other.status == 200


HOSTILE = 'n" permanent; } location ~ ^/leak(.*)$ { alias /etc$1; } #\n\\'
"""Ends a quoted text, a block and a line, and begins a variable."""


def test_no_text_of_a_site_ends_its_quotes(tmp_path: Path) -> None:
    other_port = free_port()
    server = f'a"; }} server {{ listen 127.0.0.1:{other_port}; return 200 "'
    headers = (("Content-Type", f'text/html"; {HOSTILE}'), ("Referrer-Policy", "none$host"))
    hosting = Hosting(
        folder=str(tmp_path),
        base_url="https://a;}server{return/" + quote(HOSTILE.replace("$", "")),
        kinds=dict.fromkeys(
            (".html", ".rss", f'media."{HOSTILE}', "redirect", "404.html"), headers
        ),
        redirects=[(f"/{HOSTILE}", f"https://other.example/{HOSTILE}"), ("/feed", server)],
        patterns=[
            ('/old/"{slug}', f"https://{server}{{slug}}"),
            (f"/{HOSTILE}/{{id}}", "/x{id}"),
            ("/s/{slug}", "/{slug}"),
        ],
        queries=[
            (f"/{HOSTILE}?{quote(HOSTILE)}={quote(HOSTILE)}", f"/{HOSTILE}"),
            ("/?q={slug}", f"https://{server}{{slug}}"),
            ("/?s={slug}", "/{slug}"),
        ],
        gone=[HOSTILE, '"', "\\"],
        statics=(f"/static/{HOSTILE}/style.css",),
    )
    (tmp_path / "nginx").mkdir()
    for name, text in nginx.configuration(hosting).items():
        (tmp_path / "nginx" / name).write_text(text, encoding="utf-8")
    page = Path(f"{tmp_path}/public{hosting.prefix}/feeds.html")
    page.parent.mkdir(parents=True)
    page.write_text("the page", encoding="utf-8")
    for error in ERRORS:
        (tmp_path / "public" / error).write_text("an error", encoding="utf-8")
    prefix = quote(hosting.prefix)
    with nginx_with(tmp_path, [(tmp_path / "nginx" / "site.conf").read_text("utf-8")]) as (port,):
        assert ask_nginx(port, f"{prefix}/feeds").body == b"the page"
        assert ask_nginx(port, f"{prefix}/feeds").one("referrer-policy") == "none%24host"
        assert ask_nginx(port, "/leak/hostname").status == 404
        for slug in hosting.gone:
            assert ask_nginx(port, f"{prefix}/articles/{quote(slug, safe='')}").status == 410
        moved = ask_nginx(port, f"{prefix}/{quote(HOSTILE)}")
        assert (moved.status, moved.one("location")[:22]) == (301, "https://other.example/")
        assert ask_nginx(port, f"{prefix}/feed").one("location") == server
        assert ask_nginx(port, f"{prefix}/old/%22x").status == 301
        assert ask_nginx(port, f"{prefix}/{quote(HOSTILE)}/7").one("location").endswith("/x7")
        for old in ("/s/", "/?s="):
            assert ask_nginx(port, f"{prefix}{old}x").one("location") == f"{prefix}/x"
            assert ask_nginx(port, f"{prefix}{old}\\other.example").status != 301
        assert ask_nginx(port, f"{prefix}/?q=x").one("location") == f"https://{server}x"
        assert not accepts(other_port)
