"""The error tree of feedservice.

::

    FeedserviceError
    ├── ContentError         a file cannot be used; carries the `Problem` that the editor is shown
    ├── CommandError         a command cannot be carried out; its message says why, and the remedy
    │   ├── SettingsError    a FEEDSERVICE_* setting is unknown or has a bad value
    │   ├── UsageError       what was asked for cannot be done
    │   ├── PortTaken        another program listens on a port
    │   ├── ImportFailure    a source cannot be imported at all
    │   ├── SourceUnavailable  content cannot be had from where it comes; what is published stays
    │   └── ExportError      a folder cannot be exported into
    ├── Changed              what is to be written over is not what was read
    ├── IndexUnavailable     the index cannot be read or is not filled yet          → 503
    │   ├── IndexDamaged     its file is damaged; the writer makes a new one
    │   └── IndexFilling     it is being made: nothing is wrong
    │       └── SearchUnavailable  all but its search is
    ├── MediaUnavailable     media cannot be had from where the writer puts them    → 503
    └── Refusal              an address has no document to give
        ├── NotFound         nothing public lives there                             → 404
        ├── Gone             it was withdrawn or has expired                        → 410
        ├── Moved            it lives at `location` (a path) now                    → 301
        │   └── MovedByQuery a line of site.yaml with a query says so
        ├── AddressTooLong   it has more characters than any address of ours        → 414
        └── BadParameter     a known query parameter has a value it cannot have     → 400

Nothing here knows HTTP: `web/errors.py` holds the one table from these to statuses.
"""

import errno
from types import MappingProxyType
from typing import Self

from feedservice.domain.model import Article, Problem
from feedservice.i18n import Message, _

_REASONS = MappingProxyType(
    {
        "EACCES": _("permission is denied"),
        "EPERM": _("permission is denied"),
        "ENOENT": _("there is no such file"),
        "EISDIR": _("it is a folder"),
        "ENOTDIR": _("a part of its path is no folder"),
        "ENOSPC": _("the disk is full"),
        "EDQUOT": _("the disk is full"),
        "EROFS": _("the disk is read-only"),
        "EIO": _("the disk answers with an error"),
        "ENAMETOOLONG": _("its name is too long"),
        "ELOOP": _("its links lead in a circle"),
        "ENOMEM": _("it needs more memory than there is"),
    }
)


def reason_of(error: OSError | str) -> Message:
    """Return why the operating system refused something, in words of ours.

    Args:
        error: it, or the name of its number, such as ``EACCES``.
    """
    name = error if isinstance(error, str) else errno.errorcode.get(error.errno or 0, "")
    return _REASONS.get(name) or _("the system refuses it ({name})", name=name or error)


class FeedserviceError(Exception):
    """Whatever feedservice itself raises."""


class ContentError(FeedserviceError):
    """A file cannot be used.

    Attributes:
        problem: what is wrong, where, and the remedy.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.path}:{problem.line}:{problem.column}: {problem.code}")
        self.problem = problem

    @classmethod
    def at(cls, path: str, code: str, line: int = 1, column: int = 1, **facts: str) -> Self:
        """Return the error of one `Problem`."""
        return cls(Problem(path=path, line=line, column=column, code=code, facts=facts))


class CommandError(FeedserviceError):
    """A command cannot be carried out.

    Attributes:
        message: why, and the remedy.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


class SettingsError(CommandError):
    """A ``FEEDSERVICE_*`` setting is unknown or has a value it cannot have."""


class UsageError(CommandError):
    """What a command was asked for cannot be done; the message says what can."""


class PortTaken(CommandError):
    """Another program listens on a port; the message names one that is free."""

    def __init__(self, port: int, free: int) -> None:
        super().__init__(
            _(
                "port {port} is taken by another program; {free} is free: --port {free}, or make "
                "serve PORT={free}",
                port=port,
                free=free,
            )
        )


class ImportFailure(CommandError):
    """A source cannot be imported at all."""


class ExportError(CommandError):
    """A folder cannot be exported into, or the service failed while it was asked."""


class SourceUnavailable(CommandError):
    """Content cannot be had from where it comes; what is published stays."""

    @classmethod
    def of(cls, error: OSError) -> Self:
        """Return what there is to say where the system refuses what a source brings."""
        return cls(_("what it brings cannot be written: {reason}", reason=reason_of(error)))


class Changed(FeedserviceError):
    """What lies at a path is not what was read, or there is something where nothing was."""


class IndexUnavailable(FeedserviceError):
    """The index cannot be read, or its first filling is not done."""


class IndexDamaged(IndexUnavailable):
    """The file of the index is damaged, or of a newer release."""


class IndexFilling(IndexUnavailable):
    """It is not there yet, or its first filling is not done."""

    def __init__(self, reason: str = "the index is being filled") -> None:
        super().__init__(reason)


class SearchUnavailable(IndexFilling):
    """The search is being filled; all else can be answered."""


class MediaUnavailable(FeedserviceError):
    """Media cannot be had from where the writer puts them; nothing else is touched by that."""


class Refusal(FeedserviceError):
    """An address has no document to give."""


class NotFound(Refusal):
    """Nothing public lives at the address."""


class Gone(Refusal):
    """What lived at the address was withdrawn or has expired.

    Attributes:
        article: it, without its texts; None for an address that stands for all of them.
    """

    def __init__(self, article: Article | None = None) -> None:
        super().__init__(article.slug if article else "")
        self.article = article


class Moved(Refusal):
    """What is asked for lives elsewhere.

    Attributes:
        location: the path (percent-encoded, with its query where there is one) that answers now.
    """

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class MovedByQuery(Moved):
    """A line of site.yaml says so for the query of an old address.

    Attributes:
        slug: of the article that has to be there, since a pattern fits any number; or empty.
    """

    def __init__(self, location: str, slug: str) -> None:
        super().__init__(location)
        self.slug = slug


class AddressTooLong(Refusal):
    """The address has more characters than any of ours can have."""


class BadParameter(Refusal):
    """A known query parameter has a value it cannot have.

    Attributes:
        parameter: its name.
        value: the value as it came.
        accepted: what is accepted.
    """

    def __init__(self, parameter: str, value: str, accepted: Message) -> None:
        super().__init__(f"{parameter}={value!r}: {accepted}")
        self.parameter = parameter
        self.value = value
        self.accepted = accepted
