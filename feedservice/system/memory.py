"""How the C library keeps memory that is free."""

import ctypes
from contextlib import suppress

ARENAS = 2
"""Pools of memory that all threads of a process share; glibc gives nearly each one of its own."""
_M_ARENA_MAX = -8  # of glibc's malloc.h


def share_arenas() -> bool:
    """Have threads share what is free, in processes with many of them; whether that could be."""
    with suppress(AttributeError, OSError):  # another C library
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
    return False
