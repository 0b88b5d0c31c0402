"""Which files still say a category or an author, whatever the index has of them.

A file may have changed in the same moment as site.yaml, in a checkout say, and is read by the names
that held before. Only its front matter is.
"""

from feedservice.content import article
from feedservice.content.decoding import decode
from feedservice.content.files import ContentFiles
from feedservice.domain.errors import ContentError
from feedservice.domain.headline import Status
from feedservice.domain.known_site import KnownSite
from feedservice.domain.model import Site
from feedservice.domain.taxonomy import Taxonomy


def first_user(files: ContentFiles, known: KnownSite, taxonomy: Taxonomy, slug: str) -> str:
    """Return the first file of a category or author that still says so; empty where none does."""
    paths = known.users(taxonomy, slug)
    return next((path for path in paths if _says(files, path, taxonomy, slug, known.site)), "")


def _says(files: ContentFiles, path: str, taxonomy: Taxonomy, slug: str, site: Site) -> bool:
    try:
        found = article.front_of(decode(files.read(path), path), path, site)
    except ContentError:  # readers see its last good version
        return True
    except OSError:
        return files.stat(path) is not None
    if found.status is not Status.PUBLISHED:
        return False
    if taxonomy is Taxonomy.CATEGORY:
        return slug in found.categories
    return slug in {author.slug for author in found.authors}
