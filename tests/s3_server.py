"""An S3 server on loopback, for the tests that ask for it."""

import os
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from nginx_process import accepts
from service_process import free_port
from waiting import PATIENCE, comes_true

MOTO = Path(__file__).parents[1] / ".venv-generators" / "bin" / "moto_server"


class S3:
    """A running server.

    Attributes:
        port: on loopback.
        settings: the environment that lets one in.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.settings: Mapping[str, str] = {
            "AWS_ACCESS_KEY_ID": "desk",
            "AWS_SECRET_ACCESS_KEY": "s3cret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": f"http://127.0.0.1:{port}",
            "AWS_ALLOW_HTTP": "true",
        }

    def make(self, bucket: str) -> None:
        """Make an empty bucket."""
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/{bucket}", method="PUT")
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            assert answer.status == 200


@contextmanager
def running() -> Iterator[S3]:
    """A server while it is needed; where there is none, the test is skipped, or fails in CI."""
    if not MOTO.exists():
        if os.environ.get("FEEDSERVICE_TESTS_REQUIRE_ALL"):
            pytest.fail("moto is not installed (make .venv-generators/.ready)")
        pytest.skip("moto is not installed (make .venv-generators/.ready)")
    port = free_port()
    with subprocess.Popen(
        [MOTO, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            assert comes_true(lambda: accepts(port), 4 * PATIENCE)
            yield S3(port)
        finally:
            process.terminate()
