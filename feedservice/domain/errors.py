"""The error tree of feedservice.

::

    FeedserviceError
    ├── SettingsError        a FEEDSERVICE_* setting is unknown or has a bad value
    ├── ContentError         a file cannot be used; carries the `Problem` that the editor is shown
    ├── ImportFailure        a source cannot be imported at all; the message says why, and the remedy
    ├── ExportError          a folder cannot be exported into; the message says why, and the remedy
    ├── IndexUnavailable     the index cannot be read or is not filled yet          → 503
    └── Refusal              an address has no document to give
        ├── NotFound         nothing public lives there                             → 404
        ├── Gone             it was withdrawn or has expired                        → 410
        ├── Moved            it lives at `location` (a path) now                    → 301
        └── BadParameter     a known query parameter has a value it cannot have     → 400

Nothing here knows HTTP: `web/errors.py` holds the one table from these to statuses.
"""

from feedservice.domain.model import Problem


class FeedserviceError(Exception):
    """Whatever feedservice itself raises."""


class SettingsError(FeedserviceError):
    """A ``FEEDSERVICE_*`` setting is unknown or has a value it cannot have."""


class ContentError(FeedserviceError):
    """A file cannot be used.

    Attributes:
        problem: what is wrong, where, and the remedy.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.path}:{problem.line}:{problem.column}: {problem.code}")
        self.problem = problem


class ImportFailure(FeedserviceError):
    """A source cannot be imported at all."""


class ExportError(FeedserviceError):
    """A folder cannot be exported into, or the service failed while it was asked; the message is
    for the operator.
    """


class IndexUnavailable(FeedserviceError):
    """The index cannot be read, or its first filling is not done."""


class Refusal(FeedserviceError):
    """An address has no document to give."""


class NotFound(Refusal):
    """Nothing public lives at the address."""


class Gone(Refusal):
    """What lived at the address was withdrawn or has expired."""


class Moved(Refusal):
    """What is asked for lives elsewhere.

    Attributes:
        location: the path (percent-encoded, with its query where there is one) that answers now.
    """

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class BadParameter(Refusal):
    """A known query parameter has a value it cannot have.

    Attributes:
        parameter: its name.
        value: the value as it came.
        accepted_ar: what is accepted, in Arabic.
        accepted_en: what is accepted, in English.
    """

    def __init__(self, parameter: str, value: str, accepted_ar: str, accepted_en: str) -> None:
        super().__init__(f"{parameter}={value!r}: {accepted_en}")
        self.parameter = parameter
        self.value = value
        self.accepted_ar = accepted_ar
        self.accepted_en = accepted_en
