"""The content folder → its site: site.yaml and templates/, and what is wrong with them."""

from dataclasses import replace
from functools import partial

from feedservice.content import label_users, site_changes
from feedservice.content import site as site_file
from feedservice.content.decoding import decode
from feedservice.content.field_reader import FieldReader
from feedservice.content.files import ContentFiles
from feedservice.content.places import is_absence
from feedservice.content.seen import unreadable
from feedservice.content.site_templates import read_templates
from feedservice.domain.errors import ContentError
from feedservice.domain.known_site import KnownSite
from feedservice.domain.model import Problem, Site
from feedservice.domain.templates import FOLDER


def read_site(
    files: ContentFiles, known: KnownSite | None = None
) -> tuple[Site | None, tuple[Problem, ...]]:
    """Return the site as site.yaml says and its warnings, or None and the errors.

    Args:
        files: the content folder.
        known: what readers know by now, where an index tells: a site that takes from them what is
            in use is an error, too.
    """

    def weigh(reader: FieldReader, site: Site) -> None:
        if known:
            site_changes.tell(reader, site, known, partial(label_users.first_user, files, known))

    try:
        text = decode(files.read(site_file.NAME), site_file.NAME)
        site, problems = site_file.read(text, weigh=weigh)
        if site is None:
            return site, problems
        templates, faults = read_templates(_texts(files), known.site.templates if known else ())
        return replace(site, templates=templates), (*problems, *faults)
    except ContentError as error:
        return None, (error.problem,)
    except OSError as error:
        if is_absence(error):
            return None, (Problem(path=site_file.NAME, code="site-missing"),)
        return None, (unreadable(site_file.NAME, error),)


def _texts(files: ContentFiles) -> dict[str, str | ContentError]:
    """Return the templates, and why some have no text; "" stands for their folder."""
    found: dict[str, str | ContentError] = {}
    try:
        names = files.names(FOLDER)
    except OSError as error:
        names, found[""] = [], ContentError(unreadable(FOLDER, error))
    for name in names:
        path = f"{FOLDER}/{name}"
        try:
            found[name] = decode(files.read(path), path)
        except ContentError as error:
            found[name] = error
        except OSError as error:
            if not is_absence(error):
                found[name] = ContentError(unreadable(path, error))
    return found
