"""The files that common static hosts read."""

from export_factories import Exported
from feedservice.exporting.hosting import Hosting
from feedservice.exporting.static_hosts import headers_file, redirects_file


def test_headers_and_redirects_of_static_hosts(golden: Exported) -> None:
    files = golden.files()
    headers = files["_headers"].decode()
    rules: dict[str, dict[str, str]] = {}
    for line in headers.splitlines()[1:]:
        if line.startswith("/"):
            rules[path := line] = {}
        else:
            name, _, value = line.strip().partition(": ")
            rules[path][name] = value
    assert rules["/*.rss"]["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert rules["/*.json"]["Access-Control-Allow-Origin"] == "*"
    assert rules["/articles/*"]["Cache-Control"] == "no-cache"
    assert rules["/media/*.zip"] == {"Content-Disposition": "attachment"}
    ours = {path: v["Cache-Control"] for path, v in rules.items() if path.startswith("/static/")}
    assert sorted(path.rpartition("/")[2] for path in ours) == [
        "copy.js",
        "reem-kufi-arabic.woff2",
        "style.css",
    ]
    assert set(ours.values()) == {"public, max-age=31536000, immutable"}
    assert all(
        "Cache-Control" not in named for path, named in rules.items() if path.startswith("/*")
    )
    assert len(rules) <= 100
    redirects = files["_redirects"].decode().splitlines()
    assert "/old/page /articles/lira 301" in redirects
    assert "/category/:slug/feed /categories/:slug.rss 301" in redirects
    assert "/tags/:slug/atom.xml /tags/:slug.atom 301" in redirects
    assert all(line.isascii() for line in redirects)
    # What Cloudflare Pages takes, which bounds more than others do.
    olds = [line.split()[0] for line in redirects[1:]]
    dynamic = [":" in old or "*" in old for old in olds]
    assert sum(dynamic) <= 100
    assert sorted(dynamic) == dynamic
    assert max(map(len, redirects)) <= 1000
    assert max(map(len, headers.splitlines())) <= 2000
    assert all(path.count("*") <= 1 for path in rules)


def test_no_text_of_a_site_ends_its_line() -> None:
    hosting = Hosting(
        folder="/srv",
        base_url="https://news.example/a%0a/*%0a  Set-Cookie: x",
        kinds={".html": (("Referrer-Policy", "none\n/*\n  Set-Cookie: x"),)},
        redirects=[("/a\n/b", "https://other.example/\n/c /d 301")],
        patterns=[],
        gone=[],
        statics=("/s\n/*",),
    )
    headers, redirects = headers_file(hosting), redirects_file(hosting)
    assert not any(line.strip().startswith("Set-Cookie") for line in headers.splitlines())
    assert "/a%0A/b https://other.example/%0A/c%20/d%20301 301" in redirects
    assert all(len(line.split(" ")) == 3 for line in redirects.splitlines()[1:])
