"""Has the icons of the site made, in a process that may die of the picture, whenever it changes."""

import json
import logging

from feedservice.content import icons
from feedservice.content.files import ContentFiles
from feedservice.content.seen import asset
from feedservice.domain import site_icons
from feedservice.domain.model import Site
from feedservice.index.writer import IndexWriter
from feedservice.system import worker
from feedservice.system.worker import Died, Worker

log = logging.getLogger(__name__)

_RULES = 1
"""Raised where icons come out in another way."""


def take(site: Site, files: ContentFiles, index: IndexWriter) -> None:
    """Bring the icons up to the picture that the site names; without one they are ours."""
    src = site_icons.source(site)
    seen = files.stat(src) if src else None
    if seen and seen.is_unknown:  # the next scan tries again
        return
    key = json.dumps([_RULES, asset(src, seen)]) if seen else ""
    if key == index.icons_made_of():
        return
    made = _made(files, src) if key else {}
    if made is None:  # the next scan tries again
        return
    if key and not made:
        log.warning("no icons can be made of %s: the site keeps those of feedservice", src)
    index.put_icons(made, key)


def _made(files: ContentFiles, src: str) -> dict[str, bytes] | None:
    """The icons, none of what is no picture; None where the machine had no time or process."""
    child = Worker()
    try:
        found: dict[str, bytes] = child.ask(_icons, files, src)
    except OSError:
        return None
    except Died as died:
        return None if died.is_chance else {}
    finally:
        child.close()
    return found


def _icons(files: ContentFiles, src: str) -> dict[str, bytes]:
    worker.tell(src)
    file = files.open_media(src.removeprefix("media/"))
    if file is None:
        return {}
    with file.stream as stream:
        return icons.made(stream)
