"""The commands: where each is, and what it says of itself, so that a list of them loads none."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from feedservice.i18n import _


class Listed(NamedTuple):
    """A command.

    Attributes:
        module: of this room.
        name: of its function.
        told: its help.
    """

    module: str
    name: str
    told: str


COMMANDS: Mapping[str, Listed] = MappingProxyType(
    {
        "check": Listed(
            "editing",
            "check",
            _(
                "Check a site, or the PATHS of it that are named: files and folders.\n\n"
                "Exit code 0 where nothing keeps an article back, 1 where an error does, 2 "
                "where the check could not be made. A content folder may stand among PATHS "
                "instead of in --content, as it did before."
            ).text,
        ),
        "export": Listed(
            "exporting",
            "export_site",
            _(
                "Write every page, feed, archive and file into a folder that any web server can "
                "serve.\n\n"
                "Only what changed is written, and what left is removed. FOLDER is new, empty, "
                "or of an export before."
            ).text,
        ),
        "import": Listed(
            "importing",
            "import_source",
            _(
                "Bring in a feed, an export, or a site's folder (WordPress, Hugo and others).\n\n"
                "Shows what would come; --write writes it. What is there is never written over: "
                "a second import adds what is new."
            ).text,
        ),
        "index": Listed(
            "indexing", "index", _("Bring the index up to date with the content folder.").text
        ),
        "init": Listed(
            "editing",
            "init",
            _(
                "Write a site to start from: site.yaml, a README, media/, a category, a first "
                "draft.\n\n"
                "At a terminal it asks for what is not given. FOLDER is the content folder, as "
                "--content is. Nothing that is there is written over."
            ).text,
        ),
        "new": Listed(
            "editing",
            "new",
            _(
                "Write a new article file: front matter with id and date, ready for its text.\n\n"
                "A draft, which nobody sees until its line status: draft is deleted. Prints the "
                "name of the file. With --page it is a page beside the news: about, contact."
            ).text,
        ),
        "preview": Listed(
            "preview",
            "preview",
            _(
                "Show every article before readers see it, on this machine only.\n\n"
                "Pages reload when a file is saved. PATH is an article to begin with; it may be "
                "a content folder instead of --content, as before."
            ).text,
        ),
        "schema": Listed(
            "editing",
            "print_schema",
            _("Print the JSON Schema of front matter or site.yaml, or wire both for VS Code.").text,
        ),
        "serve": Listed(
            "serving",
            "serve",
            _("Serve a content folder, and follow what editors save in it.").text,
        ),
        "status": Listed(
            "status",
            "status",
            _(
                "Show what is published, to come, ending, withdrawn, a draft or broken, and "
                "warnings.\n\n"
                "Times are in the site's zone."
            ).text,
        ),
        "token": Listed(
            "tokens",
            "token",
            _("Say who may write from elsewhere: programs for phones and desks (Micropub).").text,
        ),
    }
)
