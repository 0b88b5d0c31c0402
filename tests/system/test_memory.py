"""Threads share the memory that is free."""

import subprocess
import sys

import pytest

ALLOCATING = """
import ctypes, threading
from feedservice.system import memory
libc = ctypes.CDLL(None)
if {is_shared}:
    assert memory.share_arenas()
gate = threading.Barrier(17)
kept = []
libc.malloc.restype = ctypes.c_void_p
def work():
    kept.append(libc.malloc(1000))
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
for each in threads: each.start()
gate.wait()
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_threads_share_what_is_free() -> None:
    arenas = [
        subprocess.run(
            [sys.executable, "-c", ALLOCATING.format(is_shared=is_shared)],
            check=True,
            capture_output=True,
        ).stdout.count(b"<heap nr=")
        for is_shared in (False, True)
    ]
    assert arenas[0] > 2
    assert arenas[1] <= 2
