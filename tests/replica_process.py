"""Replicas on loopback, and any other command of the service, for the tests that ask them."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from service_process import ROOT, free_port
from waiting import PATIENCE


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow none."""


ASKING = urllib.request.build_opener(NoRedirect)


@dataclass(frozen=True)
class Replica:
    """A replica on loopback."""

    process: subprocess.Popen[bytes]
    state: Path
    port: int

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, Message]:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", headers=told, method=method
        )
        try:
            with ASKING.open(asked, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers
        except OSError:
            return 0, b"", Message()

    def titles(self) -> list[str]:
        status, body, _ = self.ask("/feed.json")
        return [each["title"] for each in json.loads(body)["items"]] if status == 200 else []

    def log(self) -> str:
        return self.state.with_suffix(".log").read_text(encoding="utf-8")


@contextmanager
def running(
    log: Path, settings: Mapping[str, str], *command: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the service, which ends with the block."""
    environment = {
        **{name: each for name, each in os.environ.items() if not name.startswith("FEEDSERVICE_")},
        "FEEDSERVICE_LANG": "en",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    with (
        log.open("wb") as told,
        subprocess.Popen(
            [sys.executable, "-m", "feedservice", *command],
            cwd=log.parent,
            env=environment,
            stdout=told,
            stderr=told,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise


@contextmanager
def replica(folder: Path, address: str, **settings: str) -> Iterator[Replica]:
    """A replica that is given an address and no content; its folder holds its state."""
    folder.mkdir(exist_ok=True)
    port, state = free_port(), folder / "state"
    given = {"FEEDSERVICE_DATABASE": address, "FEEDSERVICE_STATE": str(state), **settings}
    log = state.with_suffix(".log")
    with running(log, given, "serve", "--replica", "--port", str(port)) as process:
        yield Replica(process, state, port)
