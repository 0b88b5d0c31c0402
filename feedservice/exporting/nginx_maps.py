"""Maps for nginx: what an address redirects to, whether it is gone, and the headers of each kind of
answer. Pure.

Every header value is one that the service sent, so nothing here repeats what the web layer decides.
Variables carry the site's address in their names: two sites fit into one nginx.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from feedservice.domain import redirects, urls
from feedservice.exporting.manifest import Headers
from feedservice.exporting.names import CURSOR, LISTS, SUFFIXES, in_order, pattern_of, prefix_of

_ON_SUCCESS = "(?:200|206|304)"
_STATUSES = {
    "404.html": "404",
    "410.html": "410",
    "redirect": "301",
    "redirect-feed": "301",
    "preflight": "204",
}
_SEGMENT = r"(?:[-A-Za-z0-9._~]|%[89A-F][0-9A-F])+"
"""What the service percent-encodes a part of a path to, a part that its own addresses can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What configuration is made from.

    Attributes:
        folder: the exported folder, absolute.
        kinds: headers of each kind of answer, with ``{self}`` and ``{name}`` left open.
        redirects: pairs of a decoded address below base_url and a Location.
        patterns: pairs of site.yaml's redirects that have words in braces.
        gone: slugs of articles that answer 410.
        style: path of the stylesheet.
    """

    folder: str
    base_url: str
    kinds: Mapping[str, Headers]
    redirects: Sequence[tuple[str, str]]
    patterns: Sequence[tuple[str, str]]
    gone: Sequence[str]
    style: str

    @property
    def prefix(self) -> str:
        """The path of base_url, decoded."""
        return prefix_of(self.base_url)

    @property
    def variable(self) -> str:
        """What this site's variables begin with: short, since nginx's table of variables is narrow
        by default.
        """
        return f"fs_{hashlib.blake2b(self.base_url.encode(), digest_size=3).hexdigest()}_"


def quoted(text: str, *, for_value: bool = True) -> str:
    """Return a text as nginx reads it back; ``$`` would begin a variable in a value, so it is
    percent-encoded.
    """
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text.replace("$", "%24") if for_value else text}"'


def key(text: str) -> str:
    """The key of a map or a pattern: ``$`` is itself there, and a backslash before another letter
    too.
    """
    return '"' + text.replace('"', '\\"') + '"'


def _map(source: str, variable: str, rows: Iterable[tuple[str, str]], default: str = '""') -> str:
    lines = "".join(f"    {key} {value};\n" for key, value in rows)
    return f"map {source} ${variable} {{\n    default {default};\n{lines}}}\n"


def address_maps(facts: Facts) -> Iterator[str]:
    """Yield the maps from an address: redirects, what is gone, files of next pages, own links."""
    v, prefix = facts.variable, facts.prefix
    at = re.escape(prefix)
    yield "# Old addresses and other names of lists (compared without regard to ASCII case).\n"
    yield _map("$uri", f"{v}redirect", _plain(_spellings(facts, prefix), quoted))
    yield _map("$uri", f"{v}query", [(key(rf"~^{at}/(?:{LISTS})/"), "$is_args$args")])
    yield "# Patterns of site.yaml, for what is not there; as asked, since nginx encodes nothing again.\n"
    yield _map("$request_uri", f"{v}moved", _moved(facts))
    yield "# Withdrawn and expired articles.\n"
    yield _map(
        "$uri", f"{v}gone", _plain([(f"{prefix}/articles/{slug}", "1") for slug in facts.gone], str)
    )
    yield "# A next page is a file; any other query that says which articles are wanted is for a live service.\n"
    next_page = '"/before/$1$2$3T$4$5$6Z-$7.html"'
    yield _map("$args", f"{v}page", [(key(f"~^{CURSOR}$"), next_page)], '".html"')
    yield _map("$args", f"{v}front", [(key(f"~^{CURSOR}$"), next_page)], '"/index.html"')
    narrows = "(?:category|tag|author|q|since|before)="
    narrowing = [(key(f"~^{CURSOR}$"), "page"), (key(f"~(?:^|&){narrows}"), "1")]
    yield _map("$args", f"{v}narrowed", narrowing)
    feeds = [(key("~/archive/"), '""'), (key(rf"~[?&]{narrows}"), "1")]
    yield _map('"$uri?$args"', f"{v}narrowed_feed", feeds)
    yield _map("$request_method", f"{v}preflight", [("OPTIONS", "1")])
    yield "# What names the address itself, where it was asked for as the service spells it.\n"
    start = re.escape(urlsplit(facts.base_url).path)
    own = rf"~^{start}(?!.*/\.)(?<{v}path>(?:/{_SEGMENT})+)(?:\?|$)"
    yield _map(
        "$request_uri",
        f"{v}self",
        [(key(own), f'"<{facts.base_url.replace("$", "%24")}${v}path>"')],
    )
    last = rf"~^[^?]*/(?<{v}last>(?:[-A-Za-z0-9._~]|%[0-9A-F]{{2}})+)(?:\?|$)"
    yield _map("$request_uri", f"{v}name", [(key(last), f"\"''${v}last\"")])


def _moved(facts: Facts) -> Iterator[tuple[str, str]]:
    start = urlsplit(facts.base_url).path
    for old, new in facts.patterns:
        words = dict.fromkeys(re.findall(r"{(\w+)}", old))
        pattern = re.escape(
            start + urls.percent(old.rstrip("/")).replace("%7B", "{").replace("%7D", "}")
        )
        value = urls.uri(new) if urlsplit(new).scheme else start + urls.percent_path(new)
        value = value.replace("$", "%24").replace("%7B", "{").replace("%7D", "}")
        for word in words:
            group = f"(?<fs_{word}>{redirects.WORDS[word].replace('[^/]', '[^/?]')})"
            pattern = pattern.replace(re.escape("{" + word + "}"), group)
            value = value.replace("{" + word + "}", f"${{fs_{word}}}")
        yield key(rf"~^{pattern}/*(?:\?|$)"), f'"{value}"'


def _spellings(facts: Facts, prefix: str) -> Iterator[tuple[str, str]]:
    for address, location in facts.redirects:
        yield prefix + address, location
        if not re.match(f"/(?:articles|{LISTS})/|.*/$", address):
            yield f"{prefix}{address}/", location


def _plain(
    rows: Iterable[tuple[str, str]], write: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Rows of a map. nginx compares texts without regard to ASCII case: what has capitals, or a
    twin, is a pattern.
    """
    unique = {address: value for address, value in rows if address.isprintable()}
    folded = Counter(address.encode().lower() for address in unique)
    for address, value in unique.items():
        if address.encode() != address.encode().lower() or folded[address.encode().lower()] > 1:
            yield key(f"~^{re.escape(address)}$"), write(value)
        else:
            yield quoted(address, for_value=False), write(value)


class HeaderMaps:
    """``add_header`` lines: a value that all kinds share as it is, others by a map from the kind of
    the answer.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.maps: list[str] = []
        self.lines: list[str] = []
        self._kinds = {kind: _grouped(headers) for kind, headers in facts.kinds.items()}
        kinds = [(self._pattern(kind), f'"{kind}"') for kind in self._ordered()]
        self.maps.append(_map('"$status $uri"', f"{facts.variable}kind", kinds))
        names = dict.fromkeys(name for found in self._kinds.values() for name in found)
        for name in names:
            if name != "Content-Type":
                self._add(name)

    def types(self) -> dict[str, str]:
        """Suffix → Content-Type."""
        found = {}
        for kind, headers in self._kinds.items():
            if kind in _STATUSES or kind == "404.json" or "Content-Type" not in headers:
                continue
            named = {
                "page": "html",
                "sitemap": "xml",
                "robots": "txt",
                "style": "css",
                "style-old": "css",
            }
            found[named.get(kind, kind.rpartition(".")[2])] = headers["Content-Type"][0]
        return found

    def content_type(self, kind: str) -> str:
        """The Content-Type of a kind."""
        return self._kinds.get(kind, {}).get("Content-Type", ["text/plain"])[0]

    def _add(self, name: str) -> None:
        for place in range(max(len(headers.get(name, ())) for headers in self._kinds.values())):
            values = {kind: headers.get(name, []) for kind, headers in self._kinds.items()}
            picked = {
                kind: each[place] if place < len(each) else "" for kind, each in values.items()
            }
            if len(set(picked.values())) == 1:
                self.lines.append(
                    f"add_header {name} {quoted(next(iter(picked.values())))} always;"
                )
                continue
            variable = f"{self._facts.variable}{name.lower().replace('-', '_')[:28]}{place or ''}"
            rows = [
                (f'"{kind}"', self._value(picked[kind])) for kind in self._ordered() if picked[kind]
            ]
            self.maps.append(_map(f"${self._facts.variable}kind", variable, rows))
            self.lines.append(f"add_header {name} ${variable} always;")

    def _ordered(self) -> list[str]:
        redirects = [kind for kind in ("redirect-feed", "redirect") if kind in self._kinds]
        return [*redirects, *in_order(self._kinds.keys() - set(redirects))]

    def _pattern(self, kind: str) -> str:
        if kind == "redirect-feed":
            return key(rf"~^301 .*\.(?:{SUFFIXES}|opml)$")
        if kind in _STATUSES:
            return key(f"~^{_STATUSES[kind]} ")
        if kind == "404.json":
            return key(r"~^404 /404\.json$")
        return key(f"~^{_ON_SUCCESS} {re.escape(self._facts.prefix)}{pattern_of(kind)}$")

    def _value(self, value: str) -> str:
        v = self._facts.variable
        if value.startswith("<{self}>"):
            # As a whole: without an own address there is no header.
            rest = value.removeprefix("<{self}>")
            made = f"{v}self_link"
            if not any(f"${made} " in each for each in self.maps):
                self.maps.append(
                    _map(
                        f"${v}self",
                        made,
                        [('"~."', quoted("{self}" + rest).replace("{self}", f"${v}self"))],
                    )
                )
            return f"${made}"
        return quoted(value).replace("''{name}", f"${v}name")


def _grouped(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return found
