"""Configuration for nginx that answers an exported folder as the service would. Pure: facts in,
texts out.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.names import LISTS, SUFFIXES
from feedservice.exporting.nginx_maps import Facts, HeaderMaps, address_maps, key, quoted

_NARROWED = "@feedservice_narrowed"
_JSON_ERRORS = "error_page 404 /404.json;"
_SETTINGS = (
    "absolute_redirect off;",
    "charset off;",
    "gzip off;",
    "gzip_static on;",
    "gzip_proxied any;",
    "gzip_http_version 1.0;",
    "etag on;",
    "if_modified_since before;",
    "merge_slashes off;",
    "recursive_error_pages on;",
)


def configuration(facts: Facts) -> dict[str, str]:
    """Return text by file name below ``nginx/``."""
    headers = HeaderMaps(facts)
    maps = [*address_maps(facts), *headers.maps]
    return {
        "hash.conf": _hash(facts),
        "http.conf": "".join(maps),
        "server.conf": _server(facts, headers),
        "site.conf": _site(facts),
    }


def _hash(facts: Facts) -> str:
    keys = [*(address for address, _ in facts.redirects), *facts.gone]
    longest = (
        max((len(key.encode()) for key in keys), default=0)
        + len(facts.prefix.encode())
        + len("/articles/")
        + 64
    )
    bucket = max(128, 1 << (longest - 1).bit_length())
    most = max(2048, 1 << (4 * len(keys)).bit_length())
    head = "# Once in http {}, large enough for the maps of this site.\n"
    return f"{head}map_hash_bucket_size {bucket};\nmap_hash_max_size {most};\n"


def _server(facts: Facts, headers: HeaderMaps) -> str:
    return "\n".join(
        [
            "# Written by feedservice export; changes are lost. For a server {} whose root is public/.",
            *_SETTINGS,
            "types {",
            *(f"    {quoted(kind)} {suffix};" for suffix, kind in sorted(headers.types().items())),
            "}",
            "default_type application/octet-stream;",
            *headers.lines,
            *_errors(headers),
            f"if (${facts.variable}redirect) {{ return 301 ${facts.variable}redirect${facts.variable}query; }}",
            *_pages(facts),
            *_feeds(facts),
            *_files(facts),
            *_foreign(facts.prefix),
            _at(r"\.json$", _JSON_ERRORS, "return 404;"),
            f"location / {{ if (${facts.variable}moved) {{ return 301 ${facts.variable}moved; }} return 404; }}\n",
        ]
    )


def _errors(headers: HeaderMaps) -> Iterator[str]:
    yield "error_page 404 /404.html;"
    yield "error_page 410 /410.html;"
    yield f"error_page 418 = {_NARROWED};"
    yield "location = /404.html { internal; }"
    yield "location = /410.html { internal; }"
    json_type = quoted(headers.content_type("404.json"))
    yield f"location = /404.json {{ internal; types {{ }} default_type {json_type}; }}"


def _pages(facts: Facts) -> Iterator[str]:
    v, p = facts.variable, facts.prefix
    at = re.escape(p)
    narrowed = f"if (${v}narrowed = 1) {{ return 418; }}"
    for path in dict.fromkeys((f"{p}/", p or "/")):
        yield f'location = {quoted(path)} {{ {narrowed} try_files "{p}${v}front" {_NARROWED}; }}'
    yield _at(f"^{at}/(?:{LISTS})/[^/.]+$", narrowed, f"try_files $uri${v}page {_NARROWED};")
    yield _at(
        f"^{at}/articles/[^/.]+$", f"if (${v}gone) {{ return 410; }}", "try_files $uri.html =404;"
    )
    yield f"location = {quoted(p + '/feeds')} {{ try_files $uri.html =404; }}"
    yield _at(rf"^{at}/search(?:\.(?:{SUFFIXES}))?$", "return 418;")


def _feeds(facts: Facts) -> Iterator[str]:
    v, at = facts.variable, re.escape(facts.prefix)
    rules = (
        f"if (${v}preflight) {{ return 204; }}",
        f"if (${v}narrowed_feed) {{ return 418; }}",
        "try_files $uri =404;",
    )
    feeds = rf"^{at}/(?:feed|(?:(?:{LISTS})/[^/.]+/)?archive/[^/.]+|(?:{LISTS})/[^/.]+)"
    yield _at(rf"{feeds}\.json$", _JSON_ERRORS, f"error_page 418 = {_NARROWED};", *rules)
    yield _at(rf"{feeds}\.(?:{SUFFIXES})$", *rules)
    yield _at(rf"^{at}/feeds\.opml$", rules[0], rules[-1])


def _files(facts: Facts) -> Iterator[str]:
    p, at = facts.prefix, re.escape(facts.prefix)
    yield _at(rf"^{at}/(?:robots\.txt|sitemap(?:-[^/.]+)?\.xml)$", "try_files $uri =404;")
    yield _at(rf"^{at}/media/(?!.*/\.)(?!.*\.(?:gz|br)$)", "try_files $uri =404;")
    yield _at(
        rf"^{at}/static/[^/]+/style\.css$",
        f"try_files $uri {quoted(p + '/static/old/style.css')} =404;",
    )
    yield "# A slash too many"
    lists = rf"(?:articles|{LISTS})/[^/]+|(?:(?:{LISTS})/[^/]+/)?archive/[^/]+"
    others = rf"feeds|search|feeds\.opml|robots\.txt|sitemap(?:-[^/.]+)?\.xml|feed\.(?:{SUFFIXES})"
    yield _at(rf"^{at}/(?:{lists}|{others})/+$", 'rewrite "^(.*[^/])/+$" $1 permanent;')


def _at(pattern: str, *lines: str) -> str:
    return f"location ~ {key(pattern)} {{ {' '.join(lines)} }}"


def _foreign(prefix: str) -> Iterator[str]:
    """Feed addresses of WordPress and Hugo, as `addresses.moved_in` knows them."""
    at = re.escape(prefix)
    rows = [
        (f"^{at}/feed(?:/(?:rss2?|rdf))?/?$", "/feed.rss"),
        (f"^{at}/feed/atom/?$", "/feed.atom"),
        (rf"^{at}/(?:index|feed|rss)\.xml$", "/feed.rss"),
        (rf"^{at}/atom\.xml$", "/feed.atom"),
    ]
    for one in Taxonomy:
        many = one.plural
        start = f"^{at}/{one}/(?:[^/]+/)*([^/]+)/feed"
        rows.append((f"{start}(?:/(?:rss2?|rdf))?/?$", f"/{many}/$1.rss"))
        rows.append((f"{start}/atom/?$", f"/{many}/$1.atom"))
        rows.append((rf"^{at}/{many}/([^/]+)/(?:index|feed|rss)\.xml$", f"/{many}/$1.rss"))
        rows.append((rf"^{at}/{many}/([^/]+)/atom\.xml$", f"/{many}/$1.atom"))
    for pattern, target in rows:
        yield _at(pattern, f'rewrite {key(pattern)} "{prefix}{target}?" permanent;')


def _site(facts: Facts) -> str:
    host = urlsplit(facts.base_url).hostname or "_"
    folder = facts.folder
    return f"""\
# Written by feedservice export as a beginning: copy it to where nginx reads sites from, and change
# the copy.
include {quoted(folder + "/nginx/hash.conf")};   # once, where several sites are served
include {quoted(folder + "/nginx/http.conf")};

server {{
    listen 80;
    listen [::]:80;
    server_name {host};
    root {quoted(folder + "/public")};
    include {quoted(folder + "/nginx/server.conf")};

    # Needs ngx_brotli (Debian: libnginx-mod-http-brotli-static); without it, take this line out.
    brotli_static on;

    # Searches and narrowed lists are no files. A service beside nginx can answer them:
    # proxy_pass http://127.0.0.1:8000; proxy_set_header Host $host;
    location @feedservice_narrowed {{ return 404; }}
}}
"""
