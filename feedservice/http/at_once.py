"""A request that is answered at once or not at all, for a server with a thread for kept answers.

Knows WSGI alone.
"""

from collections.abc import Mapping
from typing import Any

AT_ONCE = "http.at_once"
"""The variable of the environment by which a server asks for what is kept, or else for `Later`:
true. It is false in what it asks for then."""


class Later(Exception):
    """The answer is to be made or waited for: it is to be asked for by a thread that may wait."""


def take_time(environ: Mapping[str, Any]) -> None:
    """Go on to what may take time.

    Args:
        environ: a WSGI environment.

    Raises:
        Later: the request was to be answered `AT_ONCE`.
    """
    if environ.get(AT_ONCE):
        raise Later
