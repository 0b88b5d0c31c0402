"""wrk against several servers in turns, so that what disturbs the machine disturbs them all."""

import re
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.processes import LOAD_CORE, Unmeasurable, cpu_seconds, descendants, get, pin, tool

CONNECTIONS = 32
FULL = 0.85
"""The part of its core that a server must have used for its pace to be its own, not that of wrk or
a busy machine."""
_UNITS = {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server under load.

    Attributes:
        name: in tables.
        port: on the loopback interface.
        pids: its processes' parents.
    """

    name: str
    port: int
    pids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a server made of its turns: requests a second, and processor time for each, in
    microseconds; medians.
    """

    rate: float
    cpu: float
    rates: tuple[float, ...] = field(repr=False)

    @property
    def busy(self) -> float:
        """Which part of a core the server had."""
        return self.rate * self.cpu / 1e6

    def note(self) -> str:
        """Return the processor time and the spread in words."""
        spread = (max(self.rates) - min(self.rates)) / self.rate
        return f"{self.cpu:.0f} µs of CPU each, spread {spread:.0%}"


def validators(servers: Sequence[Server], path: str) -> dict[str, str]:
    """Return each server's ETag of the compressed representation, having seen that it answers as it
    must.

    Raises:
        Unmeasurable: a server compresses nothing, has no ETag, or does not answer 304 to it.
    """
    found = {}
    for server in servers:
        answer = get(server.port, path, {"Accept-Encoding": "gzip"})
        etag = answer.headers.get("etag", "")
        if answer.status != 200 or answer.headers.get("content-encoding") != "gzip" or not etag:
            raise Unmeasurable(
                f"{server.name}: {path} answers {answer.status} with {dict(answer.headers)}"
            )
        again = get(server.port, path, {"Accept-Encoding": "gzip", "If-None-Match": etag})
        if again.status != 304 or again.body:
            raise Unmeasurable(f"{server.name}: {path} answers {again.status} to its own ETag")
        found[server.name] = etag
    return found


def in_turns(
    servers: Sequence[Server],
    path: str,
    headers: Mapping[str, Mapping[str, str]],
    rounds: int,
    seconds: float,
) -> dict[str, Pace]:
    """Load servers in turns, each ``rounds`` times for ``seconds``; a first short round warms them
    and is dropped.

    Args:
        servers: all of them running.
        path: what is asked.
        headers: of the requests, by the server's name.
        rounds: how many turns each has.
        seconds: how long a turn is.
    """
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    costs: dict[str, list[float]] = {server.name: [] for server in servers}
    for turn in range(rounds + 1):
        for server in servers:
            rate, cost = _wrk(
                server, path, headers[server.name], seconds if turn else min(seconds, 1)
            )
            if turn:
                rates[server.name].append(rate)
                costs[server.name].append(cost)
    return {
        name: Pace(
            rate=statistics.median(rates[name]),
            cpu=statistics.median(costs[name]),
            rates=tuple(rates[name]),
        )
        for name in rates
    }


def parse(said: str) -> tuple[int, float, float]:
    """Return requests, seconds and bytes read from what wrk prints.

    Raises:
        Unmeasurable: wrk met errors, or says something else.
    """
    if trouble := re.findall(
        r"^ *(Socket errors|Non-2xx or 3xx responses): *(.*)$", said, re.MULTILINE
    ):
        raise Unmeasurable(f"wrk: {trouble}")
    match = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m), ([\d.]+)([KMG]?B) read", said)
    if not match:
        raise Unmeasurable(f"wrk says {said!r}")
    requests, time_, unit, size, size_unit = match.groups()
    return (
        int(requests),
        float(time_) * {"ms": 0.001, "s": 1, "m": 60}[unit],
        float(size) * _UNITS[size_unit],
    )


def _wrk(
    server: Server, path: str, headers: Mapping[str, str], seconds: float
) -> tuple[float, float]:
    """One turn: requests a second, and microseconds of the server's processor time for each."""
    flags = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [
        tool("wrk", "wrk"),
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "30s",
        *flags,
    ]
    family = [*server.pids, *(child for pid in server.pids for child in descendants(pid))]
    length = len(get(server.port, path, headers).body)
    before, begin = cpu_seconds(family), time.perf_counter()
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}{path}"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=pin(LOAD_CORE),
    )
    used, took = cpu_seconds(family) - before, time.perf_counter() - begin
    requests, span, read = parse(done.stdout)
    if not requests:
        raise Unmeasurable(f"{server.name} answered nothing in {took:.1f} s")
    # wrk takes any 2xx and 3xx for good; the bytes tell whether it was given what was asked for.
    if not length * 0.98 <= read / requests <= length + 2000:
        raise Unmeasurable(
            f"{server.name}: {read / requests:.0f} bytes an answer, where the body has {length}"
        )
    return requests / span, used / requests * 1e6
