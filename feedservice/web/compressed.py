"""Compressed bodies, kept within a budget of bytes: each is made once. Thread-safe; knows no HTTP."""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Lock
from types import MappingProxyType
from typing import Literal

import brotli

Compressor = Callable[[bytes], bytes]


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


def _brotli(body: bytes) -> bytes:
    # Quality 5 is smaller than gzip -6 at about its cost; 11 takes fifty times as long for an eighth less.
    compressed: bytes = brotli.compress(body, quality=5)
    return compressed


COMPRESSORS: Mapping[Literal["br", "gzip"], Compressor] = MappingProxyType({"br": _brotli, "gzip": _gzip})


class CompressedBodies:
    """The least recently used go first once the kept bytes exceed ``budget``; a body larger than it is never kept."""

    def __init__(self, budget: int, compressors: Mapping[Literal["br", "gzip"], Compressor] = COMPRESSORS) -> None:
        self._budget = budget
        self._compressors = compressors
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._pending: dict[tuple[str, str], Future[bytes]] = {}
        self._size = 0
        self._lock = Lock()

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size

    def get(self, etag: str, coding: Literal["br", "gzip"], body: bytes) -> bytes:
        """Return ``body``, whose digest is ``etag``, in ``coding``; who comes while it is made waits for it."""
        key = (etag, coding)
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
            future = self._pending.get(key)
            is_mine = future is None
            if future is None:
                future = self._pending[key] = Future()
        if not is_mine:
            return future.result()
        try:
            future.set_result(self._compressors[coding](body))
        except BaseException as error:
            future.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._pending[key]
                if future.exception() is None:
                    self._keep(key, future.result())
        return future.result()

    def _keep(self, key: tuple[str, str], compressed: bytes) -> None:
        if len(compressed) > self._budget:
            return
        self._kept[key] = compressed
        self._size += len(compressed)
        while self._size > self._budget:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)
