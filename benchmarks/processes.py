"""Processes under measurement: started on a core of their own, asked, weighed, and always ended by
their ids.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE = 0
LOAD_CORE = 1
"""Servers and load never share a core, so that neither takes the other's time."""

RESTING = 0.25
"""Seconds of processor time in a second up to which a server counts as idle: one that looks at
files takes most of a core, and one that rests a tenth where each of its wake-ups costs
milliseconds, as on a virtual machine whose idle memory is taken back."""

PEER_SETTINGS = (
    "--interface",
    "wsgi",
    "--workers",
    "1",
    "--blocking-threads",
    "4",
    "--backlog",
    "1024",
)
"""What `feedservice serve` gives granian, for peers under granian."""


class Unmeasurable(Exception):
    """A measurement cannot be made here; the message says why and what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def tool(name: str, package: str) -> str:
    """Return the path of a program of the system.

    Raises:
        Unmeasurable: it is not there; the message names the package.
    """
    found = shutil.which(
        name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    )
    if not found:
        raise Unmeasurable(f"{name} is not installed; on Debian: apt-get install {package}")
    return found


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pin(core: int) -> Callable[[], None] | None:
    """Return what ties a child to a core, where the system can and has that core."""
    if not hasattr(os, "sched_setaffinity") or core not in os.sched_getaffinity(0):
        return None
    return lambda: os.sched_setaffinity(0, {core})


def can_pin() -> bool:
    """Whether servers and load have a core each."""
    return pin(SERVER_CORE) is not None and pin(LOAD_CORE) is not None


def get(
    port: int, path: str, headers: Mapping[str, str] | None = None, timeout: float = 30
) -> Answer:
    """Ask a server on this machine; any status is an answer.

    Raises:
        OSError, http.client.HTTPException: there was none.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        body = answer.read()
        return Answer(
            status=answer.status, headers={k.lower(): v for k, v in answer.getheaders()}, body=body
        )
    finally:
        connection.close()


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    *,
    core: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command for as long as the block lasts; then end it, and whatever it started, by id.

    Args:
        command: program and arguments.
        log: a file for what it says.
        core: the core that it and its children are tied to; any where it is None.
        environment: ours where it is None.
    """
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env=environment,
            # One system call, and no thread runs yet.
            preexec_fn=None if core is None else pin(core),  # noqa: PLW1509
        )
    try:
        yield process
    finally:
        family = descendants(process.pid)
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _end(family)


def wait_for(
    process: subprocess.Popen[bytes], port: int, path: str, log: Path, seconds: float = 120
) -> float:
    """Wait for the first 200; return how many seconds that took.

    Raises:
        Unmeasurable: the process ended or did not answer in time; the end of its log is in the
            message.
    """
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        if process.poll() is not None:
            break
        with suppress(OSError, http.client.HTTPException):
            if get(port, path).status == 200:
                return time.perf_counter() - begin
        time.sleep(0.005)
    said = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""
    raise Unmeasurable(f"{' '.join(map(str, process.args))[:200]}: no answer at {path}\n{said}")  # type: ignore[arg-type]


def wait_until_idle(pid: int, seconds: float = 300) -> None:
    """Wait until a process and its children rest: `serve` answers while its writer still looks at
    every file.

    Raises:
        Unmeasurable: they never do.
    """
    before, rested = cpu_seconds([pid, *descendants(pid)]), 0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(1)
        now = cpu_seconds([pid, *descendants(pid)])
        # A writer looks twice, a second apart: one second of rest says nothing.
        rested = rested + 1 if now - before <= RESTING else 0
        if rested == 3:
            return
        before = now
    raise Unmeasurable(f"{command_line(pid)} is still at work after {seconds:.0f} s")


def descendants(pid: int) -> list[int]:
    """Return the ids of a process's children, and theirs (Linux; elsewhere none)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


def command_line(pid: int) -> str:
    """Return the command line of a process, empty where it is gone."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        return ""


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time that processes used so far, all their threads together."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def ended_cpu_seconds(pid: int) -> float:
    """Return the processor time of a process's children that have ended and were waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return a process's proportional set size in MB: its own pages, and its share of those that
    others have too.

    Raises:
        Unmeasurable: the system does not tell.
    """
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError as error:
        raise Unmeasurable(
            f"the memory of process {pid} cannot be read: {error.strerror}"
        ) from error
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) * 1024 / 1e6


def workers(parent: int) -> list[int]:
    """Return the processes below ``parent`` that answer requests: copies of it, or of its copy."""
    ours = command_line(parent)
    copies = [pid for pid in descendants(parent) if command_line(pid) == ours]
    return [pid for pid in copies if not set(descendants(pid)) & set(copies)]


def end_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into an orderly exit, so that everything that was started is
    ended.
    """

    def leave(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def _end(pids: Sequence[int]) -> None:
    """End what outlived its parent: give it two seconds, then kill it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = [pid for pid in pids if command_line(pid)]
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and any(command_line(pid) for pid in left):
            time.sleep(0.02)
