"""What the pictures and recordings of an import weigh, before any is fetched: hosts are asked."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from feedservice.importing.addresses import host_and_path, is_http
from feedservice.importing.blogger_pictures import in_full
from feedservice.importing.media import AT_A_TIME, NotDownloaded
from feedservice.importing.remarks import Remark, remark

MAX_ASKED = 1_000
"""Files that are asked for; more say little more."""

Weigh = Callable[[str], int | None]
"""An http address → the bytes of its file, None where its host does not say; raises
`NotDownloaded` where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How many files told their size, how many bytes they have, and which are not there."""

    told: int = 0
    size: int = 0
    dead: tuple[Remark, ...] = ()


def estimate(addresses: Iterable[str], weigh: Weigh) -> Estimate:
    """Ask for the sizes of the first `MAX_ASKED` files, a few at a time."""
    asked = list(islice(map(in_full, filter(is_http, addresses)), MAX_ASKED))

    def answer(address: str) -> int | Remark | None:
        try:
            return weigh(address)
        except NotDownloaded as error:
            return remark("media-remote", address, value=address, reason=error.reason)

    with ThreadPoolExecutor(AT_A_TIME, "import-estimate") as pool:
        answers = list(pool.map(answer, asked))
    sizes = [each for each in answers if isinstance(each, int)]
    dead: dict[str, Remark] = {}
    for each in answers:
        if isinstance(each, Remark):
            # A host that was given up is told of once.
            is_silent = each.facts["reason"] == "silent"
            dead.setdefault(host_and_path(each.place)[0] if is_silent else each.place, each)
    return Estimate(told=len(sizes), size=sum(sizes), dead=tuple(dead.values()))
