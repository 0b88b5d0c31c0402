"""Notices to hubs were lost or never sent: saves put them off, and one bad hub stopped all."""

import contextlib
import http.server
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from effort import rounds
from machine import memory
from newsroom import LATE, Newsroom
from service_process import Site, serving
from waiting import PATIENCE, comes_true

HUBS = ("good", "moved", "failing", "endless", "dripping", "hanging")
"""What hubs do, as their paths say."""
LEAN = 250.0
"""Megabytes that a writer stays below, whatever hubs answer."""


class _Hub(http.server.BaseHTTPRequestHandler):
    asked: Counter[str]
    told: list[float]
    stop: threading.Event

    def do_POST(self) -> None:
        kind = self.path.removeprefix("/")
        self.asked[kind] += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with contextlib.suppress(OSError):
            getattr(self, f"_{kind}")(body)

    def _good(self, body: bytes) -> None:
        if b"feed.rss" in body:
            self.told.append(time.monotonic())
        self._answer(204)

    def _moved(self, _: bytes) -> None:
        self._answer(303, Location="/good")

    def _failing(self, _: bytes) -> None:
        self._answer(500)

    def _endless(self, _: bytes) -> None:
        self._answer(200)
        while not self.stop.is_set():
            self.wfile.write(bytes(1_000_000))

    def _dripping(self, _: bytes) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.stop.wait(1):
            self.wfile.write(b"x")

    def _hanging(self, _: bytes) -> None:
        self.stop.wait(PATIENCE)

    def _answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[type[_Hub]]:
    handler = type(
        "Hub", (_Hub,), {"asked": Counter(), "told": [], "stop": threading.Event(), "url": ""}
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        handler.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler
        handler.stop.set()
        server.shutdown()


def waiting(site: Site) -> int:
    found = re.search(rb"^feedservice_outbox_pings (\d+)", site.get("/metrics")[1], re.MULTILINE)
    return int(found[1]) if found else 0


def test_the_good_hub_is_told_while_articles_are_saved_whatever_the_others_do(
    content: Path,
    tmp_path: Path,
    hub: type[_Hub],
    record_property: Callable[[str, object], None],
) -> None:
    with (content / "site.yaml").open("a", encoding="utf-8") as file:
        file.write(f"hubs: [{', '.join(f'{hub.url}/{kind}' for kind in HUBS)}]\n")
    newsroom = Newsroom(content)
    with serving(content, tmp_path / "state", "granian") as site:
        began = time.monotonic()
        saves = 0
        while len(hub.told) < rounds(12, 1) and time.monotonic() < began + PATIENCE * 3:
            newsroom.save("a")
            saves += 1
            time.sleep(0.25)
        first = hub.told[0] - began
        assert first < LATE
        last = time.monotonic()
        assert comes_true(lambda: hub.told[-1] > last), "the last change is told too"
        assert comes_true(lambda: set(HUBS) == hub.asked.keys())
        assert waiting(site) > 0, "who did not hear it is still to be told"
        most = max(map(memory, site.writers()))
        assert most < LEAN
        seconds = time.monotonic() - began
        assert hub.asked["failing"] <= 2 + seconds / 10
        assert hub.asked["moved"] <= 2 + seconds / 10, "and never as a GET"
        record_property(
            "f10",
            f"{saves} saves, the good hub told after {first:.1f} s and {len(hub.told)} times; "
            f"the failing one asked {hub.asked['failing']} times; the writer {most:.0f} MB",
        )
