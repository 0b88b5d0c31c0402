"""Commands, called as a shell calls them."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from feedservice.cli.main import main
from waiting import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    status: int
    stdout: str
    stderr: str


@pytest.fixture
def environment(content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSERVICE_CONTENT", str(content))
    monkeypatch.setenv("FEEDSERVICE_STATE", str(tmp_path / "state"))
    for name in ("FEEDSERVICE_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def command(
    environment: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ended]:
    """Calls a command in this process, for those that only read and write the content folder."""

    def call(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["feedservice", *map(str, arguments)])
        capsys.readouterr()
        status = 0
        with patch.dict(os.environ):  # `serve` sets it for its workers
            try:
                main()
            except SystemExit as ended:
                status = int(ended.code or 0)
        told = capsys.readouterr()
        return Ended(status=status, stdout=told.out, stderr=told.err)

    return call


@pytest.fixture
def process(environment: None) -> Callable[..., Ended]:
    """Calls a command in a process of its own, for those that open the index."""

    def call(*arguments: object) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "feedservice", *map(str, arguments)],
            env=os.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return Ended(status=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return call
