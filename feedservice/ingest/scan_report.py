"""What a scan of the content folder came to. Pure."""

from dataclasses import dataclass

from feedservice.domain.model import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What a scan did.

    Attributes:
        seen: articles that are there.
        read: files that were parsed.
        removed: files that are gone.
        withheld: files that are gone but stay; see `Removals`.
        problems: of the files that were parsed.
        revision: of the index now.
    """

    seen: int = 0
    read: int = 0
    removed: int = 0
    withheld: int = 0
    problems: tuple[Problem, ...] = ()
    revision: int = 0
