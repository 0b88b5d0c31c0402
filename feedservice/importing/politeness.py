"""What an old site asks of programs that read it (robots.txt, RFC 9309), and pauses between.

Its own few lines: the standard library knows no ``*`` in a path, and libraries that do make regular
expressions of it, which a hostile file could keep busy for ever.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep
from urllib.parse import quote, unquote, urlsplit

from feedservice.importing.fetch import AGENT

MAX_ROBOTS = 512 * 1024
"""Bytes of a robots.txt that are read (RFC 9309 §2.5: at least 500 KiB)."""
MAX_RULES = 1_000
PAUSE = 0.25
"""Seconds between the beginnings of two requests to one host."""
MAX_PAUSE = 10.0
_LINE = re.compile(r"\s*+([A-Za-z-]++)\s*+:\s*+([^#\r\n]*+)")
_KEPT = "/*$?=&;,:@+!'()~-._"


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a robots.txt says to us.

    Attributes:
        rules: pieces of each path between its asterisks, whether it ends there, whether allowed.
        sitemaps: addresses, as they are written.
        pause: seconds that it wants between two requests.
    """

    rules: tuple[tuple[tuple[str, ...], bool, bool], ...] = ()
    sitemaps: tuple[str, ...] = ()
    pause: float = PAUSE

    def allows(self, url: str) -> bool:
        """Whether we may ask for an address: the longest rule says it (RFC 9309 §2.2.2)."""
        parts = urlsplit(url)
        path = _spelt((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        fitting = (
            (sum(map(len, pieces)) + len(pieces), is_allowed)
            for pieces, is_whole, is_allowed in self.rules
            if _fits(path, pieces, is_whole)
        )
        return max(fitting, default=(0, True))[1]


FORBIDDEN = Robots(rules=((("/",), False, False),))
"""Of a site whose robots.txt cannot be had: nothing may be asked (RFC 9309 §2.3.1.4)."""


def read(data: bytes) -> Robots:
    """Return what a robots.txt says to us, whatever else it holds."""
    groups: dict[str, list[tuple[str, str]]] = {}
    agents: set[str] = set()
    sitemaps: list[str] = []
    is_open = False
    for line in data[:MAX_ROBOTS].decode("utf-8-sig", "replace").splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "sitemap":
            sitemaps.append(value)
        elif key == "user-agent":
            agents = (agents if is_open else set()) | ({value.lower()} & {AGENT, "*"})
            is_open = True
        else:
            is_open = False
            for agent in agents:
                groups.setdefault(agent, []).append((key, value))
    ours = groups.get(AGENT) or groups.get("*") or []
    rules = [_rule(value, key) for key, value in ours if key in ("allow", "disallow") and value]
    delays = [value for key, value in ours if key == "crawl-delay"]
    wanted = float(delays[0]) if delays and re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", delays[0]) else 0
    return Robots(
        rules=tuple(rules[:MAX_RULES]),
        sitemaps=tuple(dict.fromkeys(sitemaps)),
        pause=min(max(wanted, PAUSE), MAX_PAUSE),
    )


class Pace:
    """Lets several threads ask each host one after another, with a pause between.

    Args:
        wait: waits for so many seconds.
    """

    def __init__(self, wait: Callable[[float], object] = sleep) -> None:
        self._wait = wait
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def take_turn(self, host: str, pause: float) -> None:
        """Wait until a host may be asked."""
        with self._lock:
            now = monotonic()
            turn = max(self._next.get(host, now), now)
            self._next[host] = turn + pause
        if turn > now:
            self._wait(turn - now)


def _rule(path: str, key: str) -> tuple[tuple[str, ...], bool, bool]:
    is_whole = path.endswith("$")
    return tuple(_spelt(path.removesuffix("$")).split("*")), is_whole, key == "allow"


def _spelt(path: str) -> str:
    return quote(unquote(path), safe=_KEPT, errors="replace")


def _fits(path: str, pieces: tuple[str, ...], is_whole: bool) -> bool:
    first, *others = pieces
    if not path.startswith(first):
        return False
    at = len(first)
    last = others.pop() if is_whole and others else ""
    for piece in others:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not is_whole:
        return True
    return (
        path.endswith(last) and len(path) - len(last) >= at if len(pieces) > 1 else at == len(path)
    )
