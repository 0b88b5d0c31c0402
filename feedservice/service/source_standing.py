"""How a source of content stands, told by who follows it to whoever asks: a small file."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedservice.system import atomic_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a source stands.

    Attributes:
        generation: what the mirror holds, such as a commit; empty where moments have no names.
        since: the moment of the last look that was answered; None where none was.
        failing_since: when looks began to fail; None while they are answered.
        reason: why, in English, for logs and operators.
    """

    generation: str = ""
    since: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it for programs: moments in ISO 8601, empty where there are none."""
        return {
            "generation": self.generation,
            "since": self.since.isoformat() if self.since else "",
            "failing_since": self.failing_since.isoformat() if self.failing_since else "",
            "reason": self.reason,
        }


class StandingFile:
    """Where the one process that follows a source tells others how it stands.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Standing:
        """Return what was told last."""
        try:
            told: Mapping[str, str] = json.loads(self._path.read_bytes())
            return Standing(
                generation=told["generation"],
                since=_moment(told["since"]),
                failing_since=_moment(told["failing_since"]),
                reason=told["reason"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Standing()

    def write(self, standing: Standing) -> None:
        """Tell it; a full disk is passed over."""
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_write.replace(self._path, (json.dumps(standing.as_json()).encode(),), mode=0o600)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
