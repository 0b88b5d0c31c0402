"""A request that is answered at once or not at all, for a server with a thread for kept answers.

Knows WSGI alone.
"""

from collections.abc import Mapping
from typing import Any

AT_ONCE = "http.at_once"
"""The variable of the environment by which a server asks for what is kept, or else for `Later`."""


COUNTED = "http.counted"
"""The variable by which a server says that what it asks for counts as asked for already."""


class Later(Exception):
    """The answer is to be made or waited for: it is to be asked for by a thread that may wait.

    Attributes:
        is_counted: whether it counts as asked for; it is `COUNTED` then.
    """

    is_counted = False


def take_time(environ: Mapping[str, Any]) -> None:
    """Go on to what may take time.

    Args:
        environ: a WSGI environment.

    Raises:
        Later: the request was to be answered `AT_ONCE`.
    """
    if AT_ONCE in environ:
        raise Later
