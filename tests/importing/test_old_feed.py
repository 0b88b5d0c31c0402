"""The old site's feed and sitemap beside an import: ids that subscribers know, addresses that
readers have."""

import http.server
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedservice.cli.main import group
from feedservice.domain.errors import ImportFailure
from feedservice.importing import old_addresses
from feedservice.importing.fetch import Fetcher
from feedservice.importing.foreign_entry import ForeignEntry, Progress
from feedservice.importing.source_folder import FolderSource
from import_sources import item, rss_bytes

OLD = "https://old.example/2024/05"


@pytest.fixture
def jekyll(tmp_path: Path) -> Path:
    root = tmp_path / "source"
    (root / "_posts").mkdir(parents=True)
    (root / "_config.yml").write_text(
        "url: https://old.example\npermalink: /:year/:month/:title/\n", encoding="utf-8"
    )
    for n in (1, 2):
        post = f"---\ntitle: عنوان {n}\ndate: 2024-05-0{n}\n---\nنص."
        (root / "_posts" / f"2024-05-0{n}-post-{n}.md").write_text(post, encoding="utf-8")
    return root


@pytest.fixture
def feed(tmp_path: Path) -> Callable[..., Path]:
    def made(*items: str) -> Path:
        path = tmp_path / "old.xml"
        path.write_bytes(rss_bytes(*items))
        return path

    return made


def call(*words: object) -> Result:
    command = ["import", *map(str, words), "--no-media", "--lang", "en"]
    return CliRunner().invoke(group, command, catch_exceptions=False)


def ids(content: Path) -> list[str]:
    return sorted(
        line.removeprefix("id: ")
        for file in content.rglob("post-*.md")
        for line in file.read_text(encoding="utf-8").split("\n")
        if line.startswith("id: ")
    )


def test_ids_of_the_old_feed_win(jekyll: Path, content: Path, feed: Callable[..., Path]) -> None:
    old = feed(
        item(1, link=f"{OLD}/post-1/", guid="tag:old,1"),
        item(2, link=f"{OLD}/post-2/", guid="tag:old,2"),
    )
    result = call(jekyll, "--feed", old, "--into", content, "--write", "--category", "field")
    assert result.exit_code == 0
    assert ids(content) == ["tag:old,1", "tag:old,2"]
    assert "of 2 entries of the old feed 2 have the same id here" in result.output


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a server of this machine that gives what lies in a folder."""
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_ids_of_the_old_feed_win_where_the_old_site_still_gives_it(
    jekyll: Path, content: Path, feed: Callable[..., Path], address: str
) -> None:
    feed(
        item(1, link=f"{OLD}/post-1/", guid="tag:old,1"),
        item(3, link=f"{OLD}/post-3/", guid="tag:old,3"),
    )
    words = (jekyll, "--feed", f"{address}/old.xml", "--into", content, "--category", "field")
    with pytest.raises(ImportFailure, match="--allow-private"):
        call(*words, "--write")
    assert ids(content) == []
    result = call(*words, "--write", "--allow-private")
    assert result.exit_code == 0
    assert ids(content) == [f"{OLD}/post-2", "tag:old,1"]
    assert "tag:old,3: an entry of the old feed that is not in the source" in result.output
    assert "of 2 entries of the old feed 1 have the same id here" in result.output


def test_entries_that_nothing_explains_are_counted_and_the_import_is_a_failure(
    jekyll: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours: the source holds more than its reading yields."""
    read = FolderSource.entries

    def entries(self: FolderSource, progress: Progress) -> Iterator[ForeignEntry]:
        yield from read(self, progress)
        self.found += 3

    monkeypatch.setattr(FolderSource, "entries", entries)
    words = (jekyll, "--into", content, "--category", "field")
    for result in (call(*words), call(*words, "--write")):
        assert result.exit_code == 1
        assert "in the source 5 = came 2 + drafts 0" in result.output
        assert "left out, each told 0 + unexplained 3" in result.output
        assert "3 entries of the source are missing, and nothing says why" in result.output
    assert len(ids(content)) == 2
    monkeypatch.undo()
    assert call(*words).exit_code == 0


def test_an_import_is_compared_with_the_old_feed_before_anything_is_written(
    jekyll: Path, content: Path, feed: Callable[..., Path]
) -> None:
    before = sorted(content.rglob("*"))
    old = feed(
        item(1, link=f"{OLD}/post-1/", guid="tag:old,1"),
        item(3, link=f"{OLD}/post-3/", guid=f"{OLD}/post-3/"),
    )
    result = call(jekyll, "--verify", old, "--into", content, "--category", "field")
    assert result.exit_code == 1
    assert "subscribers know it as tag:old,1, here it would be" in result.output
    assert f"{OLD}/post-3/: an entry of the old feed that is not in the source" in result.output
    assert "of 2 entries of the old feed 0 have the same id here" in result.output
    assert sorted(content.rglob("*")) == before


def test_an_address_that_only_the_feed_has_leads_on(
    jekyll: Path, content: Path, feed: Callable[..., Path]
) -> None:
    own = "tag:old,one"
    post = jekyll / "_posts" / "2024-05-01-post-1.md"
    post.write_text(f"---\nguid: {own}\ntitle: ع\ndate: 2024-05-01\n---\nنص.", encoding="utf-8")
    old = feed(item(1, link="https://old.example/shared/one", guid=own))
    result = call(jekyll, "--feed", old, "--into", content, "--write", "--category", "field")
    assert "/shared/one → /articles/post-1" in result.output
    assert own in ids(content)


def test_verify_writes_nothing(jekyll: Path, content: Path, feed: Callable[..., Path]) -> None:
    refused = CliRunner().invoke(
        group, ["import", str(jekyll), "--verify", str(feed()), "--write", "--into", str(content)]
    )
    assert refused.exit_code != 0


def test_a_comparison_asks_nobody_what_pictures_weigh(
    content: Path, feed: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Fetcher, "size", lambda _self, url: asked.append(url))
    old = feed(item(1, description='&lt;img src="https://old.example/a.png"&gt;'))
    command = ["import", str(old), "--verify", str(old), "--into", str(content)]
    assert CliRunner().invoke(group, command, catch_exceptions=False).exit_code == 0
    assert asked == []


def sitemap(*addresses: str) -> bytes:
    urls = "".join(f"<url><loc>{each}</loc></url>" for each in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def test_each_address_of_an_old_sitemap_is_asked_of_the_new_site(
    jekyll: Path, content: Path, tmp_path: Path
) -> None:
    call(jekyll, "--into", content, "--write", "--category", "field")
    old = tmp_path / "sitemap.xml"
    good = (f"{OLD}/post-1/", f"{OLD}/post-2/", "https://old.example/")
    old.write_bytes(sitemap(*good))
    assert call("--verify", old, "--into", content).exit_code == 0
    old.write_bytes(sitemap(*good, f"{OLD}/gone/", "https://old.example/%D8%A3%25"))
    result = call("--verify", old, "--into", content)
    assert result.exit_code == 1
    assert f"! 404 {OLD}/gone/" in result.output
    assert "known 5 · answered 3 · not 2" in result.output


def test_an_old_feed_serves_as_a_sitemap(
    jekyll: Path, content: Path, feed: Callable[..., Path]
) -> None:
    call(jekyll, "--into", content, "--write", "--category", "field")
    result = call("--verify", feed(item(1, link=f"{OLD}/post-1/")), "--into", content)
    assert result.exit_code == 0
    assert "known 1 · answered 1 · not 0" in result.output


def test_sitemaps_of_an_index_are_followed_each_once() -> None:
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<sitemap><loc>https://old.example/a.xml</loc></sitemap>"
        b"<sitemap><loc>https://old.example/a.xml</loc></sitemap>"
        b"<sitemap><loc>https://old.example/index.xml</loc></sitemap></sitemapindex>"
    )
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        return index if url.endswith("index.xml") else sitemap("https://old.example/x")

    assert list(old_addresses.of_sitemap(index, get)) == ["https://old.example/x"]
    assert sorted(asked) == ["https://old.example/a.xml", "https://old.example/index.xml"]


def test_a_sitemap_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_addresses, "MAX_SITEMAPS", 20)

    def following() -> Iterator[bytes]:
        n = 0
        while True:
            n += 1
            yield f"<sitemapindex><sitemap><loc>https://old.example/{n}</loc></sitemap></sitemapindex>".encode()

    pages = following()
    with pytest.raises(ImportFailure, match="20 sitemaps"):
        list(old_addresses.of_sitemap(next(pages), lambda url: next(pages)))


@pytest.mark.parametrize("data", [b"", b"<urlset", b"\x00", b"<html>x</html>"])
def test_what_is_no_sitemap_names_no_address(data: bytes) -> None:
    assert not old_addresses.is_sitemap(data) or not list(
        old_addresses.of_sitemap(data, lambda url: b"")
    )


def test_sitemaps_of_an_index_are_had_one_after_another() -> None:
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<sitemap><loc>https://old.example/a.xml</loc></sitemap>"
        b"<sitemap><loc>https://old.example/b.xml</loc></sitemap></sitemapindex>"
    )
    asked: list[str] = []

    def get(url: str) -> bytes:
        asked.append(url)
        return sitemap(f"{url}/x")

    assert next(old_addresses.of_sitemap(index, get)) == "https://old.example/a.xml/x"
    assert asked == ["https://old.example/a.xml"]
