"""nginx over an exported folder, address by address beside the service itself."""

import gzip
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from werkzeug.test import Client

from export_factories import NOW, Exported, write_site
from factories import write_article
from feedservice.exporting.manifest import Record
from feedservice.service import wiring_web

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
    client_body_temp_path {here}/t1; proxy_temp_path {here}/t2; fastcgi_temp_path {here}/t3;
    uwsgi_temp_path {here}/t4; scgi_temp_path {here}/t5;
    include {here}/site.conf;
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

    def __init__(self, exported: Exported, port: int, base_path: str) -> None:
        self.exported = exported
        self.base_path = base_path
        self._port = port
        self._client = Client(wiring_web.Standing(exported.settings, exported.now)())

    def nginx(self, target: str, method: str = "GET", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(
                method, self.base_path + target, headers={"Accept-Encoding": "identity", **given}
            )
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def service(self, target: str, method: str = "GET", **headers: str) -> Answer:
        given = [(name.replace("_", "-"), value) for name, value in headers.items()]
        with self._client.open(self.base_path + target, method=method, headers=given) as answer:
            return Answer(answer.status_code, list(answer.headers), answer.data)

    def records(self) -> dict[str, Record]:
        return self.exported.records()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def found_nginx() -> str:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or not MODULE.is_file():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail(
                "nginx or its brotli module is not there: apt-get install nginx libnginx-mod-http-brotli-static"
            )
        pytest.skip("needs nginx and libnginx-mod-http-brotli-static")
    return nginx


@contextmanager
def serving(here: Path, base_url: str) -> Iterator[Pair]:
    """Export the site, and let nginx serve it as its sample says."""
    nginx = found_nginx()
    exported = Exported(here, base_url)
    write_site(exported.content)
    assert exported.export().troubles == []
    port = free_port()
    site = (exported.root / "nginx" / "site.conf").read_text(encoding="utf-8")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
        "    listen [::]:80;\n", ""
    )
    (here / "site.conf").write_text(site, encoding="utf-8")
    (here / "nginx.conf").write_text(
        MAIN.format(load=f"load_module {MODULE};", here=here), encoding="utf-8"
    )
    command = [
        nginx,
        "-p",
        str(here),
        "-c",
        str(here / "nginx.conf"),
        "-e",
        str(here / "error.log"),
    ]
    with (
        (here / "out.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            wait_for(process, port, here)
            yield Pair(exported, port, base_url.removeprefix("https://news.example"))
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture(scope="module", params=["https://news.example", "https://news.example/ar"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Read only: what tests share."""
    with serving(tmp_path_factory.mktemp("nginx"), request.param) as found:
        yield found


def wait_for(process: subprocess.Popen[bytes], port: int, here: Path) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(
        (here / "out.log").read_text(encoding="utf-8")
        + (here / "error.log").read_text(encoding="utf-8")
    )


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


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "gzip, deflate, br"])
def test_every_address_is_answered_as_the_service_answers_it(pair: Pair, coding: str) -> None:
    targets = [
        target_of(address) for address, record in pair.records().items() if record.status == 200
    ]
    assert len(targets) > 100
    for target in targets:
        mine, theirs = (ask(target, Accept_Encoding=coding) for ask in (pair.nginx, pair.service))
        assert theirs.status == 200
        assert_same(mine, theirs, target)


def test_every_kind_of_address_is_among_them(pair: Pair) -> None:
    addresses = set(pair.records())
    tag = "/tags/ماء-عذب"
    assert {
        "/",
        "/feed.rss",
        "/feeds",
        "/feeds.opml",
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-news.xml",
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
    targets = [
        target_of(address) for address, record in pair.records().items() if record.status == 301
    ]
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
        "/tags/%D9%85%D8%A7%D8%A1/",
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


def test_no_redirect_leads_to_itself(pair: Pair) -> None:
    assert pair.nginx("/tags/rss").status == 200
    assert pair.nginx("/Old/Page").one("location").endswith("/articles/both")
    assert pair.nginx("/old/page").one("location").endswith("/articles/lira")


@pytest.mark.parametrize("target", ["/articles/gone", "/articles/over"])
def test_what_was_withdrawn_or_has_expired_is_gone(pair: Pair, target: str) -> None:
    assert_same(pair.nginx(target), pair.service(target), target)
    assert pair.nginx(target).status == 410


@pytest.mark.parametrize(
    "target",
    ["/nowhere", "/articles/none", "/articles/draft", "/articles/later", "/media/none.png", "/articles/daraya/x", "/x.json",
     "/categories/none", "/media/", "/articles/", "/index.html", "//feed.rss/x"],
)  # fmt: skip
def test_what_is_not_there_is_answered_with_the_services_page(pair: Pair, target: str) -> None:
    assert_same(pair.nginx(target), pair.service(target), target)
    assert pair.nginx(target).status == 404


@pytest.mark.parametrize(
    "target",
    ["/feed.rss.gz", "/articles/daraya.html", "/articles/daraya.html.br", "/_headers", "/_redirects", "/404.html", "/410.html",
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


def test_validators_hold_until_the_bytes_change(tmp_path: Path) -> None:
    with serving(tmp_path, "https://news.example") as pair:
        codings = ("identity", "gzip", "br")
        tags = {
            coding: pair.nginx("/tags/rss", Accept_Encoding=coding).one("etag")
            for coding in codings
        }
        assert len(set(tags.values())) == 3
        assert all(tag.startswith('"') for tag in tags.values())
        for coding, tag in tags.items():
            assert (
                pair.nginx("/tags/rss", Accept_Encoding=coding, If_None_Match=f'"x", {tag}').status
                == 304
            )
        modified = pair.nginx("/tags/rss").one("last-modified")
        assert pair.nginx("/tags/rss", If_Modified_Since=modified).status == 304
        assert pair.nginx("/media/table.csv", Range="bytes=0-3").body == b"a,b\n"
        write_article(
            pair.exported.content,
            "field/مقال-عربي.md",
            tags="[RSS]",
            title="عنوان معدّل",
            date="2025-12-20 10:00",
        )
        pair.exported.export(NOW + timedelta(days=1))
        assert "عنوان معدّل".encode() in pair.nginx("/tags/rss").body
        assert pair.nginx("/tags/rss", If_Modified_Since=modified).status == 200
        for coding, tag in tags.items():
            assert pair.nginx("/tags/rss", Accept_Encoding=coding, If_None_Match=tag).status == 200
