"""Compressed bodies are made once and kept within their budget."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from feedservice.web.compressed import COMPRESSORS, CompressedBodies


def test_a_body_is_compressed_once_however_many_ask() -> None:
    made: list[bytes] = []
    arrived = threading.Barrier(8)

    def compress(body: bytes) -> bytes:
        made.append(body)
        return body[::-1]

    bodies = CompressedBodies(1000, {"gzip": compress})

    def ask(_: int) -> bytes:
        arrived.wait()
        return bodies.get("a", "gzip", b"123")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {b"321"}
    assert made == [b"123"]


def test_the_least_recently_used_leaves_first() -> None:
    made: list[bytes] = []

    def compress(body: bytes) -> bytes:
        made.append(body)
        return body

    bodies = CompressedBodies(6, {"gzip": compress, "br": compress})
    for etag in ("a", "b", "a", "c", "a", "b"):
        bodies.get(etag, "gzip", etag.encode() * 3)
    assert made == [b"aaa", b"bbb", b"ccc", b"bbb"]
    assert bodies.size == 6
    bodies.get("huge", "br", b"x" * 7)
    assert bodies.size == 6


def test_a_compressor_that_fails_is_asked_again() -> None:
    answers = iter([MemoryError("no"), b"z"])

    def compress(body: bytes) -> bytes:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    bodies = CompressedBodies(10, {"br": compress})
    with pytest.raises(MemoryError):
        bodies.get("a", "br", b"x")
    assert bodies.get("a", "br", b"x") == b"z"


def test_compression_gives_the_same_bytes_each_time() -> None:
    body = "نص عربي ".encode() * 500
    for compress in COMPRESSORS.values():
        assert compress(body) == compress(body)
        assert len(compress(body)) < len(body) / 5
