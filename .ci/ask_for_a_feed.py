"""Start ``feedservice serve`` on a free port, ask it for a feed in each format, and end it with
SIGTERM.
"""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

scratch = Path(sys.argv[1])
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
command = [
    scratch / "venv/bin/feedservice",
    "serve",
    "--content",
    scratch / "content",
    "--port",
    str(port),
]
server = subprocess.Popen(command)
try:
    for suffix in ("rss", "atom", "json"):
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/feed.{suffix}", timeout=5
                ) as answer:
                    body = answer.read()
                    print(
                        f"/feed.{suffix}: {answer.status} {answer.headers['Content-Type']}, {len(body)} bytes"
                    )
                    break
            except OSError:  # not there yet, or slow: it runs for the first time, beside tests
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        assert "ميداني".encode() in body, f"the sample content is not in /feed.{suffix}"
finally:
    server.send_signal(signal.SIGTERM)
    code = server.wait(timeout=20)
assert code == 0, f"serve ended with {code} after SIGTERM"
