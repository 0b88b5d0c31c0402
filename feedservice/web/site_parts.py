"""Parts of pages that show the site alone: made once for each state of it. Pure."""

from feedservice.domain.model import Site

MOST = 256
"""Parts: each place in a menu has one of its own."""

Parts = dict[tuple[str, str | None], str]


class SiteParts:
    """HTML of one site, by its name and by where in the site a page is. Safe to share."""

    def __init__(self) -> None:
        self._kept: tuple[Site | None, Parts] = (None, {})

    def of(self, site: Site) -> Parts:
        """Return the parts of this very value; those of another one, or too many, are let go."""
        its, parts = self._kept
        # The same object, since comparing two sites takes longer than what is spared.
        if its is not site or len(parts) >= MOST:
            parts = {}
            self._kept = site, parts
        return parts
