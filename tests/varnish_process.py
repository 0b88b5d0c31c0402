"""Varnish with the configuration that we ship, in front of an application."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nginx_process import Server, require
from service_process import free_port
from waiting import PATIENCE, comes_true

VCL = Path(__file__).parent.parent / "deploy" / "varnish" / "feedservice.vcl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Varnish(Server):
    """Varnish, and the process that manages the one that answers."""

    process: int

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to both."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        for each in (self.process, *map(int, children)):
            os.kill(each, number)


def _need_varnish() -> str:
    found = require("varnishd", "varnish")
    if not any(Path("/usr/lib").glob("*/varnish/vmods/libvmod_xkey.so")):
        require("vmod_xkey", "varnish-modules")
    return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def before_two(one: int, two: int) -> str:
    """Our configuration before two replicas, by the script that makes it."""
    script = ["sed", "-Ef", VCL.with_name("several.sed"), VCL]
    made = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    for last, port in ((11, one), (12, two)):
        place = f'.host = "172.30.8.{last}";\n    .port = "8000";'
        assert place in made
        made = made.replace(place, f'.host = "127.0.0.1";\n    .port = "{port}";')
    return made


@contextmanager
def varnish_in_front_of(backend: int, folder: Path, text: str = "") -> Iterator["Varnish"]:
    """Run Varnish over an application's port, with our configuration or ``text`` made of it."""
    program = _need_varnish()
    folder.mkdir(parents=True, exist_ok=True)
    vcl = folder / "feedservice.vcl"
    vcl.write_text((text or VCL.read_text(encoding="utf-8")).replace('"8000"', f'"{backend}"'))
    port = free_port()
    command = [program, "-F", "-j", "none", "-n", str(folder / "work"), "-f", str(vcl)]
    command += ["-a", f"127.0.0.1:{port}", "-s", "malloc,64m", "-T", "none"]
    with (folder / "varnish.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        assert comes_true(lambda: _listens(port)), (folder / "varnish.log").read_text()
        yield Varnish(port=port, process=process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)
