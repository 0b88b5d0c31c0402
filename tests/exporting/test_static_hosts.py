"""The files that common static hosts read, by the rules that the hosts document."""

import re
from typing import NamedTuple
from urllib.parse import unquote

import pytest

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
        queries=[],
        gone=[],
        statics=("/s\n/*",),
    )
    headers, redirects = headers_file(hosting), redirects_file(hosting)
    assert not any(line.strip().startswith("Set-Cookie") for line in headers.splitlines())
    assert "/a%0A/b https://other.example/%0A/c%20/d%20301 301" in redirects
    assert all(len(line.split(" ")) == 3 for line in redirects.splitlines()[1:])


class Rule(NamedTuple):
    """A line of ``_redirects``."""

    old: str
    new: str
    status: str

    @property
    def is_dynamic(self) -> bool:
        """Whether it has a placeholder or a splat."""
        return ":" in self.old or "*" in self.old

    def matches(self, path: str) -> bool:
        """A placeholder is anything but a slash."""
        pattern = re.sub(r":[A-Za-z]\w*", "[^/]+", re.sub(r"([.+?()$])", r"\\\1", self.old))
        return re.fullmatch(pattern.replace("*", ".*"), path) is not None


NETLIFY_NEVER_SETS = frozenset(
    """
    accept-ranges age allow alt-svc connection content-encoding content-length content-range date
    location server set-cookie trailer transfer-encoding upgrade
    """.split()
)
LIMITS = {"static": 2_000, "dynamic": 100, "a line": 1_000}
"""Of Cloudflare Pages; what is beyond is passed over."""


def rules_of(text: str) -> list[Rule]:
    """The rules of ``_redirects``; a line of a number sign is a comment."""
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    assert {len(fields) for fields in lines} == {3}, "from, to, status: no query, no condition"
    return [Rule(*fields) for fields in lines]


def follow_the_hosts(text: str, files: frozenset[str]) -> list[Rule]:
    """Every rule of Netlify and of Cloudflare Pages that a file can break; what it says."""
    rules = rules_of(text)
    for rule in rules:
        assert rule.status == "301", "a status that redirects, not one that shows another page"
        assert re.fullmatch(r"/[!-~]*", rule.old), "a path with what is special percent-encoded"
        assert not re.search(r"[?#]|%(?![0-9A-F]{2})", rule.old), "neither query nor fragment"
        assert re.match("/(?!/)|https?://", rule.new), "to a path or a URL"
        assert rule.old.find("*") in (-1, len(rule.old) - 1), "a splat only at the end"
        names = re.findall(r":(\w*)", rule.old)
        assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in names), "a placeholder's name"
        assert len(names) == len(set(names)), "each placeholder once"
        own = rule.new if rule.new.startswith("/") else ""
        assert set(re.findall(r":(\w+)", own)) <= set(names), "what is put in was taken out"
        assert len(" ".join(rule)) <= LIMITS["a line"]
        path = rule.old.strip("/")
        # Netlify serves a file before a rule, Cloudflare a rule before a file.
        assert files.isdisjoint((path, f"{path}.html", f"{path}/index.html")), path
    literal = [rule for rule in rules if not rule.is_dynamic]
    dynamic = [rule for rule in rules if rule.is_dynamic]
    assert rules == [*literal, *dynamic], "static rules before dynamic ones"
    assert len(dynamic) <= LIMITS["dynamic"]
    olds = [rule.old.rstrip("/") for rule in rules]  # a slash at the end makes no difference
    assert len(olds) == len(set(olds)), "the first rule of an address wins: no second one"
    for rule in rules:
        assert rule.new not in olds, "no rule leads to another one, or to itself"
        assert not any(each.matches(rule.new) for each in dynamic), rule
    return rules


def test_redirects_are_what_netlify_and_cloudflare_document(golden: Exported) -> None:
    files = golden.files()
    rules = follow_the_hosts(files["_redirects"].decode(), frozenset(files))
    assert len(rules) > 100
    (feed,) = [rule.new for rule in rules if rule.matches("/category/field/feed/atom")]
    assert feed == "/categories/:slug.atom"
    for rule in rules:
        if not rule.is_dynamic and rule.new.startswith("/"):
            path = unquote(rule.new).strip("/")
            assert not files.keys().isdisjoint((path, f"{path}.html")), rule


def hosting(redirects: list[tuple[str, str]]) -> Hosting:
    return Hosting(
        folder="/srv",
        base_url="https://news.example",
        kinds={},
        redirects=redirects,
        patterns=[],
        queries=[],
        gone=[],
        statics=(),
    )


def test_many_redirects_leave_the_rules_that_hosts_take_few_of_in_force() -> None:
    redirects = [(f"/2024/خبر {n}", f"/articles/khabar-{n}") for n in range(2_500)]
    text = redirects_file(hosting(redirects))
    rules = follow_the_hosts(text, frozenset())
    assert sum(not rule.is_dynamic for rule in rules) > LIMITS["static"]
    # Those of the site come first: what a host passes over is the tail of the list of all.
    assert [rule.new for rule in rules[:2_500]] == [new for _old, new in redirects]


@pytest.mark.parametrize("old", ["/a:b", "/x*y/z", "/خبر:عاجل", "/a/*", "/:slug", "/10:30"])
def test_an_old_address_with_a_sign_of_patterns_is_no_pattern(old: str) -> None:
    text = redirects_file(hosting([(old, "/articles/a")]))
    rules = follow_the_hosts(text, frozenset())
    assert not rules[0].is_dynamic
    assert unquote(rules[0].old) == old
    assert not rules[0].matches("/articles/b")


def test_headers_are_what_netlify_and_cloudflare_document(golden: Exported) -> None:
    paths: list[str] = []
    named: list[tuple[str, str]] = []
    for line in golden.files()["_headers"].decode().splitlines():
        assert len(line) <= 2_000, "Cloudflare takes no longer line"
        assert line.isascii()
        assert line == line.rstrip()
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            assert re.fullmatch("/[!-~]*", line), "a path with what is special percent-encoded"
            assert line.count("*") <= 1, "Cloudflare takes one splat"
            assert not re.search(r":[A-Za-z]", line), "no placeholder is meant"
            paths.append(line)
            continue
        name, parted, value = line.strip().partition(": ")
        assert paths, "a header belongs to a path above it"
        assert parted
        assert value
        assert re.fullmatch("[A-Za-z-]+", name)
        assert name.lower() not in NETLIFY_NEVER_SETS
        named.append((paths[-1], name))
    assert len(paths) == len(set(paths)) <= 100, "Cloudflare takes a hundred rules"
    assert {path for path, _name in named} == set(paths), "no path without a header"
    # Both hosts join the values of a header that several rules name for one address.
    for file in golden.files():
        address = f"/{file.removesuffix('index.html').removesuffix('.html')}"
        of_file = [n for p, n in named if Rule(p, "", "").matches(address)]
        assert len(of_file) == len(set(of_file)), (file, of_file)
