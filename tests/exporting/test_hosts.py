"""The files that common static hosts read."""

from pathlib import Path

from export_factories import Exported, write_site


def test_headers_and_redirects_of_static_hosts(tmp_path: Path) -> None:
    exported = Exported(tmp_path, "https://news.example")
    write_site(exported.content)
    exported.export()
    files = exported.files()
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
    assert rules["/articles/*"]["Cache-Control"].startswith("max-age=300")
    assert rules["/media/*.zip"] == {"Content-Disposition": "attachment"}
    assert [v["Cache-Control"] for path, v in rules.items() if path.startswith("/static/")] == [
        "public, max-age=31536000, immutable"
    ]
    assert all(
        "Cache-Control" not in named for path, named in rules.items() if path.startswith("/*")
    )
    assert len(rules) <= 100
    redirects = files["_redirects"].decode().splitlines()
    assert "/old/page /articles/lira 301" in redirects
    assert "/category/:name/feed /categories/:name.rss 301" in redirects
    assert all(line.isascii() for line in redirects)
