"""What an export remembers of the one before: a line of JSON for each address. Pure.

Only what is named here is removed, so a line that names anything outside the folder is refused.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from feedservice.domain.errors import ExportError
from feedservice.i18n import _

FORMAT = 1
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What an address answered.

    Attributes:
        status: 200, 301, 410; or 404 and 410 of the pages that say so.
        target: the file below the folder, or, of a redirect, the Location.
        etag: as the service sends it, without quotes.
        stamp: when it last changed as the index says, Unix seconds; None where that says nothing.
        size, gzip, brotli: bytes of the file and of its compressed forms; 0 where there is none.
        mtime: of the files, Unix seconds.
    """

    status: int
    target: str
    etag: str = ""
    stamp: int | None = None
    size: int = 0
    mtime: int = 0
    gzip: int = 0
    brotli: int = 0

    @property
    def files(self) -> tuple[tuple[str, int], ...]:
        """Each file and its size."""
        if self.status == 301 or not self.target:
            return ()
        coded = ((".gz", self.gzip), (".br", self.brotli))
        return (
            (self.target, self.size),
            *((self.target + suffix, size) for suffix, size in coded if size),
        )


@dataclass(slots=True)
class Manifest:
    """All of it.

    Attributes:
        key: what every answer depends on besides the index; another key asks everything anew.
        kinds: headers of each kind of answer.
        records: by address, decoded, with its query where it has one.
        plain: files besides answers (configuration), and their digests.
    """

    key: str = ""
    kinds: dict[str, Headers] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)

    def files(self) -> Iterator[str]:
        """Yield every file that an export made."""
        for record in self.records.values():
            yield from (file for file, _size in record.files)
        yield from self.plain


def dump(manifest: Manifest) -> Iterator[str]:
    """Yield the lines of a manifest: the same ones, whatever was asked and what was kept."""
    head = {
        "feedservice-export": FORMAT,
        "key": manifest.key,
        "kinds": manifest.kinds,
        "plain": manifest.plain,
    }
    yield json.dumps(head, ensure_ascii=False) + "\n"
    for address, r in sorted(manifest.records.items(), key=itemgetter(0)):
        row = [address, r.status, r.target, r.etag, r.stamp, r.size, r.mtime, r.gzip, r.brotli]
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def load(lines: Iterable[str], name: str) -> Manifest:
    """Return the manifest that was dumped.

    Args:
        lines: of the file.
        name: of the file, for messages.

    Raises:
        ExportError: it is not one, or was changed by hand.
    """
    manifest = Manifest()
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            row = json.loads(line)
            if number == 1:
                _read_head(manifest, row)
                continue
            address, *values = row
            record = Record(*values)
            for file, _size in record.files:
                check_inside(file)
            manifest.records[address] = record
        if number == 0:
            raise ValueError("empty")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ExportError(
            _(
                "{place}: this is not a manifest of feedservice export ({reason}): "
                "export into an empty folder",
                place=f"{name}:{number}",
                reason=error,
            )
        ) from error
    return manifest


def _read_head(manifest: Manifest, head: Mapping[str, object]) -> None:
    if head["feedservice-export"] != FORMAT:
        raise ValueError(f"format {head['feedservice-export']}, not {FORMAT}")
    kinds, plain = head["kinds"], head["plain"]
    if not isinstance(kinds, dict) or not isinstance(plain, dict):
        raise TypeError("head")
    manifest.key = str(head["key"])
    manifest.kinds = {
        kind: tuple((str(name), str(value)) for name, value in each) for kind, each in kinds.items()
    }
    for file, digest in plain.items():
        check_inside(file)
        manifest.plain[file] = str(digest)


def check_inside(file: str) -> None:
    """Refuse a name that leads out of the folder.

    Raises:
        ValueError: it does.
    """
    parts = file.split("/")
    if (
        parts[0] not in ("public", "nginx")
        or len(parts) < 2
        or "\0" in file
        or {"", ".", ".."} & set(parts)
    ):
        raise ValueError(f"a file outside: {file!r}")
