"""How the C library keeps memory that is free."""

import ctypes
from contextlib import suppress

ARENAS = 2
"""Pools of memory that all threads of a process share; glibc gives nearly each one of its own."""
_M_ARENA_MAX, _M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -8, -1, -3  # of glibc's malloc.h
_KEPT = 32 * 1024 * 1024
"""Bytes that are kept when they are free, the most that glibc takes for the size of one piece."""


def share_arenas() -> bool:
    """Have threads share what is free, in processes with many of them; whether that could be."""
    return _set(_M_ARENA_MAX, ARENAS)


def keep_free() -> bool:
    """Keep some memory that is free, for work that takes and frees as much again and again.

    Each piece of more than 128 KiB is asked of the system else, which empties its pages: coding
    documents takes a quarter longer.
    """
    return _set(_M_TRIM_THRESHOLD, _KEPT) and _set(_M_MMAP_THRESHOLD, _KEPT)


def _set(option: int, value: int) -> bool:
    with suppress(AttributeError, OSError):  # another C library
        return bool(ctypes.CDLL(None).mallopt(option, value))
    return False
