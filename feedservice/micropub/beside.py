"""Asks a child process for what `work` does: workers that answer import none of what that needs."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from feedservice.i18n import _
from feedservice.micropub.actions import Refused
from feedservice.system.worker import Died, Worker

Ask = Callable[..., Any]
"""Calls a function of `work` by its name."""


@contextmanager
def child() -> Iterator[Ask]:
    """Give what asks a child, which ends with the block.

    Raises:
        Refused: what the child refuses, or what ended it.
    """
    with closing(Worker()) as worker:

        def ask(name: str, *given: object) -> Any:
            try:
                found = worker.ask(perform, name, *given)
            except Died as died:
                if died.is_chance:
                    raise
                ended = _("reading it ended the program that read it ({value})", value=died.why)
                raise Refused.invalid(ended) from died
            if isinstance(found, Refused):
                raise found
            return found

        yield ask


def perform(name: str, *given: object) -> object:
    """Call a function of `work`; what it refuses is returned, since an exception ends the child."""
    from feedservice.micropub import work  # noqa: PLC0415 - in the child alone

    try:
        return getattr(work, name)(*given)
    except Refused as refused:
        return refused
