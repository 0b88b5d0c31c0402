"""``_headers`` and ``_redirects``, the files by which common static hosts are configured. Pure.

Such hosts join the values of a header that two rules name, so the rules here never name one twice
for an address. They have no rule for what depends on the address itself (Link), none for 410, and
bound the number of rules.
"""

from collections.abc import Iterator

from feedservice.domain import urls
from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.nginx_maps import Facts
from feedservice.feeds.formats import FORMATS

_EVERYWHERE = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options")
_BY_SUFFIX = ("Content-Type", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers")


def headers_file(facts: Facts) -> str:
    """Return the text of ``_headers``."""
    p = facts.prefix
    kinds = {kind: dict(headers) for kind, headers in facts.kinds.items()}
    page, style = kinds.get("page", {}), kinds.get("style", {})
    rules: list[tuple[str, dict[str, str]]] = [(f"{p}/*", _picked(page, _EVERYWHERE))]
    feeds = [f"{p}/feed{form.suffix}" for form in FORMATS.values()]
    folders = [
        f"{p}/{name}/*"
        for name in ("articles", *(each.plural for each in Taxonomy), "archive", "media")
    ]
    paths = (
        f"{p}/",
        f"{p}/feeds",
        f"{p}/feeds.opml",
        f"{p}/robots.txt",
        f"{p}/sitemap.xml",
        *feeds,
        *folders,
    )
    rules += [(path, _picked(page, ("Cache-Control",))) for path in paths]
    rules.append((f"{p}{facts.style}", _picked(style, ("Cache-Control",))))
    rules += [
        (f"{p}/*{f.suffix}", _picked(kinds.get(f"feed{f.suffix}", {}), _BY_SUFFIX))
        for f in FORMATS.values()
    ]
    rules.append((f"{p}/*.opml", _picked(kinds.get("opml", {}), _BY_SUFFIX)))
    for kind, found in sorted(kinds.items()):
        if kind.startswith("media.") and found.get("Content-Disposition", "").startswith(
            "attachment"
        ):
            rules.append(
                (f"{p}/media/*{kind.removeprefix('media')}", {"Content-Disposition": "attachment"})
            )
    return "# Written by feedservice export; changes are lost.\n" + "".join(
        f"{path}\n" + "".join(f"  {name}: {value}\n" for name, value in named.items())
        for path, named in rules
        if named
    )


def redirects_file(facts: Facts) -> str:
    """Return the text of ``_redirects``."""
    p = urls.percent(facts.prefix)
    lines = [f"{p}{urls.percent(address)} {location} 301" for address, location in facts.redirects]
    return (
        "# Written by feedservice export; changes are lost.\n"
        + "\n".join([*lines, *_foreign(p)])
        + "\n"
    )


def _foreign(prefix: str) -> Iterator[str]:
    """Feed addresses of WordPress and Hugo; what has a placeholder comes last."""
    p = prefix
    for old, new in (
        ("feed", ".rss"),
        ("feed/atom", ".atom"),
        ("index.xml", ".rss"),
        ("atom.xml", ".atom"),
    ):
        yield f"{p}/{old} {p}/feed{new} 301"
    for one in Taxonomy:
        many = one.plural
        yield f"{p}/{one}/:name/feed {p}/{many}/:name.rss 301"
        yield f"{p}/{one}/:name/feed/atom {p}/{many}/:name.atom 301"
        yield f"{p}/{many}/:name/index.xml {p}/{many}/:name.rss 301"


def _picked(headers: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: headers[name] for name in names if name in headers}
