"""How modules are imported."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Look for no garbage while modules are imported, nor ever among what they made.

    They stay as long as the process. Looking through them takes a tenth of importing them while
    that goes on, as long again in the first look after it, and half of it when the process ends.
    """
    before = len(sys.modules)
    with uncollected():
        yield
        if len(sys.modules) > before:  # else all that is new may be garbage
            gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage within: each look goes through all that is there, and finds little."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
