"""How modules are imported."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage within: modules make next to none, and looking is a tenth of importing.

    Each of many looks would go through all that was made so far.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
