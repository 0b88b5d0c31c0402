"""Files that end the process that reads them, as a parser may that is not written in Python.

No file is known that does: the reading process is given parsers that do as such a file says.
"""

from pathlib import Path

import pytest

SECONDS = 2.0
"""Processor time that one file has in such a process."""

_PARSERS = f"""
import os, signal, sys

# Of these commands, which began it without another start.
is_copy = "check" in sys.orig_argv or "index" in sys.orig_argv
if is_copy or "worker.serve" in " ".join(sys.orig_argv):
    from feedservice.content import pictures, reader
    from feedservice.system import worker

    worker.SECONDS = {SECONDS}

    def harm(data):
        if worker._note is None:
            return  # the command itself
        if b"POISON-CRASH" in data or (is_copy and b"POISON-COPY" in data):
            os.kill(os.getpid(), signal.SIGSEGV)
        if b"POISON-KILL" in data:
            os.kill(os.getpid(), signal.SIGKILL)
        while b"POISON-SLOW" in data:
            pass
        if b"POISON-MEMORY" in data:
            bytearray(2 * worker.MEMORY)

    def decode(data, path, real=reader.decode):
        harm(data)
        return real(data, path)

    def measured(stream, real=pictures.measured):
        harm(stream.read())
        return real(stream)

    def derived(stream, *given, real=pictures.derived):
        data = stream.read()
        harm(data.replace(b"LATER-", b"POISON-"))
        if b"LATER-MEMORY" in data:
            bytearray(2 * worker.MEMORY)
        return real(stream, *given)

    reader.decode, pictures.measured, pictures.derived = decode, measured, derived
"""
WAYS = {"CRASH": "reading-died", "KILL": "reading-died", "SLOW": "reading-slow"}
"""Ways of ending, and what is told of the file then."""


def search_path(folder: Path) -> str:
    """Return a PYTHONPATH under which reading processes have such parsers."""
    (folder / "sitecustomize.py").write_text(_PARSERS, encoding="utf-8")
    return f"{folder}:{Path(__file__).parent.parent}"


@pytest.fixture
def poisonable(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading processes of this test have such parsers."""
    monkeypatch.setenv("PYTHONPATH", search_path(tmp_path_factory.mktemp("parsers")))
