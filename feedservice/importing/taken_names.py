"""Names that are taken: of slugs, of files, of ids. Pure."""

from collections import Counter
from collections.abc import Iterable


class TakenNames(Counter[str]):
    """Names that are taken, each as often as it was met; none is let go."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        super().__init__(taken)
        self._last: dict[str, int] = {}

    def take(self, name: str, ending: str = "") -> str:
        """Take the name, with the first number that is free where it is taken without one."""
        found = name + ending
        # All numbers up to the one that was found last are taken: they are not tried again.
        count = self._last.get(found, 1)
        while found in self:
            count += 1
            found = f"{name}-{count}{ending}"
        if count > 1:
            self._last[name + ending] = count
        self[found] += 1
        return found
