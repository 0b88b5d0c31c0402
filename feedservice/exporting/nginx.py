"""Configuration for nginx that answers an exported folder as the service would. Pure.

Every header value is one that the service sent, so nothing here repeats what the web layer decides.
Texts reach the configuration through `nginx_texts` alone, which quotes them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from feedservice.domain.taxonomy import Taxonomy
from feedservice.exporting.hosting import Hosting
from feedservice.exporting.names import ERRORS, FEEDS, LOCATED, OPENSEARCH, PARTS
from feedservice.exporting.nginx_redirects import patterns, queries
from feedservice.exporting.nginx_texts import Variable, as_key, as_value, quoted

_HEAD = "# Written by feedservice export; changes are lost.\n"
_LISTS = "|".join(each.plural for each in Taxonomy)
_NARROWING = "|".join((*Taxonomy, "q", "since", "before"))
_OWN_FILES = {".css": "style.css", ".js": "copy.js"}
_OWN_PATH = r"(?:/(?!\.)(?:[-A-Za-z0-9._~]|%[89A-F][0-9A-F])+)+"
"""Paths of lists as the service writes them: it percent-encodes only what is not ASCII."""
_SETTINGS = """\
absolute_redirect off;
charset off;
gzip off;
gzip_static on;
gzip_proxied any;
gzip_http_version 1.0;
etag on;
if_modified_since before;
merge_slashes off;
recursive_error_pages on;
"""


def configuration(hosting: Hosting) -> dict[str, str]:
    """Return text by file name below ``nginx/``."""
    writer = _Writer(hosting)
    return {
        "hash.conf": writer.hash_sizes(),
        "http.conf": writer.maps(),
        "server.conf": writer.server(),
        "site.conf": writer.site(),
    }


class _Writer:
    """Writes the files; variables carry the site's address, so that one nginx can have two sites.

    Variables are short: nginx's table of them is narrow by default.
    """

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting
        self._prefix = hosting.prefix
        self._at = re.escape(hosting.prefix)
        digest = hashlib.blake2b(hosting.base_url.encode(), digest_size=3).hexdigest()
        self._site = f"fs_{digest}_"
        redirect = dict(hosting.kinds.get("redirect", ()))
        self._redirect_of_feeds = {
            name: value
            for name, value in hosting.kinds.get("redirect-feed", ())
            if name not in redirect
        }

    def _variable(self, name: str) -> Variable:
        return Variable(self._site + name.lower().replace("-", "_"))

    def _map(self, source: str, name: str, rows: Iterable[tuple[str, str]], default: str) -> str:
        lines = "".join(f"    {key} {value};\n" for key, value in rows)
        head = f"map {source} ${self._variable(name)} {{\n"
        # Volatile: an error page is another address, and not itself moved or narrowed.
        return f"{head}    volatile;\n    default {default};\n{lines}}}\n"

    def hash_sizes(self) -> str:
        """Return sizes of nginx's tables that are large enough for the maps of this site."""
        keys = [*(address for address, _ in self._hosting.redirects), *self._hosting.gone]
        longest = max((len(key.encode()) for key in keys), default=0)
        longest += len(self._prefix.encode()) + len("/articles/") + 64
        bucket = max(128, 1 << (longest - 1).bit_length())
        most = max(2048, 1 << (4 * len(keys)).bit_length())
        return (
            "# Once in http {}, large enough for the maps of this site.\n"
            f"map_hash_bucket_size {bucket};\nmap_hash_max_size {most};\n"
        )

    def maps(self) -> str:
        """Return http.conf: where an address moved, whether it is gone, and which file it is."""
        at = self._at
        path, last = self._variable("path"), self._variable("last")
        with_slash = [(as_key(r"~^(.*[^/])/+$"), '"$1"')]
        names = [
            (as_key(f"~^{at}/?$"), as_value(f"{self._prefix}/index")),
            (as_key(rf"~^{at}/feeds\.opml$"), as_value(f"{self._prefix}/feeds")),
        ]
        pages = [(as_key(f"~^{at}{pattern}$"), quoted(part)) for pattern, part in PARTS]
        lists = rf"(?:(?:{_LISTS})/[^/]+|feed\.(?:{FEEDS})|subscribe)?"
        narrowed = [
            *((key, '""') for key, _part in pages),
            (as_key(rf"~^{at}/?{lists}\?(?:.*&)?(?:{_NARROWING})="), '"1"'),
            (as_key(rf"~^{at}/search(?:\.(?:{FEEDS}))?\?"), '"1"'),
        ]
        own = rf"~^{re.escape(self._hosting.encoded_prefix)}(?<{path}>{_OWN_PATH})(?:\?|$)"
        name = rf"~^[^?]*/(?<{last}>(?:[-A-Za-z0-9._~]|%[0-9A-F]{{2}})+)(?:\?|$)"
        itself = as_value("<", self._hosting.base_url, path, '>; rel="self"')
        feeds = as_key(rf"~\.(?:{FEEDS}|opml)$")
        return _HEAD + "".join(
            (
                self._map("$uri", "bare", with_slash, "$uri"),
                "# Old addresses, and what is gone (410).\n",
                self._map(f"${self._variable('bare')}", "moved", self._moved(), '""'),
                "# Old addresses by pattern, for what is not there.\n",
                self._map("$request_uri", "fits", patterns(self._hosting), '""'),
                "# Old addresses by their query.\n",
                self._map("$request_uri", "asked", queries(self._hosting), '""'),
                "# A next page is a file; any other query that narrows a list is not.\n",
                self._map("$uri", "name", names, "$uri"),
                self._map('"$uri?$args"', "page", pages, '""'),
                self._map('"$uri?$args"', "narrowed", narrowed, '""'),
                self._map("$uri", "missing", [(as_key(r"~\.json$"), '"/404.json"')], '"/404.html"'),
                "# Headers that name the address itself, and those of redirects from feeds.\n",
                self._map("$request_uri", "self", [(as_key(own), itself)], '""'),
                self._map("$request_uri", "file", [(as_key(name), as_value("''", last))], '""'),
                *(
                    self._map("$uri", header, [(feeds, as_value(value))], '""')
                    for header, value in self._redirect_of_feeds.items()
                ),
            )
        )

    def _moved(self) -> Iterator[tuple[str, str]]:
        """Rows of old addresses, without a slash at their end.

        nginx compares texts without regard to ASCII case: an address that has capitals, or that
        differs from another one in case alone, is written as a pattern.
        """
        query = (Variable("is_args"), Variable("args"))
        rows = {f"{self._prefix}/articles/{slug}": as_value("410") for slug in self._hosting.gone}
        for address, location in self._hosting.redirects:
            is_list = re.match(f"/(?:{_LISTS})/", address)
            key = self._prefix + address.rstrip("/")
            rows[key] = as_value(location, *query) if is_list else as_value(location)
        folded = Counter(address.encode().lower() for address in rows)
        for address, value in rows.items():
            lower = address.encode().lower()
            is_pattern = address.encode() != lower or folded[lower] > 1
            yield as_key(f"~^{re.escape(address)}$" if is_pattern else address), value

    def server(self) -> str:
        """Return server.conf: what belongs into a server whose root is ``public/``."""
        moved, narrowed = f"${self._variable('moved')}", f"${self._variable('narrowed')}"
        asked = f"${self._variable('asked')}"
        lines = [
            "# Redirects",
            *self._headers("redirect"),
            *(f"add_header {name} ${self._variable(name)};" for name in self._redirect_of_feeds),
            f"if ({asked}) {{ return 301 {asked}; }}",
            f"if ({moved} = 410) {{ return 410; }}",
            f"if ({moved}) {{ return 301 {moved}; }}",
            f"if ({narrowed}) {{ return 418; }}",
            f"error_page 404 ${self._variable('missing')};",
            "error_page 410 /410.html;",
            "error_page 418 = @feedservice_narrowed;",
            *_block("location @feedservice_missing", self._missing()),
            *self._locations(),
        ]
        return _HEAD + _SETTINGS + "\n".join(lines) + "\n"

    def _missing(self) -> Iterator[str]:
        fits, bare = f"${self._variable('fits')}", f"$document_root${self._variable('bare')}"
        without_slash = 'rewrite "^(.*[^/])/+$" $1 permanent;'
        a_list = as_key(f"^{self._at}/(?:(?:{_LISTS})/[^/.]+)?$")
        yield f"if ({fits}) {{ return 301 {fits}; }}"
        yield f'if (-f "{bare}") {{ {without_slash} }}'
        yield f'if (-f "{bare}.html") {{ {without_slash} }}'
        yield f"if ($uri ~ {a_list}) {{ return 418; }}"
        yield "return 404;"

    def _locations(self) -> Iterator[str]:
        kinds = self._hosting.kinds
        for error in ERRORS:
            lines = ["internal;", *self._answer(error, always=True)]
            yield from _block(f"location = {as_key('/' + error)}", lines)
        for path in self._hosting.statics:
            suffix = f".{path.rpartition('.')[2]}"
            yield from self._location(f"= {as_key(self._prefix + path)}", suffix, "$uri")
        yield "location ~ // { return 404; }"
        part = f"${self._variable('name')}${self._variable('page')}"
        page = f"{part}.html"
        yield from self._location(
            f"= {as_key(self._prefix + '/subscribe')}", "subscribe.html", page
        )
        for kind in sorted(kinds, key=lambda kind: (kind.startswith("."), kind)):
            if kind.startswith("old."):
                name = _OWN_FILES[kind.removeprefix("old")]
                pattern = rf"static/[^/]+/{re.escape(name)}"
                file = as_value(f"{self._prefix}/static/old/{name}")
            elif kind.startswith(("media.", "pictures.")):
                folder, _, suffix = kind.partition(".")
                pattern, file = rf"{folder}/(?!.*/\.).*\.(?i:{re.escape(suffix)})", "$uri"
            elif kind.startswith("archive."):
                suffix = re.escape(kind.removeprefix("archive"))
                pattern, file = rf"(?:.*/)?archive/.*{suffix}", "$uri"
            elif kind == ".opml":
                pattern, file = r"feeds\.opml", f"{part}.opml"
            elif kind == OPENSEARCH or (kind[0] == "." and kind not in LOCATED):
                pattern, file = rf".*{re.escape(kind)}", "$uri"
            else:
                continue
            yield from self._location(f"~ {as_key(f'^{self._at}/{pattern}$')}", kind, file)
        yield from self._location("/", ".html", page)

    def _location(self, where: str, kind: str, file: str) -> list[str]:
        lines = [*self._answer(kind)]
        if re.fullmatch(rf"(?:archive)?\.(?:{FEEDS}|opml)", kind):
            preflight = [*self._headers("preflight"), "return 204;"]
            lines += _block("if ($request_method = OPTIONS)", preflight)
        lines.append(f"try_files {file} @feedservice_missing;")
        return _block(f"location {where}", lines)

    def _answer(self, kind: str, *, always: bool = False) -> Iterator[str]:
        """The headers of a location, Content-Type among them."""
        headers = dict(self._hosting.kinds.get(kind, ()))
        yield f"types {{ }} default_type {as_value(headers.get('Content-Type', 'text/plain'))};"
        yield from self._headers(kind, always=always)

    def _headers(self, kind: str, *, always: bool = False) -> Iterator[str]:
        end = " always;" if always else ";"
        for name, value in self._hosting.kinds.get(kind, ()):
            if name == "Content-Type":
                continue
            if value == '<{self}>; rel="self"':
                written = f"${self._variable('self')}"  # alone: an empty value is no header
            else:
                text, mark, _ = value.partition("''{name}")
                written = as_value(text, *((self._variable("file"),) if mark else ()))
            yield f"add_header {name} {written}{end}"

    def site(self) -> str:
        """Return site.conf, a server to be copied and changed."""
        folder = self._hosting.folder
        return f"""\
# Written by feedservice export as a beginning: copy it to where nginx reads sites from, and change
# the copy.
include {as_value(folder + "/nginx/hash.conf")};   # once, before any map of other files
include {as_value(folder + "/nginx/http.conf")};

server {{
    listen 80;
    listen [::]:80;
    server_name {as_value(urlsplit(self._hosting.base_url).hostname or "_")};
    root {as_value(folder + "/public")};
    include {as_value(folder + "/nginx/server.conf")};

    # Needs ngx_brotli (Debian: libnginx-mod-http-brotli-static); without it, take this line out.
    brotli_static on;

    # Searches and narrowed lists are no files. A service beside nginx can answer them:
    # proxy_pass http://127.0.0.1:8000; proxy_set_header Host $host;
    location @feedservice_narrowed {{ return 404; }}
}}
"""


def _block(head: str, lines: Iterable[str]) -> list[str]:
    return [f"{head} {{", *(f"    {line}" for line in lines), "}"]
