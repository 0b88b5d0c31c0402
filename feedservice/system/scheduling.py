"""How the system shares a processor among what runs."""

import os
from contextlib import suppress


def run_in_turns() -> None:
    """Have threads of this process that begin from now on, and this one, run in longer turns.

    Where a server has one processor, what reads requests and what answers them would take it from
    each other with each request. Their share of it stays what it was (Linux: sched(7),
    SCHED_BATCH). What whoever started the process chose stays too.
    """
    with suppress(AttributeError, OSError):  # another system, or one that allows nobody to say so
        if os.sched_getscheduler(0) == os.SCHED_OTHER:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
