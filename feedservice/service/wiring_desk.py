"""Settings → the desk in the browser: what it is told of the site, and whom it may ask."""

import json
import re
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from feedservice.domain.git_host import GitHost
from feedservice.domain.model import Site
from feedservice.settings import Settings
from feedservice.web.desk import Desk


def config(given: Settings, site: Site) -> dict[str, Any]:
    """Return what Sveltia CMS is told: of the Git host that is set, or of a folder."""
    # The models of content take a worker's memory: for who opens the desk.
    from feedservice.authoring.desk import desk_config  # noqa: PLC0415

    if not given.desk:
        return desk_config(site, _of_folder(given.content))
    host = GitHost.read(given.desk)
    return desk_config(site, host.backend(), host.folder)


def desk(given: Settings) -> Desk | None:
    """Return the desk on a Git host, where one is set."""
    if not given.desk:
        return None
    host = GitHost.read(given.desk)
    return Desk(
        told=lambda site: _json(config(given, site)),
        asked=(host.api, host.origin),
        shown=host.pictures,
    )


def local_desk(given: Settings) -> Desk:
    """Return the desk of a preview, which works on a folder of this machine, and asks nobody."""
    return Desk(told=lambda site: _json(config(replace(given, desk=""), site)))


def _of_folder(content: Path) -> dict[str, Any]:
    """Return Sveltia's ``backend`` of a folder of this machine: it wants a host named.

    Which folder it was given, and drafts, it keeps by the repository: those of another site that is
    previewed at the same address are not this one's.
    """
    owner = blake2b(bytes(content), digest_size=4).hexdigest()
    repo = f"local-{owner}/{re.sub('[:/]', '-', content.name) or 'content'}"
    return {"name": "gitea", "repo": repo, "auth_methods": ["token"]}


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)
